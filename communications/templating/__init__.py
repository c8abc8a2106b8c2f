"""Texts with values in them, in a language that can do nothing but what is written here. Pure; no database."""

from communications.templating.checking import Variant, checked, flaws_of_html
from communications.templating.flaws import TemplateFlaw
from communications.templating.language import Compiled, compiled
from communications.templating.names import GIVEN, NAMES, Kind, Name

__all__ = [
    "GIVEN",
    "NAMES",
    "Compiled",
    "Kind",
    "Name",
    "TemplateFlaw",
    "Variant",
    "checked",
    "compiled",
    "flaws_of_html",
]
