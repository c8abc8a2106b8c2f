"""What is planned: campaigns on a date and sequences around an anchor, in versions, made of steps."""

from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from customers.models import ConsentDecision

WHOLE_WEEK = [0, 1, 2, 3, 4, 5, 6]


def whole_week() -> list[int]:
    return list(WHOLE_WEEK)


class Plan(models.Model):
    """A name and a state; what is planned stands in its versions. ``version`` grows with every change of any kind."""

    class Kind(models.TextChoices):
        CAMPAIGN = "campaign", _("campaign")
        SEQUENCE = "sequence", _("sequence")

    class Status(models.TextChoices):
        IDEA = "idea", _("idea")
        DRAFT = "draft", _("draft")
        REVIEW = "review", _("waits for approval")
        APPROVED = "approved", _("approved")
        LIVE = "live", _("live")
        PAUSED = "paused", _("paused")
        ENDED = "ended", _("ended")

    NOT_YET = (Status.IDEA, Status.DRAFT, Status.REVIEW, Status.APPROVED)

    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    status = models.CharField(_("status"), max_length=8, choices=Status, default=Status.DRAFT, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="plans", verbose_name=_("owner")
    )
    needs_approval = models.BooleanField(_("somebody else approves it before it goes live"), default=False)
    current = models.ForeignKey(
        "communications.PlanVersion", models.PROTECT, null=True, editable=False, related_name="+", db_index=False,
        help_text="The published version that holds; none before it went live.",
    )  # fmt: skip
    version = models.PositiveIntegerField(default=1, editable=False, help_text="Tells who changed it meanwhile.")
    created_at = models.DateTimeField(_("made"), db_default=Now(), editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False, editable=False
    )
    filled_version = models.ForeignKey(
        "communications.PlanVersion", models.PROTECT, null=True, editable=False, related_name="+", db_index=False,
        help_text="Of a campaign: the version whose customers were found.",
    )  # fmt: skip
    filled_on = models.DateField(null=True, editable=False, help_text="And the day on which they were found last.")
    live_since = models.DateTimeField(_("live since"), null=True, editable=False)
    paused_at = models.DateTimeField(_("paused"), null=True, editable=False)
    ended_at = models.DateTimeField(_("ended"), null=True, editable=False)

    class Meta:
        verbose_name = _("plan")
        verbose_name_plural = _("plans")
        default_permissions = ("view", "add", "change")
        permissions = [
            ("approve_plan", _("Can approve plans")),
            ("publish_plan", _("Can let plans go live, pause and end them")),
            ("enrol_customer", _("Can take customers into plans and out of them")),
        ]
        constraints = [
            models.CheckConstraint(name="plan_has_a_name", condition=~Q(name="")),
            models.CheckConstraint(
                name="plan_that_went_live_has_a_version_and_a_time",
                condition=Q(status__in=["live", "paused"], current__isnull=False, live_since__isnull=False)
                | Q(status__in=["idea", "draft", "review", "approved"], current=None, live_since=None)
                | Q(status="ended"),
            ),
            models.CheckConstraint(
                name="plan_is_paused_at_a_time",
                condition=Q(status="paused", paused_at__isnull=False) | (~Q(status="paused") & Q(paused_at=None)),
            ),
            models.CheckConstraint(
                name="plan_is_ended_at_a_time",
                condition=Q(status="ended", ended_at__isnull=False) | (~Q(status="ended") & Q(ended_at=None)),
            ),
        ]
        indexes = [models.Index(fields=["status", "name"], name="plan_by_status")]

    def __str__(self) -> str:
        return self.name


