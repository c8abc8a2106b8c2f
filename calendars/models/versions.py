"""What a calendar says, in versions that never change: a promise can be judged by what held when it was made."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from calendars.models.calendars import Calendar


class Version(models.Model):
    """Zone, hours of the week, holidays and days of its own. A change makes the next version."""

    calendar = models.ForeignKey(Calendar, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("version"))
    zone = models.CharField(_("zone"), max_length=50)
    country = models.CharField(_("country"), max_length=2, blank=True, help_text="Of the public holidays.")
    subdivision = models.CharField(_("region"), max_length=40, blank=True)
    first_year = models.PositiveSmallIntegerField(help_text="Public holidays and yearly days are known from here")
    last_year = models.PositiveSmallIntegerField(help_text="to here.")
    made_at = models.DateTimeField(_("made"), db_default=Now())
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("version")
        verbose_name_plural = _("versions")
        constraints = [
            models.UniqueConstraint(fields=["calendar", "number"], name="calendar_versions_are_numbered"),
            models.CheckConstraint(name="region_is_one_of_a_country", condition=~Q(country="") | Q(subdivision="")),
            models.CheckConstraint(name="years_are_in_order", condition=Q(first_year__lte=F("last_year"))),
            models.CheckConstraint(name="version_has_a_zone", condition=~Q(zone="")),
        ]

    def __str__(self) -> str:
        return f"{self.calendar_id}/{self.number}"


class Day(models.Model):
    """A date that is not like its weekday. Hours of its own replace the weekday's; without any it is closed."""

    class Kind(models.TextChoices):
        HOLIDAY = "holiday", _("public holiday")
        OFF = "off", _("day off")
        HOURS = "hours", _("hours of its own")

    version = models.ForeignKey(Version, models.PROTECT, related_name="days")
    date = models.DateField(_("date"))
    kind = models.CharField(_("kind"), max_length=7, choices=Kind)
    name = models.CharField(_("name"), max_length=200)
    yearly = models.BooleanField(_("every year"), default=False, help_text="From this date on.")

    class Meta:
        verbose_name = _("day")
        verbose_name_plural = _("days")
        constraints = [
            models.UniqueConstraint(fields=["version", "date"], name="a_date_has_one_rule"),
            models.CheckConstraint(name="day_is_of_a_known_kind", condition=Q(kind__in=["holiday", "off", "hours"])),
            models.CheckConstraint(
                name="public_holidays_are_told_for_each_year", condition=Q(yearly=False) | ~Q(kind="holiday")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.date} {self.name}"


class Opening(models.Model):
    """From when to when it is open: on a weekday, or on one date. Minutes since midnight; more than 1440 is tomorrow.

    That no two of a weekday or a date overlap is an exclusion constraint in the migration.
    """

    version = models.ForeignKey(Version, models.PROTECT, related_name="openings")
    weekday = models.PositiveSmallIntegerField(null=True, help_text="0 is Monday.")
    day = models.ForeignKey(Day, models.PROTECT, null=True, related_name="openings")
    opens = models.PositiveSmallIntegerField()
    closes = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = _("opening hours")
        verbose_name_plural = _("opening hours")
        constraints = [
            models.CheckConstraint(
                name="opening_is_of_a_weekday_or_a_date",
                condition=Q(weekday__isnull=False, weekday__lte=6, day__isnull=True)
                | Q(weekday__isnull=True, day__isnull=False),
            ),
            models.CheckConstraint(
                name="opening_lasts_a_day_at_most",
                condition=Q(opens__lt=1440, closes__gt=F("opens"), closes__lte=F("opens") + 1440),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.opens}-{self.closes}"
