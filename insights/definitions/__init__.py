"""The one list of figures: what each is, in words, and from what it is worked out. Pages, API, files print it."""

from insights.definitions.boards import BOARDS
from insights.definitions.buying import BUYING
from insights.definitions.definition import Definition, Unit
from insights.definitions.keeping import KEEPING
from insights.definitions.programme import PROGRAMME
from insights.definitions.voice import VOICE

SECTIONS = KEEPING, BUYING, PROGRAMME, VOICE, BOARDS
DEFINITIONS: dict[str, Definition] = {each.key: each for section in SECTIONS for each in section}

__all__ = ["DEFINITIONS", "SECTIONS", "Definition", "Unit"]
