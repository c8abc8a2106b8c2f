import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("advisory", "0004_votes_and_minutes_stay"),
        ("customers", "0015_searches_for_duplicates"),
        ("feedback", "0017_search_is_restored_from_backups"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Election",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                ("seats", models.PositiveSmallIntegerField(verbose_name="seats to fill")),
                (
                    "state",
                    models.CharField(
                        choices=[("nominating", "looking for nominees"), ("open", "open"), ("closed", "closed")],
                        default="nominating",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("starts_on", models.DateField(verbose_name="terms begin")),
                ("closes_at", models.DateTimeField(verbose_name="votes until")),
                ("opened_at", models.DateTimeField(null=True, verbose_name="opened")),
                ("closed_at", models.DateTimeField(null=True, verbose_name="closed")),
                (
                    "result",
                    models.JSONField(
                        default=list, help_text="Nominee, votes, elected; most votes first.", verbose_name="result"
                    ),
                ),
                ("made_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "board",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="elections", to="advisory.board"
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
                    "segment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.segment",
                        verbose_name="who votes",
                    ),
                ),
            ],
            options={
                "verbose_name": "election",
                "verbose_name_plural": "elections",
                "default_permissions": ("view",),
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("seats__gte", 1)), name="election_fills_a_seat"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("closed_at__isnull", True), ("opened_at__isnull", True), ("state", "nominating")
                            ),
                            models.Q(("closed_at__isnull", True), ("opened_at__isnull", False), ("state", "open")),
                            models.Q(("closed_at__isnull", False), ("opened_at__isnull", False), ("state", "closed")),
                            _connector="OR",
                        ),
                        name="election_opens_and_closes_at_a_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Exclusion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("employee", "works for us"),
                            ("competitor", "works for a competitor"),
                            ("other", "something else"),
                        ],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="reason")),
                (
                    "made_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="made"),
                ),
                ("lifted_at", models.DateTimeField(null=True, verbose_name="lifted")),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="board_exclusions",
                        to="customers.customer",
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
                "verbose_name": "customer who cannot be a member",
                "verbose_name_plural": "customers who cannot be members",
                "default_permissions": ("view", "add"),
            },
        ),
        migrations.CreateModel(
            name="Nominee",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[("asked", "asked"), ("standing", "stands for election"), ("declined", "declined")],
                        default="asked",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("statement", models.CharField(blank=True, max_length=500, verbose_name="what they say")),
                (
                    "asked_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="asked"),
                ),
                ("answered_at", models.DateTimeField(null=True, verbose_name="answered")),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="customers.customer"
                    ),
                ),
                (
                    "election",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="nominees",
                        to="advisory.election",
                    ),
                ),
            ],
            options={
                "verbose_name": "nominee",
                "verbose_name_plural": "nominees",
                "default_permissions": ("view",),
                "constraints": [
                    models.UniqueConstraint(fields=("election", "customer"), name="nominee_is_asked_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answered_at__isnull", True), ("state", "asked")),
                            models.Q(models.Q(("state", "asked"), _negated=True), ("answered_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="nominee_answers_at_a_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ElectionBallot",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                (
                    "election",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="ballots", to="advisory.election"
                    ),
                ),
                (
                    "nominee",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="advisory.nominee",
                    ),
                ),
            ],
            options={
                "verbose_name": "ballot of an election",
                "verbose_name_plural": "ballots of elections",
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Pool",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(verbose_name="number")),
                (
                    "rules",
                    models.JSONField(
                        default=dict, help_text="The segment, as it was, and gates.", verbose_name="who may be drawn"
                    ),
                ),
                (
                    "features",
                    models.JSONField(help_text="What the quotas may be about, in order.", verbose_name="features"),
                ),
                (
                    "base",
                    models.JSONField(
                        help_text="How many of all customers: feature, value, number.", verbose_name="customer base"
                    ),
                ),
                (
                    "refused",
                    models.JSONField(
                        help_text="How many for each reason, each counted once.", verbose_name="not in the pool"
                    ),
                ),
                ("size", models.PositiveIntegerField(verbose_name="candidates")),
                (
                    "frozen_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="frozen"),
                ),
                (
                    "board",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="pools",
                        to="advisory.board",
                    ),
                ),
                (
                    "frozen_by",
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
                "verbose_name": "pool",
                "verbose_name_plural": "pools",
                "default_permissions": ("view",),
                "constraints": [
                    models.UniqueConstraint(fields=("board", "number"), name="pool_of_a_board_stands_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Candidate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=60, verbose_name="code")),
                ("traits", models.JSONField(verbose_name="stands for")),
                ("in_place", models.BooleanField(default=False, verbose_name="on the board already")),
                (
                    "customer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.customer",
                    ),
                ),
                (
                    "pool",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="candidates",
                        to="advisory.pool",
                    ),
                ),
            ],
            options={
                "verbose_name": "candidate",
                "verbose_name_plural": "candidates",
                "default_permissions": ("view",),
                "constraints": [models.UniqueConstraint(fields=("pool", "code"), name="candidate_is_in_a_pool_once")],
            },
        ),
        migrations.CreateModel(
            name="Draw",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(verbose_name="number")),
                ("seed", models.CharField(max_length=100, verbose_name="seed")),
                ("attempt", models.PositiveSmallIntegerField(default=1, verbose_name="attempt")),
                ("seats", models.PositiveSmallIntegerField(verbose_name="seats of the whole board")),
                (
                    "quotas",
                    models.JSONField(
                        help_text="feature, value: at least, at most; of the whole board.", verbose_name="quotas"
                    ),
                ),
                ("fixed", models.JSONField(help_text="Codes of those who were in place.")),
                ("gone", models.JSONField(default=list, help_text="Codes of those who are not drawn again.")),
                ("members", models.JSONField(help_text="Codes of the whole board, those in place first.")),
                ("passed", models.JSONField(help_text="Codes and reasons of those who were passed over.")),
                ("starts_on", models.DateField(verbose_name="terms begin")),
                (
                    "drawn_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="drawn"),
                ),
                (
                    "after",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="continued_by",
                        to="advisory.draw",
                    ),
                ),
                (
                    "drawn_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "pool",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="draws",
                        to="advisory.pool",
                    ),
                ),
            ],
            options={
                "verbose_name": "draw",
                "verbose_name_plural": "draws",
                "default_permissions": ("view",),
                "constraints": [
                    models.UniqueConstraint(fields=("pool", "number"), name="draw_of_a_pool_stands_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("after__isnull", True)),
                        fields=("pool", "seed"),
                        name="seed_is_drawn_once_from_a_pool",
                    ),
                    models.CheckConstraint(condition=models.Q(("seed", ""), _negated=True), name="draw_has_a_seed"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProductUpdate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("note", models.TextField(blank=True, help_text="What customers read.", verbose_name="release note")),
                ("planned_on", models.DateField(blank=True, null=True, verbose_name="planned for")),
                ("shipped_on", models.DateField(blank=True, null=True, verbose_name="shipped")),
                (
                    "made_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name="made"
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
            ],
            options={
                "verbose_name": "product update",
                "verbose_name_plural": "product updates",
                "default_permissions": ("view", "add", "change"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("title", ""), _negated=True), name="product_update_has_a_title"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Recommendation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(verbose_name="number")),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("text", models.TextField(blank=True, verbose_name="what is recommended")),
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
                    "neutral",
                    models.CharField(
                        blank=True,
                        help_text="What reports say of a confidential one. Empty: it does not appear there.",
                        max_length=200,
                        verbose_name="neutral wording",
                    ),
                ),
                (
                    "proposed_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="proposed"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "proposed"),
                            ("under_review", "under review"),
                            ("accepted", "accepted"),
                            ("planned", "planned"),
                            ("in_progress", "in progress"),
                            ("shipped", "shipped"),
                            ("declined", "declined"),
                            ("merged", "merged into another"),
                        ],
                        default="proposed",
                        max_length=12,
                        verbose_name="state",
                    ),
                ),
                (
                    "state_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="since"),
                ),
                (
                    "published",
                    models.CharField(
                        choices=[
                            ("proposed", "proposed"),
                            ("under_review", "under review"),
                            ("accepted", "accepted"),
                            ("planned", "planned"),
                            ("in_progress", "in progress"),
                            ("shipped", "shipped"),
                            ("declined", "declined"),
                            ("merged", "merged into another"),
                        ],
                        default="proposed",
                        max_length=12,
                        verbose_name="members see",
                    ),
                ),
                ("published_at", models.DateTimeField(null=True, verbose_name="published")),
                ("reason", models.TextField(blank=True, verbose_name="reason of the decision")),
                ("decided_at", models.DateTimeField(null=True, verbose_name="decided")),
                ("answer_by", models.DateField(null=True, verbose_name="answer due")),
                ("progress", models.PositiveSmallIntegerField(default=0, verbose_name="done, percent")),
                ("review_on", models.DateField(blank=True, null=True, verbose_name="looked at again on")),
                ("advice_yes", models.PositiveIntegerField(null=True, verbose_name="yes")),
                ("advice_no", models.PositiveIntegerField(null=True, verbose_name="no")),
                ("advice_abstain", models.PositiveIntegerField(null=True, verbose_name="abstentions")),
                ("advised_at", models.DateTimeField(null=True, verbose_name="the board voted")),
                (
                    "version",
                    models.PositiveIntegerField(
                        default=1, help_text="Grows with each change: two who drag it are told."
                    ),
                ),
                (
                    "board",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="recommendations",
                        to="advisory.board",
                    ),
                ),
                (
                    "merged_into",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="merged",
                        to="advisory.recommendation",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="recommendations",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="owner",
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="recommended",
                        to="advisory.term",
                        verbose_name="proposed by",
                    ),
                ),
                (
                    "taken_down_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "updates",
                    models.ManyToManyField(blank=True, related_name="recommendations", to="advisory.productupdate"),
                ),
            ],
            options={
                "verbose_name": "recommendation",
                "verbose_name_plural": "recommendations",
                "permissions": [
                    ("decide_recommendation", "Can decide about recommendations and publish decisions"),
                    ("report_back", "Can send what came of recommendations to customers"),
                ],
                "default_permissions": ("view", "add", "change"),
                "indexes": [
                    models.Index(fields=["board", "state", "-state_at"], name="recommendation_by_state"),
                    models.Index(fields=["decided_at"], name="recommendation_by_decision"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("board", "number"), name="recommendation_of_a_board_stands_once"),
                    models.CheckConstraint(
                        condition=models.Q(("title", ""), _negated=True), name="recommendation_has_a_title"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "declined"), _negated=True),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="declined_recommendation_has_a_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("state__in", ["accepted", "planned", "in_progress", "shipped", "declined"]),
                                _negated=True,
                            ),
                            ("decided_at__isnull", False),
                            _connector="OR",
                        ),
                        name="decided_recommendation_has_a_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("merged_into__isnull", False), ("state", "merged")),
                            models.Q(models.Q(("state", "merged"), _negated=True), ("merged_into__isnull", True)),
                            _connector="OR",
                        ),
                        name="merged_recommendation_says_into_which",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("merged_into", models.F("id")), _negated=True),
                        name="recommendation_is_not_merged_into_itself",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("progress__lte", 100)), name="progress_is_a_percentage"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("advice_abstain__isnull", True),
                                ("advice_no__isnull", True),
                                ("advice_yes__isnull", True),
                                ("advised_at__isnull", True),
                            ),
                            models.Q(
                                ("advice_abstain__isnull", False),
                                ("advice_no__isnull", False),
                                ("advice_yes__isnull", False),
                                ("advised_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="advice_has_all_its_votes",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Evidence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("words", models.CharField(blank=True, max_length=300, verbose_name="in words")),
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
                    "answer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="feedback.answer",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="feedback.case",
                    ),
                ),
                (
                    "theme",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="feedback.theme",
                    ),
                ),
                (
                    "recommendation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="evidence",
                        to="advisory.recommendation",
                    ),
                ),
            ],
            options={
                "verbose_name": "evidence of a recommendation",
                "verbose_name_plural": "evidence of recommendations",
                "default_permissions": ("view", "add", "delete"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answer__isnull", True), ("case__isnull", True), ("theme__isnull", False)),
                            models.Q(("answer__isnull", True), ("case__isnull", False), ("theme__isnull", True)),
                            models.Q(("answer__isnull", False), ("case__isnull", True), ("theme__isnull", True)),
                            models.Q(
                                ("answer__isnull", True),
                                ("case__isnull", True),
                                ("theme__isnull", True),
                                models.Q(("words", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="evidence_is_one_thing",
                    ),
                    models.UniqueConstraint(fields=("recommendation", "theme"), name="theme_is_evidence_once"),
                    models.UniqueConstraint(fields=("recommendation", "case"), name="case_is_evidence_once"),
                    models.UniqueConstraint(fields=("recommendation", "answer"), name="answer_is_evidence_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="RecommendationStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("what", models.CharField(help_text="moved, published, merged, advised, reviewed …", max_length=20)),
                ("before", models.CharField(blank=True, max_length=12)),
                ("after", models.CharField(blank=True, max_length=12)),
                ("reason", models.TextField(blank=True)),
                ("about", models.JSONField(default=dict)),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
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
                    "recommendation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="advisory.recommendation"
                    ),
                ),
            ],
            options={
                "verbose_name": "step of a recommendation",
                "verbose_name_plural": "steps of recommendations",
                "default_permissions": ("view",),
            },
        ),
        migrations.CreateModel(
            name="Report",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("since", models.DateField(verbose_name="from")),
                ("until", models.DateField(help_text="The last day.", verbose_name="until")),
                ("words", models.TextField(blank=True, verbose_name="foreword")),
                (
                    "made_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="made"),
                ),
                ("sent_at", models.DateTimeField(null=True, verbose_name="sent")),
                ("sent_to", models.PositiveIntegerField(null=True, verbose_name="people it was sent to")),
                (
                    "board",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="reports", to="advisory.board"
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
                "verbose_name": "report to customers",
                "verbose_name_plural": "reports to customers",
                "default_permissions": ("view", "add"),
                "constraints": [
                    models.UniqueConstraint(fields=("board", "since", "until"), name="board_reports_a_period_once"),
                    models.CheckConstraint(
                        condition=models.Q(("since__lte", models.F("until"))), name="report_begins_before_it_ends"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("sent_at__isnull", True), ("sent_to__isnull", True)),
                            models.Q(("sent_at__isnull", False), ("sent_to__isnull", False)),
                            _connector="OR",
                        ),
                        name="report_is_sent_to_a_number_of_people",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Support",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "recommendation",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="supports",
                        to="advisory.recommendation",
                    ),
                ),
                (
                    "term",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="supports", to="advisory.term"
                    ),
                ),
            ],
            options={
                "verbose_name": "support of a recommendation",
                "verbose_name_plural": "supports of recommendations",
                "default_permissions": ("view",),
                "constraints": [
                    models.UniqueConstraint(fields=("recommendation", "term"), name="member_supports_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Voter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("voted_on", models.DateField(null=True, verbose_name="voted")),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="customers.customer"
                    ),
                ),
                (
                    "election",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="voters",
                        to="advisory.election",
                    ),
                ),
            ],
            options={
                "verbose_name": "voter",
                "verbose_name_plural": "voters",
                "default_permissions": ("view",),
                "constraints": [
                    models.UniqueConstraint(fields=("election", "customer"), name="voter_is_on_the_list_once")
                ],
            },
        ),
        migrations.RemoveConstraint(
            model_name="term",
            name="renewed_term_says_which",
        ),
        migrations.AddField(
            model_name="term",
            name="refused_nda",
            field=models.BooleanField(
                default=False, help_text="Declined because of the NDA.", verbose_name="does not sign"
            ),
        ),
        migrations.AddField(
            model_name="term",
            name="replaces",
            field=models.OneToOneField(
                help_text="Who declined, and the draw went on.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="replaced_by",
                to="advisory.term",
            ),
        ),
        migrations.AlterField(
            model_name="term",
            name="route",
            field=models.CharField(
                choices=[("appointment", "appointed"), ("draw", "drawn"), ("election", "elected")],
                max_length=11,
                verbose_name="route",
            ),
        ),
        migrations.AddField(
            model_name="term",
            name="draw",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="terms", to="advisory.draw"
            ),
        ),
        migrations.AddField(
            model_name="term",
            name="election",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="terms", to="advisory.election"
            ),
        ),
        migrations.AddConstraint(
            model_name="term",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("route", "draw"), ("draw__isnull", True), _connector="OR"),
                    models.Q(("route", "election"), ("election__isnull", True), _connector="OR"),
                ),
                name="drawn_member_says_by_which_draw",
            ),
        ),
    ]
