import uuid

import django.db.models.constraints
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("advisory", "0002_what_was_signed_stays"),
        ("feedback", "0017_search_is_restored_from_backups"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Follow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "wish",
                    models.CharField(
                        choices=[
                            ("all", "of every post"),
                            ("mentions", "when I am mentioned or answered"),
                            ("nothing", "not at all"),
                        ],
                        default="mentions",
                        max_length=8,
                        verbose_name="e-mails about the forum",
                    ),
                ),
                (
                    "term",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="follow", to="advisory.term"
                    ),
                ),
            ],
            options={
                "verbose_name": "wish about e-mails of the forum",
                "verbose_name_plural": "wishes about e-mails of the forum",
                "default_permissions": ("view",),
            },
        ),
        migrations.CreateModel(
            name="Meeting",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=150, verbose_name="title")),
                ("purpose", models.TextField(blank=True, verbose_name="what it is for")),
                (
                    "level",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (0, "everybody"),
                            (1, "the board: members and observers"),
                            (2, "confidential: members who signed the current NDA"),
                            (3, "the company's staff only"),
                        ],
                        default=1,
                        verbose_name="who may know of it",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "being planned"),
                            ("polling", "dates are asked for"),
                            ("scheduled", "scheduled"),
                            ("in_progress", "running"),
                            ("closed", "closed"),
                            ("cancelled", "cancelled"),
                        ],
                        default="draft",
                        max_length=11,
                        verbose_name="state",
                    ),
                ),
                (
                    "mode",
                    models.CharField(
                        choices=[
                            ("office", "at the office"),
                            ("in_person", "in person, elsewhere"),
                            ("hybrid", "in person and by video"),
                            ("video", "by video"),
                        ],
                        default="video",
                        max_length=9,
                        verbose_name="how",
                    ),
                ),
                ("place", models.CharField(blank=True, max_length=200, verbose_name="place")),
                ("video_url", models.URLField(blank=True, max_length=500, verbose_name="video link")),
                (
                    "zone",
                    models.CharField(help_text="IANA name, such as Asia/Seoul.", max_length=50, verbose_name="zone"),
                ),
                ("starts_at", models.DateTimeField(null=True, verbose_name="starts")),
                ("ends_at", models.DateTimeField(null=True, verbose_name="ends")),
                (
                    "uid",
                    models.CharField(help_text="By which calendars know it, for ever.", max_length=120, unique=True),
                ),
                (
                    "sequence",
                    models.PositiveIntegerField(
                        default=0,
                        help_text="Grows with each change of time or place.",
                        verbose_name="calendar revision",
                    ),
                ),
                (
                    "made_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="made"),
                ),
                ("scheduled_at", models.DateTimeField(null=True, verbose_name="scheduled")),
                ("started_at", models.DateTimeField(null=True, verbose_name="opened")),
                ("closed_at", models.DateTimeField(null=True, verbose_name="closed")),
                ("cancelled_at", models.DateTimeField(null=True, verbose_name="cancelled")),
                ("cancel_reason", models.CharField(blank=True, max_length=300, verbose_name="why it was cancelled")),
                ("minutes_due_on", models.DateField(null=True, verbose_name="minutes due")),
                (
                    "seats",
                    models.PositiveSmallIntegerField(help_text="When it was opened.", null=True, verbose_name="seats"),
                ),
                (
                    "filled",
                    models.PositiveSmallIntegerField(
                        help_text="When it was opened.", null=True, verbose_name="filled seats"
                    ),
                ),
                (
                    "change",
                    models.PositiveIntegerField(
                        default=0, help_text="Grows with whatever the room shows: who has this number has seen it all."
                    ),
                ),
                (
                    "board",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="meetings",
                        to="advisory.board",
                    ),
                ),
                (
                    "facilitator",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="facilitator",
                    ),
                ),
                (
                    "made_by",
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
                "verbose_name": "meeting",
                "verbose_name_plural": "meetings",
                "permissions": [
                    ("run_meeting", "Can run meetings: room, ballots, attendance"),
                    ("approve_minutes", "Can circulate, approve and publish minutes"),
                ],
                "default_permissions": ("view", "add", "change"),
                "indexes": [
                    models.Index(fields=["board", "-starts_at"], name="meeting_of_board"),
                    models.Index(
                        condition=models.Q(("state", "scheduled")), fields=["starts_at"], name="meeting_coming"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("title", ""), _negated=True), name="meeting_has_a_title"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("level__in", [0, 1, 2, 3])), name="meeting_level_is_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ends_at__isnull", True), ("starts_at__isnull", True)),
                            models.Q(
                                ("ends_at__isnull", False),
                                ("starts_at__isnull", False),
                                ("starts_at__lt", models.F("ends_at")),
                            ),
                            _connector="OR",
                        ),
                        name="meeting_begins_before_it_ends",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("scheduled_at__isnull", True), ("state__in", ["draft", "polling"])),
                            models.Q(
                                ("scheduled_at__isnull", False),
                                ("starts_at__isnull", False),
                                ("state__in", ["scheduled", "in_progress", "closed"]),
                            ),
                            ("state", "cancelled"),
                            _connector="OR",
                        ),
                        name="scheduled_meeting_has_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("closed_at__isnull", True),
                                ("started_at__isnull", True),
                                ("state__in", ["draft", "polling", "scheduled"]),
                            ),
                            models.Q(
                                ("closed_at__isnull", True), ("started_at__isnull", False), ("state", "in_progress")
                            ),
                            models.Q(
                                ("closed_at__gte", models.F("started_at")),
                                ("closed_at__isnull", False),
                                ("started_at__isnull", False),
                                ("state", "closed"),
                            ),
                            models.Q(("closed_at__isnull", True), ("state", "cancelled")),
                            _connector="OR",
                        ),
                        name="meeting_was_opened_and_closed_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("cancelled_at__isnull", False),
                                ("state", "cancelled"),
                                models.Q(("cancel_reason", ""), _negated=True),
                            ),
                            models.Q(
                                models.Q(("state", "cancelled"), _negated=True),
                                ("cancel_reason", ""),
                                ("cancelled_at__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="cancelled_meeting_says_when_and_why",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Item",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField(verbose_name="place")),
                ("title", models.CharField(max_length=150, verbose_name="title")),
                ("text", models.TextField(blank=True, verbose_name="what it is about")),
                ("minutes", models.PositiveSmallIntegerField(verbose_name="minutes")),
                ("presenter", models.CharField(blank=True, max_length=100, verbose_name="presented by")),
                (
                    "by_host",
                    models.BooleanField(
                        default=False, help_text="It counts as time of the host.", verbose_name="we speak"
                    ),
                ),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("inform", "to inform"),
                            ("discuss", "to discuss"),
                            ("decide", "to decide"),
                            ("break", "a break"),
                        ],
                        default="discuss",
                        max_length=7,
                        verbose_name="purpose",
                    ),
                ),
                (
                    "level",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (0, "everybody"),
                            (1, "the board: members and observers"),
                            (2, "confidential: members who signed the current NDA"),
                            (3, "the company's staff only"),
                        ],
                        default=1,
                        verbose_name="who may see it",
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("own", "ours"),
                            ("member", "proposed by a member"),
                            ("theme", "a pain point"),
                            ("survey", "results of a survey"),
                            ("recommendation", "open recommendations"),
                            ("actions", "open actions"),
                        ],
                        default="own",
                        max_length=14,
                    ),
                ),
                (
                    "source_id",
                    models.BigIntegerField(help_text="Which theme or survey; once on an agenda.", null=True),
                ),
                ("begun_at", models.DateTimeField(null=True, verbose_name="begun")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="ended")),
                (
                    "meeting",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="items",
                        to="advisory.meeting",
                    ),
                ),
            ],
            options={
                "verbose_name": "agenda item",
                "verbose_name_plural": "agenda items",
                "ordering": ("position", "pk"),
                "default_permissions": ("view",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("title", ""), _negated=True), name="agenda_item_has_a_title"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("minutes__gte", 1), ("minutes__lte", 600)), name="agenda_item_takes_time"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("level__in", [0, 1, 2, 3])), name="agenda_item_level_is_known"
                    ),
                    models.UniqueConstraint(
                        deferrable=django.db.models.constraints.Deferrable["DEFERRED"],
                        fields=("meeting", "position"),
                        name="place_on_an_agenda_is_taken_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("source_id__isnull", False)),
                        fields=("meeting", "source", "source_id"),
                        name="subject_is_on_an_agenda_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("begun_at__isnull", False), ("ended_at__isnull", True)),
                        fields=("meeting",),
                        name="one_item_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ended_at__isnull", True),
                            models.Q(("begun_at__isnull", False), ("ended_at__gte", models.F("begun_at"))),
                            _connector="OR",
                        ),
                        name="agenda_item_ends_after_it_began",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Ballot",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("question", models.CharField(max_length=300, verbose_name="question")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("yes_no", "yes, no, abstain"),
                            ("approval", "approve of as many as you like"),
                            ("dots", "dots to give away"),
                            ("score", "a score for each"),
                            ("ranked", "in the order of preference"),
                            ("moscow", "must, should, could, will not"),
                        ],
                        default="yes_no",
                        max_length=8,
                        verbose_name="how",
                    ),
                ),
                (
                    "secrecy",
                    models.CharField(
                        choices=[
                            ("open", "open: everybody sees who votes what"),
                            ("named", "named: staff and minutes know"),
                            ("secret", "secret: nobody ever knows"),
                        ],
                        default="named",
                        max_length=6,
                        verbose_name="secrecy",
                    ),
                ),
                ("hidden", models.BooleanField(default=True, verbose_name="results only after the end")),
                (
                    "options",
                    models.JSONField(default=list, help_text="Code and text of each.", verbose_name="options"),
                ),
                ("most", models.PositiveSmallIntegerField(default=0, verbose_name="dots, or the highest score")),
                (
                    "base",
                    models.CharField(
                        choices=[
                            ("YN", "of those who said yes or no"),
                            ("YNA", "of all votes, abstentions too"),
                            ("present", "of those present"),
                            ("entitled", "of all who may vote"),
                        ],
                        default="YN",
                        max_length=8,
                        verbose_name="a share is reckoned",
                    ),
                ),
                (
                    "percent",
                    models.PositiveSmallIntegerField(default=50, verbose_name="advice is given above, percent"),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("created", "prepared"),
                            ("open", "open"),
                            ("closed", "closed"),
                            ("published", "published"),
                        ],
                        default="created",
                        max_length=9,
                        verbose_name="state",
                    ),
                ),
                ("made_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("opened_at", models.DateTimeField(null=True, verbose_name="opened")),
                ("closed_at", models.DateTimeField(null=True, verbose_name="closed")),
                ("published_at", models.DateTimeField(null=True, verbose_name="published")),
                (
                    "entitled",
                    models.PositiveSmallIntegerField(
                        help_text="Frozen at the end.", null=True, verbose_name="may vote"
                    ),
                ),
                (
                    "present",
                    models.PositiveSmallIntegerField(
                        help_text="Frozen at the end.", null=True, verbose_name="present"
                    ),
                ),
                (
                    "quorum",
                    models.PositiveSmallIntegerField(help_text="Frozen at the end.", null=True, verbose_name="quorum"),
                ),
                (
                    "result",
                    models.JSONField(help_text="As it was counted at the end.", null=True, verbose_name="result"),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ballots",
                        to="advisory.item",
                    ),
                ),
                (
                    "meeting",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ballots",
                        to="advisory.meeting",
                    ),
                ),
            ],
            options={
                "verbose_name": "ballot",
                "verbose_name_plural": "ballots",
                "default_permissions": ("view",),
                "indexes": [models.Index(fields=["meeting", "state"], name="ballot_of_meeting")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("question", ""), _negated=True), name="ballot_asks_something"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("closed_at__isnull", True),
                                ("opened_at__isnull", True),
                                ("published_at__isnull", True),
                                ("state", "created"),
                            ),
                            models.Q(
                                ("closed_at__isnull", True),
                                ("opened_at__isnull", False),
                                ("published_at__isnull", True),
                                ("state", "open"),
                            ),
                            models.Q(
                                ("closed_at__isnull", False),
                                ("opened_at__isnull", False),
                                ("published_at__isnull", True),
                                ("state", "closed"),
                            ),
                            models.Q(
                                ("closed_at__isnull", False),
                                ("opened_at__isnull", False),
                                ("published_at__isnull", False),
                                ("state", "published"),
                            ),
                            _connector="OR",
                        ),
                        name="ballot_is_opened_closed_and_published_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("entitled__isnull", True),
                                ("present__isnull", True),
                                ("quorum__isnull", True),
                                ("result__isnull", True),
                                ("state__in", ["created", "open"]),
                            ),
                            models.Q(
                                ("entitled__isnull", False),
                                ("present__isnull", False),
                                ("present__lte", models.F("entitled")),
                                ("quorum__isnull", False),
                                ("result__isnull", False),
                                ("state__in", ["closed", "published"]),
                            ),
                            _connector="OR",
                        ),
                        name="closed_ballot_has_its_figures_frozen",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("secrecy", "secret"), _negated=True), ("hidden", True), _connector="OR"
                        ),
                        name="secret_ballot_hides_results",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("percent__lte", 100)), name="ballot_share_is_a_percentage"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Invitee",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "answer",
                    models.CharField(
                        choices=[
                            ("needs_action", "has not answered"),
                            ("accepted", "comes"),
                            ("tentative", "maybe"),
                            ("declined", "does not come"),
                        ],
                        default="needs_action",
                        max_length=12,
                        verbose_name="answer",
                    ),
                ),
                ("answered_at", models.DateTimeField(null=True, verbose_name="answered")),
                (
                    "way",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("portal", "on the page"),
                            ("calendar", "from the calendar"),
                            ("staff", "told to staff"),
                        ],
                        max_length=8,
                        verbose_name="answered by",
                    ),
                ),
                ("comment", models.CharField(blank=True, max_length=500, verbose_name="comment")),
                (
                    "burden",
                    models.PositiveSmallIntegerField(
                        help_text="What the hour costs by their own clock; carried to later meetings.",
                        null=True,
                        verbose_name="burden",
                    ),
                ),
                ("removed_at", models.DateTimeField(null=True)),
                (
                    "term",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invited_to",
                        to="advisory.term",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "meeting",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invitees",
                        to="advisory.meeting",
                    ),
                ),
            ],
            options={
                "verbose_name": "invitee",
                "verbose_name_plural": "invitees",
                "default_permissions": ("view",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("term__isnull", False), ("user__isnull", True)),
                            models.Q(("term__isnull", True), ("user__isnull", False)),
                            _connector="OR",
                        ),
                        name="invitee_is_a_member_or_one_of_staff",
                    ),
                    models.UniqueConstraint(fields=("meeting", "term"), name="member_is_invited_once"),
                    models.UniqueConstraint(fields=("meeting", "user"), name="staff_are_invited_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answer", "needs_action"), ("answered_at__isnull", True), ("way", "")),
                            models.Q(
                                models.Q(("answer", "needs_action"), _negated=True),
                                ("answered_at__isnull", False),
                                models.Q(("way", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="answer_to_an_invitation_has_a_time_and_a_way",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Entitlement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("present", models.BooleanField(default=False, verbose_name="present")),
                ("voted", models.BooleanField(default=False, verbose_name="voted")),
                (
                    "ballot",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entitlements",
                        to="advisory.ballot",
                    ),
                ),
                (
                    "invitee",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="entitlements", to="advisory.invitee"
                    ),
                ),
            ],
            options={
                "verbose_name": "right to vote",
                "verbose_name_plural": "rights to vote",
                "default_permissions": ("view",),
                "constraints": [
                    models.UniqueConstraint(fields=("ballot", "invitee"), name="right_to_vote_stands_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Material",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=150, verbose_name="name")),
                ("url", models.URLField(blank=True, max_length=500, verbose_name="link")),
                ("path", models.CharField(blank=True, max_length=200)),
                ("kind", models.CharField(blank=True, max_length=100, verbose_name="type")),
                ("size", models.PositiveIntegerField(default=0, verbose_name="size (bytes)")),
                (
                    "level",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (0, "everybody"),
                            (1, "the board: members and observers"),
                            (2, "confidential: members who signed the current NDA"),
                            (3, "the company's staff only"),
                        ],
                        default=1,
                        verbose_name="who may see it",
                    ),
                ),
                ("from_at", models.DateTimeField(blank=True, null=True, verbose_name="not before")),
                (
                    "added_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="added"),
                ),
                (
                    "added_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="materials", to="advisory.item"
                    ),
                ),
            ],
            options={
                "verbose_name": "material",
                "verbose_name_plural": "materials",
                "default_permissions": ("view",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("name", ""), _negated=True),
                            models.Q(
                                models.Q(models.Q(("url", ""), _negated=True), ("path", "")),
                                models.Q(("url", ""), models.Q(("path", ""), _negated=True)),
                                _connector="OR",
                            ),
                        ),
                        name="material_is_a_link_or_a_file",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("level__in", [0, 1, 2, 3])), name="material_level_is_known"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ActionItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.CharField(max_length=300, verbose_name="what is to be done")),
                ("due_on", models.DateField(null=True, verbose_name="due")),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "open"), ("done", "done"), ("dropped", "dropped")],
                        default="open",
                        max_length=7,
                        verbose_name="state",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="reason")),
                (
                    "made_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="made"),
                ),
                ("settled_at", models.DateTimeField(null=True, verbose_name="settled")),
                (
                    "board",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="action_items",
                        to="advisory.board",
                    ),
                ),
                (
                    "made_by",
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
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="owner",
                    ),
                ),
                (
                    "owner_term",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="action_items",
                        to="advisory.term",
                    ),
                ),
                (
                    "settled_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="action_items",
                        to="advisory.item",
                    ),
                ),
                (
                    "meeting",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="action_items",
                        to="advisory.meeting",
                    ),
                ),
            ],
            options={
                "verbose_name": "action item",
                "verbose_name_plural": "action items",
                "default_permissions": ("view", "change"),
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "open")), fields=["board", "due_on"], name="action_item_open"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("text", ""), _negated=True), name="action_item_says_what"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("owner__isnull", True), ("owner_term__isnull", True), _connector="OR"),
                        name="action_item_has_one_owner",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("reason", ""), ("settled_at__isnull", True), ("state", "open")),
                            models.Q(("settled_at__isnull", False), ("state", "done")),
                            models.Q(
                                ("settled_at__isnull", False),
                                ("state", "dropped"),
                                models.Q(("reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="action_item_is_settled_at_a_time_and_dropped_for_a_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Minutes",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField(verbose_name="revision")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "draft"),
                            ("circulated", "circulated"),
                            ("approved", "approved"),
                            ("published", "published"),
                        ],
                        default="draft",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("text", models.TextField(verbose_name="text")),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="what is corrected")),
                ("version", models.PositiveIntegerField(default=1, help_text="Grows while it is a draft.")),
                ("digest", models.CharField(blank=True, max_length=64, verbose_name="SHA-256")),
                (
                    "made_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="made"),
                ),
                ("circulated_at", models.DateTimeField(null=True, verbose_name="circulated")),
                ("approved_at", models.DateTimeField(null=True, verbose_name="approved")),
                ("published_at", models.DateTimeField(null=True, verbose_name="published")),
                (
                    "approved_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "meeting",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="minutes",
                        to="advisory.meeting",
                    ),
                ),
            ],
            options={
                "verbose_name": "minutes",
                "verbose_name_plural": "minutes",
                "default_permissions": ("view", "change"),
                "constraints": [
                    models.UniqueConstraint(fields=("meeting", "number"), name="revision_of_minutes_stands_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["draft", "circulated"])),
                        fields=("meeting",),
                        name="one_revision_is_in_the_making",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("number", 1), models.Q(("reason", ""), _negated=True), _connector="OR"),
                        name="later_revision_says_what_it_corrects",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("approved_at__isnull", True),
                                ("digest", ""),
                                ("published_at__isnull", True),
                                ("state", "draft"),
                            ),
                            models.Q(
                                ("approved_at__isnull", True),
                                ("circulated_at__isnull", False),
                                ("digest", ""),
                                ("published_at__isnull", True),
                                ("state", "circulated"),
                            ),
                            models.Q(
                                ("approved_at__isnull", False),
                                ("circulated_at__isnull", False),
                                ("published_at__isnull", True),
                                ("state", "approved"),
                                models.Q(("digest", ""), _negated=True),
                            ),
                            models.Q(
                                ("approved_at__isnull", False),
                                ("circulated_at__isnull", False),
                                ("published_at__isnull", False),
                                ("state", "published"),
                                models.Q(("digest", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="minutes_are_circulated_approved_and_published_at_a_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Mood",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "looks",
                    models.CharField(
                        choices=[("good", "looks good"), ("unsure", "not sure"), ("concerned", "concerned")],
                        max_length=9,
                        verbose_name="looks",
                    ),
                ),
                (
                    "invitee",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="moods", to="advisory.invitee"
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="moods",
                        to="advisory.item",
                    ),
                ),
            ],
            options={
                "verbose_name": "mood",
                "verbose_name_plural": "moods",
                "default_permissions": ("view",),
                "constraints": [models.UniqueConstraint(fields=("item", "invitee"), name="member_shows_one_mood")],
            },
        ),
        migrations.CreateModel(
            name="Move",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sequence", models.PositiveIntegerField(verbose_name="calendar revision")),
                (
                    "method",
                    models.CharField(
                        choices=[("request", "invitation"), ("cancel", "cancellation")],
                        max_length=7,
                        verbose_name="told",
                    ),
                ),
                ("starts_at", models.DateTimeField(verbose_name="starts")),
                ("ends_at", models.DateTimeField(verbose_name="ends")),
                ("place", models.CharField(blank=True, max_length=500, verbose_name="place")),
                (
                    "at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="when"),
                ),
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
                    "meeting",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="moves",
                        to="advisory.meeting",
                    ),
                ),
            ],
            options={
                "verbose_name": "calendar revision",
                "verbose_name_plural": "calendar revisions",
                "default_permissions": ("view",),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("meeting", "sequence"), name="calendar_revision_of_a_meeting_stands_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Note",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.TextField(blank=True, verbose_name="notes")),
                ("version", models.PositiveIntegerField(default=1)),
                ("saved_at", models.DateTimeField(verbose_name="saved")),
                (
                    "item",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="note", to="advisory.item"
                    ),
                ),
                (
                    "saved_by",
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
                "verbose_name": "notes",
                "verbose_name_plural": "notes",
                "default_permissions": ("view",),
            },
        ),
        migrations.CreateModel(
            name="Option",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("starts_at", models.DateTimeField(verbose_name="starts")),
                ("ends_at", models.DateTimeField(verbose_name="ends")),
                ("added_at", models.DateTimeField()),
                (
                    "meeting",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="options",
                        to="advisory.meeting",
                    ),
                ),
            ],
            options={
                "verbose_name": "offered time",
                "verbose_name_plural": "offered times",
                "ordering": ("starts_at", "pk"),
                "default_permissions": ("view",),
                "constraints": [
                    models.UniqueConstraint(fields=("meeting", "starts_at", "ends_at"), name="time_is_offered_once"),
                    models.CheckConstraint(
                        condition=models.Q(("starts_at__lt", models.F("ends_at"))),
                        name="offered_time_begins_before_it_ends",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Preference",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "says",
                    models.PositiveSmallIntegerField(
                        choices=[(0, "no"), (1, "if need be"), (2, "yes")], verbose_name="says"
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="when")),
                (
                    "option",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="preferences",
                        to="advisory.option",
                    ),
                ),
                (
                    "term",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="preferences", to="advisory.term"
                    ),
                ),
            ],
            options={
                "verbose_name": "answer to an offered time",
                "verbose_name_plural": "answers to offered times",
                "default_permissions": ("view",),
                "constraints": [
                    models.UniqueConstraint(fields=("option", "term"), name="member_says_one_thing_of_a_time"),
                    models.CheckConstraint(condition=models.Q(("says__in", [0, 1, 2])), name="preference_is_known"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Presence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("came_at", models.DateTimeField(verbose_name="came")),
                ("left_at", models.DateTimeField(null=True, verbose_name="left")),
                ("remotely", models.BooleanField(default=False, verbose_name="by video")),
                (
                    "invitee",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="presences",
                        to="advisory.invitee",
                    ),
                ),
                (
                    "noted_by",
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
                "verbose_name": "presence",
                "verbose_name_plural": "presences",
                "default_permissions": ("view",),
                "indexes": [models.Index(fields=["invitee", "came_at"], name="presence_of_invitee")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("left_at__isnull", True)),
                        fields=("invitee",),
                        name="somebody_is_in_the_room_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("left_at__isnull", True), ("left_at__gte", models.F("came_at")), _connector="OR"
                        ),
                        name="somebody_leaves_after_coming",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Proposal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=150, verbose_name="title")),
                ("text", models.TextField(blank=True, verbose_name="why")),
                (
                    "state",
                    models.CharField(
                        choices=[("proposed", "proposed"), ("taken", "on an agenda"), ("declined", "declined")],
                        default="proposed",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="reason")),
                (
                    "at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="proposed"
                    ),
                ),
                ("settled_at", models.DateTimeField(null=True, verbose_name="settled")),
                (
                    "board",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="proposals",
                        to="advisory.board",
                    ),
                ),
                (
                    "item",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="proposal",
                        to="advisory.item",
                    ),
                ),
                (
                    "settled_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "term",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="proposals", to="advisory.term"
                    ),
                ),
            ],
            options={
                "verbose_name": "agenda proposal",
                "verbose_name_plural": "agenda proposals",
                "default_permissions": ("view",),
                "indexes": [models.Index(fields=["board", "state", "-at"], name="agenda_proposal_of_board")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("title", ""), _negated=True), name="agenda_proposal_has_a_title"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("item__isnull", True),
                                ("reason", ""),
                                ("settled_at__isnull", True),
                                ("state", "proposed"),
                            ),
                            models.Q(("item__isnull", False), ("settled_at__isnull", False), ("state", "taken")),
                            models.Q(
                                ("item__isnull", True),
                                ("settled_at__isnull", False),
                                ("state", "declined"),
                                models.Q(("reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="agenda_proposal_is_settled_for_a_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Quote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.CharField(max_length=1000, verbose_name="words")),
                ("by_name", models.BooleanField(default=False, verbose_name="may be quoted by name")),
                (
                    "at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="when"),
                ),
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
                    "invitee",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="quotes",
                        to="advisory.invitee",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="quotes", to="advisory.item"
                    ),
                ),
            ],
            options={
                "verbose_name": "quote",
                "verbose_name_plural": "quotes",
                "default_permissions": ("view",),
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("text", ""), _negated=True), name="quote_has_words")
                ],
            },
        ),
        migrations.CreateModel(
            name="Remark",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.TextField(verbose_name="remark")),
                (
                    "at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="when"),
                ),
                (
                    "minutes",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="remarks",
                        to="advisory.minutes",
                    ),
                ),
                (
                    "term",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="remarks",
                        to="advisory.term",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "remark on minutes",
                "verbose_name_plural": "remarks on minutes",
                "default_permissions": ("view",),
                "indexes": [models.Index(fields=["minutes", "at"], name="remark_on_minutes")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("text", ""), _negated=True),
                            models.Q(
                                models.Q(("term__isnull", False), ("user__isnull", True)),
                                models.Q(("term__isnull", True), ("user__isnull", False)),
                                _connector="OR",
                            ),
                        ),
                        name="remark_is_by_a_member_or_one_of_staff",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Reminder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("minutes_before", models.PositiveIntegerField(verbose_name="minutes before")),
                ("sent_for", models.DateTimeField(null=True, verbose_name="sent for the start at")),
                ("sent_at", models.DateTimeField(null=True, verbose_name="sent")),
                (
                    "meeting",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reminders",
                        to="advisory.meeting",
                    ),
                ),
            ],
            options={
                "verbose_name": "reminder",
                "verbose_name_plural": "reminders",
                "default_permissions": ("view",),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("meeting", "minutes_before"), name="reminder_of_a_meeting_stands_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("sent_at__isnull", True), ("sent_for__isnull", True)),
                            models.Q(("sent_at__isnull", False), ("sent_for__isnull", False)),
                            _connector="OR",
                        ),
                        name="sent_reminder_says_for_which_start",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Reply",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "fingerprint",
                    models.CharField(help_text="Of what was replied: taken once.", max_length=64, unique=True),
                ),
                ("uid", models.CharField(max_length=255)),
                ("sequence", models.IntegerField(verbose_name="calendar revision")),
                ("address", models.CharField(blank=True, max_length=254, verbose_name="from")),
                (
                    "answer",
                    models.CharField(
                        choices=[
                            ("needs_action", "has not answered"),
                            ("accepted", "comes"),
                            ("tentative", "maybe"),
                            ("declined", "does not come"),
                        ],
                        max_length=12,
                        verbose_name="answer",
                    ),
                ),
                ("comment", models.CharField(blank=True, max_length=1000, verbose_name="comment")),
                ("stamped_at", models.DateTimeField(null=True, verbose_name="written")),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("taken", "taken"),
                            ("older", "answered an older version"),
                            ("overtaken", "a later answer was there already"),
                            ("stranger", "from a stranger: set aside"),
                            ("unknown", "of no meeting that we know"),
                            ("over", "the meeting is over or cancelled"),
                        ],
                        max_length=9,
                        verbose_name="what became of it",
                    ),
                ),
                (
                    "received_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="received"
                    ),
                ),
                (
                    "invitee",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replies",
                        to="advisory.invitee",
                    ),
                ),
                (
                    "meeting",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replies",
                        to="advisory.meeting",
                    ),
                ),
            ],
            options={
                "verbose_name": "reply from a calendar",
                "verbose_name_plural": "replies from calendars",
                "default_permissions": ("view",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("invitee__isnull", True), ("outcome__in", ["stranger", "unknown"])),
                            models.Q(
                                ("invitee__isnull", False),
                                ("meeting__isnull", False),
                                ("outcome__in", ["taken", "older", "overtaken", "over"]),
                            ),
                            _connector="OR",
                        ),
                        name="reply_that_counts_is_of_an_invitee",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Round",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("size", models.PositiveSmallIntegerField(default=20, verbose_name="customers for each member")),
                (
                    "opened_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="opened"),
                ),
                ("closed_at", models.DateTimeField(null=True, verbose_name="closed")),
                (
                    "meeting",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="round", to="advisory.meeting"
                    ),
                ),
                (
                    "opened_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "survey",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="feedback.survey"
                    ),
                ),
            ],
            options={
                "verbose_name": "survey round",
                "verbose_name_plural": "survey rounds",
                "default_permissions": ("view", "add"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("size__gte", 1), ("size__lte", 200)), name="round_asks_some_customers"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Asked",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("presented_at", models.DateTimeField(null=True, verbose_name="chosen to be presented")),
                (
                    "invitation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="feedback.invitation"
                    ),
                ),
                (
                    "term",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="asked", to="advisory.term"
                    ),
                ),
                (
                    "round",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="asked",
                        to="advisory.round",
                    ),
                ),
            ],
            options={
                "verbose_name": "customer asked by a member",
                "verbose_name_plural": "customers asked by members",
                "default_permissions": ("view",),
                "indexes": [models.Index(fields=["round", "term"], name="asked_by_member")],
            },
        ),
        migrations.CreateModel(
            name="Speaking",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "side",
                    models.CharField(
                        choices=[("host", "host"), ("members", "members")], max_length=7, verbose_name="who speaks"
                    ),
                ),
                ("begun_at", models.DateTimeField(verbose_name="from")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="until")),
                (
                    "meeting",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="speaking",
                        to="advisory.meeting",
                    ),
                ),
            ],
            options={
                "verbose_name": "time of speaking",
                "verbose_name_plural": "times of speaking",
                "default_permissions": ("view",),
                "indexes": [models.Index(fields=["meeting", "begun_at"], name="speaking_in_meeting")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=("meeting",),
                        name="one_side_speaks_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ended_at__isnull", True), ("ended_at__gte", models.F("begun_at")), _connector="OR"
                        ),
                        name="speaking_ends_after_it_began",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Topic",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=150, verbose_name="title")),
                (
                    "level",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (0, "everybody"),
                            (1, "the board: members and observers"),
                            (2, "confidential: members who signed the current NDA"),
                            (3, "the company's staff only"),
                        ],
                        default=1,
                        verbose_name="who may see it",
                    ),
                ),
                (
                    "begun_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="begun"),
                ),
                (
                    "last_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="last post"
                    ),
                ),
                ("pinned", models.BooleanField(default=False, verbose_name="at the top")),
                ("closed_at", models.DateTimeField(null=True, verbose_name="closed")),
                ("hidden_at", models.DateTimeField(null=True, verbose_name="hidden")),
                (
                    "board",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="topics",
                        to="advisory.board",
                    ),
                ),
                (
                    "term",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="topics",
                        to="advisory.term",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "topic",
                "verbose_name_plural": "topics",
                "permissions": [("moderate_forum", "Can close topics and hide posts")],
                "default_permissions": ("view", "add"),
                "indexes": [models.Index(fields=["board", "-pinned", "-last_at"], name="topic_of_board")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("title", ""), _negated=True),
                            models.Q(
                                models.Q(("term__isnull", False), ("user__isnull", True)),
                                models.Q(("term__isnull", True), ("user__isnull", False)),
                                _connector="OR",
                            ),
                        ),
                        name="topic_has_a_title_and_an_author",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("level__in", [0, 1, 2, 3])), name="topic_level_is_known"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Post",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.TextField(verbose_name="text")),
                (
                    "at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="when"),
                ),
                ("hidden_at", models.DateTimeField(null=True, verbose_name="hidden")),
                ("hidden_because", models.CharField(blank=True, max_length=200, verbose_name="hidden because")),
                (
                    "hidden_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("mentions", models.ManyToManyField(blank=True, related_name="mentioned_in", to="advisory.term")),
                (
                    "term",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="posts",
                        to="advisory.term",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "topic",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="posts",
                        to="advisory.topic",
                    ),
                ),
            ],
            options={
                "verbose_name": "post",
                "verbose_name_plural": "posts",
                "default_permissions": ("view",),
                "indexes": [models.Index(fields=["topic", "at"], name="post_in_topic")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("text", ""), _negated=True),
                            models.Q(
                                models.Q(("term__isnull", False), ("user__isnull", True)),
                                models.Q(("term__isnull", True), ("user__isnull", False)),
                                _connector="OR",
                            ),
                        ),
                        name="post_has_a_text_and_an_author",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("hidden_at__isnull", True), ("hidden_because", "")),
                            models.Q(
                                ("hidden_at__isnull", False),
                                ("hidden_by__isnull", False),
                                models.Q(("hidden_because", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="post_is_hidden_for_a_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Vote",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "receipt",
                    models.CharField(
                        help_text="SHA-256 of a number that only the voter has.", max_length=64, null=True
                    ),
                ),
                ("choice", models.JSONField(verbose_name="choice")),
                (
                    "ballot",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="votes",
                        to="advisory.ballot",
                    ),
                ),
                (
                    "entitlement",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="vote",
                        to="advisory.entitlement",
                    ),
                ),
            ],
            options={
                "verbose_name": "vote",
                "verbose_name_plural": "votes",
                "default_permissions": (),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("entitlement__isnull", False), ("receipt__isnull", True)),
                            models.Q(("entitlement__isnull", True), ("receipt__isnull", False)),
                            _connector="OR",
                        ),
                        name="vote_is_either_named_or_secret",
                    ),
                    models.UniqueConstraint(
                        fields=("ballot", "receipt"), name="second_secret_vote_replaces_the_first"
                    ),
                ],
            },
        ),
    ]
