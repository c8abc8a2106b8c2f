"""Programmes, points and times for tests: valid, boring, changed by keyword."""

from datetime import UTC, datetime

from loyalty.actions import programmes
from loyalty.models import Programme, Wallet


def programme(**changes) -> Programme:
    """The main programme with these rules: unless stated, 1 point per 1.00, spendable at once, never expiring."""
    rules = programmes.main(fresh=True)
    usual = {"return_window_days": 0, "expiry_months": None, "zone": "UTC"}
    for name, value in (usual | changes).items():
        setattr(rules, name, value)
    rules.save()
    programmes.forget()
    return programmes.main(fresh=True)


def on(day: str, time: str = "00:00:00") -> datetime:
    """A moment in UTC: ``on("2026-03-15")``, ``on("2026-03-14", "23:59:59")``."""
    return datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=UTC)


def buckets(customer) -> tuple[int, int, int, int]:
    """Pending, available, held and debt as they stand in the wallet's row."""
    wallet = Wallet.objects.filter(customer=customer).first()
    return (wallet.pending, wallet.available, wallet.held, wallet.debt) if wallet else (0, 0, 0, 0)
