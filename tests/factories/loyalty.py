"""Programmes, points and times for tests: valid, boring, changed by keyword."""

from datetime import UTC, datetime

from loyalty.actions import partner_settlements, programmes, rewards, stamps, tiers
from loyalty.actions.tiers import Step
from loyalty.models import Cause, Partner, Plan, Programme, Reward, StampCard, TierTable, Wallet


def programme(**changes) -> Programme:
    """The main programme with these rules: unless stated, 1 point per 1.00, spendable at once, never expiring."""
    rules = programmes.main(fresh=True)
    usual = {"return_window_days": 0, "expiry_months": None, "zone": "UTC"}
    usual |= {"expiry_at_month_end": False, "expiry_dates": "", "expiry_activities": ""}
    for name, value in (usual | changes).items():
        setattr(rules, name, value)
    rules.save()
    programmes.forget()
    return programmes.main(fresh=True)


METALS = (Step("bronze", "Bronze", 0), Step("silver", "Silver", 1000), Step("gold", "Gold", 3000))


def tier_table(*steps: Step, since: datetime | None = None, **rules) -> TierTable:
    """Bronze 0, Silver 1,000 and Gold 3,000 over rolling 12 months, applied long ago to the main programme."""
    since = since or on("2020-01-01")
    drafted = tiers.draft(programmes.main(fresh=True), steps=steps or METALS, **rules)
    return tiers.apply(drafted, at=since, starts_at=since)


def on(day: str, time: str = "00:00:00") -> datetime:
    """A moment in UTC: ``on("2026-03-15")``, ``on("2026-03-14", "23:59:59")``."""
    return datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=UTC)


def buckets(customer) -> tuple[int, int, int, int]:
    """Pending, available, held and debt as they stand in the wallet's row."""
    wallet = Wallet.objects.filter(customer=customer).first()
    return (wallet.pending, wallet.available, wallet.held, wallet.debt) if wallet else (0, 0, 0, 0)


def reward(code: str = "tea", *, kind: str = "product", status: str = "live", **fields) -> Reward:
    """A live reward of the main programme: unless stated, a product for 100 points."""
    usual = {"name": code.capitalize(), "points": 100, "currency": "EUR"}
    if kind in Reward.WITH_VOUCHER and "worth" not in fields:
        usual |= {"worth": "amount", "amount": 500}
    if kind == "donation":
        usual |= {"amount": 500, "party": "Trees"}
    rules = fields.pop("programme", None) or programmes.main(fresh=True)
    return rewards.set_up(Reward(programme=rules, code=code, kind=kind, status=status, **usual | fields))


def stamp_card(gives: Reward, *, live: bool = True, **fields) -> StampCard:
    """A card: unless stated, a stamp for each "tea", five of them fill it; counted from 2026 on."""
    usual = {"code": "tea-card", "name": "Tea card", "value": "tea", "stamps": 5}
    card = stamps.set_up(StampCard(reward=gives, **usual | fields))
    return stamps.offer(card, at=on("2026-01-01")) if live else card


def plan(**fields) -> Plan:
    """A year of VIP for 60.00, without grace, tier or second thoughts."""
    usual = {"code": "vip", "name": "VIP", "price": 6000, "currency": "EUR", "reminder_days": "30, 7"}
    return Plan.objects.create(**{"programme": programmes.main(fresh=True)} | usual | fields)


def cause(**fields) -> Cause:
    """Trees: a point pays 0.01, and the business adds as much."""
    usual = {"code": "trees", "name": "Trees", "currency": "EUR"}
    return Cause.objects.create(**{"programme": programmes.main(fresh=True)} | usual | fields)


def partner(*, rates: bool = True, pack: int = 0, **fields) -> Partner:
    """A postpaid partner in EUR: a point that it gives costs it 0.012, for one that it takes it is paid 0.009."""
    usual = {"code": "bakery", "name": "Corner bakery", "currency": "EUR"}
    terms = {"terms": "prepaid"} if pack else {}
    made = Partner.objects.create(**{"programme": programmes.main(fresh=True)} | usual | terms | fields)
    since = on("2026-01-01")
    if rates:
        partner_settlements.agree(made, issue=(12, 10), redeem=(9, 10), begins_at=since, at=since)
    if pack:
        partner_settlements.sell_pack(made, pack, price=pack, reference="pack-1", at=since)
    return made
