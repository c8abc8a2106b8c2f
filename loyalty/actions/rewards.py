"""The catalogue of rewards, and rewards that are given: by a campaign, a sequence, a full stamp card, or by hand."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.actions import timeline
from customers.models import Customer, Fact, Verb
from loyalty.actions import claims, vouchers
from loyalty.actions.claims import RewardRefused
from loyalty.actions.refusals import IdempotencyConflict, ReasonMissing
from loyalty.actions.vouchers import Owner
from loyalty.models import Claim, Reward, VoucherBatch, Wallet
from loyalty.queries.rewards import Reason, out_of_reach
from people.models import User

CODES_AT_ONCE = 10_000
Status = Reward.Status


class RewardUnfit(ValidationError):
    """A reward that cannot be as described, or not be given; ``code`` is ``no_voucher``, ``too_many_codes``,
    ``is_retired`` or ``donation_costs_points``.
    """


@dataclass
class Outcome:
    """What came of one customer of a list: given now, or before, or refused."""

    customer_id: int
    claim: Claim | None = None
    given: bool = False
    refusal: ValidationError | None = None


@transaction.atomic
def set_up(reward: Reward, *, restock: bool = True) -> Reward:
    """Put a reward into the catalogue, or change it. What was taken already keeps its price and its worth.

    ``restock`` False leaves the stock as it is in the database, where customers take from it meanwhile.
    Raises ValidationError by field.
    """
    reward.full_clean()
    if reward.pk is None:
        reward.save(force_insert=True)
        return reward
    names = [field.name for field in Reward._meta.concrete_fields if not field.primary_key]
    reward.save(update_fields=[name for name in names if restock or name != "stock"])
    return Reward.objects.get(pk=reward.pk)


@transaction.atomic
def offer(reward: Reward) -> Reward:
    """Let customers have it. Raises RewardUnfit where it was retired."""
    reward = Reward.objects.select_for_update().get(pk=reward.pk)
    if reward.status == Status.RETIRED:
        raise RewardUnfit(_("A retired reward does not come back: make a new one."), code="is_retired")
    return _turn(reward, Status.LIVE)


@transaction.atomic
def retire(reward: Reward) -> Reward:
    """Nobody takes it any more, for good. What was taken stands, and so do its vouchers."""
    return _turn(Reward.objects.select_for_update().get(pk=reward.pk), Status.RETIRED)


def _turn(reward: Reward, status: Reward.Status) -> Reward:
    reward.status = status
    reward.save(update_fields=["status"])
    return reward


def issue(
    reward: Reward,
    *,
    to: Customer,
    reason: str,
    key: str,
    by: User | None = None,
    at: datetime | None = None,
    origin: Claim.Origin = Claim.Origin.ISSUED,
) -> Claim:
    """Give a reward to a customer, who pays nothing for it. With the same key it is given once.

    Its window and its stock hold; price, tiers, segment and limits do not: who gives, decides.
    Raises RewardRefused, IdempotencyConflict or ReasonMissing.
    """
    (outcome,) = issue_many(
        reward, [to.merged_into_id or to.pk], reason=reason, key=lambda _customer: key, by=by, at=at, origin=origin
    )
    if outcome.refusal:
        raise outcome.refusal
    assert outcome.claim is not None
    return claims.fresh(outcome.claim)


@transaction.atomic
def issue_many(
    reward: Reward,
    customer_ids: Sequence[int],
    *,
    reason: str,
    key: Callable[[int], str],
    by: User | None = None,
    at: datetime | None = None,
    origin: Claim.Origin = Claim.Origin.ISSUED,
) -> list[Outcome]:
    """Give a reward to many, in one transaction; some thousand at a time. ``key`` names each gift by its customer.

    Each has its outcome, and none keeps out another: when the stock ends, the first get what there is.
    Raises ReasonMissing, or RewardUnfit for a donation to a cause.
    """
    if not reason.strip():
        raise ReasonMissing
    at = at or timezone.now()
    # The reward's row is what two who give the same at once wait for: keys are looked up after it is locked.
    reward = Reward.objects.select_for_update(of=["self"]).select_related("programme").get(pk=reward.pk)
    outcomes = {customer_id: Outcome(customer_id) for customer_id in customer_ids}
    if reward.cause_id:
        raise RewardUnfit(_("A donation to a cause is made of a customer's points."), code="donation_costs_points")
    _find_earlier(outcomes, reward, key)
    _refuse_some(outcomes, reward, at)
    new = [outcome for outcome in outcomes.values() if outcome.claim is None and outcome.refusal is None]
    if reward.stock is not None:
        for outcome in new[reward.stock :]:
            outcome.refusal = RewardRefused([Reason("out_of_stock")])
        new = new[: reward.stock]
    if new:
        claims.take_from_stock(reward, len(new))
        _give(reward, new, key=key, reason=reason, by=by, at=at, origin=origin)
    return [outcomes[customer_id] for customer_id in customer_ids]


def _find_earlier(outcomes: dict[int, Outcome], reward: Reward, key: Callable[[int], str]) -> None:
    keys = {key(customer_id): customer_id for customer_id in outcomes}
    for claim in Claim.objects.filter(key__in=list(keys)):
        outcome = outcomes[keys[str(claim.key)]]
        if claim.reward_id == reward.pk:
            outcome.claim = claim
        else:
            outcome.refusal = IdempotencyConflict(str(claim.key))


def _refuse_some(outcomes: dict[int, Outcome], reward: Reward, at: datetime) -> None:
    reasons = list(out_of_reach(reward, at))
    if reward.status != Status.LIVE:
        reasons.append(Reason("not_offered"))
    active = Customer.objects.filter(pk__in=outcomes, status=Customer.Status.ACTIVE)
    reachable = set(active.values_list("pk", flat=True))
    stopped = Wallet.objects.filter(programme=reward.programme, customer__in=outcomes, status__in=("frozen", "closed"))
    wallets = dict(stopped.values_list("customer_id", "status"))
    for customer_id, outcome in outcomes.items():
        if outcome.claim or outcome.refusal:
            continue
        found = list(reasons)
        if customer_id in wallets or customer_id not in reachable:
            found.insert(0, Reason(f"wallet_{wallets.get(customer_id, 'closed')}"))
        if found:
            outcome.refusal = RewardRefused(found)


def _give(
    reward: Reward,
    new: list[Outcome],
    *,
    key: Callable[[int], str],
    reason: str,
    by: User | None,
    at: datetime,
    origin: Claim.Origin,
) -> None:
    made = []
    for outcome in new:
        shared: dict[str, Any] = {"customer_id": outcome.customer_id, "key": key(outcome.customer_id)}
        claim = Claim(
            reward=reward, origin=origin, currency=reward.currency, claimed_at=at, reason=reason, by=by, **shared
        )
        claims.complete(claim, at=at)
        made.append(claim)
    for outcome, claim in zip(new, Claim.objects.bulk_create(made), strict=True):
        outcome.claim, outcome.given = claim, True
    if reward.ends_in_voucher:
        vouchers.make(reward, [Owner(claim.customer_id, claim) for claim in made], by=by, at=at)
    timeline.record_many(
        Fact(
            customer_id=claim.customer_id,
            verb=Verb.REWARD_GIVEN,
            at=at,
            by=by,
            about={"name": reward.name, "claim": claim.pk, "reason": reason},
        )
        for claim in made
    )


@transaction.atomic
def print_codes(
    reward: Reward,
    many: int,
    *,
    name: str,
    key: str | None = None,
    by: User | None = None,
    at: datetime | None = None,
) -> VoucherBatch:
    """Make codes for nobody in particular, for a campaign: whoever has one may use it.

    With the same key they are made once. Raises RewardUnfit, RewardRefused or IdempotencyConflict.
    """
    at = at or timezone.now()
    reward = Reward.objects.select_for_update(of=["self"]).select_related("programme").get(pk=reward.pk)
    if key and (earlier := VoucherBatch.objects.filter(key=key).first()):
        if (earlier.reward_id, earlier.many, earlier.name) != (reward.pk, many, name):
            raise IdempotencyConflict(key)
        return earlier
    if not reward.ends_in_voucher:
        raise RewardUnfit(_("Only rewards that end in a voucher have codes."), code="no_voucher")
    if not 0 < many <= CODES_AT_ONCE:
        raise RewardUnfit(
            _("Make 1 to %(most)s codes at once."), code="too_many_codes", params={"most": CODES_AT_ONCE}
        )
    if reward.status != Status.LIVE:
        raise RewardRefused([Reason("not_offered")])
    claims.take_from_stock(reward, many)
    batch = VoucherBatch.objects.create(reward=reward, name=name.strip(), many=many, key=key, issued_at=at, by=by)
    vouchers.make(reward, [Owner()] * many, by=by, at=at, batch=batch)
    return batch
