"""What customers allow now: of all decisions about a channel and a purpose, the latest one holds."""

from collections.abc import Iterable
from dataclasses import dataclass

from customers.models import ConsentDecision, Customer


@dataclass(frozen=True)
class Consent:
    """What holds for one channel and purpose. No decision: nothing is allowed."""

    channel: ConsentDecision.Channel
    purpose: ConsentDecision.Purpose
    decision: ConsentDecision | None

    @property
    def allowed(self) -> bool:
        return self.decision is not None and self.decision.granted


def current(customer: Customer) -> list[Consent]:
    """All channels and purposes, in order of channel, decided or not."""
    latest = {
        (decision.channel, decision.purpose): decision
        for decision in ConsentDecision.objects.filter(customer=customer)
        .order_by("channel", "purpose", "-at", "-id")
        .distinct("channel", "purpose")
        .select_related("by")
    }
    return [
        Consent(channel, purpose, latest.get((channel, purpose)))
        for channel in ConsentDecision.Channel
        for purpose in ConsentDecision.Purpose
    ]


def allowed(customer_ids: Iterable[int], channel: str, purpose: str) -> set[int]:
    """Those of the customers who may be reached on the channel for the purpose."""
    latest = (
        ConsentDecision.objects.filter(customer__in=list(customer_ids), channel=channel, purpose=purpose)
        .order_by("customer", "-at", "-id")
        .distinct("customer")
        .values_list("customer_id", "granted")
    )
    return {customer for customer, granted in latest if granted}
