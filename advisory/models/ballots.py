"""Votes. What is secret stays so for ever: nothing in the database joins a secret vote to who cast it."""

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from advisory.models.charters import Charter


class Ballot(models.Model):
    """A question that is voted on. How secret it is and when results show never changes (a trigger)."""

    class Kind(models.TextChoices):
        YES_NO = "yes_no", _("yes, no, abstain")
        APPROVAL = "approval", _("approve of as many as you like")
        DOTS = "dots", _("dots to give away")
        SCORE = "score", _("a score for each")
        RANKED = "ranked", _("in the order of preference")
        MOSCOW = "moscow", _("must, should, could, will not")

    class Secrecy(models.TextChoices):
        OPEN = "open", _("open: everybody sees who votes what")
        NAMED = "named", _("named: staff and minutes know")
        SECRET = "secret", _("secret: nobody ever knows")

    class State(models.TextChoices):
        CREATED = "created", _("prepared")
        OPEN = "open", _("open")
        CLOSED = "closed", _("closed")
        PUBLISHED = "published", _("published")

    meeting = models.ForeignKey("advisory.Meeting", models.PROTECT, related_name="ballots", db_index=False)
    item = models.ForeignKey("advisory.Item", models.PROTECT, null=True, related_name="ballots")
    question = models.CharField(_("question"), max_length=300)
    kind = models.CharField(_("how"), max_length=8, choices=Kind, default=Kind.YES_NO)
    secrecy = models.CharField(_("secrecy"), max_length=6, choices=Secrecy, default=Secrecy.NAMED)
    hidden = models.BooleanField(_("results only after the end"), default=True)
    options: Any = models.JSONField(_("options"), default=list, help_text="Code and text of each.")
    most = models.PositiveSmallIntegerField(_("dots, or the highest score"), default=0)
    base = models.CharField(_("a share is reckoned"), max_length=8, choices=Charter.Base, default=Charter.Base.YES_NO)
    percent = models.PositiveSmallIntegerField(_("advice is given above, percent"), default=50)
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.CREATED)
    made_at = models.DateTimeField(db_default=Now())
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    opened_at = models.DateTimeField(_("opened"), null=True)
    closed_at = models.DateTimeField(_("closed"), null=True)
    published_at = models.DateTimeField(_("published"), null=True)
    entitled = models.PositiveSmallIntegerField(_("may vote"), null=True, help_text="Frozen at the end.")
    present = models.PositiveSmallIntegerField(_("present"), null=True, help_text="Frozen at the end.")
    quorum = models.PositiveSmallIntegerField(_("quorum"), null=True, help_text="Frozen at the end.")
    result: Any = models.JSONField(_("result"), null=True, help_text="As it was counted at the end.")

    class Meta:
        verbose_name = _("ballot")
        verbose_name_plural = _("ballots")
        default_permissions = ("view",)
        constraints = [
            models.CheckConstraint(name="ballot_asks_something", condition=~Q(question="")),
            models.CheckConstraint(
                name="ballot_is_opened_closed_and_published_at_a_time",
                condition=Q(state="created", opened_at__isnull=True, closed_at__isnull=True, published_at__isnull=True)
                | Q(state="open", opened_at__isnull=False, closed_at__isnull=True, published_at__isnull=True)
                | Q(state="closed", opened_at__isnull=False, closed_at__isnull=False, published_at__isnull=True)
                | Q(state="published", opened_at__isnull=False, closed_at__isnull=False, published_at__isnull=False),
            ),
            models.CheckConstraint(
                name="closed_ballot_has_its_figures_frozen",
                condition=Q(
                    state__in=["created", "open"],
                    entitled__isnull=True,
                    present__isnull=True,
                    quorum__isnull=True,
                    result__isnull=True,
                )
                | Q(
                    state__in=["closed", "published"],
                    entitled__isnull=False,
                    present__isnull=False,
                    quorum__isnull=False,
                    result__isnull=False,
                    present__lte=models.F("entitled"),
                ),
            ),
            models.CheckConstraint(
                name="secret_ballot_hides_results", condition=~Q(secrecy="secret") | Q(hidden=True)
            ),
            models.CheckConstraint(name="ballot_share_is_a_percentage", condition=Q(percent__lte=100)),
        ]
        indexes = [models.Index(fields=["meeting", "state"], name="ballot_of_meeting")]

    def __str__(self) -> str:
        return self.question

    @property
    def is_secret(self) -> bool:
        return self.secrecy == self.Secrecy.SECRET

    @property
    def shows_early(self) -> bool:
        """Whether everybody sees how it stands while it is open."""
        return self.state == self.State.OPEN and not self.hidden

    @property
    def is_counted(self) -> bool:
        return self.state in (self.State.CLOSED, self.State.PUBLISHED)


class Entitlement(models.Model):
    """Who may vote, and whether they did: never what, and no time that a vote could be told by."""

    ballot = models.ForeignKey(Ballot, models.PROTECT, related_name="entitlements", db_index=False)
    invitee = models.ForeignKey("advisory.Invitee", models.PROTECT, related_name="entitlements")
    present = models.BooleanField(_("present"), default=False)
    voted = models.BooleanField(_("voted"), default=False)

    class Meta:
        verbose_name = _("right to vote")
        verbose_name_plural = _("rights to vote")
        default_permissions = ("view",)
        constraints = [models.UniqueConstraint(fields=["ballot", "invitee"], name="right_to_vote_stands_once")]

    def __str__(self) -> str:
        return str(self.invitee_id)


class Vote(models.Model):
    """What was voted. A named one belongs to a right to vote; a secret one to whoever has the number that was drawn
    on their own device, of which only a hash is here. There is no time in it, and its id is by chance.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    ballot = models.ForeignKey(Ballot, models.PROTECT, related_name="votes", db_index=False)
    entitlement = models.OneToOneField(Entitlement, models.PROTECT, null=True, related_name="vote")
    receipt = models.CharField(max_length=64, null=True, help_text="SHA-256 of a number that only the voter has.")
    choice: Any = models.JSONField(_("choice"))

    class Meta:
        verbose_name = _("vote")
        verbose_name_plural = _("votes")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="vote_is_either_named_or_secret",
                condition=Q(entitlement__isnull=False, receipt__isnull=True)
                | Q(entitlement__isnull=True, receipt__isnull=False),
            ),
            models.UniqueConstraint(fields=["ballot", "receipt"], name="second_secret_vote_replaces_the_first"),
        ]

    def __str__(self) -> str:
        return str(self.ballot_id)
