"""Programmes, points and times for tests: valid, boring, changed by keyword."""

from datetime import UTC, datetime

from loyalty.actions import programmes, tiers
from loyalty.actions.tiers import Step
from loyalty.models import Programme, TierTable, Wallet


def programme(**changes) -> Programme:
    """The main programme with these rules: unless stated, 1 point per 1.00, spendable at once, never expiring."""
    rules = programmes.main(fresh=True)
    usual = {"return_window_days": 0, "expiry_months": None, "zone": "UTC"}
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
