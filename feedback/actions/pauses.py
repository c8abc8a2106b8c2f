"""Write down from when to when a case stood still: waiting for somebody else, or closed."""

from collections.abc import Iterable
from datetime import datetime

from feedback.models import Pause
from feedback.promises import CLOSED, Stop
from feedback.queries.facts import Picture
from people.models import User


def follow(pictures: Iterable[Picture], *, at: datetime, by: User | None = None) -> None:
    """End the pauses that are over and begin those that have begun, in the rows and in the pictures.

    Who calls holds the locks of the cases. Settled cases stand still from their closing, however late that is told.
    """
    begun, ended = [], []
    for one in pictures:
        last = next((stop for stop in one.stops if stop.ends is None), None)
        if (last.reason if last else "") == one.stands:
            continue
        now = one.facts.closed_at if one.stands == CLOSED and one.facts.closed_at else at
        if last:
            until = max(now, last.begins)
            ended.append((one.case, until))
            one.stops[one.stops.index(last)] = Stop(last.reason, last.begins, until)
            now = until
        if one.stands:
            begun.append(Pause(case_id=one.case, reason=one.stands, starts_at=now, by=by))
            one.stops.append(Stop(one.stands, now, None))
    for case, until in ended:
        Pause.objects.filter(case=case, ends_at=None).update(ends_at=until)
    if begun:
        Pause.objects.bulk_create(begun)
