from loyalty.models.audit import AuditRun, DayTotal, Seal
from loyalty.models.balance_imports import BalanceImport
from loyalty.models.bulk_grants import BulkGrant, BulkGrantRow
from loyalty.models.causes import Benefit, Cause, Gift
from loyalty.models.contents import ContentRules, Picture, Submission
from loyalty.models.households import Contribution, Household, HouseholdMember, PointGift
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
from loyalty.models.partners import Partner, PartnerEntry, PartnerPack, PartnerRate, PartnerStatement
from loyalty.models.programmes import ACTIVITIES, Programme
from loyalty.models.referrals import Referral, ReferralCode, ReferralRules, ReferralSignal
from loyalty.models.requests import AdjustmentRequest, Payment
from loyalty.models.rewards import Claim, Reward, Worth
from loyalty.models.rules import (
    AverageBasket,
    Calculation,
    EarningReview,
    Promise,
    Rule,
    RuleAward,
    RuleSegment,
    RuleVersion,
)
from loyalty.models.simulations import Simulation
from loyalty.models.stamps import FullCard, StampCard, StampHolder
from loyalty.models.tiers import Standing, Tier, TierChange, TierFloor, TierTable
from loyalty.models.trials import RuleTrial
from loyalty.models.vouchers import Voucher, VoucherBatch, VoucherUse

__all__ = [
    "ACTIVITIES",
    "BUCKETS",
    "Account",
    "AdjustmentRequest",
    "AuditRun",
    "AverageBasket",
    "BalanceImport",
    "Benefit",
    "BulkGrant",
    "BulkGrantRow",
    "Calculation",
    "Cause",
    "Claim",
    "ContentRules",
    "Contribution",
    "DayTotal",
    "EarlyAccess",
    "EarningReview",
    "FullCard",
    "Gift",
    "Household",
    "HouseholdMember",
    "Kind",
    "Lot",
    "Membership",
    "Partner",
    "PartnerEntry",
    "PartnerPack",
    "PartnerRate",
    "PartnerStatement",
    "Payment",
    "Picture",
    "Plan",
    "PointGift",
    "Programme",
    "Promise",
    "Referral",
    "ReferralCode",
    "ReferralRules",
    "ReferralSignal",
    "Reward",
    "Rule",
    "RuleAward",
    "RuleSegment",
    "RuleTrial",
    "RuleVersion",
    "Seal",
    "Simulation",
    "StampCard",
    "StampHolder",
    "Standing",
    "Submission",
    "Tier",
    "TierChange",
    "TierFloor",
    "TierTable",
    "Transaction",
    "Transfer",
    "Voucher",
    "VoucherBatch",
    "VoucherUse",
    "Wallet",
    "Worth",
]
