"""What every view of the API stands on. It is below all apps, so that each of them can have its ``api.py``."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, cast

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions, serializers
from rest_framework.fields import empty
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from config import errors, paging, strictness
from config.lines import one_line

LARGEST_KEY = 100
Details = dict[str, list[exceptions.ErrorDetail]]


class KeyMissing(ValidationError):
    field = "Idempotency-Key"

    def __init__(self) -> None:
        message = _("Send an Idempotency-Key header with every POST: a text of your own, new for each intention.")
        super().__init__(message, code="idempotency_key_missing")


class KeyInvalid(ValidationError):
    field = "Idempotency-Key"

    def __init__(self) -> None:
        message = _("An Idempotency-Key is 1 to %(largest)s visible ASCII characters.")
        super().__init__(message, code="idempotency_key_invalid", params={"largest": LARGEST_KEY})


class LengthMissing(exceptions.APIException):
    """The body comes in pieces: servers hand it on as empty, and nothing would be read."""

    status_code = 411
    default_code = "length_required"

    def __init__(self) -> None:
        super().__init__(_("Send the body in one piece, with its Content-Length."))


class OneLine(serializers.CharField):
    """A text of one line: see ``config.lines``."""

    def run_validation(self, data: Any = empty) -> Any:
        return super().run_validation(one_line(data) if isinstance(data, str) else data)


YEARS = range(1900, 2201)  # beyond them nothing of a business lies, and reckoning with days ends


class Day(serializers.DateField):
    """A day that can be reckoned with."""

    def to_internal_value(self, value: Any) -> date:
        return _near(super().to_internal_value(value))


class Moment(serializers.DateTimeField):
    """A moment that can be reckoned with."""

    def to_internal_value(self, value: Any) -> datetime:
        return _near(super().to_internal_value(value))


def _near(day: Any) -> Any:
    if day.year not in YEARS:
        message = _("The year must be from %(first)s to %(last)s.") % {"first": YEARS[0], "last": YEARS[-1]}
        raise exceptions.ValidationError(message, code="invalid")
    return day


class Paged(serializers.Serializer[Any]):
    """One page of a list, with links to those beside it."""

    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)


class ApiView(GenericViewSet[Any]):
    """A view of the API.

    ``needs`` is the permission that its writes ask for, or one per action: ``{"create": "customers.add_customer"}``;
    ``@action(needs=…)`` says it for one verb. Reads need the permission to view the queryset's model.
    ``keeps_replies`` is False for a POST that writes nothing: it takes no Idempotency-Key. The replies of a
    ``confidential`` view are encrypted while they are kept: they have personal data or a secret. Where a view
    ``answers_items``, what is wrong with an item of a list is said of that item and keeps out no other.
    """

    needs: str | dict[str, str] | None = None
    keeps_replies = True
    confidential = False
    answers_items = False
    unknown_of: Mapping[int, Details] = {}  # fields of such items that nobody knows, by the place of the item

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        if not hasattr(self, str(request.method).lower()):
            self.http_method_not_allowed(request)
        super().initial(request, *args, **kwargs)
        if "\0" in request.path:
            raise Http404
        if "HTTP_TRANSFER_ENCODING" in request.META:
            raise LengthMissing
        if any("\0" in text for name, values in request.query_params.lists() for text in (name, *values)):
            raise ValidationError(_("The address has a character that cannot be stored."), code="invalid")
        said = strictness.said_of(type(self), self.action or "", str(request.method))
        if request.query_params and said.parameters is not None:
            strictness.refuse_parameters(request.query_params, said.parameters)
        if request.method == "POST" and self.keeps_replies:
            key = request.headers.get("Idempotency-Key")
            if key is None:
                raise KeyMissing
            if not (0 < len(key) <= LARGEST_KEY and key.isascii() and key.isprintable()):
                raise KeyInvalid
            if known := request._request.claim.take(request.user):  # type: ignore[attr-defined]
                raise errors.Answered(known)
        if said.fields is not None:
            self._refuse_unknown(request.data, said)

    def _refuse_unknown(self, content: Any, said: strictness.Said) -> None:
        """Nothing that is sent is passed over. Raises rest_framework's ValidationError with all that is wrong."""
        assert said.fields is not None
        if isinstance(content, list) and self.answers_items:
            found = {place: strictness.unknown_fields(one, said.fields) for place, one in enumerate(content)}
            self.unknown_of = {place: unknown for place, unknown in found.items() if unknown}
        elif isinstance(content, dict):
            if unknown := strictness.unknown_fields(content, said.fields):
                raise exceptions.ValidationError({**unknown, **self._other_flaws(content, said)})
        elif content and said.shape is None:
            raise exceptions.ValidationError(_("Nothing is to be said here."))

    def _other_flaws(self, content: Any, said: strictness.Said) -> Any:
        if said.shape is None or self.request.method != "POST":
            return {}
        read = said.shape(data=content, context=self.get_serializer_context())
        return {} if read.is_valid() else read.errors

    def options(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        """By which methods the address can be called, in the header Allow; what they take is in the schema."""
        return Response(status=204)

    @property
    def caller(self) -> Any:
        """Whom facts and rows name as their author: the person, or the user that the integration acts as."""
        return self.request.user

    @property
    def through(self) -> str:
        """What the access log calls the caller: the integration by name."""
        return str(getattr(self.request.auth, "name", "API"))

    def wish(self, shape: type[serializers.BaseSerializer[Any]], **options: Any) -> Any:
        """What was sent, in the shape of this serializer. Raises rest_framework's ValidationError."""
        read = shape(data=self.request.data, context=self.get_serializer_context(), **options)
        read.is_valid(raise_exception=True)
        return read.validated_data

    def wishes(self, shape: type[serializers.Serializer[Any]]) -> tuple[dict[int, Any], dict[int, Any]]:
        """What a list of such says by the places of its items, and what is wrong with those that cannot be read."""
        read, wrong = {}, {}
        one = shape(context=self.get_serializer_context())
        for place, content in enumerate(self.request.data):
            unknown = self.unknown_of.get(place, {})
            try:
                wish = one.run_validation(content)
                if not unknown:
                    read[place] = wish
            except exceptions.ValidationError as flaw:
                said: Any = flaw.detail
                unknown = {**unknown, **(said if isinstance(said, dict) else {"non_field_errors": said})}
            if unknown:
                wrong[place] = unknown
        return read, wrong

    def tells_of(self, customer: int) -> None:
        """Say whom the answer tells of: what is kept of it for a repetition is emptied when they are erased."""
        if claim := getattr(self.request._request, "claim", None):
            claim.customer = customer

    def page(
        self,
        queryset: QuerySet[Any],
        *,
        order: tuple[str, ...],
        kinds: tuple[type, ...],
        shape: type[serializers.BaseSerializer[Any]],
    ) -> Response:
        """One page of a list; see ``config.paging.page``."""
        found = paging.page(queryset, self.request, order=order, kinds=kinds)
        rows = cast(Any, shape)(found.rows, many=True, context=self.get_serializer_context()).data
        return Response({**found.links(self.request), "results": rows})


def etag(version: int) -> str:
    return f'"{version}"'


def expected(request: Request) -> int | None:
    """The version that the caller read and means to change (If-Match); None where any will do."""
    wanted = request.headers.get("If-Match", "*").strip()
    if wanted == "*":
        return None
    version = wanted.removeprefix("W/").strip('"')
    return int(version) if version.isascii() and version.isdigit() and len(version) < 10 else 0
