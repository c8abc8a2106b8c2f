"""Compile translations in plain Python: a fresh machine has no gettext, so the compiled files are kept in git.

It understands what our .po files use: comments, msgctxt, msgid, msgid_plural, msgstr, msgstr[n], continued lines.
"""

import ast
import re
import struct
from collections.abc import Iterator
from pathlib import Path

ENTRY = re.compile(r'(msgctxt|msgid|msgid_plural|msgstr)(?:\[(\d+)\])?\s+(".*")')
FUZZY = re.compile(r"^#,.*\bfuzzy\b", re.MULTILINE)  # a guess that nobody has confirmed
MAGIC = 0x950412DE


def messages(text: str) -> dict[str, str]:
    """What a .po file says: from msgid to msgstr, put together as gettext looks them up.

    >>> messages('msgid "yes"' + chr(10) + 'msgstr "ja"')
    {'yes': 'ja'}
    """
    found = {}
    for parts in _entries(text):
        translated = "\0".join(parts[key] for key in sorted(parts) if key.startswith("msgstr"))
        if translated.strip("\0"):
            context = f"{parts['msgctxt']}\x04" if "msgctxt" in parts else ""
            plural = f"\0{parts['msgid_plural']}" if "msgid_plural" in parts else ""
            found[f"{context}{parts['msgid']}{plural}"] = translated
    return found


def _entries(text: str) -> Iterator[dict[str, str]]:
    for block in re.split(r"\n\s*\n", text):
        parts: dict[str, str] = {}
        key = ""
        for line in block.splitlines():
            if opened := ENTRY.fullmatch(line.strip()):
                key = opened[1] + (opened[2] or "")
                parts[key] = ast.literal_eval(opened[3])
            elif line.strip().startswith('"'):
                parts[key] += ast.literal_eval(line.strip())
        if "msgid" in parts and not (parts["msgid"] and FUZZY.search(block)):
            yield parts


def compiled(text: str) -> bytes:
    """A .po file as the .mo file that gettext reads."""
    pairs = sorted((key.encode(), value.encode()) for key, value in messages(text).items())
    table = 28
    start = table + 16 * len(pairs)
    ids = b"".join(key + b"\0" for key, _ in pairs)
    strings = b"".join(value + b"\0" for _, value in pairs)
    index = b"".join([*_places([key for key, _ in pairs], start), *_places([v for _, v in pairs], start + len(ids))])
    return struct.pack("<7I", MAGIC, 0, len(pairs), table, table + 8 * len(pairs), 0, 0) + index + ids + strings


def _places(texts: list[bytes], start: int) -> Iterator[bytes]:
    for text in texts:
        yield struct.pack("<2I", len(text), start)
        start += len(text) + 1


def stale(root: Path) -> Iterator[tuple[Path, bytes]]:
    """The .mo files that are not what their .po file says, with what they should hold."""
    for source in sorted(root.glob("*/LC_MESSAGES/*.po")):
        target, wanted = source.with_suffix(".mo"), compiled(source.read_text())
        if not target.exists() or target.read_bytes() != wanted:
            yield target, wanted
