"""Devices on which a customer wants notifications: a browser gave their keys to the shop's page."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from communications.channels import webpush
from communications.models import PushSubscription
from customers.actions.customers import NotActive
from customers.models import Customer
from integrations import outbound

MOST = 20  # devices of one customer; the oldest goes


class DeviceRefused(ValidationError):
    """``code`` is ``endpoint_invalid`` or ``keys_invalid``."""


@transaction.atomic
def add(customer: Customer, *, endpoint: str, public_key: str, secret: str) -> PushSubscription:
    """Remember a device; the same one again changes its owner and its keys. Consent is asked for apart.

    Raises DeviceRefused, NotActive.
    """
    customer = Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    if customer.status != Customer.Status.ACTIVE:
        raise NotActive(customer)
    if len(endpoint) > 1000 or outbound.flaw(endpoint):
        raise DeviceRefused(_("Notifications cannot be sent to this address."), code="endpoint_invalid")
    try:
        webpush.encrypted(b"{}", public_key, secret)
        fits = len(webpush.unpacked(secret)) == 16 and len(public_key) <= 100 and len(secret) <= 40
    except ValueError:
        fits = False
    if not fits:
        raise DeviceRefused(_("These are no keys of a browser."), code="keys_invalid")
    device, _made = PushSubscription.objects.update_or_create(
        endpoint=endpoint, defaults={"customer": customer, "public_key": public_key, "secret": secret}
    )
    there = PushSubscription.objects.filter(customer=customer).order_by("-pk").values_list("pk", flat=True)
    PushSubscription.objects.filter(pk__in=list(there[MOST:])).delete()
    return device


@transaction.atomic
def remove(customer: Customer, *, endpoint: str) -> bool:
    """Forget a device of the customer. Returns whether it was known."""
    gone, _by_model = PushSubscription.objects.filter(customer=customer, endpoint=endpoint).delete()
    return bool(gone)
