"""Points that wait until somebody has looked at what they are for: a review, a photo, a receipt."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from config import prepared
from customers.actions.profile import LOCK
from loyalty import arithmetic
from loyalty.actions import awards, points
from loyalty.models import EarningReview, Programme, RuleAward, Transaction
from loyalty.rules import reading
from people.models import User

State = EarningReview.State


class NotWaiting(ValidationError):
    def __init__(self, review: EarningReview) -> None:
        super().__init__(
            _("This has been settled already: %(state)s."),
            code="not_waiting",
            params={"state": review.get_state_display()},
        )


class ReasonMissing(ValidationError):
    def __init__(self) -> None:
        super().__init__(_("Say why not."), code="reason_missing")


@transaction.atomic
def approve(review: EarningReview, *, by: User | None = None, at: datetime | None = None) -> Transaction:
    """Let the points that waited be posted, dated as what they are for; as far as it has not come back since.

    Raises NotWaiting, WalletFrozen or WalletClosed.
    """
    review = _locked(review)
    award = RuleAward.objects.select_related("version__rule__programme", "calculation__purchase").get(
        pk=review.award_id
    )
    calculation, rule = award.calculation, award.version.rule
    purchase, programme = calculation.purchase, rule.programme
    of = f"purchase:{purchase.pk}" if purchase else f"fact:{calculation.fact_id}"
    posted = points.earn(
        review.customer,
        award.points,
        natural_key=f"{of}:rule:{rule.pk}",
        at=award.at,
        activates_at=_activation(award, programme),
        lasts=reading.read(award.version.spec).lasting,
        reason=rule.name,
        reference=purchase.number if purchase else "",
        purchase_id=purchase.pk if purchase else None,
        by=by,
        programme=programme,
        meta={"rule": rule.pk, "version": award.version_id},
    )
    _settle(review, State.APPROVED, by, at)
    return posted


def _activation(award: RuleAward, programme: Programme) -> datetime | None:
    if not award.calculation.purchase_id:
        return None
    return arithmetic.activation(award.at, days=programme.return_window_days, zone=programme.zone)


@transaction.atomic
def decline(review: EarningReview, *, reason: str, by: User, at: datetime | None = None) -> EarningReview:
    """Give no points, and say why; the rule's caps have their room again. Raises NotWaiting, ReasonMissing."""
    if not reason.strip():
        raise ReasonMissing
    review = _locked(review)
    award = RuleAward.objects.get(pk=review.award_id)
    awards.spend({award.rule_id: -award.points})
    award.points = award.times = 0
    award.save(update_fields=["points", "times"])
    return _settle(review, State.DECLINED, by, at, reason=reason.strip()[:200])


def _locked(review: EarningReview) -> EarningReview:
    prepared.run(LOCK, [[review.customer_id]])
    review = EarningReview.objects.select_for_update().get(pk=review.pk)
    if review.state != State.WAITING:
        raise NotWaiting(review)
    return review


def _settle(
    review: EarningReview, state: State, by: User | None, at: datetime | None, *, reason: str = ""
) -> EarningReview:
    review.state, review.decided_by, review.decided_at, review.reason = state, by, at or timezone.now(), reason
    review.save(update_fields=["state", "decided_by", "decided_at", "reason"])
    return review
