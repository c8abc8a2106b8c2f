"""Change what the business means by its words: every figure is taken again."""

from django.db import connection, transaction
from django.db.models import F

from insights.actions import rows
from insights.models import FigureSettings


@transaction.atomic
def changed(settings: FigureSettings) -> FigureSettings:
    """The meaning was saved: its version grows, and all months count as changed."""
    FigureSettings.objects.filter(pk=settings.pk).update(version=F("version") + 1)
    with connection.cursor() as cursor:
        cursor.execute(rows.SOIL_ALL)
    settings.refresh_from_db()
    return settings
