"""Try a rule on purchases of the past before it begins: nothing is posted, and nothing of it is used up."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice
from time import monotonic

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.models import Purchase
from loyalty.actions import calculations
from loyalty.actions.calculations import Desk, Plan
from loyalty.models import RuleTrial, RuleVersion
from loyalty.queries import rulebook
from loyalty.queries.rulebook import Rulebook
from people.models import User

State = RuleTrial.State
AT_ONCE = 1_000
FORGOTTEN_AFTER = timedelta(minutes=2)


class NothingToTry(ValidationError):
    def __init__(self) -> None:
        super().__init__(_("Only a draft can be tried."), code="nothing_to_try")


class TimeIsUp(Exception):
    """The trial would take longer than the caller can wait."""


def ask(version: RuleVersion, *, begins_at: datetime, ends_at: datetime, by: User | None = None) -> RuleTrial:
    """Ask for a trial of a draft on the purchases of a span. Raises NothingToTry."""
    if version.begins_at is not None:
        raise NothingToTry
    trial = RuleTrial(version=version, spec=version.spec, begins_at=begins_at, ends_at=ends_at, asked_by=by)
    trial.total = _bought(trial).count()
    trial.save()
    return trial


def _bought(trial: RuleTrial) -> QuerySet[Purchase]:
    programme = trial.version.rule.programme
    standing = Purchase.objects.filter(status=Purchase.Status.STANDING, currency=programme.currency)
    return standing.filter(at__gte=trial.begins_at, at__lt=trial.ends_at)


def go_on(*, seconds: float = 50) -> int:
    """Run the trials that wait, and those whose process was killed. Returns how many were done."""
    until, done = monotonic() + seconds, 0
    killed = Q(state=State.RUNNING, moved_at__lt=timezone.now() - FORGOTTEN_AFTER)
    while monotonic() < until:
        trial = RuleTrial.objects.filter(Q(state=State.WAITING) | killed).order_by("pk").first()
        if trial is None:
            break
        run(trial)
        done += 1
    return done


def run(trial: RuleTrial, *, seconds: float | None = None) -> RuleTrial:
    """Run a trial from its beginning, unless another process has taken it. What goes wrong is said in it.

    Where it would take longer than ``seconds`` it waits again, for a process that has the time.
    """
    mine = RuleTrial.objects.filter(pk=trial.pk).exclude(state__in=[State.DONE, State.FAILED])
    taken = mine.filter(Q(state=State.WAITING) | Q(moved_at__lt=timezone.now() - FORGOTTEN_AFTER))
    if not taken.update(state=State.RUNNING, moved_at=timezone.now(), done=0, matched=0, customers=0, points=0):
        return RuleTrial.objects.get(pk=trial.pk)
    try:
        _run(RuleTrial.objects.select_related("version__rule__programme").get(pk=trial.pk), seconds)
    except TimeIsUp:
        mine.update(state=State.WAITING)
    except Exception as error:
        mine.update(state=State.FAILED, error=str(error)[:1000] or type(error).__name__)
        raise
    return RuleTrial.objects.get(pk=trial.pk)


def _run(trial: RuleTrial, seconds: float | None) -> None:
    until = monotonic() + seconds if seconds is not None else None
    programme = trial.version.rule.programme
    now, then = _books(trial)
    without, with_ = Desk(programme, now, imagined=True), Desk(programme, then, imagined=True)
    winners: set[int] = set()
    for rows in _in_batches(_bought(trial)):
        subjects = calculations.subjects_of(rows, programme)
        before = without.work_out([replace(subject) for subject in subjects])
        for plan, plain in zip(with_.work_out(subjects), before, strict=True):
            more = plan.worth.points - plain.worth.points
            trial.points += more
            trial.matched += _had_a_say(plan, trial.version_id)
            if more:
                winners.add(plan.subject.about.customer_id)
        trial.done = min(trial.done + len(rows), trial.total)
        trial.customers, trial.moved_at = len(winners), timezone.now()
        trial.save(update_fields=["points", "matched", "customers", "done", "moved_at"])
        if until is not None and monotonic() > until and trial.done < trial.total:
            raise TimeIsUp
    trial.state, trial.done = State.DONE, trial.total
    trial.save(update_fields=["state", "done"])


def _books(trial: RuleTrial) -> tuple[Rulebook, Rulebook]:
    """The rules as they were, and with what is tried in the place of its rule."""
    version = trial.version
    version.spec = trial.spec
    known = rulebook.read(version.rule.programme)
    tried = rulebook.known_of(version, begins_at=trial.begins_at)
    others = [each for each in known if each.rule != version.rule_id]
    return Rulebook(known), Rulebook(sorted([*others, tried], key=lambda each: (each.rule, each.version)))


def _had_a_say(plan: Plan, version: int) -> bool:
    return any(match.version == version and match.room != 0 for match in plan.matches)


def _in_batches(bought: QuerySet[Purchase]) -> Iterator[list[Purchase]]:
    """In the order of buying, some at a time; sorted once."""
    ids = bought.order_by("at", "pk").values_list("pk", flat=True).iterator(chunk_size=AT_ONCE)
    while batch := list(islice(ids, AT_ONCE)):
        yield list(Purchase.objects.filter(pk__in=batch))
