"""Make HTML that somebody sent harmless, and make text of it. Pure; nothing here raises.

Nothing is loaded by looking at a message: a picture on another machine would tell its sender who read it, and when.
It becomes a link that a person may follow.
"""

import re
from collections.abc import Mapping
from html import escape, unescape
from html.parser import HTMLParser

import nh3

LONGEST = 500_000
BLOCKS = {"p", "div", "blockquote", "pre", "tr", "table", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "hr"}
TAGS = BLOCKS | {"a", "b", "br", "caption", "code", "del", "em", "i", "img", "li", "s", "small", "span", "strong"}
TAGS |= {"sub", "sup", "tbody", "td", "tfoot", "th", "thead", "u", "ins", "q", "cite", "dl", "dt", "dd"}
ATTRIBUTES = {
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}
SCHEMES = {"http", "https", "mailto", "tel", "cid"}
EMPTIED = {"script", "style", "title", "head", "template", "noscript", "svg", "math", "textarea", "select", "object"}
# What nh3 writes is regular: attributes in double quotes, with no double quote inside.
IMAGE = re.compile(r'<img((?:\s+[a-z]+="[^"]*")*)\s*/?>')
ATTRIBUTE = re.compile(r'([a-z]+)="([^"]*)"')
TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)", re.IGNORECASE)
CLOSED_BY_ITSELF = {"br", "img", "hr", "meta", "link", "input", "wbr", "col", "p", "li", "td", "th", "tr", "dt", "dd"}
DEEPEST = 200


def clean(html: str) -> str:
    """HTML that may stand within a page: no script, no style, no frame, nothing that is fetched by itself."""
    html = html[:LONGEST].replace("\0", "")
    if _too_deep(html):
        return f"<p>{escape(re.sub('<[^>]*>', ' ', html))}</p>"
    try:
        once = _cleaned(html)
    except (ValueError, RecursionError):
        return f"<p>{escape(html)}</p>"
    put, pictures = IMAGE.subn(_without_fetching, once)
    return _cleaned(put) if pictures else once  # never trusting what was put in the place of pictures


def shown(html: str, files: Mapping[str, str]) -> str:
    """Cleaned HTML with the pictures that came along: ``files`` has the address of each by its Content-ID."""

    def put(found: re.Match[str]) -> str:
        named = dict(ATTRIBUTE.findall(found[1]))
        address = files.get(unescape(named.get("src", "")).removeprefix("cid:"))
        alt = named.get("alt", "")
        return f'<img src="{escape(address)}" alt="{alt}" loading="lazy">' if address else alt

    return IMAGE.sub(put, html)


def text_of(html: str) -> str:
    """What a cleaned piece of HTML says, a line for each line.

    >>> text_of("<p>Hello,</p><ul><li>one</li><li>two &amp; three</li></ul>")
    'Hello,\\n\\n- one\\n- two & three'
    """
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.text()


def _too_deep(html: str) -> bool:
    """Elements that are never closed: following them takes time that grows with their square."""
    depth: dict[str, int] = {}
    total = 0
    for found in TAG.finditer(html):
        tag = found[2].lower()
        if tag in CLOSED_BY_ITSELF or (found[1] and not depth.get(tag)):
            continue
        step = -1 if found[1] else 1
        depth[tag] = depth.get(tag, 0) + step
        total += step
        if total > DEEPEST:
            return True
    return False


def _cleaned(html: str) -> str:
    return nh3.clean(
        html, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, clean_content_tags=EMPTIED - TAGS,
        link_rel="noopener noreferrer nofollow",
    )  # fmt: skip


def _without_fetching(found: re.Match[str]) -> str:
    """A picture that came along stays; one from elsewhere becomes a link; one that nobody can see goes."""
    named = dict(ATTRIBUTE.findall(found[1]))
    source, alt = named.get("src", ""), named.get("alt", "").strip()
    if source.startswith("cid:"):
        return f'<img src="{source}" alt="{alt}">'
    if not source.startswith(("http:", "https:")):
        return alt.replace("<", "&lt;")
    if {named.get("width"), named.get("height")} & {"0", "1"}:
        return ""
    label = alt.replace("<", "&lt;") or escape(unescape(source).partition("//")[2].partition("/")[0]) or "…"
    return f'<a href="{source}">[{label}]</a>'


class _Reader(HTMLParser):
    """Follows cleaned HTML, which is regular."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.pre = 0
        self.href = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "br":
            self.parts.append("\n")
        elif tag == "li":
            self.parts.append("\n- ")
        elif tag in ("td", "th"):
            self.parts.append(" ")
        elif tag in BLOCKS:
            self.parts.append("\n" if tag in ("tr", "div") else "\n\n")
        if tag == "pre":
            self.pre += 1
        elif tag == "img":
            self.parts.append(dict(attrs).get("alt") or "")
        elif tag == "a":
            self.href = dict(attrs).get("href") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "pre":
            self.pre = max(0, self.pre - 1)
        elif tag == "a" and self.href.startswith(("http:", "https:")):
            if self.href not in "".join(self.parts[-3:]):
                self.parts.append(f" <{self.href}>")
            self.href = ""
        if tag in BLOCKS:
            self.parts.append("\n" if tag in ("tr", "div") else "\n\n")

    def handle_data(self, data: str) -> None:
        self.parts.append(data if self.pre else re.sub(r"\s+", " ", data))

    def text(self) -> str:
        lines = [line.strip() for line in "".join(self.parts).replace("\xa0", " ").split("\n")]
        return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
