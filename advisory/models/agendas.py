"""What a meeting is about: items with minutes, what is read for them, and what members want to talk of."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from advisory.confidentiality import Level


class Item(models.Model):
    """``begun_at`` and ``ended_at`` are what happened; what was planned follows from the minutes of those before."""

    class Purpose(models.TextChoices):
        INFORM = "inform", _("to inform")
        DISCUSS = "discuss", _("to discuss")
        DECIDE = "decide", _("to decide")
        BREAK = "break", _("a break")

    class Source(models.TextChoices):
        OWN = "own", _("ours")
        MEMBER = "member", _("proposed by a member")
        THEME = "theme", _("a pain point")
        SURVEY = "survey", _("results of a survey")
        RECOMMENDATION = "recommendation", _("open recommendations")
        ACTIONS = "actions", _("open actions")

    meeting = models.ForeignKey("advisory.Meeting", models.PROTECT, related_name="items", db_index=False)
    position = models.PositiveSmallIntegerField(_("place"))
    title = models.CharField(_("title"), max_length=150)
    text = models.TextField(_("what it is about"), blank=True)
    minutes = models.PositiveSmallIntegerField(_("minutes"))
    presenter = models.CharField(_("presented by"), max_length=100, blank=True)
    by_host = models.BooleanField(_("we speak"), default=False, help_text=_("It counts as time of the host."))
    purpose = models.CharField(_("purpose"), max_length=7, choices=Purpose, default=Purpose.DISCUSS)
    level = models.PositiveSmallIntegerField(_("who may see it"), choices=Level, default=Level.BOARD)
    source = models.CharField(max_length=14, choices=Source, default=Source.OWN)
    source_id = models.BigIntegerField(null=True, help_text="Which theme or survey; once on an agenda.")
    begun_at = models.DateTimeField(_("begun"), null=True)
    ended_at = models.DateTimeField(_("ended"), null=True)

    class Meta:
        verbose_name = _("agenda item")
        verbose_name_plural = _("agenda items")
        default_permissions = ("view",)
        ordering = ("position", "pk")
        constraints = [
            models.CheckConstraint(name="agenda_item_has_a_title", condition=~Q(title="")),
            models.CheckConstraint(name="agenda_item_takes_time", condition=Q(minutes__gte=1, minutes__lte=600)),
            models.CheckConstraint(name="agenda_item_level_is_known", condition=Q(level__in=[0, 1, 2, 3])),
            models.UniqueConstraint(
                fields=["meeting", "position"], name="place_on_an_agenda_is_taken_once",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.UniqueConstraint(
                fields=["meeting", "source", "source_id"],
                condition=Q(source_id__isnull=False), name="subject_is_on_an_agenda_once",
            ),
            models.UniqueConstraint(
                fields=["meeting"], condition=Q(begun_at__isnull=False, ended_at__isnull=True),
                name="one_item_at_a_time",
            ),
            models.CheckConstraint(
                name="agenda_item_ends_after_it_began",
                condition=Q(ended_at__isnull=True) | Q(begun_at__isnull=False, ended_at__gte=F("begun_at")),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.title


class Material(models.Model):
    """Something to read: a link, or a file below the private folder. Before ``from_at`` members see nothing of it."""

    item = models.ForeignKey(Item, models.PROTECT, related_name="materials")
    name = models.CharField(_("name"), max_length=150)
    url = models.URLField(_("link"), max_length=500, blank=True)
    path = models.CharField(max_length=200, blank=True)
    kind = models.CharField(_("type"), max_length=100, blank=True)
    size = models.PositiveIntegerField(_("size (bytes)"), default=0)
    level = models.PositiveSmallIntegerField(_("who may see it"), choices=Level, default=Level.BOARD)
    from_at = models.DateTimeField(_("not before"), null=True, blank=True)
    added_at = models.DateTimeField(_("added"), db_default=Now())
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        verbose_name = _("material")
        verbose_name_plural = _("materials")
        default_permissions = ("view",)
        constraints = [
            models.CheckConstraint(
                name="material_is_a_link_or_a_file",
                condition=~Q(name="") & ((~Q(url="") & Q(path="")) | (Q(url="") & ~Q(path=""))),
            ),
            models.CheckConstraint(
                name="material_file_says_what_it_is",
                condition=Q(path="", kind="", size=0) | (~Q(path="") & ~Q(kind="") & Q(size__gt=0)),
            ),
            models.CheckConstraint(name="material_level_is_known", condition=Q(level__in=[0, 1, 2, 3])),
        ]

    def __str__(self) -> str:
        return self.name


class Proposal(models.Model):
    """What a member would like the board to talk about: taken onto an agenda, or declined with a reason."""

    class State(models.TextChoices):
        PROPOSED = "proposed", _("proposed")
        TAKEN = "taken", _("on an agenda")
        DECLINED = "declined", _("declined")

    board = models.ForeignKey("advisory.Board", models.PROTECT, related_name="proposals", db_index=False)
    term = models.ForeignKey("advisory.Term", models.PROTECT, related_name="agenda_proposals")
    title = models.CharField(_("title"), max_length=150)
    text = models.TextField(_("why"), blank=True)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.PROPOSED)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    item = models.OneToOneField(Item, models.PROTECT, null=True, related_name="proposal")
    at = models.DateTimeField(_("proposed"), db_default=Now())
    settled_at = models.DateTimeField(_("settled"), null=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        verbose_name = _("agenda proposal")
        verbose_name_plural = _("agenda proposals")
        default_permissions = ("view",)
        constraints = [
            models.CheckConstraint(name="agenda_proposal_has_a_title", condition=~Q(title="")),
            models.CheckConstraint(
                name="agenda_proposal_is_settled_for_a_reason",
                condition=Q(state="proposed", settled_at__isnull=True, item__isnull=True, reason="")
                | Q(state="taken", settled_at__isnull=False, item__isnull=False)
                | (Q(state="declined", settled_at__isnull=False, item__isnull=True) & ~Q(reason="")),
            ),
        ]
        indexes = [models.Index(fields=["board", "state", "-at"], name="agenda_proposal_of_board")]

    def __str__(self) -> str:
        return self.title
