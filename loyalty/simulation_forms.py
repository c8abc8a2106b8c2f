"""What Marketing types to replay a design, and to ask what a review is worth. What may be is said by the actions."""

from dataclasses import replace
from datetime import date
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminTextareaWidget,
    UnfoldBooleanWidget,
)

from customers.currencies import digits
from customers.forms import text
from loyalty.forms import fixed_days
from loyalty.rules import reading
from loyalty.simulation.design import Dated, Design, Habit, Ladder, Step, throughout
from loyalty.simulation.reviews import Assumptions, Between
from loyalty.tier_forms import kept, typed
from people.forms import Plain


def whole(label: Any, *, least: int = 0, most: int = 10**9, required: bool = True, help_text: Any = "") -> Any:
    return forms.IntegerField(
        label=label,
        min_value=least,
        max_value=most,
        required=required,
        help_text=help_text,
        widget=UnfoldAdminIntegerFieldWidget,
    )


def number(label: Any, *, most: int = 10**9, required: bool = True, help_text: Any = "") -> Any:
    return forms.DecimalField(
        label=label,
        min_value=0,
        max_value=most,
        max_digits=14,
        decimal_places=4,
        required=required,
        help_text=help_text,
        widget=UnfoldAdminDecimalFieldWidget,
    )


def day(label: Any, help_text: Any = "") -> forms.DateField:
    shown = forms.DateInput(attrs={"type": "date", "class": "ms-input"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=shown, help_text=help_text)


EXPIRY = ("expiry_months", "expiry_at_month_end", "expiry_dates", "expiry_slides")


class DesignForm(Plain):
    name = text(_("Name"), 100, required=True)
    begins = day(_("Purchases from"))
    ends = day(_("until"), _("This day is not counted any more."))
    lead_in_months = whole(
        _("Months lived through before"), most=60, help_text=_("So that points and tiers are there as it begins.")
    )
    rate_points = whole(_("Points"), most=10**6)
    rate_money = number(_("for money of"))
    window_days = whole(_("Return window (days)"), most=3650)
    expiry_months = whole(_("Points expire after (months)"), least=1, most=1200, required=False)
    expiry_at_month_end = forms.BooleanField(
        label=_("At the end of that month"), required=False, widget=UnfoldBooleanWidget
    )
    expiry_dates = text(
        _("or on these days of the year"), 140, help_text=_("Such as 03-31; so many months after earning at least.")
    )
    expiry_slides = forms.BooleanField(
        label=_("Each purchase begins the months again"), required=False, widget=UnfoldBooleanWidget
    )
    keep = forms.MultipleChoiceField(
        label=_("Earning rules that hold"), required=False, widget=forms.CheckboxSelectMultiple
    )
    factor = number(_("One more multiplier"), most=100, required=False, help_text=_("Such as 2; empty: none."))
    factor_for = text(_("for goods of the category"), 100, help_text=_("Empty: for every purchase."))
    tiers = forms.CharField(
        label=_("Tiers"),
        required=False,
        help_text=_("One a line: name, from how much. Empty: none."),
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}),
    )
    reward_points = whole(_("A reward costs (points)"), least=1)
    reward_money = number(_("and is worth (money)"))
    takers = whole(_("Of 100 customers take rewards"), most=100)
    spent = whole(
        _("Per cent of the available points that they spend"),
        most=100,
        help_text=_("At each purchase, in whole rewards, at least one as soon as the balance pays for it."),
    )

    def __init__(self, current: Design, posted: Any = None, *, begins: date, ends: date) -> None:
        self.current = current
        self.unit = 10 ** digits(current.currency)
        super().__init__(posted, initial=self._initial(begins, ends))
        keep: Any = self.fields["keep"]
        keep.choices = [(str(n), rule.name) for n, rule in enumerate(current.rules)]
        if not current.rules:
            del self.fields["keep"]

    def _initial(self, begins: date, ends: date) -> dict[str, Any]:
        now, habit = self.current, self.current.habit
        steps = now.ladders[0].steps if now.ladders else ()
        same = ("rate_points", "window_days", *EXPIRY, "reward_points")
        return {name: getattr(now, name) for name in same} | {
            "begins": begins,
            "ends": ends,
            "lead_in_months": 12,
            "rate_money": _money(now.rate_money, self.unit),
            "keep": [str(n) for n, rule in enumerate(now.rules) if rule.ends_at is None],
            "tiers": "\n".join(f"{step.name}, {self._typed(step.threshold)}" for step in steps),
            "reward_money": _money(now.reward_cost, self.unit),
            "takers": habit.takers,
            "spent": habit.spent,
        }

    def clean_tiers(self) -> tuple[Step, ...]:
        steps = []
        known = {step.name: step for ladder in self.current.ladders[:1] for step in ladder.steps}
        for line in self.cleaned_data["tiers"].splitlines():
            if not line.strip():
                continue
            name, _comma, threshold = line.rpartition(",")
            try:
                total = kept(Decimal(threshold.strip()), by=self._by(), currency=self.current.currency)
            except (InvalidOperation, ValidationError):
                total = -1
            name = name.strip()
            if not name or not 0 <= total < 10**15:
                raise ValidationError(_("A line is a name and a number, such as: Silver, 1000"))
            was = known.get(name)
            steps.append(
                Step(
                    was.code if was else slugify(name) or name,
                    name,
                    total,
                    bool(was and was.keeps),
                    was.points_last if was else None,
                )
            )
        return tuple(sorted(steps, key=lambda step: step.threshold))

    def _by(self) -> str:
        return self.current.ladders[0].by if self.current.ladders else "points"

    def _typed(self, threshold: int) -> Any:
        return typed(threshold, by=self._by(), currency=self.current.currency)

    def clean_expiry_dates(self) -> str:
        return fixed_days(self.cleaned_data["expiry_dates"])

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("expiry_slides") and (said.get("expiry_dates") or not said.get("expiry_months")):
            self.add_error("expiry_slides", _("That needs so many months, and no fixed days."))
        return said

    def design(self) -> Design:
        """The design that was typed. Raises RuleRefused where its multiplier cannot be."""
        said, base = self.cleaned_data, throughout(self.current)
        chosen = {int(n) for n in said.get("keep", ())}
        rules = tuple(rule for n, rule in enumerate(base.rules) if n in chosen)
        if said["factor"]:
            rules += (self._extra(said["factor"], said["factor_for"].strip()),)
        table = base.ladders[0] if base.ladders else Ladder(())
        return replace(
            base,
            rate_points=said["rate_points"],
            rate_money=_minor(said["rate_money"], self.unit),
            window_days=said["window_days"],
            **{name: said[name] for name in EXPIRY},
            reward_points=said["reward_points"],
            reward_cost=_minor(said["reward_money"], self.unit),
            habit=Habit(said["takers"], said["spent"]),
            rules=rules,
            ladders=(replace(table, steps=said["tiers"]),) if said["tiers"] else (),
        )

    def _extra(self, factor: Decimal, category: str) -> Dated:
        when = [{"what": "category", "values": [category]}] if category else []
        spec = reading.read({"effect": {"kind": "multiply", "factor": str(factor)}, "when": when})
        return Dated(-1, str(_("One more multiplier")), spec)


