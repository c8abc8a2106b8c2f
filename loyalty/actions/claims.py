"""Customers take rewards: the points are held first, then captured or released; goods are handed over by staff.

Locks are taken in one order: the wallet, the claim, its voucher, the reward's row for its stock.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.actions import timeline
from customers.models import Customer, Verb
from loyalty.actions import causes, partners, posting, redemptions, vouchers, wallets
from loyalty.actions.refusals import IdempotencyConflict, ReasonMissing
from loyalty.actions.vouchers import Owner
from loyalty.models import Account, Claim, PartnerEntry, Reward, Transaction, Voucher, Wallet
from loyalty.queries import rewards as questions
from loyalty.queries.rewards import Reason
from people.models import User

Status = Claim.Status


class RewardRefused(ValidationError):
    """What stands against a reward, each with a code of its own; see ``loyalty.queries.rewards``."""

    def __init__(self, reasons: Sequence[Reason]) -> None:
        super().__init__(
            [ValidationError(reason.template, code=reason.code, params=reason.params) for reason in reasons]
        )
        self.reasons, self.code = reasons, reasons[0].code


class WrongState(ValidationError):
    def __init__(self, claim: Claim) -> None:
        super().__init__(
            _("The redemption is %(state)s."), code="wrong_state", params={"state": claim.get_status_display()}
        )


class ClaimLapsed(ValidationError):
    def __init__(self, claim: Claim) -> None:
        super().__init__(
            _("The redemption was not paid in time: its points are released."),
            code="claim_lapsed",
            params={"until": claim.lapses_at},
        )


class NotReversible(ValidationError):
    """``code`` is one of ``MESSAGES``."""

    MESSAGES = {
        "donation_given": _("What was given to a cause cannot be taken back."),
        "access_over": _("The early access is over: it has been used."),
        "voucher_used": _("The voucher is used: release it first."),
        "voucher_expired": _("The voucher is past its date."),
        "voucher_revoked": _("The voucher was revoked."),
    }

    def __init__(self, code: str) -> None:
        super().__init__(self.MESSAGES[code], code=code)


@transaction.atomic
def hold(
    customer: Customer,
    reward: Reward,
    *,
    key: str | None = None,
    by: User | None = None,
    at: datetime | None = None,
) -> Claim:
    """Set a reward and its points aside for a customer until it is paid, for as long as the programme says.

    Raises RewardRefused with everything that stands against it, IdempotencyConflict, or PartnerRefused.
    """
    at = at or timezone.now()
    reward = Reward.objects.select_related("programme", "segment", "partner").get(pk=reward.pk)
    rules = reward.programme
    (wallet,) = wallets.locked(customer.pk, programme=rules, at=at)
    request = posting.request_of("claim", customer.pk, reward.pk)
    if earlier := _earlier(key, request):
        return earlier
    reward.refresh_from_db(fields=["stock", "status"])
    owner = customer if wallet.customer_id == customer.pk else Customer.objects.get(pk=wallet.customer_id)
    standing = questions.standing_of(owner, [reward], programme=rules, at=at)
    if reasons := questions.reasons(reward, standing, zone=rules.zone, at=at):
        raise RewardRefused(reasons)
    if reward.partner:
        partners.rate_of(partners.working(reward.partner), at)
    held = _hold_points(owner, reward, by, at) if reward.points else None
    take_from_stock(reward)
    return Claim.objects.create(
        reward=reward,
        customer=owner,
        points=reward.points,
        money=reward.money,
        currency=reward.currency,
        hold=held,
        key=key,
        request=request,
        claimed_at=at,
        lapses_at=at + timedelta(hours=rules.hold_hours),
        by=by,
    )


def _hold_points(owner: Customer, reward: Reward, by: User | None, at: datetime) -> Transaction:
    return redemptions.hold(
        owner, reward.points, reason=reward.name, reference=f"reward:{reward.code}", by=by, at=at,
        programme=reward.programme,
    )  # fmt: skip


@transaction.atomic
def capture(claim: Claim, *, by: User | None = None, at: datetime | None = None) -> Claim:
    """Complete a redemption that is paid: the points are spent, the voucher is made, or staff hand it over.

    Captured again it is the same. Raises ClaimLapsed, WrongState, WalletFrozen, or PartnerRefused where nothing is
    agreed with the partner whose reward it is.
    """
    at = at or timezone.now()
    claim, reward = locked(claim, at), claim.reward
    if claim.status in (Status.WAITING, Status.DONE):
        return claim
    if claim.status != Status.HELD:
        raise ClaimLapsed(claim) if claim.status == Status.LAPSED else WrongState(claim)
    if claim.lapses_at and claim.lapses_at <= at:
        raise ClaimLapsed(claim)
    if claim.hold:
        _spend(claim, claim.hold, by, at)
    complete(claim, at=at)
    if reward.ends_in_voucher:
        vouchers.make(reward, [Owner(claim.customer_id, claim)], by=by, at=at)
    timeline.record(
        claim.customer, Verb.REWARD_TAKEN, by=by, at=at, name=reward.name, claim=claim.pk, points=claim.points
    )
    return fresh(claim)


def _spend(claim: Claim, held: Transaction, by: User | None, at: datetime) -> None:
    """The points go where the reward says: to the partner who gives it, to a cause, or they are just spent."""
    reward, target = claim.reward, Account.REDEEMED
    partner = partners.working(reward.partner) if reward.partner else None
    rate = partners.rate_of(partner, at) if partner else None
    if partner or reward.cause_id:
        target = Account.PARTNER if partner else Account.CHARITY
    made = redemptions.capture(held, reason=reward.name, by=by, at=at, target=target)
    if partner and rate:
        partners.note_redemption(partner, made, claim.points, rate=rate)
    elif reward.cause_id:
        causes.note_donation(reward, claim, made)


def complete(claim: Claim, *, at: datetime) -> None:
    """What a claim is once it is paid, by the kind of its reward."""
    reward = claim.reward
    claim.captured_at = at
    claim.status = Status.WAITING if reward.is_handed_over else Status.DONE
    claim.ended_at = None if reward.is_handed_over else at
    if reward.kind == Reward.Kind.EARLY_ACCESS:
        claim.valid_until = vouchers.ends(reward, at)
    if reward.kind == Reward.Kind.DONATION:
        claim.donated = (reward.amount or 0) * (100 + reward.match_percent) // 100
    if claim.pk:
        claim.save(update_fields=["captured_at", "status", "ended_at", "valid_until", "donated"])


@transaction.atomic
def take(
    customer: Customer,
    reward: Reward,
    *,
    key: str | None = None,
    by: User | None = None,
    at: datetime | None = None,
) -> Claim:
    """Hold and capture at once, where nothing else has to be paid. Raises what ``hold`` raises."""
    return capture(hold(customer, reward, key=key, by=by, at=at), by=by, at=at)


@transaction.atomic
def void(claim: Claim, *, by: User | None = None, at: datetime | None = None, reason: str = "") -> Claim:
    """Give up a redemption that is not paid: its points are available again. Raises WrongState."""
    at = at or timezone.now()
    claim = locked(claim, at)
    if claim.status != Status.HELD:
        raise WrongState(claim)
    release(claim, Status.VOIDED, reason=reason, by=by, at=at)
    return fresh(claim)


def release(claim: Claim, status: Claim.Status, *, reason: str, by: User | None, at: datetime) -> None:
    """Of a claim that is locked and held: its points back to their lots, the reward back into the stock."""
    if claim.hold:
        redemptions.void(claim.hold, reason=reason, by=by, at=at)
    end(claim, status, reason=reason, by=by, at=at)
    put_into_stock(claim.reward)


@transaction.atomic
def hand_over(claim: Claim, *, by: User | None = None, at: datetime | None = None) -> Claim:
    """The customer has it now. Raises WrongState."""
    at = at or timezone.now()
    claim = locked(claim, at)
    if claim.status != Status.WAITING:
        raise WrongState(claim)
    end(claim, Status.DONE, reason="", by=by, at=at)
    timeline.record(claim.customer, Verb.REWARD_HANDED_OVER, by=by, at=at, name=claim.reward.name, claim=claim.pk)
    return fresh(claim)


@transaction.atomic
def cancel(claim: Claim, *, reason: str, by: User | None = None, at: datetime | None = None) -> Claim:
    """Undo a redemption: all its points go back to the lots that they came from, the reward back into the stock.

    One that is not paid yet is released. Goods may come back also after they were handed over; a voucher as long as
    it is unused and valid, early access until it is over, a donation never. Money paid besides is the shop's to
    give back: ``money`` of the answer says how much.
    Raises ReasonMissing, WrongState or NotReversible.
    """
    at = at or timezone.now()
    if not reason.strip():
        raise ReasonMissing
    claim = locked(claim, at)
    if claim.status == Status.HELD:
        release(claim, Status.VOIDED, reason=reason, by=by, at=at)
        return fresh(claim)
    if claim.status not in (Status.WAITING, Status.DONE):
        raise WrongState(claim)
    _take_back(claim, reason, at)
    back = give_back(claim, reason=reason, by=by, at=at)
    end(claim, Status.CANCELLED, reason=reason, by=by, at=at)
    put_into_stock(claim.reward)
    timeline.record(
        claim.customer, Verb.REWARD_CANCELLED, by=by, at=at, name=claim.reward.name, claim=claim.pk, points=back
    )
    return fresh(claim)


def _take_back(claim: Claim, reason: str, at: datetime) -> None:
    """What the customer was given. Raises NotReversible."""
    if claim.reward.kind == Reward.Kind.DONATION:
        raise NotReversible("donation_given")
    if claim.valid_until and claim.valid_until <= at:
        raise NotReversible("access_over")
    voucher = Voucher.objects.select_for_update().filter(claim=claim).first()
    if voucher is None:
        return
    if voucher.uses or voucher.status == Voucher.Status.USED:
        raise NotReversible("voucher_used")
    if (state := voucher.state(at)) != Voucher.Status.OPEN:
        raise NotReversible(f"voucher_{state}")
    vouchers.end(voucher, Voucher.Status.REVOKED, at=at, reason=reason)


def give_back(claim: Claim, *, reason: str, by: User | None, at: datetime) -> int:
    """The points of a claim that is locked back to where they came from. Returns how many; 0 to a closed wallet."""
    if claim.hold is None:
        return 0
    if wallets.locked_of(claim.hold, at=at).status == Wallet.Status.CLOSED:
        return 0
    spent = redemptions.redemption_of(claim.hold)
    settled = PartnerEntry.objects.filter(transaction=spent).select_related("partner").first()
    if settled:
        partners.reverse(settled.partner, spent, reason=reason, by=by, at=at)
    else:
        redemptions.reverse(spent, reason=reason, by=by, at=at)
    return claim.points


def take_from_stock(reward: Reward, many: int = 1) -> None:
    """Raises RewardRefused where there are fewer. Takes the lock of the reward's row, until the end."""
    if reward.stock is None:
        return
    there = Reward.objects.filter(pk=reward.pk, stock__gte=many).update(stock=F("stock") - many)
    if not there:
        raise RewardRefused([Reason("out_of_stock")])


