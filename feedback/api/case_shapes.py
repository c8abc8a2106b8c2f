"""The shape of cases going in and out. What is allowed is said by the actions."""

from typing import Any

from rest_framework import serializers

from config.rest import Moment, OneLine, Paged
from customers.models import Customer
from feedback.models import Case, Entry, LetterTemplate, Redress, RootCause, Theme
from loyalty.models import Reward

Shape = serializers.Serializer[Any]


class Number(serializers.SlugRelatedField[Customer]):
    def __init__(self, **options: Any) -> None:
        queryset = None if options.get("read_only") else Customer.objects.standing()
        super().__init__(slug_field="number", queryset=queryset, **options)


class Code(serializers.SlugRelatedField[Any]):
    def __init__(self, **options: Any) -> None:
        super().__init__(slug_field="code", **options)


class NewCaseWish(Shape):
    kind = serializers.ChoiceField(choices=Case.Kind.choices)
    text = serializers.CharField(trim_whitespace=False, help_text="What the customer says.")
    subject = OneLine(max_length=200, required=False, default="", allow_blank=True)
    customer = Number(required=False, allow_null=True, help_text="The customer's number, where it is known.")
    channel = serializers.ChoiceField(choices=Case.Channel.choices, required=False, default=Case.Channel.API)
    sender_name = OneLine(max_length=200, required=False)
    sender_address = serializers.CharField(max_length=254, required=False, help_text="Where an answer goes.")
    language = serializers.CharField(max_length=10, required=False)
    severity = serializers.ChoiceField(choices=Case.Level.choices, required=False)
    impact = serializers.ChoiceField(choices=Case.Level.choices, required=False)
    wanted = serializers.ChoiceField(choices=Case.Wanted.choices, required=False, allow_blank=True)
    product = OneLine(max_length=60, required=False)
    store = OneLine(max_length=60, required=False)
    order = serializers.CharField(max_length=100, required=False, help_text="Number of an order of the customer.")
    theme = Code(queryset=Theme.objects.filter(retired=False), required=False)
    at = Moment(required=False, help_text="When it was said; now, where it is left out.")


class CaseWish(Shape):
    """What may be corrected."""

    subject = OneLine(max_length=200, required=False)
    customer = Number(required=False, allow_null=True)
    severity = serializers.ChoiceField(choices=Case.Level.choices, required=False)
    impact = serializers.ChoiceField(choices=Case.Level.choices, required=False)
    wanted = serializers.ChoiceField(choices=Case.Wanted.choices, required=False, allow_blank=True)
    product = OneLine(max_length=60, required=False, allow_blank=True)
    store = OneLine(max_length=60, required=False, allow_blank=True)
    order = serializers.CharField(
        max_length=100,
        required=False,
        allow_blank=True,
        allow_null=True,
        help_text="Number of an order of the customer; empty or null: none.",
    )
    theme = Code(queryset=Theme.objects.filter(retired=False), required=False, allow_null=True)
    language = serializers.CharField(max_length=10, required=False)


class CaseRow(serializers.ModelSerializer[Case]):
    customer = Number(read_only=True, allow_null=True)
    theme = Code(read_only=True, allow_null=True)
    root_cause = Code(read_only=True, allow_null=True)
    team = Code(read_only=True, allow_null=True)
    assignee = serializers.StringRelatedField(allow_null=True)  # type: ignore[var-annotated]
    order = serializers.CharField(source="purchase.number", read_only=True, allow_null=True)

    class Meta:
        model = Case
        fields = [
            "id", "kind", "stage", "waiting", "channel", "customer", "subject", "language", "severity", "impact",
            "priority", "wanted", "product", "store", "order", "theme", "root_cause", "outcome", "team", "assignee",
            "received_at", "acknowledged_at", "answered_at", "decided_at", "closed_at", "reopenings", "due_at",
            "due_metric", "follows", "merged_into",
        ]  # fmt: skip


class EntryShown(serializers.ModelSerializer[Entry]):
    author = serializers.StringRelatedField(allow_null=True)  # type: ignore[var-annotated]

    class Meta:
        model = Entry
        fields = ["id", "kind", "channel", "automatic", "author", "author_name", "text", "at"]


class RedressShown(serializers.ModelSerializer[Redress]):
    reward = Code(read_only=True, allow_null=True)
    transaction = serializers.IntegerField(
        source="posting_id", read_only=True, allow_null=True, help_text="Of the ledger, once points are paid."
    )

    class Meta:
        model = Redress
        fields = ["id", "kind", "state", "points", "reward", "amount", "currency", "words", "transaction", "paid_at"]


