"""Meetings of a board: when and where, who is asked, what they answer, and what their calendars were told."""

from typing import Self
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from advisory.confidentiality import Level


class MeetingQuerySet(models.QuerySet["Meeting"]):
    def coming(self) -> Self:
        return self.filter(state__in=["scheduled", "in_progress"])


class Meeting(models.Model):
    """Times and place change by actions only: each change is a ``Move`` that calendars hear of."""

    class State(models.TextChoices):
        DRAFT = "draft", _("being planned")
        POLLING = "polling", _("dates are asked for")
        SCHEDULED = "scheduled", _("scheduled")
        IN_PROGRESS = "in_progress", _("running")
        CLOSED = "closed", _("closed")
        CANCELLED = "cancelled", _("cancelled")

    class Mode(models.TextChoices):
        OFFICE = "office", _("at the office")
        IN_PERSON = "in_person", _("in person, elsewhere")
        HYBRID = "hybrid", _("in person and by video")
        VIDEO = "video", _("by video")

    board = models.ForeignKey("advisory.Board", models.PROTECT, related_name="meetings", db_index=False)
    title = models.CharField(_("title"), max_length=150)
    purpose = models.TextField(_("what it is for"), blank=True)
    level = models.PositiveSmallIntegerField(_("who may know of it"), choices=Level, default=Level.BOARD)
    state = models.CharField(_("state"), max_length=11, choices=State, default=State.DRAFT)
    mode = models.CharField(_("how"), max_length=9, choices=Mode, default=Mode.VIDEO)
    place = models.CharField(_("place"), max_length=200, blank=True)
    video_url = models.URLField(_("video link"), max_length=500, blank=True)
    zone = models.CharField(_("zone"), max_length=50, help_text=_("IANA name, such as Asia/Seoul."))
    starts_at = models.DateTimeField(_("starts"), null=True)
    ends_at = models.DateTimeField(_("ends"), null=True)
    uid = models.CharField(max_length=120, unique=True, help_text="By which calendars know it, for ever.")
    sequence = models.PositiveIntegerField(
        _("calendar revision"), default=0, help_text="Grows with each change of time or place."
    )
    facilitator = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("facilitator"),
    )
    made_at = models.DateTimeField(_("made"), db_default=Now())
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    scheduled_at = models.DateTimeField(_("scheduled"), null=True)
    started_at = models.DateTimeField(_("opened"), null=True)
    closed_at = models.DateTimeField(_("closed"), null=True)
    cancelled_at = models.DateTimeField(_("cancelled"), null=True)
    cancel_reason = models.CharField(_("why it was cancelled"), max_length=300, blank=True)
    minutes_due_on = models.DateField(_("minutes due"), null=True)
    seats = models.PositiveSmallIntegerField(_("seats"), null=True, help_text="When it was opened.")
    filled = models.PositiveSmallIntegerField(_("filled seats"), null=True, help_text="When it was opened.")
    change = models.PositiveIntegerField(
        default=0, help_text="Grows with whatever the room shows: who has this number has seen it all."
    )

    objects = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name = _("meeting")
        verbose_name_plural = _("meetings")
        default_permissions = ("view", "add", "change")
        permissions = [
            ("run_meeting", _("Can run meetings: room, ballots, attendance")),
            ("approve_minutes", _("Can circulate, approve and publish minutes")),
        ]
        constraints = [
            models.CheckConstraint(name="meeting_has_a_title", condition=~Q(title="")),
            models.CheckConstraint(name="meeting_level_is_known", condition=Q(level__in=[0, 1, 2, 3])),
            models.CheckConstraint(
                name="meeting_begins_before_it_ends",
                condition=Q(starts_at__isnull=True, ends_at__isnull=True)
                | Q(starts_at__isnull=False, ends_at__isnull=False, starts_at__lt=F("ends_at")),
            ),
            models.CheckConstraint(
                name="scheduled_meeting_has_a_time",
                condition=Q(state__in=["draft", "polling"], scheduled_at__isnull=True)
                | Q(
                    state__in=["scheduled", "in_progress", "closed"],
                    scheduled_at__isnull=False,
                    starts_at__isnull=False,
                )
                | Q(state="cancelled"),
            ),
            models.CheckConstraint(
                name="meeting_was_opened_and_closed_at_a_time",
                condition=Q(
                    state__in=["draft", "polling", "scheduled"], started_at__isnull=True, closed_at__isnull=True
                )
                | Q(state="in_progress", started_at__isnull=False, closed_at__isnull=True)
                | Q(state="closed", started_at__isnull=False, closed_at__isnull=False, closed_at__gte=F("started_at"))
                | Q(state="cancelled", closed_at__isnull=True),
            ),
            models.CheckConstraint(
                name="cancelled_meeting_says_when_and_why",
                condition=(Q(state="cancelled", cancelled_at__isnull=False) & ~Q(cancel_reason=""))
                | (~Q(state="cancelled") & Q(cancelled_at__isnull=True, cancel_reason="")),
            ),
        ]
        indexes = [
            models.Index(fields=["board", "-starts_at"], name="meeting_of_board"),
            models.Index(fields=["starts_at"], condition=Q(state="scheduled"), name="meeting_coming"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        return self.state in (self.State.DRAFT, self.State.POLLING, self.State.SCHEDULED, self.State.IN_PROGRESS)

    @property
    def minutes_long(self) -> int:
        return int((self.ends_at - self.starts_at).total_seconds() // 60) if self.starts_at and self.ends_at else 0

    @property
    def clock(self) -> ZoneInfo:
        return ZoneInfo(self.zone)


class Move(models.Model):
    """What calendars were told: append-only, one for each number and method (a trigger)."""

    class Method(models.TextChoices):
        REQUEST = "request", _("invitation")
        CANCEL = "cancel", _("cancellation")

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="moves", db_index=False)
    sequence = models.PositiveIntegerField(_("calendar revision"))
    method = models.CharField(_("told"), max_length=7, choices=Method)
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"))
    place = models.CharField(_("place"), max_length=500, blank=True)
    at = models.DateTimeField(_("when"), db_default=Now())
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        verbose_name = _("calendar revision")
        verbose_name_plural = _("calendar revisions")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["meeting", "sequence"], name="calendar_revision_of_a_meeting_stands_once")
        ]

    def __str__(self) -> str:
        return f"{self.meeting_id}/{self.sequence}"


