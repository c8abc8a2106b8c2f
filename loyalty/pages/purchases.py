"""The part of a purchase's page that tells what became of its points."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from config.admin import site
from customers.models import Purchase
from loyalty import queries
from loyalty.pages.statements import VIEW


@site.panel("purchase", title=gettext_lazy("Points of this purchase"), permission=VIEW, order=20)
def on_the_purchase_page(request: HttpRequest, purchase: Purchase) -> tuple[str, dict[str, Any]]:
    return "loyalty/purchase.html", {"lines": queries.of_purchase(purchase), "purchase": purchase}
