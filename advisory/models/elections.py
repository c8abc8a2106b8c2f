"""Some of the seats may be filled by those customers who matter most: nominees, voters, ballots."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Election(models.Model):
    """Who may vote is frozen when it opens. Ballots are secret: no row ties one to a voter."""

    class State(models.TextChoices):
        NOMINATING = "nominating", _("looking for nominees")
        OPEN = "open", _("open")
        CLOSED = "closed", _("closed")

    board = models.ForeignKey("advisory.Board", models.PROTECT, related_name="elections")
    name = models.CharField(_("name"), max_length=100)
    seats = models.PositiveSmallIntegerField(_("seats to fill"))
    segment = models.ForeignKey(
        "customers.Segment", models.PROTECT, related_name="+", verbose_name=_("who votes")
    )  # fmt: skip
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.NOMINATING)
    starts_on = models.DateField(_("terms begin"))
    closes_at = models.DateTimeField(_("votes until"))
    opened_at = models.DateTimeField(_("opened"), null=True)
    closed_at = models.DateTimeField(_("closed"), null=True)
    result: Any = models.JSONField(_("result"), default=list, help_text="Nominee, votes, elected; most votes first.")
    made_at = models.DateTimeField(db_default=Now())
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        verbose_name = _("election")
        verbose_name_plural = _("elections")
        default_permissions = ("view",)
        constraints = [
            models.CheckConstraint(name="election_fills_a_seat", condition=Q(seats__gte=1)),
            models.CheckConstraint(
                name="election_opens_and_closes_at_a_time",
                condition=Q(state="nominating", opened_at__isnull=True, closed_at__isnull=True)
                | Q(state="open", opened_at__isnull=False, closed_at__isnull=True)
                | Q(state="closed", opened_at__isnull=False, closed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Nominee(models.Model):
    """Stands for election once they have said yes."""

    class State(models.TextChoices):
        ASKED = "asked", _("asked")
        STANDING = "standing", _("stands for election")
        DECLINED = "declined", _("declined")

    election = models.ForeignKey(Election, models.PROTECT, related_name="nominees", db_index=False)
    customer = models.ForeignKey("customers.Customer", models.PROTECT, related_name="+")
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.ASKED)
    statement = models.CharField(_("what they say"), max_length=500, blank=True)
    asked_at = models.DateTimeField(_("asked"), db_default=Now())
    answered_at = models.DateTimeField(_("answered"), null=True)

    class Meta:
        verbose_name = _("nominee")
        verbose_name_plural = _("nominees")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["election", "customer"], name="nominee_is_asked_once"),
            models.CheckConstraint(
                name="nominee_answers_at_a_time",
                condition=Q(state="asked", answered_at__isnull=True)
                | (~Q(state="asked") & Q(answered_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.election_id}: {self.customer_id}"


class Voter(models.Model):
    """May vote once; that they did is known, and on which day, not for whom."""

    election = models.ForeignKey(Election, models.PROTECT, related_name="voters", db_index=False)
    customer = models.ForeignKey("customers.Customer", models.PROTECT, related_name="+")
    voted_on = models.DateField(_("voted"), null=True)

    class Meta:
        verbose_name = _("voter")
        verbose_name_plural = _("voters")
        default_permissions = ("view",)
        constraints = [models.UniqueConstraint(fields=["election", "customer"], name="voter_is_on_the_list_once")]

    def __str__(self) -> str:
        return f"{self.election_id}: {self.customer_id}"


class ElectionBallot(models.Model):
    """A nominee who was chosen on some ballot. Append-only; a random id and no time, so that no order tells whose."""

    id = models.UUIDField(primary_key=True)
    election = models.ForeignKey(Election, models.PROTECT, related_name="ballots")
    nominee = models.ForeignKey(Nominee, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        verbose_name = _("ballot of an election")
        verbose_name_plural = _("ballots of elections")
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.election_id)
