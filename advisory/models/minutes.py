"""Minutes, revision by revision. An approved one never changes; what was wrong in it is corrected by the next one."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Minutes(models.Model):
    """One revision. ``digest`` is over the text and the digest of the revision before: a chain."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        CIRCULATED = "circulated", _("circulated")
        APPROVED = "approved", _("approved")
        PUBLISHED = "published", _("published")

    FINAL = (State.APPROVED, State.PUBLISHED)

    meeting = models.ForeignKey("advisory.Meeting", models.PROTECT, related_name="minutes", db_index=False)
    number = models.PositiveSmallIntegerField(_("revision"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    text = models.TextField(_("text"))
    reason = models.CharField(_("what is corrected"), max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1, help_text="Grows while it is a draft.")
    digest = models.CharField(_("SHA-256"), max_length=64, blank=True)
    made_at = models.DateTimeField(_("made"), db_default=Now())
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    circulated_at = models.DateTimeField(_("circulated"), null=True)
    approved_at = models.DateTimeField(_("approved"), null=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    published_at = models.DateTimeField(_("published"), null=True)

    class Meta:
        verbose_name = _("minutes")
        verbose_name_plural = _("minutes")
        default_permissions = ("view", "change")
        constraints = [
            models.UniqueConstraint(fields=["meeting", "number"], name="revision_of_minutes_stands_once"),
            models.UniqueConstraint(
                fields=["meeting"],
                condition=Q(state__in=["draft", "circulated"]),
                name="one_revision_is_in_the_making",
            ),
            models.CheckConstraint(name="later_revision_says_what_it_corrects", condition=Q(number=1) | ~Q(reason="")),
            models.CheckConstraint(
                name="minutes_are_circulated_approved_and_published_at_a_time",
                condition=Q(state="draft", approved_at__isnull=True, published_at__isnull=True, digest="")
                | Q(
                    state="circulated",
                    circulated_at__isnull=False,
                    approved_at__isnull=True,
                    published_at__isnull=True,
                    digest="",
                )
                | (
                    Q(
                        state="approved",
                        circulated_at__isnull=False,
                        approved_at__isnull=False,
                        published_at__isnull=True,
                    )
                    & ~Q(digest="")
                )
                | (
                    Q(
                        state="published",
                        circulated_at__isnull=False,
                        approved_at__isnull=False,
                        published_at__isnull=False,
                    )
                    & ~Q(digest="")
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.meeting_id}/{self.number}"


class Remark(models.Model):
    """What somebody says of circulated minutes, before they are approved."""

    minutes = models.ForeignKey(Minutes, models.PROTECT, related_name="remarks", db_index=False)
    term = models.ForeignKey("advisory.Term", models.PROTECT, null=True, related_name="remarks")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    text = models.TextField(_("remark"))
    at = models.DateTimeField(_("when"), db_default=Now())

    class Meta:
        verbose_name = _("remark on minutes")
        verbose_name_plural = _("remarks on minutes")
        default_permissions = ("view",)
        constraints = [
            models.CheckConstraint(
                name="remark_is_by_a_member_or_one_of_staff",
                condition=~Q(text="")
                & (Q(term__isnull=False, user__isnull=True) | Q(term__isnull=True, user__isnull=False)),
            )
        ]
        indexes = [models.Index(fields=["minutes", "at"], name="remark_on_minutes")]

    def __str__(self) -> str:
        return self.text[:50]

    @property
    def who(self) -> str:
        return self.term.who if self.term else str(self.user)
