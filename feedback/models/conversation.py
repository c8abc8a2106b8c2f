"""What was said in a case: by the customer, to the customer, and among colleagues."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Entry(models.Model):
    """One message, answer or note. What was said is never changed; erasing a person empties it."""

    class Kind(models.TextChoices):
        RECEIVED = "received", _("from the customer")
        REPLY = "reply", _("to the customer")
        NOTE = "note", _("internal note")

    case = models.ForeignKey("feedback.Case", models.PROTECT, related_name="entries", db_index=False)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    channel = models.CharField(_("by"), max_length=6, blank=True, help_text="A channel of a case.")
    automatic = models.BooleanField(
        default=False,
        help_text="Sent or received without a person: an acknowledgement, an absence notice. It answers nothing.",
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("author"),
        db_index=False,
    )  # fmt: skip
    author_name = models.CharField(
        max_length=200, blank=True, db_default="", help_text="Of a colleague of another desk, whose file it came from."
    )
    sender_name = models.CharField(_("from"), max_length=200, blank=True)
    sender_address = models.CharField(max_length=254, blank=True)
    text = models.TextField(_("text"), blank=True)
    html = models.TextField(blank=True, help_text="Sanitised before it was stored.")
    message_id = models.CharField(
        max_length=255, null=True, unique=True, help_text="Message-ID of the e-mail: the same one is taken once."
    )
    outgoing = models.OneToOneField(
        "communications.Message", models.PROTECT, null=True, blank=True, related_name="entry", editable=False
    )
    mentions = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="+")
    at = models.DateTimeField(_("when"), help_text="When it was said.")
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("message of a case")
        verbose_name_plural = _("messages of cases")
        default_permissions = ("view", "add")
        permissions = [("read_notes", _("Can read internal notes"))]
        constraints = [
            models.CheckConstraint(
                name="reply_and_note_have_an_author",
                condition=Q(kind="received") | Q(automatic=True) | Q(author__isnull=False) | ~Q(author_name=""),
            ),
            models.CheckConstraint(name="only_a_reply_is_sent", condition=Q(kind="reply") | Q(outgoing__isnull=True)),
        ]
        indexes = [models.Index(fields=["case", "at", "id"], name="entry_of_case")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"


class Attachment(models.Model):
    """A file that came or went with an entry. It lies outside of what a web server gives out."""

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="attachments")
    name = models.CharField(_("name"), max_length=200, help_text="As the sender called it, made harmless.")
    kind = models.CharField(_("type"), max_length=100, help_text="Found by looking inside, not by its name.")
    size = models.PositiveIntegerField(_("size (bytes)"))
    digest = models.CharField(max_length=64, help_text="SHA-256.")
    content_id = models.CharField(
        max_length=200, blank=True, db_default="", help_text="By which the HTML of its message names a picture."
    )
    path = models.CharField(
        max_length=200, help_text="Below the private folder; empty where it was not kept.", blank=True
    )
    refused = models.CharField(_("not kept because"), max_length=30, blank=True, help_text="A code.")
    kept_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        default_permissions = ("view",)
        constraints = [
            models.CheckConstraint(
                name="attachment_is_kept_or_says_why_not",
                condition=(~Q(path="") & Q(refused="")) | (Q(path="") & ~Q(refused="")),
            ),
        ]

    def __str__(self) -> str:
        return self.name
