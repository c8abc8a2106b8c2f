"""Filters of the queue: what is chosen, as chips that take it back, and the form, which is made when it is opened."""

from dataclasses import replace
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.admin import site
from feedback.models import Case, Team, Theme
from feedback.pages.views import SHELF
from feedback.queries import people, queue
from people.requests import StaffRequest

VIEW = "feedback.view_case"
LABELS = {
    "state": gettext_lazy("State"), "agent": gettext_lazy("Agent"), "team": gettext_lazy("Team"),
    "kind": gettext_lazy("Kind"), "priority": gettext_lazy("Priority"), "stage": gettext_lazy("Stage"),
    "due": gettext_lazy("Due"), "waiting": gettext_lazy("Waits for"), "theme": gettext_lazy("Theme"),
    "channel": gettext_lazy("Channel"), "language": gettext_lazy("Language"), "customer": gettext_lazy("Customer"),
}  # fmt: skip
CHOSEN = mark_safe(" selected")
LANGUAGES = ("de", "en", "fr", "ko", "th")


@site.page("desk/filters/", name="desk_filters", permission=VIEW)
def show_filters(request: StaffRequest) -> HttpResponse:
    """Asked for when somebody opens them: they are eleven lists, and mostly nobody does."""
    filters = queue.Filters.read(request.GET.dict())
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect(open_address(filters))
    return render(request, "feedback/desk/_filters.html", form(request, filters))


def open_address(filters: queue.Filters) -> str:
    """The queue with its filters open."""
    return f"{reverse('admin:desk')}?{'&'.join(part for part in (filters.query, 'filters=1') if part)}"


def form(request: StaffRequest, filters: queue.Filters) -> dict[str, Any]:
    """What may be chosen, and the form that keeps the choice."""
    offered = _closed_lists() | {
        "agent": [("me", _("me")), ("nobody", _("nobody")), *((one.pk, str(one)) for one in people.agents())],
        "team": list(Team.objects.order_by("name").values_list("pk", "name")),
        "theme": list(Theme.objects.filter(retired=False).order_by("name").values_list("pk", "name")),
        "language": [(code, code) for code in sorted({*LANGUAGES, filters.language} - {""})],
    }
    lists = [
        (name, label, _options(offered[name], getattr(filters, name)))
        for name, label in LABELS.items()
        if name in offered
    ]
    return {
        "filters": filters,
        "lists": lists,
        **SHELF.keeping(request, filters.query),
    }


def _closed_lists() -> dict[str, list[tuple[Any, Any]]]:
    """Those that are the same for everybody, always."""
    states = (_("open"), _("asleep"), _("closed"), _("held aside as spam"), _("all"))
    return {
        "state": list(zip(queue.STATES, states, strict=True)),
        "kind": Case.Kind.choices,
        "priority": Case.Priority.choices,
        "stage": Case.Stage.choices,
        "channel": Case.Channel.choices,
        "due": [("breached", _("breached")), ("soon", _("within four hours")), ("today", _("today")),
                ("never", _("not due"))],
        "waiting": [("us", _("us")), ("customer", _("the customer")), ("third", _("somebody else"))],
    }  # fmt: skip


def _options(offered: list[tuple[Any, Any]], chosen: str) -> SafeString:
    """Written here: a template takes three times as long, and some lists are long."""
    return format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        ((value, CHOSEN if str(value) == chosen else "", text) for value, text in offered),
    )


def chips(filters: queue.Filters) -> list[dict[str, str]]:
    """What is chosen, one by one: its name, what it says, and the queue without it."""
    if not filters.said:
        return []
    named = _closed_lists() | {"agent": [("me", _("me")), ("nobody", _("nobody"))]}
    rows = queue.names(filters)
    plain = queue.Filters()
    return [
        {
            "label": str(LABELS[name]),
            "text": rows.get(name) or {str(key): str(text) for key, text in named.get(name, [])}.get(value, value),
            "without": replace(filters, **{name: getattr(plain, name)}).query,
        }
        for name, value in filters.said.items()
    ]
