"""``/cases/views/``: the views of the desk that are shared, and the cases that one of them shows."""

from typing import cast
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from config.rest import ApiView
from customers.api.customers import PAGE
from feedback.models import Case, SavedView
from feedback.models.cases import CaseQuerySet
from feedback.queries.queue import Filters, today_ends
from people.api import ViewPage, ViewShown, asked
from people.models import User


class ViewNeedsPerson(ValidationError):
    field = "view"

    def __init__(self) -> None:
        message = _("This view shows each agent their own cases: a token has none.")
        super().__init__(message, code="view_needs_person")


class DeskViews(ApiView):
    queryset = Case.objects.all()

    @extend_schema(parameters=PAGE, responses=ViewPage)
    @action(detail=False)
    def views(self, request: Request) -> Response:
        """Views of the desk that are shared with a team or with all. Take the cases of one by `/cases/?view=`."""
        shared = SavedView.objects.shared().select_related("owner")
        return self.page(shared, order=("id",), kinds=(int,), shape=ViewShown)


def viewed(request: Request) -> CaseQuerySet:
    """The cases of the view that is asked for, or all. Raises ViewUnknown and ViewNeedsPerson."""
    view = asked(request, SavedView)
    if view is None:
        return Case.objects.all()
    filters, now = Filters.read(view.filters), timezone.now()
    if filters.agent == "me":
        raise ViewNeedsPerson
    ends = today_ends(now, ZoneInfo(settings.BUSINESS_ZONE))
    return filters.cases(person=cast(User, request.user), at=now, today_ends=ends)
