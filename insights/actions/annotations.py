"""Remarks on days."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from insights.actions.refusals import InsightRefused
from insights.models import Annotation
from people.models import User


@transaction.atomic
def write(day: date, text: str, *, by: User | None = None) -> Annotation:
    """Say what happened on a day. Said before, it is found. Raises InsightRefused (``text_missing``)."""
    text = " ".join(text.split())[:120]
    if not text:
        raise InsightRefused(_("Say what happened."), "text_missing", "text")
    return Annotation.objects.get_or_create(day=day, text=text, defaults={"by": by})[0]


def remove(annotation: Annotation) -> None:
    annotation.delete()
