"""Surveys: what is asked, who was invited to answer, and what they answered."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Survey(models.Model):
    """What is asked stands in its versions; here stands whom it is put to, and what happens with the answers."""

    class Kind(models.TextChoices):
        NPS = "nps", _("NPS: would recommend, 0 to 10")
        CSAT = "csat", _("CSAT: satisfied, 1 to 5")
        CES = "ces", _("CES: was easy, 1 to 7")
        FREE = "free", _("free questions")
        EXIT = "exit", _("exit: why customers leave")

    class Occasion(models.TextChoices):
        CLOSING = "closing", _("after a case is closed")
        PURCHASE = "purchase", _("after a purchase")
        LAPSE = "lapse", _("when a customer has lapsed")
        SEGMENT = "segment", _("a segment, now and then")
        HAND = "hand", _("by hand")

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        LIVE = "live", _("live")
        PAUSED = "paused", _("paused")

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=100)
    kind = models.CharField(_("measures"), max_length=4, choices=Kind)
    state = models.CharField(_("state"), max_length=6, choices=State, default=State.DRAFT, editable=False)
    occasion = models.CharField(_("is sent"), max_length=8, choices=Occasion, default=Occasion.HAND)
    case_kind = models.CharField(
        _("cases of the kind"), max_length=10, blank=True, help_text=_("Empty: of any kind. Only after cases.")
    )
    segment = models.ForeignKey(
        "customers.Segment", models.PROTECT, null=True, blank=True, related_name="surveys", verbose_name=_("segment"),
        help_text=_("Only its members are asked. Empty: everybody."),
    )  # fmt: skip
    delay_hours = models.PositiveSmallIntegerField(_("hours after the occasion"), default=24)
    sample_percent = models.PositiveSmallIntegerField(
        _("of 100 occasions are asked"), default=100, help_text=_("Chance decides, once for each occasion.")
    )
    remind_days = models.PositiveSmallIntegerField(
        _("reminded once after (days)"), default=4, help_text=_("Who has not answered. 0: never.")
    )
    expires_days = models.PositiveSmallIntegerField(_("can be answered for (days)"), default=30)
    low_score = models.PositiveSmallIntegerField(
        _("opens a case at a score of at most"), null=True, blank=True, help_text=_("Empty: never.")
    )
    low_kind = models.CharField(_("the case is a"), max_length=10, default="complaint", help_text="A Case.Kind.")
    team = models.ForeignKey(
        "feedback.Team", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("team of the case")
    )
    created_at = models.DateTimeField(_("made"), db_default=Now())
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("survey")
        verbose_name_plural = _("surveys")
        permissions = [("send_survey", _("Can invite customers to surveys"))]
        constraints = [
            models.CheckConstraint(name="survey_has_a_name", condition=~Q(name="")),
            models.CheckConstraint(
                name="survey_asks_some_to_all", condition=Q(sample_percent__gte=1, sample_percent__lte=100)
            ),
            models.CheckConstraint(
                name="survey_reminds_before_it_expires",
                condition=Q(expires_days__gte=1) & Q(remind_days__lt=models.F("expires_days")),
            ),
            models.CheckConstraint(
                name="survey_of_a_segment_names_it", condition=~Q(occasion="segment") | Q(segment__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SurveyVersion(models.Model):
    """What is asked. Once published it never changes (a trigger): what was answered stays an answer to it."""

    survey = models.ForeignKey(Survey, models.PROTECT, related_name="versions", db_index=False)
    number = models.PositiveIntegerField(_("version"))
    content: Any = models.JSONField(_("content"), help_text="See feedback.surveys.questions.")
    made_at = models.DateTimeField(_("made"), db_default=Now())
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(_("published"), null=True)

    class Meta:
        verbose_name = _("version of a survey")
        verbose_name_plural = _("versions of surveys")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["survey", "number"], name="version_of_a_survey_stands_once"),
            models.UniqueConstraint(
                fields=["survey"], condition=Q(published_at__isnull=True), name="survey_has_one_draft"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.survey_id}/{self.number}"


class Invitation(models.Model):
    """One customer, one occasion, one answer. Of the link's token only a hash is kept.

    ``planned`` waits for its time; ``skipped`` was not sent, with the reason; ``sent`` can be answered until it
    expires; ``answered`` is used up.
    """

    class State(models.TextChoices):
        PLANNED = "planned", _("planned")
        SKIPPED = "skipped", _("not sent")
        SENT = "sent", _("sent")
        ANSWERED = "answered", _("answered")
        EXPIRED = "expired", _("expired")

    survey = models.ForeignKey(Survey, models.PROTECT, related_name="invitations", db_index=False)
    version = models.ForeignKey(
        SurveyVersion, models.PROTECT, null=True, related_name="invitations", db_index=False,
        help_text="The one that was published when it was sent.",
    )  # fmt: skip
    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, related_name="survey_invitations", db_index=False
    )
    occasion = models.CharField(_("occasion"), max_length=8, choices=Survey.Occasion)
    key = models.CharField(max_length=160, unique=True, help_text="The occasion: one invitation to a survey each.")
    case = models.ForeignKey(
        "feedback.Case", models.PROTECT, null=True, related_name="survey_invitations", verbose_name=_("case")
    )
    purchase = models.ForeignKey(
        "customers.Purchase", models.PROTECT, null=True, related_name="+", db_constraint=False, db_index=False
    )
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.PLANNED)
    reason = models.CharField(_("not sent because"), max_length=20, blank=True, help_text="A code.")
    language = models.CharField(_("language"), max_length=10, blank=True)
    token_hash = models.CharField(max_length=64, null=True, unique=True)
    reminder_hash = models.CharField(max_length=64, null=True, unique=True, help_text="The reminder has its own link.")
    planned_at = models.DateTimeField(_("planned"), db_default=Now())
    due_at = models.DateTimeField(_("to be sent"), help_text="Not before.")
    sent_at = models.DateTimeField(_("sent"), null=True)
    remind_at = models.DateTimeField(null=True, help_text="When it is to be reminded of; none: not any more.")
    reminded_at = models.DateTimeField(_("reminded"), null=True)
    expires_at = models.DateTimeField(_("expires"), null=True)
    begun_at = models.DateTimeField(_("first answer"), null=True)
    last_step_at = models.DateTimeField(null=True, help_text="When an answer came last.")
    answered_at = models.DateTimeField(_("answered"), null=True)
    complete = models.BooleanField(_("to the end"), default=False, db_default=False)
    score = models.SmallIntegerField(_("score"), null=True)
    opened = models.ForeignKey(
        "feedback.Case", models.PROTECT, null=True, related_name="+", verbose_name=_("case that it opened")
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        verbose_name = _("invitation to a survey")
        verbose_name_plural = _("invitations to surveys")
        default_permissions = ("view",)
        constraints = [
            models.CheckConstraint(
                name="invitation_that_went_out_has_version_and_end",
                condition=Q(
                    state__in=["sent", "answered", "expired"],
                    sent_at__isnull=False, expires_at__isnull=False, version__isnull=False,
                )
                | Q(state__in=["planned", "skipped"], sent_at__isnull=True, reminded_at__isnull=True),
            ),
            models.CheckConstraint(
                name="invitation_is_answered_at_a_time",
                condition=Q(state="answered", answered_at__isnull=False, begun_at__isnull=False)
                | (~Q(state="answered") & Q(answered_at__isnull=True, complete=False, score__isnull=True)),
            ),
            models.CheckConstraint(
                name="invitation_not_sent_says_why",
                condition=(Q(state="skipped") & ~Q(reason="")) | (~Q(state="skipped") & Q(reason="")),
            ),
            models.CheckConstraint(
                name="only_a_sent_invitation_is_to_be_reminded_of",
                condition=Q(remind_at__isnull=True) | Q(state="sent", reminded_at__isnull=True),
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state="planned"), name="invitation_due"),
            models.Index(fields=["remind_at"], condition=Q(remind_at__isnull=False), name="invitation_to_remind"),
            models.Index(fields=["expires_at"], condition=Q(state="sent"), name="invitation_open"),
            models.Index(
                fields=["last_step_at"], condition=Q(state="sent", begun_at__isnull=False), name="invitation_begun"
            ),
            models.Index(fields=["customer", "-sent_at"], name="invitation_of_customer"),
            models.Index(fields=["survey", "-answered_at"], name="invitation_by_answer"),
            models.Index(fields=["survey", "state"], name="invitation_by_state"),
        ]

    def __str__(self) -> str:
        return f"{self.survey_id}: {self.get_state_display()}"


class Answer(models.Model):
    """The answer to one question; it can change until the survey is sent off, and not after it (a trigger)."""

    invitation = models.ForeignKey(Invitation, models.PROTECT, related_name="answers", db_index=False)
    question = models.CharField(_("question"), max_length=40)
    number = models.SmallIntegerField(_("number"), null=True)
    choices: Any = models.JSONField(_("chosen"), default=list)
    text = models.TextField(_("text"), blank=True)
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("answer to a survey")
        verbose_name_plural = _("answers to surveys")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["invitation", "question"], name="question_is_answered_once"),
        ]

    def __str__(self) -> str:
        return self.question


class SurveyRules(models.Model):
    """What holds for all surveys together. One row."""

    main = models.BooleanField(default=True, editable=False)
    cooldown_days = models.PositiveSmallIntegerField(
        _("days between two invitations"), default=30, help_text=_("For one customer, over all surveys.")
    )

    class Meta:
        verbose_name = _("rules of surveys")
        verbose_name_plural = _("rules of surveys")
        default_permissions = ("view", "change")
        constraints = [
            models.CheckConstraint(name="survey_rules_are_the_main_ones", condition=Q(main=True)),
            models.UniqueConstraint(fields=["main"], name="survey_rules_are_one_row"),
        ]

    def __str__(self) -> str:
        return str(_("rules of surveys"))
