"""Read single headers of an e-mail, however badly they are written. Pure; nothing here raises."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime

LONGEST = 4_000  # characters of one header that are looked at
MOST_IDS = 100
CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
BRACKETED = re.compile(r"<[^<>\s]{1,250}>")
BARE = re.compile(r"[^<>\s,;@]{1,200}@[^<>\s,;@]{1,200}")
ADDRESS = re.compile(r"[^\s<>@,;:\"()\[\]\\]{1,64}@[^\s<>@,;:\"()\[\]\\]{1,189}")


def text(message: Message, name: str) -> str:
    """A header as one line of text, "" where it is missing."""
    found = message.get(name)
    return decoded(found) if found is not None else ""


def texts(message: Message, name: str) -> list[str]:
    return [decoded(found) for found in message.get_all(name, [])[:20]]


def decoded(header: object) -> str:
    r"""Encoded words made readable, line breaks and controls made blanks.

    >>> decoded("=?utf-8?b?67Cw7Iah?= late\r\n again")
    '배송 late again'
    """
    raw = _plain(str(header)[:LONGEST])
    try:
        words = decode_header(raw)
    except (HeaderParseError, ValueError):
        words = [(raw, None)]
    return tidy("".join(_word(word, charset) for word, charset in words))


def tidy(words: str) -> str:
    """One line that PostgreSQL can hold."""
    return " ".join(CONTROLS.sub(" ", words).split())


def addresses(lines: Iterable[str]) -> list[tuple[str, str]]:
    """Names and addresses of To, Cc and the like; the address in lower case, because that is how they are compared.

    >>> addresses(['Ada <ADA@shop.example>, "Kim, Bo" <bo@x.example>', "nonsense"])
    [('Ada', 'ada@shop.example'), ('Kim, Bo', 'bo@x.example')]
    """
    found = []
    for name, address in getaddresses([line[:LONGEST] for line in lines]):
        plain = tidy(address).lower()
        if ADDRESS.fullmatch(plain):
            found.append((tidy(name)[:200], plain))
    return found[:MOST_IDS]


def ids(line: str) -> tuple[str, ...]:
    """Message-IDs with their angle brackets, each once, in the order in which they stand.

    >>> ids("<a@x> junk <b@x> <a@x>"), ids("c@x")
    (('<a@x>', '<b@x>'), ('<c@x>',))
    """
    line = line[: LONGEST * 10]
    found = BRACKETED.findall(line) or [f"<{bare}>" for bare in BARE.findall(line)]
    return tuple(dict.fromkeys(one for one in found if len(one) <= 250))[-MOST_IDS:]


def date(line: str) -> datetime | None:
    """When it was written, in UTC. A date without a zone, or one that no calendar has, is none."""
    try:
        read = parsedate_to_datetime(line[:100])
        return read.astimezone(UTC) if read.tzinfo else None
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def payload(part: Message) -> list[Message] | str:
    """What is within a part: other parts, or its body as it stands."""
    try:
        return part.get_payload()  # type: ignore[return-value]
    except (ValueError, LookupError, TypeError):
        return ""


def charset(content: bytes, named: str | None) -> tuple[str, bool]:
    """The text, and whether it could be read as it said it was. What cannot be read at all is shown as �."""
    for name in filter(None, (_known(named), "utf-8")):
        try:
            return content.decode(name), True
        except (UnicodeDecodeError, LookupError, ValueError):
            continue
    return content.decode("cp1252", "replace"), False


def _known(named: str | None) -> str | None:
    """Names that mail programs use for what Python knows under another one."""
    low = (named or "").strip().strip("\"'").lower()
    if low in ("", "us-ascii", "ascii", "unknown-8bit", "x-unknown", "default", "binary"):
        return None
    # Korean mail says ks_c_5601-1987 or euc-kr and uses the letters that only cp949 has; the same with Thai.
    usual = {"ks_c_5601-1987": "cp949", "ks_c_5601": "cp949", "euc-kr": "cp949", "tis-620": "cp874"}
    usual |= {"iso-8859-11": "cp874", "windows-874": "cp874", "gb2312": "gb18030", "iso-8859-1": "cp1252"}
    return usual.get(low, low)[:40]


def _word(word: bytes | str, named: str | None) -> str:
    return word if isinstance(word, str) else charset(word, named)[0]


def _plain(line: str) -> str:
    """What the parser could not read as ASCII stands in it as halves of surrogates: the bytes are read anew."""
    if line.isascii():
        return line
    return charset(line.encode("ascii", "surrogateescape"), None)[0] if _escaped(line) else line


def _escaped(line: str) -> bool:
    return any("\udc80" <= letter <= "\udcff" for letter in line) and all(
        letter < "\x80" or "\udc80" <= letter <= "\udcff" for letter in line
    )
