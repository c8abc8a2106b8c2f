"""The programme that is meant where none is named, kept in memory between calls.

A copy may be out of date: the statements that write check its version and refuse it (``RulesChanged``), so nothing is
ever posted by old rules, and no call pays a query for reading them.
"""

from django.conf import settings

from config import prepared
from loyalty.models import Programme

VERSION = "SELECT id, version FROM loyalty_programme WHERE main"
_copies: dict[str, Programme] = {}


class RulesChanged(Exception):
    """The programme's rules are not those that the caller worked with. Read them and work it out again."""


def main(*, fresh: bool = False) -> Programme:
    """The main programme; made with plain rules in the business's currency where there is none yet."""
    copy = _copies.get("main")
    if copy is None or (fresh and prepared.rows(VERSION) != [(copy.pk, copy.version)]):
        copy = _copies["main"] = _read()
    return copy


def forget() -> None:
    """Let the next call read the rules again."""
    _copies.clear()


def _read() -> Programme:
    defaults = {
        "name": "Points",
        "code": "points",
        "currency": settings.BUSINESS_CURRENCY,
        "zone": settings.BUSINESS_ZONE,
    }
    return Programme.objects.get_or_create(main=True, defaults=defaults)[0]
