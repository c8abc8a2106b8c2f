"""Segments are made, changed and removed. Nobody is put into one: the conditions say who is in it."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import ProtectedError
from django.utils import timezone
from django.utils.translation import gettext as _

from customers import conditions
from customers.models import Segment, SegmentVersion
from customers.queries.segments import members
from people.models import User


class SegmentRefused(ValidationError):
    """A segment that cannot be; ``code`` is ``no_name``, ``name_taken``, ``in_use`` or ``kept``."""


class ChangedMeanwhile(ValidationError):
    def __init__(self) -> None:
        super().__init__(
            _("Somebody else has changed this segment meanwhile. Look at it again and repeat your change."),
            code="changed_meanwhile",
        )


def make(name: str, said: Any, *, description: str = "", by: User | None = None) -> Segment:
    """Make a segment of the customers whom the conditions choose. Raises SegmentRefused or ConditionRefused."""
    read = conditions.read(said)
    with transaction.atomic():
        made = Segment.objects.create(
            name=_free_name(name), description=description.strip(), conditions=read.as_json(), created_by=by
        )
        _note_version(made, by)
        return made


@transaction.atomic
def change(
    segment: Segment,
    *,
    name: str | None = None,
    said: Any = None,
    description: str | None = None,
    seen: int | None = None,
    by: User | None = None,
) -> Segment:
    """Give a segment other conditions or another name, from now on; what is left out stays, and what it asked for
    before is kept. ``seen`` is the revision that was read.

    A kept one is a list whose conditions stay. Raises ChangedMeanwhile, SegmentRefused or ConditionRefused.
    """
    segment = Segment.objects.select_for_update().get(pk=segment.pk)
    if seen not in (None, segment.revision):
        raise ChangedMeanwhile
    segment.name = _free_name(segment.name if name is None else name, but=segment)
    segment.description = segment.description if description is None else description.strip()
    read = conditions.read(segment.conditions if said is None else said).as_json()
    if read != segment.conditions:
        if segment.kept_at:
            raise SegmentRefused(_("%(segment)s is a list that stays as it is."), code="kept", params=_named(segment))
        segment.conditions, segment.version = read, segment.version + 1
        _note_version(segment, by)
    segment.changed_at = timezone.now()
    segment.save()
    return segment


@transaction.atomic
def keep(segment: Segment, *, name: str, by: User | None = None, at: datetime | None = None) -> Segment:
    """Make a list of those who are in a segment now: another segment, in which they stay and nobody else comes.

    Raises SegmentRefused.
    """
    at = at or timezone.now()
    kept = Segment.objects.create(
        name=_free_name(name),
        description=segment.description,
        conditions=segment.conditions,
        kept_at=at,
        created_by=by,
    )
    _note_version(kept, by)
    who, parameters = members(segment, at).values("pk").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO customers_segmentmember (segment_id, customer_id) SELECT %s, * FROM ({who}) AS found",
            [kept.pk, *parameters],
        )
    return kept


def _note_version(segment: Segment, by: User | None) -> None:
    SegmentVersion.objects.create(segment=segment, version=segment.version, conditions=segment.conditions, by=by)


def _named(segment: Segment) -> dict[str, str]:
    return {"segment": segment.name}


@transaction.atomic
def remove(segment: Segment) -> None:
    """Remove a segment that nothing uses. Raises SegmentRefused."""
    try:
        Segment.objects.get(pk=segment.pk).delete()
    except ProtectedError as error:
        users = ", ".join(sorted({str(row) for row in error.protected_objects})[:5])
        raise SegmentRefused(
            _("%(segment)s is used by %(users)s."), code="in_use", params={"segment": segment.name, "users": users}
        ) from error


def _free_name(said: str, *, but: Segment | None = None) -> str:
    name = said.strip()[:100]
    if not name:
        raise SegmentRefused(_("A segment needs a name."), code="no_name")
    if Segment.objects.filter(name__iexact=name).exclude(pk=but.pk if but else 0).exists():
        raise SegmentRefused(
            _("There is already a segment called %(name)s."), code="name_taken", params={"name": name}
        )
    return name
