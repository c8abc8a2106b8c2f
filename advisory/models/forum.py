"""The open forum between meetings: topics, posts, who follows what, and what was hidden by a moderator."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from advisory.confidentiality import Level

BY_ONE = Q(term__isnull=False, user__isnull=True) | Q(term__isnull=True, user__isnull=False)


class Topic(models.Model):
    board = models.ForeignKey("advisory.Board", models.PROTECT, related_name="topics", db_index=False)
    title = models.CharField(_("title"), max_length=150)
    level = models.PositiveSmallIntegerField(_("who may see it"), choices=Level, default=Level.BOARD)
    term = models.ForeignKey("advisory.Term", models.PROTECT, null=True, related_name="topics")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    begun_at = models.DateTimeField(_("begun"), db_default=Now())
    last_at = models.DateTimeField(_("last post"), db_default=Now())
    pinned = models.BooleanField(_("at the top"), default=False)
    closed_at = models.DateTimeField(_("closed"), null=True)
    hidden_at = models.DateTimeField(_("hidden"), null=True)

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        default_permissions = ("view", "add")
        permissions = [("moderate_forum", _("Can close topics and hide posts"))]
        constraints = [
            models.CheckConstraint(name="topic_has_a_title_and_an_author", condition=~Q(title="") & BY_ONE),
            models.CheckConstraint(name="topic_level_is_known", condition=Q(level__in=[0, 1, 2, 3])),
        ]
        indexes = [models.Index(fields=["board", "-pinned", "-last_at"], name="topic_of_board")]

    def __str__(self) -> str:
        return self.title

    @property
    def who(self) -> str:
        return self.term.who if self.term else str(self.user)


class Post(models.Model):
    """Hidden, it stays in the database, and nobody but moderators sees what it said."""

    topic = models.ForeignKey(Topic, models.PROTECT, related_name="posts", db_index=False)
    term = models.ForeignKey("advisory.Term", models.PROTECT, null=True, related_name="posts")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    text = models.TextField(_("text"))
    mentions = models.ManyToManyField("advisory.Term", blank=True, related_name="mentioned_in")
    at = models.DateTimeField(_("when"), db_default=Now())
    hidden_at = models.DateTimeField(_("hidden"), null=True)
    hidden_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    hidden_because = models.CharField(_("hidden because"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("post")
        verbose_name_plural = _("posts")
        default_permissions = ("view",)
        constraints = [
            models.CheckConstraint(name="post_has_a_text_and_an_author", condition=~Q(text="") & BY_ONE),
            models.CheckConstraint(
                name="post_is_hidden_for_a_reason",
                condition=Q(hidden_at__isnull=True, hidden_because="")
                | (Q(hidden_at__isnull=False, hidden_by__isnull=False) & ~Q(hidden_because="")),
            ),
        ]
        indexes = [models.Index(fields=["topic", "at"], name="post_in_topic")]

    def __str__(self) -> str:
        return self.text[:50]

    @property
    def who(self) -> str:
        return self.term.who if self.term else str(self.user)


class Follow(models.Model):
    """How a member wants to hear of the forum."""

    class Wish(models.TextChoices):
        ALL = "all", _("of every post")
        MENTIONS = "mentions", _("when I am mentioned or answered")
        NOTHING = "nothing", _("not at all")

    term = models.OneToOneField("advisory.Term", models.CASCADE, related_name="follow")
    wish = models.CharField(_("e-mails about the forum"), max_length=8, choices=Wish, default=Wish.MENTIONS)

    class Meta:
        verbose_name = _("wish about e-mails of the forum")
        verbose_name_plural = _("wishes about e-mails of the forum")
        default_permissions = ("view",)

    def __str__(self) -> str:
        return str(self.get_wish_display())
