"""What managers write about boards, members and recommendations. Types only: what may be is said by the actions."""

from typing import Any

from django import forms
from django.forms.models import fields_for_model
from django.utils.translation import gettext_lazy as _

from advisory.actions.boards import CHANGEABLE
from advisory.actions.charters import FIELDS
from advisory.confidentiality import Level
from advisory.models import (
    Board,
    Charter,
    Declaration,
    Exclusion,
    Officer,
    ProductUpdate,
    Quote,
    Recommendation,
    Seat,
    Term,
)
from advisory.queries import features, sources
from customers.models import Customer, Segment
from customers.newcomers import zones
from feedback.models import Answer, Case, Invitation, Theme
from people.forms import Plain, held_by
from people.models import User


class Dressed(Plain):
    """Every box looks like a box of the back office."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if not isinstance(field.widget, forms.CheckboxInput | forms.CheckboxSelectMultiple | forms.HiddenInput):
                field.widget.attrs.setdefault("class", "ms-input")


def day(label: Any, **options: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **options)


def words(label: Any, rows: int = 3, **options: Any) -> forms.CharField:
    return forms.CharField(label=label, widget=forms.Textarea(attrs={"rows": rows}), **options)


class BoardForm(Dressed):
    code = forms.SlugField(label=_("Code"), max_length=40, help_text=_("Short, in Latin letters: it stays."))

    def __init__(self, *args: Any, board: Board | None = None, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {name: getattr(board, name) for name in CHANGEABLE} if board else {})
        super().__init__(*args, **kwargs)
        self.fields.update(held_by(Board, fields_for_model(Board, CHANGEABLE)))
        self.fields["zone"] = forms.ChoiceField(label=_("Zone"), choices=[(zone, zone) for zone in sorted(zones())])
        if board is not None:
            del self.fields["code"]
        for field in self.fields.values():
            field.widget.attrs.setdefault("class", "ms-input")


class CharterForm(Dressed):
    def __init__(self, *args: Any, charter: Charter, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {name: getattr(charter, name) for name in FIELDS})
        super().__init__(*args, **kwargs)
        self.fields.update(held_by(Charter, fields_for_model(Charter, FIELDS)))
        self.fields["review_on"] = day(_("To be reviewed"), required=False)
        for field in self.fields.values():
            if isinstance(field.widget, forms.Textarea):
                field.widget.attrs["rows"] = 4
            if not isinstance(field.widget, forms.CheckboxInput):
                field.widget.attrs.setdefault("class", "ms-input")


class NdaForm(Dressed):
    text = words(_("What members promise"), 8)


class OfficerForm(Dressed):
    duty = forms.ChoiceField(label=_("Duty"), choices=Officer.Duty.choices)
    term = forms.ModelChoiceField(label=_("Member"), queryset=Term.objects.none(), required=False)
    user = forms.ModelChoiceField(label=_("One of us"), queryset=User.objects.none(), required=False)
    guest = forms.CharField(label=_("Or a guest"), max_length=200, required=False)

    def __init__(self, *args: Any, board: Board, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        seated = Term.objects.filter(board=board, state__in=Term.SEATED).select_related("customer")
        self.fields["term"].queryset = seated  # type: ignore[attr-defined]
        self.fields["user"].queryset = User.objects.filter(is_active=True).order_by("username")  # type: ignore[attr-defined]

    def who(self) -> Term | User | str:
        said = self.cleaned_data
        return said["term"] or said["user"] or said["guest"]


class SeatForm(Dressed):
    cohort = forms.CharField(
        label=_("Cohort"), max_length=20, required=False, help_text=_("Seats of a cohort are renewed together.")
    )
    label = forms.CharField(label=_("Kept for"), max_length=60, required=False)


class CustomerField(forms.CharField):
    """A customer by their number, or by their e-mail address."""

    def clean(self, value: Any) -> Any:
        said = super().clean(value)
        rows = Customer.objects.standing()
        found = rows.filter(number=said).first() or rows.filter(email_addresses__address=said.lower()).first()
        if found is None:
            raise forms.ValidationError(
                _("There is no customer with this number or address."), code="customer_unknown"
            )
        return found


class AppointForm(Dressed):
    customer = CustomerField(label=_("Customer's number or e-mail"), max_length=254)
    seat = forms.ModelChoiceField(label=_("Seat"), queryset=Seat.objects.none())
    reason = words(_("Why this customer"), 2, max_length=500)
    starts_on = day(_("Term begins"))

    def __init__(self, *args: Any, free: list[Seat], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        seats = Seat.objects.filter(pk__in=[seat.pk for seat in free]).order_by("number")
        self.fields["seat"].queryset = seats  # type: ignore[attr-defined]


class PoolForm(Dressed):
    about = forms.MultipleChoiceField(
        label=_("The board represents"), choices=list(features.FEATURES.items()), widget=forms.CheckboxSelectMultiple,
        initial=["tier", "region", "spend", "tenure"],
    )  # fmt: skip
    segment = forms.ModelChoiceField(
        label=_("Only of the segment"), queryset=Segment.objects.order_by("name"), required=False,
        empty_label=_("all customers"),
    )  # fmt: skip


class ExclusionForm(Dressed):
    customer = CustomerField(label=_("Customer's number or e-mail"), max_length=254)
    kind = forms.ChoiceField(label=_("Because the customer"), choices=Exclusion.Kind.choices)
    reason = forms.CharField(label=_("Reason"), max_length=300, required=False)


class DrawForm(Dressed):
    seed = forms.CharField(
        label=_("Seed"), max_length=100,
        help_text=_("Said in public before, and not ours to choose: the winning numbers of a day, for example."),
    )  # fmt: skip
    starts_on = day(_("Terms begin"))


class ElectionForm(Dressed):
    name = forms.CharField(label=_("Name"), max_length=100)
    seats = forms.IntegerField(label=_("Seats to fill"), min_value=1, initial=1)
    segment = forms.ModelChoiceField(label=_("Who votes"), queryset=Segment.objects.order_by("name"))
    starts_on = day(_("Terms begin"))
    closes_at = forms.DateTimeField(
        label=_("Votes until"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )


class NomineeForm(Dressed):
    customer = CustomerField(label=_("Customer's number or e-mail"), max_length=254)


class InterestForm(Dressed):
    kind = forms.ChoiceField(label=_("The member"), choices=Declaration.Kind.choices)
    text = forms.CharField(label=_("In words"), max_length=500, required=False)


class ReasonForm(Dressed):
    reason = forms.CharField(label=_("Reason"), max_length=500, required=False)


class ThanksForm(Dressed):
    text = words(_("Thank-you note"), 4)


class RecommendationForm(Dressed):
    title = forms.CharField(label=_("In a line"), max_length=200)
    text = words(_("What is recommended"), 4, required=False)
    level = forms.TypedChoiceField(
        label=_("Who may know of it"), choices=Level.choices, coerce=int, initial=Level.BOARD
    )
    neutral = forms.CharField(
        label=_("Neutral wording"), max_length=200, required=False,
        help_text=_("What reports say of a confidential one. Empty: it does not appear there."),
    )  # fmt: skip


class NewRecommendationForm(RecommendationForm):
    board = forms.ModelChoiceField(label=_("Board"), queryset=Board.objects.standing().order_by("name"))
    term = forms.ModelChoiceField(
        label=_("Proposed by"), queryset=Term.objects.none(), required=False, empty_label=_("the board as a whole")
    )
    field_order = ["board", "term", "title", "text", "level", "neutral"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        seated = (
            Term.objects.filter(state__in=Term.SEATED).select_related("customer").order_by("board", "seat__number")
        )
        self.fields["term"].queryset = seated  # type: ignore[attr-defined]


class HandlingForm(RecommendationForm):
    owner = forms.ModelChoiceField(
        label=_("Owner"), queryset=User.objects.filter(is_active=True).order_by("username"), required=False
    )
    progress = forms.IntegerField(label=_("Done, percent"), min_value=0, max_value=100)
    answer_by = day(_("Answer due"), required=False)
    review_on = day(_("Looked at again on"), required=False)

    @classmethod
    def of(cls, one: Recommendation, posted: Any = None) -> "HandlingForm":
        return cls(posted, initial={name: getattr(one, name) for name in cls.base_fields})


class EvidenceForm(Dressed):
    theme = forms.ModelChoiceField(
        label=_("Theme of cases"), queryset=Theme.objects.filter(retired=False).order_by("name"), required=False
    )
    case = forms.IntegerField(label=_("Number of a case"), required=False, min_value=1)
    words = forms.CharField(label=_("Or in words"), max_length=300, required=False)
    answer = forms.ModelChoiceField(queryset=Answer.objects.none(), required=False, widget=forms.HiddenInput)
    quote = forms.ModelChoiceField(queryset=Quote.objects.none(), required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, recommendation: Recommendation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sent = Answer.objects.filter(invitation__state=Invitation.State.ANSWERED)
        self.fields["answer"].queryset = sent  # type: ignore[attr-defined]
        self.fields["quote"].queryset = sources.quotable(recommendation)  # type: ignore[attr-defined]

    def thing(self) -> dict[str, Any]:
        """What is evidence; a quote is so by its words."""
        said = dict(self.cleaned_data)
        quote = said.pop("quote")
        return said | {"words": sources.quoted(quote)} if quote else said

    def clean_case(self) -> Case | None:
        number = self.cleaned_data["case"]
        found = Case.objects.filter(pk=number).first() if number else None
        if number and found is None:
            raise forms.ValidationError(_("There is no such case."), code="case_unknown")
        return found


class UpdateForm(Dressed):
    update = forms.ModelChoiceField(
        label=_("Product update"), queryset=ProductUpdate.objects.order_by("-pk"), required=False,
        empty_label=_("a new one:"),
    )  # fmt: skip
    title = forms.CharField(label=_("What changes"), max_length=200, required=False)
    planned_on = day(_("Planned for"), required=False)


class ShipForm(Dressed):
    note = words(_("Release note, for customers"), 3, required=False)
    on = day(_("Shipped"), required=False)


class ReportForm(Dressed):
    board = forms.ModelChoiceField(label=_("Board"), queryset=Board.objects.order_by("name"))
    since = day(_("From"))
    until = day(_("Until"))
    words = words(_("Foreword"), 3, required=False)
