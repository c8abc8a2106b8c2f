"""Keep marketing back from a customer for a reason, and let it go on again. Other messages are never held."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from communications.models import Hold
from customers.models import Customer
from people.models import User


class ReasonMissing(ValidationError):
    def __init__(self) -> None:
        super().__init__(_("A hold needs a reason and a key."), code="reason_missing")


class HeldForSomebodyElse(ValidationError):
    def __init__(self, key: str) -> None:
        super().__init__(
            _("The key %(key)s was used before, for another customer."),
            code="idempotency_conflict",
            params={"key": key},
        )


@transaction.atomic
def place(customer: Customer, *, reason: str, key: str, by: User | None = None, at: datetime | None = None) -> Hold:
    """Hold marketing back from a customer until the hold is lifted by the same key.

    ``reason`` is a code, such as ``complaint``. Placed before, it stands; lifted before, it holds again. Raises
    ReasonMissing, and HeldForSomebodyElse where the key holds another customer.
    """
    if not reason or not key:
        raise ReasonMissing
    at = at or timezone.now()
    wanted = {"customer": customer, "reason": reason, "by": by, "placed_at": at}
    hold, new = Hold.objects.select_for_update().get_or_create(key=key, defaults=wanted)
    if hold.customer_id != customer.pk:
        raise HeldForSomebodyElse(key)
    if not new and hold.lifted_at is not None:
        hold.reason, hold.by, hold.placed_at = reason, by, at
        hold.lifted_at = hold.lifted_by = None
        hold.save()
    return hold


@transaction.atomic
def lift(key: str, *, by: User | None = None, at: datetime | None = None) -> Hold | None:
    """Let marketing go on as far as this hold is concerned; what waited is sent next. None where there is no such."""
    hold = Hold.objects.select_for_update().filter(key=key).first()
    if hold is not None and hold.lifted_at is None:
        hold.lifted_at, hold.lifted_by = at or timezone.now(), by
        hold.save(update_fields=["lifted_at", "lifted_by"])
    return hold
