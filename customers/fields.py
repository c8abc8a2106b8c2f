"""What segments can ask of a customer: the one list of fields, and how each sort of field can be asked about."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.dates import MONTHS
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from customers.models import ConsentDecision, Profile, Trait, Verb

Text = str | Promise


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
    FACT = "fact"
    BOUGHT = "bought"
    POSTCODE = "postcode"
    REACH = "reach"
    THEME = "theme"


class How(models.TextChoices):
    IN = "in", _("is")
    BEGINS = "begins", _("begins with")
    KNOWN = "known", _("is known")
    AT_LEAST = "at_least", _("is at least")
    AT_MOST = "at_most", _("is at most")
    ABOVE_AVERAGE = "above_average", _("is above the average of all")
    WITHIN = "within", _("lies within the last (days)")
    EARLIER = "earlier", _("was longer ago than (days)")
    SINCE = "since", _("was on or after")
    BEFORE = "before", _("was before")
    THIS_MONTH = "this_month", _("is this month")
    EVER = "ever", _("ever happened")


HOWS: dict[str, tuple[How, ...]] = {
    Kind.CHOICE: (How.IN,),
    Kind.TEXT: (How.IN, How.KNOWN),
    Kind.NUMBER: (How.AT_LEAST, How.AT_MOST),
    Kind.MONEY: (How.AT_LEAST, How.AT_MOST, How.ABOVE_AVERAGE),
    Kind.MOMENT: (How.WITHIN, How.EARLIER, How.SINCE, How.BEFORE, How.KNOWN),
    Kind.MONTH: (How.IN, How.THIS_MONTH, How.KNOWN),
    Kind.TRAIT: (How.IN, How.KNOWN),
    Kind.CONSENT: (How.IN,),
    Kind.FACT: (How.WITHIN, How.EVER, How.SINCE),
    Kind.BOUGHT: (How.IN,),
    Kind.POSTCODE: (How.BEGINS, How.KNOWN),
    Kind.REACH: (How.IN,),
    Kind.THEME: (How.IN, How.KNOWN),
}
WITHOUT_VALUES = frozenset({How.KNOWN, How.THIS_MONTH, How.EVER, How.ABOVE_AVERAGE})
WORDS = frozenset({How.IN, How.BEGINS})


@dataclass(frozen=True)
class Field:
    """A column of the customer or of the flat profile row (or a kind of trait) that a condition can be about."""

    name: str
    label: Text
    kind: Kind
    path: str
    choices: Sequence[tuple[Any, Text]] = ()
    less: str = ""  # the amount in this column is taken off
    per: str = ""  # the amount is for each of these
    names: Sequence[tuple[str, Text]] = ()  # which one it is about, where there is a list to choose from

    @property
    def needs_name(self) -> bool:
        return self.kind == Kind.FACT or (self.kind == Kind.TRAIT and self.path == Trait.Kind.TRAIT)


CONSENTS = [
    (f"{channel}:{purpose}", format_lazy(_("{purpose} by {channel}"), purpose=label, channel=through))
    for purpose, label in ConsentDecision.Purpose.choices
    for channel, through in ConsentDecision.Channel.choices
]
REACHES = [("email", _("e-mail")), ("phone", _("phone")), ("post", _("post"))]
GROSS, RETURNED = "profile__gross", "profile__returned"

# An app above that keeps a column of Profile current adds its line here, and every segment can ask for it.
FIELDS: tuple[Field, ...] = (
    Field("stage", _("stage"), Kind.CHOICE, "profile__stage", Profile.Stage.choices),
    Field("country", _("country"), Kind.TEXT, "country"),
    Field("city", _("city"), Kind.TEXT, "city"),
    Field("postcode", _("postcode"), Kind.POSTCODE, "postcode"),
    Field("language", _("language"), Kind.TEXT, "language"),
    Field("came_from", _("came from"), Kind.TEXT, "came_from"),
    Field("joined", _("became known"), Kind.MOMENT, "created_at"),
    Field("birthday", _("month of birth"), Kind.MONTH, "birth_month", list(MONTHS.items())),
    Field("birth_year", _("year of birth"), Kind.NUMBER, "birth_year"),
    Field("purchases", _("number of purchases"), Kind.NUMBER, "profile__purchases"),
    Field("value", _("bought less returned"), Kind.MONEY, GROSS, less=RETURNED),
    Field("average", _("average purchase"), Kind.MONEY, GROSS, less=RETURNED, per="profile__purchases"),
    Field("returned", _("returned for"), Kind.MONEY, RETURNED),
    Field("first_purchase", _("first purchase"), Kind.MOMENT, "profile__first_purchase_at"),
    Field("last_purchase", _("last purchase"), Kind.MOMENT, "profile__last_purchase_at"),
    Field("usual_gap", _("usual days between purchases"), Kind.NUMBER, "profile__usual_gap_days"),
    Field("bought_product", _("bought the product"), Kind.BOUGHT, "lines__product"),
    Field("bought_category", _("bought from the category"), Kind.BOUGHT, "lines__category"),
    Field("bought_brand", _("bought the brand"), Kind.BOUGHT, "lines__brand"),
    Field("bought_store", _("bought in the store"), Kind.BOUGHT, "store"),
    Field("points", _("points available"), Kind.NUMBER, "profile__points_available"),
    Field("points_pending", _("points pending"), Kind.NUMBER, "profile__points_pending"),
    Field("tier", _("tier"), Kind.TEXT, "profile__tier"),
    Field("nps", _("last NPS answer"), Kind.NUMBER, "profile__nps"),
    Field("theme", _("complained about the theme"), Kind.THEME, "profile__themes"),
    Field("risk", _("risk of leaving"), Kind.CHOICE, "profile__risk", Profile.Risk.choices),
    Field("rfm", _("recency, frequency, money"), Kind.TEXT, "profile__rfm"),
    Field("fact", _("what happened"), Kind.FACT, "", names=Verb.choices),
    Field("trait", _("trait"), Kind.TRAIT, Trait.Kind.TRAIT),
    Field("likes", _("likes"), Kind.TRAIT, Trait.Kind.LIKE),
    Field("dislikes", _("dislikes"), Kind.TRAIT, Trait.Kind.DISLIKE),
    Field("brand", _("favourite brand"), Kind.TRAIT, Trait.Kind.BRAND),
    Field("social", _("social handle"), Kind.TRAIT, Trait.Kind.SOCIAL),
    Field("consent", _("allows"), Kind.CONSENT, "", CONSENTS),
    Field("reach", _("can be reached by"), Kind.REACH, "", REACHES),
)
BY_NAME = {field.name: field for field in FIELDS}


def labels(about: Field, values: Iterable[Any]) -> list[str]:
    """What values are called where the field has names for them."""
    known = dict(about.choices)
    return [str(known.get(value, value)) for value in values]
