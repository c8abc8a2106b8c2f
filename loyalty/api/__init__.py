"""What other systems may do with points, and purchases, which earn them."""

from rest_framework.routers import BaseRouter

from loyalty.api.points import Quotes, Wallets
from loyalty.api.purchases import Purchases
from loyalty.api.records import Records
from loyalty.api.redemptions import Redemptions


def register(router: BaseRouter) -> None:
    router.register("customers", Wallets, "wallet")
    router.register("customers", Records, "record")
    router.register("purchases", Purchases, "purchase")
    router.register("redemptions", Redemptions, "redemption")
    router.register("quotes", Quotes, "quote")
