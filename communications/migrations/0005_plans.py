import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import communications.models.plans


class Migration(migrations.Migration):
    dependencies = [
        ("calendars", "0002_versions_never_change"),
        ("communications", "0004_waiting_messages_are_listed"),
        ("customers", "0015_searches_for_duplicates"),
        ("loyalty", "0027_held_points_go_to_partners_and_causes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ContactSettings",
            fields=[
                ("id", models.SmallIntegerField(default=1, editable=False, primary_key=True, serialize=False)),
                (
                    "holdout_percent",
                    models.DecimalField(
                        decimal_places=2,
                        default=0,
                        help_text="To compare the others with. Chance chose them once; they stay the same.",
                        max_digits=4,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(50),
                        ],
                        verbose_name="hear no marketing at all (percent)",
                    ),
                ),
                (
                    "holdout_salt",
                    models.CharField(
                        default="holdout",
                        help_text="Another name draws other customers.",
                        max_length=40,
                        verbose_name="drawing",
                    ),
                ),
                (
                    "daily_limit",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="Empty: as many as are due.",
                        null=True,
                        verbose_name="messages of plans a day, at most",
                    ),
                ),
            ],
            options={
                "verbose_name": "limits of what customers hear",
                "verbose_name_plural": "limits of what customers hear",
                "default_permissions": ("view", "change"),
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("pk", 1)), name="there_is_one_row_of_contact_settings"),
                    models.CheckConstraint(
                        condition=models.Q(("holdout_percent__gte", 0), ("holdout_percent__lte", 50)),
                        name="at_most_half_hear_nothing",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("holdout_salt", ""), _negated=True),
                        name="drawing_of_the_holdout_has_a_name",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FrequencyCap",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "channel",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("email", "e-mail"),
                            ("sms", "SMS"),
                            ("push", "push"),
                            ("phone", "phone"),
                            ("post", "post"),
                        ],
                        help_text="Empty: all together.",
                        max_length=5,
                        verbose_name="channel",
                    ),
                ),
                (
                    "most",
                    models.PositiveSmallIntegerField(
                        validators=[django.core.validators.MinValueValidator(1)], verbose_name="at most"
                    ),
                ),
                (
                    "hours",
                    models.PositiveIntegerField(
                        default=168, validators=[django.core.validators.MinValueValidator(1)], verbose_name="in hours"
                    ),
                ),
            ],
            options={
                "verbose_name": "frequency cap",
                "verbose_name_plural": "frequency caps",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("channel", "hours"), name="cap_of_a_channel_and_a_time_stands_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("hours__gte", 1), ("most__gte", 1)), name="cap_lets_something_through"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Plan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                (
                    "kind",
                    models.CharField(
                        choices=[("campaign", "campaign"), ("sequence", "sequence")], max_length=8, verbose_name="kind"
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("idea", "idea"),
                            ("draft", "draft"),
                            ("review", "waits for approval"),
                            ("approved", "approved"),
                            ("live", "live"),
                            ("paused", "paused"),
                            ("ended", "ended"),
                        ],
                        default="draft",
                        editable=False,
                        max_length=8,
                        verbose_name="status",
                    ),
                ),
                (
                    "needs_approval",
                    models.BooleanField(default=False, verbose_name="somebody else approves it before it goes live"),
                ),
                (
                    "version",
                    models.PositiveIntegerField(
                        default=1, editable=False, help_text="Tells who changed it meanwhile."
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name="made"
                    ),
                ),
                ("live_since", models.DateTimeField(editable=False, null=True, verbose_name="live since")),
                ("paused_at", models.DateTimeField(editable=False, null=True, verbose_name="paused")),
                ("ended_at", models.DateTimeField(editable=False, null=True, verbose_name="ended")),
                (
                    "created_by",
                    models.ForeignKey(
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="plans",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="owner",
                    ),
                ),
            ],
            options={
                "verbose_name": "plan",
                "verbose_name_plural": "plans",
                "permissions": [
                    ("approve_plan", "Can approve plans"),
                    ("publish_plan", "Can let plans go live, pause and end them"),
                    ("enrol_customer", "Can take customers into plans and out of them"),
                ],
                "default_permissions": ("view", "add", "change"),
                "indexes": [models.Index(fields=["status", "name"], name="plan_by_status")],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("name", ""), _negated=True), name="plan_has_a_name"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("paused_at__isnull", False), ("status", "paused")),
                            models.Q(models.Q(("status", "paused"), _negated=True), ("paused_at", None)),
                            _connector="OR",
                        ),
                        name="plan_is_paused_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at__isnull", False), ("status", "ended")),
                            models.Q(models.Q(("status", "ended"), _negated=True), ("ended_at", None)),
                            _connector="OR",
                        ),
                        name="plan_is_ended_at_a_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PlanVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(verbose_name="version")),
                (
                    "purpose",
                    models.CharField(
                        blank=True,
                        choices=[("care", "care"), ("offers", "offers"), ("research", "research")],
                        help_text="What customers must have consented to. Empty: part of what they ordered or asked for.",
                        max_length=8,
                        verbose_name="purpose",
                    ),
                ),
                (
                    "anchor",
                    models.CharField(
                        choices=[
                            ("date", "a date"),
                            ("fact", "something that happened"),
                            ("birthday", "birthday"),
                            ("joining", "the day of joining, every year"),
                            ("lapse", "days without a purchase"),
                            ("trait", "a date known of the customer"),
                        ],
                        max_length=8,
                        verbose_name="counts from",
                    ),
                ),
                ("starts_on", models.DateField(blank=True, null=True, verbose_name="on")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="until")),
                ("at_time", models.TimeField(blank=True, null=True, verbose_name="at (customer's time)")),
                ("anchor_verb", models.CharField(blank=True, max_length=30, verbose_name="what happened")),
                ("anchor_match", models.JSONField(blank=True, default=dict, verbose_name="only where")),
                ("anchor_particular", models.CharField(blank=True, max_length=40, verbose_name="date named by it")),
                (
                    "anchor_days",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="days without a purchase"),
                ),
                ("anchor_trait", models.CharField(blank=True, max_length=60, verbose_name="name of the trait")),
                (
                    "leap_day",
                    models.CharField(
                        choices=[("feb28", "28 February"), ("mar1", "1 March")],
                        default="feb28",
                        max_length=5,
                        verbose_name="29 February is kept on",
                    ),
                ),
                (
                    "reentry",
                    models.CharField(
                        choices=[
                            ("each", "once for each anchor"),
                            ("alone", "one at a time for each customer"),
                            ("once", "once in a customer's life"),
                        ],
                        default="each",
                        max_length=5,
                        verbose_name="may begin again",
                    ),
                ),
                ("goal_verb", models.CharField(blank=True, max_length=30, verbose_name="ends when the customer")),
                ("exit_verbs", models.JSONField(blank=True, default=list, verbose_name="stops when the customer")),
                (
                    "exit_on_partial_return",
                    models.BooleanField(default=False, verbose_name="stops when a part is brought back"),
                ),
                (
                    "quiet",
                    models.JSONField(
                        blank=True, default=list, help_text='[["21:00", "08:00"]]', verbose_name="quiet hours"
                    ),
                ),
                (
                    "weekdays",
                    models.JSONField(
                        default=communications.models.plans.whole_week,
                        help_text="0 is Monday.",
                        verbose_name="weekdays",
                    ),
                ),
                (
                    "blackout",
                    models.JSONField(
                        blank=True, default=list, help_text='["2026-12-24"]', verbose_name="days without"
                    ),
                ),
                (
                    "expiry_hours",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="still worth sending for (hours)"),
                ),
                (
                    "grace_hours",
                    models.PositiveIntegerField(
                        default=24,
                        help_text="What was due earlier is left out.",
                        verbose_name="late beginners get what was due within (hours)",
                    ),
                ),
                (
                    "priority",
                    models.SmallIntegerField(
                        default=0,
                        help_text="Higher ones go first where a customer would get too many.",
                        verbose_name="priority",
                    ),
                ),
                ("daily_limit", models.PositiveIntegerField(blank=True, null=True, verbose_name="at most a day")),
                (
                    "holdout_percent",
                    models.PositiveSmallIntegerField(
                        default=0,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(50),
                        ],
                        verbose_name="held out to compare (percent)",
                    ),
                ),
                (
                    "digest",
                    models.CharField(
                        blank=True, editable=False, help_text="Of all that it says, texts too.", max_length=64
                    ),
                ),
                (
                    "made_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name="made"
                    ),
                ),
                ("published_at", models.DateTimeField(editable=False, null=True, verbose_name="published")),
                (
                    "calendar",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="calendars.calendar",
                        verbose_name="calendar for business days",
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="communications.plan",
                    ),
                ),
                (
                    "published_by",
                    models.ForeignKey(
                        db_index=False,
                        editable=False,
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
                        help_text="Only its members. Empty: everybody.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="plan_versions",
                        to="customers.segment",
                        verbose_name="segment",
                    ),
                ),
            ],
            options={
                "verbose_name": "version of a plan",
                "verbose_name_plural": "versions of plans",
                "default_permissions": ("view",),
                "constraints": [
                    models.UniqueConstraint(fields=("plan", "number"), name="version_of_a_plan_stands_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("published_at", None)), fields=("plan",), name="plan_has_one_draft"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("anchor", "date"),
                            models.Q(("anchor", "fact"), models.Q(("anchor_verb", ""), _negated=True)),
                            ("anchor__in", ["birthday", "joining"]),
                            models.Q(("anchor", "lapse"), ("anchor_days__gte", 1), ("anchor_days__isnull", False)),
                            models.Q(("anchor", "trait"), models.Q(("anchor_trait", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="plan_version_says_what_it_counts_from",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("published_at", None),
                            models.Q(("anchor", "date"), _negated=True),
                            models.Q(("at_time__isnull", False), ("starts_on__isnull", False)),
                            _connector="OR",
                        ),
                        name="published_campaign_has_a_date_and_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_on", None),
                            models.Q(("ends_on__gte", models.F("starts_on")), ("starts_on__isnull", False)),
                            _connector="OR",
                        ),
                        name="window_of_a_plan_ends_after_it_starts",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("published_at", None), models.Q(("digest", ""), _negated=True), _connector="OR"
                        ),
                        name="published_plan_version_has_a_digest",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("holdout_percent__gte", 0), ("holdout_percent__lte", 50)),
                        name="at_most_half_of_a_plan_is_held_out",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Enrolment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "anchor_key",
                    models.CharField(help_text="Such as purchase:12 or 2026.", max_length=100, verbose_name="anchor"),
                ),
                ("anchor_at", models.DateTimeField(null=True, verbose_name="anchor (time)")),
                ("anchor_on", models.DateField(null=True, verbose_name="anchor (day)")),
                ("alone", models.BooleanField(default=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("active", "active"),
                            ("completed", "completed"),
                            ("exited", "left early"),
                            ("cancelled", "anchor cancelled"),
                        ],
                        default="active",
                        max_length=9,
                        verbose_name="state",
                    ),
                ),
                ("reason", models.CharField(blank=True, help_text="A code.", max_length=40, verbose_name="why")),
                (
                    "enrolled_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="began"),
                ),
                ("ended_at", models.DateTimeField(null=True, verbose_name="ended")),
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
                        related_name="enrolments",
                        to="customers.customer",
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
                (
                    "plan",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="enrolments",
                        to="communications.plan",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        db_index=False,
                        help_text="The one that it follows now.",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="enrolments",
                        to="communications.planversion",
                    ),
                ),
            ],
            options={
                "verbose_name": "enrolment",
                "verbose_name_plural": "enrolments",
                "default_permissions": ("view",),
                "indexes": [
                    models.Index(fields=["customer", "-id"], name="enrolment_of_customer"),
                    models.Index(
                        condition=models.Q(("state", "active")), fields=["plan", "id"], name="enrolment_active"
                    ),
                    models.Index(
                        condition=models.Q(("state", "active")), fields=["purchase"], name="enrolment_of_purchase"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("plan", "customer", "anchor_key"), name="customer_is_enrolled_once_for_each_anchor"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("alone", True), ("state", "active")),
                        fields=("plan", "customer"),
                        name="customer_is_enrolled_alone_where_the_plan_says_so",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("anchor_key", ""), _negated=True),
                            models.Q(
                                models.Q(("anchor_at", None), ("anchor_on__isnull", False)),
                                models.Q(("anchor_at__isnull", False), ("anchor_on", None)),
                                _connector="OR",
                            ),
                        ),
                        name="enrolment_has_one_anchor",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at", None), ("reason", ""), ("state", "active")),
                            models.Q(("ended_at__isnull", False), ("state", "completed")),
                            models.Q(
                                ("ended_at__isnull", False),
                                ("state__in", ["exited", "cancelled"]),
                                models.Q(("reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="enrolment_that_ended_says_when_and_why",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Approval",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "asked for"),
                            ("granted", "granted"),
                            ("declined", "declined"),
                            ("void", "void"),
                        ],
                        default="asked",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("digest", models.CharField(help_text="Of the content.", max_length=64)),
                ("content", models.JSONField(verbose_name="what was shown")),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="note")),
                (
                    "asked_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="asked"),
                ),
                ("decided_at", models.DateTimeField(null=True, verbose_name="decided")),
                ("voided_at", models.DateTimeField(null=True, verbose_name="void since")),
                (
                    "asked_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="approvals",
                        to="communications.planversion",
                    ),
                ),
            ],
            options={
                "verbose_name": "approval",
                "verbose_name_plural": "approvals",
                "default_permissions": ("view",),
                "indexes": [
                    models.Index(condition=models.Q(("state", "asked")), fields=["-asked_at"], name="approval_waiting")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("decided_at", None), ("decided_by", None), ("state", "asked"), ("voided_at", None)
                            ),
                            models.Q(
                                ("decided_at__isnull", False),
                                ("decided_by__isnull", False),
                                ("state__in", ["granted", "declined"]),
                                ("voided_at", None),
                            ),
                            models.Q(("state", "void"), ("voided_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="approval_is_decided_by_somebody_at_a_time",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["asked", "granted"])),
                        fields=("version",),
                        name="version_is_approved_once_at_a_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Step",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.SlugField(max_length=30, verbose_name="key")),
                ("position", models.PositiveSmallIntegerField(verbose_name="place")),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("email", "e-mail"),
                            ("sms", "SMS"),
                            ("push", "push"),
                            ("call", "phone call"),
                            ("note", "hand-written note"),
                            ("card", "thank-you card"),
                            ("gift", "surprise gift"),
                            ("offer", "special offer"),
                            ("content", "content piece"),
                            ("event", "event invitation"),
                        ],
                        max_length=7,
                        verbose_name="kind",
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("email", "e-mail"),
                            ("sms", "SMS"),
                            ("push", "push"),
                            ("phone", "phone"),
                            ("post", "post"),
                        ],
                        max_length=5,
                        verbose_name="channel",
                    ),
                ),
                ("amount", models.IntegerField(default=0, verbose_name="how long")),
                (
                    "unit",
                    models.CharField(
                        choices=[
                            ("minutes", "minutes"),
                            ("hours", "hours"),
                            ("days", "days"),
                            ("weeks", "weeks"),
                            ("months", "months"),
                            ("years", "years"),
                            ("business_days", "business days"),
                        ],
                        default="days",
                        max_length=13,
                        verbose_name="unit",
                    ),
                ),
                ("time", models.TimeField(blank=True, null=True, verbose_name="at (customer's time)")),
                (
                    "expiry_hours",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="still worth sending for (hours)"),
                ),
                (
                    "script",
                    models.TextField(
                        blank=True, help_text="For people: what to say, write or pack.", verbose_name="script"
                    ),
                ),
                ("only_if", models.JSONField(blank=True, default=list, verbose_name="only if")),
                ("waits_for", models.SlugField(blank=True, max_length=30, verbose_name="waits for the step")),
                ("waits_hours", models.PositiveIntegerField(default=168, verbose_name="waits at most (hours)")),
                (
                    "cost",
                    models.PositiveIntegerField(
                        default=0, help_text="Each, in minor units of the currency.", verbose_name="costs"
                    ),
                ),
                (
                    "reward",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        help_text="Each customer gets one of their own.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="loyalty.reward",
                        verbose_name="reward",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="steps",
                        to="communications.planversion",
                    ),
                ),
            ],
            options={
                "verbose_name": "step",
                "verbose_name_plural": "steps",
                "default_permissions": ("view",),
                "constraints": [
                    models.UniqueConstraint(fields=("version", "key"), name="step_key_stands_once_in_a_version"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("key", ""), _negated=True), models.Q(("name", ""), _negated=True)
                        ),
                        name="step_has_a_key_and_a_name",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("unit__in", ("minutes", "hours", "days", "weeks", "months", "years", "business_days"))
                        ),
                        name="step_unit_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("channel", "email"), ("kind__in", ["email", "offer", "content", "event"])),
                            models.Q(("channel", "sms"), ("kind__in", ["sms", "offer", "content", "event"])),
                            models.Q(("channel", "push"), ("kind__in", ["push", "offer", "content", "event"])),
                            models.Q(("channel", "phone"), ("kind", "call")),
                            models.Q(
                                ("channel", "post"),
                                ("kind__in", ["note", "card", "gift", "offer", "content", "event"]),
                            ),
                            _connector="OR",
                        ),
                        name="step_goes_the_way_of_its_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("waits_for", models.F("key")), _negated=True),
                        name="step_does_not_wait_for_itself",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "offer"), _negated=True), ("reward__isnull", False), _connector="OR"
                        ),
                        name="offer_names_its_reward",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Experiment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "tests",
                    models.CharField(
                        choices=[
                            ("subject", "subject"),
                            ("text", "text"),
                            ("offer", "offer"),
                            ("hour", "hour"),
                            ("points", "points shown or not"),
                        ],
                        max_length=7,
                        verbose_name="tests",
                    ),
                ),
                ("salt", models.CharField(max_length=60, verbose_name="drawing")),
                ("goal_verb", models.CharField(max_length=30, verbose_name="won when the customer")),
                (
                    "goal_days",
                    models.PositiveSmallIntegerField(
                        default=14,
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="within days",
                    ),
                ),
                (
                    "per_variant",
                    models.PositiveIntegerField(
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="customers for each variant",
                    ),
                ),
                ("ends_on", models.DateField(verbose_name="verdict on")),
                (
                    "looks",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "one"), (5, "five")], default=1, verbose_name="looks"
                    ),
                ),
                (
                    "step",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="experiment",
                        to="communications.step",
                    ),
                ),
            ],
            options={
                "verbose_name": "A/B test",
                "verbose_name_plural": "A/B tests",
                "default_permissions": ("view",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("goal_days__gte", 1),
                            ("looks__in", [1, 5]),
                            ("per_variant__gte", 1),
                            models.Q(("salt", ""), _negated=True),
                            models.Q(("goal_verb", ""), _negated=True),
                        ),
                        name="experiment_fixes_size_and_looks",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Touchpoint",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("step_key", models.CharField(max_length=30)),
                ("anchor_key", models.CharField(max_length=100, verbose_name="anchor")),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("email", "e-mail"),
                            ("sms", "SMS"),
                            ("push", "push"),
                            ("phone", "phone"),
                            ("post", "post"),
                        ],
                        max_length=5,
                        verbose_name="channel",
                    ),
                ),
                (
                    "variant",
                    models.CharField(blank=True, db_default="", default="", max_length=10, verbose_name="variant"),
                ),
                ("priority", models.SmallIntegerField(db_default=0, default=0)),
                (
                    "planned_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="planned"),
                ),
                ("wanted_at", models.DateTimeField(null=True, verbose_name="wanted")),
                ("due_at", models.DateTimeField(help_text="Not before.", null=True, verbose_name="due")),
                ("expires_at", models.DateTimeField(null=True, verbose_name="not after")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("planned", "planned"),
                            ("queued", "handed over"),
                            ("sent", "reached"),
                            ("failed", "not taken"),
                            ("skipped", "left out"),
                            ("cancelled", "cancelled"),
                            ("uncertain", "uncertain"),
                        ],
                        default="planned",
                        max_length=9,
                        verbose_name="state",
                    ),
                ),
                (
                    "deferred",
                    models.CharField(
                        blank=True, db_default="", default="", max_length=20, verbose_name="put off because of"
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        blank=True, db_default="", default="", help_text="A code.", max_length=40, verbose_name="why"
                    ),
                ),
                (
                    "tries",
                    models.PositiveSmallIntegerField(
                        db_default=0, default=0, help_text="How often it was taken back."
                    ),
                ),
                ("queued_at", models.DateTimeField(null=True, verbose_name="handed over")),
                ("sent_at", models.DateTimeField(null=True, verbose_name="reached")),
                (
                    "ended_at",
                    models.DateTimeField(
                        help_text="When it came to another end than arriving.", null=True, verbose_name="ended"
                    ),
                ),
                (
                    "claim",
                    models.ForeignKey(
                        db_index=False,
                        help_text="The reward given.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="loyalty.claim",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="touchpoints",
                        to="customers.customer",
                    ),
                ),
                (
                    "enrolment",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        help_text="None for a campaign: its date is everybody's anchor.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="touchpoints",
                        to="communications.enrolment",
                    ),
                ),
                (
                    "message",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="touchpoint",
                        to="communications.message",
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="touchpoints",
                        to="communications.plan",
                    ),
                ),
                (
                    "step",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="touchpoints",
                        to="communications.step",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="touchpoints",
                        to="communications.planversion",
                    ),
                ),
            ],
            options={
                "verbose_name": "touchpoint",
                "verbose_name_plural": "touchpoints",
                "default_permissions": ("view",),
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "planned")),
                        fields=["plan", "due_at", "id"],
                        name="touchpoint_due",
                    ),
                    models.Index(
                        condition=models.Q(("state__in", ["queued", "uncertain"])),
                        fields=["id"],
                        name="touchpoint_under_way",
                    ),
                    models.Index(fields=["customer", "-due_at"], name="touchpoint_of_customer"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("plan", "step_key", "anchor_key", "customer"),
                        name="step_reaches_a_customer_once_for_each_anchor",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "planned"), _negated=True),
                            models.Q(("due_at__isnull", False), ("message", None), ("queued_at", None)),
                            _connector="OR",
                        ),
                        name="planned_touchpoint_is_due_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["queued", "sent", "failed", "uncertain"]), _negated=True),
                            ("queued_at__isnull", False),
                            _connector="OR",
                        ),
                        name="touchpoint_was_handed_over_before_it_arrived",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("sent_at__isnull", False), ("state", "sent")),
                            models.Q(models.Q(("state", "sent"), _negated=True), ("sent_at", None)),
                            _connector="OR",
                        ),
                        name="touchpoint_arrived_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("ended_at__isnull", False),
                                ("state__in", ["failed", "skipped", "cancelled", "uncertain"]),
                                models.Q(("reason", ""), _negated=True),
                            ),
                            models.Q(("ended_at", None), ("reason", ""), ("state__in", ["planned", "queued", "sent"])),
                            _connector="OR",
                        ),
                        name="touchpoint_that_did_not_arrive_says_when_and_why",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HumanTask",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("email", "e-mail"),
                            ("sms", "SMS"),
                            ("push", "push"),
                            ("call", "phone call"),
                            ("note", "hand-written note"),
                            ("card", "thank-you card"),
                            ("gift", "surprise gift"),
                            ("offer", "special offer"),
                            ("content", "content piece"),
                            ("event", "event invitation"),
                        ],
                        max_length=7,
                        verbose_name="kind",
                    ),
                ),
                ("title", models.CharField(max_length=160, verbose_name="what")),
                ("script", models.TextField(blank=True, verbose_name="script")),
                ("marketing", models.BooleanField(default=True, verbose_name="marketing")),
                (
                    "due_at",
                    models.DateTimeField(help_text="When it should be done, or tried next.", verbose_name="due"),
                ),
                ("expires_at", models.DateTimeField(blank=True, null=True, verbose_name="not after")),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "to do"), ("done", "done"), ("cancelled", "cancelled")],
                        default="open",
                        max_length=9,
                        verbose_name="state",
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("reached", "reached"),
                            ("agreed", "reached, and wants it"),
                            ("declined", "reached, and does not want it"),
                            ("not_reached", "not reached"),
                            ("wrong_number", "wrong number or address"),
                            ("sent", "written or sent"),
                            ("returned", "came back"),
                        ],
                        max_length=12,
                        verbose_name="outcome",
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        blank=True, help_text="A code: why it was cancelled.", max_length=40, verbose_name="why"
                    ),
                ),
                ("note", models.TextField(blank=True, verbose_name="note")),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="attempts")),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="made"),
                ),
                ("escalated_at", models.DateTimeField(null=True, verbose_name="escalated")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="ended")),
                (
                    "assignee",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="human_tasks",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="who does it",
                    ),
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
                    "customer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="human_tasks",
                        to="customers.customer",
                        verbose_name="customer",
                    ),
                ),
                (
                    "ended_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "touchpoint",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="task",
                        to="communications.touchpoint",
                    ),
                ),
            ],
            options={
                "verbose_name": "task",
                "verbose_name_plural": "tasks",
                "default_permissions": ("view", "add", "change"),
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "open")), fields=["due_at", "id"], name="human_task_open"
                    ),
                    models.Index(
                        condition=models.Q(("state", "open")),
                        fields=["assignee", "due_at"],
                        name="human_task_of_assignee",
                    ),
                    models.Index(fields=["customer", "-id"], name="human_task_of_customer"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("title", ""), _negated=True), name="human_task_says_what"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at", None), ("ended_by", None), ("reason", ""), ("state", "open")),
                            models.Q(
                                ("ended_at__isnull", False),
                                ("reason", ""),
                                ("state", "done"),
                                models.Q(("outcome", ""), _negated=True),
                            ),
                            models.Q(
                                ("ended_at__isnull", False),
                                ("state", "cancelled"),
                                models.Q(("reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="human_task_ends_at_a_time_with_an_outcome_or_a_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Variant",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.SlugField(max_length=10, verbose_name="key")),
                ("share", models.PositiveSmallIntegerField(verbose_name="share (percent)")),
                ("subject", models.CharField(blank=True, max_length=250, verbose_name="subject")),
                ("time", models.TimeField(blank=True, null=True, verbose_name="at (customer's time)")),
                ("show_points", models.BooleanField(default=True, verbose_name="points are shown")),
                (
                    "experiment",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="variants",
                        to="communications.experiment",
                    ),
                ),
                (
                    "reward",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="loyalty.reward",
                        verbose_name="reward",
                    ),
                ),
            ],
            options={
                "verbose_name": "variant",
                "verbose_name_plural": "variants",
                "default_permissions": ("view",),
                "constraints": [
                    models.UniqueConstraint(fields=("experiment", "key"), name="variant_stands_once_in_an_experiment"),
                    models.CheckConstraint(
                        condition=models.Q(("share__gte", 1), ("share__lte", 100)), name="variant_has_a_share"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PlanEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "what",
                    models.CharField(
                        help_text="A code, such as published or moved.", max_length=30, verbose_name="what"
                    ),
                ),
                ("about", models.JSONField(blank=True, db_default={}, default=dict)),
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
                    "plan",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="communications.plan",
                    ),
                ),
            ],
            options={
                "verbose_name": "event of a plan",
                "verbose_name_plural": "events of plans",
                "default_permissions": ("view",),
                "indexes": [models.Index(fields=["plan", "-at", "-id"], name="plan_event_latest_first")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("what", ""), _negated=True), name="event_of_a_plan_says_what"
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="plan",
            name="current",
            field=models.ForeignKey(
                db_index=False,
                editable=False,
                help_text="The published version that holds; none before it went live.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="communications.planversion",
            ),
        ),
        migrations.AddConstraint(
            model_name="plan",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("current__isnull", False), ("live_since__isnull", False), ("status__in", ["live", "paused"])
                    ),
                    models.Q(
                        ("current", None),
                        ("live_since", None),
                        ("status__in", ["idea", "draft", "review", "approved"]),
                    ),
                    ("status", "ended"),
                    _connector="OR",
                ),
                name="plan_that_went_live_has_a_version_and_a_time",
            ),
        ),
    ]
