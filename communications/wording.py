"""Codes in words, for people."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

REASONS: dict[str, Promise | str] = {
    "refused": _("The server refused it."),
    "gave_up": _("The server put it off for a whole day."),
    "no_answer": _("The server did not say whether it took it."),
    "worker_lost": _("The sender was stopped while it handed it over."),
    "cancelled": _("Somebody cancelled it."),
    "erased": _("The person was erased."),
    "suppressed": _("The address is suppressed."),
    "no_consent": _("The customer had not consented."),
    "complaint": _("A complaint is open."),
}
