"""What a board is for and by which rules it works, version by version; and what its members keep to themselves."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Charter(models.Model):
    """One version. The defaults are what boards have found to work. Once published it never changes (a trigger)."""

    class Quorum(models.TextChoices):
        HALF = "half", _("at least half of the filled seats")
        MORE = "more", _("more than half of the filled seats")
        TWO_THIRDS = "two_thirds", _("at least two thirds of the filled seats")

    class Base(models.TextChoices):
        YES_NO = "YN", _("of those who said yes or no")
        CAST = "YNA", _("of all votes, abstentions too")
        PRESENT = "present", _("of those present")
        ENTITLED = "entitled", _("of all who may vote")

    board = models.ForeignKey("advisory.Board", models.PROTECT, related_name="charters", db_index=False)
    number = models.PositiveIntegerField(_("version"))
    mission = models.TextField(_("mission"))
    duties = models.TextField(_("duties of a member"), blank=True)
    confidentiality = models.TextField(_("what stays in the room"), blank=True)
    size = models.PositiveSmallIntegerField(_("seats"), default=12)
    term_months = models.PositiveSmallIntegerField(_("months of a term"), default=12)
    terms_in_a_row = models.PositiveSmallIntegerField(_("terms in a row, at most"), default=2)
    cool_off_months = models.PositiveSmallIntegerField(_("months before a former member may return"), default=12)
    renewal_notice_days = models.PositiveSmallIntegerField(_("days before the end it is asked who stays"), default=42)
    answer_days = models.PositiveSmallIntegerField(_("days to answer an invitation"), default=14)
    remind_days = models.PositiveSmallIntegerField(_("days after which it is reminded"), default=5)
    appointed_percent = models.PositiveSmallIntegerField(_("of the seats may be appointed, percent"), default=33)
    meetings_a_year = models.PositiveSmallIntegerField(_("meetings a year"), default=4)
    quorum = models.CharField(_("quorum"), max_length=10, choices=Quorum, default=Quorum.HALF)
    vote_base = models.CharField(_("a share is reckoned"), max_length=8, choices=Base, default=Base.YES_NO)
    vote_percent = models.PositiveSmallIntegerField(_("advice is given above, percent"), default=50)
    substitutes = models.BooleanField(_("members may send somebody else"), default=False)
    host_percent = models.PositiveSmallIntegerField(_("the host speaks at most, percent"), default=20)
    schedule_days = models.PositiveSmallIntegerField(_("days before a meeting it is scheduled"), default=35)
    agenda_days = models.PositiveSmallIntegerField(_("days before a meeting the agenda is final"), default=7)
    minutes_days = models.PositiveSmallIntegerField(_("business days until the minutes"), default=2)
    answer_advice_days = models.PositiveSmallIntegerField(_("days until a recommendation is answered"), default=28)
    office_km = models.PositiveIntegerField(_("all within (km): at the office"), default=50)
    city_km = models.PositiveIntegerField(_("nobody farther than (km): in one city"), default=200)
    hybrid_percent = models.PositiveSmallIntegerField(_("so many local (percent): hybrid"), default=60)
    review_on = models.DateField(_("to be reviewed"), null=True, blank=True)
    changes = models.CharField(_("what is new"), max_length=300, blank=True)
    made_at = models.DateTimeField(_("made"), db_default=Now(), editable=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False, db_index=False
    )
    published_at = models.DateTimeField(_("published"), null=True, editable=False)

    class Meta:
        verbose_name = _("charter")
        verbose_name_plural = _("charters")
        default_permissions = ("view", "change")
        permissions = [("publish_charter", _("Can publish charters and NDAs"))]
        constraints = [
            models.UniqueConstraint(fields=["board", "number"], name="version_of_a_charter_stands_once"),
            models.UniqueConstraint(
                fields=["board"], condition=Q(published_at__isnull=True), name="board_has_one_charter_in_draft"
            ),
            models.CheckConstraint(name="charter_has_a_mission", condition=~Q(mission="")),
            models.CheckConstraint(
                name="charter_has_seats_and_terms",
                condition=Q(size__gte=1, term_months__gte=1, terms_in_a_row__gte=1, answer_days__gte=1),
            ),
            models.CheckConstraint(
                name="charter_shares_are_percentages",
                condition=Q(
                    appointed_percent__lte=100, vote_percent__lte=100, host_percent__lte=100, hybrid_percent__lte=100
                ),
            ),
            models.CheckConstraint(
                name="charter_reminds_before_the_answer_is_due", condition=Q(remind_days__lt=F("answer_days"))
            ),
            models.CheckConstraint(name="charter_radii_grow", condition=Q(office_km__lte=F("city_km"))),
        ]

    def __str__(self) -> str:
        return f"{self.board_id}/{self.number}"

    @property
    def most_appointed(self) -> int:
        """Seats that may be appointed: 3 of 12 at a quarter."""
        return self.size * self.appointed_percent // 100

    def quorum_of(self, filled: int) -> int:
        """How many of the filled seats must be there."""
        if self.quorum == self.Quorum.MORE:
            return filled // 2 + 1
        if self.quorum == self.Quorum.TWO_THIRDS:
            return -(-filled * 2 // 3)
        return -(-filled // 2)


class Nda(models.Model):
    """What members promise to keep to themselves. A new version is a new row; who signed an old one signs anew."""

    board = models.ForeignKey("advisory.Board", models.PROTECT, related_name="ndas", db_index=False)
    number = models.PositiveIntegerField(_("version"))
    text = models.TextField(_("text"))
    published_at = models.DateTimeField(_("published"), db_default=Now())
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        verbose_name = _("non-disclosure agreement")
        verbose_name_plural = _("non-disclosure agreements")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["board", "number"], name="version_of_an_nda_stands_once"),
            models.CheckConstraint(name="nda_has_a_text", condition=~Q(text="")),
        ]

    def __str__(self) -> str:
        return f"{self.board_id}/{self.number}"
