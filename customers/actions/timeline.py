"""Write facts down. Reading them is in ``customers.actions.readers``."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection
from django.utils import timezone

from customers.models import Customer, Fact, Verb
from people.models import User

# For a statement that writes facts together with what they tell of, in one round trip: put after it a SELECT of
# these columns. ``about`` is jsonb under the same rules as in ``record``; the other columns have defaults.
INSERT_FACTS = "INSERT INTO customers_fact (customer_id, verb, at, by_id, about)"

# Ids are given in the order asked and rows written in the order of their keys: two batches with the same keys wait
# for each other and do not block each other for good.
WRITE_MANY = """
INSERT INTO customers_fact (id, customer_id, verb, at, by_id, about, key)
SELECT id, customer_id, verb, at, by_id, about::jsonb, key
FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::timestamptz[], %s::bigint[], %s::text[], %s::text[])
    AS fact (id, customer_id, verb, at, by_id, about, key)
ORDER BY key, id
ON CONFLICT (key) WHERE key IS NOT NULL DO NOTHING
RETURNING id, recorded_at
"""
IDS = "SELECT nextval(pg_get_serial_sequence('customers_fact', 'id')) FROM generate_series(1, %s)"


def record(
    customer: Customer,
    verb: Verb,
    *,
    by: User | None = None,
    at: datetime | None = None,
    key: str | None = None,
    **about: Any,
) -> Fact:
    """Write down a fact, in the same transaction as the change it tells of.

    ``about`` holds ids, numbers and amounts, never personal data: facts outlive an erasure. A ``key`` that was
    recorded before is a bug of the caller and ends in an IntegrityError; who may be asked twice checks first.
    """
    return Fact.objects.create(customer=customer, verb=verb, by=by, at=at or timezone.now(), key=key, about=about)


def record_many(facts: Iterable[Fact]) -> list[Fact]:
    """Write many facts down in two statements, leaving out those whose key was recorded before.

    Returns those that are new, in the order asked; of two with the same key the first.
    """
    facts = list(facts)
    if not facts:
        return []
    with connection.cursor() as cursor:
        cursor.execute(IDS, [len(facts)])
        for fact, (pk,) in zip(facts, cursor.fetchall(), strict=True):
            fact.pk = pk
        cursor.execute(WRITE_MANY, _columns(facts))
        recorded = dict(cursor.fetchall())
    new = [fact for fact in facts if fact.pk in recorded]
    for fact in new:
        fact.recorded_at = recorded[fact.pk]
        fact._state.adding, fact._state.db = False, connection.alias
    return new


def _columns(facts: list[Fact]) -> list[list[Any]]:
    return [
        [fact.pk for fact in facts],
        [fact.customer_id for fact in facts],
        [str(fact.verb) for fact in facts],
        [fact.at for fact in facts],
        [fact.by_id for fact in facts],
        [json.dumps(fact.about, cls=DjangoJSONEncoder) for fact in facts],
        [fact.key for fact in facts],
    ]
