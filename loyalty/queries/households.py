"""Who shares a wallet, and what each has put into it."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from customers.models import Customer
from loyalty.models import Household, HouseholdMember, Programme
from loyalty.queries.points import Balance, balance


@dataclass(frozen=True)
class Shared:
    household: Household
    balance: Balance
    members: list[HouseholdMember]


def members(household: Household) -> QuerySet[HouseholdMember]:
    """Who is or was in it; ``contributed``: points put in less those taken out again."""
    found = HouseholdMember.objects.filter(household=household).select_related("customer")
    return found.annotate(contributed=Coalesce(Sum("contributions__points"), 0)).order_by("left_at", "joined_at", "pk")


def shared(household: Household, *, at: datetime | None = None) -> Shared:
    held = balance(household.keeper, at=at, programme=household.programme)
    return Shared(household, held, list(members(household)))


def of_customer(customer: Customer, programme: Programme) -> Household | None:
    """The household that a customer keeps or is in."""
    mine = Q(keeper=customer) | Q(
        pk__in=HouseholdMember.objects.present().filter(customer=customer).values("household")
    )
    found = Household.objects.filter(mine, programme=programme, ended_at=None)
    return found.select_related("keeper", "programme").first()
