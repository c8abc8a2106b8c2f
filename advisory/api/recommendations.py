"""``/recommendations/``: as members see them; who may decide sees and moves the company's own state as well."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from advisory.actions import publications, recommendations
from advisory.confidentiality import Level
from advisory.models import Board, Recommendation, Term
from advisory.queries import recommendations as queries
from config.rest import ApiView, Moment, OneLine, Paged, etag, expected
from customers.api.customers import PAGE

Shape = serializers.Serializer[Any]
State = Recommendation.State
ADD, DECIDE = "advisory.add_recommendation", "advisory.decide_recommendation"
STATES = [state for state in State.choices if state[0] != State.MERGED]


class RecommendationShown(Shape):
    """``state`` is what was published. ``internal`` and ``version`` are there for who may decide."""

    id = serializers.IntegerField()
    board = serializers.CharField(source="board.code")
    number = serializers.IntegerField()
    title = serializers.CharField()
    text = serializers.CharField()
    state = serializers.ChoiceField(choices=State.choices, source="published")
    reason = serializers.SerializerMethodField(help_text="Of the decision, once it is published.")
    proposed_at = Moment()
    progress = serializers.SerializerMethodField(help_text="In per cent; 0 before the state is published.")
    internal = serializers.SerializerMethodField(help_text="The company's own state; null for who may not decide.")

    def get_reason(self, one: Recommendation) -> str:
        return queries.decision(one)

    def get_progress(self, one: Recommendation) -> int:
        return one.progress if self.context.get("decides") or one.published == one.state else 0

    def get_internal(self, one: Recommendation) -> str | None:
        return one.state if self.context.get("decides") else None


class RecommendationPage(Paged):
    results = RecommendationShown(many=True)


class RecommendationWish(Shape):
    board = serializers.CharField(max_length=40, help_text="The board's code.")
    title = OneLine(max_length=200)
    text = serializers.CharField(max_length=20_000, required=False, default="", allow_blank=True)
    member = serializers.IntegerField(required=False, allow_null=True, default=None, help_text="The id of their term.")


class RecommendationMove(Shape):
    to = serializers.ChoiceField(choices=STATES)
    reason = serializers.CharField(max_length=5_000, required=False, default="", allow_blank=True)


class Recommendations(ApiView):
    """Confidential ones are not there, for anybody: not in lists, not by id, not in counts."""

    queryset = Recommendation.objects.all()
    needs = {"create": ADD, "moves": DECIDE, "publication": DECIDE}
    lookup_value_regex = r"\d{1,9}"

    def get_queryset(self) -> QuerySet[Recommendation]:
        rows = Recommendation.objects.select_related("board")
        rows = rows.filter(level__lte=Level.BOARD, board__level__lte=Level.BOARD)
        return rows.exclude(state=State.MERGED)

    def get_serializer_context(self) -> dict[str, Any]:
        holder: Any = self.request.auth or self.request.user
        return {**super().get_serializer_context(), "decides": bool(holder and holder.has_perm(DECIDE))}

    def shown(self, one: Recommendation, status: int = 200) -> Response:
        context = self.get_serializer_context()
        headers = {"ETag": etag(one.version)} if context["decides"] else {}
        return Response(RecommendationShown(one, context=context).data, status=status, headers=headers)

    @extend_schema(
        parameters=[
            *PAGE,
            OpenApiParameter("board", str, description="Only of the board with this code."),
            OpenApiParameter("state", str, enum=[value for value, _label in STATES], description="As published."),
        ],
        responses=RecommendationPage,
    )
    def list(self, request: Request) -> Response:
        """The oldest first."""
        rows = self.get_queryset()
        if board := request.query_params.get("board"):
            rows = rows.filter(board__code=board)
        if state := request.query_params.get("state"):
            rows = rows.filter(published=state)
        return self.page(rows, order=("id",), kinds=(int,), shape=RecommendationShown)

    @extend_schema(responses=RecommendationShown)
    def retrieve(self, request: Request, pk: str) -> Response:
        """One recommendation."""
        return self.shown(self.get_object())

    @extend_schema(request=RecommendationWish, responses={201: RecommendationShown})
    def create(self, request: Request) -> Response:
        """Take one down. Refused with `title_missing` and `not_a_member`."""
        wish = self.wish(RecommendationWish)
        boards = Board.objects.standing().filter(level__lte=Level.BOARD)
        board = serializers.SlugRelatedField(queryset=boards, slug_field="code")
        member = serializers.PrimaryKeyRelatedField(queryset=Term.objects.all(), allow_null=True)
        one = recommendations.propose(
            board.run_validation(wish["board"]), wish["title"], text=wish["text"],
            term=member.run_validation(wish["member"]), by=self.caller,
        )  # fmt: skip
        return self.shown(one, 201)

    @extend_schema(request=RecommendationMove, responses={201: RecommendationShown})
    @action(detail=True, methods=["post"])
    def moves(self, request: Request, pk: str) -> Response:
        """The company's next step; takes the `ETag` as `If-Match`. Members see it after a publication.

        Refused with `wrong_state`, `reason_missing`, `update_missing` and `changed_meanwhile`.
        """
        wish = self.wish(RecommendationMove)
        one = recommendations.move(
            self.get_object(), wish["to"], reason=wish["reason"], expected=expected(request), by=self.caller
        )
        return self.shown(one, 201)

    @extend_schema(request=None, responses={201: RecommendationShown})
    @action(detail=True, methods=["post"])
    def publication(self, request: Request, pk: str) -> Response:
        """Members see what was decided; everybody concerned who agreed to it gets one message.

        Refused with `nothing_new`.
        """
        return self.shown(publications.publish(self.get_object(), by=self.caller), 201)
