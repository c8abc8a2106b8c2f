"""A set of customers as a part of a larger statement, whose values go by names."""

from typing import Any

from django.db.models import QuerySet

from customers.models import Customer


def named(found: QuerySet[Customer]) -> tuple[str, dict[str, Any]]:
    """A statement that gives their ids, and the values that it names."""
    statement, values = found.order_by().values("pk").query.sql_with_params()
    parts = statement.split("%s")
    last = len(parts) - 1
    text = "".join(part + (f"%(member_{place})s" if place < last else "") for place, part in enumerate(parts))
    return text, {f"member_{place}": value for place, value in enumerate(values)}
