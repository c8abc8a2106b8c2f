"""``/cases/{id}/letters/``, ``/macros/``, ``/merge/``, ``/split/``, ``/alike/``: texts, and one case or two."""

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from feedback.actions import letters, macros, merging, splitting
from feedback.api import case_shapes as shapes
from feedback.api.one_case import OfOneCase
from feedback.models import Case, CorrectiveAction, Entry, LetterTemplate, Macro, Redress
from feedback.queries import alike
from feedback.queries.macros import offered

ANSWER, MERGE = "feedback.answer_case", "feedback.merge_case"
PURPOSE = OpenApiParameter("purpose", str, enum=LetterTemplate.Purpose.values, required=True)


class CaseMoves(OfOneCase):
    serializer_class = shapes.CaseRow
    needs = {"send_letter": ANSWER, "use_macro": "feedback.change_case"}

    @extend_schema(parameters=[PURPOSE], responses=shapes.LetterShown)
    @action(detail=True)
    def letters(self, request: Request, pk: str) -> Response:
        """A letter as it would go out now, filled in from its template."""
        purpose = request.query_params.get("purpose", "")
        if purpose not in LetterTemplate.Purpose.values:
            raise Http404
        return Response(shapes.LetterShown(letters.draft(self._at(pk), purpose, by=self.caller)).data)

    @extend_schema(request=shapes.LetterWish, responses={201: shapes.EntryShown})
    @letters.mapping.post
    def send_letter(self, request: Request, pk: str) -> Response:
        """Send a letter. One with gaps is refused; an acknowledgement moves a complaint that was only received."""
        wish = self.wish(shapes.LetterWish)
        entry = letters.send(self._at(pk), wish.pop("purpose"), **wish, by=self.caller)
        return Response(shapes.EntryShown(entry).data, status=201)

    @extend_schema(operation_id="cases_macros_list", responses=shapes.MacroList)
    @action(detail=True)
    def macros(self, request: Request, pk: str) -> Response:
        """Macros that are offered in a case, by name."""
        return Response(shapes.MacroList({"results": offered(self._at(pk))}).data)

    @extend_schema(responses=shapes.MacroFilled)
    @action(detail=True, url_path=r"macros/(?P<macro>[0-9]{1,15})")
    def macro(self, request: Request, pk: str, macro: str) -> Response:
        """One of them with its text filled in, in the case's language."""
        case = self._at(pk)
        one = self._offered(case, macro)
        text = macros.text_for(one, case, by=self.caller)
        return Response(shapes.MacroFilled({"id": one.pk, "name": one.name, "text": text}).data)

    @extend_schema(request=None, responses={201: shapes.CaseRow})
    @macro.mapping.post
    def use_macro(self, request: Request, pk: str, macro: str) -> Response:
        """Take its steps. The text is not sent by this: send it as a reply."""
        case = self._at(pk)
        return self._row(macros.apply(self._offered(case, macro), case, by=self.caller).pk)

    @extend_schema(request=shapes.CaseMergeWish, responses={201: shapes.CaseRow})
    @action(detail=True, methods=["post"], needs=MERGE)
    def merge(self, request: Request, pk: str) -> Response:
        """Take everything of this case to another of the same customer, which is the answer."""
        into = self._at(str(self.wish(shapes.CaseMergeWish)["into"]))
        move = merging.merge(self._at(pk), into=into, by=self.caller)
        return self._row(move.target_id)

    @extend_schema(request=shapes.CaseSplitWish, responses={201: shapes.CaseRow})
    @action(detail=True, methods=["post"], needs=MERGE)
    def split(self, request: Request, pk: str) -> Response:
        """Take some messages to a new case that follows this one, which is the answer."""
        wish = self.wish(shapes.CaseSplitWish)
        entries = list(Entry.objects.filter(pk__in=wish["entries"]))
        move = splitting.split(
            self._at(pk), entries, subject=wish.get("subject", ""),
            redress=list(Redress.objects.filter(pk__in=wish.get("redress", ()))),
            corrective=list(CorrectiveAction.objects.filter(pk__in=wish.get("corrective_actions", ()))),
            by=self.caller,
        )  # fmt: skip
        return self._row(move.target_id)

    @extend_schema(responses=shapes.AlikeList)
    @action(detail=True)
    def alike(self, request: Request, pk: str) -> Response:
        """Open cases that may be about the same."""
        found = alike.of_case(self._at(pk))
        rows = self.get_queryset().in_bulk([one.case.pk for one in found])
        told = [{"case": rows[one.case.pk], "why": one.why} for one in found]
        return Response(shapes.AlikeList({"results": told}).data)

    def _offered(self, case: Case, pk: str) -> Macro:
        return get_object_or_404(offered(case, most=None), pk=int(pk))

    def _row(self, pk: int) -> Response:
        row: Any = self.get_queryset().get(pk=pk)
        return Response(shapes.CaseRow(row).data, status=201)
