"""Customers send receipts, reviews, photos and answers; staff confirm them, and they earn by the rules, or refuse."""

import hashlib
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.actions import timeline
from customers.models import Customer, Verb
from customers.reports import a_code
from loyalty import arithmetic
from loyalty.actions import pictures, programmes, recalculations, reviews, rules, standings
from loyalty.actions.refusals import ReasonMissing
from loyalty.models import Calculation, ContentRules, EarningReview, Picture, Programme, Submission
from people.models import User

Kind, State = Submission.Kind, Submission.State
VERBS = {
    Kind.RECEIPT: Verb.RECEIPT_SUBMITTED,
    Kind.REVIEW: Verb.REVIEWED,
    Kind.PHOTO: Verb.PHOTO_SHARED,
    Kind.ANSWER: Verb.QUESTION_ANSWERED,
}
WAS_SENT = "the_same_thing_is_sent_once"
FUTURE_DAYS = timedelta(days=1)  # the customer's calendar may be a day ahead


class ContentRefused(ValidationError):
    """Why something is not taken, or not confirmed; ``code`` is one of ``MESSAGES``, ``field`` what it is about."""

    MESSAGES = {
        "unknown_customer": _("There is no such customer any more."),
        "too_short": _("The text is too short."),
        "subject_missing": _("Say what it is about: the short code of a product or a question, without blanks."),
        "too_many_today": _("That is enough for one day."),
        "duplicate_receipt": _("This receipt was sent before."),
        "duplicate_content": _("This was sent before."),
        "receipt_too_old": _("The receipt is too old."),
        "receipt_in_the_future": _("The receipt is dated in the future."),
        "values_missing": _("Say the store, the number, the day and the total of the receipt."),
        "rating_out_of_range": _("A rating is 1 to 5."),
    }

    def __init__(self, code: str, field: str = "") -> None:
        super().__init__(self.MESSAGES[code], code=code)
        self.field = field or None


class NotWaiting(ValidationError):
    def __init__(self, submission: Submission) -> None:
        super().__init__(
            _("This has been settled already: %(state)s."),
            code="not_waiting",
            params={"state": submission.get_state_display()},
        )


class NotConfirmed(ValidationError):
    def __init__(self, submission: Submission) -> None:
        super().__init__(
            _("Only what was confirmed can be taken back; this is %(state)s."),
            code="not_confirmed",
            params={"state": submission.get_state_display()},
        )


@dataclass(frozen=True)
class Typed:
    """What stands on a receipt, as somebody typed it. The total is in minor units of the programme's currency."""

    store: str = ""
    number: str = ""
    bought_on: date | None = None
    total: int | None = None

    @property
    def fingerprint(self) -> str:
        """The same receipt has the same one, however its store and number are written; empty where a part is missing.

        >>> Typed("Corner Shop", "A-17", date(2026, 3, 1), 1999).fingerprint == Typed(
        ...     " corner shop ", "a 17", date(2026, 3, 1), 1999).fingerprint
        True
        """
        store, number = (re.sub(r"\W|_", "", text).casefold() for text in (self.store, self.number))
        if not store or not number or self.bought_on is None or self.total is None:
            return ""
        return _digest(store, number, self.bought_on.isoformat(), str(self.total))


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def rules_of(programme: Programme) -> ContentRules:
    """The programme's limits; the usual ones where nobody has said others."""
    return ContentRules.objects.filter(programme=programme).first() or ContentRules(programme=programme)


@transaction.atomic
def send_receipt(
    customer: Customer,
    picture: bytes,
    *,
    typed: Typed = Typed(),
    at: datetime | None = None,
    programme: Programme | None = None,
) -> Submission:
    """Keep a customer's receipt until somebody has looked at it. What is typed tells whether it was sent before.

    Raises ContentRefused, PictureRefused or SamePicture.
    """
    owner, limits, at = _begin(customer, Kind.RECEIPT, programme, at)
    _check_day(typed, at, limits)
    return _keep(
        Submission(
            programme=limits.programme, customer=owner, kind=Kind.RECEIPT, picture=pictures.keep(owner, picture),
            fingerprint=typed.fingerprint, submitted_at=at, **_values(typed),
        )
    )  # fmt: skip


