"""What time does to redemptions and vouchers. Each is safe to run late or twice: what it does takes effect when it was
due, and what has ended is worthless from its moment on, whether or not anybody has written that down.
"""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from customers.actions import timeline
from customers.models import Fact, Verb
from loyalty.actions import claims, redemptions, vouchers
from loyalty.actions.refusals import AlreadyResolved
from loyalty.models import Claim, Kind, Programme, Reward, Transaction, Voucher, Wallet

AT_ONCE = 500


def lapse_claims(*, at: datetime) -> int:
    """Release what was to be paid and was not. Returns how many."""
    due = Claim.objects.lapsed(at).order_by("lapses_at", "pk").values_list("pk", flat=True)
    return sum(_lapse(pk, at) for pk in list(due))


@transaction.atomic
def _lapse(pk: int, at: datetime) -> bool:
    claim = claims.locked(Claim.objects.get(pk=pk), at)
    if claim.status != Claim.Status.HELD or claim.lapses_at is None or claim.lapses_at > at:
        return False
    due = claim.lapses_at
    claims.release(claim, Claim.Status.LAPSED, reason="not paid in time", by=None, at=due)
    timeline.record(claim.customer, Verb.REWARD_LAPSED, at=due, name=claim.reward.name, claim=claim.pk)
    return True


def release_holds(*, at: datetime) -> int:
    """Release points that another system holds and has neither captured nor released in time. Returns how many.

    Holds of claims have a time of their own. Wallets are found by what is held in them: few are, at any moment.
    """
    return sum(_release(pk, at) for pk in list(_overdue(at)))


def _overdue(at: datetime) -> Iterator[int]:
    for programme in Programme.objects.order_by("pk"):
        begun = at - timedelta(hours=programme.hold_hours)
        holding = Wallet.objects.filter(programme=programme, held__gt=0).values_list("pk", flat=True)
        for wallet in holding.order_by("pk"):
            holds = Transaction.objects.filter(wallet=wallet, kind=Kind.HOLD, effective_at__lte=begun, claim=None)
            answers = Transaction.objects.filter(reverses__in=holds, kind__in=(Kind.CAPTURE, Kind.VOID))
            yield from holds.exclude(pk__in=answers.values("reverses")).order_by("pk").values_list("pk", flat=True)


@transaction.atomic
def _release(pk: int, at: datetime) -> bool:
    held = Transaction.objects.select_related("wallet__programme").get(pk=pk)
    due = held.effective_at + timedelta(hours=held.wallet.programme.hold_hours)
    with suppress(AlreadyResolved):
        redemptions.void(held, at=due, reason="not paid in time")
        return True
    return False


def expire_vouchers(*, at: datetime) -> int:
    """End vouchers that are past their date. Of those that were never used and say so, the points go back.

    They go back as of the moment at which the voucher ended, to the lots that they came from; what of those is past
    its own date lapses. Returns how many have ended.
    """
    total = 0
    while many := _expire_plain(at):
        total += many
    returning = _past(at).filter(**RETURNING).order_by("expires_at", "pk").values_list("pk", flat=True)
    return total + sum(_expire_returning(pk, at) for pk in list(returning))


RETURNING = {"unused": Reward.Unused.RETURN, "uses": 0, "claim__points__gt": 0, "claim__status": Claim.Status.DONE}


@transaction.atomic
def _expire_plain(at: datetime) -> int:
    some = _past(at).exclude(**RETURNING).select_for_update(of=["self"], skip_locked=True).order_by("pk")[:AT_ONCE]
    ended = list(some)
    for voucher in ended:
        voucher.status, voucher.ended_at = Voucher.Status.EXPIRED, voucher.expires_at
    Voucher.objects.bulk_update(ended, ["status", "ended_at"])
    timeline.record_many(
        Fact(
            customer_id=voucher.customer_id,
            verb=Verb.VOUCHER_EXPIRED,
            at=voucher.expires_at or at,
            about={"name": voucher.name, "voucher": voucher.pk},
        )
        for voucher in ended
        if voucher.customer_id
    )
    return len(ended)


@transaction.atomic
def _expire_returning(pk: int, at: datetime) -> bool:
    claim = claims.locked(Claim.objects.get(voucher=pk), at)
    voucher = vouchers.locked(Voucher.objects.get(pk=pk))
    due = voucher.expires_at
    if voucher.status != Voucher.Status.OPEN or due is None or due > at:
        return False
    vouchers.end(voucher, Voucher.Status.EXPIRED, at=due)
    back = 0
    if not voucher.uses and claim.status == Claim.Status.DONE:
        back = claims.give_back(claim, reason="unused", by=None, at=due)
    if back:
        claims.end(claim, Claim.Status.RETURNED, reason="unused", by=None, at=due)
        claims.put_into_stock(claim.reward)
    timeline.record(claim.customer, Verb.VOUCHER_EXPIRED, at=due, name=voucher.name, voucher=voucher.pk, points=back)
    return True


def _past(at: datetime) -> QuerySet[Voucher]:
    return Voucher.objects.filter(status=Voucher.Status.OPEN, expires_at__lte=at)
