"""What a board recommends, what it rests on, what the company decided, and what came of it."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from advisory.confidentiality import Level


class Recommendation(models.Model):
    """``state`` is what the company has decided, ``published`` what members see of it.

    The board's own advice, the result of its vote, is kept apart: the company may decide otherwise.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", _("proposed")
        UNDER_REVIEW = "under_review", _("under review")
        ACCEPTED = "accepted", _("accepted")
        PLANNED = "planned", _("planned")
        IN_PROGRESS = "in_progress", _("in progress")
        SHIPPED = "shipped", _("shipped")
        DECLINED = "declined", _("declined")
        MERGED = "merged", _("merged into another")

    DECIDED = (State.ACCEPTED, State.PLANNED, State.IN_PROGRESS, State.SHIPPED, State.DECLINED)

    board = models.ForeignKey("advisory.Board", models.PROTECT, related_name="recommendations", db_index=False)
    number = models.PositiveIntegerField(_("number"))
    title = models.CharField(_("title"), max_length=200)
    text = models.TextField(_("what is recommended"), blank=True)
    level = models.PositiveSmallIntegerField(_("who may know of it"), choices=Level, default=Level.BOARD)
    neutral = models.CharField(
        _("neutral wording"), max_length=200, blank=True,
        help_text=_("What reports say of a confidential one. Empty: it does not appear there."),
    )  # fmt: skip
    proposed_by = models.ForeignKey(
        "advisory.Term", models.PROTECT, null=True, related_name="recommended", verbose_name=_("proposed by")
    )
    taken_down_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    proposed_at = models.DateTimeField(_("proposed"), db_default=Now())
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.PROPOSED)
    state_at = models.DateTimeField(_("since"), db_default=Now())
    published = models.CharField(_("members see"), max_length=12, choices=State, default=State.PROPOSED)
    published_at = models.DateTimeField(_("published"), null=True)
    reason = models.TextField(_("reason of the decision"), blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True)
    answer_by = models.DateField(_("answer due"), null=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="recommendations",
        verbose_name=_("owner"),
    )  # fmt: skip
    progress = models.PositiveSmallIntegerField(_("done, percent"), default=0)
    review_on = models.DateField(_("looked at again on"), null=True, blank=True)
    advice_yes = models.PositiveIntegerField(_("yes"), null=True)
    advice_no = models.PositiveIntegerField(_("no"), null=True)
    advice_abstain = models.PositiveIntegerField(_("abstentions"), null=True)
    advised_at = models.DateTimeField(_("the board voted"), null=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="merged")
    updates = models.ManyToManyField("advisory.ProductUpdate", blank=True, related_name="recommendations")
    version = models.PositiveIntegerField(default=1, help_text="Grows with each change: two who drag it are told.")

    class Meta:
        verbose_name = _("recommendation")
        verbose_name_plural = _("recommendations")
        default_permissions = ("view", "add", "change")
        permissions = [
            ("decide_recommendation", _("Can decide about recommendations and publish decisions")),
            ("report_back", _("Can send what came of recommendations to customers")),
        ]
        constraints = [
            models.UniqueConstraint(fields=["board", "number"], name="recommendation_of_a_board_stands_once"),
            models.CheckConstraint(name="recommendation_has_a_title", condition=~Q(title="")),
            models.CheckConstraint(
                name="declined_recommendation_has_a_reason", condition=~Q(state="declined") | ~Q(reason="")
            ),
            models.CheckConstraint(
                name="decided_recommendation_has_a_day",
                condition=~Q(state__in=["accepted", "planned", "in_progress", "shipped", "declined"])
                | Q(decided_at__isnull=False),
            ),
            models.CheckConstraint(
                name="merged_recommendation_says_into_which",
                condition=Q(state="merged", merged_into__isnull=False)
                | (~Q(state="merged") & Q(merged_into__isnull=True)),
            ),
            models.CheckConstraint(
                name="recommendation_is_not_merged_into_itself", condition=~Q(merged_into=F("id"))
            ),
            models.CheckConstraint(name="progress_is_a_percentage", condition=Q(progress__lte=100)),
            models.CheckConstraint(
                name="advice_has_all_its_votes",
                condition=Q(
                    advice_yes__isnull=True, advice_no__isnull=True, advice_abstain__isnull=True,
                    advised_at__isnull=True,
                )
                | Q(
                    advice_yes__isnull=False, advice_no__isnull=False, advice_abstain__isnull=False,
                    advised_at__isnull=False,
                ),
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["board", "state", "-state_at"], name="recommendation_by_state"),
            models.Index(fields=["decided_at"], name="recommendation_by_decision"),
        ]

    def __str__(self) -> str:
        return self.title


