"""``/rules/``: earning rules, drafted, begun, ended. ``/earnings/``: what waits until somebody has looked."""

from django.db.models import Prefetch
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from config.rest import ApiView, Moment, OneLine, Paged
from config.strictness import Document, having
from customers.api.customers import PAGE
from loyalty.actions import reviews, rules
from loyalty.api.shapes import Shape
from loyalty.models import EarningReview, Rule, RuleVersion
from loyalty.queries import rules as questions
from loyalty.rules import reading, words

SAYS = having(
    *("on", "over", "cooldown_hours", "budget", "review"),
    effect=having("kind", "factor", "points", "per", "days"),
    when=having("what", "values", "name", "not"),
    caps=having("per", "points", "times", "days"),
    lasting=having("months", "days", "dates", "at_month_end", "slides"),
)


class VersionShown(serializers.ModelSerializer[RuleVersion]):
    sentence = serializers.SerializerMethodField(help_text="What it says, in words.")

    class Meta:
        model = RuleVersion
        fields = ["number", "says", "sentence", "begins_at", "ends_at"]
        extra_kwargs = {"says": {"source": "spec"}}

    says = serializers.JSONField(source="spec", help_text="What it says.")

    def get_sentence(self, version: RuleVersion) -> str:
        spec = reading.read(version.spec)
        names = questions.segment_names(spec)
        return words.sentence(spec, currency=version.rule.programme.currency, segments=names)


class RuleShown(serializers.ModelSerializer[Rule]):
    versions = VersionShown(many=True, help_text="The latest first; without `begins_at` it is a draft.")

    class Meta:
        model = Rule
        fields = ["id", "name", "versions"]


class RuleWish(Shape):
    name = OneLine(max_length=100)
    says = Document(
        names=SAYS,
        help_text='`{"on": "bought", "effect": {"kind": "multiply", "factor": "2"}, "when": [{"what": "category", '
        '"values": ["tea"]}], "caps": [{"per": "month", "points": 500}]}`; see docs/rules.md.',
    )


class BeginningWish(Shape):
    begins_at = Moment(required=False, help_text="Left out, now.")
    ends_at = Moment(required=False, help_text="Left out, it goes on until it is ended.")


class EndingWish(Shape):
    ends_at = Moment(required=False, help_text="Left out, now.")


class RulePage(Paged):
    results = RuleShown(many=True)


class Rules(ApiView):
    queryset = Rule.objects.filter(programme__main=True).prefetch_related(
        Prefetch("versions", RuleVersion.objects.select_related("rule__programme").order_by("-number"))
    )
    lookup_value_regex = "[0-9]{1,18}"
    needs = {"create": "loyalty.add_rule", "partial_update": "loyalty.change_rule"}

    @extend_schema(parameters=PAGE, responses=RulePage)
    def list(self, request: Request) -> Response:
        """All rules with their versions, in the order in which they were made."""
        return self.page(self.get_queryset(), order=("id",), kinds=(int,), shape=RuleShown)

    @extend_schema(responses=RuleShown)
    def retrieve(self, request: Request, pk: str) -> Response:
        """One rule."""
        return Response(RuleShown(self.get_object()).data)

    @extend_schema(request=RuleWish, responses={201: RuleShown})
    def create(self, request: Request) -> Response:
        """Draft a rule. It counts for nothing until it begins."""
        wish = self.wish(RuleWish)
        drafted = rules.draft(wish["name"], wish["says"], by=self.caller)
        return self._shown(drafted.rule_id, 201)

    @extend_schema(request=RuleWish, responses=RuleShown)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Change the draft, or draft the next version where the last has begun."""
        wish = self.wish(RuleWish, partial=True)
        rule = self.get_object()
        said = wish["says"] if "says" in wish else rule.versions.all()[0].spec
        rules.redraft(rule, said, name=wish.get("name", ""), by=self.caller)
        return self._shown(rule.pk)

    @extend_schema(request=BeginningWish, responses={201: RuleShown})
    @action(detail=True, methods=["post"], needs="loyalty.run_rule")
    def beginning(self, request: Request, pk: str) -> Response:
        """Let the draft begin: whatever happens from then on counts. The version before it ends there."""
        rule = self.get_object()
        rules.begin(rule, **self.wish(BeginningWish), by=self.caller)
        return self._shown(rule.pk, 201)

    @extend_schema(request=EndingWish, responses={201: RuleShown})
    @action(detail=True, methods=["post"], needs="loyalty.run_rule")
    def ending(self, request: Request, pk: str) -> Response:
        """End the rule. What it has given stays."""
        rule = self.get_object()
        rules.end(rule, **self.wish(EndingWish))
        return self._shown(rule.pk, 201)

    def _shown(self, pk: int, status: int = 200) -> Response:
        return Response(RuleShown(self.get_queryset().get(pk=pk)).data, status=status)


class EarningShown(serializers.ModelSerializer[EarningReview]):
    customer = serializers.CharField(source="customer.number")
    rule = serializers.CharField(source="award.rule.name")
    points = serializers.IntegerField(source="award.points")
    at = Moment(source="award.at")
    fact = serializers.IntegerField(source="award.calculation.fact_id", allow_null=True)
    purchase = serializers.IntegerField(source="award.calculation.purchase_id", allow_null=True)

    class Meta:
        model = EarningReview
        fields = ["id", "customer", "rule", "points", "at", "fact", "purchase", "state", "reason"]


class EarningPage(Paged):
    results = EarningShown(many=True)


class DecisionWish(Shape):
    approve = serializers.BooleanField()
    reason = OneLine(max_length=200, required=False, default="", help_text="Why not; needed to refuse.")


class Earnings(ApiView):
    queryset = EarningReview.objects.select_related("customer", "award__rule", "award__calculation")
    lookup_value_regex = "[0-9]{1,18}"

    @extend_schema(parameters=PAGE, responses=EarningPage)
    def list(self, request: Request) -> Response:
        """Points that wait until somebody has looked at what they are for, the oldest first."""
        waiting = self.get_queryset().filter(state=EarningReview.State.WAITING)
        return self.page(waiting, order=("id",), kinds=(int,), shape=EarningShown)

    @extend_schema(request=DecisionWish, responses={201: EarningShown})
    @action(detail=True, methods=["post"], needs="loyalty.decide_earningreview")
    def decision(self, request: Request, pk: str) -> Response:
        """Give the points, or refuse them with a reason."""
        wish, review = self.wish(DecisionWish), self.get_object()
        self.tells_of(review.customer_id)
        if wish["approve"]:
            reviews.approve(review, by=self.caller)
        else:
            reviews.decline(review, reason=wish["reason"], by=self.caller)
        return Response(EarningShown(self.get_queryset().get(pk=review.pk)).data, status=201)
