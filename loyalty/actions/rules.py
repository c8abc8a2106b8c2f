"""Earning rules: drafted, changed, begun, ended; and what facts earn by them.

A rule that has begun is never edited. A change is a new version that begins at a moment, at which the old one ends.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Max, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from config import prepared
from customers.actions.profile import LOCK
from customers.models import Customer, Fact, Segment, Verb
from loyalty.actions import awards, calculations, programmes
from loyalty.actions.points import Outcome
from loyalty.models import Calculation, Programme, Rule, RuleAward, RuleSegment, RuleVersion
from loyalty.queries import rulebook
from loyalty.rules import reading
from loyalty.rules.reading import RuleRefused
from loyalty.rules.spec import BOUGHT, EVERYTHING, Spec, What
from people.models import User

# What a rule cannot answer to: what the ledger itself tells, and what is no deed of the customer.
DEAF_TO = {Verb.ERASED, Verb.MERGED, Verb.RETURNED, Verb.PURCHASE_CANCELLED, Verb.STAGE_REACHED, Verb.BOUGHT}
ANSWERED = frozenset(
    verb for verb in Verb if verb not in DEAF_TO and not verb.startswith(("points_", "wallet_", "consent_withdrawn"))
)


class RuleState(ValidationError):
    """What cannot be done to a rule as it stands; ``code`` says why.

    It is one of ``nothing_to_begin``, ``begins_in_the_past``, ``ends_too_early``, ``not_live``, ``has_begun``,
    ``name_taken``.
    """


@transaction.atomic
def draft(name: str, said: Any, *, by: User | None = None, programme: Programme | None = None) -> RuleVersion:
    """Write a rule down without letting it begin. Raises RuleRefused, RuleState."""
    spec = checked(said)
    owner = programme or programmes.main(fresh=True)
    rule = Rule.objects.create(programme=owner, name=_free_name(name, owner), created_by=by)
    return _write(RuleVersion(rule=rule, number=1, created_by=by), spec)


@transaction.atomic
def redraft(rule: Rule, said: Any, *, name: str = "", by: User | None = None) -> RuleVersion:
    """Change a rule's draft, or draft its next version where the last has begun. Raises RuleRefused, RuleState."""
    spec = checked(said)
    rule = Rule.objects.select_for_update().get(pk=rule.pk)
    if name and name != rule.name:
        rule.name = _free_name(name, rule.programme, but=rule)
        rule.save(update_fields=["name"])
        _tell(rule.programme_id)
    version = RuleVersion.objects.filter(rule=rule, begins_at=None).first()
    if version is None:
        last = RuleVersion.objects.filter(rule=rule).aggregate(last=Max("number"))["last"] or 0
        version = RuleVersion(rule=rule, number=last + 1, created_by=by)
    return _write(version, spec)


def checked(said: Any) -> Spec:
    """What the rule says, if it can be. Raises RuleRefused."""
    spec = reading.read(said)
    if spec.on not in (BOUGHT, EVERYTHING) and spec.on not in ANSWERED:
        raise RuleRefused(_("A rule cannot answer to this."), "unknown", part="on")
    wanted = segments_of(spec)
    missing = wanted - set(Segment.objects.filter(pk__in=wanted).values_list("pk", flat=True))
    if missing:
        raise RuleRefused(_("There is no such segment."), "unknown", part="when", params={"segments": sorted(missing)})
    return spec


def segments_of(spec: Spec) -> set[int]:
    return {pk for each in spec.when if each.what == What.SEGMENT for pk in each.values}


def _write(version: RuleVersion, spec: Spec) -> RuleVersion:
    version.spec = reading.write(spec)
    version.save()
    version.segments.all().delete()
    RuleSegment.objects.bulk_create(RuleSegment(version=version, segment_id=pk) for pk in sorted(segments_of(spec)))
    return version


def _free_name(said: str, programme: Programme, *, but: Rule | None = None) -> str:
    name = said.strip()[:100]
    if not name:
        raise RuleRefused(_("A rule needs a name."), "wrong_value", part="name")
    others = Rule.objects.filter(programme=programme, name__iexact=name).exclude(pk=but.pk if but else 0)
    if others.exists():
        raise RuleState(_("There is already a rule called %(name)s."), "name_taken", {"name": name})
    return name


