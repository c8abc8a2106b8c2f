"""Who works on cases: teams with their opening hours, and what each of their members can do."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Skill(models.Model):
    """Something that not everybody can: a language, a product line, complaints about payments."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=100)

    class Meta:
        verbose_name = _("skill")
        verbose_name_plural = _("skills")

    def __str__(self) -> str:
        return self.name


class Team(models.Model):
    class Assignment(models.TextChoices):
        BY_HAND = "by_hand", _("by hand")
        ROUND_ROBIN = "round_robin", _("in turn")
        LEAST_BUSY = "least_busy", _("to the least busy")

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=100)
    calendar = models.ForeignKey(
        "calendars.Calendar", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("opening hours"),
        help_text=_("Without one the main calendar counts."),
    )  # fmt: skip
    lead = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("manager"),
        help_text=_("Is told of what is overdue; without one everybody of Managers is."),
    )  # fmt: skip
    assignment = models.CharField(_("new cases go"), max_length=11, choices=Assignment, default=Assignment.BY_HAND)
    main = models.BooleanField(_("main team"), default=False, help_text=_("Takes the cases that no rule sends away."))

    class Meta:
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        constraints = [
            models.UniqueConstraint(fields=["main"], condition=Q(main=True), name="one_team_is_the_main_one"),
        ]

    def __str__(self) -> str:
        return self.name


class Member(models.Model):
    """Somebody's place in a team."""

    team = models.ForeignKey(Team, models.CASCADE, related_name="members")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="teams", verbose_name=_("person"))
    skills = models.ManyToManyField(Skill, blank=True, related_name="members", verbose_name=_("skills"))
    most = models.PositiveSmallIntegerField(
        _("open cases at most"), default=0, help_text=_("Nothing more is given to them by itself; 0: no limit.")
    )
    away = models.BooleanField(_("away"), default=False, help_text=_("Gets nothing by itself."))
    last_given_at = models.DateTimeField(null=True, editable=False, help_text="Whose turn it is.")

    class Meta:
        verbose_name = _("member of a team")
        verbose_name_plural = _("members of teams")
        constraints = [
            models.UniqueConstraint(fields=["team", "user"], name="a_person_is_once_in_a_team"),
        ]

    def __str__(self) -> str:
        return str(self.user)
