"""The builder of a segment: groups of rows as a page posts them, complete or not, and as it draws them."""

from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from customers import conditions, currencies
from customers.conditions import Condition, Conditions, Group
from customers.fields import BY_NAME, FIELDS, HOWS, WITHOUT_VALUES, WORDS, Field, How, Kind
from customers.forms import text
from people.forms import Plain


class SegmentForm(Plain):
    """``seen`` is the revision of the segment that is changed; a new one has none."""

    name = text(_("Name"), 100, required=True)
    description = text(_("What it is for"), 300)
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)


@dataclass
class Row:
    """One condition as it stands on the page: what was typed, and what is wrong with it."""

    prefix: str
    about: Field
    how: How
    typed: list[str] = field(default_factory=list)
    name: str = ""
    negated: bool = False
    error: str = ""

    @property
    def hows(self) -> list[tuple[str, Any]]:
        return [(how.value, how.label) for how in HOWS[self.about.kind]]

    @property
    def input(self) -> str:
        """Which sort of input the values need: nothing, a choice, a number, a day or words."""
        if self.how in WITHOUT_VALUES:
            return ""
        if self.how in (How.SINCE, How.BEFORE):
            return "date"
        if self.how in WORDS:
            return "choice" if self.about.choices else "words"
        return "number"

    @property
    def choices(self) -> list[tuple[str, Any, bool]]:
        return [(str(value), label, str(value) in self.typed) for value, label in self.about.choices]

    @property
    def shown(self) -> str:
        return ", ".join(self.typed)

    @property
    def needs_name(self) -> bool:
        return self.about.needs_name or self.about.name == "social"

    @property
    def names(self) -> list[tuple[str, str]]:
        """What there is to choose from, where it is not typed."""
        return [(name, capfirst(str(label))) for name, label in self.about.names]

    @property
    def step(self) -> str:
        places = currencies.digits(settings.BUSINESS_CURRENCY) if self.about.kind == Kind.MONEY else 0
        return str(Decimal(1).scaleb(-places))

    @property
    def unit(self) -> str:
        return settings.BUSINESS_CURRENCY if self.about.kind == Kind.MONEY else ""

    def said(self) -> dict[str, Any]:
        """What the row says, as JSON. Numbers that are none stay words, and are refused as such."""
        values: list[Any] = [part.strip() for part in self.typed if part.strip()]
        if self.input == "words":
            values = [word.strip() for part in values for word in part.split(",") if word.strip()]
        elif self.input == "number" or self.about.kind == Kind.MONTH:
            values = [self._number(part) for part in values]
        return {
            "field": self.about.name,
            "how": self.how.value,
            "values": values,
            "name": self.name,
            "not": self.negated,
        }

    def _number(self, typed: str) -> Any:
        try:
            number = Decimal(typed)
            if self.about.kind == Kind.MONEY:
                number = number.scaleb(currencies.digits(settings.BUSINESS_CURRENCY))
            return int(number) if number == int(number) else typed
        except (InvalidOperation, ValueError, OverflowError):
            return typed

    def check(self) -> bool:
        """Whether the row is a condition; its ``error`` says why not, unless it is only not filled in yet."""
        try:
            conditions.condition(self.said())
        except ValidationError as refusal:
            self.error = " ".join(refusal.messages)
            return False
        return True


@dataclass
class Block:
    """One group of rows; a row may be a group itself."""

    prefix: str
    any: bool = False
    negated: bool = False
    rows: list["Row | Block"] = field(default_factory=list)
    depth: int = 1

    is_block = True

    @classmethod
    def of(cls, group: Group) -> "Block":
        block = cls("", group.any, group.negated)
        for each in group.conditions:
            block.rows.append(Block.of(each) if isinstance(each, Group) else _saved(each))
        return block

    def numbered(self, prefix: str, depth: int = 1) -> "Block":
        self.prefix, self.depth = prefix, depth
        for n, row in enumerate(self.rows):
            if isinstance(row, Block):
                row.numbered(f"{prefix}-r{n}", depth + 1)
            else:
                row.prefix = f"{prefix}-r{n}"
        return self

    @property
    def may_nest(self) -> bool:
        return self.depth < conditions.DEEPEST

    def check(self) -> bool:
        """Whether every row is complete; each is asked, so that each says what is wrong with it."""
        checked = [row.check() for row in self.rows]
        return all(checked)

    def said(self, *, complete: bool) -> dict[str, Any] | None:
        """The group as JSON; None where it says nothing."""
        found: list[Any] = []
        for row in self.rows:
            if isinstance(row, Block):
                found.append(row.said(complete=complete))
            elif not complete or row.check():
                found.append(row.said())
        found = [each for each in found if each]
        return {"match": "any" if self.any else "all", "not": self.negated, "conditions": found} if found else None