def put_into_stock(reward: Reward, many: int = 1) -> None:
    Reward.objects.filter(pk=reward.pk, stock__isnull=False).update(stock=F("stock") + many)


def locked(claim: Claim, at: datetime) -> Claim:
    """The claim with its wallet locked and settled before it."""
    if claim.hold_id:
        wallets.locked_of(Transaction.objects.get(pk=claim.hold_id), at=at)
    rows = Claim.objects.select_for_update(of=["self"]).select_related(
        "reward__programme", "reward__partner", "reward__cause", "customer", "hold"
    )
    return rows.get(pk=claim.pk)


def end(claim: Claim, status: Claim.Status, *, reason: str, by: User | None, at: datetime) -> None:
    """Of a claim that is locked."""
    claim.status, claim.ended_at, claim.reason, claim.handled_by = status, at, reason, by
    claim.save(update_fields=["status", "ended_at", "reason", "handled_by"])


def _earlier(key: str | None, request: str) -> Claim | None:
    earlier = Claim.objects.filter(key=key).select_related("reward", "customer").first() if key else None
    if earlier and earlier.request != request:
        raise IdempotencyConflict(key or "")
    return earlier


def fresh(claim: Claim) -> Claim:
    return Claim.objects.select_related("reward__programme", "customer", "hold", "voucher").get(pk=claim.pk)
