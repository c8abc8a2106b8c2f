"""Points adjusted by hand: with a reason, and above the programme's limit only when a second person agrees."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import Customer, Verb
from loyalty.actions import posting, programmes, wallets
from loyalty.actions.lots import first_available
from loyalty.actions.points import repaid
from loyalty.actions.posting import Draft, Move, NewLot
from loyalty.actions.refusals import IdempotencyConflict, InDebt, InsufficientPoints, ReasonMissing
from loyalty.models import Account, AdjustmentRequest, Kind, Programme, Transaction, Wallet
from loyalty.queries import expiries
from people.models import User

Status = AdjustmentRequest.Status


class SecondPersonNeeded(ValidationError):
    def __init__(self) -> None:
        super().__init__(_("Another person has to decide on this adjustment."), code="second_person_needed")


class AlreadyDecided(ValidationError):
    def __init__(self, request: AdjustmentRequest) -> None:
        super().__init__(
            _("The request is %(status)s already."),
            code="already_decided",
            params={"status": request.get_status_display()},
        )


@transaction.atomic
def adjust(
    customer: Customer,
    points: int,
    *,
    reason: str,
    by: User | None,
    key: str | None = None,
    at: datetime | None = None,
    programme: Programme | None = None,
) -> AdjustmentRequest:
    """Add points (or take them, below zero). Within the limit it is done at once; above it, it is a request.

    The same key returns the same request. Raises ReasonMissing, InsufficientPoints, InDebt, IdempotencyConflict,
    WalletFrozen, WalletClosed or NoPoints.
    """
    reason, at = reason.strip(), at or timezone.now()
    posting.check_points(abs(points))
    if not reason:
        raise ReasonMissing
    programme = programme or programmes.main(fresh=True)
    request = AdjustmentRequest(
        programme=programme,
        customer=customer,
        points=points,
        reason=reason,
        key=key,
        limit=programme.adjustment_limit,
        asked_by=by,
        asked_at=at,
    )
    # Who presses twice at once waits here, and finds the first.
    wallets.locked(customer.pk, programme=programme, at=at)
    if earlier := _earlier(request):
        return earlier
    if abs(points) <= request.limit:
        _approve(request, by, at)
    request.save()
    return request


@transaction.atomic
def approve(request: AdjustmentRequest, *, by: User, at: datetime | None = None) -> AdjustmentRequest:
    """Let a request be done. Raises SecondPersonNeeded to who asked, AlreadyDecided, or what ``adjust`` does."""
    request = _waiting(request, by)
    _approve(request, by, at or timezone.now())
    request.save()
    return request


@transaction.atomic
def decline(
    request: AdjustmentRequest, *, by: User, answer: str = "", at: datetime | None = None
) -> AdjustmentRequest:
    """Refuse a request. Raises SecondPersonNeeded to who asked, or AlreadyDecided."""
    request = _waiting(request, by)
    request.status, request.decided_by, request.decided_at = Status.DECLINED, by, at or timezone.now()
    request.answer = answer
    request.save()
    return request


def _earlier(request: AdjustmentRequest) -> AdjustmentRequest | None:
    earlier = AdjustmentRequest.objects.filter(key=request.key).first() if request.key else None
    same = ("customer_id", "points", "reason")
    if earlier and any(getattr(earlier, name) != getattr(request, name) for name in same):
        raise IdempotencyConflict(request.key or "")
    return earlier


def _waiting(request: AdjustmentRequest, by: User) -> AdjustmentRequest:
    request = AdjustmentRequest.objects.select_for_update(of=["self"]).select_related("programme").get(pk=request.pk)
    if request.status != Status.WAITING:
        raise AlreadyDecided(request)
    if by.pk == request.asked_by_id:
        raise SecondPersonNeeded
    return request


def _approve(request: AdjustmentRequest, by: User | None, at: datetime) -> None:
    (wallet,) = wallets.locked(request.customer_id, programme=request.programme, at=at)
    wallets.refuse_unless_open(wallet)
    request.transaction = _post(wallet, request, by, at)
    request.status, request.decided_by, request.decided_at = Status.APPROVED, by, at


def _post(wallet: Wallet, request: AdjustmentRequest, by: User | None, at: datetime) -> Transaction:
    lasts = expiries.lasting_for(request.programme, wallet.customer_id, at)
    expires_at = lasts.until(at, request.programme.zone)
    if request.points > 0:
        lot = NewLot(at, None, expires_at)
        moves = repaid([Move(Account.ADJUSTED, Account.AVAILABLE, request.points, lot)], wallet.debt)
    else:
        moves = _taken(wallet, -request.points)
    draft = Draft(wallet, Kind.ADJUST, Verb.POINTS_ADJUSTED, at, moves, reason=request.reason)
    draft.by_id, draft.about = by.pk if by else None, {"points": request.points}
    draft.meta = {"lasts": lasts.as_json()} if request.points > 0 and expires_at else {}
    return posting.post([draft])[0]


def _taken(wallet: Wallet, points: int) -> list[Move]:
    if wallet.debt:
        raise InDebt(wallet.debt)
    if wallet.available < points:
        raise InsufficientPoints(points, wallet.available)
    portions = first_available(wallet, points)
    return [Move(Account.AVAILABLE, Account.ADJUSTED, part, lot.pk) for lot, part in portions]
