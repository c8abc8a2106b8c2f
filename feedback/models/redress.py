"""What a customer gets for what went wrong: points, a voucher, money, an apology."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

ENDED = ("accepted", "paid", "declined", "lapsed", "withdrawn", "undone")


class Redress(models.Model):
    """One line of redress. It is approved before it is offered, and paid once: by one posting, or one voucher."""

    class Kind(models.TextChoices):
        POINTS = "points", _("points")
        VOUCHER = "voucher", _("reward or voucher")
        MONEY = "money", _("money")
        APOLOGY = "apology", _("apology")

    class State(models.TextChoices):
        PROPOSED = "proposed", _("waits for approval")
        APPROVED = "approved", _("approved")
        OFFERED = "offered", _("offered")
        ACCEPTED = "accepted", _("to be paid")
        PAID = "paid", _("paid")
        DECLINED = "declined", _("declined")
        LAPSED = "lapsed", _("not answered")
        WITHDRAWN = "withdrawn", _("withdrawn")
        UNDONE = "undone", _("taken back")

    case = models.ForeignKey("feedback.Case", models.PROTECT, related_name="redress")
    kind = models.CharField(_("kind"), max_length=7, choices=Kind)
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.PROPOSED)
    points = models.PositiveIntegerField(_("points"), null=True, blank=True)
    reward = models.ForeignKey(
        "loyalty.Reward", models.PROTECT, null=True, blank=True, related_name="redress", verbose_name=_("reward")
    )
    amount = models.PositiveBigIntegerField(_("amount"), null=True, blank=True, help_text=_("Minor units (cents)."))
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    words = models.CharField(_("what for"), max_length=200, blank=True)
    alone = models.BooleanField(
        default=False, help_text="Within what the one who proposed it may give without a second person."
    )
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False,
        verbose_name=_("proposed by"),
    )  # fmt: skip
    proposed_at = models.DateTimeField(_("proposed"))
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False,
        verbose_name=_("approved by"),
    )  # fmt: skip
    approved_at = models.DateTimeField(_("approved"), null=True)
    offered_at = models.DateTimeField(_("offered"), null=True)
    ended_at = models.DateTimeField(_("settled"), null=True, help_text="Accepted, declined, lapsed or withdrawn.")
    paid_at = models.DateTimeField(_("paid"), null=True)
    paid_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    reference = models.CharField(_("reference of the payment"), max_length=80, blank=True)
    posting = models.OneToOneField(
        "loyalty.Transaction", models.PROTECT, null=True, related_name="redress", editable=False
    )
    claim = models.OneToOneField("loyalty.Claim", models.PROTECT, null=True, related_name="redress", editable=False)
    undone_at = models.DateTimeField(_("taken back"), null=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    key = models.CharField(max_length=160, null=True, unique=True, help_text="The same key proposes it once.")

    class Meta:
        verbose_name = _("redress")
        verbose_name_plural = _("redress")
        default_permissions = ("view", "add")
        permissions = [
            ("approve_redress", _("Can approve redress within their limit")),
            ("undo_redress", _("Can take redress back")),
        ]
        constraints = [
            models.CheckConstraint(
                name="redress_says_what_it_is",
                condition=Q(kind="points", points__isnull=False, points__gt=0, reward=None, amount=None, currency="")
                | Q(kind="voucher", points=None, reward__isnull=False)
                | Q(kind="money", points=None, reward=None, amount__isnull=False, amount__gt=0)
                & Q(currency__regex=r"^[A-Z]{3}$")
                | Q(kind="apology", points=None, reward=None, amount=None, currency=""),
            ),
            models.CheckConstraint(
                name="redress_state_has_its_times",
                condition=Q(state="proposed", approved_at=None, offered_at=None, ended_at=None, paid_at=None)
                | Q(state="approved", approved_at__isnull=False, offered_at=None, ended_at=None, paid_at=None)
                | Q(state="offered", approved_at__isnull=False, offered_at__isnull=False, ended_at=None, paid_at=None)
                | Q(state="withdrawn", offered_at=None, ended_at__isnull=False, paid_at=None)
                | Q(
                    state__in=["accepted", "declined", "lapsed"], approved_at__isnull=False,
                    offered_at__isnull=False, ended_at__isnull=False, paid_at=None,
                )
                | Q(
                    state__in=["paid", "undone"], approved_at__isnull=False, offered_at__isnull=False,
                    ended_at__isnull=False, paid_at__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="redress_is_undone_at_a_time",
                condition=Q(state="undone", undone_at__isnull=False) | (~Q(state="undone") & Q(undone_at=None)),
            ),
            models.CheckConstraint(
                name="redress_above_the_limit_is_approved_by_a_second_person",
                condition=Q(alone=True)
                | Q(approved_at__isnull=True)
                | Q(approved_by__isnull=False, proposed_by__isnull=False) & ~Q(approved_by=F("proposed_by")),
            ),
            models.CheckConstraint(
                name="paid_points_have_one_posting",
                condition=Q(kind="points", state__in=["paid", "undone"], posting__isnull=False)
                | (~Q(kind="points", state__in=["paid", "undone"]) & Q(posting=None)),
            ),
            models.CheckConstraint(
                name="paid_voucher_has_one_claim",
                condition=Q(kind="voucher", state__in=["paid", "undone"], claim__isnull=False)
                | (~Q(kind="voucher", state__in=["paid", "undone"]) & Q(claim=None)),
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["proposed_at"], condition=Q(state="proposed"), name="redress_waiting"),
            models.Index(fields=["paid_at"], condition=Q(paid_at__isnull=False), name="redress_by_payment"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.get_state_display()})"


class RedressLimit(models.Model):
    """How much of a kind those of a group give alone, and approve for others."""

    group = models.ForeignKey("auth.Group", models.CASCADE, related_name="redress_limits", verbose_name=_("role"))
    kind = models.CharField(_("kind"), max_length=7, choices=Redress.Kind)
    most = models.PositiveBigIntegerField(
        _("at most"), null=True, blank=True,
        help_text=_("Points, or minor units (cents) of money or of a voucher's worth. Empty: no limit."),
    )  # fmt: skip

    class Meta:
        verbose_name = _("limit of redress")
        verbose_name_plural = _("limits of redress")
        constraints = [
            models.UniqueConstraint(fields=["group", "kind"], name="a_role_has_one_limit_for_each_kind_of_redress")
        ]

    def __str__(self) -> str:
        return f"{self.group}: {self.get_kind_display()}"
