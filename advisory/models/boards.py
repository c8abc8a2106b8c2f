"""Advisory boards, and who has a duty on them besides the members' own."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from advisory.confidentiality import Level


class BoardQuerySet(models.QuerySet["Board"]):
    def standing(self) -> Self:
        return self.filter(closed_at=None)


class Board(models.Model):
    """A board's rules stand in its charter's versions; here stands what may change without anybody signing anew."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=100)
    level = models.PositiveSmallIntegerField(
        _("who may know of it"), choices=Level, default=Level.BOARD, help_text=_("Nothing of it goes further.")
    )
    zone = models.CharField(_("zone"), max_length=50, help_text=_("IANA name, such as Asia/Seoul."))
    calendar = models.ForeignKey(
        "calendars.Calendar", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("business days"),
        help_text=_("By which minutes and answers are due. Empty: the main calendar."),
    )  # fmt: skip
    office = models.CharField(_("office"), max_length=100, blank=True, help_text=_("Where members may be met."))
    office_latitude = models.DecimalField(_("latitude"), max_digits=8, decimal_places=5, null=True, blank=True)
    office_longitude = models.DecimalField(_("longitude"), max_digits=8, decimal_places=5, null=True, blank=True)
    points_joining = models.PositiveIntegerField(_("points for taking a seat"), default=0)
    points_attending = models.PositiveIntegerField(_("points for attending a meeting"), default=0)
    points_surveying = models.PositiveIntegerField(_("points for a round of questions to customers"), default=0)
    opened_at = models.DateTimeField(_("opened"), db_default=Now(), editable=False)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False, db_index=False
    )
    closed_at = models.DateTimeField(_("closed"), null=True, editable=False)

    objects = BoardQuerySet.as_manager()

    class Meta:
        verbose_name = _("advisory board")
        verbose_name_plural = _("advisory boards")
        default_permissions = ("view", "add", "change")
        permissions = [("see_impact", _("Can compare members with other customers"))]
        constraints = [
            models.CheckConstraint(name="board_has_a_name", condition=~Q(name="") & ~Q(code="")),
            models.CheckConstraint(name="board_level_is_known", condition=Q(level__in=[0, 1, 2, 3])),
            models.CheckConstraint(
                name="board_office_has_both_coordinates",
                condition=Q(office_latitude__isnull=True, office_longitude__isnull=True)
                | Q(
                    office_latitude__isnull=False, office_longitude__isnull=False,
                    office_latitude__range=(-90, 90), office_longitude__range=(-180, 180),
                ),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name


class Officer(models.Model):
    """A chair or an observer from a day on, until another one; the facilitator is one of the staff.

    A chair is a member, by their term. An observer is one of the staff, or a guest by name.
    """

    class Duty(models.TextChoices):
        CHAIR = "chair", _("chair")
        FACILITATOR = "facilitator", _("facilitator")
        OBSERVER = "observer", _("observer")

    board = models.ForeignKey(Board, models.PROTECT, related_name="officers", db_index=False)
    duty = models.CharField(_("duty"), max_length=11, choices=Duty)
    term = models.ForeignKey("advisory.Term", models.PROTECT, null=True, related_name="duties")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    guest = models.CharField(_("guest"), max_length=200, blank=True)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True)
    named_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        verbose_name = _("duty on a board")
        verbose_name_plural = _("duties on boards")
        default_permissions = ("view",)
        constraints = [
            models.CheckConstraint(
                name="chair_is_a_member_and_facilitator_one_of_staff",
                condition=Q(duty="chair", term__isnull=False, user__isnull=True, guest="")
                | Q(duty="facilitator", term__isnull=True, user__isnull=False, guest="")
                | Q(duty="observer", term__isnull=True, user__isnull=False, guest="")
                | (Q(duty="observer", term__isnull=True, user__isnull=True) & ~Q(guest="")),
            ),
            models.UniqueConstraint(
                fields=["board", "duty"],
                condition=Q(ends_on__isnull=True, duty__in=["chair", "facilitator"]),
                name="board_has_one_chair_and_one_facilitator",
            ),
            models.CheckConstraint(
                name="duty_ends_after_it_begins",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=models.F("starts_on")),
            ),
        ]
        indexes = [models.Index(fields=["board", "duty", "-starts_on"], name="duty_of_board")]

    def __str__(self) -> str:
        return f"{self.get_duty_display()}: {self.who}"

    @property
    def who(self) -> str:
        return self.term.who if self.term else self.guest or str(self.user)
