"""How members and other customers are reached, and in which language."""

from django.conf import settings

from customers.models import Customer, EmailAddress


def address(customer: Customer) -> str | None:
    rows = EmailAddress.objects.filter(customer=customer).order_by("-primary", "pk")
    return rows.values_list("address", flat=True).first()


def language(customer: Customer) -> str:
    """Theirs, where we write it; else English."""
    code = customer.language.lower().replace("_", "-").split("-")[0]
    return code if code in {known for known, _name in settings.LANGUAGES} else "en"
