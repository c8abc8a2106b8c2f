"""Seats, who holds them from when to when, what they signed, and which interests they have declared."""

from datetime import date, timedelta
from typing import Self

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Now
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class Seat(models.Model):
    board = models.ForeignKey("advisory.Board", models.PROTECT, related_name="seats", db_index=False)
    number = models.PositiveSmallIntegerField(_("number"))
    cohort = models.CharField(
        _("cohort"), max_length=20, blank=True, help_text=_("Seats of a cohort are renewed together.")
    )
    label = models.CharField(_("label"), max_length=60, blank=True, help_text=_("Whom it is kept for, if anybody."))
    removed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("seat")
        verbose_name_plural = _("seats")
        default_permissions = ("view", "change")
        ordering = ("board", "number")
        constraints = [
            models.UniqueConstraint(fields=["board", "number"], name="seat_of_a_board_stands_once"),
            models.CheckConstraint(name="seats_are_numbered_from_one", condition=Q(number__gte=1)),
        ]

    def __str__(self) -> str:
        return gettext("Seat %(number)s") % {"number": self.number}


class TermQuerySet(models.QuerySet["Term"]):
    def holding(self, day: date) -> Self:
        """Who sits on the board on a day: also who has accepted and whose term has begun."""
        return self.filter(state__in=Term.SEATED, starts_on__lte=day, ends_on__gte=day)

    def open(self) -> Self:
        """Who is on the way to a seat or holds one."""
        return self.filter(state__in=Term.OPEN)


