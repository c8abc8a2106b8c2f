"""What customers say themselves about what they want to hear: by a signed link, without an account."""

from collections.abc import Collection
from datetime import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from communications import links
from communications.links import About
from customers.actions import consents
from customers.actions.consents import Decision
from customers.models import ConsentDecision, Customer
from customers.queries.consents import Consent, current

Choice = tuple[str, str]  # channel and purpose
ONE_CLICK, PAGE, PREFERENCES = "one-click", "unsubscribe page", "preference page"


class LinkRefused(ValidationError):
    """``link_unknown`` for one that we never made, ``link_expired`` where the customer is known no more."""

    def __init__(self, code: str) -> None:
        texts = {
            "link_unknown": gettext_lazy("We do not know this address. Perhaps it was copied only in part."),
            "link_expired": gettext_lazy("We keep nothing about you any more, and write to you no more."),
        }
        super().__init__(texts[code], code=code)


def find(token: str) -> tuple[Customer, About]:
    """Whose link it is; of somebody who was merged into another, the other. Raises LinkRefused."""
    about = links.read(token)
    if about is None:
        raise LinkRefused("link_unknown")
    return standing(about.customer), about


def standing(pk: int) -> Customer:
    """A customer, or whom they were merged into. Raises LinkRefused."""
    customer = Customer.objects.filter(pk=pk).select_related("merged_into").first()
    while customer and customer.merged_into:
        customer = customer.merged_into
    if customer is None:
        raise LinkRefused("link_unknown")
    if customer.status == Customer.Status.ERASED:
        raise LinkRefused("link_expired")
    return customer


def language_of(customer: Customer) -> str:
    """The one of ours that the customer reads."""
    code = customer.language.partition("-")[0].lower()
    return code if code in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


@transaction.atomic
def unsubscribe(
    customer: Customer, *, channel: str, purpose: str, source: str = PAGE, at: datetime | None = None
) -> bool:
    """No such messages any more. Said again it changes nothing. Returns whether it did.

    Raises what ``consents.decide`` raises.
    """
    said = {(one.channel, one.purpose): one for one in _locked(customer)}
    decision = said[ConsentDecision.Channel(channel), ConsentDecision.Purpose(purpose)].decision
    if decision and not decision.granted:
        return False
    consents.decide(customer, channel=channel, purpose=purpose, granted=False, source=source, at=at)
    return True


@transaction.atomic
def choose(
    customer: Customer,
    wanted: Collection[Choice],
    *,
    shown: Collection[Choice],
    source: str = PREFERENCES,
    wording: str = "",
    at: datetime | None = None,
) -> list[ConsentDecision]:
    """Of what was ``shown`` on a page, the customer wants this and nothing else. What changes is written down.

    What a customer was never asked and does not want stays undecided. Raises what ``consents.decide_many`` raises.
    """
    changes = []
    for one in _locked(customer):
        choice = (str(one.channel), str(one.purpose))
        if choice in shown and one.allowed != (choice in wanted):
            changes.append(Decision(customer, *choice, choice in wanted, source, wording, at))
    return consents.decide_many(changes) if changes else []


def _locked(customer: Customer) -> list[Consent]:
    """What holds now, while nobody else decides."""
    Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    return current(customer)


def wording() -> str:
    """What the page says above the choices, kept with each decision."""
    return _("Choose what you want to hear from us, and how. You can change it at any time.")
