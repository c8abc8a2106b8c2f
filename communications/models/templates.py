"""Templates: what is written again and again, in versions that never change and in several languages."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from customers.models import ConsentDecision


class Template(models.Model):
    """A text with a name. What it says is its latest version; who approves or sends one names the version."""

    class Channel(models.TextChoices):
        EMAIL = "email", _("e-mail")
        SMS = "sms", _("SMS")
        PUSH = "push", _("push")
        CALL = "call", _("call script")
        LETTER = "letter", _("letter or card")

    # The channel of consent that each of them needs.
    CONSENT = {
        Channel.EMAIL: ConsentDecision.Channel.EMAIL,
        Channel.SMS: ConsentDecision.Channel.SMS,
        Channel.PUSH: ConsentDecision.Channel.PUSH,
        Channel.CALL: ConsentDecision.Channel.PHONE,
        Channel.LETTER: ConsentDecision.Channel.POST,
    }

    name = models.CharField(_("name"), max_length=120, unique=True)
    channel = models.CharField(_("channel"), max_length=6, choices=Channel)
    purpose = models.CharField(
        _("purpose"),
        max_length=8,
        choices=ConsentDecision.Purpose,
        blank=True,
        help_text=_("What the customer must have consented to. Empty: part of what they ordered or asked for."),
    )
    language = models.CharField(
        _("language for all others"), max_length=10, default="en", help_text=_("For customers whose own is not here.")
    )
    created_at = models.DateTimeField(_("made"), db_default=Now(), editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False, editable=False
    )
    archived_at = models.DateTimeField(_("archived"), null=True, editable=False)
    archived_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False, editable=False
    )

    class Meta:
        verbose_name = _("template")
        verbose_name_plural = _("templates")
        default_permissions = ("view", "add", "change")
        permissions = [("test_template", _("Can send a template to themselves"))]
        constraints = [
            models.CheckConstraint(name="template_has_a_name", condition=~Q(name="")),
            models.CheckConstraint(
                name="template_channel_is_known", condition=Q(channel__in=["email", "sms", "push", "call", "letter"])
            ),
            models.CheckConstraint(
                name="template_is_archived_by_somebody_only_when_archived",
                condition=Q(archived_at__isnull=False) | Q(archived_by__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def consent_channel(self) -> str:
        """The channel that a customer consents to."""
        return self.CONSENT[self.Channel(self.channel)]


class TemplateVersion(models.Model):
    """What a template says from one change to the next. Append-only: a trigger refuses every change.

    ``texts`` has for each language ``subject``, ``text``, ``html`` and ``link``, all of them texts, some empty.
    """

    template = models.ForeignKey(Template, models.PROTECT, related_name="versions", db_index=False)
    number = models.PositiveIntegerField(_("version"))
    texts: Any = models.JSONField(_("texts"))
    note = models.CharField(_("what was changed"), max_length=200, blank=True)
    at = models.DateTimeField(_("written"), db_default=Now())
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        verbose_name = _("version of a template")
        verbose_name_plural = _("versions of templates")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["template", "number"], name="template_version_number_is_used_once"),
            models.CheckConstraint(name="template_version_counts_from_one", condition=Q(number__gte=1)),
            models.CheckConstraint(name="template_version_says_something", condition=~Q(texts={})),
        ]

    def __str__(self) -> str:
        return f"{self.template_id}, {self.number}"

    @property
    def languages(self) -> list[str]:
        return sorted(self.texts)