class Support(models.Model):
    """A member is for it. Of those merged into one another each member counts once."""

    recommendation = models.ForeignKey(Recommendation, models.PROTECT, related_name="supports", db_index=False)
    term = models.ForeignKey("advisory.Term", models.PROTECT, related_name="supports")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("support of a recommendation")
        verbose_name_plural = _("supports of recommendations")
        default_permissions = ("view",)
        constraints = [models.UniqueConstraint(fields=["recommendation", "term"], name="member_supports_once")]

    def __str__(self) -> str:
        return f"{self.recommendation_id}: {self.term_id}"


class Evidence(models.Model):
    """What a recommendation rests on: a theme of cases, a case, an answer to a survey, or words and a number."""

    recommendation = models.ForeignKey(Recommendation, models.PROTECT, related_name="evidence")
    theme = models.ForeignKey("feedback.Theme", models.PROTECT, null=True, blank=True, related_name="+")
    case = models.ForeignKey("feedback.Case", models.PROTECT, null=True, blank=True, related_name="+")
    answer = models.ForeignKey("feedback.Answer", models.PROTECT, null=True, blank=True, related_name="+")
    words = models.CharField(_("in words"), max_length=300, blank=True)
    added_at = models.DateTimeField(_("added"), db_default=Now())
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        verbose_name = _("evidence of a recommendation")
        verbose_name_plural = _("evidence of recommendations")
        default_permissions = ("view", "add", "delete")
        constraints = [
            models.CheckConstraint(
                name="evidence_is_one_thing",
                condition=Q(theme__isnull=False, case__isnull=True, answer__isnull=True)
                | Q(theme__isnull=True, case__isnull=False, answer__isnull=True)
                | Q(theme__isnull=True, case__isnull=True, answer__isnull=False)
                | (Q(theme__isnull=True, case__isnull=True, answer__isnull=True) & ~Q(words="")),
            ),
            models.UniqueConstraint(fields=["recommendation", "theme"], name="theme_is_evidence_once"),
            models.UniqueConstraint(fields=["recommendation", "case"], name="case_is_evidence_once"),
            models.UniqueConstraint(fields=["recommendation", "answer"], name="answer_is_evidence_once"),
        ]

    def __str__(self) -> str:
        return self.words or f"{self.theme_id or self.case_id or self.answer_id}"


class ProductUpdate(models.Model):
    """Something that changes for customers: planned for a day, then shipped, with words for them."""

    title = models.CharField(_("title"), max_length=200)
    note = models.TextField(_("release note"), blank=True, help_text=_("What customers read."))
    planned_on = models.DateField(_("planned for"), null=True, blank=True)
    shipped_on = models.DateField(_("shipped"), null=True, blank=True)
    made_at = models.DateTimeField(_("made"), db_default=Now(), editable=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False, db_index=False
    )

    class Meta:
        verbose_name = _("product update")
        verbose_name_plural = _("product updates")
        default_permissions = ("view", "add", "change")
        constraints = [models.CheckConstraint(name="product_update_has_a_title", condition=~Q(title=""))]

    def __str__(self) -> str:
        return self.title


class RecommendationStep(models.Model):
    """What was done to a recommendation, by whom and why. Append-only."""

    recommendation = models.ForeignKey(Recommendation, models.PROTECT, related_name="steps")
    what = models.CharField(max_length=20, help_text="moved, published, merged, advised, reviewed …")
    before = models.CharField(max_length=12, blank=True)
    after = models.CharField(max_length=12, blank=True)
    reason = models.TextField(blank=True)
    about: Any = models.JSONField(default=dict)
    at = models.DateTimeField(db_default=Now())
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        verbose_name = _("step of a recommendation")
        verbose_name_plural = _("steps of recommendations")
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"{self.recommendation_id}: {self.what}"


class Report(models.Model):
    """What customers said and what was done, for a period: what it said when it was sent stays in the messages."""

    board = models.ForeignKey("advisory.Board", models.PROTECT, related_name="reports")
    since = models.DateField(_("from"))
    until = models.DateField(_("until"), help_text="The last day.")
    words = models.TextField(_("foreword"), blank=True)
    made_at = models.DateTimeField(_("made"), db_default=Now())
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    sent_at = models.DateTimeField(_("sent"), null=True)
    sent_to = models.PositiveIntegerField(_("people it was sent to"), null=True)

    class Meta:
        verbose_name = _("report to customers")
        verbose_name_plural = _("reports to customers")
        default_permissions = ("view", "add")
        constraints = [
            models.UniqueConstraint(fields=["board", "since", "until"], name="board_reports_a_period_once"),
            models.CheckConstraint(name="report_begins_before_it_ends", condition=Q(since__lte=F("until"))),
            models.CheckConstraint(
                name="report_is_sent_to_a_number_of_people",
                condition=Q(sent_at__isnull=True, sent_to__isnull=True)
                | Q(sent_at__isnull=False, sent_to__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.board_id}: {self.since} to {self.until}"
