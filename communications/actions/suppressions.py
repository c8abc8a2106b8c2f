"""Addresses that are not written to any more, and those that may be again."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from communications import envelopes
from communications.models import Suppression
from customers.models import Customer
from people.models import User

Reason = Suppression.Reason


class NotSuppressed(ValidationError):
    def __init__(self, address: str) -> None:
        super().__init__(_("%(address)s is not suppressed."), code="not_suppressed", params={"address": address})


@transaction.atomic
def suppress(
    address: str,
    *,
    reason: str = Reason.ASKED,
    customer: Customer | None = None,
    by: User | None = None,
    at: datetime | None = None,
) -> Suppression:
    """Send no marketing to an address any more. Who complained has complained, whatever was known before.

    Raises AddressInvalid.
    """
    there = _standing(envelopes.address(address), Reason(reason), customer.pk if customer else None, by, at)
    if reason == Reason.COMPLAINED and there.reason != reason:
        there.reason = Reason.COMPLAINED
        there.save(update_fields=["reason"])
    return there


@transaction.atomic
def bounced(address: str, *, customer_id: int | None = None, at: datetime | None = None) -> Suppression:
    """The address's server said that nobody is there. Marketing ends at once, everything after the third time."""
    there = _standing(address, Reason.BOUNCED, customer_id, None, at)
    there.bounces += 1
    there.save(update_fields=["bounces"])
    return there


@transaction.atomic
def lift(suppression: Suppression, *, by: User, at: datetime | None = None) -> Suppression:
    """Let an address be written to again; consent is asked for as ever. Raises NotSuppressed."""
    there = Suppression.objects.select_for_update().get(pk=suppression.pk)
    if there.lifted_at is not None:
        raise NotSuppressed(there.address)
    there.lifted_at, there.lifted_by = at or timezone.now(), by
    there.save(update_fields=["lifted_at", "lifted_by"])
    return there


def _standing(
    address: str, reason: Reason, customer_id: int | None, by: User | None, at: datetime | None
) -> Suppression:
    """The suppression of an address that holds, or a new one; locked. Two at once make one."""
    first = {"reason": reason, "customer_id": customer_id, "by": by, "since": at or timezone.now()}
    new = Suppression(address=address.lower(), bounces=int(reason == Reason.BOUNCED), **first)
    Suppression.objects.bulk_create([new], ignore_conflicts=True)
    there = Suppression.objects.select_for_update().get(address=address.lower(), lifted_at=None)
    if reason == Reason.BOUNCED and there.since == first["since"] and there.bounces == 1:
        there.bounces = 0  # counted by who reports it
    return there
