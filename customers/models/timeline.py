"""The one timeline: a row for each thing that happened to a customer, written with the change that it tells of."""

from collections.abc import Collection
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.base import ModelState
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Verb(models.TextChoices):
    """Everything that Mainstay can say about a customer."""

    ADDED = "added", _("became known")
    CHANGED = "changed", _("details changed")
    MERGED = "merged", _("merged with another record")
    ERASED = "erased", _("erased")
    STAGE_REACHED = "stage_reached", _("moved to another stage")
    CONSENT_GIVEN = "consent_given", _("gave consent")
    CONSENT_WITHDRAWN = "consent_withdrawn", _("withdrew consent")

    BOUGHT = "bought", _("bought")
    RETURNED = "returned", _("returned goods")
    PURCHASE_CANCELLED = "purchase_cancelled", _("purchase cancelled")

    DELIVERED = "delivered", _("received the goods")

    WRITTEN_TO = "written_to", _("got a message")
    CALLED = "called", _("was called")
    NOTE_SENT = "note_sent", _("was sent a note")
    GIFT_SENT = "gift_sent", _("was sent a gift")
    OFFERED = "offered", _("got an offer")
    INVITED = "invited", _("was invited")
    CONTACTED = "contacted", _("could not be reached by hand")

    VISITED = "visited", _("visited")
    EMAIL_OPENED = "email_opened", _("opened an e-mail")
    EMAIL_CLICKED = "email_clicked", _("clicked in an e-mail")
    MAIL_BOUNCED = "mail_bounced", _("did not get an e-mail")
    SPAM_REPORTED = "spam_reported", _("called a message spam")
    PROFILE_COMPLETED = "profile_completed", _("completed the profile")
    SOCIAL_LINKED = "social_linked", _("linked a social account")
    REVIEWED = "reviewed", _("wrote a review")
    PHOTO_SHARED = "photo_shared", _("shared a photo")
    QUESTION_ANSWERED = "question_answered", _("answered a question")
    RECEIPT_SUBMITTED = "receipt_submitted", _("submitted a receipt")
    SHARED = "shared", _("shared with others")
    REFERRED = "referred", _("referred a friend")

    POINTS_GRANTED = "points_granted", _("received points")
    POINTS_ACTIVATED = "points_activated", _("points became available")
    POINTS_HELD = "points_held", _("points held for a redemption")
    POINTS_RELEASED = "points_released", _("held points released")
    POINTS_SPENT = "points_spent", _("spent points")
    POINTS_RESTORED = "points_restored", _("points given back")
    POINTS_EXPIRING = "points_expiring", _("points expire soon")
    POINTS_EXPIRED = "points_expired", _("points expired")
    POINTS_CLAWED_BACK = "points_clawed_back", _("points taken back")
    POINTS_ADJUSTED = "points_adjusted", _("points adjusted")
    POINTS_TRANSFERRED = "points_transferred", _("points transferred")
    POINTS_DONATED = "points_donated", _("gave points to a cause")
    WALLET_FROZEN = "wallet_frozen", _("wallet frozen")
    WALLET_OPENED = "wallet_opened", _("wallet opened again")
    WALLET_CLOSED = "wallet_closed", _("wallet closed")

    REWARD_TAKEN = "reward_taken", _("took a reward")
    REWARD_GIVEN = "reward_given", _("was given a reward")
    REWARD_HANDED_OVER = "reward_handed_over", _("received a reward")
    REWARD_CANCELLED = "reward_cancelled", _("reward cancelled")
    REWARD_LAPSED = "reward_lapsed", _("reward not paid in time")
    VOUCHER_USED = "voucher_used", _("used a voucher")
    VOUCHER_RELEASED = "voucher_released", _("voucher not used after all")
    VOUCHER_REVOKED = "voucher_revoked", _("voucher revoked")
    VOUCHER_EXPIRED = "voucher_expired", _("voucher expired")
    VOUCHER_PASSED_ON = "voucher_passed_on", _("voucher passed on")
    STAMP_CARD_FILLED = "stamp_card_filled", _("filled a stamp card")

    REFERRAL_BEGUN = "referral_begun", _("came by a friend")
    REFERRAL_REWARDED = "referral_rewarded", _("rewarded for bringing a friend")
    REFERRAL_REVOKED = "referral_revoked", _("reward for bringing a friend taken back")
    REFERRAL_REFUSED = "referral_refused", _("no reward for bringing a friend")

    TIER_REACHED = "tier_reached", _("reached a tier")
    TIER_LOWERED = "tier_lowered", _("came down to a tier")
    MEMBERSHIP_STARTED = "membership_started", _("became a paying member")
    MEMBERSHIP_RENEWED = "membership_renewed", _("renewed the membership")
    MEMBERSHIP_ENDING = "membership_ending", _("membership ends soon")
    MEMBERSHIP_ENDED = "membership_ended", _("membership ended")
    MEMBERSHIP_CANCELLED = "membership_cancelled", _("cancelled the membership")

    CASE_OPENED = "case_opened", _("told us something")
    CASE_ANSWERED = "case_answered", _("got an answer")
    CASE_CLOSED = "case_closed", _("case closed")
    CASE_REOPENED = "case_reopened", _("case opened again")
    CASE_OVERDUE = "case_overdue", _("was promised something that was not kept")
    CASE_ESCALATED = "case_escalated", _("case escalated")
    COMPLAINT_OPENED = "complaint_opened", _("complained")
    COMPLAINT_ACKNOWLEDGED = "complaint_acknowledged", _("complaint acknowledged")
    COMPLAINT_RESOLVED = "complaint_resolved", _("complaint resolved")
    COMPLAINT_REFERRED = "complaint_referred", _("complaint taken outside")
    REDRESS_OFFERED = "redress_offered", _("was offered redress")
    REDRESS_ACCEPTED = "redress_accepted", _("accepted the redress")
    REDRESS_DECLINED = "redress_declined", _("declined the redress")
    SURVEY_INVITED = "survey_invited", _("invited to a survey")
    SURVEY_ANSWERED = "survey_answered", _("answered a survey")

    CUSTOMER_AT_RISK = "customer_at_risk", _("will probably not come back")

    BOARD_INVITED = "board_invited", _("asked to a meeting of the board")
    BOARD_CANCELLED = "board_cancelled", _("told that a meeting of the board is cancelled")
    BOARD_ANSWERED = "board_answered", _("said whether they come to a meeting of the board")
    BOARD_MINUTED = "board_minuted", _("got the minutes of a meeting of the board")
    BOARD_ATTENDED = "board_attended", _("attended a meeting of the board")
    BOARD_SURVEYED = "board_surveyed", _("asked customers for the board")
    SEAT_INVITED = "seat_invited", _("invited to the advisory board")
    SEAT_ACCEPTED = "seat_accepted", _("joined the advisory board")
    SEAT_DECLINED = "seat_declined", _("did not join the advisory board")
    SEAT_RENEWED = "seat_renewed", _("stays on the advisory board")
    SEAT_ENDED = "seat_ended", _("left the advisory board")
    EMERITUS_NAMED = "emeritus_named", _("named emeritus of the advisory board")
    RECOMMENDED = "recommended", _("recommended something")
    ADVICE_ANSWERED = "advice_answered", _("got an answer to a recommendation")


