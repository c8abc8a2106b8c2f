"""The language of templates: values, conditions and lists by name. No code, no attributes, nothing to load. Pure.

    Dear {{ first_name|or:"friend" }},
    {% if points >= 100 %}you have {{ points }} points.{% else %}collect points.{% endif %}
    {% for product in products %}- {{ product.name }}
    {% endfor %}

A text is read once, and refused as a whole where anything else stands in its braces. Values are put in once: what a
value says is never read as a template.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

from django.utils.translation import gettext as _

from communications.templating.flaws import TemplateFlaw
from communications.templating.names import KNOWN, Kind, Name

LONGEST, DEEPEST = 200_000, 8
MARK = re.compile(r"(\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\})", re.DOTALL)
STRAY = re.compile(r"\{\{|\}\}|\{%|%\}")
VALUE = re.compile(r"([a-z_]+)(?:\.([a-z_]+))?(?:\|or:\"([^\"{}]*)\")?")
TEST = re.compile(
    r"(not )?([a-z_]+)(?:\.([a-z_]+))?|([a-z_]+)(?:\.([a-z_]+))? (==|!=|>=|<=|>|<) (?:\"([^\"{}]*)\"|(\d{1,12}))"
)
LOOP = re.compile(r"([a-z]+) in ([a-z_]+)")
COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "==": lambda one, other: one == other,
    "!=": lambda one, other: one != other,
    ">=": lambda one, other: one >= other,
    "<=": lambda one, other: one <= other,
    ">": lambda one, other: one > other,
    "<": lambda one, other: one < other,
}
Scope = Mapping[str, Any]
Test = Callable[[Scope], bool]


@dataclass(frozen=True)
class Value:
    name: str
    part: str
    otherwise: str

    def of(self, scope: Scope) -> Any:
        found = scope.get(self.name, "")
        return found.get(self.part, "") if self.part and isinstance(found, Mapping) else found


@dataclass
class If:
    tests: list[tuple[Test, list["Node"]]]
    otherwise: list["Node"] = field(default_factory=list)


@dataclass
class Each:
    one: str
    many: str
    body: list["Node"] = field(default_factory=list)


Node = str | Value | If | Each


@dataclass(frozen=True)
class Compiled:
    """A text that was read. ``names`` are those that it needs, ``bare`` those without a word to stand for them."""

    nodes: Sequence[Node]
    names: frozenset[str]
    bare: frozenset[str]

    def render(self, values: Scope, *, html: bool = False) -> str:
        """The text with its values, which are escaped where it is HTML."""
        parts: list[str] = []
        _write(self.nodes, values, parts.append, html)
        return "".join(parts)


def compiled(text: str) -> Compiled:
    """Read a text. Raises TemplateFlaw (``template_syntax``, ``name_unknown``, ``template_too_long``)."""
    if len(text) > LONGEST:
        raise TemplateFlaw(_("This is too long."), "template_too_long")
    reader = _Reader(text)
    nodes = reader.body(())
    return Compiled(nodes, frozenset(reader.names), frozenset(reader.bare))


def _write(nodes: Sequence[Node], scope: Scope, put: Callable[[str], None], html: bool) -> None:
    for node in nodes:
        if isinstance(node, str):
            put(node)
        elif isinstance(node, Value):
            said = _said(node.of(scope)) or node.otherwise
            put(escape(said) if html else said)
        elif isinstance(node, If):
            body = next((body for test, body in node.tests if test(scope)), node.otherwise)
            _write(body, scope, put, html)
        else:
            for thing in scope.get(node.many) or ():
                _write(node.body, {**scope, node.one: thing}, put, html)


def _said(value: Any) -> str:
    """Numbers with commas, as English, Korean and Thai write them; everything else is text already."""
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return "" if value is None else str(value)


class _Reader:
    """Reads marks one after the other; knows what is open and which names may stand where."""

    def __init__(self, text: str) -> None:
        self.marks: Iterator[str] = iter(MARK.split(text))
        self.line, self.depth = 1, 0
        self.known: dict[str, Name] = dict(KNOWN)
        self.names: set[str] = set()
        self.bare: set[str] = set()
        self.ended = ""

    def body(self, until: Sequence[str]) -> list[Node]:
        """Everything up to one of these words, which is left in ``ended``."""
        nodes: list[Node] = []
        for mark in self.marks:
            if not MARK.fullmatch(mark):
                if stray := STRAY.search(mark):
                    raise self._flaw(stray[0])
                if mark:
                    nodes.append(mark)
            elif mark.startswith("{{"):
                nodes.append(self._value(mark[2:-2].strip(), mark))
            elif mark.startswith("{%"):
                said = " ".join(mark[2:-2].split())
                if said.partition(" ")[0] in until:
                    self.ended = said
                    return nodes
                nodes.append(self._block(said, mark))
            self.line += mark.count("\n")
        if until:
            raise self._flaw(_("%(word)s is missing") % {"word": until[-1]})
        return nodes

    def _value(self, said: str, mark: str) -> Value:
        found = VALUE.fullmatch(said)
        if not found:
            raise self._flaw(mark)
        name, part, otherwise = found[1], found[2] or "", found[3] or ""
        self._need(name, part, mark)
        if not otherwise:
            self.bare.add(name)
        return Value(name, part, otherwise)

    def _block(self, said: str, mark: str) -> Node:
        word, _space, rest = said.partition(" ")
        self.depth += 1
        if self.depth > DEEPEST or word not in ("if", "for"):
            raise self._flaw(mark)
        node: Node = self._if(rest, mark) if word == "if" else self._for(rest, mark)
        self.depth -= 1
        return node

    def _if(self, rest: str, mark: str) -> If:
        made = If([(self._test(rest, mark), self.body(("elif", "else", "endif")))])
        while self.ended.startswith("elif "):
            test = self._test(self.ended.removeprefix("elif "), self.ended)
            made.tests.append((test, self.body(("elif", "else", "endif"))))
        if self.ended == "else":
            made.otherwise = self.body(("endif",))
        if self.ended != "endif":
            raise self._flaw(self.ended)
        return made

    def _for(self, rest: str, mark: str) -> Each:
        found = LOOP.fullmatch(rest)
        many = self.known.get(found[2]) if found else None
        if not found or many is None or many.kind is not Kind.LIST or found[1] in self.known:
            raise self._flaw(mark)
        one = found[1]
        self.names.add(found[2])
        self.known[one] = Name("", Kind.LIST, many.fields)
        made = Each(one, found[2], self.body(("endfor",)))
        if self.ended != "endfor":
            raise self._flaw(self.ended)
        del self.known[one]
        return made

    def _test(self, said: str, mark: str) -> Test:
        found = TEST.fullmatch(said)
        if not found:
            raise self._flaw(mark)
        negated, name, part, left, left_part, sign, text, number = found.groups()
        if name:
            value = Value(name, part or "", "")
            self._need(name, part or "", mark, listed=True)
            return lambda scope: bool(value.of(scope)) is not bool(negated)
        kind = self._need(left, left_part or "", mark)
        if (kind is Kind.NUMBER) != (number is not None) or (number is None and sign not in ("==", "!=")):
            raise self._flaw(mark)
        value, than = Value(left, left_part or "", ""), text if number is None else int(number)
        return lambda scope: _compares(value.of(scope), sign, than)

    def _need(self, name: str, part: str, mark: str, *, listed: bool = False) -> Kind:
        """A name that may stand here, by itself or, for a thing of a list, with one of its parts."""
        known = self.known.get(name)
        if known is None:
            raise TemplateFlaw(
                _("Line %(line)d: %(what)s is not known here."), "name_unknown", line=self.line, what=mark
            )
        looped = name not in KNOWN
        right = looped == bool(part) and (not part or part in known.fields)
        if not right and not (listed and not part):
            raise self._flaw(mark)
        if known.kind is Kind.LIST and not part and not listed:
            raise self._flaw(mark)
        if not looped:
            self.names.add(name)
        return known.fields[part] if part else known.kind

    def _flaw(self, what: str) -> TemplateFlaw:
        return TemplateFlaw(
            _("Line %(line)d: this cannot be used: %(what)s"), "template_syntax", line=self.line, what=what[:120]
        )


def _compares(value: Any, sign: str, than: Any) -> bool:
    if isinstance(than, int):
        return isinstance(value, int) and COMPARED[sign](value, than)
    return COMPARED[sign](str(value), than)
