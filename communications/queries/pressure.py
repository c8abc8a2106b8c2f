"""How much customers have heard lately and will hear, and what caps and limits there are."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from communications.models import ContactSettings, FrequencyCap, Plan

Heard = dict[int, dict[str, list[datetime]]]  # by customer and channel

# Marketing that was sent, is on its way or may have arrived, and what people did: a message counts when it left.
HEARD = """
SELECT m.customer_id, m.channel, coalesce(m.sent_at, m.handed_at, m.due_at) FROM communications_message m
WHERE m.customer_id = ANY(%(customers)s) AND m.kind = 'marketing'
    AND m.state IN ('queued', 'leased', 'in_flight', 'sent', 'uncertain')
    AND coalesce(m.sent_at, m.handed_at, m.due_at) > %(since)s
UNION ALL
SELECT t.customer_id, t.channel, coalesce(t.sent_at, t.queued_at) FROM communications_touchpoint t
JOIN communications_planversion v ON v.id = t.version_id
WHERE t.customer_id = ANY(%(customers)s) AND v.purpose <> '' AND t.message_id IS NULL AND t.state IN ('queued', 'sent')
    AND coalesce(t.sent_at, t.queued_at) > %(since)s
"""
TO_COME = """
SELECT t.customer_id, t.channel, t.due_at FROM communications_touchpoint t
JOIN communications_planversion v ON v.id = t.version_id
WHERE t.customer_id = ANY(%(customers)s) AND v.purpose <> '' AND t.state = 'planned' AND t.plan_id <> %(plan)s
"""


@dataclass(frozen=True)
class Cap:
    """At most ``most`` in ``window``, by one channel, or by all together where it is empty."""

    channel: str
    most: int
    window: timedelta

    def counts(self, channel: str) -> bool:
        return self.channel in ("", channel)


def settings() -> ContactSettings:
    return ContactSettings.objects.filter(pk=1).first() or ContactSettings()


def caps() -> list[Cap]:
    rows = FrequencyCap.objects.order_by("channel", "hours")
    return [Cap(row.channel, row.most, timedelta(hours=row.hours)) for row in rows]


def heard(customer_ids: Iterable[int], caps: Collection[Cap], at: datetime) -> Heard:
    """When each customer heard something that counts, by channel, as far back as the caps look."""
    found: Heard = defaultdict(lambda: defaultdict(list))
    if caps:
        longest = max(cap.window for cap in caps)
        _add(found, HEARD, {"customers": list(customer_ids), "since": at - longest})
    return found


def of(heard: Heard, customer: int, cap: Cap) -> list[datetime]:
    """What a customer heard that counts for a cap."""
    own = heard.get(customer, {})
    return [at for channel, found in own.items() if cap.counts(channel) for at in found]


def over_caps(plan: Plan, dues: Heard) -> set[int]:
    """Of customers and when they would hear something new of a plan: those who would hear more than a cap allows."""
    known = caps()
    if not known or not dues:
        return set()
    first = min(due for own in dues.values() for found in own.values() for due in found)
    others = heard(dues, known, first)
    _add(others, TO_COME, {"customers": list(dues), "plan": plan.pk})
    return {one for one in dues if any(_exceeds(cap, of(dues, one, cap), of(others, one, cap)) for cap in known)}


def _exceeds(cap: Cap, new: list[datetime], old: list[datetime]) -> bool:
    """Whether some window that holds one of the new ones holds more than the cap lets through."""
    every = new + old
    return any(
        len([at for at in every if begin <= at < begin + cap.window]) > cap.most
        for begin in every
        if any(begin <= due < begin + cap.window for due in new)
    )


def _add(found: Heard, statement: str, values: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        for customer, channel, at in cursor.fetchall():
            found[customer][channel].append(at)
