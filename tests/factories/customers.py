"""Customers for tests: valid, boring, changed by keyword."""

from itertools import count

from customers.models import Customer, EmailAddress, Phone
from customers.naming import sort_key

numbers = count(5001)


def customer(*, email: str = "", phone: str = "", **changes) -> Customer:
    """A customer who stands on their own; ``email`` and ``phone`` (+49…) become their primary ones."""
    number = changes.pop("number", None) or str(next(numbers))
    name = changes.pop("name", f"Customer {number}")
    made = Customer.objects.create(number=number, name=name, sort_key=sort_key(name), **changes)
    if email:
        EmailAddress.objects.create(customer=made, address=email.lower(), primary=True)
    if phone:
        Phone.objects.create(customer=made, number=phone, primary=True)
    return made
