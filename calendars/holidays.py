"""Public holidays by country and region, from the package ``holidays``. No database.

This module is ``calendars.holidays``; the package is ``holidays``.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from functools import lru_cache

import holidays
from holidays.registry import COUNTRIES

LANGUAGE = "en_US"


@lru_cache(1)
def countries() -> dict[str, str]:
    """Those whose public holidays are known: code and English name."""
    known = {names[1]: _spaced(names[0]) for names in COUNTRIES.values()}
    return dict(sorted(known.items(), key=lambda pair: pair[1]))


def subdivisions(country: str) -> dict[str, str]:
    """The regions of a country that have holidays of their own: code and name; none for an unknown country."""
    if country not in countries():
        return {}
    known = getattr(holidays, country)
    names: dict[str, str] = {}
    for name, code in known.subdivisions_aliases.items():
        names.setdefault(code, name)
    found = {code: names.get(code, code) for code in known.subdivisions}
    return dict(sorted(found.items(), key=lambda pair: pair[1]))


def known(country: str, subdivision: str) -> bool:
    return country in countries() and (not subdivision or subdivision in subdivisions(country))


def between(country: str, subdivision: str, years: Iterable[int], language: str = LANGUAGE) -> dict[dt.date, str]:
    """Public holidays of these years in order, each with its name: in the language, or else in that of the country."""
    if not country:
        return {}
    spoken = getattr(holidays, country).supported_languages
    chosen = next((code for code in spoken if code == language or code.startswith(f"{language}_")), None)
    fallback = LANGUAGE if LANGUAGE in spoken else None
    found = holidays.country_holidays(
        country, subdiv=subdivision or None, years=list(years), language=chosen or fallback
    )
    return {day: name[:200] for day, name in sorted(found.items())}


def _spaced(name: str) -> str:
    """ "SouthKorea" is "South Korea"."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
