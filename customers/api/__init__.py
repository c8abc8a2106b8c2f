"""What other systems may do with customers and facts."""

from rest_framework.routers import BaseRouter

from customers.api.customers import Customers
from customers.api.facts import Facts


def register(router: BaseRouter) -> None:
    router.register("customers", Customers, "customer")
    router.register("facts", Facts, "fact")
