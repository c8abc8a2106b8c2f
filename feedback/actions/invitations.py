"""Customers are invited to surveys: planned at an occasion, sent when it is time, reminded once, expired.

Whoever invites locks the customer first. So two who would invite one customer at once, to any surveys, come one after
the other, and the second sees what the first one sent.
"""

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from communications.actions import outbox
from communications.queries import holds
from customers.actions import timeline
from customers.models import ConsentDecision, Customer, EmailAddress, Verb
from customers.queries import consents, segments
from feedback.actions import surveys
from feedback.models import Case, Invitation, Survey, SurveyVersion
from feedback.surveys import links, wordings
from feedback.surveys.questions import read
from people.models import User

State, Occasion = Invitation.State, Survey.Occasion
ABOUT_SOMETHING = frozenset({Occasion.CLOSING, Occasion.HAND})  # an open complaint does not keep these back


class NotInvited(ValidationError):
    """A customer cannot be invited to a survey now; ``code`` says why.

    It is one of ``survey_not_live``, ``not_active``, ``not_in_segment``, ``no_consent``, ``no_address``,
    ``cooldown``, ``open_complaint``, ``invited_already``.
    """


REASONS = {
    "survey_not_live": _("The survey is not live."),
    "not_active": _("This is no active customer."),
    "not_in_segment": _("The customer is not in the survey's segment."),
    "no_consent": _("The customer has not agreed to be asked by e-mail."),
    "no_address": _("The customer has no e-mail address."),
    "cooldown": _("The customer was invited to a survey a short time ago."),
    "open_complaint": _("A complaint of the customer is open."),
    "invited_already": _("The customer was invited on this occasion already."),
}


@transaction.atomic
def invite(
    survey: Survey,
    customer: Customer,
    *,
    key: str,
    case: Case | None = None,
    by: User | None = None,
    at: datetime | None = None,
) -> Invitation:
    """Invite one customer by hand, now. Raises NotInvited; the same key invites once."""
    at = at or timezone.now()
    customer = Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    if Invitation.objects.filter(key=key).exists():
        raise NotInvited(REASONS["invited_already"], code="invited_already")
    row = Invitation(
        survey=survey, customer=customer, occasion=Occasion.HAND, key=key, due_at=at, planned_at=at, case=case, by=by
    )
    if reason := _why_not(row, at):
        raise NotInvited(REASONS[reason], code=reason)
    return _send(row, at)


def send_due(*, at: datetime | None = None, limit: int = 500) -> int:
    """Send what is due, each in a transaction of its own. Returns how many were settled."""
    at = at or timezone.now()
    due = Invitation.objects.filter(state=State.PLANNED, due_at__lte=at).order_by("due_at")
    return sum(settle(pk, at=at) for pk in list(due.values_list("pk", flat=True)[:limit]))


@transaction.atomic
def settle(pk: int, *, at: datetime) -> bool:
    """Send one planned invitation, or note why not."""
    found = Invitation.objects.get(pk=pk)
    Customer.objects.select_for_update(no_key=True).get(pk=found.customer_id)
    waiting = Invitation.objects.select_for_update(of=["self"], skip_locked=True).select_related("survey", "customer")
    invitation = waiting.filter(pk=pk, state=State.PLANNED).first()
    if invitation is None:
        return False
    if reason := _why_not(invitation, at):
        invitation.state, invitation.reason = State.SKIPPED, reason
        invitation.save(update_fields=["state", "reason"])
    else:
        _send(invitation, at)
    return True


def _why_not(invitation: Invitation, at: datetime) -> str:
    """Why a customer, who is locked, is not invited; empty where nothing stands against it."""
    survey, customer = invitation.survey, invitation.customer
    if survey.state != Survey.State.LIVE:
        return "survey_not_live"
    if customer.status != Customer.Status.ACTIVE:
        return "not_active"
    if survey.segment and not segments.contains(survey.segment, customer, at):
        return "not_in_segment"
    channel, purpose = ConsentDecision.Channel.EMAIL, ConsentDecision.Purpose.RESEARCH
    if not consents.allowed([customer.pk], channel, purpose):
        return "no_consent"
    if _address(customer) is None:
        return "no_address"
    since = at - timedelta(days=surveys.rules().cooldown_days)
    if Invitation.objects.filter(customer=customer, sent_at__gt=since).exclude(pk=invitation.pk).exists():
        return "cooldown"
    if invitation.occasion not in ABOUT_SOMETHING and holds.held(customer):
        return "open_complaint"
    return ""