@transaction.atomic
def begin(
    rule: Rule,
    *,
    begins_at: datetime | None = None,
    ends_at: datetime | None = None,
    by: User | None = None,
    at: datetime | None = None,
) -> RuleVersion:
    """Let a rule's draft begin, now or at a later moment; the version before it ends there. Raises RuleState.

    From ``begins_at`` until before ``ends_at`` whatever happens counts, whenever Mainstay hears of it.
    """
    at = at or timezone.now()
    begins_at = begins_at or at
    rule = Rule.objects.select_for_update().get(pk=rule.pk)
    version = RuleVersion.objects.filter(rule=rule, begins_at=None).first()
    if version is None:
        raise RuleState(_("This rule has no draft that could begin."), "nothing_to_begin")
    if begins_at < at:
        raise RuleState(_("A rule cannot begin in the past."), "begins_in_the_past")
    if ends_at is not None and ends_at <= begins_at:
        raise RuleState(_("A rule ends after it begins."), "ends_too_early")
    before = RuleVersion.objects.filter(rule=rule, begins_at__isnull=False).exclude(ends_at__lte=begins_at)
    for earlier in before.order_by("pk"):
        earlier.ends_at = max(begins_at, earlier.begins_at or begins_at)
        if earlier.begins_at and earlier.begins_at >= begins_at:
            earlier.ends_at = earlier.begins_at  # it had not begun yet, and never will
        earlier.save(update_fields=["ends_at"])
    version.begins_at, version.ends_at, version.begun_by = begins_at, ends_at, by
    version.save(update_fields=["begins_at", "ends_at", "begun_by"])
    _keep_budget(rule, reading.read(version.spec))
    _tell(rule.programme_id)
    return version


def _keep_budget(rule: Rule, spec: Spec) -> None:
    """Count what the rule has given so far where it has a budget from now on."""
    spent = None
    if spec.budget is not None:
        spent = RuleAward.objects.filter(rule=rule).aggregate(points=Sum("points", default=0))["points"]
    if rule.spent is None or spent is not None:
        rule.spent = spent
        rule.save(update_fields=["spent"])


@transaction.atomic
def end(rule: Rule, *, ends_at: datetime | None = None, at: datetime | None = None) -> RuleVersion:
    """End a rule now, or at a later moment before the end that it has; what waits to begin never does.

    Raises RuleState.
    """
    at = at or timezone.now()
    ends_at = ends_at or at
    rule = Rule.objects.select_for_update().get(pk=rule.pk)
    if ends_at < at:
        raise RuleState(_("A rule cannot end in the past."), "ends_too_early")
    running = RuleVersion.objects.filter(rule=rule, begins_at__isnull=False).exclude(ends_at__lte=ends_at)
    versions = list(running.order_by("-number"))
    if not versions:
        raise RuleState(_("This rule is not running."), "not_live")
    for version in versions:
        assert version.begins_at
        version.ends_at = max(ends_at, version.begins_at)
        version.save(update_fields=["ends_at"])
    _tell(rule.programme_id)
    return versions[0]


@transaction.atomic
def discard(rule: Rule) -> None:
    """Throw a rule's draft away, and the rule with it where it has never begun. Raises RuleState."""
    rule = Rule.objects.select_for_update().get(pk=rule.pk)
    if not RuleVersion.objects.filter(rule=rule, begins_at=None).exists():
        raise RuleState(_("This rule has begun: it can be ended."), "has_begun")
    RuleVersion.objects.filter(rule=rule, begins_at=None).delete()
    if not RuleVersion.objects.filter(rule=rule).exists():
        rule.delete()


def _tell(programme_id: int) -> None:
    """The programme's version grows, by a trigger: whoever holds its rules in memory reads them again."""
    Programme.objects.filter(pk=programme_id).update(name=F("name"))


def earn_for_fact(fact: Fact, *, by: User | None = None, programme: Programme | None = None) -> dict[str, Outcome]:
    """Book what one fact earns by the rules, now and not when the reader comes to it: see ``earn_for_facts``."""
    return earn_for_facts([fact], by=by, programme=programme)


def earn_for_facts(
    facts: Collection[Fact], *, by: User | None = None, programme: Programme | None = None
) -> dict[str, Outcome]:
    """Book what facts earn by the rules, at the time of each; answers by natural key, ``fact:<id>:rule:<id>``.

    Every app above lets its facts earn by this: at once, in the transaction that records the fact, or later as the
    reader called ``loyalty`` does. Either way a fact earns once by a rule.
    """

    def attempt(rules: Programme) -> dict[str, Outcome]:
        book, heard = rulebook.of(rules), _heard(facts, rules)
        prepared.run(LOCK, [sorted({fact.customer_id for fact in heard})])
        standing = Customer.objects.standing().filter(pk__in={fact.customer_id for fact in heard})
        customers = set(standing.values_list("pk", flat=True))
        known = Calculation.objects.filter(programme=rules, fact__in=[fact.pk for fact in heard])
        done = set(known.values_list("fact_id", flat=True))
        new = _once(fact for fact in heard if fact.pk not in done and fact.customer_id in customers)
        plans = [plan for plan in calculations.of_facts(new, rules, book=book) if plan.ruled]
        return awards.post(plans, programme=rules, by=by)

    if not facts or not _heard(facts, programme or programmes.main(fresh=True)):
        return {}
    return awards.by_current_rules(programme, attempt)


def _heard(facts: Iterable[Fact], programme: Programme) -> list[Fact]:
    book = rulebook.of(programme)
    return [fact for fact in facts if fact.verb in ANSWERED and book.hears(fact.verb)]


def _once(facts: Iterable[Fact]) -> list[Fact]:
    return list({fact.pk: fact for fact in facts}.values())
