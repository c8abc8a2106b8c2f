"""What is asked of a customer: conditions out of the JSON that a segment keeps. What can be asked is in ``fields``.

Conditions stand in groups, of which all or any hold, and groups may stand in groups::

    {"match": "all", "groups": [{"match": "any", "not": false, "conditions": [
        {"field": "stage", "how": "in", "values": ["at_risk", "lapsed"], "name": "", "not": false},
        {"match": "all", "not": false, "conditions": [...]}]}]}

No group at all means every customer.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Union

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from customers.fields import BY_NAME, HOWS, WITHOUT_VALUES, WORDS, Field, How, Kind

MOST_GROUPS, MOST_CONDITIONS, MOST_VALUES, LONGEST = 10, 20, 100, 200
DEEPEST, MOST_TOGETHER = 4, 60  # groups in groups; conditions in all
DAYS, AMOUNT = 36_500, 10**15


@dataclass(frozen=True)
class Condition:
    """One thing asked of a customer. Days, numbers and money (minor units of the business's currency) are integers."""

    field: Field
    how: How
    values: tuple[Any, ...] = ()
    name: str = ""
    negated: bool = False

    def as_json(self) -> dict[str, Any]:
        values = [value.isoformat() if isinstance(value, date) else value for value in self.values]
        return {
            "field": self.field.name,
            "how": self.how.value,
            "values": values,
            "name": self.name,
            "not": self.negated,
        }


@dataclass(frozen=True)
class Group:
    any: bool
    conditions: tuple[Union[Condition, "Group"], ...]
    negated: bool = False

    def as_json(self) -> dict[str, Any]:
        found = [each.as_json() for each in self.conditions]
        return {"match": _match(self.any), "not": self.negated, "conditions": found}


@dataclass(frozen=True)
class Conditions:
    any: bool = False
    groups: tuple[Group, ...] = field(default=())

    def as_json(self) -> dict[str, Any]:
        return {"match": _match(self.any), "groups": [group.as_json() for group in self.groups]}


class ConditionRefused(ValidationError):
    """A condition that cannot be asked; ``code`` says why.

    It is one of ``malformed``, ``unknown_field``, ``unknown_comparison``, ``wrong_value``, ``no_value``,
    ``too_many``, ``too_deep``, ``empty_group``.
    """


def _match(any_: bool) -> str:
    return "any" if any_ else "all"


def read(said: Any) -> Conditions:
    """The conditions that JSON says. Raises ConditionRefused."""
    match, groups = _read_match(said, "groups", MOST_GROUPS)
    asked = Conditions(match, tuple(_group(group) for group in groups))
    count = sum(1 for _each in leaves(asked.groups))
    if count > MOST_TOGETHER:
        raise _too_many(MOST_TOGETHER, count)
    return asked


def _too_many(most: int, count: int) -> ConditionRefused:
    return ConditionRefused(
        _("At most %(most)s stand together."), code="too_many", params={"most": most, "count": count}
    )


def _read_match(said: Any, parts: str, most: int) -> tuple[bool, list[Any]]:
    if not isinstance(said, dict) or said.get("match", "all") not in ("all", "any"):
        raise ConditionRefused(_("A list of conditions says whether all or any of them count."), code="malformed")
    found = said.get(parts, [])
    if not isinstance(found, list):
        raise ConditionRefused(_("Conditions come as a list."), code="malformed")
    if len(found) > most:
        raise _too_many(most, len(found))
    return said.get("match") == "any", found


def _group(said: Any, depth: int = 1) -> Group:
    if depth > DEEPEST:
        raise ConditionRefused(
            _("Groups stand in each other %(most)s deep at most."), code="too_deep", params={"most": DEEPEST}
        )
    match, found = _read_match(said, "conditions", MOST_CONDITIONS)
    if not found:
        raise ConditionRefused(_("A group has at least one condition."), code="empty_group")
    parts = (_group(each, depth + 1) if _is_group(each) else condition(each) for each in found)
    return Group(match, tuple(parts), _negated(said))


def _negated(said: dict[str, Any]) -> bool:
    if said.get("not") not in (True, False, None):
        raise ConditionRefused(_("Whether it is turned round is true or false."), code="wrong_value")
    return bool(said.get("not"))


def _is_group(said: Any) -> bool:
    return isinstance(said, dict) and "conditions" in said


def condition(said: Any) -> Condition:
    """One condition out of JSON. Raises ConditionRefused."""
    if not isinstance(said, dict):
        raise ConditionRefused(_("A condition names a field."), code="malformed")
    about = BY_NAME.get(str(said.get("field")))
    if about is None:
        raise ConditionRefused(
            _("There is no field %(field)s."), code="unknown_field", params={"field": said.get("field")}
        )
    how = next((how for how in HOWS[about.kind] if how.value == said.get("how")), None)
    if how is None:
        raise ConditionRefused(
            _("%(field)s cannot be compared in this way."), code="unknown_comparison", params={"field": about.label}
        )
    name = str(said.get("name") or "").strip()[:60]
    if about.needs_name and not name:
        refused = _("Say what happened.") if about.names else _("Say which trait.")
        raise ConditionRefused(refused, code="no_value", params={"field": about.label})
    if about.names and name not in dict(about.names):
        raise _wrong(about, name)
    return Condition(about, how, _values(about, how, said.get("values", [])), name, _negated(said))


def _values(about: Field, how: How, said: Any) -> tuple[Any, ...]:
    if how in WITHOUT_VALUES:
        return ()
    if not isinstance(said, list) or not said:
        raise ConditionRefused(
            _("Say with what %(field)s is compared."), code="no_value", params={"field": about.label}
        )
    if len(said) > (MOST_VALUES if how in WORDS else 1):
        raise ConditionRefused(_("These are too many values."), code="too_many", params={"field": about.label})
    return tuple(dict.fromkeys(_value(about, how, each) for each in said))


def _value(about: Field, how: How, said: Any) -> Any:
    if how in WORDS:
        known = dict(about.choices)
        value = said if about.kind == Kind.MONTH else str(said).strip()
        if (known and value not in known) or not value or len(str(value)) > LONGEST or isinstance(value, bool):
            raise _wrong(about, said)
        return value.upper() if about.name == "country" else value
    if how in (How.SINCE, How.BEFORE):
        try:
            return date.fromisoformat(str(said))
        except ValueError:
            raise _wrong(about, said) from None
    most = DAYS if how in (How.WITHIN, How.EARLIER) else AMOUNT
    if not isinstance(said, int) or isinstance(said, bool) or not 0 <= said <= most:
        raise _wrong(about, said)
    return said


def _wrong(about: Field, said: Any) -> ConditionRefused:
    return ConditionRefused(
        _("%(field)s cannot be “%(value)s”."),
        code="wrong_value",
        params={"field": about.label, "value": str(said)[:60]},
    )


def follows_the_clock(asked: Conditions) -> bool:
    """Whether the answer depends on the moment at which it is asked."""
    return any(
        each.how in (How.WITHIN, How.EARLIER, How.THIS_MONTH) or each.field.kind == Kind.CONSENT
        for each in leaves(asked.groups)
    )


def leaves(parts: tuple[Condition | Group, ...]) -> Iterator[Condition]:
    """Every condition, however deep it stands."""
    for part in parts:
        if isinstance(part, Group):
            yield from leaves(part.conditions)
        else:
            yield part
