"""What can be asked of a customer, and how: the one list of fields that segments choose by, and what may stand there.

A segment's conditions are kept as plain JSON of exactly two levels, which can say anything that and, or and not can::

    {"match": "all", "groups": [{"match": "any", "not": false, "conditions": [
        {"field": "stage", "how": "in", "values": ["at_risk", "lapsed"], "name": "", "not": false}]}]}

No group at all means every customer.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.dates import MONTHS
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import ConsentDecision, Profile, Trait

Text = str | Promise
MOST_GROUPS, MOST_CONDITIONS, MOST_VALUES, LONGEST = 10, 20, 100, 200
DAYS, AMOUNT = 36_500, 10**15


class Kind(models.TextChoices):
    """What sort of thing a field holds; it says how the field can be asked about."""

    CHOICE = "choice"
    TEXT = "text"
    NUMBER = "number"
    MONEY = "money"
    MOMENT = "moment"
    MONTH = "month"
    TRAIT = "trait"
    CONSENT = "consent"


class How(models.TextChoices):
    IN = "in", gettext_lazy("is")
    KNOWN = "known", gettext_lazy("is known")
    AT_LEAST = "at_least", gettext_lazy("is at least")
    AT_MOST = "at_most", gettext_lazy("is at most")
    WITHIN = "within", gettext_lazy("lies within the last (days)")
    EARLIER = "earlier", gettext_lazy("was longer ago than (days)")
    SINCE = "since", gettext_lazy("was on or after")
    BEFORE = "before", gettext_lazy("was before")
    THIS_MONTH = "this_month", gettext_lazy("is this month")


HOWS: dict[str, tuple[How, ...]] = {
    Kind.CHOICE: (How.IN,),
    Kind.TEXT: (How.IN, How.KNOWN),
    Kind.NUMBER: (How.AT_LEAST, How.AT_MOST),
    Kind.MONEY: (How.AT_LEAST, How.AT_MOST),
    Kind.MOMENT: (How.WITHIN, How.EARLIER, How.SINCE, How.BEFORE, How.KNOWN),
    Kind.MONTH: (How.IN, How.THIS_MONTH, How.KNOWN),
    Kind.TRAIT: (How.IN, How.KNOWN),
    Kind.CONSENT: (How.IN,),
}
WITHOUT_VALUES = frozenset({How.KNOWN, How.THIS_MONTH})


@dataclass(frozen=True)
class Field:
    """A column of the customer or of the flat profile row (or a kind of trait) that a condition can be about."""

    name: str
    label: Text
    kind: Kind
    path: str
    choices: Sequence[tuple[Any, Text]] = ()
    less: str = ""  # the amount in this column is taken off


CONSENTS = [
    (f"{channel}:{purpose}", format_lazy(gettext_lazy("{purpose} by {channel}"), purpose=label, channel=through))
    for purpose, label in ConsentDecision.Purpose.choices
    for channel, through in ConsentDecision.Channel.choices
]

# An app above that keeps a column of Profile current adds its line here, and every segment can ask for it.
FIELDS: tuple[Field, ...] = (
    Field("stage", gettext_lazy("stage"), Kind.CHOICE, "profile__stage", Profile.Stage.choices),
    Field("country", gettext_lazy("country"), Kind.TEXT, "country"),
    Field("city", gettext_lazy("city"), Kind.TEXT, "city"),
    Field("language", gettext_lazy("language"), Kind.TEXT, "language"),
    Field("came_from", gettext_lazy("came from"), Kind.TEXT, "came_from"),
    Field("joined", gettext_lazy("became known"), Kind.MOMENT, "created_at"),
    Field("birthday", gettext_lazy("month of birth"), Kind.MONTH, "birth_month", list(MONTHS.items())),
    Field("purchases", gettext_lazy("number of purchases"), Kind.NUMBER, "profile__purchases"),
    Field("value", gettext_lazy("bought less returned"), Kind.MONEY, "profile__gross", less="profile__returned"),
    Field("returned", gettext_lazy("returned for"), Kind.MONEY, "profile__returned"),
    Field("first_purchase", gettext_lazy("first purchase"), Kind.MOMENT, "profile__first_purchase_at"),
    Field("last_purchase", gettext_lazy("last purchase"), Kind.MOMENT, "profile__last_purchase_at"),
    Field("usual_gap", gettext_lazy("usual days between purchases"), Kind.NUMBER, "profile__usual_gap_days"),
    Field("points", gettext_lazy("points available"), Kind.NUMBER, "profile__points_available"),
    Field("points_pending", gettext_lazy("points pending"), Kind.NUMBER, "profile__points_pending"),
    Field("tier", gettext_lazy("tier"), Kind.TEXT, "profile__tier"),
    Field("nps", gettext_lazy("last NPS answer"), Kind.NUMBER, "profile__nps"),
    Field("trait", gettext_lazy("trait"), Kind.TRAIT, Trait.Kind.TRAIT),
    Field("likes", gettext_lazy("likes"), Kind.TRAIT, Trait.Kind.LIKE),
    Field("dislikes", gettext_lazy("dislikes"), Kind.TRAIT, Trait.Kind.DISLIKE),
    Field("brand", gettext_lazy("favourite brand"), Kind.TRAIT, Trait.Kind.BRAND),
    Field("social", gettext_lazy("social handle"), Kind.TRAIT, Trait.Kind.SOCIAL),
    Field("consent", gettext_lazy("allows"), Kind.CONSENT, "", CONSENTS),
)
BY_NAME = {field.name: field for field in FIELDS}


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
    conditions: tuple[Condition, ...]
    negated: bool = False


@dataclass(frozen=True)
class Conditions:
    any: bool = False
    groups: tuple[Group, ...] = field(default=())

    def as_json(self) -> dict[str, Any]:
        groups = [
            {
                "match": _match(group.any),
                "not": group.negated,
                "conditions": [condition.as_json() for condition in group.conditions],
            }
            for group in self.groups
        ]
        return {"match": _match(self.any), "groups": groups}


class ConditionRefused(ValidationError):
    """A condition that cannot be asked; ``code`` says why.

    It is one of ``malformed``, ``unknown_field``, ``unknown_comparison``, ``wrong_value``, ``no_value``,
    ``too_many``, ``empty_group``.
    """


def _match(any_: bool) -> str:
    return "any" if any_ else "all"


def read(said: Any) -> Conditions:
    """The conditions that JSON says. Raises ConditionRefused."""
    match, groups = _read_match(said, "groups", MOST_GROUPS)
    return Conditions(match, tuple(_group(group) for group in groups))


def _read_match(said: Any, parts: str, most: int) -> tuple[bool, list[Any]]:
    if not isinstance(said, dict) or said.get("match", "all") not in ("all", "any"):
        raise ConditionRefused(_("A list of conditions says whether all or any of them count."), code="malformed")
    found = said.get(parts, [])
    if not isinstance(found, list):
        raise ConditionRefused(_("Conditions come as a list."), code="malformed")
    if len(found) > most:
        raise ConditionRefused(
            _("At most %(most)s stand together."), code="too_many", params={"most": most, "count": len(found)}
        )
    return said.get("match") == "any", found


def _group(said: Any) -> Group:
    match, found = _read_match(said, "conditions", MOST_CONDITIONS)
    if not found:
        raise ConditionRefused(_("A group has at least one condition."), code="empty_group")
    return Group(match, tuple(condition(each) for each in found), said.get("not") is True)


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
    if about.kind == Kind.TRAIT and about.path == Trait.Kind.TRAIT and not name:
        raise ConditionRefused(_("Say which trait."), code="no_value", params={"field": about.label})
    return Condition(about, how, _values(about, how, said.get("values", [])), name, said.get("not") is True)


def _values(about: Field, how: How, said: Any) -> tuple[Any, ...]:
    if how in WITHOUT_VALUES:
        return ()
    if not isinstance(said, list) or not said:
        raise ConditionRefused(
            _("Say with what %(field)s is compared."), code="no_value", params={"field": about.label}
        )
    if len(said) > (MOST_VALUES if how == How.IN else 1):
        raise ConditionRefused(_("These are too many values."), code="too_many", params={"field": about.label})
    return tuple(dict.fromkeys(_value(about, how, each) for each in said))


def _value(about: Field, how: How, said: Any) -> Any:
    if how == How.IN:
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
    most = DAYS if about.kind == Kind.MOMENT else AMOUNT
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
        for group in asked.groups
        for each in group.conditions
    )


def labels(about: Field, values: Iterable[Any]) -> list[str]:
    """What values are called where the field has names for them."""
    known = dict(about.choices)
    return [str(known.get(value, value)) for value in values]
