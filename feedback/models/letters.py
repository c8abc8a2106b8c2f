"""Letters that are always the same but for a few words: acknowledgement, holding letter, offer, final response."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from feedback import placeholders
from feedback.models.cases import Case


class LetterTemplate(models.Model):
    """For a kind of case, or for all; in a language. Words in double braces are filled in, nothing else."""

    class Purpose(models.TextChoices):
        ACKNOWLEDGEMENT = "acknowledgement", _("acknowledgement")
        HOLDING = "holding", _("holding letter")
        OFFER = "offer", _("offer of redress")
        FINAL = "final", _("final response")

    purpose = models.CharField(_("purpose"), max_length=15, choices=Purpose)
    kind = models.CharField(
        _("for cases of the kind"), max_length=10, choices=Case.Kind, blank=True, help_text=_("Empty: for all.")
    )
    language = models.CharField(_("language"), max_length=10, default="en", help_text=_("A code, such as ko."))
    subject = models.CharField(_("subject"), max_length=150)
    text = models.TextField(_("text"))

    class Meta:
        verbose_name = _("letter template")
        verbose_name_plural = _("letter templates")
        constraints = [
            models.UniqueConstraint(
                fields=["purpose", "kind", "language"], name="there_is_one_letter_for_a_purpose_kind_and_language"
            ),
            models.CheckConstraint(name="letter_says_something", condition=~Q(subject="") & ~Q(text="")),
        ]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} ({self.language})"

    def clean(self) -> None:
        """Nothing that means nothing: a mistyped word is found here and not by a customer."""
        for name in ("subject", "text"):
            if wrong := placeholders.unknown(getattr(self, name)):
                raise ValidationError(
                    {
                        name: ValidationError(
                            _("This cannot be filled in: %(words)s"),
                            code="placeholder_unknown",
                            params={"words": ", ".join(wrong)},
                        )
                    }
                )