# What another system may report: things that a customer did, not things that Mainstay itself does.
REPORTABLE = frozenset(
    {
        Verb.DELIVERED,
        Verb.VISITED,
        Verb.EMAIL_OPENED,
        Verb.EMAIL_CLICKED,
        Verb.PROFILE_COMPLETED,
        Verb.SOCIAL_LINKED,
        Verb.REVIEWED,
        Verb.PHOTO_SHARED,
        Verb.QUESTION_ANSWERED,
        Verb.RECEIPT_SUBMITTED,
        Verb.SHARED,
        Verb.REFERRED,
    }
)


class FactQuerySet(models.QuerySet["Fact"]):
    def latest_first(self) -> Self:
        return self.order_by("-at", "-id")


class Fact(models.Model):
    """Append-only. A trigger lets the position be set once, a fact follow its merged customer, and an erased
    customer's particulars be emptied; it refuses everything else.
    """

    # No database constraint: it would cost more than the row itself. Customers are never deleted (a trigger),
    # so a fact's customer always exists.
    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, db_constraint=False, db_index=False, related_name="timeline"
    )
    # No choices on the column: a new verb is no change of the schema.
    verb = models.CharField(max_length=30)
    at = models.DateTimeField(help_text="When it happened.")
    recorded_at = models.DateTimeField(db_default=Now(), help_text="When Mainstay learnt of it.")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, db_constraint=False, db_index=False, related_name="+"
    )
    about = models.JSONField(
        default=dict, db_default={}, help_text="Particulars: ids, numbers and amounts; personal data never."
    )
    key = models.CharField(max_length=160, null=True, help_text="The same key is never recorded twice.")
    position = models.BigIntegerField(
        null=True, editable=False, help_text="The place in the order of reading, given after commit."
    )

    objects = FactQuerySet.as_manager()

    class Meta:
        verbose_name = _("fact")
        verbose_name_plural = _("facts")
        # Most facts have no key, and none has a position when it is written: an index entry for nothing costs as much.
        constraints = [
            models.UniqueConstraint(fields=["key"], condition=Q(key__isnull=False), name="fact_key_is_recorded_once"),
            models.UniqueConstraint(
                fields=["position"], condition=Q(position__isnull=False), name="position_is_given_once"
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "-at", "-id"], name="fact_latest_first"),
            models.Index(fields=["id"], condition=Q(position__isnull=True), name="fact_without_position"),
        ]

    def __str__(self) -> str:
        return self.label

    @classmethod
    def from_db(cls, db: str | None, field_names: Collection[str], values: Collection[Any], **options: Any) -> Self:
        """As Django does it, without ``__init__`` and its signals, which nobody here uses: readers take facts by the
        million, and it would be a third of their time.
        """
        fact = cls.__new__(cls)
        fact._state = ModelState()
        fact._state.adding, fact._state.db = False, db
        fact.__dict__.update(zip(field_names, values, strict=True))
        return fact

    @property
    def label(self) -> str:
        """The verb in words; a verb that a newer version wrote is shown as it is."""
        return str(Verb(self.verb).label) if self.verb in Verb else self.verb
