"""The texts of the plans that are ready made: letters, scripts for calls, what is written by hand. In three languages.

They stand in ``texts/``, a file for each language, paragraph by paragraph. Pure; no database.
"""

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

LANGUAGES = ("en", "ko", "th")
HERE = Path(__file__).parent / "texts"
LINK = re.compile(r"\{\{ (\w+_link) \}\}")


@dataclass(frozen=True)
class Text:
    """``parts`` are what a template keeps, by language."""

    channel: str
    parts: dict[str, dict[str, str]]


@cache
def texts() -> dict[str, Text]:
    """All of them, by the word by which the catalogue names them."""
    read = {language: json.loads((HERE / f"{language}.json").read_text()) for language in LANGUAGES}
    return {
        name: Text(said["channel"], {language: _parts(read[language][name]) for language in LANGUAGES})
        for name, said in read["en"].items()
    }


def _parts(said: dict[str, Any]) -> dict[str, str]:
    paragraphs = said["text"]
    letter = said["channel"] == "email"
    html = "\n".join(_paragraph(each) for each in paragraphs) if letter else ""
    return {"subject": said.get("subject", ""), "text": "\n\n".join(paragraphs), "html": html}


def _paragraph(text: str) -> str:
    """The same as HTML, with links that can be pressed."""
    linked = LINK.sub(r'<a href="{{ \1 }}">{{ \1 }}</a>', text)
    return f"<p>{linked.replace(chr(10), '<br>')}</p>"
