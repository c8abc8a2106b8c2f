"""What other systems may do with points, and purchases, which earn them."""

from rest_framework.routers import BaseRouter

from loyalty.api.partners import Partners
from loyalty.api.points import Quotes, Wallets
from loyalty.api.purchases import Purchases
from loyalty.api.records import Records
from loyalty.api.redemptions import Redemptions
from loyalty.api.rewards import Claims, CustomerRewards, Rewards
from loyalty.api.vouchers import CustomerVouchers, Vouchers


def register(router: BaseRouter) -> None:
    router.register("customers", Wallets, "wallet")
    router.register("customers", Records, "record")
    router.register("customers", CustomerRewards, "customer-reward")
    router.register("customers", CustomerVouchers, "customer-voucher")
    router.register("rewards", Rewards, "reward")
    router.register("claims", Claims, "claim")
    router.register("vouchers", Vouchers, "voucher")
    router.register("purchases", Purchases, "purchase")
    router.register("redemptions", Redemptions, "redemption")
    router.register("partners", Partners, "partner")
    router.register("quotes", Quotes, "quote")
