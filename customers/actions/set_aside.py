"""What readers could not digest: a person lets them try again, or says that they need not know."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import SetAside
from people.models import User


class NotSetAside(ValidationError):
    def __init__(self, row: SetAside) -> None:
        super().__init__(
            _("The fact %(fact)s is not set aside by %(reader)s."),
            code="not_set_aside",
            params={"fact": row.fact_id, "reader": row.reader},
        )


@transaction.atomic
def retry(set_aside: SetAside) -> SetAside:
    """Let the reader try a fact again that was set aside: with its next reading, and three times.

    Raises NotSetAside when it is not (or no longer) set aside.
    """
    row = _unsettled(set_aside)
    row.tries, row.set_aside_at, row.next_try_at = 0, None, timezone.now()
    row.save(update_fields=["tries", "set_aside_at", "next_try_at"])
    return row


def retry_all(reader: str) -> int:
    """Let the reader try everything again that it has set aside. Returns how many facts."""
    rows = SetAside.objects.filter(reader=reader, set_aside_at__isnull=False)
    return rows.update(tries=0, set_aside_at=None, next_try_at=timezone.now())


@transaction.atomic
def dismiss(set_aside: SetAside, *, by: User) -> SetAside:
    """Say that the reader shall never hear of this fact.

    Raises NotSetAside when it is not (or no longer) set aside.
    """
    row = _unsettled(set_aside)
    row.set_aside_at, row.dismissed_at, row.dismissed_by = None, timezone.now(), by
    row.save(update_fields=["set_aside_at", "dismissed_at", "dismissed_by"])
    return row


def _unsettled(set_aside: SetAside) -> SetAside:
    row = SetAside.objects.select_for_update().get(pk=set_aside.pk)
    if row.set_aside_at is None:
        raise NotSetAside(row)
    return row
