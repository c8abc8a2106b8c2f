"""What a template may name, and what it means to whoever writes one. There is nothing else to reach. Pure."""

from dataclasses import dataclass, field
from enum import Enum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Kind(Enum):
    TEXT = "text"
    NUMBER = "number"
    LINK = "link"  # an address that we made ourselves, the only kind that may stand in href and src
    LIST = "list"


@dataclass(frozen=True)
class Name:
    label: Promise | str
    kind: Kind = Kind.TEXT
    fields: dict[str, Kind] = field(default_factory=dict)  # what each thing of a list says of itself


NAMES: dict[str, Name] = {
    "name": Name(_("the customer's name")),
    "first_name": Name(_("what to call them: the first name where it can be told, else the name")),
    "number": Name(_("the customer's number")),
    "city": Name(_("the city where they live")),
    "birthday": Name(_("the birthday, day and month")),
    "age": Name(_("how old they become this year; nothing where the year is not known"), Kind.NUMBER),
    "points": Name(_("points that can be used now"), Kind.NUMBER),
    "points_name": Name(_("the programme's name")),
    "points_expiring": Name(_("points that expire next"), Kind.NUMBER),
    "points_expire_on": Name(_("the last day on which those can be used")),
    "tier": Name(_("the tier")),
    "last_order": Name(_("the number of the last order")),
    "last_bought_on": Name(_("the day of the last order")),
    "last_product": Name(_("a product of the last order")),
    "purchases": Name(_("how many orders there were"), Kind.NUMBER),
    "vouchers": Name(
        _("vouchers that are open"),
        Kind.LIST,
        {"code": Kind.TEXT, "name": Kind.TEXT, "until": Kind.TEXT},
    ),
    "products": Name(
        _("products that customers like this one bought too"), Kind.LIST, {"name": Kind.TEXT, "code": Kind.TEXT}
    ),
    "business": Name(_("the name of the business")),
    "today": Name(_("the day of the message")),
    "unsubscribe_link": Name(_("the page where one ends such messages with one button"), Kind.LINK),
    "preferences_link": Name(_("the page where customers say what they want, and how"), Kind.LINK),
    "feedback_link": Name(_("the form by which they write to us"), Kind.LINK),
}

# Those that a step of a plan gives along; without one they are empty.
GIVEN: dict[str, Name] = {
    "offer": Name(_("what is offered")),
    "offer_code": Name(_("the code of the offer's voucher, unique for each customer")),
    "offer_until": Name(_("the last day of the offer")),
    "content_title": Name(_("the title of the article or newsletter")),
    "content_link": Name(_("its address"), Kind.LINK),
    "event": Name(_("the event")),
    "event_at": Name(_("when it is, on the customer's clock")),
    "event_place": Name(_("where it is")),
    "event_link": Name(_("where to answer the invitation"), Kind.LINK),
    "board_link": Name(_("the invitation to the customer board"), Kind.LINK),
    "survey_link": Name(_("a survey"), Kind.LINK),
    "share_link": Name(_("the link by which the customer brings a friend"), Kind.LINK),
    "confirm_link": Name(_("where a customer confirms that they want to hear of us"), Kind.LINK),
    "variant": Name(_("which of the versions that are compared: a, b, …")),
    "order": Name(_("the number of the order that it is about")),
    "occasion": Name(_("what it is about, as the timeline says it")),
    "agent": Name(_("who calls or writes")),
}

KNOWN = NAMES | GIVEN
