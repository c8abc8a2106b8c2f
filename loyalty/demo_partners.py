"""Partners of both kinds, a household, a bulk grant and balances of an older system, for the invented company."""

from datetime import UTC, date, datetime, time, timedelta

from customers.demo.company import Tell
from customers.models import Customer, Segment
from loyalty.actions import (
    audit,
    balance_imports,
    bulk_grants,
    households,
    partner_settlements,
    partners,
    programmes,
)
from loyalty.models import Partner, Programme, Reward, Wallet
from people.models import User

MONTHS_BACK = 70  # days
FEW = 12


def fill(count: int, *, today: date, tell: Tell) -> None:
    """Two partners with a settled month, a household, a grant, an import. What is there is left alone."""
    if Partner.objects.exists():
        return
    now = datetime.combine(today, time(), tzinfo=UTC)
    programme = programmes.main(fresh=True)
    people = some()
    if len(people) < FEW:
        return
    marketer = User.objects.filter(username="marketing").first()
    set_up(programme, now, marketer)
    trade(people, now)
    settled = partner_settlements.settle_all(at=now)
    share(people[:3], now)
    grant(now, marketer)
    bring_in(people, marketer)
    tell(f"a bakery and a cinema as partners, {settled} of them settled; a household, a bulk grant, imported balances")
    audit.seal()
    audit.audit()


def some() -> list[Customer]:
    open_ = Wallet.objects.filter(programme__main=True, status=Wallet.Status.OPEN, debt=0, available__gte=60)
    found = open_.filter(customer__status=Customer.Status.ACTIVE).select_related("customer").order_by("pk")
    return [wallet.customer for wallet in found[:FEW]]


def set_up(programme: Programme, now: datetime, by: User | None) -> None:
    began = now - timedelta(days=MONTHS_BACK + 5)
    bakery = Partner.objects.create(programme=programme, code="bakery", name="Rye & Salt bakery", currency="EUR")
    cinema = Partner.objects.create(
        programme=programme, code="cinema", name="Lantern cinema", currency="EUR", terms=Partner.Terms.PREPAID
    )
    Reward.objects.filter(code="bakery").update(partner=bakery)
    for partner, issue in ((bakery, (12, 10)), (cinema, (1, 1))):
        partner_settlements.agree(partner, issue=issue, redeem=(9, 10), begins_at=began, by=by, at=began)
    partner_settlements.sell_pack(cinema, 2000, price=2000, reference="INV-1007", by=by, at=began)


def trade(people: list[Customer], now: datetime) -> None:
    """Some weeks at both: bread and films earn, some is taken back, and some is paid with points."""
    bakery, cinema = Partner.objects.get(code="bakery"), Partner.objects.get(code="cinema")
    for place, customer in enumerate(people):
        at = now - timedelta(days=MONTHS_BACK - 2 * place, hours=-9)
        made = partners.issue(bakery, customer, 20 + 5 * (place % 7), reference=f"till-2-{4100 + place}", at=at)
        if place % 8 == 0:
            partners.reverse(bakery, made, 10, reason="returned", at=at + timedelta(days=1))
        if place % 3 == 0:
            partners.issue(cinema, customer, 60, reference=f"seat-{place}", at=at + timedelta(hours=8))
        if place % 5 == 0:
            partners.redeem(bakery, customer, 50, reference=f"till-2-{5100 + place}", at=at + timedelta(days=2))


def share(people: list[Customer], now: datetime) -> None:
    """A family: the first keeps the wallet, the second shares half, the third all and may not spend."""
    began = now - timedelta(days=40)
    household = households.found(people[0], at=began)
    households.join(household, people[1], share=50, at=began)
    households.join(household, people[2], share=100, may_spend=False, at=began)
    households.contribute_all(at=now)


def grant(now: datetime, by: User | None) -> None:
    """One that is done, one that waits for somebody to look at it."""
    chosen = {"groups": [{"conditions": [{"field": "points", "how": "at_least", "values": [60]}]}]}
    segment, _new = Segment.objects.get_or_create(name="Saves up", defaults={"conditions": chosen, "created_by": by})
    bulk_grants.carry_on(
        bulk_grants.start(bulk_grants.draft(segment, 25, reason="Thank you for waiting", by=by), by=by, at=now)
    )
    bulk_grants.draft(segment, 50, reason="Ten years of the shop", by=by)


def bring_in(people: list[Customer], by: User | None) -> None:
    lines = ["customer,points\n", *(f"{customer.number},{10 + 5 * n}\n" for n, customer in enumerate(people[-5:]))]
    balance_imports.bring_in(lines, name="Stamp book of the market stall", declared=100, by=by)
