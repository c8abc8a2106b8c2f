"""Other systems report what customers did: one fact from a shop, a thousand from a file, by the same code."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.actions import timeline
from customers.actions.purchases import standing
from customers.models import Customer, Fact
from customers.reports import Report, flaws
from people.models import User

AT_ONCE = 1_000


class FactRefused(ValidationError):
    """A report that cannot become a fact; ``code`` says why: see ``customers.reports.flaws`` and below.

    ``field`` is the place in the report that it is about; of several flaws each has its own.
    """

    def __init__(
        self, message: Any, code: str | None = None, params: dict[str, Any] | None = None, field: str | None = None
    ):
        super().__init__(message, code=code, params=params)
        self.field = field


class TooMany(ValidationError):
    def __init__(self, count: int) -> None:
        super().__init__(
            _("%(count)s facts at once are too many; send at most %(most)s."),
            code="too_many",
            params={"count": count, "most": AT_ONCE},
        )


@dataclass
class Outcome:
    """What became of one report: a fact, new or known from before, or a refusal."""

    report: Report
    fact: Fact | None = None
    created: bool = False
    refusal: FactRefused | None = None


def report(
    customer: Customer, verb: str, *, at: datetime, source: str, key: str, by: User | None = None, **about: Any
) -> Fact:
    """Write down what another system says that a customer did. Said before under the same key, it is found.

    ``verb`` is one of REPORTABLE, ``about`` what ``customers.reports.PARTICULARS`` allows for it. Raises FactRefused:
    a flaw of the report, ``unknown_customer`` for one who was erased, or ``duplicate_key`` where the source used the
    key for something else.
    """
    wish = Report(customer=customer.number, verb=verb, at=at, source=source, key=key, about=about)
    outcome = report_many([wish], by=by)[0]
    if outcome.fact is None:
        raise outcome.refusal or AssertionError("a report has a fact or a refusal")
    return outcome.fact


@transaction.atomic
def report_many(reports: Sequence[Report], *, by: User | None = None) -> list[Outcome]:
    """Write down up to a thousand reports, each by itself: outcomes in the order asked. Raises TooMany."""
    if len(reports) > AT_ONCE:
        raise TooMany(len(reports))
    now = timezone.now()
    outcomes = [Outcome(wish) for wish in reports]
    customers = standing(wish.customer for wish in reports)
    for outcome in outcomes:
        outcome.refusal = _refusal(outcome.report, customers, now)
    good = [outcome for outcome in outcomes if not outcome.refusal]
    _write(good, customers, by)
    return outcomes


def _refusal(wish: Report, customers: dict[str, Customer], now: datetime) -> FactRefused | None:
    found = [FactRefused(flaw.message, code=flaw.code, field=flaw.field) for flaw in flaws(wish, now=now)]
    if not found and wish.customer not in customers:
        message, params = _("There is no customer %(number)s."), {"number": wish.customer}
        found = [FactRefused(message, code="unknown_customer", params=params, field="customer")]
    return FactRefused(found) if found else None


def _write(outcomes: list[Outcome], customers: dict[str, Customer], by: User | None) -> None:
    """Insert what is new; what was said before, or twice in one batch, is answered with the first."""
    facts = [_fact(outcome.report, customers[outcome.report.customer], by) for outcome in outcomes]
    new = {fact.key: fact for fact in timeline.record_many(facts)}
    known = _known({fact.key for fact in facts if fact.key} - new.keys())
    for outcome, fact in zip(outcomes, facts, strict=True):
        assert fact.key
        first = new.get(fact.key) or known[fact.key]
        if (first.customer_id, first.verb, first.at, first.about) == (
            fact.customer_id,
            fact.verb,
            fact.at,
            fact.about,
        ):
            outcome.fact, outcome.created = first, first is fact
        else:
            outcome.refusal = _duplicate(outcome.report)


def _fact(wish: Report, customer: Customer, by: User | None) -> Fact:
    about = {**wish.about, "source": wish.source}
    return Fact(customer=customer, verb=wish.verb, at=wish.at, by=by, key=wish.fact_key, about=about)


def _known(keys: Iterable[str]) -> dict[str, Fact]:
    found = Fact.objects.filter(key__in=list(keys))
    return {fact.key: fact for fact in found if fact.key}


def _duplicate(wish: Report) -> FactRefused:
    return FactRefused(
        _("%(source)s used the key %(key)s before, for something else."),
        code="duplicate_key",
        params={"source": wish.source, "key": wish.key},
        field="key",
    )