class Invitee(models.Model):
    """Somebody who is asked to a meeting: a member by their term, or one of the staff. What they answered."""

    class Answer(models.TextChoices):
        NEEDS_ACTION = "needs_action", _("has not answered")
        ACCEPTED = "accepted", _("comes")
        TENTATIVE = "tentative", _("maybe")
        DECLINED = "declined", _("does not come")

    class Way(models.TextChoices):
        PORTAL = "portal", _("on the page")
        CALENDAR = "calendar", _("from the calendar")
        STAFF = "staff", _("told to staff")

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="invitees", db_index=False)
    term = models.ForeignKey("advisory.Term", models.PROTECT, null=True, related_name="invited_to")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    answer = models.CharField(_("answer"), max_length=12, choices=Answer, default=Answer.NEEDS_ACTION)
    answered_at = models.DateTimeField(_("answered"), null=True)
    way = models.CharField(_("answered by"), max_length=8, choices=Way, blank=True)
    comment = models.CharField(_("comment"), max_length=500, blank=True)
    burden = models.PositiveSmallIntegerField(
        _("burden"), null=True, help_text="What the hour costs by their own clock; carried to later meetings."
    )
    removed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("invitee")
        verbose_name_plural = _("invitees")
        default_permissions = ("view",)
        constraints = [
            models.CheckConstraint(
                name="invitee_is_a_member_or_one_of_staff",
                condition=Q(term__isnull=False, user__isnull=True) | Q(term__isnull=True, user__isnull=False),
            ),
            models.UniqueConstraint(fields=["meeting", "term"], name="member_is_invited_once"),
            models.UniqueConstraint(fields=["meeting", "user"], name="staff_are_invited_once"),
            models.CheckConstraint(
                name="answer_to_an_invitation_has_a_time_and_a_way",
                condition=Q(answer="needs_action", answered_at__isnull=True, way="")
                | (~Q(answer="needs_action") & Q(answered_at__isnull=False) & ~Q(way="")),
            ),
        ]

    def __str__(self) -> str:
        return self.who

    @property
    def who(self) -> str:
        return self.term.who if self.term else str(self.user)


class Reply(models.Model):
    """What a calendar sent back, each once, whatever became of it. A stranger's changes nothing."""

    class Outcome(models.TextChoices):
        TAKEN = "taken", _("taken")
        OLDER = "older", _("answered an older version")
        OVERTAKEN = "overtaken", _("a later answer was there already")
        STRANGER = "stranger", _("from a stranger: set aside")
        UNKNOWN = "unknown", _("of no meeting that we know")
        OVER = "over", _("the meeting is over or cancelled")

    fingerprint = models.CharField(max_length=64, unique=True, help_text="Of what was replied: taken once.")
    uid = models.CharField(max_length=255)
    sequence = models.IntegerField(_("calendar revision"))
    address = models.CharField(_("from"), max_length=254, blank=True)
    answer = models.CharField(_("answer"), max_length=12, choices=Invitee.Answer)
    comment = models.CharField(_("comment"), max_length=1000, blank=True)
    stamped_at = models.DateTimeField(_("written"), null=True)
    meeting = models.ForeignKey(Meeting, models.PROTECT, null=True, related_name="replies")
    invitee = models.ForeignKey(Invitee, models.PROTECT, null=True, related_name="replies")
    outcome = models.CharField(_("what became of it"), max_length=9, choices=Outcome)
    received_at = models.DateTimeField(_("received"), db_default=Now())

    class Meta:
        verbose_name = _("reply from a calendar")
        verbose_name_plural = _("replies from calendars")
        default_permissions = ("view",)
        constraints = [
            models.CheckConstraint(
                name="reply_that_counts_is_of_an_invitee",
                condition=Q(outcome__in=["stranger", "unknown"], invitee__isnull=True)
                | Q(outcome__in=["taken", "older", "overtaken", "over"], invitee__isnull=False, meeting__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.uid}: {self.get_outcome_display()}"


class Reminder(models.Model):
    """So long before the start, whenever that is: it moves with the meeting."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="reminders", db_index=False)
    minutes_before = models.PositiveIntegerField(_("minutes before"))
    sent_for = models.DateTimeField(_("sent for the start at"), null=True)
    sent_at = models.DateTimeField(_("sent"), null=True)

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["meeting", "minutes_before"], name="reminder_of_a_meeting_stands_once"),
            models.CheckConstraint(
                name="sent_reminder_says_for_which_start",
                condition=Q(sent_for__isnull=True, sent_at__isnull=True)
                | Q(sent_for__isnull=False, sent_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.meeting_id}: -{self.minutes_before}"
