"""How cases are handled here."""

from feedback.models import CaseSettings


def current() -> CaseSettings:
    """The settings as saved, or as they are while nobody has saved any."""
    return CaseSettings.objects.first() or CaseSettings()
