"""Vouchers: made with codes that nobody guesses, used, released, revoked, passed on.

A voucher's row is locked whenever it changes. Who works with the wallet too locks that first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.actions import timeline
from customers.models import Customer, Verb
from integrations import signing
from loyalty import arithmetic, codes
from loyalty.actions.refusals import ReasonMissing
from loyalty.models import Claim, Reward, Voucher, VoucherBatch, VoucherUse
from loyalty.queries import vouchers as questions
from loyalty.queries.vouchers import Against
from people.models import User

Status = Voucher.Status


class UnknownVoucher(ValidationError):
    def __init__(self) -> None:
        super().__init__(_("There is no voucher with this code."), code="unknown_voucher")


class VoucherRefused(ValidationError):
    """What stands against using it, each with a code of its own; see ``loyalty.queries.vouchers``."""

    def __init__(self, reasons: Sequence[Against]) -> None:
        super().__init__(
            [ValidationError(reason.template, code=reason.code, params=reason.params) for reason in reasons]
        )
        self.reasons, self.code = reasons, reasons[0].code


class ReferenceTaken(ValidationError):
    def __init__(self, reference: str) -> None:
        super().__init__(
            _("The voucher was used for %(reference)s before, with other figures."),
            code="reference_taken",
            params={"reference": reference},
        )


class NotUsedForThis(ValidationError):
    def __init__(self, reference: str) -> None:
        super().__init__(
            _("The voucher is not used for %(reference)s."), code="not_used_for_this", params={"reference": reference}
        )


class NotOpen(ValidationError):
    def __init__(self, state: str) -> None:
        super().__init__(
            _("The voucher is %(state)s."), code=f"voucher_{state}", params={"state": Status(state).label}
        )


class NotTransferable(ValidationError):
    def __init__(self) -> None:
        super().__init__(_("The voucher is only for its owner."), code="not_transferable")


@dataclass(frozen=True)
class Owner:
    """Whom a voucher is made for: a customer with the claim that it comes from, or nobody."""

    customer_id: int | None = None
    claim: Claim | None = None


def make(
    reward: Reward,
    owners: Sequence[Owner],
    *,
    by: User | None = None,
    at: datetime,
    batch: VoucherBatch | None = None,
) -> list[Voucher]:
    """Vouchers of what the reward is worth now, one for each owner. Call it inside a transaction."""
    expires_at = ends(reward, at)
    gift_card = reward.kind == Reward.Kind.GIFT_CARD
    made = []
    for owner in owners:
        code = codes.new_code()
        made.append(
            Voucher(
                reward=reward,
                claim=owner.claim,
                batch=batch,
                customer_id=owner.customer_id,
                digest=codes.digest(code),
                sealed=signing.seal(code),
                ending=code[-4:],
                name=reward.name,
                worth=reward.worth,
                amount=reward.amount,
                percent=reward.percent,
                product=reward.product,
                currency=reward.currency,
                divisible=gift_card,
                uses_allowed=None if gift_card else reward.uses,
                bound=reward.bound and owner.customer_id is not None,
                unused=reward.unused,
                issued_at=at,
                expires_at=expires_at,
                by=by,
            )
        )
    return Voucher.objects.bulk_create(made)


def ends(reward: Reward, at: datetime) -> datetime | None:
    """When something that lasts so many days is over: at the end of the last one, in the programme's zone."""
    if reward.lasts_days is None:
        return None
    zone = reward.programme.zone
    return arithmetic.start_of(at.astimezone(ZoneInfo(zone)).date() + timedelta(days=reward.lasts_days + 1), zone)


def code_of(voucher: Voucher) -> str:
    """The code in clear, to be shown to who may see it."""
    return signing.unseal(voucher.sealed)


def find(code: str) -> Voucher:
    """Raises UnknownVoucher."""
    voucher = questions.by_code(code).select_related("customer", "reward", "claim").first()
    if voucher is None:
        raise UnknownVoucher
    return voucher