def _address(customer: Customer) -> str | None:
    rows = EmailAddress.objects.filter(customer=customer).order_by("-primary", "pk")
    return rows.values_list("address", flat=True).first()


def published(survey: Survey) -> SurveyVersion:
    """What is asked now; there is one as soon as a survey is live."""
    return survey.versions.filter(published_at__isnull=False).order_by("-number")[0]


def _send(invitation: Invitation, at: datetime) -> Invitation:
    survey, token = invitation.survey, links.made()
    version = published(survey)
    invitation.version, invitation.state, invitation.sent_at = version, State.SENT, at
    invitation.language = read(version.content).language(invitation.customer.language)
    invitation.token_hash, invitation.expires_at = token.digest, at + timedelta(days=survey.expires_days)
    invitation.remind_at = at + timedelta(days=survey.remind_days) if survey.remind_days else None
    invitation.save()
    _post(invitation, token.text, days=survey.expires_days, at=at)
    timeline.record(
        invitation.customer, Verb.SURVEY_INVITED, by=invitation.by, at=at, key=f"survey_invited:{invitation.pk}",
        survey=survey.code, invitation=invitation.pk, occasion=invitation.occasion,
    )  # fmt: skip
    return invitation


def _post(invitation: Invitation, token: str, *, days: int, at: datetime, reminder: bool = False) -> None:
    address, version = _address(invitation.customer), invitation.version
    assert address
    assert version
    said = wordings.mail(read(version.content), invitation.language, token, days=days, reminder=reminder)
    outbox.queue(
        address, subject=said.subject, text=said.text, html=said.html, customer=invitation.customer, at=at,
        purpose="survey", key=f"survey:{invitation.pk}:{'reminder' if reminder else 'invitation'}",
        headers={"Auto-Submitted": "auto-generated"},
    )  # fmt: skip


def remind_due(*, at: datetime | None = None, limit: int = 500) -> int:
    """Remind, once, those who have not begun to answer. Returns how many were settled."""
    at = at or timezone.now()
    due = Invitation.objects.filter(remind_at__lte=at, state=State.SENT).order_by("remind_at")
    return sum(remind(pk, at=at) for pk in list(due.values_list("pk", flat=True)[:limit]))


@transaction.atomic
def remind(pk: int, *, at: datetime) -> bool:
    """Remind of one invitation, where somebody may still be asked and has not begun."""
    found = Invitation.objects.get(pk=pk)
    Customer.objects.select_for_update(no_key=True).get(pk=found.customer_id)
    sent = Invitation.objects.select_for_update(of=["self"], skip_locked=True).select_related(
        "survey", "customer", "version"
    )
    invitation = sent.filter(pk=pk, state=State.SENT, remind_at__lte=at).first()
    if invitation is None:
        return False
    invitation.remind_at = None
    if _may_be_reminded(invitation, at):
        assert invitation.expires_at
        token = links.made()
        invitation.reminded_at, invitation.reminder_hash = at, token.digest
        days = max(1, (invitation.expires_at - at).days)
        _post(invitation, token.text, days=days, at=at, reminder=True)
    invitation.save(update_fields=["remind_at", "reminded_at", "reminder_hash"])
    return True


def _may_be_reminded(invitation: Invitation, at: datetime) -> bool:
    customer = invitation.customer
    channel, purpose = ConsentDecision.Channel.EMAIL, ConsentDecision.Purpose.RESEARCH
    return bool(
        invitation.begun_at is None
        and invitation.expires_at
        and at < invitation.expires_at
        and customer.status == Customer.Status.ACTIVE
        and _address(customer)
        and consents.allowed([customer.pk], channel, purpose)
        and (invitation.occasion in ABOUT_SOMETHING or not holds.held(customer))
    )


def expire(*, at: datetime | None = None) -> int:
    """End what can no longer be answered. What was begun is sent off as far as it came: see ``answers``."""
    at = at or timezone.now()
    over = Invitation.objects.filter(state=State.SENT, expires_at__lte=at, begun_at=None)
    return over.update(state=State.EXPIRED, remind_at=None)
