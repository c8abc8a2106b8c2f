"""What other systems may do with points, and purchases, which earn them."""

from rest_framework.routers import BaseRouter

from loyalty.api.books import BalanceImports, LiabilityBooks
from loyalty.api.causes import Benefits, Causes, Gifts
from loyalty.api.contents import CustomerContents
from loyalty.api.grants import BulkGrants
from loyalty.api.memberships import EarlyAccesses, MembershipsOfCustomers, MembershipVerbs
from loyalty.api.partners import Partners
from loyalty.api.points import Quotes, Wallets
from loyalty.api.purchases import Purchases
from loyalty.api.records import Records
from loyalty.api.redemptions import Redemptions
from loyalty.api.referrals import CustomerReferrals
from loyalty.api.rewards import Claims, CustomerRewards, Rewards
from loyalty.api.rules import Earnings, Rules
from loyalty.api.sharing import CustomerSharing, PointGifts
from loyalty.api.tiers import Tiers
from loyalty.api.vouchers import CustomerVouchers, Vouchers
from loyalty.api.wallets import CustomerWallets


def register(router: BaseRouter) -> None:
    router.register("purchases", Purchases, "purchase")
    router.register("quotes", Quotes, "quote")
    router.register("customers", Wallets, "wallet")
    router.register("customers", Records, "record")
    router.register("customers", CustomerRewards, "customer-reward")
    router.register("customers", CustomerVouchers, "customer-voucher")
    router.register("customers", CustomerReferrals, "customer-referral")
    router.register("customers", CustomerContents, "customer-content")
    router.register("rewards", Rewards, "reward")
    router.register("claims", Claims, "claim")
    router.register("vouchers", Vouchers, "voucher")
    router.register("redemptions", Redemptions, "redemption")
    router.register("customers", CustomerSharing, "customer-sharing")
    router.register("point-gifts", PointGifts, "point-gift")
    router.register("partners", Partners, "partner")
    router.register("customers", Tiers, "tier")
    router.register("customers", MembershipsOfCustomers, "membership-of-customer")
    router.register("customers", Benefits, "benefit-of-customer")
    router.register("customers", Gifts, "gift-of-customer")
    router.register("memberships", MembershipVerbs, "membership")
    router.register("early-access", EarlyAccesses, "early-access")
    router.register("causes", Causes, "cause")
    router.register("rules", Rules, "rule")
    router.register("earnings", Earnings, "earning")
    router.register("customers", CustomerWallets, "wallet-of-customer")
    router.register("bulk-grants", BulkGrants, "bulk-grant")
    router.register("liability", LiabilityBooks, "liability")
    router.register("balance-imports", BalanceImports, "balance-import")
