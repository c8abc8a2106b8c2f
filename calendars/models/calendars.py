"""A calendar: the opening hours of one team or place, under a name that promises can refer to."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Calendar(models.Model):
    """What it says is in its versions; the one with the highest number holds now."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=100)
    main = models.BooleanField(
        _("main calendar"), default=False, help_text=_("The one that is meant where none is named.")
    )
    version = models.PositiveIntegerField(default=0, editable=False, help_text="The number of the one that holds.")
    feed = models.PositiveIntegerField(
        default=1, editable=False, help_text="Part of the feed's signed address: another number, another address."
    )
    made_at = models.DateTimeField(_("made"), db_default=Now(), editable=False)
    retired_at = models.DateTimeField(_("retired"), null=True, editable=False)

    class Meta:
        verbose_name = _("calendar")
        verbose_name_plural = _("calendars")
        constraints = [
            models.UniqueConstraint(fields=["main"], condition=Q(main=True), name="one_calendar_is_the_main_one"),
            models.CheckConstraint(
                name="main_calendar_is_not_retired", condition=Q(main=False) | Q(retired_at__isnull=True)
            ),
            models.CheckConstraint(name="calendar_has_name_and_code", condition=~Q(name="") & ~Q(code="")),
        ]

    def __str__(self) -> str:
        return self.name