@transaction.atomic
def send(
    customer: Customer,
    kind: str,
    *,
    subject: str,
    text: str = "",
    rating: int | None = None,
    picture: bytes | None = None,
    at: datetime | None = None,
    programme: Programme | None = None,
) -> Submission:
    """Keep a review, a photo or an answer until somebody has looked at it: of one customer one about each thing.

    A review and an answer need a text, a photo its picture. The same text is taken once, whoever sends it.
    Raises ContentRefused, PictureRefused or SamePicture.
    """
    owner, limits, at = _begin(customer, kind, programme, at)
    if not a_code(subject):
        raise ContentRefused("subject_missing", "subject")
    if rating is not None and (kind != Kind.REVIEW or not 1 <= rating <= 5):
        raise ContentRefused("rating_out_of_range", "rating")
    said = "".join(text.split()).casefold()
    if kind != Kind.PHOTO and len(said) < limits.shortest:
        raise ContentRefused("too_short", "text")
    _check_subject(owner, kind, subject, limits)
    kept = pictures.keep(owner, picture or b"") if picture or kind == Kind.PHOTO else None
    same = kept.digest if kind == Kind.PHOTO and kept else said
    return _keep(
        Submission(
            programme=limits.programme, customer=owner, kind=kind, subject=subject, text=text.strip(), rating=rating,
            picture=kept, fingerprint=_digest(kind, same), submitted_at=at,
        )
    )  # fmt: skip


def _begin(
    customer: Customer, kind: str, programme: Programme | None, at: datetime | None
) -> tuple[Customer, ContentRules, datetime]:
    """Whose it is, by which limits, and when: locked, so that two at once are counted one after the other."""
    at = at or timezone.now()
    limits = rules_of(programme or programmes.main(fresh=True))
    pk = customer.merged_into_id or customer.pk
    standings.lock_customers([pk])
    owner = Customer.objects.get(pk=pk)
    if owner.status != Customer.Status.ACTIVE:
        raise ContentRefused("unknown_customer", "customer")
    begins = arithmetic.start_of(arithmetic.local_day(at, limits.programme.zone), limits.programme.zone)
    today = Submission.objects.filter(customer=owner, kind=kind, submitted_at__gte=begins, submitted_at__lte=at)
    most = limits.receipts_a_day if kind == Kind.RECEIPT else limits.contents_a_day
    if today.count() >= most:
        raise ContentRefused("too_many_today")
    return owner, limits, at


def _check_day(typed: Typed, at: datetime, limits: ContentRules) -> None:
    if typed.bought_on is None:
        return
    today = arithmetic.local_day(at, limits.programme.zone)
    if typed.bought_on > today + FUTURE_DAYS:
        raise ContentRefused("receipt_in_the_future", "bought_on")
    if typed.bought_on < today - timedelta(days=limits.receipt_days):
        raise ContentRefused("receipt_too_old", "bought_on")


def _check_subject(owner: Customer, kind: str, subject: str, limits: ContentRules) -> None:
    """One review of a product, one answer to a question; photos may be several."""
    before = Submission.objects.filter(programme=limits.programme, customer=owner, kind=kind, subject=subject)
    if kind != Kind.PHOTO and before.exclude(state=State.REFUSED).exists():
        raise ContentRefused("duplicate_content", "subject")


def _values(typed: Typed) -> dict[str, Any]:
    return {
        "store": typed.store.strip()[:60],
        "number": typed.number.strip()[:60],
        "bought_on": typed.bought_on,
        "total": typed.total,
    }


def _keep(submission: Submission) -> Submission:
    """Raises ContentRefused where the same was sent before."""
    try:
        with transaction.atomic():
            submission.save()
    except IntegrityError as conflict:
        if WAS_SENT not in str(conflict):
            raise
        what = "receipt" if submission.kind == Kind.RECEIPT else "content"
        raise ContentRefused(f"duplicate_{what}") from conflict
    return submission


