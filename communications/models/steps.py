"""The steps of a version of a plan: what reaches a customer, how, and how far from the anchor."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from communications.models.plans import PlanVersion
from communications.schedule import UNITS
from customers.models import ConsentDecision

Channel = ConsentDecision.Channel


class Step(models.Model):
    """``key`` names the same step in every version of a plan. Before the anchor where ``amount`` is negative.

    ``only_if`` is a list of conditions that must all hold when it is due; see ``communications.branches``. It waits
    for the human task of the step ``waits_for``, at most ``waits_hours``, and goes on then.
    """

    class Kind(models.TextChoices):
        EMAIL = "email", _("e-mail")
        SMS = "sms", _("SMS")
        PUSH = "push", _("push")
        CALL = "call", _("phone call")
        NOTE = "note", _("hand-written note")
        CARD = "card", _("thank-you card")
        GIFT = "gift", _("surprise gift")
        OFFER = "offer", _("special offer")
        CONTENT = "content", _("content piece")
        EVENT = "event", _("event invitation")

    class Unit(models.TextChoices):
        MINUTES = "minutes", _("minutes")
        HOURS = "hours", _("hours")
        DAYS = "days", _("days")
        WEEKS = "weeks", _("weeks")
        MONTHS = "months", _("months")
        YEARS = "years", _("years")
        BUSINESS_DAYS = "business_days", _("business days")

    # How each kind goes; the others go by any way that their step names.
    OWN_CHANNEL = {
        Kind.EMAIL: Channel.EMAIL,
        Kind.SMS: Channel.SMS,
        Kind.PUSH: Channel.PUSH,
        Kind.CALL: Channel.PHONE,
        Kind.NOTE: Channel.POST,
        Kind.CARD: Channel.POST,
        Kind.GIFT: Channel.POST,
    }
    BY_PEOPLE = (Channel.PHONE, Channel.POST)

    version = models.ForeignKey(PlanVersion, models.PROTECT, related_name="steps", db_index=False)
    key = models.SlugField(_("key"), max_length=30)
    position = models.PositiveSmallIntegerField(_("place"))
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=7, choices=Kind)
    channel = models.CharField(_("channel"), max_length=5, choices=Channel)
    amount = models.IntegerField(_("how long"), default=0)
    unit = models.CharField(_("unit"), max_length=13, choices=Unit, default=Unit.DAYS)
    time = models.TimeField(_("at (customer's time)"), null=True, blank=True)
    expiry_hours = models.PositiveIntegerField(_("still worth sending for (hours)"), null=True, blank=True)
    template = models.ForeignKey(
        "communications.Template", models.PROTECT, null=True, blank=True, related_name="steps", db_index=False,
        verbose_name=_("text"),
    )  # fmt: skip
    wording = models.ForeignKey(
        "communications.TemplateVersion", models.PROTECT, null=True, editable=False, related_name="+", db_index=False,
        help_text="What the text said when it was published: this is sent.",
    )  # fmt: skip
    script = models.TextField(_("script"), blank=True, help_text=_("For people: what to say, write or pack."))
    gives: Any = models.JSONField(
        _("given to the text"), default=dict, db_default={}, blank=True,
        help_text="Values by name, such as content_title and content_link; see communications.templating.GIVEN.",
    )  # fmt: skip
    reward = models.ForeignKey(
        "loyalty.Reward", models.PROTECT, null=True, blank=True, related_name="+", db_index=False,
        verbose_name=_("reward"), help_text=_("Each customer gets one of their own."),
    )  # fmt: skip
    only_if: Any = models.JSONField(_("only if"), default=list, blank=True)
    waits_for = models.SlugField(_("waits for the step"), max_length=30, blank=True)
    waits_hours = models.PositiveIntegerField(_("waits at most (hours)"), default=168)
    cost = models.PositiveIntegerField(_("costs"), default=0, help_text=_("Each, in minor units of the currency."))

    class Meta:
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["version", "key"], name="step_key_stands_once_in_a_version"),
            models.CheckConstraint(name="step_has_a_key_and_a_name", condition=~Q(key="") & ~Q(name="")),
            models.CheckConstraint(name="step_unit_is_known", condition=Q(unit__in=UNITS)),
            models.CheckConstraint(
                name="step_goes_the_way_of_its_kind",
                condition=Q(kind__in=["email", "offer", "content", "event"], channel="email")
                | Q(kind__in=["sms", "offer", "content", "event"], channel="sms")
                | Q(kind__in=["push", "offer", "content", "event"], channel="push")
                | Q(kind="call", channel="phone")
                | Q(kind__in=["note", "card", "gift", "offer", "content", "event"], channel="post"),
            ),
            models.CheckConstraint(name="step_does_not_wait_for_itself", condition=~Q(waits_for=models.F("key"))),
            models.CheckConstraint(
                name="offer_names_its_reward", condition=~Q(kind="offer") | Q(reward__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def by_people(self) -> bool:
        return self.channel in self.BY_PEOPLE
