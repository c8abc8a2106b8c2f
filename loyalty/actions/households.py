"""Households: members put a share of what they earn into the keeper's wallet, spend from it, and take back on leaving
what is left of their own. Every lot keeps its dates.
"""

from collections.abc import Sequence
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from loyalty.actions import programmes, redemptions, transfers, wallets
from loyalty.models import Contribution, Household, HouseholdMember, Lot, Programme, Transaction, Transfer, Wallet
from people.models import User


class HouseholdRefused(ValidationError):
    """``in_a_household``, ``household_ended``, ``not_a_member``, ``may_not_spend`` or ``not_a_share``."""


@transaction.atomic
def found(keeper: Customer, *, at: datetime | None = None, programme: Programme | None = None) -> Household:
    """Found a household in whose wallet, the keeper's, points are shared. Raises HouseholdRefused."""
    rules = programme or programmes.main(fresh=True)
    _customers(keeper)
    _refuse_who_is_in_one(keeper, rules)
    return Household.objects.create(programme=rules, keeper=keeper, founded_at=at or timezone.now())


@transaction.atomic
def join(
    household: Household,
    customer: Customer,
    *,
    share: int = 100,
    may_spend: bool = True,
    at: datetime | None = None,
) -> HouseholdMember:
    """Let somebody join, who from then on contributes so many per cent of each lot earned. Raises HouseholdRefused."""
    _customers(customer, household.keeper)
    household = _standing(household)
    _refuse_who_is_in_one(customer, household.programme)
    if not 0 <= share <= 100:
        raise HouseholdRefused(_("A share is 0 to 100 per cent."), "not_a_share")
    return HouseholdMember.objects.create(
        household=household,
        programme=household.programme,
        customer=customer,
        share=share,
        may_spend=may_spend,
        joined_at=at or timezone.now(),
    )


@transaction.atomic
def contribute(member: HouseholdMember, *, at: datetime | None = None, by: User | None = None) -> int:
    """Put the member's share of what has become available into the household. Done again, it moves nothing.

    Of each lot earned since joining, its share rounded down, less what was contributed of it before. Returns points.
    """
    member, at = _present(member), at or timezone.now()
    rules = member.programme
    own, kept = wallets.locked(member.customer_id, member.household.keeper_id, programme=rules, at=at)
    if own.debt or any(wallet.status != Wallet.Status.OPEN for wallet in (own, kept)):
        return 0
    portions = []
    lots = Lot.objects.filter(wallet=own, available__gt=0, source=None, earned_at__gte=member.joined_at)
    for lot in lots.order_by("pk"):
        before = Lot.objects.filter(source=lot, wallet=kept).aggregate(n=Sum("granted", default=0))["n"]
        part = min(lot.available, lot.granted * member.share // 100 - before)
        portions += [(lot, part)] * (part > 0)
    return _move(member, own, kept, portions, at, by, 1)


@transaction.atomic
def leave(member: HouseholdMember, *, at: datetime | None = None, by: User | None = None) -> HouseholdMember:
    """Leave, with what nobody has spent of one's own contributions. Raises HouseholdRefused or WalletFrozen."""
    member, at = _present(member), at or timezone.now()
    kept, own = wallets.locked(member.household.keeper_id, member.customer_id, programme=member.programme, at=at)
    wallets.refuse_unless_open(kept)
    wallets.refuse_unless_open(own)
    arrived = Transaction.objects.filter(reverses__contribution__member=member).values("pk")
    came = Transfer.objects.filter(transaction__in=arrived).values("lot")
    lots = Lot.objects.filter(wallet=kept, available__gt=0, source__wallet=own, pk__in=came).order_by("pk")
    _move(member, kept, own, [(lot, lot.available) for lot in lots], at, by, -1)
    member.left_at = at
    member.save(update_fields=["left_at"])
    return member


@transaction.atomic
def redeem(
    member: HouseholdMember,
    points: int,
    *,
    reason: str = "",
    reference: str = "",
    key: str | None = None,
    by: User | None = None,
    at: datetime | None = None,
) -> Transaction:
    """Spend points of the household. Raises HouseholdRefused, and what ``redemptions.redeem`` raises."""
    member = _present(member)
    if not member.may_spend:
        raise HouseholdRefused(_("This member may not spend."), "may_not_spend")
    return redemptions.redeem(
        member.household.keeper,
        points,
        reason=reason,
        reference=reference,
        key=key,
        by=by,
        at=at,
        programme=member.programme,
        meta={"spent_by": member.customer_id},
    )


@transaction.atomic
def end(household: Household, *, at: datetime | None = None, by: User | None = None) -> Household:
    """Let everybody leave, and end it. Raises what ``leave`` raises."""
    household, at = _standing(household), at or timezone.now()
    for member in household.members.present().order_by("pk"):
        leave(member, at=at, by=by)
    household.ended_at = at
    household.save(update_fields=["ended_at"])
    return household


def contribute_all(*, at: datetime) -> int:
    """Every member's share of what has become available. Run late or twice, nothing is moved twice. Returns points."""
    members = HouseholdMember.objects.present().filter(share__gt=0).order_by("pk").values_list("pk", flat=True)
    return sum(contribute(HouseholdMember.objects.get(pk=pk), at=at) for pk in list(members))


def _move(
    member: HouseholdMember,
    giver: Wallet,
    taker: Wallet,
    portions: Sequence[tuple[Lot, int]],
    at: datetime,
    by: User | None,
    sign: int,
) -> int:
    if not portions:
        return 0
    points = sum(part for _, part in portions)
    made = transfers.hand_over(giver, taker, portions, reason="household", at=at, by=by)
    Contribution.objects.create(member=member, transaction=made, points=sign * points, at=at)
    return points


def _customers(*customers: Customer) -> None:
    """Locked in one order, so that nobody joins two households at once."""
    list(Customer.objects.select_for_update().filter(pk__in=[one.pk for one in customers]).order_by("pk"))


def _refuse_who_is_in_one(customer: Customer, rules: Programme) -> None:
    member = HouseholdMember.objects.present().filter(programme=rules, customer=customer)
    if member.exists() or Household.objects.filter(programme=rules, keeper=customer, ended_at=None).exists():
        raise HouseholdRefused(_("The customer is in a household already."), "in_a_household")


def _standing(household: Household) -> Household:
    household = Household.objects.select_related("programme", "keeper").get(pk=household.pk)
    if household.ended_at:
        raise HouseholdRefused(_("The household has ended."), "household_ended")
    return household


def _present(member: HouseholdMember) -> HouseholdMember:
    found_ = HouseholdMember.objects.select_for_update(of=["self"])
    member = found_.select_related("household__keeper", "programme", "customer").get(pk=member.pk)
    if member.left_at:
        raise HouseholdRefused(_("The customer has left the household."), "not_a_member")
    return member


@transaction.atomic
def part(customer: Customer, *, at: datetime, by: User | None = None) -> None:
    """Before a merge or an erasure: leave every household, and end those that the customer keeps.

    Frozen wallets stay as they are: members leave without taking anything. Done before, it does nothing.
    """
    mine = Household.objects.filter(keeper=customer, ended_at=None)
    present = HouseholdMember.objects.present()
    for member in present.filter(Q(customer=customer) | Q(household__in=mine)).order_by("pk"):
        try:
            with transaction.atomic():
                leave(member, at=at, by=by)
        except ValidationError:
            HouseholdMember.objects.filter(pk=member.pk).update(left_at=at)
    mine.update(ended_at=at)
