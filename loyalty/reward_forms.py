"""What staff write about rewards, vouchers and stamp cards. Money is typed as people write it: 12.50."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from customers.forms import Moment, text
from customers.models import Segment
from loyalty.forms import Money
from loyalty.models import Reward, StampCard, TierTable, Worth
from people.forms import Plain, Written

WIDGETS: dict[type[forms.Field], Any] = {
    forms.CharField: UnfoldAdminTextInputWidget,
    forms.SlugField: UnfoldAdminTextInputWidget,
    forms.IntegerField: UnfoldAdminIntegerFieldWidget,
    forms.DateTimeField: Moment,
    forms.TypedChoiceField: UnfoldAdminSelectWidget,
    forms.ModelChoiceField: UnfoldAdminSelectWidget,
    forms.BooleanField: UnfoldBooleanWidget,
}


class Sheet(Written, forms.ModelForm):
    """A form of a settings-like row, in sections of a title and some fields each."""

    SECTIONS: tuple[tuple[Any, tuple[str, ...]], ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            if (widget := WIDGETS.get(type(field))) and name not in (self._meta.widgets or {}):
                choices = getattr(field, "choices", None)
                field.widget = widget()
                if choices is not None:
                    field.widget.choices = choices

    @property
    def sections(self) -> list[tuple[Any, list[Any]]]:
        return [(title, [self[name] for name in names]) for title, names in self.SECTIONS]


class RewardForm(Sheet):
    money = Money(label=gettext_lazy("And in money"), help_text=gettext_lazy("Paid to the shop besides the points."))
    amount = Money(label=gettext_lazy("Amount"), help_text=gettext_lazy("Of a percentage: at most so much."))
    tiers = forms.MultipleChoiceField(
        label=gettext_lazy("Tiers"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None: everybody."),
    )
    SECTIONS = (
        (gettext_lazy("What it is"), ("name", "code", "kind", "description", "party", "cause", "partner", "listed")),
        (gettext_lazy("What it costs"), ("points", "money", "stock")),
        (
            gettext_lazy("Who may have it, and when"),
            ("tiers", "segment", "limit_total", "limit_period", "period", "opens_at", "closes_at"),
        ),
        (
            gettext_lazy("What it gives: vouchers, gift cards, early access, donations"),
            ("worth", "amount", "percent", "product", "uses", "bound", "lasts_days", "unused", "match_percent"),
        ),
    )

    class Meta:
        model = Reward
        fields = [
            "name",
            "code",
            "kind",
            "description",
            "party",
            "cause",
            "partner",
            "listed",
            "points",
            "money",
            "stock",
            "tiers",
        ]
        fields += ["segment", "limit_total", "limit_period", "period", "opens_at", "closes_at", "worth", "amount"]
        fields += ["percent", "product", "uses", "bound", "lasts_days", "unused", "match_percent"]
        widgets = {"description": UnfoldAdminTextareaWidget(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tables = TierTable.objects.filter(programme=self.instance.programme).at(timezone.now())
        table = tables.first()
        known = list(table.tiers.values_list("code", "name")) if table else []
        others = [(code, code) for code in self.instance.tiers if code not in dict(known)]
        tiers: Any = self.fields["tiers"]
        tiers.choices = known + others
        if not tiers.choices:
            tiers.help_text = _("There are no tiers yet.")
        for name in ("cause", "partner"):
            theirs: Any = self.fields[name]
            theirs.queryset = theirs.queryset.filter(programme=self.instance.programme).order_by("name")
        segments: Any = self.fields["segment"]
        segments.queryset = Segment.objects.order_by("name")

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        values["money"] = values.get("money") or 0
        kind, worth = values.get("kind"), values.get("worth")
        for name, fits in (("cause", Reward.Kind.DONATION), ("partner", Reward.Kind.PARTNER)):
            if kind != fits:
                values[name] = None
            elif values.get(name):
                values["party"] = values.get("party") or values[name].name
                if not values.get("points"):
                    self.add_error("points", _("What is settled in points costs some."))
        for field, wrong in _flaws(kind, worth, values):
            self.add_error(field, wrong)
        if kind in Reward.WITH_VOUCHER:
            for name in {Worth.AMOUNT: ("percent",), Worth.PERCENT: (), Worth.PRODUCT: ("amount", "percent")}.get(
                worth or Worth.PERCENT, ()
            ):
                values[name] = None
            if worth != Worth.PRODUCT:
                values["product"] = ""
        return values


def _flaws(kind: str | None, worth: str | None, values: dict[str, Any]) -> list[tuple[str, str]]:
    """What the database would refuse, said beside the field that it is about."""
    flaws = []
    if kind in Reward.WITH_VOUCHER:
        needed = {Worth.AMOUNT: "amount", Worth.PERCENT: "percent", Worth.PRODUCT: "product"}
        if not worth:
            flaws.append(("worth", _("Say what its voucher takes off.")))
        elif kind == Reward.Kind.GIFT_CARD and worth != Worth.AMOUNT:
            flaws.append(("worth", _("A gift card is worth an amount.")))
        elif not values.get(needed[Worth(worth)]):
            flaws.append((needed[Worth(worth)], _("Say how much, or which.")))
    if kind == Reward.Kind.DONATION:
        flaws += [
            (name, _("A donation is so much, for somebody.")) for name in ("amount", "party") if not values.get(name)
        ]
    if bool(values.get("limit_period")) != bool(values.get("period")):
        flaws.append(("period", _("A limit of a period has a number and a period.")))
    opens_at, closes_at = values.get("opens_at"), values.get("closes_at")
    if opens_at and closes_at and closes_at <= opens_at:
        flaws.append(("closes_at", _("It ends after it begins.")))
    return flaws


class StampCardForm(Sheet):
    SECTIONS = (
        (gettext_lazy("The card"), ("name", "code", "counts", "value", "stamps")),
        (gettext_lazy("What a full one gives"), ("reward", "most_cards")),
        (gettext_lazy("When"), ("opens_at", "closes_at")),
    )

    class Meta:
        model = StampCard
        fields = ["name", "code", "counts", "value", "stamps", "reward", "most_cards", "opens_at", "closes_at"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rewards: Any = self.fields["reward"]
        rewards.queryset = Reward.objects.exclude(status=Reward.Status.RETIRED).order_by("name")


class ReasonForm(Plain):
    reason = text(gettext_lazy("Reason"), 200, required=True)


class CodesForm(Plain):
    name = text(gettext_lazy("What they are for"), 120, required=True, help_text=gettext_lazy("Such as a flyer."))
    many = forms.IntegerField(
        label=gettext_lazy("How many"), min_value=1, max_value=10_000, widget=UnfoldAdminIntegerFieldWidget
    )
    key = forms.CharField(max_length=90, widget=forms.HiddenInput)


class GiftForm(Plain):
    number = text(gettext_lazy("Customer's number"), 60, required=True)
    reason = text(gettext_lazy("Reason"), 200, required=True)
    key = forms.CharField(max_length=90, widget=forms.HiddenInput)
