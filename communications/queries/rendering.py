"""Templates with the values of customers: for one who is looked at, and for a whole segment.

``rendered(version, customer_ids, extra)`` is what plans call. It asks the database the same few questions for one
customer and for five hundred, and reads each version's texts once for as long as the process lives.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.utils import translation

from communications import envelopes, footers, links
from communications.models import Template, TemplateVersion
from communications.queries import addresses, values
from communications.templating import GIVEN, Variant
from communications.templating.samples import SAMPLE

Extra = Mapping[int, Mapping[str, Any]]


@dataclass(frozen=True)
class Rendered:
    """What one customer gets. ``flaw`` says why it cannot be sent: ``no_address``, ``subject_broken``, ``empty``.

    ``address`` is an e-mail address, a phone number, or what stands on the envelope. ``headers`` let a mail program
    show its own button to unsubscribe, or say where a notification leads (``link``).
    """

    customer: int
    language: str
    address: str = ""
    subject: str = ""
    text: str = ""
    html: str = ""
    link: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    flaw: str = ""


def rendered(
    version: TemplateVersion,
    customer_ids: Collection[int],
    extra: Extra | None = None,
    *,
    purpose: str | None = None,
    at: datetime | None = None,
) -> dict[int, Rendered]:
    """For each of these customers who stands. ``extra`` has what a step gives along: see ``templating.GIVEN``.

    ``purpose`` is that of the plan which sends it, whatever the template was made for: who unsubscribes has to be rid
    of what they got. Empty where it is no marketing.
    """
    template, variants = version.template, _variants(version.pk)
    if purpose is not None and purpose != template.purpose:
        template = Template(channel=template.channel, language=template.language, purpose=purpose)
    names = frozenset[str]().union(*(variant.names for variant in variants.values()))
    people = values.of_customers(
        customer_ids, names, languages=list(variants), otherwise=template.language, template=template, at=at
    )
    where = addresses.of_customers(people, template.channel)
    return {
        pk: _one(template, variants[person.language], person, {**person.values, **((extra or {}).get(pk) or {})}, to)
        for pk, person in people.items()
        for to in [where.get(pk, "")]
    }


def written(
    template: Template, texts: Mapping[str, Mapping[str, str]], customer: int, *, language: str = ""
) -> Rendered | None:
    """What is not kept yet, on a real customer; None for one who does not stand. Raises TemplateFlaw.

    In the customer's language, or in the one that is asked for. What a step would give along is made up.
    """
    variants = {code: Variant.of(parts) for code, parts in texts.items() if not language or code == language}
    names = frozenset[str]().union(*(variant.names for variant in variants.values()))
    otherwise = template.language if template.language in variants else next(iter(variants))
    people = values.of_customers([customer], names, languages=list(variants), otherwise=otherwise, template=template)
    if customer not in people:
        return None
    person = people[customer]
    to = addresses.of_customers(people, template.channel).get(customer, "")
    given = {name: SAMPLE.get(name, "") for name in GIVEN}
    return _one(template, variants[person.language], person, {**given, **person.values}, to)


def sample(template: Template, parts: Mapping[str, str], language: str) -> Rendered:
    """The same on nobody in particular. Raises TemplateFlaw."""
    return _one(template, Variant.of(parts), values.Person(0, language, {}), SAMPLE, "somebody")


def latest(template: Template) -> TemplateVersion:
    """What a template says now."""
    version = template.versions.order_by("-number")[0]
    version.template = template
    return version


@lru_cache(maxsize=256)
def _variants(version: int) -> dict[str, Variant]:
    """A version never changes: read once by each process."""
    texts = TemplateVersion.objects.values_list("texts", flat=True).get(pk=version)
    return {language: Variant.of(parts) for language, parts in texts.items()}


def _one(
    template: Template, variant: Variant, person: values.Person, known: Mapping[str, Any], address: str
) -> Rendered:
    subject, link = variant.subject.render(known).strip(), variant.link.render(known)
    text, html = variant.text.render(known).strip(), variant.html.render(known, html=True)
    marketing, headers = bool(template.purpose), dict[str, str]()
    if marketing and template.channel == Template.Channel.EMAIL:
        headers = links.headers(person.customer, template.consent_channel, template.purpose)
        if not variant.names & {"unsubscribe_link", "preferences_link"}:
            with translation.override(person.language):
                text, html = footers.added(text, html, person.customer, template.consent_channel, template.purpose)
    if template.channel == Template.Channel.PUSH and link:
        headers = {"Link": link}
    return Rendered(
        customer=person.customer,
        language=person.language,
        address=address,
        subject=subject,
        text=text,
        html=html,
        link=link,
        headers=headers,
        flaw=_flaw(subject, text, address),
    )


def _flaw(subject: str, text: str, address: str) -> str:
    if not address:
        return "no_address"
    if envelopes.CONTROLS.search(subject) or len(subject) > envelopes.LONGEST_SUBJECT:
        return "subject_broken"
    return "" if text else "empty"
