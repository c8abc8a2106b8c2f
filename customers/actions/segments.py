"""Segments are made, changed and removed. Nobody is put into one: the conditions say who is in it."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone
from django.utils.translation import gettext as _

from customers import conditions
from customers.models import Segment
from people.models import User


class SegmentRefused(ValidationError):
    """A segment that cannot be; ``code`` is ``no_name``, ``name_taken`` or ``in_use``."""


def make(name: str, said: Any, *, description: str = "", by: User | None = None) -> Segment:
    """Make a segment of the customers whom the conditions choose. Raises SegmentRefused or ConditionRefused."""
    read = conditions.read(said)
    with transaction.atomic():
        return Segment.objects.create(
            name=_free_name(name), description=description.strip(), conditions=read.as_json(), created_by=by
        )


@transaction.atomic
def change(segment: Segment, *, name: str, said: Any, description: str = "") -> Segment:
    """Give a segment other conditions or another name, from now on. Raises SegmentRefused or ConditionRefused."""
    read = conditions.read(said).as_json()
    segment = Segment.objects.select_for_update().get(pk=segment.pk)
    segment.name, segment.description = _free_name(name, but=segment), description.strip()
    if read != segment.conditions:
        segment.conditions, segment.version = read, segment.version + 1
    segment.changed_at = timezone.now()
    segment.save()
    return segment


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
