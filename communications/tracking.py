"""Opens and clicks, where a business wants to know them: marks in the HTML of a letter, and who only seems to read it.

Off unless a setting says otherwise. ``aggregate`` counts by step and day and knows of nobody; ``individual`` knows
which letter it was. Links of ours, to unsubscribe above all, are never marked. Pure; no database.
"""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, replace
from html import escape, unescape

from django.conf import settings
from django.core import signing
from django.urls import reverse

OFF, AGGREGATE, INDIVIDUAL = "", "aggregate", "individual"
SALT = "communications.tracking"
LINK = re.compile(r"""(<a\b[^>]*?\bhref=)(["'])(https?://[^"']+)\2""", re.IGNORECASE)
LONGEST = 1_500  # bytes, as the index of reactions has them; a longer address stays as it is
TOO_QUICK = 3.0  # seconds after it was handed over: nobody reads so fast
MACHINES = re.compile(
    r"bot\b|crawl|spider|preview|scan|curl|wget|python|java/|go-http|headless|libwww|okhttp|barracuda|proofpoint|mimecast|"
    r"symantec|fireeye|safelinks|googleimageproxy|yahoomailproxy|slurp|facebookexternalhit|whatsapp|telegram",
    re.IGNORECASE,
)
BARE = frozenset({"", "Mozilla/5.0"})  # mail programs that fetch everything to hide their reader say no more


@dataclass(frozen=True)
class Mark:
    """What an address tells of: a letter, or only a step. ``target`` is where a link leads."""

    message: int = 0
    step: int = 0
    target: str = ""


def marked(html: str, *, message: int, step: int, how: str) -> str:
    """The HTML with its links led over us and a picture of one point; as it was where nothing is to be known."""
    if how not in (AGGREGATE, INDIVIDUAL) or not html:
        return html
    mark = Mark(message=message) if how == INDIVIDUAL else Mark(step=step)

    def led(found: re.Match[str]) -> str:
        target = unescape(found[3])
        if target.startswith(f"{settings.PUBLIC_URL}/") or len(target.encode()) > LONGEST:
            return found[0]
        return f"{found[1]}{found[2]}{_address('clicked', replace(mark, target=target))}{found[2]}"

    picture = f'<img src="{_address("opened", mark)}" width="1" height="1" alt="">'
    html = LINK.sub(led, html)
    head, end, rest = html.rpartition("</body>")
    return f"{head}{picture}{end}{rest}" if end else html + picture


def bare(target: str) -> str:
    """A link without what may be of one reader.

    >>> bare("https://shop.example/tea?code=ABC#top")
    'https://shop.example/tea'
    """
    return re.split(r"[?#]", target, maxsplit=1)[0]


def token(mark: Mark) -> str:
    target = urlsafe_b64encode(mark.target.encode()).rstrip(b"=").decode()
    return _signer().sign(f"{mark.message:x}-{mark.step:x}-{target}")


def read(token: str) -> Mark | None:
    """None for one that we never made: nobody is led where we did not want."""
    try:
        message, step, target = _signer().unsign(token).split("-", 2)
        said = urlsafe_b64decode(target + "=" * (-len(target) % 4)).decode()
        return Mark(int(message, 16), int(step, 16), said)
    except (signing.BadSignature, ValueError):
        return None


def is_machine(headers: Mapping[str, str], *, method: str = "GET", seconds: float | None = None) -> bool:
    """Whether a filter or a mail program's proxy asks rather than a person. ``seconds`` since it was handed over."""
    agent = headers.get("User-Agent", "").strip()
    ahead = "prefetch" in headers.get("Sec-Purpose", "") + headers.get("Purpose", "") + headers.get("X-Moz", "")
    quick = seconds is not None and seconds < TOO_QUICK
    return method != "GET" or agent in BARE or bool(MACHINES.search(agent)) or ahead or quick


def _address(name: str, mark: Mark) -> str:
    return escape(f"{settings.PUBLIC_URL}{reverse(name, args=[token(mark)])}")


def _signer() -> signing.Signer:
    return signing.Signer(salt=SALT, sep=".")
