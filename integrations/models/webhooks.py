"""Who is told of facts over HTTP, and what became of each message."""

import json
from hashlib import sha256

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from customers.models import Verb


class Endpoint(models.Model):
    """An address of another system. Its secret is sealed with the installation's key and shown once, in clear."""

    name = models.CharField(_("name"), max_length=100)
    url = models.CharField(_("address"), max_length=500)
    verbs = ArrayField(
        models.CharField(max_length=30), default=list, blank=True, verbose_name=_("facts"), help_text="Empty: all."
    )
    since = models.BigIntegerField(editable=False, help_text="The position of the last fact that it is not told of.")
    secret = models.TextField(editable=False)
    previous_secret = models.TextField(blank=True, editable=False)
    previous_until = models.DateTimeField(null=True, editable=False, help_text="Till then messages carry both.")
    active = models.BooleanField(_("active"), default=True)
    failures = models.PositiveIntegerField(default=0, editable=False, help_text="Since the last success.")
    failing_since = models.DateTimeField(null=True, editable=False)
    retry_at = models.DateTimeField(null=True, editable=False, help_text="Nothing is sent before: it is unwell.")
    disabled_at = models.DateTimeField(
        _("switched off"), null=True, editable=False, help_text="By Mainstay, after failing for long."
    )
    created_at = models.DateTimeField(_("created"), db_default=Now(), editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+")

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        constraints = [
            models.CheckConstraint(
                name="endpoint_switched_off_is_not_active", condition=Q(disabled_at=None) | Q(active=False)
            ),
            models.CheckConstraint(
                name="endpoint_fails_since_its_first_failure",
                condition=Q(failures=0, failing_since=None, retry_at=None)
                | Q(failures__gt=0, failing_since__isnull=False),
            ),
            models.CheckConstraint(
                name="previous_secret_has_an_end",
                condition=Q(previous_secret="", previous_until=None)
                | (~Q(previous_secret="") & Q(previous_until__isnull=False)),
            ),
            models.CheckConstraint(
                name="endpoint_has_name_address_and_secret", condition=~Q(name="") & ~Q(url="") & ~Q(secret="")
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def revision(self) -> int:
        """Another one whenever people have changed it; never one that only goes up."""
        said = json.dumps([self.name, self.url, self.verbs])
        return int(sha256(said.encode()).hexdigest(), 16) % 999_999_999


class Delivery(models.Model):
    """One message to one endpoint: about a fact, or about an event that concerns no customer whom we know.

    Without either it is a ping.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting")
        LEASED = "leased", _("being sent")
        SENT = "sent", _("delivered")
        FAILED = "failed", _("failed, to be tried again")
        GAVE_UP = "gave_up", _("given up")

    DUE = (State.QUEUED, State.LEASED, State.FAILED)

    endpoint = models.ForeignKey(Endpoint, models.PROTECT, related_name="deliveries", db_index=False)
    # No database constraint: facts are never deleted, and it would lock each one while it is queued.
    fact = models.ForeignKey(
        "customers.Fact", models.PROTECT, null=True, db_constraint=False, db_index=False, related_name="+"
    )
    event = models.JSONField(null=True, help_text="verb, at and about, where there is no fact. Nothing personal.")
    state = models.CharField(_("state"), max_length=7, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_at = models.DateTimeField(
        _("next attempt"), null=True, help_text="While it is being sent: when the sender is taken for dead."
    )
    status = models.PositiveSmallIntegerField(_("answer"), null=True, help_text="HTTP status of the last answer.")
    error = models.CharField(_("error"), max_length=200, blank=True)
    last_at = models.DateTimeField(_("last attempt"), null=True)
    sent_at = models.DateTimeField(_("delivered"), null=True)
    created_at = models.DateTimeField(_("queued"), db_default=Now())

    class Meta:
        verbose_name = _("webhook delivery")
        verbose_name_plural = _("webhook deliveries")
        constraints = [
            models.UniqueConstraint(fields=["endpoint", "fact"], name="endpoint_is_told_of_a_fact_by_one_delivery"),
            models.CheckConstraint(
                name="delivery_tells_of_a_fact_or_an_event", condition=Q(fact__isnull=True) | Q(event__isnull=True)
            ),
            models.CheckConstraint(
                name="delivery_is_due_sent_or_given_up",
                condition=Q(state__in=["queued", "leased", "failed"], next_at__isnull=False, sent_at=None)
                | Q(state="sent", next_at=None, sent_at__isnull=False)
                | Q(state="gave_up", next_at=None, sent_at=None),
            ),
        ]
        indexes = [
            models.Index(
                fields=["endpoint", "next_at", "id"],
                condition=Q(state__in=["queued", "leased", "failed"]),
                name="delivery_due",
            ),
            models.Index(fields=["endpoint", "-id"], name="delivery_latest_first"),
            models.Index(fields=["created_at"], condition=Q(state__in=["sent", "gave_up"]), name="delivery_done"),
        ]

    def __str__(self) -> str:
        return f"{self.endpoint_id}/{self.pk}"

    @property
    def label(self) -> str:
        """What it tells of, in words."""
        if self.fact is not None:
            return self.fact.label
        if self.event is None:
            return str(_("Ping"))
        verb = self.event["verb"]
        return str(Verb(verb).label) if verb in Verb else str(verb)
