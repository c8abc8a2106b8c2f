from loyalty.models.audit import AuditRun, DayTotal, Seal
from loyalty.models.causes import Benefit, Cause, Gift
from loyalty.models.ledger import (
    BUCKETS,
    Account,
    Kind,
    Lot,
    Transaction,
    Transfer,
    Wallet,
)
from loyalty.models.memberships import EarlyAccess, Membership, Plan
from loyalty.models.programmes import Programme
from loyalty.models.requests import AdjustmentRequest, Payment
from loyalty.models.tiers import Standing, Tier, TierChange, TierFloor, TierTable

__all__ = [
    "BUCKETS",
    "Account",
    "AdjustmentRequest",
    "AuditRun",
    "Benefit",
    "Cause",
    "DayTotal",
    "EarlyAccess",
    "Gift",
    "Kind",
    "Lot",
    "Membership",
    "Payment",
    "Plan",
    "Programme",
    "Seal",
    "Standing",
    "Tier",
    "TierChange",
    "TierFloor",
    "TierTable",
    "Transaction",
    "Transfer",
    "Wallet",
]
