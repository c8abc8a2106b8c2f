"""Days that come by themselves: birthdays, days of joining, lapses, dates among the traits. Looked for every hour."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from communications import schedule, timing
from communications.actions import enrolments
from communications.actions.anchors import moment
from communications.actions.enrolments import Entry
from communications.models import Enrolment, Plan, PlanVersion, Step
from customers.models import Customer, Profile, Trait

AT_ONCE = 1_000
MARGIN = timedelta(days=3)  # zones, and that nobody looks for a while
LONGEST = {
    "minutes": timedelta(minutes=1),
    "hours": timedelta(hours=1),
    "days": timedelta(days=1),
    "weeks": timedelta(days=7),
    "months": timedelta(days=31),
    "years": timedelta(days=366),
    "business_days": timedelta(days=4),
}


def enrol_due(*, at: datetime | None = None) -> int:
    """Take in those whose day is near enough for the first step of a live plan. Returns how many are new."""
    at = at or timezone.now()
    live = PlanVersion.objects.filter(
        pk__in=Plan.objects.filter(status=Plan.Status.LIVE, kind=Plan.Kind.SEQUENCE).values("current"),
        anchor__in=_FINDERS,
    ).select_related("plan")
    return sum(_enrol(version, at) for version in live.order_by("pk"))


def _enrol(version: PlanVersion, at: datetime) -> int:
    new = 0
    for entries in _chunks(_FINDERS[PlanVersion.Anchor(version.anchor)](version, at)):
        known = _known(version, entries)
        fresh = [entry for entry in entries if (entry.customer_id, entry.key) not in known]
        new += sum(outcome.new for outcome in enrolments.enrol_many(version.plan, fresh, at=at))
    return new


def lead(steps: Iterable[Step]) -> timedelta:
    """How long before the anchor the earliest step may be due."""
    before = [-step.amount * LONGEST[step.unit] for step in steps if step.amount < 0]
    return max(before, default=timedelta(0))


def _span(version: PlanVersion, at: datetime) -> tuple[date, date]:
    """The days whose anchors matter now: from what is still within the plan's grace to what begins soon."""
    first = timing.business_date(at - timedelta(hours=version.grace_hours) - MARGIN)
    return first, timing.business_date(at + lead(version.steps.all()) + MARGIN)


def _birthdays(version: PlanVersion, at: datetime) -> Iterator[Entry]:
    """The year is the key: a birthday that is corrected brings no second card in the same year."""
    first, last = _span(version, at)
    wanted = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    days = {(day.month, day.day) for day in wanted}
    if (2, 28) in days or (3, 1) in days:
        days.add((2, 29))
    found = Customer.objects.standing().filter(birth_month__in={month for month, _ in days})
    for pk, month, day in found.order_by("pk").values_list("pk", "birth_month", "birth_day").iterator():
        if month is None or day is None or (month, day) not in days:
            continue
        for year in {first.year, last.year}:
            kept = schedule.birthday_in(year, month, day, leap_day=version.leap_day)
            if first <= kept <= last:
                yield Entry(pk, str(year), kept)


def _joinings(version: PlanVersion, at: datetime) -> Iterator[Entry]:
    """The day on which somebody joined, from the first year on."""
    first, last = _span(version, at)
    months = {(first + timedelta(days=n)).month for n in range((last - first).days + 1)}
    found = Customer.objects.standing().filter(created_at__month__in=months)
    for pk, joined in found.order_by("pk").values_list("pk", "created_at").iterator():
        day = timing.business_date(joined)
        for year in {first.year, last.year} - {day.year}:
            kept = schedule.birthday_in(year, day.month, day.day, leap_day=version.leap_day)
            if year > day.year and first <= kept <= last:
                yield Entry(pk, str(year), kept)


def _lapses(version: PlanVersion, at: datetime) -> Iterator[Entry]:
    """So many days of their calendar after the last purchase; each purchase is a lapse at most once."""
    days = version.anchor_days or 0
    since = max(at - timedelta(hours=version.grace_hours) - MARGIN, version.plan.live_since or at)
    until = at + lead(version.steps.all())
    found: QuerySet[Profile] = Profile.objects.filter(
        last_purchase_at__gt=since - timedelta(days=days + 1), last_purchase_at__lte=until - timedelta(days=days - 1)
    )
    for pk, zone, last in found.order_by("pk").values_list("pk", "customer__zone", "last_purchase_at").iterator():
        if last is not None and since < (lapsed := timing.days_after(last, days, zone)) <= until:
            yield Entry(pk, f"lapse:{last:%Y%m%dT%H%M%S}", lapsed)


def _traits(version: PlanVersion, at: datetime) -> Iterator[Entry]:
    """A date that is known of a customer, such as the day of a wedding: once for each date."""
    first, last = _span(version, at)
    found = Trait.objects.filter(name__iexact=version.anchor_trait, customer__status=Customer.Status.ACTIVE)
    for pk, value in found.order_by("customer").values_list("customer", "value").iterator():
        said = moment(value)
        day = said.date() if isinstance(said, datetime) else said
        if day is not None and first <= day <= last:
            yield Entry(pk, f"on:{day.isoformat()}", day)


_FINDERS: dict[PlanVersion.Anchor, Callable[[PlanVersion, datetime], Iterator[Entry]]] = {
    PlanVersion.Anchor.BIRTHDAY: _birthdays,
    PlanVersion.Anchor.JOINING: _joinings,
    PlanVersion.Anchor.LAPSE: _lapses,
    PlanVersion.Anchor.TRAIT: _traits,
}


def _known(version: PlanVersion, entries: list[Entry]) -> set[tuple[int, str]]:
    rows = Enrolment.objects.filter(
        plan=version.plan_id,
        customer__in={one.customer_id for one in entries},
        anchor_key__in={one.key for one in entries},
    )
    return set(rows.values_list("customer_id", "anchor_key"))


def _chunks(entries: Iterator[Entry]) -> Iterator[list[Entry]]:
    chunk: list[Entry] = []
    for entry in entries:
        chunk.append(entry)
        if len(chunk) == AT_ONCE:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
