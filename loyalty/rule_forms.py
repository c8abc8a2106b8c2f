"""The builder of a rule: what a page posts, complete or not, and what it draws. What may be is said by the actions."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.dates import WEEKDAYS
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from customers import currencies
from customers.forms import text
from customers.models import Segment, Verb
from customers.reports import PARTICULARS
from loyalty.actions.rules import ANSWERED
from loyalty.rules import reading
from loyalty.rules.spec import BOUGHT, EVERYTHING, OF_A_FACT, OF_A_PURCHASE, Effect, Per, What
from people.forms import Plain

INPUTS = {
    What.AMOUNT: "money",
    What.MATCHED_AMOUNT: "money",
    What.MATCHED_QUANTITY: "number",
    What.ABOVE_AVERAGE: "average",
    What.NTH: "number",
    What.EVERY: "number",
    What.WEEKDAY: "weekdays",
    What.HOURS: "hours",
    What.BIRTHDAY: "",
    What.SEGMENT: "segments",
    What.ABOUT_LEAST: "number",
    What.SOON_AFTER: "soon",
}
DAYS = [(str(n + 1), name) for n, name in WEEKDAYS.items()]
AVERAGES = [("customer", _("the member's own average")), ("shop", _("the shop's average"))]
BEGINNINGS = [("purchase", _("a purchase")), ("delivery", _("a delivery"))]


def moment() -> forms.DateTimeInput:
    return forms.DateTimeInput(attrs={"type": "datetime-local", "class": "ms-input"}, format="%Y-%m-%dT%H:%M")


class NameForm(Plain):
    name = text(_("Name"), 100, required=True, help_text=_("Customers read it in their statement."))


class BeginForm(Plain):
    """Times are typed in the zone of the programme."""

    begins_at = forms.DateTimeField(label=_("Begins"), required=False, help_text=_("Empty: now."), widget=moment())
    ends_at = forms.DateTimeField(
        label=_("Ends"), required=False, help_text=_("Empty: it goes on until you end it."), widget=moment()
    )


@dataclass
class Row:
    """One condition as it stands on the page."""

    prefix: str
    what: What
    typed: list[str] = field(default_factory=list)
    name: str = ""
    negated: bool = False
    error: str = ""
    segments: list[tuple[str, str]] = field(default_factory=list)

    @property
    def input(self) -> str:
        return INPUTS.get(self.what, "words")

    @property
    def shown(self) -> str:
        return self.typed[0] if self.input in ("money", "number") and self.typed else ", ".join(self.typed)

    @property
    def first(self) -> str:
        return self.typed[0] if self.typed else ""

    @property
    def second(self) -> str:
        return self.typed[1] if len(self.typed) > 1 else ""

    @property
    def needs_name(self) -> bool:
        return self.what in (What.ABOUT, What.ABOUT_LEAST)

    @property
    def choices(self) -> list[tuple[str, Any, bool]]:
        """What can be ticked."""
        pairs: Iterable[tuple[str, Any]] = DAYS if self.input == "weekdays" else self.segments
        return [(value, label, value in self.typed) for value, label in pairs]

    @property
    def options(self) -> list[tuple[str, Any]]:
        return AVERAGES if self.input == "average" else BEGINNINGS

    def said(self, currency: str) -> dict[str, Any]:
        typed: list[Any] = [part.strip() for part in self.typed if part.strip()]
        if self.input == "words":
            typed = [word.strip() for part in typed for word in part.split(",") if word.strip()]
        elif self.input in ("number", "weekdays", "segments"):
            typed = [_whole(part) for part in typed]
        elif self.input == "money":
            typed = [_minor(part, currency) for part in typed]
        elif self.input in ("average", "soon"):
            typed = [*typed[:1], *(_whole(part) for part in typed[1:])]
        return {"what": self.what.value, "values": typed, "name": self.name, "not": self.negated}


@dataclass
class CapRow:
    prefix: str
    per: Per = Per.ORDER
    counts: str = "points"
    number: str = ""
    days: str = ""
    error: str = ""

    def said(self) -> dict[str, Any]:
        return {"per": self.per.value, self.counts: _whole(self.number), "days": _whole(self.days)}


SIMPLE = [
    *("on", "effect", "factor", "points", "per", "valid_days", "over", "cooldown_hours", "budget"),
    *("lasting_unit", "lasting_number", "lasting_dates", "review"),
]
PLAIN = {"on": BOUGHT, "effect": Effect.MULTIPLY.value, "factor": "2", "over": "truncate", "per": "order"}


@dataclass
class Draft:
    """A rule while somebody builds it: the single fields as typed, its conditions and its caps."""

    currency: str
    values: dict[str, str] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)
    caps: list[CapRow] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)

    @classmethod
    def posted(cls, post: QueryDict, currency: str) -> "Draft":
        """What the page says, after the button that was pressed to add or drop a row."""
        draft = cls(currency, {name: post.get(name, PLAIN.get(name, "")).strip() for name in SIMPLE})
        for n in range(reading.MOST_CONDITIONS):
            if f"w{n}-what" in post and post.get("drop") != f"w{n}":
                draft.rows.append(_row(post, f"w{n}"))
        for n in range(reading.MOST_CAPS):
            if f"c{n}-per" in post and post.get("drop") != f"c{n}":
                per = post[f"c{n}-per"]
                counts = "times" if post.get(f"c{n}-counts") == "times" else "points"
                number, days = post.get(f"c{n}-number", ""), post.get(f"c{n}-days", "")
                draft.caps.append(CapRow("", Per(per) if per in Per.values else Per.ORDER, counts, number, days))
        if post.get("add") == "condition":
            draft.rows.append(Row("", draft.choosable[0]))
        if post.get("add") == "cap":
            draft.caps.append(CapRow("", Per.MONTH))
        return draft.numbered()

    @classmethod
    def of(cls, said: dict[str, Any], currency: str) -> "Draft":
        """A saved rule as somebody would have typed it."""
        effect, lasting = said["effect"], said["lasting"] or {}
        unit = next((name for name in ("dates", "days", "months") if name in lasting), "")
        values = {
            "on": said["on"],
            "effect": effect["kind"],
            "factor": str(effect.get("factor", "")),
            "points": str(effect.get("points", "")),
            "per": effect.get("per", "order"),
            "valid_days": str(effect.get("days", "")),
            "over": said["over"],
            "cooldown_hours": str(said["cooldown_hours"] or ""),
            "budget": str(said["budget"] or ""),
            "lasting_unit": "slides"
            if lasting.get("slides")
            else unit + ("_end" if lasting.get("at_month_end") else ""),
            "lasting_number": str(lasting.get("days") or lasting.get("months") or ""),
            "lasting_dates": ", ".join(lasting.get("dates", ())),
            "review": "on" if said["review"] else "",
        }
        draft = cls(currency, values)
        for each in said["when"]:
            row = Row("", What(each["what"]), [], each["name"], each["not"])
            money = row.input == "money"
            row.typed = [_major(value, currency) if money else str(value) for value in each["values"]]
            draft.rows.append(row)
        for cap in said["caps"]:
            counts = "times" if cap["times"] else "points"
            draft.caps.append(CapRow("", Per(cap["per"]), counts, str(cap[counts]), str(cap["days"] or "")))
        return draft.numbered()

    def numbered(self) -> "Draft":
        if any(row.what == What.SEGMENT for row in self.rows):
            segments = [(str(pk), name) for pk, name in Segment.objects.order_by("name").values_list("pk", "name")]
            for row in self.rows:
                row.segments = segments
        for n, row in enumerate(self.rows):
            row.prefix = f"w{n}"
        for n, cap in enumerate(self.caps):
            cap.prefix = f"c{n}"
        return self

    @property
    def bought(self) -> bool:
        return self.values["on"] == BOUGHT

    @property
    def choosable(self) -> list[What]:
        """What conditions can be about, with what the rule answers to."""
        out = OF_A_FACT if self.bought else OF_A_PURCHASE
        return [what for what in What if what not in out]

    @property
    def effects(self) -> list[tuple[str, Any]]:
        fit = [each for each in Effect if self.bought or each in (Effect.FIXED, Effect.NEXT, Effect.LIMIT)]
        return [(each.value, capfirst(str(each.label))) for each in fit]

    @property
    def particulars(self) -> list[str]:
        return sorted(PARTICULARS.get(Verb(self.values["on"]), {})) if self.values["on"] in Verb.values else []

    def said(self) -> dict[str, Any]:
        values = self.values
        effect: dict[str, Any] = {"kind": values["effect"], "per": values["per"]}
        if values["effect"] == Effect.MULTIPLY or (values["effect"] == Effect.NEXT and values["factor"]):
            effect["factor"] = values["factor"].replace(",", ".")
        if values["points"]:
            effect["points"] = _whole(values["points"])
        if values["valid_days"]:
            effect["days"] = _whole(values["valid_days"])
        return {
            "on": values["on"],
            "effect": effect,
            "when": [row.said(self.currency) for row in self.rows],
            "caps": [cap.said() for cap in self.caps],
            "over": values["over"],
            "cooldown_hours": _whole(values["cooldown_hours"]) if values["cooldown_hours"] else 0,
            "budget": _whole(values["budget"]) if values["budget"] else None,
            "lasting": self._lasting(),
            "review": values["review"] == "on",
        }

    def _lasting(self) -> dict[str, Any] | None:
        unit, number = self.values["lasting_unit"], _whole(self.values["lasting_number"])
        if unit == "days":
            return {"days": number}
        if unit == "dates":
            return {"dates": self.values["lasting_dates"].split(","), "months": number or 0}
        if unit == "slides":
            return {"months": number, "slides": True}
        return {"months": number, "at_month_end": unit == "months_end"} if unit else None

    def show(self, refusal: ValidationError) -> None:
        """Put a refusal beside what it is about."""
        part, words = getattr(refusal, "part", ""), " ".join(refusal.messages)
        kind, _dot, place = part.partition(".")
        rows: list[Any] = []
        if kind in ("when", "caps"):
            rows = list(self.rows if kind == "when" else self.caps)
        if place.isdigit() and int(place) < len(rows):
            rows[int(place)].error = words
        else:
            self.errors[kind or "all"] = words


def _row(post: QueryDict, name: str) -> Row:
    typed_what = str(post[f"{name}-what"])
    what = What(typed_what) if typed_what in What.values else What.CATEGORY
    same = post.get(f"{name}-was", what.value) == what.value
    typed = post.getlist(f"{name}-value") if same else []
    return Row(name, what, typed, post.get(f"{name}-name", "").strip(), post.get(f"{name}-not") == "yes")


def _whole(typed: str) -> Any:
    """A whole number; whatever else was typed stays as it is, and is refused as such."""
    cleaned = typed.replace(" ", "").replace("'", "")
    return int(cleaned) if cleaned.isascii() and cleaned.isdigit() and len(cleaned) < 19 else typed or None


def _minor(typed: str, currency: str) -> Any:
    try:
        amount = Decimal(typed.replace(",", ".")).scaleb(currencies.digits(currency))
        return int(amount) if amount == int(amount) else typed
    except (InvalidOperation, ValueError, OverflowError):
        return typed


def _major(amount: int, currency: str) -> str:
    return f"{Decimal(amount).scaleb(-currencies.digits(currency)):f}"


def answered_choices() -> list[tuple[str, Any]]:
    """What a rule can answer to: a purchase first."""
    verbs = sorted((str(verb.label), verb.value) for verb in ANSWERED)
    purchase = (BOUGHT, capfirst(str(_("a purchase"))))
    return [purchase, *((value, capfirst(label)) for label, value in verbs), (EVERYTHING, _("Everything (limits)"))]
