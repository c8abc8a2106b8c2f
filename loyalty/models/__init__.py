from loyalty.models.audit import AuditRun, DayTotal, Seal
from loyalty.models.ledger import (
    BUCKETS,
    Account,
    Kind,
    Lot,
    Transaction,
    Transfer,
    Wallet,
)
from loyalty.models.programmes import Programme
from loyalty.models.requests import AdjustmentRequest, Payment

__all__ = [
    "BUCKETS",
    "Account",
    "AdjustmentRequest",
    "AuditRun",
    "DayTotal",
    "Kind",
    "Lot",
    "Payment",
    "Programme",
    "Seal",
    "Transaction",
    "Transfer",
    "Wallet",
]
