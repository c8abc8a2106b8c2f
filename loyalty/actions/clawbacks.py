"""Points are taken back when what earned them is: the purchase's own points first, then others, then as debt."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q, Sum
from django.utils import timezone

from customers.models import Verb
from loyalty.actions import posting, wallets
from loyalty.actions.lots import first_available
from loyalty.actions.posting import Draft, Move
from loyalty.actions.redemptions import replayed
from loyalty.actions.refusals import NotThisKind, OverReversal
from loyalty.models import Account, Kind, Lot, Programme, Transaction, Transfer, Wallet
from people.models import User

OUTSIDE = (Account.ISSUED, Account.IMPORTED, Account.PARTNER, Account.ADJUSTED)
Policy = Programme.ClawBack


@transaction.atomic
def claw_back(
    earning: Transaction,
    points: int | None = None,
    *,
    reason: str,
    key: str | None = None,
    natural_key: str | None = None,
    by: User | None = None,
    at: datetime | None = None,
) -> Transaction:
    """Take points of an earning back, all that are left of it or some, as the programme's policy says.

    Points that cannot be taken become debt up to the programme's limit, or are waived.
    Raises OverReversal, IdempotencyConflict or NotThisKind.
    """
    at = at or timezone.now()
    wallet = wallets.locked_of(earning, at=at)
    request = key and posting.request_of("claw_back", earning.pk, points, reason, natural_key)
    if earlier := replayed(key, request):
        return earlier
    left = standing(earning)
    points = left if points is None else points
    if points > left or not left:
        raise OverReversal(points, left)
    posting.check_points(points)
    return _take(wallet, earning, points, at, reason=reason, key=key, request=request, natural_key=natural_key, by=by)


def _take(
    wallet: Wallet,
    earning: Transaction,
    points: int,
    at: datetime,
    *,
    reason: str,
    key: str | None = None,
    request: str | None = None,
    natural_key: str | None = None,
    by: User | None = None,
) -> Transaction:
    moves = _moves(wallet, earning, points)
    about = {
        "points": sum(move.points for move in moves if move.source is not Account.WAIVED),
        "waived": sum(move.points for move in moves if move.source is Account.WAIVED),
    }
    draft = Draft(wallet, Kind.CLAW_BACK, Verb.POINTS_CLAWED_BACK, at, moves, key=key, request=request, reason=reason)
    draft.natural_key, draft.reverses_id, draft.by_id = natural_key, earning.pk, by.pk if by else None
    draft.purchase_id, draft.about = earning.purchase_id, about
    return posting.post([draft])[0]


@transaction.atomic
def keep_only(earning: Transaction, points: int, *, reason: str, at: datetime | None = None) -> Transaction | None:
    """Take back what an earning has above the points that what was kept is worth. Nothing where it has no more."""
    at = at or timezone.now()
    wallet = wallets.locked_of(earning, at=at)
    excess = standing(earning) - points
    return _take(wallet, earning, excess, at, reason=reason) if excess > 0 else None


def standing(earning: Transaction) -> int:
    """Points of an earning that nobody has taken back. Raises NotThisKind."""
    earned = Transfer.objects.filter(transaction=earning, source__in=OUTSIDE).aggregate(n=Sum("points", default=0))
    if not earned["n"]:
        raise NotThisKind(str(Kind.EARN.label))
    answers = Transaction.objects.filter(reverses=earning, kind=Kind.CLAW_BACK).values("pk")
    taken = Transfer.objects.filter(transaction__in=answers, target=Account.CLAWED_BACK)
    return int(earned["n"] - taken.aggregate(n=Sum("points", default=0))["n"])


def _moves(wallet: Wallet, earning: Transaction, points: int) -> list[Move]:
    policy, limit = wallet.programme.claw_back, wallet.programme.debt_limit
    moves: list[Move] = []

    def take(source: Account, there: int, lot: int | None) -> None:
        nonlocal points
        if now := min(points, there):
            moves.append(Move(source, Account.CLAWED_BACK, now, lot))
            points -= now

    if wallet.status == Wallet.Status.CLOSED:  # it is empty, and nobody is in it to owe anything
        take(Account.WAIVED, points, None)
        return moves
    own = (
        Lot.objects.filter(wallet=wallet, origin=earning).filter(Q(pending__gt=0) | Q(available__gt=0)).order_by("pk")
    )
    for lot in own:
        take(Account.PENDING, lot.pending, lot.pk)
    if policy != Policy.ONLY_PENDING:
        for lot in own:
            take(Account.AVAILABLE, lot.available, lot.pk)
        for lot, part in first_available(wallet, points, without={lot.pk for lot in own}):
            take(Account.AVAILABLE, part, lot.pk)
    if policy == Policy.UNLIMITED:
        take(Account.DEBT, points if limit is None else max(0, limit - wallet.debt), None)
    take(Account.WAIVED, points, None)
    return moves
