"""Rules that tell what nobody wanted to read. Pure: points for each, held aside from ``HELD`` on.

What is held aside is a case like any other, except that it waits for somebody to look; nothing is thrown away.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

HELD = 100
LINK = re.compile(r"https?://|www\.[a-z0-9-]+\.[a-z]{2}", re.IGNORECASE)
MARKED = re.compile(r"\[url[=\]]|<a\s+href|\[link", re.IGNORECASE)
SOLD = re.compile(
    r"\b(viagra|cialis|casino|crypto ?(?:investment|trading)|backlinks?|seo (?:services?|agency)|guest posts?"
    r"|rank(?:ing)? (?:on|in) google|forex|payday loan|escort|bitcoin (?:mixer|profit)|web ?design services?)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Verdict:
    points: int
    why: tuple[str, ...]  # codes

    @property
    def held(self) -> bool:
        return self.points >= HELD


def judge(
    text: str, *, subject: str = "", marks: Iterable[str] = (), repeated: int = 0, known: bool = False
) -> Verdict:
    """``marks`` are of who took it: ``honeypot``, ``too_fast``, ``flagged`` (the mail server says so), ``bulk``,
    ``list``, ``generated``, ``forged``. ``repeated``: how often the same text came from others lately. Of a customer
    whom we know nothing is held aside for its words.
    """
    points: dict[str, int] = {mark: MARKS[mark] for mark in marks}
    if not known:
        links = len(LINK.findall(text[:50_000]))
        words = max(1, len(text.split()))
        if links >= 3:
            points["links"] = 30 + 10 * min(links, 7)
        if links and links * 8 > words:
            points["mostly_links"] = 50
        if MARKED.search(text[:50_000]):
            points["markup"] = 60
        if SOLD.search(f"{subject}\n{text[:50_000]}"):
            points["sold"] = 60
        if LINK.search(subject):
            points["link_in_subject"] = 40
    if repeated:
        points["repeated"] = 40 * repeated
    return Verdict(sum(points.values()), tuple(sorted(points)))


MARKS = {"honeypot": 100, "too_fast": 60, "flagged": 100, "bulk": 100, "list": 100, "generated": 100, "forged": 40}
