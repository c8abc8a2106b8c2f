"""Tell what somebody has written from what their mail program has quoted below it. Pure.

Only a quotation at the very end is cut off; where somebody answers between the quoted lines all of it is theirs. What
is cut off is kept: the page shows it when it is asked for.
"""

import re

LOOKED_AT = 5_000  # lines
# "On Monday, Ada wrote:" in the languages of mail programs that write to us; one or two lines.
INTRODUCTIONS = re.compile(
    r"^(On\b.{3,300}\bwrote|Am\b.{3,300}\bschrieb\b.{0,200}|Le\b.{3,300}\ba écrit|El\b.{3,300}\bescribió"
    r"|Il\b.{3,300}\bha scritto|Op\b.{3,300}\bschreef\b.{0,200}|.{3,300}(?:님이 작성|님이 쓴 글|에 작성)"
    r"|.{3,300}(?:เขียนว่า|ได้เขียน|เขียน))\s*:$"
)
RULERS = re.compile(
    r"^(-{2,}\s*(Original Message|Ursprüngliche Nachricht|Forwarded message|Weitergeleitete Nachricht"
    r"|Message d'origine|원본 메시지|원본 메일|ข้อความต้นฉบับ)\s*-{2,}|_{20,})$",
    re.IGNORECASE,
)
HEAD = re.compile(r"^\*?(From|Von|De|보낸 사람|보낸사람|จาก)\s*:\*?\s", re.IGNORECASE)
HEAD_GOES_ON = re.compile(
    r"^\*?(Sent|Date|To|Cc|Subject|Gesendet|An|Betreff|Datum|보낸 날짜|날짜|받는 사람|제목|ส่ง|วันที่|ถึง|เรื่อง)\s*:\*?",
    re.IGNORECASE,
)


def split(text: str) -> tuple[str, str]:
    r"""What was written, and what was quoted below it.

    >>> split("It is here.\n\nOn Monday, Ada wrote:\n> Where is it?")
    ('It is here.', 'On Monday, Ada wrote:\n> Where is it?')
    >>> split("> Where is it?\nHere.")
    ('> Where is it?\nHere.', '')
    """
    lines = text.split("\n")
    at = _ruler(lines)
    if at is None:
        at = _quoted_end(lines)
    if at is None or not (own := "\n".join(lines[:at]).rstrip()).strip():
        return text, ""
    return own, "\n".join(lines[at:]).strip("\n")


def _ruler(lines: list[str]) -> int | None:
    """Where a mail program has drawn a line: all below it is quoted."""
    for at, line in enumerate(lines[:LOOKED_AT]):
        plain = line.strip()
        if len(plain) > 400 or plain.startswith(">"):
            continue
        following = [other.strip() for other in lines[at + 1 : at + 5] if other.strip()]
        if RULERS.match(plain) and not (plain.startswith("_") and not (following and HEAD.match(following[0]))):
            return at
        if HEAD.match(plain) and len([1 for other in following if HEAD_GOES_ON.match(other)]) >= 2:
            return at
    return None


def _quoted_end(lines: list[str]) -> int | None:
    """Where the quoted lines begin that go on to the end, with their introduction."""
    at = len(lines)
    while at and (not lines[at - 1].strip() or lines[at - 1].lstrip().startswith(">")):
        at -= 1
    if not any(line.lstrip().startswith(">") for line in lines[at:]):
        return None
    for back in (1, 2):  # an introduction may be broken into two lines
        joined = " ".join(line.strip() for line in lines[max(0, at - back) : at])
        if at - back >= 0 and len(joined) < 700 and INTRODUCTIONS.match(joined):
            return at - back
    return at
