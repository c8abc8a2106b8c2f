"""The lines of the queue, ready to be written out: with 25 of them, what a template asks again for each is dear."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import formats, timezone
from django.utils.http import urlencode

from feedback.models import Case, Entry
from feedback.pages.shown import STAGES, due_state

Line = dict[str, Any]
PRIORITIES = {Case.Priority.URGENT: "bad", Case.Priority.HIGH: "warn"}


def lines_of(cases: Iterable[Case], last: dict[int, Entry], at: datetime, *, query: str) -> list[Line]:
    """One for each case, in the same order; ``query`` are the filters that the case is opened from."""
    words = {
        name: {value: str(label) for value, label in choices}
        for name, choices in (
            ("kind", Case.Kind.choices), ("stage", Case.Stage.choices), ("waiting", Case.Waiting.choices),
            ("priority", Case.Priority.choices),
        )
    }  # fmt: skip
    desk, opened_from = reverse("admin:desk"), urlencode({"list": query})
    return [_line(case, last.get(case.pk), at, words, f"{desk}{case.pk}/?{opened_from}") for case in cases]


def _line(case: Case, last: Entry | None, at: datetime, words: dict[str, dict[Any, str]], href: str) -> Line:
    customer = case.customer
    profile = getattr(customer, "profile", None)
    about = [case.number, words["kind"][case.kind], *([case.theme.name] if case.theme else [])]
    return {
        "pk": case.pk,
        "number": case.number,
        "href": href,
        "subject": case.subject,
        "about": " · ".join(about),
        "stage": words["stage"][case.stage],
        "stage_kind": STAGES.get(Case.Stage(case.stage), ""),
        "waiting": words["waiting"].get(case.waiting, ""),
        "spam": case.spam,
        "reopened": case.reopenings > 0,
        "last": getattr(last, "beginning", "") if last else "",
        "icon": {Entry.Kind.NOTE: "sticky_note_2", Entry.Kind.REPLY: "reply"}.get(last.kind, "") if last else "",  # type: ignore[call-overload]
        "who": str(customer) if customer else case.sender_name or case.sender_address,
        "tier": profile.tier if profile else "",
        "priority": words["priority"][case.priority],
        "priority_kind": PRIORITIES.get(Case.Priority(case.priority), ""),
        "agent": str(case.assignee) if case.assignee else "",
        "team": case.team.name if case.team else "",
        **_when(case, at),
    }


def _when(case: Case, at: datetime) -> Line:
    """What stands under "due": when it was closed, until when it sleeps, that it is paused, or the deadline."""
    if case.closed_at:
        return {"closed": formats.date_format(timezone.localtime(case.closed_at), "DATE_FORMAT")}
    if case.snoozed_until and case.snoozed_until > at:
        return {"asleep": _moment(case.snoozed_until)}
    state = due_state(case, at)
    if state == "paused" or case.due_at is None:
        return {"paused": state == "paused"}
    return {"due": _moment(case.due_at), "due_at": case.due_at.isoformat(), "state": state}


def _moment(at: datetime) -> str:
    return str(formats.date_format(timezone.localtime(at), "DATETIME_FORMAT"))
