from django.apps import AppConfig


class LoyaltyConfig(AppConfig):
    name = "loyalty"

    # Tables that tell of customers, and by which path: what is exported of a person.
    about_customers = {
        "Wallet": "customer",
        "Transaction": "wallet__customer",
        "Lot": "wallet__customer",
        "Transfer": "transaction__wallet__customer",
        "AdjustmentRequest": "customer",
        "Payment": "purchase__customer",
        "Standing": "customer",
        "TierChange": "customer",
        "TierFloor": "customer",
        "Membership": "customer",
        "Gift": "customer",
        "Claim": "customer",
        "Voucher": "customer",
        "VoucherUse": ("customer", "voucher__customer"),
        "StampHolder": "customer",
        "FullCard": "holder__customer",
        "Household": ("keeper", "members__customer"),
        "HouseholdMember": "customer",
        "Contribution": "member__customer",
        "PointGift": ("giver", "taker"),
        "BulkGrantRow": "customer",
        "PartnerEntry": "transaction__wallet__customer",
        "Calculation": ("purchase__customer", "fact__customer"),
        "RuleAward": "customer",
        "Promise": "customer",
        "EarningReview": "customer",
        "ReferralCode": "customer",
        "Referral": ("referrer", "friend"),
        "ReferralSignal": "customer",
        "Picture": "customer",
        "Submission": "customer",
    }
