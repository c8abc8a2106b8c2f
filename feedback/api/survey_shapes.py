"""The shape of surveys going in and out. What may be asked is said by ``feedback.surveys``."""

from typing import Any

from rest_framework import serializers

from config.rest import OneLine, Paged
from config.strictness import Document, having
from customers.models import Segment
from feedback.api.case_shapes import Code
from feedback.models import Case, Survey, Team

Shape = serializers.Serializer[Any]
CONTENT = (
    "`languages`, and `questions` with `code`, `kind`, `text` by language, `choices`, `required`, `low`, `high` and "
    "`show_if` (`question`, `how`, `value`); `subject`, `intro` and `thanks` by language."
)

QUESTION = having(
    *("code", "kind", "text", "required", "low", "high"),
    choices=having("code", "text"),
    show_if=having("question", "how", "value"),
)
ASKED = having("languages", "subject", "intro", "thanks", questions=QUESTION)


class SurveyShown(serializers.ModelSerializer[Survey]):
    class Meta:
        model = Survey
        fields = ["code", "name", "kind", "state", "occasion", "low_score"]


class SurveyWhole(SurveyShown):
    team = Code(read_only=True, allow_null=True)
    content = serializers.SerializerMethodField()
    published = serializers.SerializerMethodField(help_text="Whether this content is what is asked.")

    class Meta(SurveyShown.Meta):
        fields = [
            *SurveyShown.Meta.fields, "case_kind", "segment", "delay_hours", "sample_percent", "remind_days",
            "expires_days", "low_kind", "team", "content", "published",
        ]  # fmt: skip

    def get_content(self, one: Survey) -> dict[str, Any]:
        return dict(self._latest(one).content)

    def get_published(self, one: Survey) -> bool:
        return self._latest(one).published_at is not None

    def _latest(self, one: Survey) -> Any:
        return max(one.versions.all(), key=lambda version: version.number)


class SurveyPage(Paged):
    results = SurveyShown(many=True)


class SurveyChange(Shape):
    """Settings count at once; ``content`` is the next draft, whole, and is asked once it is published."""

    name = OneLine(max_length=100, required=False)
    occasion = serializers.ChoiceField(choices=Survey.Occasion.choices, required=False)
    case_kind = serializers.ChoiceField(choices=Case.Kind.choices, required=False, allow_blank=True)
    segment = serializers.PrimaryKeyRelatedField(queryset=Segment.objects.all(), required=False, allow_null=True)
    delay_hours = serializers.IntegerField(min_value=0, max_value=8_760, required=False)
    sample_percent = serializers.IntegerField(min_value=1, max_value=100, required=False)
    remind_days = serializers.IntegerField(min_value=0, max_value=365, required=False, help_text="0: never.")
    expires_days = serializers.IntegerField(min_value=1, max_value=365, required=False)
    low_score = serializers.IntegerField(min_value=0, max_value=10, required=False, allow_null=True)
    low_kind = serializers.ChoiceField(choices=Case.Kind.choices, required=False)
    team = Code(queryset=Team.objects.all(), required=False, allow_null=True)
    content = Document(names=ASKED, required=False, help_text=CONTENT)


class SurveyWish(SurveyChange):
    code = serializers.SlugField(max_length=40)
    name = OneLine(max_length=100)
    kind = serializers.ChoiceField(choices=Survey.Kind.choices)
    content = Document(names=ASKED, help_text=CONTENT)


class Planned(Shape):
    planned = serializers.IntegerField(help_text="How many invitations.")
