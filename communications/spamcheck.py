"""What lets a message look like spam, or break on its way: a list of remarks before it is sent. Pure; no database.

Nobody can promise that a message arrives. These are the reasons that one can see in the text itself.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from communications.templating import Variant

CLIPPED = 100_000  # bytes of HTML: beyond them large mail providers cut the end off, and the unsubscribe link with it
LONG_SUBJECT, SHORT_TEXT = 60, 40
SHORTENERS = ("bit.ly", "tinyurl.com", "goo.gl", "t.co", "ow.ly", "is.gd", "buff.ly")
PUSHY = re.compile(
    r"act now|100 ?% free|risk[- ]free|click here|winner|congratulations!|urgent|cash bonus|no obligation|"
    r"무료 증정|당첨|클릭하세요|지금 바로 클릭|ฟรี!|ด่วน!|คลิกที่นี่|คุณถูกรางวัล",
    re.IGNORECASE,
)
GSM = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "ÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_TWICE = set("^{}\\[~]|€\f")


@dataclass(frozen=True)
class Remark:
    """``weight`` is ``bad`` for what will hurt, ``warn`` for what may, ``info`` for what is good to know."""

    weight: str
    text: str


def remarks(channel: str, texts: Mapping[str, str], *, marketing: bool) -> list[Remark]:
    """What is to be said about a text in one language, the worst first."""
    found = [*_sms(texts, marketing)] if channel == "sms" else []
    if channel == "email":
        found = [*_subject(texts["subject"]), *_words(texts), *_body(texts), *_end(texts, marketing)]
    if channel in ("email", "sms", "push"):
        found += _values(texts)
    order = ("bad", "warn", "info")
    return sorted(found, key=lambda remark: order.index(remark.weight))


def parts_of_sms(text: str) -> tuple[int, str]:
    """How many messages a text is, and the alphabet: letters beyond the GSM alphabet make each of them shorter.

    >>> parts_of_sms("a" * 160), parts_of_sms("a" * 161), parts_of_sms("안" * 71), parts_of_sms("")
    ((1, 'GSM'), (2, 'GSM'), (2, 'Unicode'), (0, 'GSM'))
    """
    if set(text) <= GSM | GSM_TWICE:
        length, alone, each, name = len(text) + sum(one in GSM_TWICE for one in text), 160, 153, "GSM"
    else:
        length, alone, each, name = len(text.encode("utf-16-le")) // 2, 70, 67, "Unicode"
    return (length > 0 if length <= alone else -(-length // each)), name


def _sms(texts: Mapping[str, str], marketing: bool) -> Iterator[Remark]:
    parts, alphabet = parts_of_sms(re.sub(r"\{%.*?%\}", "", texts["text"]))
    words = ngettext("About %(n)d message (%(alphabet)s).", "About %(n)d messages (%(alphabet)s).", parts)
    yield Remark("warn" if parts > 3 else "info", words % {"n": parts, "alphabet": alphabet})
    if marketing and not re.search(r"unsubscribe_link|preferences_link", texts["text"]):
        yield Remark("bad", _("It does not say how to end such messages: put {{ unsubscribe_link }} in."))


def _subject(subject: str) -> Iterator[Remark]:
    letters = [letter for letter in re.sub(r"\{\{.*?\}\}", "", subject) if letter.isalpha()]
    if len(subject) > LONG_SUBJECT:
        yield Remark("warn", _("The subject is long: telephones show about 40 letters."))
    if len(letters) > 6 and sum(letter.isupper() for letter in letters) > 0.6 * len(letters):
        yield Remark("bad", _("The subject shouts in capital letters."))
    if re.search(r"!\s*!|\?\s*!|!.*!", subject):
        yield Remark("warn", _("One exclamation mark in a subject is enough."))
    if re.match(r"\s*(re|fwd?|aw)\s*:", subject, re.IGNORECASE):
        yield Remark("bad", _("The subject pretends to be an answer."))


def _words(texts: Mapping[str, str]) -> Iterator[Remark]:
    said = {found.lower() for part in ("subject", "text") for found in PUSHY.findall(texts[part])}
    if said:
        yield Remark("warn", _("Words that filters know from spam: %s") % ", ".join(sorted(said)))


def _body(texts: Mapping[str, str]) -> Iterator[Remark]:
    html = texts["html"]
    if not html:
        return
    if len(html.encode()) > CLIPPED:
        yield Remark("bad", _("The HTML is so large that mail programs cut its end off."))
    page = _Page()
    page.feed(html)
    if page.images and len(" ".join(page.words)) < SHORT_TEXT:
        yield Remark("bad", _("There is hardly any text beside the pictures."))
    if page.unnamed:
        one, many = "%(n)d picture has no text in its place.", "%(n)d pictures have no text in their place."
        yield Remark("warn", ngettext(one, many, page.unnamed) % {"n": page.unnamed})
    for shown, address in page.links:
        yield from _link(shown, address)


def _link(shown: str, address: str) -> Iterator[Remark]:
    host = re.sub(r"^https?://([^/]+).*$", r"\1", address).lower()
    named = re.search(r"(?:https?://)?((?:[a-z0-9-]+\.)+[a-z]{2,})", shown.lower())
    if address.startswith("http:"):
        yield Remark("warn", _("A link without encryption: %s") % address[:80])
    if host.removeprefix("www.") in SHORTENERS:
        yield Remark("bad", _("A shortened link hides where it leads: %s") % address[:80])
    if named and "{{" not in address and not address.startswith("mailto:") and named[1] not in host:
        yield Remark("bad", _("A link shows %(shown)s and leads to %(host)s.") % {"shown": named[1], "host": host})


def _end(texts: Mapping[str, str], marketing: bool) -> Iterator[Remark]:
    if marketing and not re.search(r"unsubscribe_link|preferences_link", texts["text"] + texts["html"]):
        yield Remark("info", _("The links to unsubscribe and to choose are added below by themselves."))


def _values(texts: Mapping[str, str]) -> Iterator[Remark]:
    """Names may be unknown: a greeting needs another word for them."""
    bare = Variant.of(texts)
    names = (bare.subject.bare | bare.text.bare | bare.html.bare) & {"name", "first_name", "city"}
    if names:
        advice = _('Not everybody has one: %s. Give another word: {{ first_name|or:"friend" }}.')
        yield Remark("info", advice % ", ".join(sorted(names)))


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.images = self.unnamed = 0
        self.words: list[str] = []
        self.links: list[tuple[str, str]] = []
        self.inside: str | None = None
        self.silent = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = dict(attrs)
        self.silent = self.silent or tag == "style"
        if tag == "img":
            self.images += 1
            self.unnamed += not (held.get("alt") or "").strip()
        if tag == "a" and held.get("href"):
            self.inside = held["href"]
            self.links.append(("", self.inside or ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self.inside = None
        if tag == "style":
            self.silent = False

    def handle_data(self, data: str) -> None:
        if self.silent:
            return
        self.words.append(data.strip())
        if self.inside is not None:
            shown, address = self.links[-1]
            self.links[-1] = (shown + data, address)
