"""Who may be a member of a board, and for everybody else why not: each for the first reason that holds."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from advisory.models import Board, Charter, Declaration, Exclusion, Term
from communications import timing
from customers.models import ConsentDecision, Customer, EmailAddress, Trait
from customers.queries import consents
from loyalty.models import Household, HouseholdMember

MONTH = timedelta(days=30.4375)
REASONS: dict[str, Promise] = {
    "on_the_board": _("on the board already, or invited"),
    "employee": _("works for us"),
    "competitor": _("works for a competitor"),
    "excluded": _("excluded for another reason"),
    "nda_refused": _("would not sign the NDA"),
    "company_seated": _("of the same company as a member"),
    "household_seated": _("of the same household as a member"),
    "cool_off": _("was a member a short time ago"),
    "asked_lately": _("declined or did not answer a short time ago"),
    "not_in_segment": _("not in the chosen segment"),
    "no_consent": _("has not agreed to be asked"),
    "no_address": _("has no e-mail address"),
}
ASKED_AGAIN = timedelta(days=180)


def gates(
    board: Board, charter: Charter | None, segment: QuerySet[Customer] | None, ids: list[int], at: datetime
) -> Iterator[tuple[str, set[int]]]:
    """Reason by reason the customers for whom it holds; the order decides which one is counted."""
    seated = set(Term.objects.filter(board=board).open().values_list("customer_id", flat=True))
    yield "on_the_board", seated
    kinds: dict[str, set[int]] = {kind: set() for kind in Exclusion.Kind}
    for customer, kind in Exclusion.objects.filter(lifted_at=None).values_list("customer_id", "kind"):
        kinds[kind].add(customer)
    interests = Declaration.objects.filter(kind=Declaration.Kind.COMPETITOR, ended_at=None)
    yield "employee", kinds["employee"]
    yield "competitor", kinds["competitor"] | set(interests.values_list("term__customer_id", flat=True))
    yield "excluded", kinds["other"]
    yield "nda_refused", set(Term.objects.filter(refused_nda=True).values_list("customer_id", flat=True))
    yield "company_seated", same_company(seated)
    yield "household_seated", same_household(seated)
    yield from lately(board, charter, at)
    if segment is not None:
        yield "not_in_segment", set(ids) - set(segment.values_list("pk", flat=True))
    allowed = consents.allowed(ids, ConsentDecision.Channel.EMAIL, ConsentDecision.Purpose.RESEARCH)
    yield "no_consent", set(ids) - allowed
    yield "no_address", set(ids) - set(EmailAddress.objects.values_list("customer_id", flat=True))


def lately(board: Board, charter: Charter | None, at: datetime) -> Iterator[tuple[str, set[int]]]:
    cool_off = at - (charter.cool_off_months if charter else 12) * MONTH
    before = Term.objects.filter(board=board)
    left = before.filter(state__in=Term.OVER, ends_on__gt=timing.business_date(cool_off))
    yield "cool_off", set(left.values_list("customer_id", flat=True))
    answered = before.filter(state__in=[Term.State.DECLINED, Term.State.EXPIRED], over_at__gt=at - ASKED_AGAIN)
    yield "asked_lately", set(answered.values_list("customer_id", flat=True))


def same_company(seated: set[int]) -> set[int]:
    """Whose company is that of somebody who sits on the board."""
    known = Trait.objects.filter(kind=Trait.Kind.TRAIT, name__iexact="company")
    companies = [value.casefold() for value in known.filter(customer__in=seated).values_list("value", flat=True)]
    same = {pk for pk, value in known.values_list("customer_id", "value") if value.casefold() in companies}
    return same - seated


def same_household(seated: set[int]) -> set[int]:
    """Who collects points together with somebody who sits on the board."""
    there = HouseholdMember.objects.present()
    houses = Household.objects.filter(ended_at=None)
    theirs = houses.filter(Q(keeper__in=seated) | Q(members__in=there.filter(customer__in=seated)))
    pks = list(theirs.values_list("pk", flat=True))
    kept = set(houses.filter(pk__in=pks).values_list("keeper_id", flat=True))
    return (kept | set(there.filter(household__in=pks).values_list("customer_id", flat=True))) - seated


def why_not(board: Board, charter: Charter | None, customer: Customer, at: datetime) -> str:
    """The first reason against one customer; empty where there is none."""
    if customer.status != Customer.Status.ACTIVE:
        return "excluded"
    return next((reason for reason, ids in gates(board, charter, None, [customer.pk], at) if customer.pk in ids), "")
