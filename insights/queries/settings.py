"""What this business means by its words."""

from insights.models import FigureSettings


def current() -> FigureSettings:
    """The settings as saved, or as they are while nobody has saved any."""
    return FigureSettings.objects.first() or FigureSettings()