def _money(minor: int, unit: int) -> Decimal:
    return Decimal(minor) / unit


def _minor(money: Decimal, unit: int) -> int:
    return int((money * unit).to_integral_value())


ASKED = ("again", "anyhow", "basket", "margin", "point", "taken")


class ReviewForm(Plain):
    """Each assumption at least, most likely and at most; shares in per cent."""

    spent = number(_("Part of the profit that the points may cost (%)"), most=100)

    def __init__(self, posted: Any = None, *, initial: dict[str, Any]) -> None:
        super().__init__(posted or None, initial=initial)
        for name in ASKED:
            for end in ("low", "likely", "high"):
                share = name not in ("basket", "point")
                self.fields[f"{name}_{end}"] = number(f"{name} {end}", most=100 if share else 10**9)

    def assumptions(self, unit: int) -> Assumptions:
        said = {name: Fraction(value) for name, value in self.cleaned_data.items()}

        def between(name: str, times: Fraction) -> Between:
            return Between(*(said[f"{name}_{end}"] * times for end in ("low", "likely", "high")))

        again, anyhow = between("again", Fraction(1, 100)), between("anyhow", Fraction(1, 100))
        uplift = Between(again.low - anyhow.high, again.likely - anyhow.likely, again.high - anyhow.low)
        return Assumptions(
            uplift,
            between("basket", Fraction(unit)),
            between("margin", Fraction(1, 100)),
            between("point", Fraction(unit)),
            between("taken", Fraction(1, 100)),
            said["spent"] / 100,
        )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        for name in ASKED:
            found = [said.get(f"{name}_{end}") for end in ("low", "likely", "high")]
            ends = [each for each in found if each is not None]
            if len(ends) == len(found) and sorted(ends) != ends:
                self.add_error(f"{name}_likely", _("From the least to the most."))
        for name in ("point_low", "taken_low"):
            if said.get(name) == 0:
                self.add_error(name, _("More than nothing."))
        return said
