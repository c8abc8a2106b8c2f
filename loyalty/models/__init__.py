from loyalty.models.audit import AuditRun, DayTotal, Seal
from loyalty.models.ledger import (
    BUCKETS,
    WAYS_OF_A_LOT,
    WAYS_WITHOUT_A_LOT,
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
    "WAYS_OF_A_LOT",
    "WAYS_WITHOUT_A_LOT",
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
