"""Stamps of customers: counted exactly from what was bought and kept, in whole pieces."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, Sum
from django.db.models.functions import Floor
from django.utils import timezone

from customers.models import Customer, Line, Purchase
from loyalty.models import StampCard, StampHolder


def counted(card: StampCard, customer_ids: Collection[int]) -> dict[int, int]:
    """Of these customers, those with stamps: a stamp for each whole piece of a line that was not brought back."""
    within: dict[str, Any] = {"purchase__at__gte": card.opens_at}
    if card.closes_at:
        within["purchase__at__lt"] = card.closes_at
    lines = Line.objects.filter(
        purchase__customer__in=customer_ids,
        purchase__status=Purchase.Status.STANDING,
        **{card.counts: card.value},
        **within,
    )
    sums = lines.values("purchase__customer").annotate(n=Sum(Floor(F("quantity") - F("returned"))))
    return {row["purchase__customer"]: int(row["n"]) for row in sums.order_by()}


@dataclass(frozen=True)
class OnCard:
    """How far a customer is with a card."""

    card: StampCard
    stamps: int  # on the card in hand
    full: int  # cards filled so far

    @property
    def missing(self) -> int:
        return self.card.stamps - self.stamps


def of_customer(customer: Customer, *, at: datetime | None = None) -> list[OnCard]:
    """The cards that run, begun or not, each with the stamps as last counted."""
    at = at or timezone.now()
    holders = {
        holder.card_id: holder.stamps for holder in StampHolder.objects.filter(customer=customer).order_by("pk")
    }
    cards = StampCard.objects.filter(status=StampCard.Status.LIVE, opens_at__lte=at).select_related("reward")
    found = []
    for card in cards.order_by("name"):
        if card.closes_at is None or card.closes_at > at:
            stamps = holders.get(card.pk, 0)
            found.append(OnCard(card, stamps % card.stamps, stamps // card.stamps))
    return found
