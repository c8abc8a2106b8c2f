"""What is written down in the room: notes for each item, quotes, moods, and what somebody has to do."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Note(models.Model):
    """The notes of an item. ``version`` grows with each change, so that two who write at once lose nothing."""

    item = models.OneToOneField("advisory.Item", models.PROTECT, related_name="note")
    text = models.TextField(_("notes"), blank=True)
    version = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField(_("saved"))
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        verbose_name = _("notes")
        verbose_name_plural = _("notes")
        default_permissions = ("view",)

    def __str__(self) -> str:
        return self.text[:50]


class Quote(models.Model):
    """What a member said, word for word. It goes into the minutes under their name only where they agreed."""

    item = models.ForeignKey("advisory.Item", models.PROTECT, related_name="quotes")
    invitee = models.ForeignKey("advisory.Invitee", models.PROTECT, null=True, related_name="quotes")
    text = models.CharField(_("words"), max_length=1000)
    by_name = models.BooleanField(_("may be quoted by name"), default=False)
    at = models.DateTimeField(_("when"), db_default=Now())
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        verbose_name = _("quote")
        verbose_name_plural = _("quotes")
        default_permissions = ("view",)
        constraints = [models.CheckConstraint(name="quote_has_words", condition=~Q(text=""))]

    def __str__(self) -> str:
        return self.text[:50]


class Mood(models.Model):
    """How an item looks to a member, as they show it in the room; shown as counts."""

    class Looks(models.TextChoices):
        GOOD = "good", _("looks good")
        UNSURE = "unsure", _("not sure")
        CONCERNED = "concerned", _("concerned")

    item = models.ForeignKey("advisory.Item", models.PROTECT, related_name="moods", db_index=False)
    invitee = models.ForeignKey("advisory.Invitee", models.PROTECT, related_name="moods")
    looks = models.CharField(_("looks"), max_length=9, choices=Looks)

    class Meta:
        verbose_name = _("mood")
        verbose_name_plural = _("moods")
        default_permissions = ("view",)
        constraints = [models.UniqueConstraint(fields=["item", "invitee"], name="member_shows_one_mood")]

    def __str__(self) -> str:
        return str(self.get_looks_display())


class ActionItem(models.Model):
    """What somebody has promised to do. Open ones are on the next meeting's agenda by themselves."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        DONE = "done", _("done")
        DROPPED = "dropped", _("dropped")

    board = models.ForeignKey("advisory.Board", models.PROTECT, related_name="action_items", db_index=False)
    meeting = models.ForeignKey("advisory.Meeting", models.PROTECT, null=True, related_name="action_items")
    item = models.ForeignKey("advisory.Item", models.PROTECT, null=True, related_name="action_items")
    text = models.CharField(_("what is to be done"), max_length=300)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("owner")
    )
    owner_term = models.ForeignKey("advisory.Term", models.PROTECT, null=True, related_name="action_items")
    due_on = models.DateField(_("due"), null=True)
    state = models.CharField(_("state"), max_length=7, choices=State, default=State.OPEN)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    made_at = models.DateTimeField(_("made"), db_default=Now())
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    settled_at = models.DateTimeField(_("settled"), null=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        verbose_name = _("action item")
        verbose_name_plural = _("action items")
        default_permissions = ("view", "change")
        constraints = [
            models.CheckConstraint(name="action_item_says_what", condition=~Q(text="")),
            models.CheckConstraint(
                name="action_item_has_one_owner", condition=Q(owner__isnull=True) | Q(owner_term__isnull=True)
            ),
            models.CheckConstraint(
                name="action_item_is_settled_at_a_time_and_dropped_for_a_reason",
                condition=Q(state="open", settled_at__isnull=True, reason="")
                | Q(state="done", settled_at__isnull=False)
                | (Q(state="dropped", settled_at__isnull=False) & ~Q(reason="")),
            ),
        ]
        indexes = [models.Index(fields=["board", "due_on"], condition=Q(state="open"), name="action_item_open")]

    def __str__(self) -> str:
        return self.text