@transaction.atomic
def confirm(submission: Submission, *, typed: Typed | None = None, by: User, at: datetime | None = None) -> Submission:
    """Somebody has looked at it: it is a fact, dated when it was sent, and earns by the rules at once.

    ``typed`` corrects what the customer typed of a receipt. A rule that asks for a look at each earning has had it.
    Raises NotWaiting, ContentRefused, WalletFrozen or WalletClosed.
    """
    at = at or timezone.now()
    found = _waiting(submission)
    if found.kind == Kind.RECEIPT:
        _correct(found, typed or Typed(found.store, found.number, found.bought_on, found.total))
    found.state, found.decided_by, found.decided_at = State.CONFIRMED, by, at
    fact = timeline.record(
        found.customer, VERBS[Kind(found.kind)], by=by, at=found.submitted_at, key=f"submission:{found.pk}",
        **_about(found),
    )  # fmt: skip
    found.fact = fact
    earned = rules.earn_for_fact(fact, by=by, programme=found.programme)
    for outcome in earned.values():
        if outcome.refusal:
            raise outcome.refusal
    found.points = sum(outcome.asked.points for outcome in earned.values())
    waiting = EarningReview.objects.filter(award__calculation__fact=fact.pk, state=EarningReview.State.WAITING)
    for review in waiting.select_related("award").order_by("pk"):
        reviews.approve(review, by=by, at=at)
        found.points += review.award.points
    return _keep(found)


def _correct(found: Submission, typed: Typed) -> None:
    if not typed.fingerprint:
        raise ContentRefused("values_missing")
    _check_day(typed, found.submitted_at, rules_of(found.programme))
    for name, value in _values(typed).items():
        setattr(found, name, value)
    found.fingerprint = typed.fingerprint
    _keep(found)


def _about(found: Submission) -> dict[str, Any]:
    """What the fact says: codes and figures, as of any reported one; never the text."""
    if found.kind == Kind.RECEIPT:
        store = re.sub(r"[^A-Za-z0-9._:/#-]+", "-", found.store).strip("-")
        return {"receipt": str(found.pk), "store": store, "amount": found.total, "currency": found.programme.currency}
    if found.kind == Kind.REVIEW:
        words = len(found.text.split())
        return {"review": str(found.pk), "product": found.subject, "words": words} | (
            {"rating": found.rating} if found.rating else {}
        )
    if found.kind == Kind.PHOTO:
        return {"photo": str(found.pk), "product": found.subject}
    return {"answer": str(found.pk), "question": found.subject}


@transaction.atomic
def refuse(submission: Submission, *, reason: str, by: User, at: datetime | None = None) -> Submission:
    """It earns nothing, and why; the customer may send a better one. Raises NotWaiting, ReasonMissing."""
    if not reason.strip():
        raise ReasonMissing
    found = _waiting(submission)
    found.state, found.reason, found.decided_by = State.REFUSED, reason.strip()[:200], by
    found.decided_at = at or timezone.now()
    found.save(update_fields=["state", "reason", "decided_by", "decided_at"])
    return found


@transaction.atomic
def undo(submission: Submission, *, reason: str, by: User, at: datetime | None = None) -> Submission:
    """It should not have been confirmed: what it earned is taken back, by the programme's policy for points that are
    gone. The same receipt may be sent again. Raises NotConfirmed, ReasonMissing.
    """
    if not reason.strip():
        raise ReasonMissing
    found = _locked(submission)
    if found.state != State.CONFIRMED:
        raise NotConfirmed(found)
    at = at or timezone.now()
    for calculation in Calculation.objects.filter(fact=found.fact_id).order_by("pk"):
        recalculations.take_all_back(calculation, reason=reason.strip()[:200], by=by, at=at)
    found.state, found.reason, found.points = State.UNDONE, reason.strip()[:200], 0
    found.decided_by, found.decided_at = by, at
    found.save(update_fields=["state", "reason", "points", "decided_by", "decided_at"])
    return found


def _waiting(submission: Submission) -> Submission:
    found = _locked(submission)
    if found.state != State.WAITING:
        raise NotWaiting(found)
    return found


def _locked(submission: Submission) -> Submission:
    standings.lock_customers([Submission.objects.get(pk=submission.pk).customer_id])
    chosen = Submission.objects.select_related("customer", "programme", "picture").select_for_update(of=["self"])
    return chosen.get(pk=submission.pk)


def move(customer: Customer, *, into: Customer) -> None:
    """After a merge: what one sent is the other's."""
    for model in (Submission, Picture):
        model._default_manager.filter(customer=customer).update(customer=into)


def forget(customer: Customer, *, at: datetime) -> None:
    """Before an erasure: texts and numbers are emptied, pictures and files go. What was confirmed stays counted."""
    pictures.remove(Picture.objects.filter(customer=customer))
    own = Submission.objects.filter(customer=customer)
    own.filter(state=State.WAITING).update(state=State.REFUSED, reason="erased", decided_at=at)
    own.filter(state__in=[State.REFUSED, State.UNDONE]).update(reason="erased")
    own.update(text="", number="", store="", subject="", rating=None)
