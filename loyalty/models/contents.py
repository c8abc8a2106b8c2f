"""What customers send in: receipts, reviews, photos, answers. Somebody looks at each before it earns anything."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class ContentRules(models.Model):
    """What a programme takes of its customers, against farming."""

    programme = models.OneToOneField("loyalty.Programme", models.PROTECT, related_name="content_rules")
    receipts_a_day = models.PositiveSmallIntegerField(_("receipts a day"), default=5, help_text=_("Of one customer."))
    receipt_days = models.PositiveSmallIntegerField(
        _("receipts are at most so old (days)"), default=30, help_text=_("On the day on which they are sent.")
    )
    contents_a_day = models.PositiveSmallIntegerField(
        _("reviews, photos and answers a day"), default=3, help_text=_("Of one customer, of each kind.")
    )
    shortest = models.PositiveSmallIntegerField(
        _("shortest text (characters)"), default=40, help_text=_("Of a review or an answer, blanks not counted.")
    )

    class Meta:
        verbose_name = _("rules for what customers send")
        verbose_name_plural = _("rules for what customers send")

    def __str__(self) -> str:
        return str(self.programme)


class Picture(models.Model):
    """A photo as it was made anew from what was sent: without anything that says where and by what it was taken.

    The file lies outside of what a web server gives out, under a name that says nothing.
    """

    customer = models.ForeignKey("customers.Customer", models.PROTECT, related_name="pictures")
    file = models.CharField(max_length=60, unique=True)
    digest = models.CharField(max_length=64, help_text="Of the file as it was sent: the same one is not taken twice.")
    width = models.PositiveIntegerField(_("width"))
    height = models.PositiveIntegerField(_("height"))
    size = models.PositiveIntegerField(_("bytes"))
    kept_at = models.DateTimeField(_("kept"), db_default=Now())

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        default_permissions = ()
        permissions = [("see_picture", _("Can see pictures that customers sent"))]
        indexes = [models.Index(fields=["digest"], name="picture_by_digest")]

    def __str__(self) -> str:
        return f"{self.width} x {self.height}"


class Submission(models.Model):
    """One thing that a customer sent, and what became of it. Confirmed, it is a fact, which earns by the rules."""

    class Kind(models.TextChoices):
        RECEIPT = "receipt", _("receipt")
        REVIEW = "review", _("review")
        PHOTO = "photo", _("photo")
        ANSWER = "answer", _("answer")

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        CONFIRMED = "confirmed", _("confirmed")
        REFUSED = "refused", _("refused")
        UNDONE = "undone", _("taken back")

    programme = models.ForeignKey("loyalty.Programme", models.PROTECT, related_name="+", db_index=False)
    customer = models.ForeignKey("customers.Customer", models.PROTECT, related_name="submissions", db_index=False)
    kind = models.CharField(_("kind"), max_length=7, choices=Kind)
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.WAITING)
    subject = models.CharField(_("about"), max_length=60, blank=True, help_text=_("Code of a product or a question."))
    text = models.TextField(_("text"), blank=True)
    rating = models.PositiveSmallIntegerField(_("rating"), null=True, blank=True)
    picture = models.ForeignKey(Picture, models.SET_NULL, null=True, blank=True, related_name="submissions")
    store = models.CharField(_("store"), max_length=60, blank=True)
    number = models.CharField(_("receipt number"), max_length=60, blank=True)
    bought_on = models.DateField(_("bought on"), null=True, blank=True)
    total = models.PositiveBigIntegerField(_("total (minor units)"), null=True, blank=True)
    fingerprint = models.CharField(max_length=64, blank=True, help_text="Of what makes it the same one.")
    fact = models.OneToOneField("customers.Fact", models.PROTECT, null=True, related_name="+", db_constraint=False)
    points = models.PositiveBigIntegerField(
        _("points"), default=0, help_text=_("What it earned when it was confirmed.")
    )
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    submitted_at = models.DateTimeField(_("sent"))
    decided_at = models.DateTimeField(_("decided"), null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("decided by")
    )

    class Meta:
        verbose_name = _("receipt or contribution")
        verbose_name_plural = _("receipts and contributions")
        default_permissions = ("view", "add")
        permissions = [("decide_submission", _("Can confirm and refuse what customers sent"))]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "fingerprint"],
                condition=Q(state__in=["waiting", "confirmed"]) & ~Q(fingerprint=""),
                name="the_same_thing_is_sent_once",
            ),
            models.CheckConstraint(
                name="decided_submission_has_a_time",
                condition=Q(state="waiting", decided_at__isnull=True, fact__isnull=True)
                | Q(state__in=["confirmed", "undone"], decided_at__isnull=False, fact__isnull=False)
                | Q(state="refused", decided_at__isnull=False, fact__isnull=True),
            ),
            models.CheckConstraint(
                name="refused_submission_says_why", condition=~Q(state__in=["refused", "undone"]) | ~Q(reason="")
            ),
            models.CheckConstraint(
                name="confirmed_submission_has_a_fingerprint", condition=~Q(state="confirmed") | ~Q(fingerprint="")
            ),
            models.CheckConstraint(
                name="only_a_confirmed_submission_earned", condition=Q(state="confirmed") | Q(points=0)
            ),
            models.CheckConstraint(
                name="rating_is_of_a_review_from_one_to_five",
                condition=Q(rating__isnull=True) | Q(kind="review", rating__gte=1, rating__lte=5),
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "submitted_at"], name="submission_by_customer"),
            models.Index(fields=["submitted_at"], condition=Q(state="waiting"), name="submission_still_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"
