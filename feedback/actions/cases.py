"""Cases come in, and are given to those who work on them."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import Customer, Fact, Verb
from feedback import priorities
from feedback.actions import assignment, clocks, conversation, history, holds, telling
from feedback.actions.refusals import CaseRefused, ChangedMeanwhile, NotOpen
from feedback.models import Case, Team
from feedback.queries import history as questions
from people.models import User

AHEAD = timedelta(minutes=5)  # clocks of other systems differ
DETAILS = ("customer", "subject", "severity", "impact", "wanted", "product", "store", "purchase", "theme", "language")


def locked(case: Case) -> Case:
    """The case as it stands now, locked until the end of the transaction: whoever changes it begins here."""
    return Case.objects.select_for_update().get(pk=case.pk)


class _Moved(Exception):
    """The customer was merged into another while the case was waited for."""


def locked_with_customer(case: Case, *others: Customer | None) -> Case:
    """The same with the customer locked first, and others who are concerned: who holds a customer (a merge, whoever
    pays points) may wait for the case. Call it inside a transaction.
    """
    while True:
        customer_id = Case.objects.values_list("customer", flat=True).get(pk=case.pk)
        wanted = {customer_id, *(one.pk for one in others if one)}
        try:
            with transaction.atomic():  # going back to here lets go of the locks
                list(Customer.objects.select_for_update(no_key=True).filter(pk__in=wanted - {None}).order_by("pk"))
                row = Case.objects.select_for_update(of=["self"]).select_related("customer").get(pk=case.pk)
                if row.customer_id != customer_id:
                    raise _Moved
                return row
        except _Moved:
            continue


@transaction.atomic
def open(
    kind: str,
    *,
    subject: str,
    text: str,
    channel: str,
    customer: Customer | None = None,
    html: str = "",
    sender_name: str = "",
    sender_address: str = "",
    message_id: str | None = None,
    severity: int = Case.Level.MEDIUM,
    impact: int = Case.Level.LOW,
    team: Team | None = None,
    spam: bool = False,
    key: str | None = None,
    by: User | None = None,
    at: datetime | None = None,
    **details: Any,
) -> Case:
    """A case from what a customer, or somebody unknown, has said; with it comes its first message.

    ``at`` is when it was said. ``details`` are of ``DETAILS`` and ``follows``. Asked again with the same key, it is
    the same case. Raises CaseRefused (``text_missing``, ``text_too_long``, ``in_the_future``).
    """
    now = timezone.now()
    received_at = at or now
    if key and (known := Case.objects.filter(key=key).first()):
        return known
    _check(text, html, received_at, now)
    customer = _survivor(customer)
    case = Case.objects.create(
        kind=kind, channel=channel, customer=customer, subject=" ".join(subject.split())[:200] or _first_words(text),
        severity=severity, impact=impact, priority=priorities.priority(severity, impact), spam=spam, key=key,
        team=team or Team.objects.filter(main=True).first(), received_at=received_at, recorded_by=by,
        sender_name=sender_name[:200], sender_address=sender_address[:254], **details,
    )  # fmt: skip
    conversation.begin(case, text=text, html=html, message_id=message_id)
    history.note(case, "opened", at=received_at, by=by, channel=channel)
    return began(case, by=by)


def began(case: Case, *, by: User | None, told: bool = False) -> Case:
    """What follows from a case that is there, at once or when it turns out that it was no spam."""
    if not case.spam and not told:
        _tell(case, by)
    holds.settle(case, by=by, at=case.received_at)
    case = clocks.follow(case, at=case.received_at, by=by)
    waits = case.is_open and case.team_id is not None and case.channel != Case.Channel.FILE
    return assignment.in_turn(case) if waits else case


def _tell(case: Case, by: User | None) -> None:
    verb = Verb.COMPLAINT_OPENED if case.kind == Case.Kind.COMPLAINT else Verb.CASE_OPENED
    telling.tell(case, verb, by=by, at=case.received_at, key=_opened(case), kind=case.kind)


def _opened(case: Case) -> str:
    return f"case_opened:{case.pk}"


def _check(text: str, html: str, received_at: datetime, now: datetime) -> None:
    if not text.strip() and not html.strip():
        raise CaseRefused(_("Say what it is about."), "text_missing", "text")
    if len(text) > conversation.LONGEST or len(html) > conversation.LONGEST * 5:
        raise CaseRefused(_("The text is too long."), "text_too_long", "text")
    if received_at > now + AHEAD:
        raise CaseRefused(_("It cannot have been received in the future."), "in_the_future", "received_at")


def _survivor(customer: Customer | None) -> Customer | None:
    """Who is just being merged is waited for, and is read as they are afterwards."""
    if customer is None:
        return None
    row = Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    return row.merged_into or row


def _first_words(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= 80 else words[:79].rsplit(" ", 1)[0] + "…"


@transaction.atomic
def change(
    case: Case, *, by: User | None, at: datetime | None = None, version: int | None = None, **changes: Any
) -> Case:
    """Correct what is known of a case; severity and impact decide its priority anew.

    ``version`` is the one that was read (``queries.history.version``). Of another customer the order is no longer
    linked. Raises NotOpen, ChangedMeanwhile and CaseRefused (``order_of_another``).
    """
    case = locked_with_customer(case, changes.get("customer")) if "customer" in changes else locked(case)
    if not case.is_open:
        raise NotOpen(case)
    if version not in (None, questions.version(case)):
        raise ChangedMeanwhile
    changed = {name: value for name, value in changes.items() if name in DETAILS and getattr(case, name) != value}
    if not changed:
        return case
    if "customer" in changed and case.purchase_id and "purchase" not in changed:
        changed["purchase"] = None
    for name, value in changed.items():
        setattr(case, name, value)
    if changed.get("purchase") is not None and changed["purchase"].customer_id != case.customer_id:
        raise CaseRefused(_("This order is of another customer."), "order_of_another", "purchase")
    case.priority = priorities.priority(case.severity, case.impact)
    case.save(update_fields=[*changed, "priority"])
    at = at or timezone.now()
    history.note(case, "changed", at=at, by=by, fields=sorted(changed))
    if "customer" in changed:
        if case.customer is not None and not Fact.objects.filter(key=_opened(case)).exists():
            _tell(case, by)  # now that it is known who it was
        holds.settle(case, by=by, at=at)
    return clocks.follow(case, at=at, by=by)


@transaction.atomic
def assign(case: Case, *, to: User | None, by: User | None = None, at: datetime | None = None) -> Case:
    """Give a case to somebody, or back to the queue. Raises NotOpen."""
    case = locked(case)
    if not case.is_open:
        raise NotOpen(case)
    if case.assignee_id != (to.pk if to else None):
        case.assignee = to
        case.save(update_fields=["assignee"])
        history.note(case, "assigned", at=at or timezone.now(), by=by, to=to.pk if to else None)
    return case


@transaction.atomic
def wait(case: Case, *, on: str, by: User | None = None, at: datetime | None = None) -> Case:
    """Say whom the case waits for (a ``Case.Waiting``, or "" for us again). Raises NotOpen."""
    case = locked(case)
    if not case.is_open:
        raise NotOpen(case)
    if case.waiting != on:
        case.waiting = on
        at = at or timezone.now()
        case.save(update_fields=["waiting"])
        history.note(case, "waits", at=at, by=by, on=on)
        clocks.follow(case, at=at, by=by)
    return case
