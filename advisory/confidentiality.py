"""How far something may go, and how far somebody may see. Pure; every list, search, feed and page asks here.

What somebody may not see is not there for them: pages answer 404, counts leave it out.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Level(models.IntegerChoices):
    """The higher, the fewer see it. Each level may see what is below it."""

    PUBLIC = 0, _("everybody")
    BOARD = 1, _("the board: members and observers")
    CONFIDENTIAL = 2, _("confidential: members who signed the current NDA")
    COMPANY = 3, _("the company's staff only")


def clearance(*, staff: bool = False, seated: bool = False, nda: bool = False, observer: bool = False) -> Level:
    """How far somebody may see: ``seated`` holds a seat of that board today, ``nda`` signed the current version.

    >>> clearance(seated=True, nda=True).name
    'CONFIDENTIAL'
    >>> clearance(nda=True).name  # the seat has ended
    'PUBLIC'
    """
    if staff:
        return Level.COMPANY
    if seated and nda:
        return Level.CONFIDENTIAL
    return Level.BOARD if seated or observer else Level.PUBLIC


def may_see(level: int, reader: Level) -> bool:
    return level <= reader


def readable(reader: Level) -> list[int]:
    """For a filter: ``items.filter(level__in=readable(reader))``."""
    return [level.value for level in Level if level <= reader]
