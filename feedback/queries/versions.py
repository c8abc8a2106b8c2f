"""A number for what a setting says now: what a change by another system is compared with."""

import json
from hashlib import sha256
from typing import Any

from django.db.models import Model

from feedback.models import Macro, Survey, Team

DIGITS = 999_999_999


def version(row: Model) -> int:
    """Another one whenever people have changed the row, or what belongs to it; never one that only goes up.

    What Mainstay itself writes into the row (when a mailbox was read, whose turn it is) does not count.
    """
    said = [_said(one) for one in (row, *_parts(row))]
    return int(sha256(json.dumps(said).encode()).hexdigest(), 16) % DIGITS


def _said(row: Model) -> list[str]:
    return [str(field.value_from_object(row)) for field in row._meta.concrete_fields if field.editable]


def _parts(row: Any) -> list[Any]:
    if isinstance(row, Macro):
        return sorted(row.texts.all(), key=lambda text: text.language)
    if isinstance(row, Survey):
        return list(row.versions.order_by("-number")[:1])
    return sorted(row.members.all(), key=lambda member: member.pk) if isinstance(row, Team) else []
