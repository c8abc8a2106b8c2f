"""What other systems may do with customers and facts."""

from rest_framework.routers import BaseRouter

from customers.api.customers import Customers
from customers.api.facts import Facts
from customers.api.segments import Segments


def register(router: BaseRouter) -> None:
    router.register("customers", Customers, "customer")
    router.register("facts", Facts, "fact")
    router.register("segments", Segments, "segment")
