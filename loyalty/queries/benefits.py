"""What customers have by their tier, by their membership, and by what they are."""

from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone

from customers.models import Customer
from customers.queries import segments
from loyalty.models import Benefit, Programme
from loyalty.queries.memberships import membership_at
from loyalty.queries.standings import Ladder, assess, ladder_at


def of_tier(benefits: Iterable[Benefit], ladder: Ladder, tier: str) -> list[Benefit]:
    """Those of a tier and of all below it."""
    stands = ladder.place(tier)
    found = []
    for benefit in benefits:
        wanted = ladder.place(benefit.tier) if benefit.tier else None
        if wanted is not None and stands is not None and stands >= wanted:
            found.append(benefit)
    return found


def benefits_of(
    customer: Customer, *, at: datetime | None = None, programme: Programme | None = None
) -> list[Benefit]:
    """What a customer has, in the order of the names."""
    at = at or timezone.now()
    programme = programme or Programme.objects.filter(main=True).first()
    benefits = Benefit.objects.filter(active=True, programme=programme).select_related("plan", "segment")
    found = list(benefits.order_by("name", "pk"))
    if not found or programme is None:
        return []
    theirs = {benefit.pk for benefit in _by_tier(customer, found, programme, at)}
    if any(benefit.plan_id for benefit in found):
        membership = membership_at(customer, at)
        theirs |= {benefit.pk for benefit in found if membership and benefit.plan_id == membership.plan_id}
    asked = {benefit.segment_id: benefit.segment for benefit in found if benefit.segment}
    inside = segments.memberships([customer.pk], asked.values(), at).get(customer.pk, set())
    theirs |= {benefit.pk for benefit in found if benefit.segment_id in inside}
    return [benefit for benefit in found if benefit.pk in theirs]


def _by_tier(customer: Customer, found: list[Benefit], programme: Programme, at: datetime) -> list[Benefit]:
    ladder = ladder_at(programme, at)
    if ladder is None:
        return []
    return of_tier(found, ladder, assess(ladder, {customer.pk: at})[customer.pk].tier)