class CaseShown(CaseRow):
    """A case with what was said in it, the newest 100, oldest first, and its redress."""

    entries = EntryShown(many=True, source="said")
    redress = RedressShown(many=True, source="lines")
    outcome_reason = serializers.CharField()

    class Meta(CaseRow.Meta):
        fields = [*CaseRow.Meta.fields, "outcome_reason", "entries", "redress"]


class CasePage(Paged):
    results = CaseRow(many=True)


class EntryPage(Paged):
    results = EntryShown(many=True)


class MessageWish(Shape):
    """What the customer says."""

    text = serializers.CharField(trim_whitespace=False)
    channel = serializers.ChoiceField(choices=Case.Channel.choices, required=False, default=Case.Channel.API)
    at = Moment(required=False)


class NoteWish(Shape):
    text = serializers.CharField(trim_whitespace=False)


class ReplyWish(Shape):
    """``channel`` is email, or one by which the customer was told already: phone, person, paper, social."""

    text = serializers.CharField(trim_whitespace=False)
    channel = serializers.ChoiceField(choices=Case.Channel.choices, required=False, default=Case.Channel.EMAIL)
    seen = serializers.IntegerField(required=False, help_text="The newest entry that was read: a newer one refuses.")


class KindWish(Shape):
    to = serializers.ChoiceField(choices=Case.Kind.choices)
    reason = serializers.CharField(required=False, help_text="Needed where a complaint is none. Kept as a note.")


class CaseDecisionWish(Shape):
    outcome = serializers.ChoiceField(choices=Case.Outcome.choices)
    reason = serializers.CharField()


class RedressWish(Shape):
    kind = serializers.ChoiceField(choices=Redress.Kind.choices)
    points = serializers.IntegerField(required=False, min_value=1)
    reward = Code(queryset=Reward.objects.filter(status=Reward.Status.LIVE), required=False)
    amount = serializers.IntegerField(required=False, min_value=1, help_text="Minor units.")
    words = serializers.CharField(required=False, max_length=200)


class LetterWish(Shape):
    """``text`` is the letter as it goes out; left out, it is the template filled in."""

    purpose = serializers.ChoiceField(choices=LetterTemplate.Purpose.choices)
    text = serializers.CharField(required=False, trim_whitespace=False)
    channel = serializers.ChoiceField(choices=Case.Channel.choices, required=False, default=Case.Channel.EMAIL)


class LetterShown(Shape):
    purpose = serializers.ChoiceField(choices=LetterTemplate.Purpose.choices)
    subject = serializers.CharField()
    text = serializers.CharField()
    missing = serializers.ListField(child=serializers.CharField(), help_text="What nobody knows: a gap in the text.")


class MacroOffered(Shape):
    id = serializers.IntegerField()
    name = serializers.CharField()


class MacroList(Shape):
    results = MacroOffered(many=True)


class MacroFilled(MacroOffered):
    text = serializers.CharField(allow_blank=True, help_text="Empty where it has only steps.")


class CaseMergeWish(Shape):
    into = serializers.IntegerField(min_value=1)


class CaseSplitWish(Shape):
    entries = serializers.ListField(child=serializers.IntegerField(), allow_empty=False, max_length=500)
    subject = OneLine(required=False, max_length=200)
    redress = serializers.ListField(child=serializers.IntegerField(), required=False, max_length=100)
    corrective_actions = serializers.ListField(child=serializers.IntegerField(), required=False, max_length=100)


class AlikeShown(Shape):
    case = CaseRow()
    why = serializers.ListField(child=serializers.CharField(), help_text="order, product, words")


class AlikeList(Shape):
    results = AlikeShown(many=True)


class CauseWish(Shape):
    root_cause = Code(queryset=RootCause.objects.filter(retired=False), required=False)


class ResolutionWish(CauseWish):
    answer = serializers.CharField(trim_whitespace=False)
    channel = serializers.ChoiceField(choices=Case.Channel.choices, required=False, default=Case.Channel.EMAIL)
    outcome = serializers.ChoiceField(choices=Case.Outcome.choices, required=False)
    reason = serializers.CharField(required=False)
    goodwill = serializers.IntegerField(required=False, min_value=0, help_text="Points, within the caller's limit.")


class CaseReferralWish(Shape):
    to = OneLine(max_length=120, help_text="The ombudsman or court.")
    reference = OneLine(max_length=80, required=False)
