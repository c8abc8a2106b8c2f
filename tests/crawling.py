"""Go through the back office page by page and send each form: it is refused or done, whatever it says; nothing breaks.

A form is sent empty; `make explore` sends it as it stands as well, and with odd values, others in each run.
"""

import random
import sys
from collections import Counter, deque
from dataclasses import dataclass, field
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin

from django.core.signals import got_request_exception
from django.db import transaction
from django.test import Client
from django.urls import Resolver404, resolve
from django.utils import timezone

Sent = list[tuple[str, str]]
# Ends the session, or hands out a file.
LEFT_OUT = ("logout", "export", "download", ".csv", ".ics", ".pdf", "/account/")
ODD = (
    "", " ", "0", "-1", "7", "101", "99999999999999999999", "2147483648", "1e400", "nan", "0.001", "1.234,56",
    "x" * 20_000, "é한국ไทย", "<b>", "2026-02-30", "0001-01-01", "9999-12-31", "24:00", "a=b", "[1", "{}", "null", "http://[",
    "a@b", "../x",
)  # fmt: skip
PLAIN = (
    "Something",
    "kim@example.org",
    "5",
    "2026-12-01",
    "12.50",
    "de",
    "Europe/Berlin",
    "https://shop.example/",
    "",
)
CHOSEN = ("select", "hidden", "submit", "checkbox", "radio")


@dataclass
class Input:
    name: str
    kind: str
    value: str = ""
    on: bool = True
    options: list[str] = field(default_factory=list)


@dataclass
class Form:
    action: str
    method: str
    inputs: list[Input] = field(default_factory=list)

    def shape(self) -> tuple[str, ...]:
        return (self.method, *sorted({one.name for one in self.inputs}))

    def as_it_stands(self) -> Sent:
        return [
            (one.name, one.value) for one in self.inputs if one.on and one.kind not in ("submit", "button", "file")
        ]

    def empty(self) -> Sent:
        return [(name, "") for name, _value in self.as_it_stands()]

    def odd(self, dice: random.Random) -> Sent:
        """Likely values, and now and then one that nobody would think of, as far as a person can type it."""
        return [
            (one.name, dice.choice(ODD) if one.kind not in CHOSEN and dice.random() < 0.15 else likely(one, dice))
            for one in self.inputs
            if one.kind != "file" and dice.random() < (0.95 if one.on else 0.4)
        ]


def likely(one: Input, dice: random.Random) -> str:
    if one.kind in CHOSEN and not one.options:
        return one.value
    if one.options or (one.value and dice.random() < 0.5):
        return dice.choice(one.options or [one.value])
    if one.kind == "date":
        return (timezone.localdate() + timedelta(days=dice.choice([-400, -1, 0, 1, 400]))).isoformat()
    if one.kind == "time":
        return dice.choice(["00:00", "09:00", "23:59"])
    return dice.choice(["0", "1", "5", "100"] if one.kind == "number" else PLAIN)


class Page(HTMLParser):
    """The links and the forms of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.forms: list[Form] = []
        self._within: list[Form] = []
        self._choice: Input | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if link := said.get("href" if tag == "a" else "hx-get"):
            self.links.append(link)
        if tag == "form":
            htmx = said.get("hx-post")
            form = Form(htmx or said.get("action", ""), "post" if htmx else said.get("method", "get").lower())
            self._within.append(form)
            self.forms.append(form)
        elif tag == "option" and self._choice:
            self._choice.options.append(said.get("value", ""))
            if "selected" in said or len(self._choice.options) == 1:
                self._choice.value = said.get("value", "")
        elif tag in ("input", "select", "textarea", "button") and self._within and said.get("name"):
            kind = said.get("type", "text") if tag == "input" else "submit" if tag == "button" else tag
            on = "checked" in said if kind in ("checkbox", "radio") else True
            one = Input(said["name"], kind, said.get("value", "on" if kind == "checkbox" else ""), on)
            self._within[-1].inputs.append(one)
            self._choice = one if tag == "select" else None

    def handle_endtag(self, tag: str) -> None:
        if tag == "form" and self._within:
            self._within.pop()


@dataclass
class Crawler:
    """``broken`` says what went wrong: the request and the error."""

    client: Client
    begin: str
    times: int = 0  # how often each form is sent with odd values
    dice: random.Random = field(default_factory=random.Random)
    asked: str = ""
    broken: list[str] = field(default_factory=list)
    forms: Counter[str] = field(default_factory=Counter)
    pages: Counter[str] = field(default_factory=Counter)

    def go(self) -> None:
        self.client.raise_request_exception = False
        got_request_exception.connect(self._noted)
        try:
            self._all_pages()
        finally:
            got_request_exception.disconnect(self._noted)

    def _all_pages(self) -> None:
        coming, known = deque([self.begin]), {self.begin}
        while coming:
            here = coming.popleft()
            view = view_of(here)
            if not view or self.pages[view]:
                continue
            self.pages[view] += 1
            page = self._page(here)
            for link in page.links:
                there = urljoin(here, link).split("#")[0]
                if there.startswith(self.begin) and there not in known and not any(one in there for one in LEFT_OUT):
                    known.add(there)
                    coming.append(there)
            for form in page.forms:
                self._try(form, here)

    def _page(self, address: str) -> Page:
        answer = self._ask(address, None)
        html = "html" in answer.get("Content-Type", "") and not answer.streaming
        return Page(answer.content.decode() if html else "")

    def _try(self, form: Form, here: str) -> None:
        address = urljoin(here, form.action)
        shape = repr((view_of(address), form.shape()))
        if (
            form.method != "post"
            or not view_of(address)
            or any(one in address for one in LEFT_OUT)
            or self.forms[shape]
        ):
            return
        more = [form.as_it_stands(), *(form.odd(self.dice) for _ in range(self.times))] if self.times else []
        for sent in (form.empty(), *more):
            self.forms[shape] += 1
            self._ask(address, sent)

    def _ask(self, address: str, sent: Sent | None) -> Any:
        self.asked = f"{address} {sent}"
        with transaction.atomic():
            said: dict[str, list[str]] = {}
            for name, value in sent or ():
                said.setdefault(name, []).append(value)
            answer = self.client.get(address) if sent is None else self.client.post(address, said)
            transaction.set_rollback(True)
        return answer

    def _noted(self, **about: Any) -> None:
        error = sys.exc_info()[1]
        self.broken.append(f"{self.asked[:500]}: {type(error).__name__} {error}"[:900])


def view_of(address: str) -> str:
    try:
        return resolve(address.split("?")[0]).view_name
    except Resolver404:
        return ""
