"""No more leaves than the limits allow, by any number of workers: the rest waits until the stretch is over."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import connection
from django.db.backends.utils import CursorWrapper

from communications import limits
from communications.limits import Limit

WHERE = "SELECT id, split_part(to_address, '@', 2) FROM communications_message WHERE id = ANY(%s) AND worker = %s"
BEGIN = """
INSERT INTO communications_throttle AS t (key, began_at, used) VALUES (%(key)s, now(), 0)
ON CONFLICT (key) DO UPDATE SET
    began_at = CASE WHEN t.began_at <= now() - make_interval(secs => %(seconds)s) THEN now() ELSE t.began_at END,
    used = CASE WHEN t.began_at <= now() - make_interval(secs => %(seconds)s) THEN 0 ELSE t.used END
RETURNING used, began_at + make_interval(secs => %(seconds)s)
"""
USE = "UPDATE communications_throttle SET used = used + %s WHERE key = %s"
PUT_BACK = """
UPDATE communications_message SET state = 'queued', worker = '', lease_until = NULL, due_at = greatest(due_at, %s)
WHERE id = ANY(%s) AND worker = %s AND state = 'leased'
"""


@dataclass
class Room:
    """What a limit still allows, and when its next stretch begins."""

    free: int
    until: datetime
    taken: int = 0

    @property
    def is_full(self) -> bool:
        return self.taken >= self.free


def take(worker: str, channel: str, group: Sequence[int]) -> Sequence[int]:
    """Of messages that this worker leased, those that may leave now; the rest waits. Locks the limits that it uses."""
    known = limits.read(settings.OUTBOX_LIMITS)
    if not known:
        return group
    with connection.cursor() as cursor:
        cursor.execute(WHERE, [list(group), worker])
        bound = {
            pk: [limit for limit in known if limit.holds_for(channel, domain)] for pk, domain in cursor.fetchall()
        }
        wanted = {limit.key: limit for found in bound.values() for limit in found}
        rooms = {key: _room(cursor, wanted[key]) for key in sorted(wanted)}
        may, late = list[int](), dict[datetime, list[int]]()
        for pk in group:
            full = [rooms[limit.key].until for limit in bound.get(pk, ()) if rooms[limit.key].is_full]
            if full:
                late.setdefault(max(full), []).append(pk)
                continue
            may.append(pk)
            for limit in bound.get(pk, ()):
                rooms[limit.key].taken += 1
        for key, room in rooms.items():
            cursor.execute(USE, [room.taken, key])
        for until, pks in late.items():
            cursor.execute(PUT_BACK, [until, pks, worker])
    return may


def _room(cursor: CursorWrapper, limit: Limit) -> Room:
    cursor.execute(BEGIN, {"key": limit.key, "seconds": limit.seconds})
    used, until = cursor.fetchone()
    return Room(limit.most - used, until)
