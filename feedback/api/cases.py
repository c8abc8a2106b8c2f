"""``/cases/``: open, find, read, correct; what is said in them; and one address for each step."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from config.rest import etag, expected
from customers.api.customers import PAGE
from feedback.actions import cases, complaints, conversation, kinds, redress, reopenings, replies
from feedback.api import case_shapes as shapes
from feedback.api.one_case import JOINED, OfOneCase
from feedback.api.views import viewed
from feedback.models import Case, Entry
from feedback.queries import history
from feedback.queries import redress as lines
from feedback.queries.cases import order_of
from people.api import PARAMETER

ANSWER, CLOSE = "feedback.answer_case", "feedback.close_case"
SAID = 100
FILTERS = [
    OpenApiParameter("kind", str, enum=Case.Kind.values),
    OpenApiParameter("stage", str, enum=Case.Stage.values),
    OpenApiParameter("open", bool, description="Only those that are neither settled, merged nor spam."),
    OpenApiParameter("customer", str, description="The customer's number."),
    OpenApiParameter("team", str, description="The team's code."),
    OpenApiParameter("theme", str, description="The theme's code."),
    OpenApiParameter("received_from", OpenApiTypes.DATETIME),
    OpenApiParameter("received_before", OpenApiTypes.DATETIME),
    PARAMETER,
]


class FilterInvalid(ValidationError):
    def __init__(self, field: str) -> None:
        super().__init__(_("This is no value to choose by."), code="invalid")
        self.field = field


class OrderUnknown(ValidationError):
    field = "order"

    def __init__(self) -> None:
        super().__init__(_("The customer has no order with this number."), code="order_unknown")


def verb(name: str, wish: Any, needs: str, *, path: str = "") -> Callable[[Any], Any]:
    """One POST sub-resource that takes a step and answers with the case."""

    def register(step: Any) -> Any:
        taken = action(detail=True, methods=["post"], needs=needs, url_path=path or name, url_name=name)(step)
        return extend_schema(request=wish, responses={201: shapes.CaseShown})(taken)

    return register


class Cases(OfOneCase):
    serializer_class = shapes.CaseShown
    needs = {
        "create": "feedback.add_case",
        "partial_update": "feedback.change_case",
        "hear": "feedback.add_entry",
    }

    @extend_schema(parameters=[*FILTERS, *PAGE], responses=shapes.CasePage)
    def list(self, request: Request) -> Response:
        """Cases, latest received first. Refused with `unknown_view` and `view_needs_person`."""
        return self.page(
            self._chosen(request), order=("-received_at", "-id"), kinds=(datetime, int), shape=shapes.CaseRow
        )

    def _chosen(self, request: Request) -> QuerySet[Case]:
        asked, found = request.query_params, viewed(request).select_related(*JOINED)
        for name in ("kind", "stage"):
            if value := asked.get(name):
                found = found.filter(**{name: value})
        if asked.get("open", "").lower() in ("true", "1"):
            found = found.open()
        for name, path in (("customer", "customer__number"), ("team", "team__code"), ("theme", "theme__code")):
            if name in asked:
                found = found.filter(**{path: asked[name]})
        for name, path in (("received_from", "received_at__gte"), ("received_before", "received_at__lt")):
            if name in asked:
                found = found.filter(**{path: _moment(name, asked[name])})
        return found

    @extend_schema(request=shapes.NewCaseWish, responses={201: shapes.CaseShown})
    def create(self, request: Request) -> Response:
        """Open a case with its first message."""
        wish = _linked(self.wish(shapes.NewCaseWish), None)
        key = f"api:{self.caller.pk}:{request.headers['Idempotency-Key']}"
        case = cases.open(wish.pop("kind"), **wish, key=key, by=self.caller)
        address = request.build_absolute_uri(reverse("case-detail", args=[case.pk]))
        return self._shown(case, headers={"Location": address})

    @extend_schema(responses=shapes.CaseShown)
    def retrieve(self, request: Request, pk: str) -> Response:
        """Read one case. Internal notes are in it for those who may write."""
        return self._shown(self._at(pk), status=200)

    @extend_schema(request=shapes.CaseWish, responses=shapes.CaseShown)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Correct what you name; severity and impact decide the priority anew."""
        case = self._at(pk)
        wish = _linked(self.wish(shapes.CaseWish), case)
        return self._shown(cases.change(case, **wish, version=expected(request), by=self.caller), status=200)

    @extend_schema(parameters=PAGE, responses=shapes.EntryPage)
    @action(detail=True)
    def messages(self, request: Request, pk: str) -> Response:
        """What was said in a case, latest first."""
        said = self._entries(self._at(pk))
        return self.page(said, order=("-at", "-id"), kinds=(datetime, int), shape=shapes.EntryShown)

    @extend_schema(request=shapes.MessageWish, responses={201: shapes.EntryShown})
    @messages.mapping.post
    def hear(self, request: Request, pk: str) -> Response:
        """The customer says more. A settled case is reopened, or, after its window, followed by a new one."""
        entry = reopenings.hear(self._at(pk), **self.wish(shapes.MessageWish))
        return Response(shapes.EntryShown(entry).data, status=201)

    @extend_schema(request=shapes.NoteWish, responses={201: shapes.EntryShown})
    @action(detail=True, methods=["post"], needs="feedback.add_entry")
    def notes(self, request: Request, pk: str) -> Response:
        """Write something among colleagues. It is never sent."""
        entry = conversation.note(self._at(pk), self.wish(shapes.NoteWish)["text"], by=self.caller)
        return Response(shapes.EntryShown(entry).data, status=201)

    @extend_schema(request=shapes.ReplyWish, responses={201: shapes.EntryShown})
    @action(detail=True, methods=["post"], needs=ANSWER)
    def replies(self, request: Request, pk: str) -> Response:
        """Answer the customer. An e-mail goes out within seconds."""
        entry = replies.send(self._at(pk), **self.wish(shapes.ReplyWish), by=self.caller)
        return Response(shapes.EntryShown(entry).data, status=201)

    @verb("kind", shapes.KindWish, "feedback.change_case")
    def kind(self, request: Request, pk: str) -> Response:
        """Take the case for another kind, from when it was received."""
        return self._shown(kinds.change(self._at(pk), **self.wish(shapes.KindWish), by=self.caller))

    @verb("acknowledgement", None, ANSWER)
    def acknowledgement(self, request: Request, pk: str) -> Response:
        """The customer was told that the complaint is here."""
        return self._shown(complaints.acknowledge(self._at(pk), by=self.caller))

    @verb("investigation", None, ANSWER)
    def investigation(self, request: Request, pk: str) -> Response:
        """Somebody looks into it."""
        return self._shown(complaints.investigate(self._at(pk), by=self.caller))

    @verb("decision", shapes.CaseDecisionWish, ANSWER)
    def decision(self, request: Request, pk: str) -> Response:
        """Say whether the complaint is upheld, and why."""
        return self._shown(complaints.decide(self._at(pk), **self.wish(shapes.CaseDecisionWish), by=self.caller))

    @verb("redress", shapes.RedressWish, "feedback.add_redress")
    def redress(self, request: Request, pk: str) -> Response:
        """Propose what the customer gets. Above the caller's limit it waits until a colleague approves it."""
        wish = self.wish(shapes.RedressWish)
        key = f"api:{self.caller.pk}:{request.headers['Idempotency-Key']}"
        redress.propose(self._at(pk), wish.pop("kind"), **wish, key=key, by=self.caller)
        return self._shown(self._at(pk))

    @verb("offers", None, ANSWER)
    def offers(self, request: Request, pk: str) -> Response:
        """Offer the customer the redress that is approved."""
        return self._shown(complaints.offer(self._at(pk), by=self.caller))

    @verb("acceptance", None, ANSWER)
    def acceptance(self, request: Request, pk: str) -> Response:
        """The customer takes the offer: points and vouchers are theirs at once."""
        return self._shown(complaints.accept(self._at(pk), by=self.caller))

    @verb("refusal", None, ANSWER)
    def refusal(self, request: Request, pk: str) -> Response:
        """The customer does not take the offer."""
        return self._shown(complaints.decline(self._at(pk), by=self.caller))

    @verb("resolution", shapes.ResolutionWish, CLOSE)
    def resolution(self, request: Request, pk: str) -> Response:
        """Answer, decide, give goodwill points and close, all or nothing."""
        return self._shown(complaints.resolve(self._at(pk), **self.wish(shapes.ResolutionWish), by=self.caller))

    @verb("closing", shapes.CauseWish, CLOSE)
    def closing(self, request: Request, pk: str) -> Response:
        """Settle the case. What was upheld names its root cause."""
        return self._shown(complaints.close(self._at(pk), **self.wish(shapes.CauseWish), by=self.caller))

    @verb("reopening", None, CLOSE)
    def reopening(self, request: Request, pk: str) -> Response:
        """Open a settled case again, within the window."""
        return self._shown(reopenings.reopen(self._at(pk), by=self.caller))

    @verb("referral", shapes.CaseReferralWish, CLOSE)
    def referral(self, request: Request, pk: str) -> Response:
        """The customer has taken the complaint outside."""
        return self._shown(complaints.refer(self._at(pk), **self.wish(shapes.CaseReferralWish), by=self.caller))

    def _entries(self, case: Case) -> QuerySet[Entry]:
        said = Entry.objects.filter(case=case).select_related("author")
        holder: Any = self.request.auth or self.request.user
        return said if holder.has_perm("feedback.read_notes") else said.exclude(kind=Entry.Kind.NOTE)

    def _shown(self, case: Case, status: int = 201, headers: dict[str, str] | None = None) -> Response:
        fresh: Any = self.get_queryset().get(pk=case.pk)
        if fresh.customer_id:
            self.tells_of(fresh.customer_id)
        fresh.said = list(self._entries(fresh).order_by("-at", "-pk")[:SAID])[::-1]
        fresh.lines = lines.lines_of(fresh)
        headers = {"ETag": etag(history.version(fresh)), **(headers or {})}
        return Response(shapes.CaseShown(fresh).data, status=status, headers=headers)


def _linked(wish: dict[str, Any], case: Case | None) -> dict[str, Any]:
    """The order by its number, as one of the customer's."""
    if "order" in wish:
        number = wish.pop("order")
        customer = wish.get("customer", case.customer if case else None)
        wish["purchase"] = order_of(customer, number or "")
        if number and wish["purchase"] is None:
            raise OrderUnknown
    return wish


def _moment(name: str, text: str) -> datetime:
    try:
        moment = parse_datetime(text.replace(" ", "+"))
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise FilterInvalid(name)
    return moment
