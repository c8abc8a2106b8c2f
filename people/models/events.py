"""What happened to the accounts of staff. Rows are written once and stay."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Event(models.Model):
    """Something that happened to a person's account."""

    class Verb(models.TextChoices):
        SIGNED_IN = "signed_in", _("signed in")
        SIGN_IN_FAILED = "sign_in_failed", _("failed to sign in")
        INVITED = "invited", _("was invited")
        ROLE_GIVEN = "role_given", _("got another role")
        SHUT_OUT = "shut_out", _("was shut out")
        LET_IN = "let_in", _("was let in again")
        SESSIONS_ENDED = "sessions_ended", _("had sessions ended")
        SECURITY_CHANGED = "security_changed", _("changed password or second factor")

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="events")
    verb = models.CharField(max_length=20, choices=Verb)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(db_default=Now())
    address = models.GenericIPAddressField(null=True, help_text="Where the request came from.")
    about = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["person", "-id"], name="people_event_newest_first")]

    def __str__(self) -> str:
        return f"{self.person} {self.get_verb_display()}"
