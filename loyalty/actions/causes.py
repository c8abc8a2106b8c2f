"""Points given to a cause, at the rates of the day."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from loyalty.actions import redemptions
from loyalty.models import Cause, Claim, Gift, Reward, Transaction
from people.models import User


class GiftRefused(ValidationError):
    """A gift that the cause does not take; ``code`` says why."""


@transaction.atomic
def give(
    customer: Customer,
    points: int,
    *,
    to: Cause,
    key: str | None = None,
    by: User | None = None,
    at: datetime | None = None,
) -> Gift:
    """Give available points to a cause. What the business pays for them, and adds, is kept with the gift for good.

    Asked again with the same key it is the same gift, though the cause has closed meanwhile. Raises GiftRefused
    (``cause_closed``, ``gift_too_small``) and what ``redemptions.redeem`` raises.
    """
    if not (key and Transaction.objects.filter(key=key).exists()):
        _refuse_unless_taken(points, to, at or timezone.now())
    made = redemptions.give(
        customer, points, reason=to.name, reference=to.code, key=key, by=by, at=at, programme=to.programme
    )
    if earlier := Gift.objects.filter(transaction=made).first():
        return earlier
    return Gift.objects.create(
        cause=to,
        customer=customer,
        transaction=made,
        points=points,
        value_money=to.value_money,
        value_points=to.value_points,
        match_adds=to.match_adds,
        match_for=to.match_for,
        currency=to.currency,
        at=made.effective_at,
    )


def _refuse_unless_taken(points: int, to: Cause, at: datetime) -> None:
    if (to.starts_at and at < to.starts_at) or (to.ends_at and at >= to.ends_at):
        raise GiftRefused(_("%(cause)s takes no gifts now."), code="cause_closed", params={"cause": to.name})
    if points < to.smallest:
        raise GiftRefused(
            _("The smallest gift is %(smallest)s points."), code="gift_too_small", params={"smallest": to.smallest}
        )


def note_donation(reward: Reward, claim: Claim, made: Transaction) -> Gift:
    """Keep a donation that was taken as a reward with the other gifts to its cause, at the reward's own worth."""
    assert reward.cause is not None
    return Gift.objects.create(
        cause=reward.cause,
        customer=claim.customer,
        transaction=made,
        points=claim.points,
        value_money=reward.amount or 0,
        value_points=claim.points,
        match_adds=reward.match_percent,
        match_for=100,
        currency=reward.currency,
        at=made.effective_at,
    )
