"""What happened to customers begins sequences, ends them, and moves what is to come: the reader ``communications``.

A fact begins a plan that was live when it was recorded. The same fact, read twice or told twice, begins it once.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import Min, Q, QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from communications import arrivals, schedule
from communications.actions import belongings, enrolments, human_tasks, replanning, touchpoints
from communications.actions.enrolments import Entry
from communications.models import Enrolment, Plan, PlanVersion, Touchpoint
from customers.models import Fact, Purchase, Verb

State = Enrolment.State
ONCE = frozenset({Verb.BOUGHT, Verb.DELIVERED})  # of a purchase: a second parcel begins nothing again
GONE = frozenset({Verb.PURCHASE_CANCELLED, Verb.RETURNED})
ALWAYS = belongings.VERBS | GONE | {Verb.CONSENT_WITHDRAWN, Verb.CHANGED}
MOVES = {"zone", "birth_day", "birth_month", "birth_year"}
BY_PEOPLE = {"phone", "post"}


def verbs() -> frozenset[str]:
    """What the reader has to hear of: what always matters, and what live plans wait for."""
    heard: set[str] = set(ALWAYS)
    for version in _live():
        heard |= {version.anchor_verb, version.goal_verb, *version.exit_verbs}
    return frozenset(heard - {""})


def react(facts: list[Fact], *, at: datetime | None = None) -> None:
    """Facts as the reader of the timeline hands them over."""
    at = at or timezone.now()
    belongings.react([fact for fact in facts if fact.verb in belongings.VERBS])
    live = _live()
    _cancel_anchors(facts, at)
    _withdraw(facts, at)
    _move([fact for fact in facts if fact.verb == Verb.CHANGED], at)
    _end(facts, live, at)
    for version in live:
        _begin(version, facts, at)


def _live() -> list[PlanVersion]:
    """The versions that hold of plans that are live; a paused one goes on hearing what ends it."""
    standing = Plan.objects.filter(status__in=[Plan.Status.LIVE, Plan.Status.PAUSED])
    found = PlanVersion.objects.filter(pk__in=standing.values("current")).select_related("plan")
    return list(found.order_by("pk"))


def _begin(version: PlanVersion, facts: Iterable[Fact], at: datetime) -> None:
    plan = version.plan
    if plan.status != Plan.Status.LIVE or version.anchor != PlanVersion.Anchor.FACT or plan.live_since is None:
        return
    fitting = [
        fact
        for fact in facts
        if fact.verb == version.anchor_verb
        and fact.recorded_at >= plan.live_since
        and not _of_a_plan(fact)
        and _fits(version, fact)
    ]
    purchases = _purchases(fitting)
    entries = [entry for fact in fitting if (entry := _entry(version, fact, purchases.get(fact.pk)))]
    if entries:
        enrolments.enrol_many(plan, entries, at=at)


def _of_a_plan(fact: Fact) -> bool:
    """What plans themselves did begins none: two that follow each other would never end."""
    return fact.verb in arrivals.OURS and "touchpoint" in fact.about


def _fits(version: PlanVersion, fact: Fact) -> bool:
    """Whether the fact's particulars are those that the plan waits for; a list allows any of its values."""
    return all(
        fact.about.get(name) in wanted if isinstance(wanted, list) else fact.about.get(name) == wanted
        for name, wanted in version.anchor_match.items()
    )


def _purchases(facts: Iterable[Fact]) -> dict[int, int]:
    """Which purchase each fact is about: by its id, or as other systems report it, by the number of the order.

    What follows a return or a cancellation does not end with it: those are about no purchase here.
    """
    found = {fact.pk: fact.about.get("purchase") for fact in facts if fact.verb not in GONE}
    numbers = {said for said in found.values() if isinstance(said, str)}
    own = Purchase.objects.filter(number__in=numbers) if numbers else Purchase.objects.none()
    known = {(row.customer_id, row.number): row.pk for row in own.only("customer_id", "number")}
    customers = {fact.pk: fact.customer_id for fact in facts}
    told = {pk: said if isinstance(said, int) else known.get((customers[pk], said)) for pk, said in found.items()}
    return {pk: purchase for pk, purchase in told.items() if purchase is not None}


def _entry(version: PlanVersion, fact: Fact, purchase: int | None) -> Entry | None:
    anchor: datetime | date | None = fact.at
    if version.anchor_particular:
        anchor = moment(fact.about.get(version.anchor_particular))
    if anchor is None:
        return None
    key = f"{fact.verb}:{purchase}" if purchase and fact.verb in ONCE else f"fact:{fact.pk}"
    return Entry(fact.customer_id, key, anchor, purchase)


