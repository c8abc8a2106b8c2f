"""What was given for bringing a friend is taken back where the purchase, told of late, had not come to stay."""

from datetime import datetime

from django.db import transaction

from customers.actions import timeline
from customers.models import Verb
from loyalty.actions import clawbacks
from loyalty.actions.referrals import key_of, taken
from loyalty.models import Referral, Transaction
from loyalty.queries import referrals as questions

State = Referral.State


def revoke_all(*, at: datetime) -> int:
    """Look at every return and cancellation told of late. What came back after the window had closed changes nothing.

    Safe to run late or twice. Returns how many referrals changed.
    """
    return sum(_revoke(pk, at) for pk in questions.had_not_stayed())


@transaction.atomic
def _revoke(pk: int, at: datetime) -> bool:
    """Take back what was given, by the programme's policy for points that are gone. The referral is open again: the
    friend's next purchase may bring another reward, which is still one in all.
    """
    referral = taken(pk, states=(State.REVIEW, State.REWARDED))
    if referral is None or not questions.had_not_stayed(only=pk):
        return False
    if referral.state == State.REWARDED:
        _take_back(referral, at)
        referral.revoked += 1
        timeline.record(
            referral.referrer, Verb.REFERRAL_REVOKED, at=at, referral=referral.pk, points=referral.referrer_points
        )
    referral.state, referral.reason, referral.suspicions = State.OPEN, "", []
    referral.referrer_points = referral.friend_points = 0
    referral.purchase = referral.due_at = referral.decided_at = referral.decided_by = None
    referral.save()
    return True


def _take_back(referral: Referral, at: datetime) -> None:
    keys = [key_of(referral, side) for side in ("referrer", "friend")]
    for given in Transaction.objects.filter(natural_key__in=keys).order_by("wallet_id"):
        if clawbacks.standing(given):
            clawbacks.claw_back(given, reason="returned", at=at)
