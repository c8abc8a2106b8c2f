"""What was decided is told: to members by what they see, and once to everybody who had to do with it."""

from collections.abc import Collection, Iterable
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from advisory import wordings
from advisory.actions.recommendations import locked, note, saved
from advisory.actions.refusals import BoardRefused
from advisory.models import Board, Recommendation, Report
from advisory.queries import people
from advisory.queries import recommendations as queries
from communications.actions import outbox
from communications.models import Message
from communications.queries import pressure
from customers.actions import timeline
from customers.models import ConsentDecision, Customer, EmailAddress, Fact, Verb
from customers.queries import consents
from people.models import User


@transaction.atomic
def publish(recommendation: Recommendation, *, by: User | None = None, at: datetime | None = None) -> Recommendation:
    """Members see from now on what was decided; proposers, supporters and the customers of linked complaints get one
    message each. Raises BoardRefused (``nothing_new``: that is what they see).
    """
    at = at or timezone.now()
    found = locked(recommendation)
    if found.published == found.state:
        raise BoardRefused(_("This is what members see already."), "nothing_new")
    before, found.published, found.published_at = found.published, found.state, at
    note(found, "published", before=before, after=found.state, by=by, at=at)
    saved(found)
    if found.state in Recommendation.DECIDED:
        _tell(found, by=by, at=at)
    return found


def _tell(found: Recommendation, *, by: User | None, at: datetime) -> None:
    """Who had to do with it, once each, by the name that may be told; a confidential one without any tells nobody."""
    title = queries.told_as(found)
    if not title:
        return
    everybody = list(queries.concerned(found))
    facts = [
        Fact(
            customer_id=one.pk, verb=Verb.ADVICE_ANSWERED, at=at, by=by,
            about={"board": found.board.code, "recommendation": found.pk, "state": found.state},
            key=f"advice:{found.pk}:{at:%Y%m%d%H%M%S}:{one.pk}",
        )
        for one in everybody
    ]  # fmt: skip
    timeline.record_many(facts)
    _post(
        everybody, lambda customer: wordings.answered(found, title, customer),
        key=f"advice:{found.pk}:{found.state}:{at:%Y%m%d%H%M%S}", by=by, at=at,
    )  # fmt: skip


def _post(customers: Iterable[Customer], said: wordings.Wording, *, key: str, by: User | None, at: datetime) -> int:
    """Only to who has agreed to hear from us, now and again when it leaves; who has heard much lately waits."""
    rows = {customer.pk: customer for customer in customers if customer.status == Customer.Status.ACTIVE}
    agreed = consents.allowed(rows, ConsentDecision.Channel.EMAIL, ConsentDecision.Purpose.CARE)
    addresses: dict[int, str] = {}
    found = EmailAddress.objects.filter(customer__in=agreed).order_by("-primary", "pk")
    for customer, address in found.values_list("customer_id", "address"):
        addresses.setdefault(customer, address)
    later = _put_off(agreed, at)
    messages = []
    for pk, address in sorted(addresses.items()):
        mail = said(rows[pk])
        messages.append(
            outbox.Outgoing(
                to=address, subject=mail.subject, text=mail.text, html=mail.html, customer=rows[pk],
                kind=Message.Kind.MARKETING, purpose=ConsentDecision.Purpose.CARE, key=f"{key}:{pk}",
                due_at=later.get(pk),
            )
        )  # fmt: skip
    return len(outbox.queue_many(messages, by=by, at=at))


def _put_off(customers: Collection[int], at: datetime) -> dict[int, datetime]:
    """Until when those wait who have heard as much from us as the caps allow."""
    caps = [cap for cap in pressure.caps() if cap.counts("email")]
    waiting: dict[int, datetime] = {}
    heard = pressure.heard(customers, caps, at)
    for cap in caps:
        for customer in customers:
            times = sorted(one for one in pressure.of(heard, customer, cap) if one > at - cap.window)
            if len(times) >= cap.most:
                waiting[customer] = max(waiting.get(customer, at), times[-cap.most] + cap.window)
    return waiting


@transaction.atomic
def report(
    board: Board, since: date, until: date, *, words: str = "", by: User | None = None, at: datetime | None = None
) -> Report:
    """What customers said and what was done, for a period; asked for again, it is the same report with other words.

    Raises BoardRefused (``period``, ``sent``).
    """
    if until < since:
        raise BoardRefused(_("It ends before it begins."), "period", "until")
    found = Report.objects.select_for_update().filter(board=board, since=since, until=until).first()
    if found is None:
        return Report.objects.create(
            board=board, since=since, until=until, words=words.strip(), made_by=by, made_at=at or timezone.now()
        )
    if found.sent_at is not None and words.strip() != found.words:
        raise BoardRefused(_("It was sent as it is."), "sent")
    found.words = words.strip()
    found.save()
    return found


@transaction.atomic
def send(report: Report, *, by: User | None = None, at: datetime | None = None) -> Report:
    """Send it once to everybody who had to do with what is in it. Raises BoardRefused (``sent``, ``empty``)."""
    at = at or timezone.now()
    report = Report.objects.select_for_update(of=["self"]).select_related("board").get(pk=report.pk)
    if report.sent_at is not None:
        raise BoardRefused(_("It was sent before."), "sent")
    lines = queries.lines(report.board, report.since, report.until)
    if not lines:
        raise BoardRefused(_("Nothing was decided and published in this period."), "empty")
    report.sent_to = _post(
        queries.everybody(lines).values(), lambda customer: wordings.report(report, lines, people.language(customer)),
        key=f"report:{report.pk}", by=by, at=at,
    )  # fmt: skip
    report.sent_at = at
    report.save()
    return report