def moment(said: object) -> datetime | date | None:
    """A time with a zone, or a day, as a fact or a trait says it; nothing where it says neither."""
    if not isinstance(said, str):
        return None
    try:
        at = parse_datetime(said)
        return at if at is not None and at.tzinfo is not None else parse_date(said[:10])
    except ValueError:
        return None


def _cancel_anchors(facts: Iterable[Fact], at: datetime) -> None:
    """What was to follow a purchase that is cancelled or brought back; for a part of it only where a plan says so."""
    purchases = {fact.about.get("purchase") for fact in facts if fact.verb in GONE}
    if not purchases:
        return
    gone = Purchase.objects.filter(pk__in=[one for one in purchases if isinstance(one, int)])
    whole = {one.pk for one in gone if one.status == Purchase.Status.CANCELLED or 0 < one.goods <= one.returned}
    part = {one.pk for one in gone if one.returned > 0} - whole
    ended = Q(purchase__in=whole) | Q(purchase__in=part, version__exit_on_partial_return=True)
    touchpoints.leave(Enrolment.objects.filter(ended), state=State.CANCELLED, reason="anchor_cancelled", at=at)


def _withdraw(facts: Iterable[Fact], at: datetime) -> None:
    """Who does not want to hear of something by a channel: what was to come that way is cancelled, tasks as well."""
    for fact in facts:
        if fact.verb == Verb.CONSENT_WITHDRAWN:
            channel, purpose = fact.about.get("channel", ""), fact.about.get("purpose", "")
            found = Touchpoint.objects.filter(customer=fact.customer_id, channel=channel, version__purpose=purpose)
            reason = "no_consent" if channel in BY_PEOPLE else "unsubscribed"
            touchpoints.end(found, reason=reason, at=at)
            if channel in BY_PEOPLE:
                human_tasks.withdraw(fact.customer_id, channel=channel, at=at)


def _move(changes: Iterable[Fact], at: datetime) -> None:
    """Who moved to another zone is reached at the same local hours there; a corrected birthday is kept on its day."""
    moved = {fact.customer_id for fact in changes if MOVES & set(fact.about.get("fields") or ())}
    if moved:
        birthdays = Enrolment.objects.filter(customer__in=moved, version__anchor="birthday", state=State.ACTIVE)
        for row in birthdays.select_related("customer", "version"):
            _correct(row)
        replanning.replan_customers(sorted(moved), at=at)


def _correct(row: Enrolment) -> None:
    customer = row.customer
    if customer.birth_month and customer.birth_day:
        leap_day = row.version.leap_day
        row.anchor_on = schedule.birthday_in(
            int(row.anchor_key), customer.birth_month, customer.birth_day, leap_day=leap_day
        )
        row.save(update_fields=["anchor_on"])


def _end(facts: Iterable[Fact], live: Iterable[PlanVersion], at: datetime) -> None:
    """Goals that were reached and exits that were taken, by facts later than the anchor."""
    by_verb: dict[str, dict[int, datetime]] = defaultdict(dict)
    for fact in facts:
        last = by_verb[fact.verb].get(fact.customer_id)
        by_verb[fact.verb][fact.customer_id] = max(last, fact.at) if last else fact.at
    for version in live:
        for verb, reason in _endings(version):
            if by_verb.get(verb):
                _leave(version, by_verb[verb], reason, at)


def _endings(version: PlanVersion) -> list[tuple[str, str]]:
    goal = [(version.goal_verb, "goal_reached")] if version.goal_verb else []
    return goal + [(verb, "exit_rule") for verb in version.exit_verbs]


def _leave(version: PlanVersion, last: dict[int, datetime], reason: str, at: datetime) -> None:
    """Only what came after somebody's anchor ends their sequence: the purchase that began it does not."""
    own = Enrolment.objects.filter(plan=version.plan_id, customer__in=list(last), state=State.ACTIVE)
    ended = [row.pk for row in own if last[row.customer_id] > min(row.anchor_at or row.enrolled_at, row.enrolled_at)]
    touchpoints.leave(Enrolment.objects.filter(pk__in=ended), state=State.EXITED, reason=reason, at=at)
    if version.plan.kind == Plan.Kind.CAMPAIGN:
        theirs = Touchpoint.objects.filter(plan=version.plan_id, customer__in=list(last))
        if reason == "goal_reached":
            theirs = theirs.filter(customer__in=_after_it_came(theirs, last))
        touchpoints.cancel(theirs, reason=reason, at=at)


def _after_it_came(reached: QuerySet[Touchpoint], last: dict[int, datetime]) -> set[int]:
    """Of a campaign: those who did it after something of the campaign had reached them."""
    first = reached.filter(sent_at__isnull=False).values_list("customer_id").annotate(first=Min("sent_at"))
    return {customer for customer, at in first if at and last[customer] > at}
