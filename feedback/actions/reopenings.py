"""What was settled is taken up again: the case itself for some time, and after that a new one that follows it."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import Verb
from feedback.actions import cases, complaints, conversation, telling
from feedback.actions.refusals import CaseRefused, NotOpen
from feedback.models import Case, Entry
from feedback.queries import settings
from people.models import User


def reopens_until(case: Case) -> datetime | None:
    """Until when a settled case may be reopened; None: at any time, as one that was referred outside."""
    if case.closed_at is None or case.stage == Case.Stage.REFERRED:
        return None
    return case.closed_at + timedelta(days=settings.current().reopen_days)


@transaction.atomic
def reopen(case: Case, *, by: User | None, at: datetime | None = None) -> Case:
    """Open a settled case again; its outcome and its redress stand until there are others.

    Raises CaseRefused (``reopen_window_over``), WrongStage and NotOpen.
    """
    at = at or timezone.now()
    case = complaints.begin(case, "reopen")
    until = reopens_until(case)
    if until is not None and at > until:
        raise CaseRefused(
            _("It was closed too long ago to be reopened. Open a new case that follows it."), "reopen_window_over"
        )
    case.closed_at, case.reopenings = None, case.reopenings + 1
    complaints.complete(case, "reopen", at=at, by=by, changed=("closed_at", "reopenings"), times=case.reopenings)
    key = f"case_reopened:{case.pk}:{case.reopenings}"
    telling.tell(case, Verb.CASE_REOPENED, by=by, at=at, key=key)
    return case


@transaction.atomic
def take_up(
    case: Case, *, text: str, key: str | None = None, by: User | None = None, at: datetime | None = None, **said: Any
) -> Case:
    """A new case that follows a settled one, of the same kind and about the same. ``said`` is as in ``cases.open``.

    Raises what ``cases.open`` raises, and NotOpen of a case that was merged or held aside.
    """
    if case.merged_into_id or case.spam:
        raise NotOpen(case)
    same: dict[str, Any] = {
        name: getattr(case, name)
        for name in (
            *("customer", "subject", "channel", "severity", "impact", "team", "theme", "product", "store"),
            *("purchase", "language", "wanted", "sender_name", "sender_address"),
        )
    }
    return cases.open(case.kind, text=text, key=key, by=by, at=at, follows=case, **same | said)


@transaction.atomic
def hear(
    case: Case, *, text: str, channel: str, message_id: str | None = None, automatic: bool = False,
    at: datetime | None = None, **said: Any,
) -> Entry:  # fmt: skip
    """The customer writes about a case, whatever has become of it: an open one goes on, one that was settled lately
    is reopened, one of long ago gets a case that follows it. Automatic messages open nothing.

    Raises what ``cases.open`` raises.
    """
    at = at or timezone.now()
    if message_id and (known := Entry.objects.filter(message_id=message_id).first()):
        return known
    while case.merged_into is not None:
        case = case.merged_into
    case = cases.locked_with_customer(case)
    until = reopens_until(case)
    if case.closed_at is not None and not case.spam and not automatic:
        if until is not None and at > until:
            following = take_up(case, text=text, channel=channel, message_id=message_id, at=at, **said)
            return following.entries.get()
        reopen(case, by=None, at=at)
    return conversation.receive(
        case, text=text, channel=channel, message_id=message_id, automatic=automatic, at=at, **said
    )
