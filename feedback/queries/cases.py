"""What a case may be linked with."""

from django.db.models import Q, QuerySet

from customers.models import Customer, Purchase
from feedback.models import Case

LATEST = 50


def orders_for(case: Case) -> QuerySet[Purchase]:
    """The customer's latest orders, the one that is linked among them; the latest first."""
    if case.customer_id is None:
        return Purchase.objects.none()
    of_customer = Purchase.objects.filter(customer=case.customer_id).order_by("-at", "-pk")
    latest = of_customer.values_list("pk", flat=True)[:LATEST]
    return of_customer.filter(Q(pk__in=list(latest)) | Q(pk=case.purchase_id or 0))


def order_of(customer: Customer | None, number: str) -> Purchase | None:
    """Their own only: an order number is easily guessed."""
    if customer is None or not number.strip():
        return None
    return Purchase.objects.filter(customer=customer, number=number.strip()).order_by("-at").first()
