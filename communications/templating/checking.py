"""Whether what somebody wrote may be kept as a template: its braces, its HTML, what its channel needs. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html.parser import HTMLParser

from django.utils.translation import gettext as _

from communications import envelopes
from communications.templating.flaws import TemplateFlaw
from communications.templating.language import Compiled, compiled
from communications.templating.names import KNOWN, Kind

FORBIDDEN = frozenset({"script", "iframe", "frame", "object", "embed", "applet", "form", "input", "button", "select"})
FORBIDDEN |= {"textarea", "base", "meta", "link", "svg", "math", "template", "noscript", "portal", "audio", "video"}
ADDRESSED = frozenset({"href", "src", "background", "action", "formaction", "poster", "srcset", "cite"})
SAFE_ADDRESS = re.compile(r"(https?://|mailto:|tel:|cid:|#)", re.IGNORECASE)
NAMED = re.compile(r"\{\{\s*([a-z_]+)(?:\.([a-z_]+))?[^}]*\}\}")
UNQUOTED = re.compile(r"=\s*[^\s\"'>]*\{[{%#]")
IN_TAG = re.compile(r"</?[A-Za-z0-9!?-]*\{[{%#]")
PARTS = ("subject", "text", "html", "link")
# What each channel cannot do without, and what it has no place for.
NEEDED = {"email": ("subject", "text"), "sms": ("text",), "push": ("subject", "text"), "call": ("text",)}
NEEDED["letter"] = ("text",)
WITHOUT = {"email": ("link",), "sms": ("subject", "html", "link"), "push": ("html",), "call": ("html", "link")}
WITHOUT["letter"] = ("link",)


@dataclass(frozen=True)
class Variant:
    """A template in one language, read."""

    subject: Compiled
    text: Compiled
    html: Compiled
    link: Compiled

    @property
    def names(self) -> frozenset[str]:
        return self.subject.names | self.text.names | self.html.names | self.link.names

    @classmethod
    def of(cls, texts: Mapping[str, str]) -> "Variant":
        return cls(*(compiled(texts.get(part, "")) for part in PARTS))


def checked(channel: str, texts: Mapping[str, str], *, language: str = "") -> dict[str, str]:
    """The parts of one language as they are kept. Raises TemplateFlaw: syntax, names, HTML, what is missing."""
    kept = {part: str(texts.get(part, "")).replace("\r\n", "\n").replace("\0", "").strip() for part in PARTS}
    for part in WITHOUT[channel]:
        kept[part] = ""
    for part in PARTS:
        try:
            _check(part, kept[part])
        except TemplateFlaw as flaw:
            flaw.field, flaw.language = part, language
            raise
    for part in NEEDED[channel]:
        if not kept[part]:
            raise TemplateFlaw(_("Something has to be written here."), "template_empty", part, language)
    return kept


def _check(part: str, text: str) -> None:
    compiled(text)
    if part in ("subject", "link") and envelopes.CONTROLS.search(text):
        raise TemplateFlaw(_("This has to be one line."), "line_break")
    if part == "subject" and len(text) > envelopes.LONGEST_SUBJECT:
        raise TemplateFlaw(_("This is too long."), "template_too_long")
    if part == "link" and text:
        flaw = _of_address(text)
        if flaw:
            raise TemplateFlaw(flaw, "link_unsafe")
    if part == "html" and text:
        flaws = flaws_of_html(text)
        if flaws:
            raise TemplateFlaw(flaws[0], "html_unsafe")


def flaws_of_html(text: str) -> list[str]:
    """What in the HTML could run, load or send something, or let a value break out of its place."""
    reader = _Html()
    if IN_TAG.search(text):
        reader.flaws.append(_("No value may stand in the name of a tag."))
    reader.feed(text)
    reader.close()
    return reader.flaws


def _of_address(text: str) -> str:
    """What is wrong with an address. Only addresses that we make ourselves may stand for one, and alone."""
    names = NAMED.findall(text)
    if not names:
        return "" if SAFE_ADDRESS.match(text) and "{" not in text else _("This is no safe address: %s") % text[:60]
    alone = NAMED.fullmatch(text.strip())
    name, part = names[0]
    known = KNOWN.get(name)
    if not alone or part or known is None or known.kind is not Kind.LINK:
        return _("Only a link may stand for an address: %s") % text[:60]
    return ""


class _Html(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.flaws: list[str] = []
        self.styled = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in FORBIDDEN:
            self.flaws.append(_("<%s> may not be used.") % tag)
        self.styled = self.styled or tag == "style"
        if UNQUOTED.search(re.sub(r"\"[^\"]*\"|'[^']*'", '""', self.get_starttag_text() or "")):
            self.flaws.append(_("Put quotation marks around the value in <%s>.") % tag)
        for name, text in attrs:
            self._attribute(tag, name, text or "")

    def handle_endtag(self, tag: str) -> None:
        self.styled = self.styled and tag != "style"

    def handle_data(self, data: str) -> None:
        if self.styled and ("{{" in data or "{%" in data):
            self.flaws.append(_("No value may stand in <style>."))

    def handle_comment(self, data: str) -> None:
        if "{{" in data or "{%" in data or data.lstrip().startswith("[if"):
            self.flaws.append(_("No value and no condition may stand in a comment."))

    def _attribute(self, tag: str, name: str, text: str) -> None:
        if name.startswith("on") or name in ("srcdoc", "formaction"):
            self.flaws.append(_("%s may not be used.") % name)
        elif "{" in name:
            self.flaws.append(_("No value may stand in the name of an attribute."))
        elif name in ADDRESSED and text:
            flaw = _of_address(text.strip())
            if flaw:
                self.flaws.append(flaw)
        elif name == "style" and (re.search(r"url\(|expression|@import|\\", text, re.IGNORECASE) or "{{" in text):
            self.flaws.append(_("style may not load anything or hold a value."))
