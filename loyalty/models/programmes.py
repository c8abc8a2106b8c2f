"""A programme: one kind of points, and the rules by which they come, wait and go."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models import REPORTABLE, Verb
from loyalty import lasting
from loyalty.lasting import Lasting
from loyalty.rules.spec import Rounding, Stacking

# What may move the expiry of points: things that a customer does.
ACTIVITIES = (Verb.BOUGHT, Verb.POINTS_SPENT, Verb.POINTS_DONATED, Verb.VOUCHER_USED, *sorted(REPORTABLE))


class Programme(models.Model):
    class ClawBack(models.TextChoices):
        UNLIMITED = "unlimited", _("take all; what is not there becomes debt")
        WITHIN_BALANCE = "within_balance", _("take what is there; waive the rest")
        ONLY_PENDING = "only_pending", _("take only what is still pending; waive the rest")

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=100)
    main = models.BooleanField(
        _("main programme"), default=False, help_text=_("The one that is meant where none is named.")
    )
    currency = models.CharField(_("currency"), max_length=3, help_text=_("Purchases in it earn points."))
    zone = models.CharField(_("zone"), max_length=50, help_text=_("Its days and months begin there."))
    rate_points = models.PositiveIntegerField(
        _("points"), default=1, help_text=_("So many points for so much money, as an exact fraction.")
    )
    rate_money = models.PositiveIntegerField(_("for money of (minor units)"), default=100)
    return_window_days = models.PositiveSmallIntegerField(
        _("return window (days)"), default=14, help_text=_("Points of a purchase are pending until it closes.")
    )
    expiry_months = models.PositiveSmallIntegerField(
        _("points expire after (months)"), null=True, blank=True, help_text=_("Empty: never.")
    )
    expiry_at_month_end = models.BooleanField(_("at the end of that month"), default=False)
    expiry_dates = models.CharField(
        _("or on fixed days of the year"),
        max_length=140,
        blank=True,
        default="",
        db_default="",
        help_text=_(
            "Month and day with commas, such as 03-31. Points go on the first of them that is at least so many months "
            "after they were earned: with 3 months, those of a whole year on 31 March of the next."
        ),
    )
    expiry_activities = models.CharField(
        _("moved by"),
        max_length=400,
        blank=True,
        default="",
        db_default="",
        help_text=_("Each time a customer does one of these, the months of all their points begin again."),
    )
    reinstatement_days = models.PositiveSmallIntegerField(
        _("reinstatement window (days)"),
        default=0,
        help_text=_("So long do points last that are given back after their date. 0: they lapse at once."),
    )
    stacking = models.CharField(
        _("multipliers of one purchase"),
        max_length=8,
        choices=Stacking,
        default=Stacking.SUM,
        db_default="sum",
        help_text=_("How the multipliers of several rules go together. Fixed bonuses are added after them."),
    )
    rounding = models.CharField(
        _("parts of a point"),
        max_length=7,
        choices=Rounding,
        default=Rounding.DOWN,
        db_default="down",
        help_text=_("Rounded once for the whole purchase, never by line. Purchases that were made keep theirs."),
    )
    claw_back = models.CharField(
        _("when a purchase comes back"), max_length=14, choices=ClawBack, default=ClawBack.UNLIMITED
    )
    debt_limit = models.PositiveBigIntegerField(
        _("debt limit (points)"), null=True, blank=True, help_text=_("Empty: none. More than it is waived.")
    )
    adjustment_limit = models.PositiveBigIntegerField(
        _("adjustment limit (points)"), default=1000, help_text=_("A larger adjustment waits for a second person.")
    )
    tiered = models.BooleanField(
        _("has tiers"), default=False, db_default=False, editable=False, help_text="Set with its first tier table."
    )
    pay_points = models.PositiveIntegerField(
        _("points that pay"), null=True, blank=True, help_text=_("Empty: purchases cannot be paid with points.")
    )
    pay_money = models.PositiveIntegerField(_("so much money (minor units)"), null=True, blank=True)
    pay_percent = models.PositiveSmallIntegerField(
        _("of a basket at most (per cent)"), default=100, db_default=100, help_text=_("The rest is paid with money.")
    )
    hold_hours = models.PositiveIntegerField(
        _("holds last (hours)"),
        default=24,
        db_default=24,
        help_text=_("Points held for a redemption that nobody completes are released after that time."),
    )
    gift_smallest = models.PositiveIntegerField(
        _("smallest gift to another customer (points)"), default=1, db_default=1
    )
    gift_daily = models.PositiveIntegerField(
        _("gifts a day (points)"), null=True, blank=True, help_text=_("Of one giver at most. Empty: no limit.")
    )
    gift_monthly = models.PositiveIntegerField(
        _("gifts a month (points)"), null=True, blank=True, help_text=_("Of one giver at most. Empty: no limit.")
    )
    gift_confirmed = models.BooleanField(
        _("givers confirm"), default=False, db_default=False, help_text=_("Points go over when the giver confirms.")
    )
    cost_money = models.PositiveIntegerField(
        _("a point costs (minor units)"), default=1, db_default=1, help_text=_("As an exact fraction, for the books.")
    )
    cost_points = models.PositiveIntegerField(_("for points"), default=1, db_default=1)
    breakage_percent = models.PositiveSmallIntegerField(
        _("never spent (per cent)"), default=0, db_default=0, help_text=_("Of what is outstanding, by experience.")
    )
    notice_days = models.CharField(
        _("tell of expiry (days before)"),
        max_length=40,
        blank=True,
        default="30",
        db_default="30",
        help_text=_("Numbers with commas. It is told on the timeline; what follows from it is set up elsewhere."),
    )
    version = models.PositiveIntegerField(
        default=1, editable=False, help_text="Grows with each change, by a trigger: tells that a copy is out of date."
    )

    class Meta:
        verbose_name = _("programme")
        verbose_name_plural = _("programmes")
        permissions = [("view_liability", _("Can see what outstanding points cost"))]
        constraints = [
            models.CheckConstraint(
                name="points_cost_a_fraction", condition=Q(cost_points__gt=0, breakage_percent__lte=100)
            ),
            models.CheckConstraint(
                name="notice_days_are_days",
                condition=Q(notice_days="") | Q(notice_days__regex=r"^[1-9][0-9]{0,2}(, *[1-9][0-9]{0,2})*$"),
            ),
            models.UniqueConstraint(fields=["main"], condition=Q(main=True), name="one_programme_is_the_main_one"),
            models.CheckConstraint(name="rate_pays_for_some_money", condition=Q(rate_money__gt=0)),
            models.CheckConstraint(name="programme_currency_is_iso", condition=Q(currency__regex=r"^[A-Z]{3}$")),
            models.CheckConstraint(
                name="expiry_takes_a_month_at_least", condition=Q(expiry_months__isnull=True) | Q(expiry_months__gt=0)
            ),
            models.CheckConstraint(
                name="expiry_dates_are_days_of_a_year",
                condition=Q(expiry_dates__regex=r"^([0-9]{2}-[0-9]{2}(,[0-9]{2}-[0-9]{2})*)?$"),
            ),
            models.CheckConstraint(
                name="sliding_expiry_has_months_and_no_fixed_days",
                condition=Q(expiry_activities="") | Q(expiry_months__isnull=False, expiry_dates=""),
            ),
            models.CheckConstraint(
                name="rounding_is_a_known_mode", condition=Q(rounding__in=["down", "nearest", "up"])
            ),
            models.CheckConstraint(
                name="stacking_is_a_known_mode", condition=Q(stacking__in=["sum", "multiply", "best"])
            ),
            models.CheckConstraint(
                name="claw_back_is_a_known_policy",
                condition=Q(claw_back__in=["unlimited", "within_balance", "only_pending"]),
            ),
            models.CheckConstraint(
                name="points_pay_for_some_money",
                condition=Q(pay_points__isnull=True, pay_money__isnull=True)
                | Q(pay_points__isnull=False, pay_money__isnull=False, pay_points__gt=0, pay_money__gt=0),
            ),
            models.CheckConstraint(
                name="points_pay_for_a_part_of_the_basket", condition=Q(pay_percent__gte=1, pay_percent__lte=100)
            ),
            models.CheckConstraint(name="holds_last_for_a_while", condition=Q(hold_hours__gt=0)),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def notices(self) -> list[int]:
        """Days before points expire on which it is told, the earliest first."""
        return sorted({int(days) for days in self.notice_days.split(",") if days.strip()}, reverse=True)

    @property
    def lasting(self) -> Lasting:
        """How long its points last, where neither a rule nor a tier says otherwise."""
        return self.lasting_for(self.expiry_months)

    def lasting_for(self, months: int | None) -> Lasting:
        """The same with another number of months."""
        if self.expiry_dates:
            return Lasting(months, dates=lasting.days_of_year(self.expiry_dates))
        slides = bool(self.expiry_activities) and months is not None
        return Lasting(months, at_month_end=self.expiry_at_month_end, slides=slides)

    @property
    def activities(self) -> frozenset[str]:
        """The verbs that move the expiry of points."""
        return frozenset(self.expiry_activities.split(",")) - {""}