class PlanVersion(models.Model):
    """What a plan does, for whom and when. A draft may change; once published nothing of it does (a trigger).

    The anchor is what steps count from: the date of a campaign (``starts_on``, ``at_time`` in the customer's zone;
    with ``ends_on`` who comes into the segment until then is reached as well), a fact of the timeline
    (``anchor_verb`` whose particulars are those of ``anchor_match``; with ``anchor_particular`` the date that the fact
    names), a birthday, the day of joining every year, a lapse of ``anchor_days`` since the last purchase, or a date
    among the traits.
    """

    class Anchor(models.TextChoices):
        DATE = "date", _("a date")
        FACT = "fact", _("something that happened")
        BIRTHDAY = "birthday", _("birthday")
        JOINING = "joining", _("the day of joining, every year")
        LAPSE = "lapse", _("days without a purchase")
        TRAIT = "trait", _("a date known of the customer")

    class Reentry(models.TextChoices):
        EACH = "each", _("once for each anchor")
        ALONE = "alone", _("one at a time for each customer")
        ONCE = "once", _("once in a customer's life")

    class LeapDay(models.TextChoices):
        FEB28 = "feb28", _("28 February")
        MAR1 = "mar1", _("1 March")

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="versions", db_index=False)
    number = models.PositiveIntegerField(_("version"))
    segment = models.ForeignKey(
        "customers.Segment", models.PROTECT, null=True, blank=True, related_name="plan_versions",
        verbose_name=_("segment"), help_text=_("Only its members. Empty: everybody."),
    )  # fmt: skip
    purpose = models.CharField(
        _("purpose"), max_length=8, choices=ConsentDecision.Purpose, blank=True,
        help_text=_("What customers must have consented to. Empty: part of what they ordered or asked for."),
    )  # fmt: skip
    anchor = models.CharField(_("counts from"), max_length=8, choices=Anchor)
    starts_on = models.DateField(_("on"), null=True, blank=True)
    ends_on = models.DateField(_("until"), null=True, blank=True)
    at_time = models.TimeField(_("at (customer's time)"), null=True, blank=True)
    anchor_verb = models.CharField(_("what happened"), max_length=30, blank=True)
    anchor_match: Any = models.JSONField(_("only where"), default=dict, blank=True)
    anchor_particular = models.CharField(_("date named by it"), max_length=40, blank=True)
    anchor_days = models.PositiveIntegerField(_("days without a purchase"), null=True, blank=True)
    anchor_trait = models.CharField(_("name of the trait"), max_length=60, blank=True)
    leap_day = models.CharField(_("29 February is kept on"), max_length=5, choices=LeapDay, default=LeapDay.FEB28)
    reentry = models.CharField(_("may begin again"), max_length=5, choices=Reentry, default=Reentry.EACH)
    goal_verb = models.CharField(_("ends when the customer"), max_length=30, blank=True)
    exit_verbs: Any = models.JSONField(_("stops when the customer"), default=list, blank=True)
    exit_on_partial_return = models.BooleanField(_("stops when a part is brought back"), default=False)
    quiet: Any = models.JSONField(_("quiet hours"), default=list, blank=True, help_text='[["21:00", "08:00"]]')
    weekdays: Any = models.JSONField(_("weekdays"), default=whole_week, help_text="0 is Monday.")
    blackout: Any = models.JSONField(_("days without"), default=list, blank=True, help_text='["2026-12-24"]')
    calendar = models.ForeignKey(
        "calendars.Calendar", models.PROTECT, null=True, blank=True, related_name="+", db_index=False,
        verbose_name=_("calendar for business days"),
    )  # fmt: skip
    expiry_hours = models.PositiveIntegerField(_("still worth sending for (hours)"), null=True, blank=True)
    grace_hours = models.PositiveIntegerField(
        _("late beginners get what was due within (hours)"),
        default=24,
        help_text=_("What was due earlier is left out."),
    )
    priority = models.SmallIntegerField(
        _("priority"), default=0, help_text=_("Higher ones go first where a customer would get too many.")
    )
    daily_limit = models.PositiveIntegerField(_("at most a day"), null=True, blank=True)
    holdout_percent = models.PositiveSmallIntegerField(
        _("held out to compare (percent)"), default=0, validators=[MinValueValidator(0), MaxValueValidator(50)]
    )
    digest = models.CharField(max_length=64, blank=True, editable=False, help_text="Of all that it says, texts too.")
    made_at = models.DateTimeField(_("made"), db_default=Now(), editable=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False, editable=False
    )
    published_at = models.DateTimeField(_("published"), null=True, editable=False)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False, editable=False
    )

    class Meta:
        verbose_name = _("version of a plan")
        verbose_name_plural = _("versions of plans")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="version_of_a_plan_stands_once"),
            models.UniqueConstraint(fields=["plan"], condition=Q(published_at=None), name="plan_has_one_draft"),
            models.CheckConstraint(
                name="plan_version_says_what_it_counts_from",
                condition=Q(anchor="date")
                | Q(anchor="fact") & ~Q(anchor_verb="")
                | Q(anchor__in=["birthday", "joining"])
                | Q(anchor="lapse", anchor_days__isnull=False, anchor_days__gte=1)
                | Q(anchor="trait") & ~Q(anchor_trait=""),
            ),
            models.CheckConstraint(
                name="published_campaign_has_a_date_and_a_time",
                condition=Q(published_at=None) | ~Q(anchor="date") | Q(starts_on__isnull=False, at_time__isnull=False),
            ),
            models.CheckConstraint(
                name="window_of_a_plan_ends_after_it_starts",
                condition=Q(ends_on=None) | Q(starts_on__isnull=False, ends_on__gte=F("starts_on")),
            ),
            models.CheckConstraint(
                name="published_plan_version_has_a_digest", condition=Q(published_at=None) | ~Q(digest="")
            ),
            models.CheckConstraint(
                name="at_most_half_of_a_plan_is_held_out", condition=Q(holdout_percent__gte=0, holdout_percent__lte=50)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id}/{self.number}"

    @property
    def marketing(self) -> bool:
        return self.purpose != ""
