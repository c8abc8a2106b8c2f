"""Messages that go out: written with the change that they tell of, sent after it, each at most once."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Message(models.Model):
    """One message to one address.

    ``queued`` waits for its time. ``leased`` was taken by a worker and not touched yet. ``in_flight`` is being handed
    over: a worker that dies now leaves it ``uncertain``, because nobody knows whether the server took it. A sent one
    stays as it was (a trigger), except that it follows its customer into a merged one and is emptied by an erasure.
    """

    class Kind(models.TextChoices):
        TRANSACTIONAL = "transactional", _("transactional")
        MARKETING = "marketing", _("marketing")

    class Channel(models.TextChoices):
        EMAIL = "email", _("e-mail")
        SMS = "sms", _("SMS")
        PUSH = "push", _("push")

    class Priority(models.IntegerChoices):
        BULK = 0, _("with many others")
        NORMAL = 1, _("normal")
        URGENT = 2, _("before all others")

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting")
        LEASED = "leased", _("about to be sent")
        IN_FLIGHT = "in_flight", _("being sent")
        SENT = "sent", _("sent")
        FAILED = "failed", _("not taken")
        UNCERTAIN = "uncertain", _("uncertain")
        CANCELLED = "cancelled", _("cancelled")
        SKIPPED = "skipped", _("not sent")

    WAITING = (State.QUEUED, State.LEASED)

    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, null=True, related_name="messages", db_index=False
    )
    kind = models.CharField(_("kind"), max_length=13, choices=Kind)
    purpose = models.CharField(_("purpose"), max_length=40, blank=True, help_text=_("A code: what it is about."))
    channel = models.CharField(_("channel"), max_length=5, choices=Channel, default=Channel.EMAIL)
    to_address = models.CharField(_("to"), max_length=254, blank=True)
    from_name = models.CharField(_("from (name)"), max_length=100, blank=True)
    from_address = models.CharField(_("from (address)"), max_length=254)
    reply_to = models.CharField(_("reply to"), max_length=254, blank=True)
    subject = models.CharField(_("subject"), max_length=250, blank=True)
    text = models.TextField(_("text"), blank=True)
    html = models.TextField(_("HTML"), blank=True, help_text="Cleaned by who queued it.")
    headers: Any = models.JSONField(default=dict, db_default={}, blank=True)
    attachments: Any = models.JSONField(
        default=list, db_default=[], blank=True, help_text="Private files: path, name and type of each."
    )
    message_id = models.CharField(max_length=254, unique=True, help_text="Message-ID with its angle brackets.")
    key = models.CharField(max_length=160, unique=True, help_text="The same key is never queued twice.")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    created_at = models.DateTimeField(_("queued"), db_default=Now())

    due_at = models.DateTimeField(_("due"), help_text="Not before. After a temporary refusal: when it is tried again.")
    priority = models.PositiveSmallIntegerField(_("priority"), choices=Priority, default=Priority.NORMAL)
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.QUEUED)
    reason = models.CharField(_("reason"), max_length=40, blank=True, help_text="A code: why it was not sent.")
    error = models.CharField(_("error"), max_length=300, blank=True, help_text="What the server said last.")
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0, db_default=0)
    worker = models.CharField(max_length=40, blank=True, help_text="Who has it now.")
    lease_until = models.DateTimeField(null=True, help_text="Then its worker is taken for dead.")
    handed_at = models.DateTimeField(_("last attempt"), null=True)
    sent_at = models.DateTimeField(_("sent"), null=True, help_text="When the server had taken it.")
    ended_at = models.DateTimeField(null=True, help_text="When it came to another end than being sent.")
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False, editable=False
    )

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        default_permissions = ("view",)
        permissions = [
            ("settle_message", _("Can send failed and uncertain messages again, or settle them")),
            ("cancel_message", _("Can cancel messages that wait")),
        ]
        constraints = [
            models.CheckConstraint(
                name="message_is_held_by_a_worker_while_it_is_sent",
                condition=Q(state__in=["leased", "in_flight"], lease_until__isnull=False) & ~Q(worker="")
                | ~Q(state__in=["leased", "in_flight"]) & Q(lease_until__isnull=True, worker=""),
            ),
            models.CheckConstraint(
                name="message_is_sent_at_a_time",
                condition=Q(state="sent", sent_at__isnull=False) | ~Q(state="sent") & Q(sent_at__isnull=True),
            ),
            models.CheckConstraint(
                name="message_that_ended_unsent_says_when_and_why",
                condition=Q(state__in=["failed", "uncertain", "cancelled", "skipped"], ended_at__isnull=False)
                & ~Q(reason="")
                | ~Q(state__in=["failed", "uncertain", "cancelled", "skipped"]) & Q(ended_at__isnull=True, reason=""),
            ),
            models.CheckConstraint(
                name="message_was_handed_over_before_it_counts_as_sent",
                condition=~Q(state__in=["in_flight", "sent", "uncertain"])
                | Q(handed_at__isnull=False, attempts__gte=1),
            ),
            models.CheckConstraint(
                name="message_that_waits_has_an_address",
                condition=~Q(state__in=["queued", "leased"]) | ~Q(to_address=""),
            ),
            models.CheckConstraint(
                name="message_has_key_and_sender", condition=~Q(key="") & ~Q(message_id="") & ~Q(from_address="")
            ),
            models.CheckConstraint(name="message_priority_is_known", condition=Q(priority__in=[0, 1, 2])),
        ]
        indexes = [
            models.Index(
                fields=["channel", "priority", "due_at", "id"],
                condition=Q(state="queued"),
                name="message_due_by_channel",
            ),
            models.Index(fields=["-id"], condition=Q(state="queued"), name="message_waiting"),
            models.Index(
                fields=["lease_until"], condition=Q(state__in=["leased", "in_flight"]), name="message_in_hand"
            ),
            models.Index(
                fields=["state", "-id"],
                condition=Q(state__in=["failed", "uncertain", "cancelled", "skipped"]),
                name="message_not_sent",
            ),
            models.Index(fields=["customer", "-id"], name="message_of_customer"),
        ]

    def __str__(self) -> str:
        return self.subject or f"#{self.pk}"

    @property
    def sender(self) -> str:
        return f"{self.from_name} <{self.from_address}>" if self.from_name else self.from_address
