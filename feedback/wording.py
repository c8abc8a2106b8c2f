"""What was done to a case, in words. Pure; no database."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

EVENTS: dict[str, Promise] = {
    "opened": _("opened"),
    "changed": _("details changed"),
    "assigned": _("given to somebody"),
    "passed_on": _("passed on to a team"),
    "kind_changed": _("taken for another kind"),
    "another_matter": _("told apart from another case"),
    "waits": _("waiting changed"),
    "snoozed": _("put to sleep"),
    "woken": _("woken"),
    "merged": _("merged into another case"),
    "took_in": _("another case was merged into this one"),
    "unmerged": _("merge undone"),
    "split": _("split into two"),
    "unsplit": _("split undone"),
}


def event(what: str) -> str | Promise:
    """What an event is called; one without a name of its own by its code."""
    return EVENTS.get(what, what.replace("_", " "))
