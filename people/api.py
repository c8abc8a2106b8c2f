"""What other systems see of views of pages: those that are shared, to read.

A token is an integration's and not a person's: nobody's own views are its business.
"""

from typing import Any, TypeVar, cast

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request

from config.rest import Paged
from people.models import NamedView
from people.requests import number

View = TypeVar("View", bound=NamedView)
PARAMETER = OpenApiParameter("view", int, description="Only what this shared view shows, by its id.")


class ViewUnknown(ValidationError):
    field = "view"

    def __init__(self) -> None:
        super().__init__(_("No view with this id is shared."), code="unknown_view")


class ViewShown(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()
    owner = serializers.CharField(source="owner.username", help_text="User name of who made it.")
    filters = serializers.DictField(
        child=serializers.CharField(), help_text="As the address of the page has them, ids of rows included."
    )


class ViewPage(Paged):
    results = ViewShown(many=True)


def asked(request: Request, kind: type[View]) -> View | None:
    """The view that the address asks for. Raises ViewUnknown."""
    if "view" not in request.query_params:
        return None
    pk = number(request.query_params["view"])
    view: Any = kind.objects.shared().filter(pk=pk).first()
    if view is None:
        raise ViewUnknown
    return cast(View, view)
