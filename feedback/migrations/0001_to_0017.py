"""The tables of feedback as 17 earlier migrations had made them, in one step.

These are no longer here: a database that has all of them is up to date, one that has only some takes the release before
this one first.
"""

import datetime as dt

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.datetime
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

from feedback.migrations._guards import GUARDS, UNGUARDED


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("feedback", "0001_initial"),
        ("feedback", "0002_what_was_said_stays"),
        ("feedback", "0003_steps_of_complaints"),
        ("feedback", "0004_redress"),
        ("feedback", "0005_saved_views_drafts_and_sleep"),
        ("feedback", "0006_surveys"),
        ("feedback", "0007_answers_stay"),
        ("feedback", "0008_letters_and_corrective_actions"),
        ("feedback", "0009_search_in_cases"),
        ("feedback", "0010_policies_clocks_and_pauses"),
        ("feedback", "0011_policies_and_clock_events_stay"),
        ("feedback", "0012_voice_and_quality"),
        ("feedback", "0013_standards_stay"),
        ("feedback", "0014_mail_is_taken"),
        ("feedback", "0015_merges_and_macros"),
        ("feedback", "0016_open_time_that_clocks_took"),
        ("feedback", "0017_search_is_restored_from_backups"),
    ]

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("calendars", "0002_versions_never_change"),
        ("communications", "0004_waiting_messages_are_listed"),
        ("customers", "0001_to_0015"),
        ("loyalty", "0001_to_0027"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Macro",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80, unique=True, verbose_name="name")),
                ("take", models.BooleanField(default=False, verbose_name="take the case")),
                ("waits", models.BooleanField(default=False, verbose_name="wait for the customer")),
                (
                    "sleep_hours",
                    models.PositiveSmallIntegerField(
                        blank=True, help_text="At most 720.", null=True, verbose_name="put to sleep for (hours)"
                    ),
                ),
                ("retired", models.BooleanField(default=False, verbose_name="retired")),
            ],
            options={
                "verbose_name": "macro",
                "verbose_name_plural": "macros",
                "default_permissions": ("view", "add", "change"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("sleep_hours__isnull", True),
                            models.Q(("sleep_hours__gte", 1), ("sleep_hours__lte", 720)),
                            _connector="OR",
                        ),
                        name="macro_sleeps_an_hour_to_a_month",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Mailbox",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60, verbose_name="name")),
                (
                    "address",
                    models.EmailField(
                        help_text="What customers write to.", max_length=254, unique=True, verbose_name="address"
                    ),
                ),
                (
                    "main",
                    models.BooleanField(
                        default=False,
                        help_text="Answers to cases of teams without a mailbox come back here.",
                        verbose_name="main mailbox",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("complaint", "complaint"),
                            ("suggestion", "suggestion"),
                            ("praise", "praise"),
                            ("question", "question"),
                            ("review", "product review"),
                        ],
                        default="question",
                        help_text="Until somebody looks.",
                        max_length=10,
                        verbose_name="opens",
                    ),
                ),
                (
                    "list_id",
                    models.CharField(
                        blank=True,
                        help_text="Where the address is a group: its List-Id, so that what comes through it is not held aside.",
                        max_length=200,
                        verbose_name="mailing list",
                    ),
                ),
                (
                    "plus_addresses",
                    models.BooleanField(
                        default=True,
                        help_text="Mail to name+anything@ arrives here: answers come back to an address that names their case.",
                        verbose_name="plus addresses",
                    ),
                ),
                (
                    "acknowledges",
                    models.BooleanField(
                        default=True,
                        help_text="Tells senders that it is here and when they hear of us.",
                        verbose_name="confirms at once",
                    ),
                ),
                ("active", models.BooleanField(default=True, verbose_name="is read")),
                (
                    "host",
                    models.CharField(
                        blank=True,
                        help_text="Blank where a mail server posts what comes in.",
                        max_length=200,
                        verbose_name="IMAP server",
                    ),
                ),
                ("port", models.PositiveIntegerField(default=993, verbose_name="port")),
                (
                    "security",
                    models.CharField(
                        choices=[("tls", "TLS"), ("starttls", "STARTTLS"), ("none", "none (only on this machine)")],
                        default="tls",
                        max_length=8,
                        verbose_name="security",
                    ),
                ),
                ("username", models.CharField(blank=True, max_length=200, verbose_name="user name")),
                (
                    "password",
                    models.TextField(blank=True, editable=False, help_text="Encrypted with a key made of SECRET_KEY."),
                ),
                (
                    "password_name",
                    models.CharField(
                        blank=True,
                        help_text="Instead of a password: the name of a variable that begins with MAILBOX_.",
                        max_length=60,
                        verbose_name="password in the environment",
                    ),
                ),
                ("folder", models.CharField(default="INBOX", max_length=200, verbose_name="folder")),
                (
                    "taken_folder",
                    models.CharField(
                        blank=True,
                        help_text="A folder for mail that was taken; blank: it stays.",
                        max_length=200,
                        verbose_name="move to",
                    ),
                ),
                (
                    "take_old",
                    models.BooleanField(
                        default=False,
                        help_text="Otherwise from the first connection on.",
                        verbose_name="take what lies there already",
                    ),
                ),
                ("uid_validity", models.BigIntegerField(editable=False, null=True)),
                ("last_uid", models.BigIntegerField(db_default=0, default=0, editable=False)),
                (
                    "lease_until",
                    models.DateTimeField(editable=False, help_text="A worker reads it until then.", null=True),
                ),
                ("polled_at", models.DateTimeField(editable=False, null=True, verbose_name="last read")),
                (
                    "next_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name="read next"
                    ),
                ),
                ("failures", models.PositiveIntegerField(db_default=0, default=0, editable=False)),
                ("error", models.CharField(blank=True, editable=False, max_length=300, verbose_name="error")),
                (
                    "stuck",
                    models.JSONField(
                        db_default={},
                        default=dict,
                        editable=False,
                        help_text="Messages that could not be taken: tries by UID.",
                    ),
                ),
            ],
            options={
                "verbose_name": "mailbox",
                "verbose_name_plural": "mailboxes",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("address", django.db.models.functions.text.Lower("address"))),
                        name="mailbox_address_is_in_small_letters",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("main", True)), fields=("main",), name="one_mailbox_is_the_main_one"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("password", ""), ("password_name", ""), _connector="OR"),
                        name="mailbox_has_one_password_at_most",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("host", ""), models.Q(("username", ""), _negated=True), _connector="OR"),
                        name="mailbox_on_a_server_has_a_user",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Skill",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=40, unique=True, verbose_name="code")),
                ("name", models.CharField(max_length=100, verbose_name="name")),
            ],
            options={
                "verbose_name": "skill",
                "verbose_name_plural": "skills",
            },
        ),
        migrations.CreateModel(
            name="Case",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("complaint", "complaint"),
                            ("suggestion", "suggestion"),
                            ("praise", "praise"),
                            ("question", "question"),
                            ("review", "product review"),
                        ],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("received", "received"),
                            ("acknowledged", "acknowledged"),
                            ("investigating", "being investigated"),
                            ("decision", "decided"),
                            ("offered", "redress offered"),
                            ("accepted", "offer accepted"),
                            ("declined", "offer declined"),
                            ("closed", "closed"),
                            ("reopened", "reopened"),
                            ("referred", "referred outside"),
                        ],
                        default="received",
                        max_length=13,
                        verbose_name="stage",
                    ),
                ),
                (
                    "waiting",
                    models.CharField(
                        blank=True,
                        choices=[("customer", "waiting for the customer"), ("third", "waiting for somebody else")],
                        max_length=8,
                        verbose_name="waits for",
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("web", "web form"),
                            ("email", "e-mail"),
                            ("phone", "phone"),
                            ("social", "social channel"),
                            ("paper", "paper"),
                            ("person", "in person"),
                            ("api", "another system"),
                            ("file", "file"),
                            ("survey", "survey"),
                        ],
                        max_length=6,
                        verbose_name="came by",
                    ),
                ),
                (
                    "sender_name",
                    models.CharField(
                        blank=True, help_text="As it stood on what came in.", max_length=200, verbose_name="name"
                    ),
                ),
                ("sender_address", models.CharField(blank=True, max_length=254, verbose_name="e-mail or phone")),
                ("language", models.CharField(default="en", max_length=10, verbose_name="language")),
                ("subject", models.CharField(max_length=200, verbose_name="subject")),
                (
                    "severity",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "low"), (2, "medium"), (3, "high"), (4, "critical")],
                        default=2,
                        verbose_name="severity",
                    ),
                ),
                (
                    "impact",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "low"), (2, "medium"), (3, "high"), (4, "critical")],
                        default=1,
                        verbose_name="impact",
                    ),
                ),
                (
                    "priority",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "low"), (2, "normal"), (3, "high"), (4, "urgent")],
                        default=2,
                        verbose_name="priority",
                    ),
                ),
                (
                    "wanted",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "nothing in particular"),
                            ("answer", "an answer"),
                            ("apology", "an apology"),
                            ("replacement", "a replacement"),
                            ("repair", "a repair"),
                            ("refund", "the money back"),
                            ("compensation", "compensation"),
                            ("change", "that something changes"),
                        ],
                        default="",
                        max_length=12,
                        verbose_name="asks for",
                    ),
                ),
                ("product", models.CharField(blank=True, max_length=60, verbose_name="product code")),
                ("store", models.CharField(blank=True, max_length=60, verbose_name="store")),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[("upheld", "upheld"), ("partly", "partly upheld"), ("not", "not upheld")],
                        max_length=6,
                        verbose_name="outcome",
                    ),
                ),
                ("outcome_reason", models.TextField(blank=True, verbose_name="reason of the outcome")),
                ("snoozed_until", models.DateTimeField(blank=True, null=True, verbose_name="asleep until")),
                (
                    "asleep_firmly",
                    models.BooleanField(default=False, help_text="A new message of the customer does not wake it."),
                ),
                (
                    "spam",
                    models.BooleanField(
                        default=False, help_text="Held aside until somebody looks.", verbose_name="spam"
                    ),
                ),
                ("received_at", models.DateTimeField(help_text="When the customer said it.", verbose_name="received")),
                (
                    "recorded_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        help_text="When it was written down.",
                        verbose_name="recorded",
                    ),
                ),
                ("acknowledged_at", models.DateTimeField(null=True, verbose_name="acknowledged")),
                ("answered_at", models.DateTimeField(null=True, verbose_name="first answered")),
                ("decided_at", models.DateTimeField(null=True, verbose_name="decided")),
                ("closed_at", models.DateTimeField(null=True, verbose_name="closed")),
                ("reopenings", models.PositiveSmallIntegerField(default=0, verbose_name="times reopened")),
                (
                    "key",
                    models.CharField(help_text="The same key opens one case.", max_length=160, null=True, unique=True),
                ),
                (
                    "link_generation",
                    models.PositiveSmallIntegerField(
                        db_default=0,
                        default=0,
                        help_text="Links to its status page of earlier generations are not valid any more.",
                    ),
                ),
                (
                    "unanswered_since",
                    models.DateTimeField(help_text="The oldest message of the customer without a reply.", null=True),
                ),
                ("last_entry_at", models.DateTimeField(null=True, verbose_name="last message")),
                (
                    "due_at",
                    models.DateTimeField(
                        help_text="The earliest of its running clocks.", null=True, verbose_name="next due"
                    ),
                ),
                ("due_metric", models.CharField(blank=True, max_length=20)),
                (
                    "assignee",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cases",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="agent",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cases",
                        to="customers.customer",
                        verbose_name="customer",
                    ),
                ),
                (
                    "follows",
                    models.ForeignKey(
                        blank=True,
                        help_text="The case that this one takes up again, or was split from.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="followed_by",
                        to="feedback.case",
                        verbose_name="follows",
                    ),
                ),
                (
                    "merged_into",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="merged",
                        to="feedback.case",
                        verbose_name="merged into",
                    ),
                ),
                (
                    "purchase",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cases",
                        to="customers.purchase",
                        verbose_name="order",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "case",
                "verbose_name_plural": "cases",
                "permissions": [
                    ("answer_case", "Can answer customers"),
                    ("close_case", "Can close and reopen cases"),
                    ("merge_case", "Can merge and split cases"),
                    ("assign_case", "Can give cases to others"),
                ],
                "default_permissions": ("view", "add", "change"),
                "indexes": [
                    models.Index(fields=["customer", "-received_at"], name="case_by_customer"),
                    models.Index(
                        condition=models.Q(
                            ("closed_at__isnull", True), ("merged_into__isnull", True), ("spam", False)
                        ),
                        fields=["due_at", "id"],
                        name="case_open_by_due",
                    ),
                    models.Index(
                        django.db.models.functions.comparison.Coalesce(
                            "due_at", models.Value(dt.datetime(9999, 1, 1, 0, 0, tzinfo=dt.UTC))
                        ),
                        models.F("id"),
                        condition=models.Q(
                            ("closed_at__isnull", True), ("merged_into__isnull", True), ("spam", False)
                        ),
                        name="case_open_by_due_or_never",
                    ),
                    models.Index(
                        condition=models.Q(
                            ("closed_at__isnull", True), ("merged_into__isnull", True), ("spam", False)
                        ),
                        fields=["assignee", "due_at"],
                        name="case_open_by_agent",
                    ),
                    models.Index(fields=["-received_at", "-id"], name="case_latest_first"),
                    models.Index(
                        condition=models.Q(("sender_address", ""), _negated=True),
                        fields=["sender_address", "-received_at"],
                        name="case_latest_of_sender",
                    ),
                    models.Index(
                        condition=models.Q(("closed_at__isnull", False)), fields=["closed_at"], name="case_by_closing"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closed_at__isnull", False), ("stage__in", ["closed", "referred"])),
                            models.Q(
                                models.Q(("stage__in", ["closed", "referred"]), _negated=True),
                                ("closed_at__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="settled_case_has_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("merged_into", models.F("pk")), _negated=True),
                        name="case_is_not_merged_into_itself",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("subject", ""), _negated=True), name="case_has_a_subject"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("impact__gte", 1),
                            ("impact__lte", 4),
                            ("severity__gte", 1),
                            ("severity__lte", 4),
                            ("priority__gte", 1),
                            ("priority__lte", 4),
                        ),
                        name="case_levels_are_one_to_four",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "complaint"), ("stage", "closed"), _negated=True),
                            models.Q(("outcome", ""), _negated=True),
                            ("merged_into__isnull", False),
                            _connector="OR",
                        ),
                        name="settled_complaint_has_an_outcome",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("asleep_firmly", False), ("snoozed_until__isnull", False), _connector="OR"
                        ),
                        name="case_sleeps_firmly_until_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("outcome", ""), ("decided_at__isnull", False), _connector="OR"),
                        name="outcome_has_a_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CaseSettings",
            fields=[
                ("id", models.SmallIntegerField(default=1, editable=False, primary_key=True, serialize=False)),
                (
                    "reopen_days",
                    models.PositiveSmallIntegerField(
                        default=30,
                        help_text="After that, a new case is opened that is linked to the old one. 0: never reopened.",
                        verbose_name="may be reopened for (days)",
                    ),
                ),
                (
                    "answer_weeks",
                    models.PositiveSmallIntegerField(
                        default=8,
                        help_text="What acknowledgements promise while no policy counts a final response for the case.",
                        verbose_name="final response within (weeks)",
                    ),
                ),
            ],
            options={
                "verbose_name": "handling of cases",
                "verbose_name_plural": "handling of cases",
                "default_permissions": ("view", "change"),
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("pk", 1)), name="there_is_one_row_of_case_settings")
                ],
            },
        ),
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("received", "from the customer"),
                            ("reply", "to the customer"),
                            ("note", "internal note"),
                        ],
                        max_length=8,
                        verbose_name="kind",
                    ),
                ),
                (
                    "channel",
                    models.CharField(blank=True, help_text="A channel of a case.", max_length=6, verbose_name="by"),
                ),
                (
                    "automatic",
                    models.BooleanField(
                        default=False,
                        help_text="Sent or received without a person: an acknowledgement, an absence notice. It answers nothing.",
                    ),
                ),
                ("sender_name", models.CharField(blank=True, max_length=200, verbose_name="from")),
                ("sender_address", models.CharField(blank=True, max_length=254)),
                ("text", models.TextField(blank=True, verbose_name="text")),
                ("html", models.TextField(blank=True, help_text="Sanitised before it was stored.")),
                (
                    "message_id",
                    models.CharField(
                        help_text="Message-ID of the e-mail: the same one is taken once.",
                        max_length=255,
                        null=True,
                        unique=True,
                    ),
                ),
                ("at", models.DateTimeField(help_text="When it was said.", verbose_name="when")),
                ("recorded_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "author",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="author",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="feedback.case",
                    ),
                ),
                ("mentions", models.ManyToManyField(blank=True, related_name="+", to=settings.AUTH_USER_MODEL)),
                (
                    "outgoing",
                    models.OneToOneField(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entry",
                        to="communications.message",
                    ),
                ),
            ],
            options={
                "verbose_name": "message of a case",
                "verbose_name_plural": "messages of cases",
                "permissions": [("read_notes", "Can read internal notes")],
                "default_permissions": ("view", "add"),
                "indexes": [models.Index(fields=["case", "at", "id"], name="entry_of_case")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind", "received"), ("automatic", True), ("author__isnull", False), _connector="OR"
                        ),
                        name="reply_and_note_have_an_author",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind", "reply"), ("outgoing__isnull", True), _connector="OR"),
                        name="only_a_reply_is_sent",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Attachment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "name",
                    models.CharField(
                        help_text="As the sender called it, made harmless.", max_length=200, verbose_name="name"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        help_text="Found by looking inside, not by its name.", max_length=100, verbose_name="type"
                    ),
                ),
                ("size", models.PositiveIntegerField(verbose_name="size (bytes)")),
                ("digest", models.CharField(help_text="SHA-256.", max_length=64)),
                (
                    "content_id",
                    models.CharField(
                        blank=True,
                        db_default="",
                        help_text="By which the HTML of its message names a picture.",
                        max_length=200,
                    ),
                ),
                (
                    "path",
                    models.CharField(
                        blank=True, help_text="Below the private folder; empty where it was not kept.", max_length=200
                    ),
                ),
                (
                    "refused",
                    models.CharField(blank=True, help_text="A code.", max_length=30, verbose_name="not kept because"),
                ),
                ("kept_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="attachments", to="feedback.entry"
                    ),
                ),
            ],
            options={
                "verbose_name": "attachment",
                "verbose_name_plural": "attachments",
                "default_permissions": ("view",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(models.Q(("path", ""), _negated=True), ("refused", "")),
                            models.Q(("path", ""), models.Q(("refused", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="attachment_is_kept_or_says_why_not",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "occasion",
                    models.CharField(
                        choices=[
                            ("closing", "after a case is closed"),
                            ("purchase", "after a purchase"),
                            ("lapse", "when a customer has lapsed"),
                            ("segment", "a segment, now and then"),
                            ("hand", "by hand"),
                        ],
                        max_length=8,
                        verbose_name="occasion",
                    ),
                ),
                (
                    "key",
                    models.CharField(
                        help_text="The occasion: one invitation to a survey each.", max_length=160, unique=True
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("planned", "planned"),
                            ("skipped", "not sent"),
                            ("sent", "sent"),
                            ("answered", "answered"),
                            ("expired", "expired"),
                        ],
                        default="planned",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                (
                    "reason",
                    models.CharField(blank=True, help_text="A code.", max_length=20, verbose_name="not sent because"),
                ),
                ("language", models.CharField(blank=True, max_length=10, verbose_name="language")),
                ("token_hash", models.CharField(max_length=64, null=True, unique=True)),
                (
                    "reminder_hash",
                    models.CharField(
                        help_text="The reminder has its own link.", max_length=64, null=True, unique=True
                    ),
                ),
                (
                    "planned_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="planned"),
                ),
                ("due_at", models.DateTimeField(help_text="Not before.", verbose_name="to be sent")),
                ("sent_at", models.DateTimeField(null=True, verbose_name="sent")),
                (
                    "remind_at",
                    models.DateTimeField(help_text="When it is to be reminded of; none: not any more.", null=True),
                ),
                ("reminded_at", models.DateTimeField(null=True, verbose_name="reminded")),
                ("expires_at", models.DateTimeField(null=True, verbose_name="expires")),
                ("begun_at", models.DateTimeField(null=True, verbose_name="first answer")),
                ("last_step_at", models.DateTimeField(help_text="When an answer came last.", null=True)),
                ("answered_at", models.DateTimeField(null=True, verbose_name="answered")),
                ("complete", models.BooleanField(db_default=False, default=False, verbose_name="to the end")),
                ("score", models.SmallIntegerField(null=True, verbose_name="score")),
                (
                    "by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="survey_invitations",
                        to="feedback.case",
                        verbose_name="case",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="survey_invitations",
                        to="customers.customer",
                    ),
                ),
                (
                    "opened",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="feedback.case",
                        verbose_name="case that it opened",
                    ),
                ),
                (
                    "purchase",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.purchase",
                    ),
                ),
            ],
            options={
                "verbose_name": "invitation to a survey",
                "verbose_name_plural": "invitations to surveys",
                "default_permissions": ("view",),
                "indexes": [
                    models.Index(condition=models.Q(("state", "planned")), fields=["due_at"], name="invitation_due"),
                    models.Index(
                        condition=models.Q(("remind_at__isnull", False)),
                        fields=["remind_at"],
                        name="invitation_to_remind",
                    ),
                    models.Index(condition=models.Q(("state", "sent")), fields=["expires_at"], name="invitation_open"),
                    models.Index(
                        condition=models.Q(("begun_at__isnull", False), ("state", "sent")),
                        fields=["last_step_at"],
                        name="invitation_begun",
                    ),
                    models.Index(fields=["customer", "-sent_at"], name="invitation_of_customer"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("answered_at__isnull", False), ("begun_at__isnull", False), ("state", "answered")
                            ),
                            models.Q(
                                models.Q(("state", "answered"), _negated=True),
                                ("answered_at__isnull", True),
                                ("complete", False),
                                ("score__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="invitation_is_answered_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "skipped"), models.Q(("reason", ""), _negated=True)),
                            models.Q(models.Q(("state", "skipped"), _negated=True), ("reason", "")),
                            _connector="OR",
                        ),
                        name="invitation_not_sent_says_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("remind_at__isnull", True),
                            models.Q(("reminded_at__isnull", True), ("state", "sent")),
                            _connector="OR",
                        ),
                        name="only_a_sent_invitation_is_to_be_reminded_of",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Answer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("question", models.CharField(max_length=40, verbose_name="question")),
                ("number", models.SmallIntegerField(null=True, verbose_name="number")),
                ("choices", models.JSONField(default=list, verbose_name="chosen")),
                ("text", models.TextField(blank=True, verbose_name="text")),
                ("at", models.DateTimeField(verbose_name="when")),
                (
                    "invitation",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="answers",
                        to="feedback.invitation",
                    ),
                ),
            ],
            options={
                "verbose_name": "answer to a survey",
                "verbose_name_plural": "answers to surveys",
                "default_permissions": ("view",),
                "constraints": [
                    models.UniqueConstraint(fields=("invitation", "question"), name="question_is_answered_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="LeavingReason",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("price", "the prices"),
                            ("product", "the products"),
                            ("service", "the service"),
                            ("delivery", "delivery"),
                            ("competitor", "found another shop"),
                            ("need", "needs it no more"),
                            ("moved", "moved away"),
                            ("other", "something else"),
                        ],
                        max_length=10,
                        verbose_name="reason",
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="when")),
                (
                    "by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="leaving_reasons",
                        to="customers.customer",
                    ),
                ),
            ],
            options={
                "verbose_name": "reason for leaving",
                "verbose_name_plural": "reasons for leaving",
                "default_permissions": ("view", "add"),
                "indexes": [models.Index(fields=["customer", "-at"], name="leaving_reason_latest_first")],
            },
        ),
        migrations.CreateModel(
            name="LetterTemplate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("acknowledgement", "acknowledgement"),
                            ("holding", "holding letter"),
                            ("offer", "offer of redress"),
                            ("final", "final response"),
                        ],
                        max_length=15,
                        verbose_name="purpose",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("complaint", "complaint"),
                            ("suggestion", "suggestion"),
                            ("praise", "praise"),
                            ("question", "question"),
                            ("review", "product review"),
                        ],
                        help_text="Empty: for all.",
                        max_length=10,
                        verbose_name="for cases of the kind",
                    ),
                ),
                (
                    "language",
                    models.CharField(
                        default="en", help_text="A code, such as ko.", max_length=10, verbose_name="language"
                    ),
                ),
                ("subject", models.CharField(max_length=150, verbose_name="subject")),
                ("text", models.TextField(verbose_name="text")),
            ],
            options={
                "verbose_name": "letter template",
                "verbose_name_plural": "letter templates",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("purpose", "kind", "language"),
                        name="there_is_one_letter_for_a_purpose_kind_and_language",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("subject", ""), _negated=True), models.Q(("text", ""), _negated=True)
                        ),
                        name="letter_says_something",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MacroText",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "language",
                    models.CharField(
                        default="en", help_text="Its code, such as en or ko.", max_length=10, verbose_name="language"
                    ),
                ),
                ("text", models.TextField(verbose_name="text")),
                (
                    "macro",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="texts", to="feedback.macro"
                    ),
                ),
            ],
            options={
                "verbose_name": "text of a macro",
                "verbose_name_plural": "texts of a macro",
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(fields=("macro", "language"), name="a_macro_has_one_text_per_language")
                ],
            },
        ),
        migrations.CreateModel(
            name="Mail",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("identity", models.CharField(help_text="SHA-256 of its Message-ID.", max_length=64, unique=True)),
                ("digest", models.CharField(help_text="SHA-256 of what it says.", max_length=64)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("opened", "opened a case"),
                            ("held", "held aside"),
                            ("heard", "went on with a case"),
                            ("automatic", "automatic, kept in its case"),
                            ("bounced", "a message of ours did not arrive"),
                            ("ignored", "automatic, about no case"),
                        ],
                        max_length=9,
                        verbose_name="what came of it",
                    ),
                ),
                (
                    "how",
                    models.CharField(
                        blank=True, help_text="How its case was found, or why it is automatic.", max_length=20
                    ),
                ),
                ("flaws", models.JSONField(default=list, help_text="Codes of feedback.mail.incoming.")),
                ("received_at", models.DateTimeField(verbose_name="received")),
                (
                    "taken_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="taken"),
                ),
                (
                    "case",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="mail", to="feedback.case"
                    ),
                ),
                (
                    "entry",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="mail",
                        to="feedback.entry",
                    ),
                ),
                (
                    "mailbox",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="mail",
                        to="feedback.mailbox",
                    ),
                ),
            ],
            options={
                "verbose_name": "e-mail taken",
                "verbose_name_plural": "e-mails taken",
                "permissions": [("take_mail", "Can hand in e-mail for cases")],
                "default_permissions": ("view",),
                "indexes": [models.Index(fields=["mailbox", "-taken_at"], name="mail_of_mailbox")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("outcome", "ignored"),
                            ("outcome", "bounced"),
                            models.Q(("case__isnull", False), ("entry__isnull", False)),
                            _connector="OR",
                        ),
                        name="mail_that_is_kept_has_a_case",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Move",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("merge", "merged"), ("split", "split")], max_length=5, verbose_name="kind"
                    ),
                ),
                (
                    "before",
                    models.JSONField(default=dict, help_text="Times of what was said, as both cases kept them."),
                ),
                ("at", models.DateTimeField(verbose_name="when")),
                ("undone_at", models.DateTimeField(null=True, verbose_name="undone")),
                (
                    "by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("entries", models.ManyToManyField(related_name="moves", to="feedback.entry")),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="moves_out", to="feedback.case"
                    ),
                ),
                (
                    "target",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="moves_in", to="feedback.case"
                    ),
                ),
                (
                    "undone_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "move between cases",
                "verbose_name_plural": "moves between cases",
                "default_permissions": (),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("source", models.F("target")), _negated=True),
                        name="move_goes_to_another_case",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "merge"), ("undone_at__isnull", True)),
                        fields=("source",),
                        name="a_case_is_merged_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Notification",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "what",
                    models.CharField(
                        choices=[
                            ("warned", "is due soon"),
                            ("breached", "is overdue"),
                            ("assigned", "was given to you"),
                            ("raised", "has a higher priority now"),
                            ("mentioned", "mentions you"),
                        ],
                        max_length=10,
                        verbose_name="what",
                    ),
                ),
                ("about", models.JSONField(default=dict, help_text="Ids, codes, numbers: personal data never.")),
                ("key", models.CharField(help_text="The same key is told once.", max_length=100, unique=True)),
                (
                    "at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="when"),
                ),
                ("read_at", models.DateTimeField(null=True, verbose_name="read")),
                (
                    "case",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notifications",
                        to="feedback.case",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notifications",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "notification",
                "verbose_name_plural": "notifications",
                "default_permissions": (),
                "indexes": [
                    models.Index(
                        condition=models.Q(("read_at__isnull", True)),
                        fields=["user", "-at"],
                        name="notification_unread",
                    ),
                    models.Index(fields=["case"], name="notification_of_case"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Pause",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("customer", "waiting for the customer"),
                            ("third", "waiting for somebody else"),
                            ("closed", "closed"),
                        ],
                        max_length=8,
                        verbose_name="because",
                    ),
                ),
                ("starts_at", models.DateTimeField(verbose_name="from")),
                ("ends_at", models.DateTimeField(null=True, verbose_name="to")),
                (
                    "by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="pauses",
                        to="feedback.case",
                    ),
                ),
            ],
            options={
                "verbose_name": "pause",
                "verbose_name_plural": "pauses",
                "default_permissions": ("view",),
                "indexes": [models.Index(fields=["case", "starts_at"], name="pause_of_case")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ends_at__isnull", True)),
                        fields=("case",),
                        name="a_case_waits_for_one_thing_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_at__isnull", True), ("ends_at__gte", models.F("starts_at")), _connector="OR"
                        ),
                        name="pause_ends_after_it_starts",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Policy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                ("order", models.PositiveIntegerField(help_text="The lowest that fits counts.", verbose_name="order")),
                (
                    "version",
                    models.PositiveIntegerField(
                        default=0, editable=False, help_text="The number of the one that holds."
                    ),
                ),
                (
                    "made_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                ("retired_at", models.DateTimeField(editable=False, null=True, verbose_name="retired")),
            ],
            options={
                "verbose_name": "SLA policy",
                "verbose_name_plural": "SLA policies",
                "default_permissions": ("view", "add", "change"),
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("name", ""), _negated=True), name="policy_has_a_name")
                ],
            },
        ),
        migrations.CreateModel(
            name="PolicyVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(verbose_name="version")),
                (
                    "kinds",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("complaint", "complaint"),
                                ("suggestion", "suggestion"),
                                ("praise", "praise"),
                                ("question", "question"),
                                ("review", "product review"),
                            ],
                            max_length=10,
                        ),
                        default=list,
                        size=None,
                        verbose_name="kinds",
                    ),
                ),
                (
                    "priorities",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(),
                        default=list,
                        size=None,
                        verbose_name="priorities",
                    ),
                ),
                (
                    "channels",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=6), default=list, size=None, verbose_name="channels"
                    ),
                ),
                (
                    "tiers",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), default=list, size=None, verbose_name="tiers"
                    ),
                ),
                (
                    "warn_percent",
                    models.PositiveSmallIntegerField(
                        default=75, help_text="Of the target; 0: no warning.", verbose_name="warn at (percent)"
                    ),
                ),
                (
                    "made_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="made"),
                ),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "policy",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="versions", to="feedback.policy"
                    ),
                ),
                (
                    "segment",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.segment",
                        verbose_name="segment",
                    ),
                ),
            ],
            options={
                "verbose_name": "version of a policy",
                "verbose_name_plural": "versions of policies",
                "default_permissions": ("view",),
                "constraints": [
                    models.UniqueConstraint(fields=("policy", "number"), name="policy_versions_are_numbered"),
                    models.CheckConstraint(
                        condition=models.Q(("warn_percent__lt", 100)), name="warning_comes_before_the_end"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Redress",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("points", "points"),
                            ("voucher", "reward or voucher"),
                            ("money", "money"),
                            ("apology", "apology"),
                        ],
                        max_length=7,
                        verbose_name="kind",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "waits for approval"),
                            ("approved", "approved"),
                            ("offered", "offered"),
                            ("accepted", "to be paid"),
                            ("paid", "paid"),
                            ("declined", "declined"),
                            ("lapsed", "not answered"),
                            ("withdrawn", "withdrawn"),
                            ("undone", "taken back"),
                        ],
                        default="proposed",
                        max_length=9,
                        verbose_name="state",
                    ),
                ),
                ("points", models.PositiveIntegerField(blank=True, null=True, verbose_name="points")),
                (
                    "amount",
                    models.PositiveBigIntegerField(
                        blank=True, help_text="Minor units (cents).", null=True, verbose_name="amount"
                    ),
                ),
                ("currency", models.CharField(blank=True, max_length=3, verbose_name="currency")),
                ("words", models.CharField(blank=True, max_length=200, verbose_name="what for")),
                (
                    "alone",
                    models.BooleanField(
                        default=False,
                        help_text="Within what the one who proposed it may give without a second person.",
                    ),
                ),
                ("proposed_at", models.DateTimeField(verbose_name="proposed")),
                ("approved_at", models.DateTimeField(null=True, verbose_name="approved")),
                ("offered_at", models.DateTimeField(null=True, verbose_name="offered")),
                (
                    "ended_at",
                    models.DateTimeField(
                        help_text="Accepted, declined, lapsed or withdrawn.", null=True, verbose_name="settled"
                    ),
                ),
                ("paid_at", models.DateTimeField(null=True, verbose_name="paid")),
                ("reference", models.CharField(blank=True, max_length=80, verbose_name="reference of the payment")),
                ("undone_at", models.DateTimeField(null=True, verbose_name="taken back")),
                (
                    "key",
                    models.CharField(
                        help_text="The same key proposes it once.", max_length=160, null=True, unique=True
                    ),
                ),
                (
                    "approved_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="approved by",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="redress", to="feedback.case"
                    ),
                ),
                (
                    "claim",
                    models.OneToOneField(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="redress",
                        to="loyalty.claim",
                    ),
                ),
                (
                    "paid_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "posting",
                    models.OneToOneField(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="redress",
                        to="loyalty.transaction",
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="proposed by",
                    ),
                ),
                (
                    "reward",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="redress",
                        to="loyalty.reward",
                        verbose_name="reward",
                    ),
                ),
                (
                    "undone_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "redress",
                "verbose_name_plural": "redress",
                "permissions": [
                    ("approve_redress", "Can approve redress within their limit"),
                    ("undo_redress", "Can take redress back"),
                ],
                "default_permissions": ("view", "add"),
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "proposed")), fields=["proposed_at"], name="redress_waiting"
                    ),
                    models.Index(
                        condition=models.Q(("paid_at__isnull", False)), fields=["paid_at"], name="redress_by_payment"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("amount", None),
                                ("currency", ""),
                                ("kind", "points"),
                                ("points__gt", 0),
                                ("points__isnull", False),
                                ("reward", None),
                            ),
                            models.Q(("kind", "voucher"), ("points", None), ("reward__isnull", False)),
                            models.Q(
                                ("amount__gt", 0),
                                ("amount__isnull", False),
                                ("kind", "money"),
                                ("points", None),
                                ("reward", None),
                                ("currency__regex", "^[A-Z]{3}$"),
                            ),
                            models.Q(
                                ("amount", None),
                                ("currency", ""),
                                ("kind", "apology"),
                                ("points", None),
                                ("reward", None),
                            ),
                            _connector="OR",
                        ),
                        name="redress_says_what_it_is",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("approved_at", None),
                                ("ended_at", None),
                                ("offered_at", None),
                                ("paid_at", None),
                                ("state", "proposed"),
                            ),
                            models.Q(
                                ("approved_at__isnull", False),
                                ("ended_at", None),
                                ("offered_at", None),
                                ("paid_at", None),
                                ("state", "approved"),
                            ),
                            models.Q(
                                ("approved_at__isnull", False),
                                ("ended_at", None),
                                ("offered_at__isnull", False),
                                ("paid_at", None),
                                ("state", "offered"),
                            ),
                            models.Q(
                                ("ended_at__isnull", False),
                                ("offered_at", None),
                                ("paid_at", None),
                                ("state", "withdrawn"),
                            ),
                            models.Q(
                                ("approved_at__isnull", False),
                                ("ended_at__isnull", False),
                                ("offered_at__isnull", False),
                                ("paid_at", None),
                                ("state__in", ["accepted", "declined", "lapsed"]),
                            ),
                            models.Q(
                                ("approved_at__isnull", False),
                                ("ended_at__isnull", False),
                                ("offered_at__isnull", False),
                                ("paid_at__isnull", False),
                                ("state__in", ["paid", "undone"]),
                            ),
                            _connector="OR",
                        ),
                        name="redress_state_has_its_times",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "undone"), ("undone_at__isnull", False)),
                            models.Q(models.Q(("state", "undone"), _negated=True), ("undone_at", None)),
                            _connector="OR",
                        ),
                        name="redress_is_undone_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("alone", True),
                            ("approved_at__isnull", True),
                            models.Q(
                                ("approved_by__isnull", False),
                                ("proposed_by__isnull", False),
                                models.Q(("approved_by", models.F("proposed_by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="redress_above_the_limit_is_approved_by_a_second_person",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("kind", "points"), ("posting__isnull", False), ("state__in", ["paid", "undone"])
                            ),
                            models.Q(
                                models.Q(("kind", "points"), ("state__in", ["paid", "undone"]), _negated=True),
                                ("posting", None),
                            ),
                            _connector="OR",
                        ),
                        name="paid_points_have_one_posting",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("claim__isnull", False), ("kind", "voucher"), ("state__in", ["paid", "undone"])),
                            models.Q(
                                models.Q(("kind", "voucher"), ("state__in", ["paid", "undone"]), _negated=True),
                                ("claim", None),
                            ),
                            _connector="OR",
                        ),
                        name="paid_voucher_has_one_claim",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RedressLimit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("points", "points"),
                            ("voucher", "reward or voucher"),
                            ("money", "money"),
                            ("apology", "apology"),
                        ],
                        max_length=7,
                        verbose_name="kind",
                    ),
                ),
                (
                    "most",
                    models.PositiveBigIntegerField(
                        blank=True,
                        help_text="Points, or minor units (cents) of money or of a voucher's worth. Empty: no limit.",
                        null=True,
                        verbose_name="at most",
                    ),
                ),
                (
                    "group",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="redress_limits",
                        to="auth.group",
                        verbose_name="role",
                    ),
                ),
            ],
            options={
                "verbose_name": "limit of redress",
                "verbose_name_plural": "limits of redress",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("group", "kind"), name="a_role_has_one_limit_for_each_kind_of_redress"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Referral",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("body", models.CharField(max_length=120, verbose_name="to whom")),
                ("reference", models.CharField(blank=True, max_length=80, verbose_name="their reference")),
                ("at", models.DateTimeField(verbose_name="when")),
                (
                    "by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="referrals", to="feedback.case"
                    ),
                ),
            ],
            options={
                "verbose_name": "complaint referred outside",
                "verbose_name_plural": "complaints referred outside",
                "default_permissions": ("view",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("body", ""), _negated=True), name="referral_says_to_whom"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Rejudging",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "asked_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="asked"),
                ),
                ("reached", models.BigIntegerField(default=0, help_text="The last case that was done.")),
                ("cases", models.PositiveIntegerField(default=0, verbose_name="cases")),
                ("changed", models.PositiveIntegerField(default=0, verbose_name="clocks changed")),
                ("done_at", models.DateTimeField(null=True, verbose_name="done")),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "judging anew",
                "verbose_name_plural": "judgings anew",
                "default_permissions": ("view",),
                "indexes": [
                    models.Index(condition=models.Q(("done_at__isnull", True)), fields=["id"], name="rejudging_to_do")
                ],
            },
        ),
        migrations.CreateModel(
            name="RootCause",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=60, unique=True, verbose_name="code")),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                (
                    "retired",
                    models.BooleanField(
                        default=False, help_text="Kept on old cases, not offered for new ones.", verbose_name="retired"
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="feedback.rootcause",
                        verbose_name="part of",
                    ),
                ),
            ],
            options={
                "verbose_name": "root cause",
                "verbose_name_plural": "root causes",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("parent__isnull", True),
                            models.Q(("parent", models.F("pk")), _negated=True),
                            _connector="OR",
                        ),
                        name="root_cause_is_not_part_of_itself",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CorrectiveAction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("what", models.CharField(max_length=200, verbose_name="what is done")),
                ("due_on", models.DateField(verbose_name="due")),
                ("planned_at", models.DateTimeField(verbose_name="planned")),
                ("done_at", models.DateTimeField(null=True, verbose_name="done")),
                ("result", models.CharField(blank=True, max_length=500, verbose_name="what came of it")),
                ("cases", models.ManyToManyField(blank=True, related_name="corrective_actions", to="feedback.case")),
                (
                    "done_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrective_actions",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="owner",
                    ),
                ),
                (
                    "planned_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "root_cause",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrective_actions",
                        to="feedback.rootcause",
                        verbose_name="root cause",
                    ),
                ),
            ],
            options={
                "verbose_name": "corrective action",
                "verbose_name_plural": "corrective actions",
                "default_permissions": ("view", "add", "change"),
                "indexes": [
                    models.Index(
                        condition=models.Q(("done_at__isnull", True)),
                        fields=["due_on"],
                        name="corrective_action_by_due",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("what", ""), _negated=True), name="corrective_action_says_what"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("done_at__isnull", False), models.Q(("result", ""), _negated=True)),
                            models.Q(("done_at__isnull", True), ("done_by__isnull", True), ("result", "")),
                            _connector="OR",
                        ),
                        name="corrective_action_is_done_with_a_result",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="case",
            name="root_cause",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="cases",
                to="feedback.rootcause",
                verbose_name="root cause",
            ),
        ),
        migrations.CreateModel(
            name="Standard",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("complaint", "complaint"),
                            ("suggestion", "suggestion"),
                            ("praise", "praise"),
                            ("question", "question"),
                            ("review", "product review"),
                        ],
                        max_length=10,
                        verbose_name="kind of case",
                    ),
                ),
                ("number", models.PositiveIntegerField(verbose_name="version")),
                ("items", models.JSONField(help_text="Texts, in order.", verbose_name="items")),
                ("made_at", models.DateTimeField(verbose_name="made")),
                (
                    "made_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "standard",
                "verbose_name_plural": "standards",
                "default_permissions": ("view", "add"),
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "number"), name="version_of_a_standard_stands_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="QualityReview",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("week", models.DateField(help_text="Its Monday.", verbose_name="week of")),
                ("drawn_at", models.DateTimeField(verbose_name="drawn")),
                (
                    "marks",
                    models.JSONField(
                        default=list,
                        help_text="One for each item, null where it does not apply.",
                        verbose_name="marks",
                    ),
                ),
                ("percent", models.PositiveSmallIntegerField(null=True, verbose_name="standards met (%)")),
                ("coaching", models.TextField(blank=True, verbose_name="coaching note")),
                ("reviewed_at", models.DateTimeField(null=True, verbose_name="reviewed")),
                ("seen_at", models.DateTimeField(null=True, verbose_name="read by the agent")),
                (
                    "agent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reviewed_cases",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="agent",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reviews",
                        to="feedback.case",
                        verbose_name="case",
                    ),
                ),
                (
                    "reviewer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="reviewer",
                    ),
                ),
                (
                    "standard",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reviews",
                        to="feedback.standard",
                        verbose_name="standard",
                    ),
                ),
            ],
            options={
                "verbose_name": "review of a case",
                "verbose_name_plural": "reviews of cases",
                "default_permissions": ("view", "add", "change"),
                "indexes": [models.Index(fields=["agent", "-week"], name="review_of_agent")],
                "constraints": [
                    models.UniqueConstraint(fields=("case", "agent", "week"), name="case_of_a_week_is_drawn_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("reviewed_at__isnull", True),
                                ("reviewer__isnull", True),
                                ("percent__isnull", True),
                                ("seen_at__isnull", True),
                            ),
                            models.Q(("reviewed_at__isnull", False), ("reviewer__isnull", False)),
                            _connector="OR",
                        ),
                        name="review_has_reviewer_and_time_or_neither",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("reviewer__isnull", True),
                            models.Q(("reviewer", models.F("agent")), _negated=True),
                            _connector="OR",
                        ),
                        name="nobody_reviews_their_own_case",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Step",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField(verbose_name="step")),
                (
                    "metric",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("acknowledge", "acknowledgement"),
                            ("first_response", "first answer"),
                            ("next_response", "next answer"),
                            ("update", "update"),
                            ("resolution", "resolution"),
                            ("final_response", "final response (regulation)"),
                        ],
                        help_text="Empty: of every promise.",
                        max_length=14,
                        verbose_name="of",
                    ),
                ),
                (
                    "basis",
                    models.CharField(
                        choices=[
                            ("percent", "percent of the target"),
                            ("before", "open minutes before it is due"),
                            ("after", "open minutes after it was due"),
                        ],
                        max_length=7,
                        verbose_name="when",
                    ),
                ),
                ("amount", models.PositiveIntegerField(verbose_name="how much")),
                (
                    "action",
                    models.CharField(
                        choices=[
                            ("tell_agent", "tell the agent"),
                            ("tell_team", "tell the team"),
                            ("tell_manager", "tell the manager"),
                            ("reassign", "give it to"),
                            ("raise", "raise the priority"),
                        ],
                        max_length=12,
                        verbose_name="what",
                    ),
                ),
                (
                    "at_any_hour",
                    models.BooleanField(
                        default=False,
                        help_text="Else people are told when it is open again.",
                        verbose_name="at any hour",
                    ),
                ),
                (
                    "to",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="to whom",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="feedback.policyversion"
                    ),
                ),
            ],
            options={
                "verbose_name": "step of the ladder",
                "verbose_name_plural": "steps of the ladder",
                "ordering": ["number"],
                "default_permissions": ("view",),
                "constraints": [
                    models.UniqueConstraint(fields=("version", "number"), name="steps_of_the_ladder_are_numbered"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("action", "reassign"), ("to__isnull", False)),
                            models.Q(models.Q(("action", "reassign"), _negated=True), ("to__isnull", True)),
                            _connector="OR",
                        ),
                        name="who_gets_the_case_is_named",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Survey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=40, unique=True, verbose_name="code")),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("nps", "NPS: would recommend, 0 to 10"),
                            ("csat", "CSAT: satisfied, 1 to 5"),
                            ("ces", "CES: was easy, 1 to 7"),
                            ("free", "free questions"),
                            ("exit", "exit: why customers leave"),
                        ],
                        max_length=4,
                        verbose_name="measures",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "draft"), ("live", "live"), ("paused", "paused")],
                        default="draft",
                        editable=False,
                        max_length=6,
                        verbose_name="state",
                    ),
                ),
                (
                    "occasion",
                    models.CharField(
                        choices=[
                            ("closing", "after a case is closed"),
                            ("purchase", "after a purchase"),
                            ("lapse", "when a customer has lapsed"),
                            ("segment", "a segment, now and then"),
                            ("hand", "by hand"),
                        ],
                        default="hand",
                        max_length=8,
                        verbose_name="is sent",
                    ),
                ),
                (
                    "case_kind",
                    models.CharField(
                        blank=True,
                        help_text="Empty: of any kind. Only after cases.",
                        max_length=10,
                        verbose_name="cases of the kind",
                    ),
                ),
                ("delay_hours", models.PositiveSmallIntegerField(default=24, verbose_name="hours after the occasion")),
                (
                    "sample_percent",
                    models.PositiveSmallIntegerField(
                        default=100,
                        help_text="Chance decides, once for each occasion.",
                        verbose_name="of 100 occasions are asked",
                    ),
                ),
                (
                    "remind_days",
                    models.PositiveSmallIntegerField(
                        default=4,
                        help_text="Who has not answered. 0: never.",
                        verbose_name="reminded once after (days)",
                    ),
                ),
                (
                    "expires_days",
                    models.PositiveSmallIntegerField(default=30, verbose_name="can be answered for (days)"),
                ),
                (
                    "low_score",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="Empty: never.",
                        null=True,
                        verbose_name="opens a case at a score of at most",
                    ),
                ),
                (
                    "low_kind",
                    models.CharField(
                        default="complaint", help_text="A Case.Kind.", max_length=10, verbose_name="the case is a"
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="made"),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "segment",
                    models.ForeignKey(
                        blank=True,
                        help_text="Only its members are asked. Empty: everybody.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="surveys",
                        to="customers.segment",
                        verbose_name="segment",
                    ),
                ),
            ],
            options={
                "verbose_name": "survey",
                "verbose_name_plural": "surveys",
                "permissions": [("send_survey", "Can invite customers to surveys")],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("name", ""), _negated=True), name="survey_has_a_name"),
                    models.CheckConstraint(
                        condition=models.Q(("sample_percent__gte", 1), ("sample_percent__lte", 100)),
                        name="survey_asks_some_to_all",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("expires_days__gte", 1), ("remind_days__lt", models.F("expires_days"))),
                        name="survey_reminds_before_it_expires",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("occasion", "segment"), _negated=True),
                            ("segment__isnull", False),
                            _connector="OR",
                        ),
                        name="survey_of_a_segment_names_it",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="invitation",
            name="survey",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="invitations",
                to="feedback.survey",
            ),
        ),
        migrations.CreateModel(
            name="SurveyRules",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("main", models.BooleanField(default=True, editable=False)),
                (
                    "cooldown_days",
                    models.PositiveSmallIntegerField(
                        default=30,
                        help_text="For one customer, over all surveys.",
                        verbose_name="days between two invitations",
                    ),
                ),
            ],
            options={
                "verbose_name": "rules of surveys",
                "verbose_name_plural": "rules of surveys",
                "default_permissions": ("view", "change"),
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("main", True)), name="survey_rules_are_the_main_ones"),
                    models.UniqueConstraint(fields=("main",), name="survey_rules_are_one_row"),
                ],
            },
        ),
        migrations.CreateModel(
            name="SurveyVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(verbose_name="version")),
                ("content", models.JSONField(help_text="See feedback.surveys.questions.", verbose_name="content")),
                (
                    "made_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="made"),
                ),
                ("published_at", models.DateTimeField(null=True, verbose_name="published")),
                (
                    "made_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "survey",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="feedback.survey",
                    ),
                ),
            ],
            options={
                "verbose_name": "version of a survey",
                "verbose_name_plural": "versions of surveys",
                "default_permissions": ("view",),
                "constraints": [
                    models.UniqueConstraint(fields=("survey", "number"), name="version_of_a_survey_stands_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("published_at__isnull", True)),
                        fields=("survey",),
                        name="survey_has_one_draft",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="invitation",
            name="version",
            field=models.ForeignKey(
                db_index=False,
                help_text="The one that was published when it was sent.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="invitations",
                to="feedback.surveyversion",
            ),
        ),
        migrations.CreateModel(
            name="Target",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "metric",
                    models.CharField(
                        choices=[
                            ("acknowledge", "acknowledgement"),
                            ("first_response", "first answer"),
                            ("next_response", "next answer"),
                            ("update", "update"),
                            ("resolution", "resolution"),
                            ("final_response", "final response (regulation)"),
                        ],
                        max_length=14,
                        verbose_name="metric",
                    ),
                ),
                (
                    "priority",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "low"), (2, "normal"), (3, "high"), (4, "urgent")], verbose_name="priority"
                    ),
                ),
                ("amount", models.PositiveIntegerField(verbose_name="amount")),
                (
                    "unit",
                    models.CharField(
                        choices=[
                            ("minutes", "open minutes"),
                            ("hours", "open hours"),
                            ("business_days", "business days, by closing time"),
                            ("calendar_days", "calendar days, by midnight"),
                        ],
                        max_length=13,
                        verbose_name="unit",
                    ),
                ),
                (
                    "pauses",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[("customer", "waiting for the customer"), ("third", "waiting for somebody else")],
                            max_length=8,
                        ),
                        default=list,
                        size=None,
                        verbose_name="paused while",
                    ),
                ),
                (
                    "calendar",
                    models.ForeignKey(
                        help_text="Without one those of the case's team.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="calendars.calendar",
                        verbose_name="opening hours",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="targets",
                        to="feedback.policyversion",
                    ),
                ),
            ],
            options={
                "verbose_name": "target",
                "verbose_name_plural": "targets",
                "default_permissions": ("view",),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("version", "metric", "priority"), name="one_target_per_metric_and_priority"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                models.Q(("metric", "final_response"), _negated=True),
                                models.Q(("unit", "calendar_days"), _negated=True),
                            ),
                            ("pauses", []),
                            _connector="OR",
                        ),
                        name="final_response_and_calendar_days_never_pause",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("metric", "final_response"), _negated=True),
                            ("unit__in", ["business_days", "calendar_days"]),
                            _connector="OR",
                        ),
                        name="final_response_is_counted_in_days",
                    ),
                    models.CheckConstraint(condition=models.Q(("amount__gte", 1)), name="target_takes_some_time"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Clock",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "metric",
                    models.CharField(
                        choices=[
                            ("acknowledge", "acknowledgement"),
                            ("first_response", "first answer"),
                            ("next_response", "next answer"),
                            ("update", "update"),
                            ("resolution", "resolution"),
                            ("final_response", "final response (regulation)"),
                        ],
                        max_length=14,
                        verbose_name="metric",
                    ),
                ),
                ("cycle", models.PositiveIntegerField(default=1, verbose_name="round")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("running", "running"),
                            ("paused", "paused"),
                            ("met", "kept"),
                            ("missed", "missed"),
                            ("merged", "merged"),
                            ("cancelled", "no longer promised"),
                        ],
                        max_length=9,
                        verbose_name="state",
                    ),
                ),
                ("started_at", models.DateTimeField(verbose_name="started")),
                (
                    "judged_at",
                    models.DateTimeField(help_text="Since when this target and these opening hours hold for it."),
                ),
                ("due_at", models.DateTimeField(null=True, verbose_name="due")),
                ("warn_at", models.DateTimeField(null=True)),
                (
                    "remaining",
                    models.PositiveIntegerField(
                        help_text="Only while it is paused.", null=True, verbose_name="open seconds left"
                    ),
                ),
                ("fulfilled_at", models.DateTimeField(null=True, verbose_name="fulfilled")),
                (
                    "taken",
                    models.PositiveIntegerField(
                        help_text="From start to end without pauses, once it is kept or missed.",
                        null=True,
                        verbose_name="took (open seconds)",
                    ),
                ),
                ("breached_at", models.DateTimeField(null=True, verbose_name="breached")),
                (
                    "ended_at",
                    models.DateTimeField(
                        help_text="When it was merged away, or nothing was promised any more.", null=True
                    ),
                ),
                ("next_at", models.DateTimeField(null=True)),
                (
                    "told",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20),
                        default=list,
                        help_text="The steps that were done.",
                        size=None,
                    ),
                ),
                (
                    "moved_to",
                    models.DateTimeField(
                        help_text="A deadline that somebody has set by hand.", null=True, verbose_name="moved to"
                    ),
                ),
                ("moved_because", models.CharField(blank=True, max_length=300, verbose_name="reason")),
                (
                    "calendar_version",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="calendars.version",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="clocks",
                        to="feedback.case",
                    ),
                ),
                (
                    "moved_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="moved by",
                    ),
                ),
                (
                    "target",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="clocks",
                        to="feedback.target",
                        verbose_name="target",
                    ),
                ),
            ],
            options={
                "verbose_name": "clock",
                "verbose_name_plural": "clocks",
                "permissions": [("move_clock", "Can move deadlines by hand")],
                "default_permissions": ("view",),
                "indexes": [
                    models.Index(
                        condition=models.Q(("next_at__isnull", False)),
                        fields=["next_at", "case"],
                        name="clock_to_look_at",
                    ),
                    models.Index(
                        condition=models.Q(("state__in", ["running", "paused"])),
                        fields=["calendar_version"],
                        name="clock_going_by_hours",
                    ),
                    models.Index(fields=["metric", "started_at"], name="clock_for_reports"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("case", "metric", "cycle"), name="one_clock_per_metric_and_round"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("due_at__isnull", False),
                                ("fulfilled_at__isnull", True),
                                ("remaining__isnull", True),
                                ("state", "running"),
                            ),
                            models.Q(
                                ("due_at__isnull", True),
                                ("fulfilled_at__isnull", True),
                                ("remaining__isnull", False),
                                ("state", "paused"),
                            ),
                            models.Q(
                                ("due_at__isnull", False),
                                ("fulfilled_at__isnull", False),
                                ("remaining__isnull", True),
                                ("state", "met"),
                            ),
                            models.Q(
                                ("due_at__isnull", False),
                                ("fulfilled_at__isnull", False),
                                ("remaining__isnull", True),
                                ("state", "missed"),
                            ),
                            models.Q(
                                ("fulfilled_at__isnull", True),
                                ("remaining__isnull", True),
                                ("state__in", ["merged", "cancelled"]),
                            ),
                            _connector="OR",
                        ),
                        name="clock_state_is_tied_to_its_times",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("breached_at__isnull", False), ("state", "missed")),
                            models.Q(("breached_at__isnull", True), ("state__in", ["met", "paused"])),
                            ("state__in", ["running", "merged", "cancelled"]),
                            _connector="OR",
                        ),
                        name="missed_clock_was_breached_and_a_kept_one_not",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("next_at__isnull", False), ("state", "running")),
                            models.Q(("breached_at__isnull", False), ("state", "running")),
                            models.Q(models.Q(("state", "running"), _negated=True), ("next_at__isnull", True)),
                            _connector="OR",
                        ),
                        name="only_a_running_clock_waits_for_something",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at__isnull", False), ("state__in", ["merged", "cancelled"])),
                            models.Q(
                                models.Q(("state__in", ["merged", "cancelled"]), _negated=True),
                                ("ended_at__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="clock_that_ended_unjudged_has_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["met", "missed"]), ("taken__isnull", False)),
                            models.Q(
                                models.Q(("state__in", ["met", "missed"]), _negated=True), ("taken__isnull", True)
                            ),
                            _connector="OR",
                        ),
                        name="judged_clock_says_how_long_it_took",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("moved_because", ""), ("moved_by__isnull", True), ("moved_to__isnull", True)),
                            models.Q(
                                ("moved_by__isnull", False),
                                ("moved_to__isnull", False),
                                models.Q(("moved_because", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="moved_deadline_says_who_and_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("metric", "final_response"), _negated=True),
                            ("moved_to__isnull", True),
                            _connector="OR",
                        ),
                        name="regulatory_deadline_is_never_moved",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Team",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=40, unique=True, verbose_name="code")),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                (
                    "assignment",
                    models.CharField(
                        choices=[
                            ("by_hand", "by hand"),
                            ("round_robin", "in turn"),
                            ("least_busy", "to the least busy"),
                        ],
                        default="by_hand",
                        max_length=11,
                        verbose_name="new cases go",
                    ),
                ),
                (
                    "main",
                    models.BooleanField(
                        default=False, help_text="Takes the cases that no rule sends away.", verbose_name="main team"
                    ),
                ),
                (
                    "calendar",
                    models.ForeignKey(
                        blank=True,
                        help_text="Without one the main calendar counts.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="calendars.calendar",
                        verbose_name="opening hours",
                    ),
                ),
                (
                    "lead",
                    models.ForeignKey(
                        blank=True,
                        help_text="Is told of what is overdue; without one everybody of Managers is.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="manager",
                    ),
                ),
            ],
            options={
                "verbose_name": "team",
                "verbose_name_plural": "teams",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("main", True)), fields=("main",), name="one_team_is_the_main_one"
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="survey",
            name="team",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="feedback.team",
                verbose_name="team of the case",
            ),
        ),
        migrations.CreateModel(
            name="SavedView",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60, verbose_name="name")),
                (
                    "query",
                    models.CharField(
                        blank=True, help_text="The filters as the address has them, in order.", max_length=500
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="desk_views",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="views",
                        to="feedback.team",
                        verbose_name="shared with",
                    ),
                ),
            ],
            options={
                "verbose_name": "view of the queue",
                "verbose_name_plural": "views of the queue",
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(fields=("owner", "name"), name="a_person_has_one_view_of_a_name"),
                    models.CheckConstraint(condition=models.Q(("name", ""), _negated=True), name="view_has_a_name"),
                ],
            },
        ),
        migrations.AddField(
            model_name="policyversion",
            name="team",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="feedback.team",
                verbose_name="team",
            ),
        ),
        migrations.CreateModel(
            name="Member",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "most",
                    models.PositiveSmallIntegerField(
                        default=0,
                        help_text="Nothing more is given to them by itself; 0: no limit.",
                        verbose_name="open cases at most",
                    ),
                ),
                ("away", models.BooleanField(default=False, help_text="Gets nothing by itself.", verbose_name="away")),
                ("last_given_at", models.DateTimeField(editable=False, help_text="Whose turn it is.", null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="teams",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
                (
                    "skills",
                    models.ManyToManyField(
                        blank=True, related_name="members", to="feedback.skill", verbose_name="skills"
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="members", to="feedback.team"
                    ),
                ),
            ],
            options={
                "verbose_name": "member of a team",
                "verbose_name_plural": "members of teams",
                "constraints": [models.UniqueConstraint(fields=("team", "user"), name="a_person_is_once_in_a_team")],
            },
        ),
        migrations.AddField(
            model_name="mailbox",
            name="team",
            field=models.ForeignKey(
                blank=True,
                help_text="Gets what comes in. Without one the main team does.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="mailboxes",
                to="feedback.team",
                verbose_name="team",
            ),
        ),
        migrations.AddField(
            model_name="macro",
            name="team",
            field=models.ForeignKey(
                blank=True,
                help_text="Left empty, everybody is offered it.",
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="macros",
                to="feedback.team",
                verbose_name="only for",
            ),
        ),
        migrations.AddField(
            model_name="case",
            name="team",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="cases",
                to="feedback.team",
                verbose_name="team",
            ),
        ),
        migrations.CreateModel(
            name="Theme",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=60, unique=True, verbose_name="code")),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                (
                    "retired",
                    models.BooleanField(
                        default=False, help_text="Kept on old cases, not offered for new ones.", verbose_name="retired"
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="feedback.theme",
                        verbose_name="part of",
                    ),
                ),
            ],
            options={
                "verbose_name": "theme",
                "verbose_name_plural": "themes",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("parent__isnull", True),
                            models.Q(("parent", models.F("pk")), _negated=True),
                            _connector="OR",
                        ),
                        name="theme_is_not_part_of_itself",
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="macro",
            name="theme",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="feedback.theme",
                verbose_name="set the theme to",
            ),
        ),
        migrations.CreateModel(
            name="Handover",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("question", models.CharField(max_length=500, verbose_name="question to the board")),
                ("since", models.DateField(verbose_name="figures from")),
                ("until", models.DateField(verbose_name="until")),
                ("cases", models.PositiveIntegerField(verbose_name="cases")),
                ("customers", models.PositiveIntegerField(verbose_name="customers")),
                ("score", models.FloatField(verbose_name="score")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "waits for the board"),
                            ("taken", "taken up by the board"),
                            ("returned", "given back"),
                        ],
                        default="waiting",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("handed_at", models.DateTimeField(verbose_name="handed over")),
                ("answered_at", models.DateTimeField(null=True, verbose_name="answered")),
                ("answer", models.TextField(blank=True, verbose_name="answer")),
                (
                    "answered_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "handed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "theme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="handovers",
                        to="feedback.theme",
                        verbose_name="theme",
                    ),
                ),
            ],
            options={
                "verbose_name": "theme handed to the board",
                "verbose_name_plural": "themes handed to the board",
                "default_permissions": ("view", "add"),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "waiting")),
                        fields=("theme",),
                        name="theme_waits_for_the_board_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answered_at__isnull", True), ("state", "waiting")),
                            models.Q(models.Q(("state", "waiting"), _negated=True), ("answered_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="handover_is_answered_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("question", ""), _negated=True), name="handover_asks_something"
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="case",
            name="theme",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="cases",
                to="feedback.theme",
                verbose_name="theme",
            ),
        ),
        migrations.CreateModel(
            name="CaseEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "what",
                    models.CharField(
                        help_text="A verb of feedback.actions.history.", max_length=30, verbose_name="what"
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="when")),
                ("about", models.JSONField(default=dict, help_text="Ids, codes, numbers: personal data never.")),
                (
                    "by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="feedback.case",
                    ),
                ),
            ],
            options={
                "verbose_name": "event of a case",
                "verbose_name_plural": "events of cases",
                "default_permissions": ("view",),
                "indexes": [models.Index(fields=["case", "at", "id"], name="event_of_case")],
            },
        ),
        migrations.CreateModel(
            name="ClockEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "step",
                    models.CharField(
                        help_text="warned, breached, moved, step:<number>.", max_length=20, verbose_name="step"
                    ),
                ),
                ("due_at", models.DateTimeField(verbose_name="was due")),
                ("done_at", models.DateTimeField(verbose_name="done")),
                ("about", models.JSONField(default=dict, help_text="Ids, codes, numbers: personal data never.")),
                (
                    "clock",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="feedback.clock",
                    ),
                ),
            ],
            options={
                "verbose_name": "event of a clock",
                "verbose_name_plural": "events of clocks",
                "default_permissions": ("view",),
                "constraints": [models.UniqueConstraint(fields=("clock", "step"), name="each_step_once_for_a_clock")],
            },
        ),
        migrations.CreateModel(
            name="Draft",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(choices=[("reply", "reply"), ("note", "note")], max_length=5)),
                ("text", models.TextField()),
                ("version", models.PositiveIntegerField(default=1)),
                ("written_at", models.DateTimeField()),
                (
                    "author",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="drafts", to="feedback.case"
                    ),
                ),
            ],
            options={
                "verbose_name": "draft",
                "verbose_name_plural": "drafts",
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("case", "author", "kind"), name="one_draft_per_case_person_and_box"
                    )
                ],
            },
        ),
        migrations.AddIndex(
            model_name="invitation",
            index=models.Index(fields=["survey", "-answered_at"], name="invitation_by_answer"),
        ),
        migrations.AddIndex(
            model_name="invitation",
            index=models.Index(fields=["survey", "state"], name="invitation_by_state"),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("expires_at__isnull", False),
                        ("sent_at__isnull", False),
                        ("state__in", ["sent", "answered", "expired"]),
                        ("version__isnull", False),
                    ),
                    models.Q(
                        ("reminded_at__isnull", True), ("sent_at__isnull", True), ("state__in", ["planned", "skipped"])
                    ),
                    _connector="OR",
                ),
                name="invitation_that_went_out_has_version_and_end",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("kind", "complaint"),
                        ("outcome__in", ["upheld", "partly"]),
                        ("stage", "closed"),
                        _negated=True,
                    ),
                    ("root_cause__isnull", False),
                    ("merged_into__isnull", False),
                    ("channel", "file"),
                    _connector="OR",
                ),
                name="upheld_complaint_is_settled_with_a_root_cause",
            ),
        ),
        migrations.RunSQL(GUARDS, UNGUARDED),
    ]
