"""A case: one thing that a customer told us, from the moment it came in to the moment it is settled."""

from datetime import UTC, datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce, Now
from django.utils.translation import gettext_lazy as _

NEVER = datetime(9999, 1, 1, tzinfo=UTC)  # in the queue, what is not due stands after all that is


class CaseQuerySet(models.QuerySet["Case"]):
    def open(self) -> Self:
        """Neither settled, nor merged, nor held aside as spam."""
        return self.filter(closed_at=None, merged_into=None, spam=False)

    def overdue(self, at: datetime) -> Self:
        return self.open().filter(due_at__lt=at)

    def awake(self, at: datetime) -> Self:
        return self.filter(Q(snoozed_until=None) | Q(snoozed_until__lte=at))

    def by_due(self) -> Self:
        """With ``due_or_never``, by which the queue is sorted and paged."""
        return self.annotate(due_or_never=Coalesce("due_at", Value(NEVER)))


class Case(models.Model):
    """The row that is locked by whoever changes a case or anything that hangs on it."""

    class Kind(models.TextChoices):
        COMPLAINT = "complaint", _("complaint")
        SUGGESTION = "suggestion", _("suggestion")
        PRAISE = "praise", _("praise")
        QUESTION = "question", _("question")
        REVIEW = "review", _("product review")

    class Stage(models.TextChoices):
        RECEIVED = "received", _("received")
        ACKNOWLEDGED = "acknowledged", _("acknowledged")
        INVESTIGATING = "investigating", _("being investigated")
        DECISION = "decision", _("decided")
        OFFERED = "offered", _("redress offered")
        ACCEPTED = "accepted", _("offer accepted")
        DECLINED = "declined", _("offer declined")
        CLOSED = "closed", _("closed")
        REOPENED = "reopened", _("reopened")
        REFERRED = "referred", _("referred outside")

    class Waiting(models.TextChoices):
        """Whom the case waits for, where it is not us: what pauses clocks that may pause."""

        CUSTOMER = "customer", _("waiting for the customer")
        THIRD = "third", _("waiting for somebody else")

    class Channel(models.TextChoices):
        WEB = "web", _("web form")
        EMAIL = "email", _("e-mail")
        PHONE = "phone", _("phone")
        SOCIAL = "social", _("social channel")
        PAPER = "paper", _("paper")
        PERSON = "person", _("in person")
        API = "api", _("another system")
        FILE = "file", _("file")
        SURVEY = "survey", _("survey")

    class Level(models.IntegerChoices):
        """Of severity (how bad it is for this customer) and of impact (how many it concerns, and how much)."""

        LOW = 1, _("low")
        MEDIUM = 2, _("medium")
        HIGH = 3, _("high")
        CRITICAL = 4, _("critical")

    class Priority(models.IntegerChoices):
        LOW = 1, _("low")
        NORMAL = 2, _("normal")
        HIGH = 3, _("high")
        URGENT = 4, _("urgent")

    class Wanted(models.TextChoices):
        """What the customer asks for (ISO 10002: the remedy sought)."""

        NOTHING = "", _("nothing in particular")
        ANSWER = "answer", _("an answer")
        APOLOGY = "apology", _("an apology")
        REPLACEMENT = "replacement", _("a replacement")
        REPAIR = "repair", _("a repair")
        REFUND = "refund", _("the money back")
        COMPENSATION = "compensation", _("compensation")
        CHANGE = "change", _("that something changes")

    class Outcome(models.TextChoices):
        UPHELD = "upheld", _("upheld")
        PARTLY = "partly", _("partly upheld")
        NOT = "not", _("not upheld")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    stage = models.CharField(_("stage"), max_length=13, choices=Stage, default=Stage.RECEIVED)
    waiting = models.CharField(_("waits for"), max_length=8, choices=Waiting, blank=True)
    channel = models.CharField(_("came by"), max_length=6, choices=Channel)
    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, null=True, blank=True, related_name="cases", db_index=False,
        verbose_name=_("customer"),
    )  # fmt: skip
    sender_name = models.CharField(_("name"), max_length=200, blank=True, help_text="As it stood on what came in.")
    sender_address = models.CharField(_("e-mail or phone"), max_length=254, blank=True)
    language = models.CharField(_("language"), max_length=10, default="en")
    subject = models.CharField(_("subject"), max_length=200)

    severity = models.PositiveSmallIntegerField(_("severity"), choices=Level, default=Level.MEDIUM)
    impact = models.PositiveSmallIntegerField(_("impact"), choices=Level, default=Level.LOW)
    priority = models.PositiveSmallIntegerField(_("priority"), choices=Priority, default=Priority.NORMAL)
    wanted = models.CharField(_("asks for"), max_length=12, choices=Wanted, blank=True, default=Wanted.NOTHING)
    product = models.CharField(_("product code"), max_length=60, blank=True)
    store = models.CharField(_("store"), max_length=60, blank=True)
    purchase = models.ForeignKey(
        "customers.Purchase", models.PROTECT, null=True, blank=True, related_name="cases", verbose_name=_("order"),
        db_constraint=False,
    )  # fmt: skip
    theme = models.ForeignKey(
        "feedback.Theme", models.PROTECT, null=True, blank=True, related_name="cases", verbose_name=_("theme")
    )
    root_cause = models.ForeignKey(
        "feedback.RootCause", models.PROTECT, null=True, blank=True, related_name="cases", verbose_name=_("root cause")
    )
    outcome = models.CharField(_("outcome"), max_length=6, choices=Outcome, blank=True)
    outcome_reason = models.TextField(_("reason of the outcome"), blank=True)

    team = models.ForeignKey(
        "feedback.Team", models.PROTECT, null=True, blank=True, related_name="cases", verbose_name=_("team")
    )
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="cases", verbose_name=_("agent")
    )
    snoozed_until = models.DateTimeField(_("asleep until"), null=True, blank=True)
    asleep_firmly = models.BooleanField(default=False, help_text="A new message of the customer does not wake it.")
    spam = models.BooleanField(_("spam"), default=False, help_text="Held aside until somebody looks.")
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged", verbose_name=_("merged into")
    )
    follows = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="followed_by", verbose_name=_("follows"),
        help_text="The case that this one takes up again, or was split from.",
    )  # fmt: skip

    received_at = models.DateTimeField(_("received"), help_text="When the customer said it.")
    recorded_at = models.DateTimeField(_("recorded"), db_default=Now(), help_text="When it was written down.")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    acknowledged_at = models.DateTimeField(_("acknowledged"), null=True)
    answered_at = models.DateTimeField(_("first answered"), null=True)
    decided_at = models.DateTimeField(_("decided"), null=True)
    closed_at = models.DateTimeField(_("closed"), null=True)
    reopenings = models.PositiveSmallIntegerField(_("times reopened"), default=0)
    key = models.CharField(max_length=160, null=True, unique=True, help_text="The same key opens one case.")
    came_from = models.ForeignKey(
        "customers.Source", models.PROTECT, null=True, blank=True, related_name="cases", verbose_name=_("came from"),
        db_index=False,
    )  # fmt: skip
    reference = models.CharField(
        _("number there"), max_length=100, blank=True, db_default="", help_text="Of a case that a file brought in."
    )

    link_generation = models.PositiveSmallIntegerField(
        default=0, db_default=0, help_text="Links to its status page of earlier generations are not valid any more."
    )

    # Kept by those who write, so that the queue is one indexed read.
    unanswered_since = models.DateTimeField(null=True, help_text="The oldest message of the customer without a reply.")
    last_entry_at = models.DateTimeField(_("last message"), null=True)
    due_at = models.DateTimeField(_("next due"), null=True, help_text="The earliest of its running clocks.")
    due_metric = models.CharField(max_length=20, blank=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        default_permissions = ("view", "add", "change")
        permissions = [
            ("answer_case", _("Can answer customers")),
            ("close_case", _("Can close and reopen cases")),
            ("merge_case", _("Can merge and split cases")),
            ("assign_case", _("Can give cases to others")),
        ]
        constraints = [
            models.CheckConstraint(
                name="settled_case_has_a_time",
                condition=Q(stage__in=["closed", "referred"], closed_at__isnull=False)
                | (~Q(stage__in=["closed", "referred"]) & Q(closed_at__isnull=True)),
            ),
            models.CheckConstraint(name="case_is_not_merged_into_itself", condition=~Q(merged_into=F("pk"))),
            models.CheckConstraint(name="case_has_a_subject", condition=~Q(subject="")),
            models.CheckConstraint(
                name="case_levels_are_one_to_four",
                condition=Q(severity__gte=1, severity__lte=4, impact__gte=1, impact__lte=4)
                & Q(priority__gte=1, priority__lte=4),
            ),
            models.CheckConstraint(
                name="settled_complaint_has_an_outcome",
                condition=~Q(kind="complaint", stage="closed") | ~Q(outcome="") | Q(merged_into__isnull=False),
            ),
            models.CheckConstraint(
                name="upheld_complaint_is_settled_with_a_root_cause",
                condition=~Q(kind="complaint", stage="closed", outcome__in=["upheld", "partly"])
                | Q(root_cause__isnull=False)
                | Q(merged_into__isnull=False)
                | Q(channel="file")
                | Q(came_from__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["came_from", "reference"],
                condition=Q(came_from__isnull=False),
                name="case_of_a_source_is_known_by_its_number_there",
            ),
            models.CheckConstraint(
                name="number_there_and_source_go_together",
                condition=Q(came_from__isnull=True, reference="") | Q(came_from__isnull=False) & ~Q(reference=""),
            ),
            models.CheckConstraint(
                name="case_sleeps_firmly_until_a_time",
                condition=Q(asleep_firmly=False) | Q(snoozed_until__isnull=False),
            ),
            models.CheckConstraint(name="outcome_has_a_time", condition=Q(outcome="") | Q(decided_at__isnull=False)),
        ]
        indexes = [
            models.Index(fields=["customer", "-received_at"], name="case_by_customer"),
            models.Index(
                fields=["due_at", "id"],
                condition=Q(closed_at__isnull=True, merged_into__isnull=True, spam=False),
                name="case_open_by_due",
            ),
            models.Index(
                Coalesce("due_at", Value(NEVER)),
                "id",
                condition=Q(closed_at__isnull=True, merged_into__isnull=True, spam=False),
                name="case_open_by_due_or_never",
            ),
            models.Index(
                fields=["assignee", "due_at"],
                condition=Q(closed_at__isnull=True, merged_into__isnull=True, spam=False),
                name="case_open_by_agent",
            ),
            models.Index(fields=["-received_at", "-id"], name="case_latest_first"),
            models.Index(fields=["-received_at", "-id"], condition=Q(spam=True), name="case_held_aside"),
            models.Index(
                fields=["sender_address", "-received_at"],
                condition=~Q(sender_address=""),
                name="case_latest_of_sender",
            ),
            models.Index(fields=["reference"], condition=~Q(reference=""), name="case_by_number_there"),
            models.Index(fields=["closed_at"], condition=Q(closed_at__isnull=False), name="case_by_closing"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.subject}"

    @property
    def number(self) -> str:
        """As people say it. An address that a customer gets is signed, so that it may be counted up."""
        return f"#{self.pk}"

    @property
    def is_open(self) -> bool:
        return self.closed_at is None and self.merged_into_id is None and not self.spam


class CaseEvent(models.Model):
    """What was done to a case, and by whom. Append-only; what was said is in its entries."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="events", db_index=False)
    what = models.CharField(_("what"), max_length=30, help_text="A verb of feedback.actions.history.")
    at = models.DateTimeField(_("when"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by"), db_index=False
    )
    about = models.JSONField(default=dict, help_text="Ids, codes, numbers: personal data never.")

    class Meta:
        verbose_name = _("event of a case")
        verbose_name_plural = _("events of cases")
        default_permissions = ("view",)
        indexes = [models.Index(fields=["case", "at", "id"], name="event_of_case")]

    def __str__(self) -> str:
        return self.what
