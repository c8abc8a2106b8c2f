"""Lists of the back office over tables that grow without end: read-only, opened without counting a row."""

from collections.abc import Iterable
from typing import Any

from django.contrib.admin.options import IncorrectLookupParameters
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from unfold.admin import ModelAdmin
from unfold.paginator import InfinitePaginator

from config.spreadsheets import list_as_csv


class ReadOnlyList(ModelAdmin):
    """A list whose rows lead to a page of ours: ``page_of`` says which. Nothing can be added, changed or deleted.

    Whoever holds ``export_permission`` gets it as a file, filtered as it is shown (``?format=csv``).
    """

    paginator = InfinitePaginator
    show_full_result_count = False
    list_per_page = 50
    ordering = ["-pk"]
    actions = None
    list_before_template = "admin/export_list.html"
    export_permission = ""

    def page_of(self, row: Any) -> str:
        """The address of the page about a row."""
        raise NotImplementedError

    def exported(self, request: HttpRequest, rows: QuerySet[Any]) -> Iterable[Model]:
        """The rows of a file, as they leave."""
        return rows.iterator(chunk_size=1000)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponseBase:
        may_export = request.user.has_perm(self.export_permission)
        if "format" in request.GET:
            asked = request.GET.copy()
            del asked["format"]
            request.GET = asked  # type: ignore[assignment]
            if may_export and self.has_view_permission(request):
                try:
                    rows = self.get_changelist_instance(request).get_queryset(request)
                except IncorrectLookupParameters:
                    return redirect(request.path)
                return list_as_csv(self, request, self.exported(request, rows))
        return super().changelist_view(request, {"may_export": may_export} | (extra_context or {}))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        row: Model = get_object_or_404(self.get_queryset(request), pk=object_id)
        return redirect(self.page_of(row))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
