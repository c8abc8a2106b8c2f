"""Available points of a locked wallet in the order of consumption: soonest expiry, oldest, never-expiring last."""

from collections.abc import Collection

from django.db.models import F

from loyalty.models import Lot, Wallet


def first_available(wallet: Wallet, points: int, *, without: Collection[int] = ()) -> list[tuple[Lot, int]]:
    """The lots, and the points of each, that together make so many points; fewer where there are no more."""
    order = (F("expires_at").asc(nulls_last=True), "earned_at", "pk")
    lots = Lot.objects.filter(wallet=wallet, available__gt=0).exclude(pk__in=without).order_by(*order)
    portions: list[tuple[Lot, int]] = []
    for lot in lots.iterator(chunk_size=100) if points else ():
        portions.append((lot, min(lot.available, points)))
        points -= portions[-1][1]
        if not points:
            break
    return portions
