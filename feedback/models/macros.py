"""Answers that are given often, in several languages, with the steps that go with them."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from feedback import placeholders


class Macro(models.Model):
    """A canned answer, steps, or both. What is empty is left as it is."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    team = models.ForeignKey(
        "feedback.Team", models.CASCADE, null=True, blank=True, related_name="macros", verbose_name=_("only for"),
        help_text=_("Left empty, everybody is offered it."),
    )  # fmt: skip
    theme = models.ForeignKey(
        "feedback.Theme", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("set the theme to")
    )
    take = models.BooleanField(_("take the case"), default=False)
    waits = models.BooleanField(_("wait for the customer"), default=False)
    sleep_hours = models.PositiveSmallIntegerField(
        _("put to sleep for (hours)"), null=True, blank=True, help_text=_("At most 720.")
    )
    retired = models.BooleanField(_("retired"), default=False)

    class Meta:
        verbose_name = _("macro")
        verbose_name_plural = _("macros")
        default_permissions = ("view", "add", "change")
        constraints = [
            models.CheckConstraint(
                name="macro_sleeps_an_hour_to_a_month",
                condition=Q(sleep_hours__isnull=True) | Q(sleep_hours__gte=1, sleep_hours__lte=720),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class MacroText(models.Model):
    macro = models.ForeignKey(Macro, models.CASCADE, related_name="texts")
    language = models.CharField(_("language"), max_length=10, default="en", help_text=_("Its code, such as en or ko."))
    text = models.TextField(_("text"))

    class Meta:
        verbose_name = _("text of a macro")
        verbose_name_plural = _("texts of a macro")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["macro", "language"], name="a_macro_has_one_text_per_language"),
        ]

    def __str__(self) -> str:
        return self.language

    def clean(self) -> None:
        """Nothing that means nothing: a mistyped word is found here and not by a customer."""
        if wrong := placeholders.unknown(self.text):
            raise ValidationError(
                {
                    "text": ValidationError(
                        _("This cannot be filled in: %(words)s"),
                        code="placeholder_unknown",
                        params={"words": ", ".join(wrong)},
                    )
                }
            )