class Term(models.Model):
    """A customer and a seat: from being thought of to having held it.

    nominated, shortlisted, invited, accepted (charter and NDA signed), active; then ended, resigned, removed or
    emeritus. ``declined`` and ``expired`` did not come to hold it, ``withdrawn`` was taken back before an answer.
    """

    class State(models.TextChoices):
        NOMINATED = "nominated", _("nominated")
        SHORTLISTED = "shortlisted", _("on the short list")
        INVITED = "invited", _("invited")
        ACCEPTED = "accepted", _("accepted")
        ACTIVE = "active", _("active")
        ENDED = "ended", _("ended")
        RESIGNED = "resigned", _("resigned")
        REMOVED = "removed", _("removed")
        EMERITUS = "emeritus", _("emeritus")
        DECLINED = "declined", _("declined")
        EXPIRED = "expired", _("did not answer")
        WITHDRAWN = "withdrawn", _("withdrawn")

    class Route(models.TextChoices):
        APPOINTMENT = "appointment", _("appointed")
        DRAW = "draw", _("drawn")
        ELECTION = "election", _("elected")

    SEATED = (State.ACCEPTED, State.ACTIVE)
    COMING = (State.NOMINATED, State.SHORTLISTED, State.INVITED)
    OPEN = (*COMING, *SEATED)
    HELD = (*SEATED, State.ENDED, State.RESIGNED, State.REMOVED, State.EMERITUS)
    OVER = (State.ENDED, State.RESIGNED, State.REMOVED, State.EMERITUS)

    board = models.ForeignKey("advisory.Board", models.PROTECT, related_name="terms", db_index=False)
    seat = models.ForeignKey(Seat, models.PROTECT, related_name="terms", db_index=False)
    customer = models.ForeignKey("customers.Customer", models.PROTECT, related_name="board_terms")
    state = models.CharField(_("state"), max_length=11, choices=State, default=State.NOMINATED)
    route = models.CharField(_("route"), max_length=11, choices=Route)
    reason = models.CharField(_("reason"), max_length=500, blank=True, help_text="Why appointed.")
    draw = models.ForeignKey("advisory.Draw", models.PROTECT, null=True, related_name="terms")
    election = models.ForeignKey("advisory.Election", models.PROTECT, null=True, related_name="terms")
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="replaced_by", help_text="Who declined, and the draw went on."
    )
    renews = models.OneToOneField("self", models.PROTECT, null=True, related_name="renewed_by")
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), help_text="The last day; earlier than planned where it ended before.")
    nominated_at = models.DateTimeField(_("nominated"), db_default=Now())
    nominated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    invited_at = models.DateTimeField(_("invited"), null=True)
    answer_by = models.DateTimeField(_("answer due"), null=True)
    remind_at = models.DateTimeField(null=True, help_text="When it is to be reminded of; none: not any more.")
    accepted_at = models.DateTimeField(_("accepted"), null=True)
    over_at = models.DateTimeField(_("over"), null=True, help_text="Ended, or declined, expired, withdrawn.")
    refused_nda = models.BooleanField(_("does not sign"), default=False, help_text="Declined because of the NDA.")
    end_reason = models.CharField(_("why it ended"), max_length=500, blank=True)
    emeritus_at = models.DateTimeField(_("emeritus"), null=True)
    thanked_at = models.DateTimeField(_("thanked"), null=True)
    thanked_with = models.TextField(_("thank-you note"), blank=True)
    access = models.PositiveIntegerField(default=1, help_text="Part of the member's links: it grows, they are dead.")
    signed_in_at = models.DateTimeField(null=True, help_text="Links to sign in that were sent before are used up.")

    objects = TermQuerySet.as_manager()

    class Meta:
        verbose_name = _("term")
        verbose_name_plural = _("terms")
        default_permissions = ("view",)
        permissions = [
            ("choose_members", _("Can choose, invite and replace members")),
            ("end_term", _("Can end the terms of members")),
        ]
        constraints = [
            ExclusionConstraint(
                name="seat_has_one_holder_at_a_time",
                expressions=[
                    # The seat as a range of one, so that no extension is needed to compare it.
                    (
                        Func(
                            F("seat"),
                            F("seat"),
                            Value("[]"),
                            function="int8range",
                            output_field=BigIntegerRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                    (
                        Func(
                            F("starts_on"),
                            F("ends_on"),
                            Value("[]"),
                            function="daterange",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(state__in=["accepted", "active", "ended", "resigned", "removed", "emeritus"]),
            ),
            models.CheckConstraint(name="term_begins_before_it_ends", condition=Q(starts_on__lte=F("ends_on"))),
            models.CheckConstraint(
                name="appointed_member_has_a_reason",
                condition=~Q(route="appointment") | ~Q(reason=""),
            ),
            models.CheckConstraint(
                name="invited_member_has_time_to_answer",
                condition=~Q(state__in=["invited", "expired"]) | Q(invited_at__isnull=False, answer_by__isnull=False),
            ),
            models.CheckConstraint(
                name="member_has_accepted",
                condition=~Q(state__in=["accepted", "active", "ended", "resigned", "removed", "emeritus"])
                | Q(accepted_at__isnull=False),
            ),
            models.CheckConstraint(
                name="term_is_over_at_a_time",
                condition=Q(
                    state__in=["nominated", "shortlisted", "invited", "accepted", "active"], over_at__isnull=True
                )
                | (
                    ~Q(state__in=["nominated", "shortlisted", "invited", "accepted", "active"])
                    & Q(over_at__isnull=False)
                ),
            ),
            models.CheckConstraint(
                name="emeritus_is_named_at_a_time",
                condition=Q(state="emeritus", emeritus_at__isnull=False)
                | (~Q(state="emeritus") & Q(emeritus_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="drawn_member_says_by_which_draw",
                condition=(Q(route="draw") | Q(draw__isnull=True)) & (Q(route="election") | Q(election__isnull=True)),
            ),
            models.CheckConstraint(
                name="only_an_invited_member_is_to_be_reminded",
                condition=Q(remind_at__isnull=True) | Q(state="invited"),
            ),
        ]
        indexes = [
            models.Index(fields=["board", "state", "ends_on"], name="term_of_board"),
            models.Index(fields=["seat", "-starts_on"], name="term_of_seat"),
            models.Index(fields=["answer_by"], condition=Q(state="invited"), name="term_waiting_for_answer"),
            models.Index(fields=["remind_at"], condition=Q(remind_at__isnull=False), name="term_to_remind"),
            models.Index(fields=["ends_on"], condition=Q(state__in=["accepted", "active"]), name="term_ending"),
        ]

    def __str__(self) -> str:
        return self.who

    @property
    def who(self) -> str:
        """The member's name; of an erased person only that there was one."""
        return gettext("former member") if self.customer.status == "erased" else str(self.customer)

    def renewal_on(self, notice_days: int) -> date:
        """The day to ask whether the member stays."""
        return self.ends_on - timedelta(days=notice_days)


class Signature(models.Model):
    """A member signed one version of a charter or an NDA. Append-only: a trigger lets only the name be emptied."""

    term = models.ForeignKey(Term, models.PROTECT, related_name="signatures", db_index=False)
    charter = models.ForeignKey("advisory.Charter", models.PROTECT, null=True, related_name="signatures")
    nda = models.ForeignKey("advisory.Nda", models.PROTECT, null=True, related_name="signatures")
    name = models.CharField(_("signed as"), max_length=200, blank=True)
    at = models.DateTimeField(_("signed"), db_default=Now())

    class Meta:
        verbose_name = _("signature")
        verbose_name_plural = _("signatures")
        default_permissions = ("view",)
        constraints = [
            models.CheckConstraint(
                name="signature_is_under_a_charter_or_an_nda",
                condition=Q(charter__isnull=False, nda__isnull=True) | Q(charter__isnull=True, nda__isnull=False),
            ),
            models.UniqueConstraint(fields=["term", "charter"], name="charter_is_signed_once_per_term"),
            models.UniqueConstraint(fields=["term", "nda"], name="nda_is_signed_once_per_term"),
        ]

    def __str__(self) -> str:
        return f"{self.term_id}: {self.charter_id or self.nda_id}"


class Declaration(models.Model):
    """An interest that could pull a member's advice: told once, withdrawn when it is over."""

    class Kind(models.TextChoices):
        COMPETITOR = "competitor", _("works for, owns or advises a competitor")
        SUPPLIER = "supplier", _("sells to us")
        FAMILY = "family", _("is related to one of our staff")
        OTHER = "other", _("something else")

    term = models.ForeignKey(Term, models.PROTECT, related_name="declarations")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    text = models.TextField(_("what it is"), blank=True)
    made_at = models.DateTimeField(_("declared"), db_default=Now())
    ended_at = models.DateTimeField(_("over"), null=True)

    class Meta:
        verbose_name = _("declaration of interest")
        verbose_name_plural = _("declarations of interest")
        default_permissions = ("view", "add")
        constraints = [
            models.CheckConstraint(
                name="declared_interest_ends_after_it_was_told",
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("made_at")),
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())
