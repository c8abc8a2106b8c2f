"""The lines of the queue, written here: a template takes three times as long, and a page has 25 of them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from feedback.models import Case, Entry
from feedback.pages.shown import STAGES, due_state

PRIORITIES = {Case.Priority.URGENT: "bad", Case.Priority.HIGH: "warn"}
ICON = '<span class="material-symbols-outlined" aria-hidden="true">{}</span> '
ICONS: dict[str, SafeString] = {
    Entry.Kind.NOTE: format_html(ICON, "sticky_note_2"), Entry.Kind.REPLY: format_html(ICON, "reply"),
}  # fmt: skip
NOTHING = mark_safe("")
NONE = "\N{EN DASH}"
ROW = """<tr data-case="{pk}">
<td class="ms-pick"><input type="checkbox" name="case" value="{pk}" aria-label="{choose} {number}"></td>
<th scope="row" class="ms-wrap"><a class="ms-desk-open" href="{href}">{subject}</a>
<div class="ms-inline ms-small-text"><span class="ms-quiet">{about}</span> {badges}</div>{last}</th>
<td data-label="{customer_words}">{who}{tier}</td>
<td data-label="{priority_words}">{priority}</td>
<td class="ms-nowrap" data-label="{due_words}">{when}</td>
<td data-label="{agent_words}">{agent}{team}</td>
</tr>
"""


def lines_of(cases: Iterable[Case], last: dict[int, Entry], at: datetime, *, query: str) -> list[SafeString]:
    """A table row for each case, in the same order; ``query`` are the filters that the case is opened from."""
    words: dict[str, Any] = {
        name: {value: str(label) for value, label in choices}
        for name, choices in (
            ("kind", Case.Kind.choices), ("stage", Case.Stage.choices), ("waiting", Case.Waiting.choices),
            ("priority", Case.Priority.choices),
        )
    }  # fmt: skip
    words["said"] = {
        "choose": _("Choose"), "customer_words": _("Customer"), "priority_words": _("Priority"),
        "due_words": _("Due"), "agent_words": _("Agent"),
    }  # fmt: skip
    words["nobody"] = format_html('<span class="ms-quiet">{}</span>', _("nobody yet"))
    desk, opened_from = reverse("admin:desk"), urlencode({"list": query})
    return [_line(case, last.get(case.pk), at, words, f"{desk}{case.pk}/?{opened_from}") for case in cases]


def _line(case: Case, last: Entry | None, at: datetime, words: dict[str, Any], href: str) -> SafeString:
    customer, number = case.customer, case.number
    profile = getattr(customer, "profile", None)
    about = [number, words["kind"][case.kind], *([case.theme.name] if case.theme else [])]
    return format_html(
        ROW,
        pk=case.pk,
        number=number,
        href=href,
        subject=case.subject,
        about=" · ".join(about),
        badges=_badges(case, words),
        last=_last(last),
        who=(str(customer) if customer else case.sender_name or case.sender_address) or NONE,
        tier=format_html(' <span class="ms-badge">{}</span>', profile.tier) if profile and profile.tier else NOTHING,
        priority=_badge(words["priority"][case.priority], PRIORITIES.get(Case.Priority(case.priority), "")),
        when=_when(case, at),
        agent=str(case.assignee) if case.assignee else words["nobody"],
        team=format_html(' <div class="ms-quiet ms-small-text">{}</div>', case.team.name) if case.team else NOTHING,
        **words["said"],
    )


def _badge(text: str, kind: str = "") -> SafeString:
    return format_html('<span class="ms-badge{}">{}</span>', f" ms-{kind}" if kind else "", text)


def _badges(case: Case, words: dict[str, Any]) -> SafeString:
    badges = _badge(words["stage"][case.stage], STAGES.get(Case.Stage(case.stage), ""))
    if waiting := words["waiting"].get(case.waiting):
        badges += _badge(waiting)
    if case.spam:
        badges += _badge(_("spam"), "bad")
    if case.reopenings:
        badges += _badge(_("came back"), "warn")
    return badges


def _last(last: Entry | None) -> SafeString:
    """The beginning of what was said last."""
    beginning = getattr(last, "beginning", "")
    if not last or not beginning:
        return NOTHING
    return format_html('<div class="ms-quiet ms-excerpt">{}{}</div>', ICONS.get(last.kind, NOTHING), beginning)


def _when(case: Case, at: datetime) -> SafeString | str:
    """What stands under "due": when it was closed, until when it sleeps, that it is paused, or the deadline."""
    if case.closed_at:
        return str(formats.date_format(timezone.localtime(case.closed_at), "DATE_FORMAT"))
    if case.snoozed_until and case.snoozed_until > at:
        until = _moment(case.snoozed_until)
        return format_html('<span class="ms-quiet">{}<br>{}</span>', _("asleep until"), until)
    state = due_state(case, at)
    if state == "paused":
        return _badge(_("paused"))
    if case.due_at is None:
        return format_html('<span class="ms-quiet">{}</span>', NONE)
    due = _moment(case.due_at)
    return format_html(
        '<time class="ms-due ms-due-{}" datetime="{}" data-due title="{}">{}{}</time>',
        state, case.due_at.isoformat(), due, f"{_('late since')} " if state == "breached" else "", due,
    )  # fmt: skip


def _moment(at: datetime) -> str:
    return str(formats.date_format(timezone.localtime(at), "DATETIME_FORMAT"))
