"""Say who makes the changes of a transaction, so that the history of rows and the access log can tell."""

from collections.abc import Iterable
from json import dumps
from uuid import uuid4

from django.db import connection

from customers.models import AccessLog, Customer
from people.models import User


def attribute(by: User | None) -> None:
    """Until the end of the transaction, changed rows are kept in their history as changed by this person.

    The library's own middleware would put its settings in front of every statement, which a prepared one refuses.
    """
    if by is None:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('pghistory.context_id', %s, true), set_config('pghistory.context_metadata', %s, true)",
            [str(uuid4()), dumps({"user": by.pk})],
        )


def note(
    customer: Customer,
    what: AccessLog.What,
    *,
    by: User | None = None,
    through: str = "",
    fields: Iterable[str] = (),
) -> None:
    """Write down that somebody looked at or changed a customer. Nobody named (an import): nothing is written."""
    note_many([customer.pk], what, by=by, through=through, fields=fields)


def note_many(
    customer_ids: Iterable[int],
    what: AccessLog.What,
    *,
    by: User | None = None,
    through: str = "",
    fields: Iterable[str] = (),
) -> None:
    """The same for many customers at once: a list that was exported, an answer of the API."""
    if by is None and not through:
        return
    names = ", ".join(fields)[:200]
    AccessLog.objects.bulk_create(
        AccessLog(customer_id=pk, what=what, by=by, through=through, fields=names) for pk in customer_ids
    )
