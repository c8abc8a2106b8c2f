"""Where e-mail comes in, and what was taken of it."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Now
from django.utils.translation import gettext_lazy as _

from feedback.models.cases import Case


class Mailbox(models.Model):
    """An address that customers write to. It is read over IMAP, or a mail server posts what comes in."""

    class Security(models.TextChoices):
        TLS = "tls", _("TLS")
        STARTTLS = "starttls", _("STARTTLS")
        NONE = "none", _("none (only on this machine)")

    name = models.CharField(_("name"), max_length=60)
    address = models.EmailField(_("address"), max_length=254, unique=True, help_text=_("What customers write to."))
    main = models.BooleanField(
        _("main mailbox"), default=False, help_text=_("Answers to cases of teams without a mailbox come back here.")
    )
    team = models.ForeignKey(
        "feedback.Team", models.PROTECT, null=True, blank=True, related_name="mailboxes", verbose_name=_("team"),
        help_text=_("Gets what comes in. Without one the main team does."),
    )  # fmt: skip
    kind = models.CharField(
        _("opens"), max_length=10, choices=Case.Kind, default=Case.Kind.QUESTION, help_text=_("Until somebody looks.")
    )
    list_id = models.CharField(
        _("mailing list"), max_length=200, blank=True,
        help_text=_("Where the address is a group: its List-Id, so that what comes through it is not held aside."),
    )  # fmt: skip
    plus_addresses = models.BooleanField(
        _("plus addresses"), default=True,
        help_text=_("Mail to name+anything@ arrives here: answers come back to an address that names their case."),
    )  # fmt: skip
    acknowledges = models.BooleanField(
        _("confirms at once"), default=True, help_text=_("Tells senders that it is here and when they hear of us.")
    )
    active = models.BooleanField(_("is read"), default=True)

    host = models.CharField(
        _("IMAP server"), max_length=200, blank=True, help_text=_("Blank where a mail server posts what comes in.")
    )
    port = models.PositiveIntegerField(_("port"), default=993)
    security = models.CharField(_("security"), max_length=8, choices=Security, default=Security.TLS)
    username = models.CharField(_("user name"), max_length=200, blank=True)
    password = models.TextField(blank=True, editable=False, help_text="Encrypted with a key made of SECRET_KEY.")
    password_name = models.CharField(
        _("password in the environment"), max_length=60, blank=True,
        help_text=_("Instead of a password: the name of a variable that begins with MAILBOX_."),
    )  # fmt: skip
    folder = models.CharField(_("folder"), max_length=200, default="INBOX")
    taken_folder = models.CharField(
        _("move to"), max_length=200, blank=True, help_text=_("A folder for mail that was taken; blank: it stays.")
    )
    take_old = models.BooleanField(
        _("take what lies there already"), default=False, help_text=_("Otherwise from the first connection on.")
    )

    uid_validity = models.BigIntegerField(null=True, editable=False)
    last_uid = models.BigIntegerField(default=0, db_default=0, editable=False)
    lease_until = models.DateTimeField(null=True, editable=False, help_text="A worker reads it until then.")
    polled_at = models.DateTimeField(_("last read"), null=True, editable=False)
    next_at = models.DateTimeField(_("read next"), db_default=Now(), editable=False)
    failures = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    error = models.CharField(_("error"), max_length=300, blank=True, editable=False)
    stuck: Any = models.JSONField(
        default=dict, db_default={}, editable=False, help_text="Messages that could not be taken: tries by UID."
    )

    class Meta:
        verbose_name = _("mailbox")
        verbose_name_plural = _("mailboxes")
        constraints = [
            models.CheckConstraint(name="mailbox_address_is_in_small_letters", condition=Q(address=Lower("address"))),
            models.UniqueConstraint(fields=["main"], condition=Q(main=True), name="one_mailbox_is_the_main_one"),
            models.CheckConstraint(
                name="mailbox_has_one_password_at_most", condition=Q(password="") | Q(password_name="")
            ),
            models.CheckConstraint(
                name="mailbox_on_a_server_has_a_user", condition=Q(host="") | ~Q(username=""),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.address


class Mail(models.Model):
    """An e-mail that was taken, whatever came of it: the same one is taken once. Holds nothing personal."""

    class Outcome(models.TextChoices):
        OPENED = "opened", _("opened a case")
        HELD = "held", _("held aside")
        HEARD = "heard", _("went on with a case")
        AUTOMATIC = "automatic", _("automatic, kept in its case")
        BOUNCED = "bounced", _("a message of ours did not arrive")
        IGNORED = "ignored", _("automatic, about no case")

    identity = models.CharField(max_length=64, unique=True, help_text="SHA-256 of its Message-ID.")
    digest = models.CharField(max_length=64, help_text="SHA-256 of what it says.")
    mailbox = models.ForeignKey(Mailbox, models.SET_NULL, null=True, related_name="mail")
    outcome = models.CharField(_("what came of it"), max_length=9, choices=Outcome)
    how = models.CharField(max_length=20, blank=True, help_text="How its case was found, or why it is automatic.")
    case = models.ForeignKey("feedback.Case", models.PROTECT, null=True, related_name="mail")
    entry = models.OneToOneField("feedback.Entry", models.PROTECT, null=True, related_name="mail")
    flaws: Any = models.JSONField(default=list, help_text="Codes of feedback.mail.incoming.")
    received_at = models.DateTimeField(_("received"))
    taken_at = models.DateTimeField(_("taken"), db_default=Now())

    class Meta:
        verbose_name = _("e-mail taken")
        verbose_name_plural = _("e-mails taken")
        default_permissions = ("view",)
        permissions = [("take_mail", _("Can hand in e-mail for cases"))]
        constraints = [
            models.CheckConstraint(
                name="mail_that_is_kept_has_a_case",
                condition=Q(outcome="ignored") | Q(outcome="bounced") | Q(case__isnull=False, entry__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["mailbox", "-taken_at"], name="mail_of_mailbox")]

    def __str__(self) -> str:
        return f"{self.get_outcome_display()} {self.pk}"