@dataclass
class Draft:
    """A segment's conditions while somebody builds them."""

    any: bool = False
    blocks: list[Block] = field(default_factory=list)

    @classmethod
    def of(cls, saved: Conditions) -> "Draft":
        return cls(saved.any, [Block.of(group) for group in saved.groups]).numbered()

    @classmethod
    def posted(cls, post: QueryDict) -> "Draft":
        """What the page says, after the button that was pressed to add or drop a row or a group."""
        draft = cls(post.get("match") == "any")
        for n in range(conditions.MOST_GROUPS):
            if f"g{n}-match" in post and post.get("drop") != f"g{n}":
                draft.blocks.append(_block(post, f"g{n}"))
        add = post.get("add", "")
        if add == "group" and len(draft.blocks) < conditions.MOST_GROUPS:
            draft.blocks.append(Block("", rows=[_new_row()]))
        draft.blocks = [block for block in draft.blocks if block.rows]
        return draft.numbered()

    def numbered(self) -> "Draft":
        for n, block in enumerate(self.blocks):
            block.numbered(f"g{n}")
        return self

    def check(self) -> bool:
        """Whether every row is complete; those that are not say what is wrong."""
        checked = [block.check() for block in self.blocks]
        return all(checked)

    def said(self, *, complete: bool = False) -> dict[str, Any]:
        """The conditions as JSON; with ``complete`` only of the rows that say something already."""
        groups = [block.said(complete=complete) for block in self.blocks]
        return {"match": "any" if self.any else "all", "groups": [group for group in groups if group]}


def _new_row() -> Row:
    return Row("", FIELDS[0], HOWS[FIELDS[0].kind][0])


def _saved(each: Condition) -> Row:
    typed = [_typed(each.field, each.how, value) for value in each.values]
    return Row("", each.field, each.how, typed, each.name, each.negated)


def _block(post: QueryDict, prefix: str, depth: int = 1) -> Block:
    """The group that stands at this place of the page, with the groups in it; emptied ones are gone."""
    block = Block(prefix, post.get(f"{prefix}-match") == "any", post.get(f"{prefix}-not") == "on")
    for m in range(conditions.MOST_CONDITIONS):
        name = f"{prefix}-r{m}"
        if post.get("drop") == name:
            continue
        if f"{name}-field" in post:
            block.rows.append(_row(post, name))
        elif f"{name}-match" in post and depth < conditions.DEEPEST:
            nested = _block(post, name, depth + 1)
            block.rows += [nested] if nested.rows else []
    if len(block.rows) < conditions.MOST_CONDITIONS:
        if post.get("add") == prefix:
            block.rows.append(_new_row())
        elif post.get("add") == f"{prefix}-group" and depth < conditions.DEEPEST:
            block.rows.append(Block("", any=not block.any, rows=[_new_row()]))
    return block


def _row(post: QueryDict, name: str) -> Row:
    about = BY_NAME.get(post.get(f"{name}-field", ""), FIELDS[0])
    hows = HOWS[about.kind]
    how = next((how for how in hows if how.value == post.get(f"{name}-how")), hows[0])
    typed = post.getlist(f"{name}-value") if post.get(f"{name}-was", about.name) == about.name else []
    return Row(name, about, how, typed, post.get(f"{name}-name", "").strip(), post.get(f"{name}-not") == "yes")


def _typed(about: Field, how: How, value: Any) -> str:
    """A saved value as somebody would type it."""
    if about.kind == Kind.MONEY:
        return f"{Decimal(value).scaleb(-currencies.digits(settings.BUSINESS_CURRENCY)):f}"
    return str(value)


def field_choices() -> list[tuple[str, str]]:
    return [(each.name, capfirst(str(each.label))) for each in FIELDS]
