"""Points that expire soon are told of on the timeline, once for each date; what follows is set up elsewhere."""

from datetime import datetime, timedelta

from django.db.models import Sum

from customers.actions import timeline
from customers.models import Customer, Fact, Verb
from loyalty.models import Lot, Programme, Wallet

LATE = timedelta(days=14)  # a notice that is later than this is told no more
AT_ONCE = 5000


def tell_of_expiry(*, at: datetime) -> int:
    """Tell whom points expire of, so many days before as the programme says. Returns how many facts are new.

    One fact for a wallet, a date and a number of days, however often and late this runs.
    """
    told = 0
    for programme in Programme.objects.order_by("pk"):
        for days in programme.notices:
            told += _tell(programme, days, at)
    return told


def _tell(programme: Programme, days: int, at: datetime) -> int:
    soon = at + timedelta(days=days)
    lots = Lot.objects.filter(available__gt=0, expires_at__gt=max(at, soon - LATE), expires_at__lte=soon)
    lots = lots.filter(
        wallet__programme=programme,
        wallet__status=Wallet.Status.OPEN,
        wallet__customer__status=Customer.Status.ACTIVE,
    )
    sums = lots.values("wallet", "wallet__customer", "expires_at").annotate(points=Sum("available"))
    waiting: list[Fact] = []
    told = 0
    for row in sums.order_by("expires_at", "wallet").iterator(chunk_size=AT_ONCE):
        expires_at = row["expires_at"]
        assert expires_at is not None
        waiting.append(_fact(row["wallet"], row["wallet__customer"], expires_at, row["points"], days, at))
        if len(waiting) == AT_ONCE:
            told += _write(waiting)
            waiting = []
    return told + _write(waiting)


def _fact(wallet: int, customer: int, expires_at: datetime, points: int, days: int, at: datetime) -> Fact:
    key = f"expiring:{wallet}:{int(expires_at.timestamp())}:{days}"
    about = {"points": points, "days": days, "until": expires_at.isoformat()}
    return Fact(customer_id=customer, verb=Verb.POINTS_EXPIRING, at=at, key=key, about=about)


def _write(facts: list[Fact]) -> int:
    known = set(Fact.objects.filter(key__in=[fact.key for fact in facts]).values_list("key", flat=True))
    return len(timeline.record_many([fact for fact in facts if fact.key not in known]))
