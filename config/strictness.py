"""Nothing that is sent is passed over: a field or a parameter that an operation does not know is refused.

What an operation knows is what its description says: the OpenAPI schema and this are one and the same.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cache
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.permissions import SAFE_METHODS
from rest_framework.serializers import DictField, JSONField, ListField, ListSerializer, Serializer

CODE, PARAMETER = "unknown_field", "unknown_parameter"
YES_OR_NO = frozenset({"true", "false", "1", "0"})
MOST_TOLD, MOST_LISTED, LONGEST = 20, 15, 60


@dataclass(frozen=True)
class Names:
    """The fields of an object. ``inner`` are those that hold objects themselves, alone or in a list."""

    known: frozenset[str] = frozenset()
    inner: tuple[tuple[str, "Names"], ...] = ()
    shown: frozenset[str] = frozenset()  # those that may come back with a change, and are left alone
    keyed: bool = False  # such objects stand under keys that anybody chooses

    def with_answer(self, answer: "Names") -> "Names":
        """The same for somebody who sends back what was read: fields of the answer are known as well."""
        theirs = dict(answer.inner)
        inner = tuple((name, names.with_answer(theirs.get(name, names))) for name, names in self.inner)
        return replace(self, inner=inner, shown=answer.known)


def having(*known: str, **inner: Names) -> Names:
    """The fields of an object that is written out by hand: plain ones, and those that hold objects."""
    return Names(frozenset((*known, *inner)), tuple(inner.items()))


class Document(JSONField):
    """JSON that a reader of its own takes; ``names`` are the fields that it knows."""

    def __init__(self, *, names: Names, **options: Any) -> None:
        super().__init__(**options)
        self.names = names


@dataclass(frozen=True)
class Said:
    """What the description of an operation says that it takes. None: that cannot be told."""

    fields: Names | None = None
    shape: type[Serializer[Any]] | None = None
    parameters: Mapping[str, frozenset[str] | None] | None = None  # with the values that they can have


def names_of(shape: Any, *, answers: bool = False) -> Names | None:
    """The fields that a serializer reads, or gives. None for a field that is no object."""
    if isinstance(shape, type):
        shape = shape()
    if isinstance(shape, (ListSerializer, ListField)):
        return names_of(shape.child, answers=answers)
    if isinstance(shape, DictField):
        child = names_of(shape.child, answers=answers)
        return child and replace(child, keyed=True)
    if isinstance(shape, Document):
        return shape.names
    if not isinstance(shape, Serializer):
        return None
    fields = {name: each for name, each in shape.fields.items() if answers or not each.read_only}
    inner = {name: names_of(each, answers=answers) for name, each in fields.items()}
    return Names(frozenset(fields), tuple((name, one) for name, one in inner.items() if one))


@cache
def said_of(kind: type, action: str, method: str) -> Said:
    """What an operation is described to take: by ``extend_schema`` on the method of the view."""
    schema = getattr(getattr(kind, action, None), "kwargs", {}).get("schema")
    if schema is None:
        return Said()
    view = kind()
    view.action, view.request, view.kwargs, view.format_kwarg = action, None, {}, None
    described = schema()
    described.view, described.method = view, method
    parameters = dict(_parameters(described.get_override_parameters()))
    if method in SAFE_METHODS:
        return Said(None, None, parameters)
    wanted = described.get_request_serializer() if method != "DELETE" else None
    if wanted is None:
        return Said(Names(), None, parameters)
    shape = _shape(wanted)
    names = names_of(shape) if shape else None
    if names and method != "POST":
        answers = described.get_response_serializers()
        answer = _shape(answers.get(200) if isinstance(answers, dict) else answers)
        names = names.with_answer((names_of(answer, answers=True) if answer else None) or Names())
    return Said(names, shape, parameters)


def _shape(said: Any) -> type[Serializer[Any]] | None:
    """The serializer of one object, where there is one."""
    if isinstance(said, ListSerializer):
        said = said.child
    kind = said if isinstance(said, type) else type(said)
    return kind if issubclass(kind, Serializer) else None


def _parameters(said: Iterable[Any]) -> Iterator[tuple[str, frozenset[str] | None]]:
    """What may be asked in the address, and the values that it may have where there is a list of them."""
    for one in said:
        if not isinstance(one, OpenApiParameter):
            yield from ((name, None) for name in (one() if isinstance(one, type) else one).fields)
        elif one.location == OpenApiParameter.QUERY:
            yield one.name, YES_OR_NO if one.type is bool else frozenset(map(str, one.enum)) if one.enum else None


def unknown_fields(content: Any, names: Names, where: str = "") -> dict[str, list[ErrorDetail]]:
    """The fields of what was sent that nobody knows, each by its place, as rest_framework tells of errors."""
    found: dict[str, list[ErrorDetail]] = {}
    _look(content, names, where, found)
    return found


def _look(content: Any, names: Names, where: str, found: dict[str, list[ErrorDetail]]) -> None:
    if type(content) is list:
        for place, one in enumerate(content):
            _look(one, names, f"{where}{place}.", found)
        return
    if type(content) is not dict:
        return
    if names.keyed:
        one = replace(names, keyed=False)
        for key, value in content.items():
            _look(value, one, f"{where}{key}.", found)
        return
    if not names.known.issuperset(content):
        for name in content:
            if name not in names.known and name not in names.shown:
                note(found, where, name, names.known)
    for name, inner in names.inner:
        if (value := content.get(name)) is not None:
            _look(value, inner, f"{where}{name}.", found)


def note(found: dict[str, list[ErrorDetail]], where: str, name: str, known: Iterable[str]) -> None:
    """Add what is said about a field that nobody knows; of very many the first are enough."""
    if len(found) < MOST_TOLD:
        short = name if len(name) <= LONGEST else f"{name[:LONGEST]}…"
        found[where + short] = [ErrorDetail(_sentence(short, sorted(known)), code=CODE)]


def _sentence(name: str, known: list[str]) -> str:
    if close := get_close_matches(name, known, n=2):
        meant = _(" or ").join(close)
        return _("There is no field %(name)s here. Did you mean %(meant)s?") % {"name": name, "meant": meant}
    if not known:
        return _("There is no field %(name)s here: nothing is to be said.") % {"name": name}
    if len(known) > MOST_LISTED:
        return _("There is no field %(name)s here.") % {"name": name}
    there = ", ".join(known)
    return _("There is no field %(name)s here. These are: %(known)s.") % {"name": name, "known": there}


def refuse_parameters(asked: QueryDict, known: Mapping[str, frozenset[str] | None]) -> None:
    """What the address asks for is known, is said once, and has a value that it can have; empty is as left out.

    Raises rest_framework's ValidationError.
    """
    wrong: dict[str, list[ErrorDetail]] = {}
    for name, values in asked.lists():
        choices = known.get(name)
        if name not in known:
            wrong[name[:LONGEST]] = [ErrorDetail(_asked(name[:LONGEST], known), code=PARAMETER)]
        elif len(values) > 1:
            wrong[name] = [ErrorDetail(_("This is said twice."), code="invalid")]
        elif choices and values[0] and values[0] not in choices and values[0].lower() not in choices & YES_OR_NO:
            there = ", ".join(sorted(choices))
            wrong[name] = [ErrorDetail(_("This is none of: %(known)s.") % {"known": there}, code="invalid_choice")]
    if wrong:
        raise ValidationError(dict(list(wrong.items())[:MOST_TOLD]))


def _asked(name: str, known: Iterable[str]) -> str:
    known = sorted(known)
    if close := get_close_matches(name, known, n=2):
        meant = _(" or ").join(close)
        return _("There is no parameter %(name)s here. Did you mean %(meant)s?") % {"name": name, "meant": meant}
    if not known:
        return _("There is no parameter %(name)s here; this address takes none.") % {"name": name}
    there = ", ".join(known)
    return _("There is no parameter %(name)s here. These are: %(known)s.") % {"name": name, "known": there}
