"""What is payable to causes: exact fractions, one floor at the end of a month."""

from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import TruncMonth
from django.utils import timezone

from loyalty.models import Cause, Gift, Programme


@dataclass(frozen=True)
class Payable:
    """What one month's gifts to a cause are worth, in minor units: the points' own value, what is added, the sum."""

    cause: Cause
    month: date
    currency: str
    gifts: int
    points: int
    value: int
    match: int

    @property
    def total(self) -> int:
        return self.value + self.match


RATES = ("value_money", "value_points", "match_adds", "match_for")


def payable(programme: Programme, *, cause: Cause | None = None, since: datetime | None = None) -> list[Payable]:
    """By cause and month, the latest month first. The sum is rounded down once; what is added takes the rounding."""
    gifts = Gift.objects.filter(cause__programme=programme)
    if since is not None:
        gifts = gifts.filter(at__gte=since)
    if cause is not None:
        gifts = gifts.filter(cause=cause)
    month = TruncMonth("at", tzinfo=ZoneInfo(programme.zone))
    rows = gifts.annotate(month=month).values("cause", "month", "currency", *RATES)
    sums: dict[tuple[int, date, str], list[Fraction]] = {}
    for row in rows.annotate(sum=Sum("points"), count=Count("pk")).order_by():
        worth = Fraction(row["sum"] * row["value_money"], row["value_points"])
        kept = sums.setdefault((row["cause"], row["month"].date(), row["currency"]), [Fraction(0)] * 4)
        added = worth * Fraction(row["match_adds"], row["match_for"])
        for place, much in enumerate((Fraction(row["count"]), Fraction(row["sum"]), worth, added)):
            kept[place] += much
    causes = Cause.objects.in_bulk({key[0] for key in sums})
    answer = [_payable(causes[pk], month, currency, *kept) for (pk, month, currency), kept in sums.items()]
    return sorted(answer, key=lambda one: (-one.month.toordinal(), one.cause.name, one.currency))


def _payable(
    cause: Cause, month: date, currency: str, gifts: Fraction, points: Fraction, worth: Fraction, added: Fraction
) -> Payable:
    value = worth.__floor__()
    return Payable(cause, month, currency, int(gifts), int(points), value, (worth + added).__floor__() - value)


def open_causes(programme: Programme, *, at: datetime | None = None) -> QuerySet[Cause]:
    """Those that take gifts now."""
    at = at or timezone.now()
    causes = Cause.objects.filter(programme=programme).exclude(starts_at__gt=at).exclude(ends_at__lte=at)
    return causes.order_by("name", "pk")