@transaction.atomic
def redeem(
    voucher: Voucher,
    *,
    reference: str,
    customer: Customer | None = None,
    goods: int | None = None,
    currency: str = "",
    by: User | None = None,
    at: datetime | None = None,
) -> VoucherUse:
    """Use a voucher for an order. The same reference with the same figures returns the use that stands.

    ``goods`` is what it is used on, in minor units; ``taken_off`` of the answer is what it takes off.
    Raises VoucherRefused with all that stands against it, or ReferenceTaken.
    """
    at = at or timezone.now()
    voucher = locked(voucher)
    if earlier := _standing_use(voucher, reference):
        if (earlier.goods, earlier.customer_id) != (goods, _user_of(voucher, customer)):
            raise ReferenceTaken(reference)
        return earlier
    if reasons := questions.against(voucher, customer=customer, goods=goods, currency=currency, at=at):
        raise VoucherRefused(reasons)
    taken_off = questions.taken_off(voucher, goods)
    voucher.uses += 1
    if voucher.divisible:
        voucher.spent += taken_off or 0
    full = voucher.spent == voucher.amount if voucher.divisible else voucher.uses == voucher.uses_allowed
    if full:
        voucher.status, voucher.ended_at = Status.USED, at
    voucher.save(update_fields=["uses", "spent", "status", "ended_at"])
    use = VoucherUse.objects.create(
        voucher=voucher,
        customer_id=_user_of(voucher, customer),
        reference=reference,
        goods=goods,
        taken_off=taken_off,
        at=at,
        by=by,
    )
    _tell(voucher, Verb.VOUCHER_USED, by, at, whom=use.customer, amount=taken_off)
    return use


@transaction.atomic
def release(voucher: Voucher, *, reference: str, by: User | None = None, at: datetime | None = None) -> Voucher:
    """Undo a use: the order came to nothing. Raises NotUsedForThis, or NotOpen where it was revoked since."""
    at = at or timezone.now()
    voucher = locked(voucher)
    use = _standing_use(voucher, reference)
    if use is None:
        raise NotUsedForThis(reference)
    if voucher.status == Status.REVOKED:
        raise NotOpen(voucher.status)
    use.released_at = at
    use.save(update_fields=["released_at"])
    voucher.uses -= 1
    if voucher.divisible:
        voucher.spent -= use.taken_off or 0
    voucher.status, voucher.ended_at = Status.OPEN, None
    voucher.save(update_fields=["uses", "spent", "status", "ended_at"])
    _tell(voucher, Verb.VOUCHER_RELEASED, by, at, whom=use.customer, amount=use.taken_off)
    return voucher


@transaction.atomic
def revoke(voucher: Voucher, *, reason: str, by: User | None = None, at: datetime | None = None) -> Voucher:
    """Make a voucher worthless. Points that it cost stay spent; to give them back, cancel its redemption instead.

    Raises ReasonMissing, or NotOpen.
    """
    at = at or timezone.now()
    if not reason.strip():
        raise ReasonMissing
    voucher = locked(voucher)
    if (state := voucher.state(at)) != Status.OPEN:
        raise NotOpen(state)
    end(voucher, Status.REVOKED, at=at, reason=reason)
    _tell(voucher, Verb.VOUCHER_REVOKED, by, at)
    return voucher


@transaction.atomic
def pass_on(voucher: Voucher, *, to: Customer, by: User | None = None, at: datetime | None = None) -> Voucher:
    """Give a voucher to another customer. Raises NotTransferable, or NotOpen."""
    at = at or timezone.now()
    voucher = locked(voucher)
    if (state := voucher.state(at)) != Status.OPEN:
        raise NotOpen(state)
    if voucher.bound:
        raise NotTransferable
    _tell(voucher, Verb.VOUCHER_PASSED_ON, by, at)
    voucher.customer = to
    voucher.save(update_fields=["customer"])
    return voucher


def locked(voucher: Voucher) -> Voucher:
    return Voucher.objects.select_for_update(of=["self"]).select_related("customer").get(pk=voucher.pk)


def end(voucher: Voucher, status: Voucher.Status, *, at: datetime, reason: str = "") -> None:
    """Of a voucher that is locked."""
    voucher.status, voucher.ended_at, voucher.reason = status, at, reason
    voucher.save(update_fields=["status", "ended_at", "reason"])


def _standing_use(voucher: Voucher, reference: str) -> VoucherUse | None:
    uses = VoucherUse.objects.filter(voucher=voucher, reference=reference, released_at=None)
    return uses.select_related("customer").first()


def _user_of(voucher: Voucher, customer: Customer | None) -> int | None:
    return customer.pk if customer else voucher.customer_id


def _tell(
    voucher: Voucher,
    verb: Verb,
    by: User | None,
    at: datetime,
    *,
    whom: Customer | None = None,
    amount: int | None = None,
) -> None:
    whom = whom or voucher.customer
    if whom is None:
        return
    timeline.record(
        whom,
        verb,
        by=by,
        at=at,
        voucher=voucher.pk,
        name=voucher.name,
        amount=amount,
        currency=voucher.currency,
    )
