"""Experiments: planned with their size, begun, looked at when it is time, ended, decided."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from time import monotonic
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from communications.lift import FEWEST as FEWEST_OF_A_SHARE
from insights.actions.refusals import InsightRefused
from insights.actions.snapshots import today
from insights.assignment import arm
from insights.metrics.experiments import FEWEST, customers_needed
from insights.models import Decision, Experiment, Look, Variant
from insights.queries import experiments as results
from people.models import User

State = Experiment.State
KNOWN_FOR = 2.0  # seconds until a process reads an experiment again
MOST_ARMS = 4

# One round trip: who it is, also after a merge; that they came in, once; and the arm in which they are.
ASSIGN = """
WITH who AS (
    SELECT coalesce(merged_into_id, id) AS id FROM customers_customer WHERE number = %(number)s AND status <> 'erased'
), put AS (
    INSERT INTO insights_assignment (experiment_id, customer_id, variant_id)
    SELECT %(experiment)s, id, %(variant)s FROM who
    WHERE NOT EXISTS (
        SELECT FROM insights_assignment a WHERE a.experiment_id = %(experiment)s AND a.customer_id = who.id
    )
    ON CONFLICT DO NOTHING RETURNING variant_id
)
SELECT coalesce((SELECT variant_id FROM put), (
    SELECT variant_id FROM insights_assignment a JOIN who ON who.id = a.customer_id
    WHERE a.experiment_id = %(experiment)s
)) FROM who
"""


@dataclass(frozen=True)
class Arm:
    """What the shop is to show. ``counted`` says that this customer is part of the experiment."""

    code: str
    counted: bool


@dataclass(frozen=True)
class Wish:
    """One arm: its code, what it is called, and how many percent it gets."""

    code: str
    name: str
    percent: int


@transaction.atomic
def plan(
    key: str,
    *,
    name: str,
    hypothesis: str,
    arms: Sequence[Wish],
    base: float,
    better: float,
    ends_on: date,
    measure: str = Experiment.Measure.BOUGHT,
    days: int = 30,
    power: float = 0.8,
    looks: bool = False,
    by: User | None = None,
) -> Experiment:
    """Write down what is tried, on how many, until when. The number in each arm follows from the change hoped for; of
    money, of which a few spend much, it is 500 at least.

    Raises InsightRefused (``key_taken``, ``arms``, ``shares``, ``no_change``, ``end_has_passed``, ``words_missing``).
    """
    _check(name, hypothesis, arms, ends_on)
    try:
        planned = customers_needed(base, better, power=power)
    except ValueError:
        raise InsightRefused(
            _("Say two different shares between 0 and 1: as it is, and as you hope."), "no_change", "better"
        ) from None
    planned = max(planned, FEWEST if measure == Experiment.Measure.SPENT else FEWEST_OF_A_SHARE)
    said = {
        "name": name.strip(), "hypothesis": hypothesis.strip(), "measure": measure, "days": days, "base": base,
        "better": better, "power": power, "planned": planned, "looks": looks, "ends_on": ends_on, "by": by,
    }  # fmt: skip
    made, new = Experiment.objects.get_or_create(key=key, defaults=said)
    if not new:
        raise InsightRefused(_("There is an experiment of this key."), "key_taken", "key")
    Variant.objects.bulk_create(
        Variant(experiment=made, position=n, code=one.code, name=one.name or one.code, percent=one.percent)
        for n, one in enumerate(arms)
    )
    return made


def _check(name: str, hypothesis: str, arms: Sequence[Wish], ends_on: date) -> None:
    if not name.strip() or not hypothesis.strip():
        raise InsightRefused(_("Say what is tried, and what you expect and why."), "words_missing", "hypothesis")
    codes = {one.code for one in arms if one.code}
    if not 2 <= len(arms) <= MOST_ARMS or len(codes) != len(arms):
        raise InsightRefused(_("An experiment has two to four arms, each with a code of its own."), "arms", "arms")
    if any(len(one.code) > 40 or len(one.name) > 100 for one in arms):
        raise InsightRefused(_("The code of an arm has at most 40 characters, its name at most 100."), "arms", "arms")
    if sum(one.percent for one in arms) != 100 or any(one.percent < 1 for one in arms):
        raise InsightRefused(_("The shares of the arms add up to 100 percent."), "shares", "arms")
    if ends_on <= today():
        raise InsightRefused(_("The planned end lies in the future."), "end_has_passed", "ends_on")


@transaction.atomic
def begin(experiment: Experiment, *, by: User | None = None, at: datetime | None = None) -> Experiment:
    """From now on customers come in. Raises InsightRefused (``wrong_state``, ``end_has_passed``)."""
    experiment = _locked(experiment, State.DRAFT)
    if experiment.ends_on <= today():
        raise InsightRefused(_("Its planned end has passed: plan it anew."), "end_has_passed")
    experiment.state, experiment.begins_at = State.RUNNING, at or timezone.now()
    experiment.save(update_fields=["state", "begins_at"])
    return experiment


def assign(key: str, customer: str) -> Arm | None:
    """The arm for a customer's number, who is in from now on. None where there is no such experiment.

    Somebody we do not know gets the same arm each time and is not counted. Before it begins and after it has ended
    everybody gets the first arm: what is done today.
    """
    known = _known(key)
    if known is None:
        return None
    if not known.running:
        return Arm(known.codes[0], counted=False)
    place = arm(key, customer, known.percents)
    with connection.cursor() as cursor:
        values: dict[str, Any] = {"number": customer, "experiment": known.pk, "variant": known.variants[place]}
        cursor.execute(ASSIGN, values)
        row = cursor.fetchone()
    if row is None or row[0] is None:
        return Arm(known.codes[place], counted=False)
    return Arm(known.codes[known.variants.index(row[0])], counted=True)


@dataclass(frozen=True)
class _Known:
    pk: int
    running: bool
    codes: list[str]
    variants: list[int]
    percents: list[int]


_kept: dict[str, tuple[float, _Known]] = {}


def _known(key: str) -> _Known | None:
    """An experiment as this process knows it; read again after some seconds."""
    kept = _kept.get(key)
    if kept and kept[0] > monotonic():
        return kept[1]
    found = Experiment.objects.filter(key=key).prefetch_related("variants").first()
    if found is None:
        return None
    arms = sorted(found.variants.all(), key=lambda variant: variant.position)
    known = _Known(
        found.pk, found.state == State.RUNNING, [one.code for one in arms], [one.pk for one in arms],
        [one.percent for one in arms],
    )  # fmt: skip
    _kept[key] = (monotonic() + KNOWN_FOR, known)
    return known


def forget_known() -> None:
    """Read every experiment anew."""
    _kept.clear()


@transaction.atomic
def look(experiment: Experiment, *, at: datetime | None = None) -> Look | None:
    """Write down what the figures are, if it is time for a look: at the end, or at a fifth of the planned customers.

    None where it is not time. What was seen stays.
    """
    at = at or timezone.now()
    experiment = _locked(experiment, State.RUNNING, State.ENDED)
    found = results.results(experiment, at)
    number = found.due_look
    done = Look.objects.filter(experiment=experiment).order_by("-number").values_list("number", flat=True).first()
    if number is None or (done is not None and number <= done):
        return None
    best = found.best
    return Look.objects.create(
        experiment=experiment, number=number, at=at, verdict=found.verdict, counts=[one.n for one in found.arms],
        hits=[one.total for one in found.arms], z=best.difference.z if best else None,
        p=best.p if best else None,
    )  # fmt: skip


@transaction.atomic
def end(experiment: Experiment, *, by: User | None = None, at: datetime | None = None) -> Experiment:
    """Nobody comes in any more; everybody gets what is done today. Raises InsightRefused (``wrong_state``)."""
    experiment = _locked(experiment, State.RUNNING)
    experiment.state, experiment.ended_at = State.ENDED, at or timezone.now()
    experiment.save(update_fields=["state", "ended_at"])
    look(experiment, at=experiment.ended_at)
    return experiment


@transaction.atomic
def decide(experiment: Experiment, words: str, *, by: User | None = None, at: datetime | None = None) -> Decision:
    """Write down what is done now, and why, beside the verdict of the figures. The log is only added to.

    Raises InsightRefused (``wrong_state``, ``words_missing``).
    """
    at = at or timezone.now()
    if not words.strip():
        raise InsightRefused(_("Say what was decided, and why."), "words_missing", "words")
    experiment = _locked(experiment, State.ENDED, State.DECIDED)
    verdict = results.results(experiment, at).verdict
    if experiment.state == State.ENDED:
        experiment.state = State.DECIDED
        experiment.save(update_fields=["state"])
    return Decision.objects.create(experiment=experiment, words=words.strip(), verdict=verdict, by=by, at=at)


def look_at_all(*, at: datetime | None = None) -> int:
    """Take the looks that are due, of all that run; end those whose day has come. Returns how many were taken."""
    at, taken = at or timezone.now(), 0
    for one in Experiment.objects.filter(state=State.RUNNING).order_by("pk"):
        if one.ends_on <= today():
            end(one, at=at)
        else:
            taken += look(one, at=at) is not None
    for one in Experiment.objects.filter(state=State.ENDED).order_by("pk"):
        taken += look(one, at=at) is not None
    return taken


def _locked(experiment: Experiment, *states: str) -> Experiment:
    found = Experiment.objects.select_for_update().get(pk=experiment.pk)
    if found.state not in states:
        raise InsightRefused(
            _("This cannot be done with an experiment in the state “%(state)s”."), "wrong_state",
            params={"state": found.get_state_display()},
        )  # fmt: skip
    return found
