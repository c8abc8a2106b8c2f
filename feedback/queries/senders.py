"""Who a message is from, and whether they belong to a case."""

from customers.models import Customer, EmailAddress
from feedback.models import Case


def customer_of(address: str) -> Customer | None:
    """The customer with this e-mail address; none where several have it, because one of them would be wrong."""
    if not address:
        return None
    found = list(Customer.objects.standing().filter(email_addresses__address=address.lower()).distinct()[:2])
    return found[0] if len(found) == 1 else None


def is_party(case: Case, address: str) -> bool:
    """Whether it is whoever the case is with that has this address."""
    low = address.lower()
    if not low:
        return False
    if case.sender_address.lower() == low:
        return True
    return (
        case.customer_id is not None and EmailAddress.objects.filter(customer=case.customer_id, address=low).exists()
    )
