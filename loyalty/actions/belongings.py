"""What a customer has besides points: rewards, vouchers, stamps. They follow a merge, and end with an erasure."""

from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from customers.models import Customer
from loyalty.actions import claims, contents, referrals, stamps, vouchers
from loyalty.models import Claim, FullCard, StampHolder, Voucher, VoucherUse
from people.models import User


@transaction.atomic
def move(customer: Customer, *, into: Customer, at: datetime | None = None) -> None:
    """After a merge: everything goes on with who stays, and both have filled their stamp cards together."""
    at = at or timezone.now()
    for model in (Claim, Voucher, VoucherUse):
        model._default_manager.filter(customer=customer).update(customer=into)
    for holder in StampHolder.objects.filter(customer=customer).order_by("pk"):
        _join(holder, into)
    stamps.count([into.pk], at=at)
    referrals.move(customer, into=into, at=at)
    contents.move(customer, into=into)


def _join(holder: StampHolder, into: Customer) -> None:
    """The cards that one has filled count after those of the other."""
    kept, _new = StampHolder.objects.get_or_create(card_id=holder.card_id, customer=into)
    last = kept.full_cards.aggregate(last=Max("number"))["last"] or 0
    for full in FullCard.objects.filter(holder=holder).order_by("number", "pk"):
        last += full.taken_back_at is None
        full.holder, full.number = kept, max(last, 1)
        full.save(update_fields=["holder", "number"])
    holder.delete()


@transaction.atomic
def forget(customer: Customer, *, at: datetime, by: User | None = None) -> None:
    """Before an erasure: what is being paid is released, the rest is cancelled, vouchers are worth nothing.

    Done before, it does nothing.
    """
    for open_claim in Claim.objects.filter(customer=customer, status__in=["held", "waiting"]).order_by("pk"):
        claim = claims.locked(open_claim, at)
        if claim.status == Claim.Status.HELD:
            claims.release(claim, Claim.Status.VOIDED, reason="erased", by=by, at=at)
        elif claim.status == Claim.Status.WAITING:
            claims.end(claim, Claim.Status.CANCELLED, reason="erased", by=by, at=at)
            claims.put_into_stock(claim.reward)
    for voucher in Voucher.objects.filter(customer=customer, status=Voucher.Status.OPEN).order_by("pk"):
        vouchers.end(vouchers.locked(voucher), Voucher.Status.REVOKED, at=at, reason="erased")
    referrals.forget(customer, at=at)
    contents.forget(customer, at=at)
    Claim.objects.filter(customer=customer).exclude(reason="erased").update(reason="")
    Voucher.objects.filter(customer=customer).exclude(reason="erased").update(reason="")
