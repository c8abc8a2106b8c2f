import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

KEPT = """
CREATE FUNCTION insights_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % refused: %', TG_OP, TG_TABLE_NAME, TG_ARGV[0] USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON insights_look
    FOR EACH STATEMENT EXECUTE FUNCTION insights_refuse('what was seen of an experiment stays as it was seen');
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON insights_decision
    FOR EACH STATEMENT EXECUTE FUNCTION insights_refuse('what was decided stays in the log');
"""


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0016_segments_kept_and_versions"),
        ("insights", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Backtest",
            fields=[
                ("as_of", models.DateField(primary_key=True, serialize=False, verbose_name="as of")),
                ("refused", models.CharField(blank=True, max_length=40)),
                ("people", models.PositiveIntegerField(default=0, verbose_name="customers")),
                ("gone", models.PositiveIntegerField(default=0, verbose_name="did not buy")),
                ("auc", models.FloatField(null=True, verbose_name="AUC")),
                ("auc_days", models.FloatField(help_text="Of ranking by days since the last order alone.", null=True)),
                (
                    "bands",
                    models.JSONField(
                        default=dict, help_text="Of each band: customers, and how many of them did not buy."
                    ),
                ),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "verbose_name": "back-test",
                "verbose_name_plural": "back-tests",
                "default_permissions": ("view",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("gone__lte", models.F("people"))), name="backtest_counts_people"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Experiment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "key",
                    models.SlugField(
                        help_text="What the shop asks for.", max_length=60, unique=True, verbose_name="key"
                    ),
                ),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                ("hypothesis", models.TextField(verbose_name="what we expect, and why")),
                (
                    "measure",
                    models.CharField(
                        choices=[("bought", "share who buy"), ("spent", "goods less returns per customer")],
                        default="bought",
                        max_length=6,
                        verbose_name="measured by",
                    ),
                ),
                (
                    "days",
                    models.PositiveSmallIntegerField(
                        default=30,
                        help_text="So long after the first assignment purchases count.",
                        verbose_name="days after they came in",
                    ),
                ),
                ("base", models.FloatField(help_text="Between 0 and 1.", verbose_name="share now")),
                ("better", models.FloatField(verbose_name="share hoped for")),
                ("power", models.FloatField(default=0.8, verbose_name="power")),
                (
                    "planned",
                    models.PositiveIntegerField(
                        editable=False, help_text="From the three before.", verbose_name="customers per arm"
                    ),
                ),
                (
                    "looks",
                    models.BooleanField(
                        default=False,
                        help_text="O'Brien and Fleming; otherwise nothing before the end.",
                        verbose_name="five looks on the way",
                    ),
                ),
                ("begins_at", models.DateTimeField(editable=False, null=True, verbose_name="began")),
                ("ends_on", models.DateField(verbose_name="planned end")),
                ("ended_at", models.DateTimeField(editable=False, null=True, verbose_name="ended")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "being planned"),
                            ("running", "running"),
                            ("ended", "ended"),
                            ("decided", "decided"),
                        ],
                        default="draft",
                        editable=False,
                        max_length=7,
                        verbose_name="state",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "experiment",
                "verbose_name_plural": "experiments",
                "permissions": [
                    ("run_experiment", "Can begin, end and decide experiments"),
                    ("ask_assignment", "Can ask into which arm a customer falls"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("begins_at", None), ("ended_at", None), ("state", "draft")),
                            models.Q(("begins_at__isnull", False), ("ended_at", None), ("state", "running")),
                            models.Q(
                                ("begins_at__isnull", False),
                                ("ended_at__isnull", False),
                                ("state__in", ["ended", "decided"]),
                            ),
                            _connector="OR",
                        ),
                        name="experiment_has_times_of_its_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("base__gt", 0),
                            ("base__lt", 1),
                            ("better__gt", 0),
                            ("better__lt", 1),
                            ("days__gt", 0),
                            ("planned__gt", 0),
                            models.Q(("base", models.F("better")), _negated=True),
                        ),
                        name="experiment_is_planned",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("hypothesis", ""), _negated=True), models.Q(("name", ""), _negated=True)
                        ),
                        name="experiment_says_what_is_expected",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Decision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("words", models.TextField(verbose_name="decision")),
                ("verdict", models.CharField(blank=True, max_length=30, verbose_name="verdict then")),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
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
                    "experiment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="decisions", to="insights.experiment"
                    ),
                ),
            ],
            options={
                "verbose_name": "decision",
                "verbose_name_plural": "decisions",
                "default_permissions": (),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("words", ""), _negated=True), name="decision_says_something"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FigureView",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60, verbose_name="name")),
                ("page", models.CharField(help_text="The name of the page.", max_length=60)),
                (
                    "argument",
                    models.CharField(blank=True, help_text="Which figure, where the page shows one.", max_length=60),
                ),
                (
                    "query",
                    models.CharField(blank=True, help_text="The filters as the address has them.", max_length=500),
                ),
                (
                    "mailed",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "not sent"),
                            ("daily", "every morning"),
                            ("weekly", "every Monday"),
                            ("monthly", "on the first of the month"),
                        ],
                        default="",
                        max_length=7,
                        verbose_name="sent",
                    ),
                ),
                ("next_at", models.DateTimeField(editable=False, null=True, verbose_name="next")),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="figure_views",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "saved view of figures",
                "verbose_name_plural": "saved views of figures",
                "default_permissions": (),
                "indexes": [
                    models.Index(
                        condition=models.Q(("next_at__isnull", False)), fields=["next_at"], name="figure_view_to_send"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("owner", "name"), name="person_has_one_view_of_figures_of_a_name"),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="view_of_figures_has_a_name"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("mailed", ""), ("next_at", None)),
                            models.Q(models.Q(("mailed", ""), _negated=True), ("next_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="view_that_is_sent_has_a_next_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Fit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("as_of", models.DateField(verbose_name="as of")),
                ("refused", models.CharField(blank=True, max_length=40, verbose_name="not fitted because")),
                ("buyers", models.PositiveIntegerField(verbose_name="buyers")),
                ("days", models.PositiveIntegerField(default=0, verbose_name="days of history")),
                ("r", models.FloatField(null=True)),
                ("alpha", models.FloatField(null=True)),
                ("a", models.FloatField(null=True)),
                ("b", models.FloatField(null=True)),
                ("log_likelihood", models.FloatField(null=True)),
                ("p", models.FloatField(null=True)),
                ("q", models.FloatField(null=True)),
                ("gamma", models.FloatField(null=True)),
                (
                    "correlation",
                    models.FloatField(help_text="Between how often and how much: should be about 0.", null=True),
                ),
                ("seconds", models.FloatField(default=0)),
                (
                    "at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="fitted"),
                ),
            ],
            options={
                "verbose_name": "model of buying",
                "verbose_name_plural": "models of buying",
                "default_permissions": ("view",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("refused", ""), _negated=True),
                            models.Q(
                                ("a__isnull", False),
                                ("alpha__isnull", False),
                                ("b__isnull", False),
                                ("log_likelihood__isnull", False),
                                ("r__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="fit_has_parameters_or_a_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("gamma", None), ("p", None), ("q", None)),
                            models.Q(("gamma__isnull", False), ("p__isnull", False), ("q__isnull", False)),
                            _connector="OR",
                        ),
                        name="fit_of_spending_is_whole",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Look",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField(verbose_name="look")),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("verdict", models.CharField(max_length=30, verbose_name="verdict")),
                (
                    "counts",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), help_text="Customers of each arm, in order.", size=None
                    ),
                ),
                (
                    "hits",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(),
                        help_text="Buyers of each arm, or what they spent.",
                        size=None,
                    ),
                ),
                ("z", models.FloatField(null=True)),
                ("p", models.FloatField(null=True)),
                (
                    "experiment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="looked", to="insights.experiment"
                    ),
                ),
            ],
            options={
                "verbose_name": "look",
                "verbose_name_plural": "looks",
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("experiment", "number"), name="experiment_is_looked_at_once_per_look"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("number__gte", 1), ("number__lte", 5)), name="there_are_five_looks"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Outreach",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "how",
                    models.CharField(
                        choices=[("sequence", "put into a sequence"), ("call", "put on a call list")],
                        max_length=8,
                        verbose_name="what",
                    ),
                ),
                ("label", models.CharField(blank=True, max_length=120, verbose_name="which")),
                (
                    "band",
                    models.CharField(
                        blank=True,
                        choices=[("low", "low"), ("medium", "medium"), ("high", "high")],
                        max_length=6,
                        verbose_name="risk then",
                    ),
                ),
                ("chance", models.FloatField(null=True)),
                (
                    "at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="when"),
                ),
                ("done_at", models.DateTimeField(null=True, verbose_name="called")),
                ("result", models.CharField(blank=True, max_length=200, verbose_name="result")),
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
                    "customer",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.customer",
                    ),
                ),
            ],
            options={
                "verbose_name": "outreach",
                "verbose_name_plural": "outreach",
                "default_permissions": ("view",),
                "indexes": [models.Index(fields=["-at"], name="outreach_latest_first")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("done_at", None), ("how", "call")),
                        fields=("customer",),
                        name="customer_waits_for_one_call",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Risk",
            fields=[
                (
                    "customer",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="customers.customer",
                    ),
                ),
                ("repeats", models.PositiveIntegerField(verbose_name="days of purchases after the first")),
                ("last_day", models.DateField(verbose_name="last order")),
                ("known_days", models.PositiveIntegerField(verbose_name="days since the first order")),
                ("chance", models.FloatField(verbose_name="chance of no order in 90 days")),
                (
                    "band",
                    models.CharField(
                        choices=[("low", "low"), ("medium", "medium"), ("high", "high")],
                        max_length=6,
                        verbose_name="risk",
                    ),
                ),
                ("expected", models.FloatField(verbose_name="orders expected in a year")),
                (
                    "value",
                    models.BigIntegerField(
                        help_text="Minor units, currency of the business.", verbose_name="value expected in a year"
                    ),
                ),
                (
                    "at_stake",
                    models.BigIntegerField(
                        help_text="The chance times the value: what the list goes by.", verbose_name="at stake"
                    ),
                ),
                (
                    "gap_low",
                    models.PositiveIntegerField(help_text="A quarter of their gaps are shorter, in days.", null=True),
                ),
                ("gap_high", models.PositiveIntegerField(help_text="A quarter of their gaps are longer.", null=True)),
                ("no_purchase", models.BooleanField(default=False, verbose_name="has not bought for long")),
                ("no_visit", models.BooleanField(default=False, verbose_name="has not visited for long")),
                ("complaint", models.BooleanField(default=False, verbose_name="has an open complaint")),
                (
                    "told_band",
                    models.CharField(blank=True, help_text="The band that the timeline knows of.", max_length=6),
                ),
                ("scored_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "verbose_name": "risk",
                "verbose_name_plural": "risks",
                "permissions": [("act_on_risk", "Can reach out to customers at risk")],
                "default_permissions": ("view",),
                "indexes": [
                    models.Index(
                        condition=models.Q(("repeats__gt", 0)),
                        fields=["-at_stake", "customer"],
                        name="risk_most_at_stake",
                    ),
                    models.Index(
                        condition=models.Q(("repeats", 0)),
                        fields=["last_day", "customer"],
                        name="risk_did_not_come_back",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("chance__gte", 0), ("chance__lte", 1)), name="risk_is_a_chance"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("gap_high", None), ("gap_low", None)),
                            models.Q(("gap_high__gte", models.F("gap_low")), ("gap_low__isnull", False)),
                            _connector="OR",
                        ),
                        name="risk_knows_both_gaps_or_none",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Variant",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField()),
                ("code", models.SlugField(max_length=40, verbose_name="code")),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                ("percent", models.PositiveSmallIntegerField(verbose_name="percent")),
                (
                    "experiment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="variants", to="insights.experiment"
                    ),
                ),
            ],
            options={
                "verbose_name": "arm",
                "verbose_name_plural": "arms",
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(fields=("experiment", "position"), name="arm_has_a_place_of_its_own"),
                    models.UniqueConstraint(fields=("experiment", "code"), name="arm_has_a_code_of_its_own"),
                    models.CheckConstraint(
                        condition=models.Q(("percent__gt", 0), ("percent__lt", 100)), name="arm_gets_somebody"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Assignment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="since"),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.customer",
                    ),
                ),
                (
                    "experiment",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assignments",
                        to="insights.experiment",
                    ),
                ),
                (
                    "variant",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assignments",
                        to="insights.variant",
                    ),
                ),
            ],
            options={
                "verbose_name": "assignment",
                "verbose_name_plural": "assignments",
                "default_permissions": ("view",),
                "constraints": [
                    models.UniqueConstraint(fields=("experiment", "customer"), name="customer_is_in_one_arm")
                ],
            },
        ),
        migrations.CreateModel(
            name="Annotation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(verbose_name="day")),
                ("text", models.CharField(max_length=120, verbose_name="what happened")),
                (
                    "at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name="written"
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "remark on a day",
                "verbose_name_plural": "remarks on days",
                "indexes": [models.Index(fields=["-day"], name="annotation_latest_first")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("text", ""), _negated=True), name="annotation_says_something"
                    ),
                    models.UniqueConstraint(fields=("day", "text"), name="annotation_stands_once_per_day"),
                ],
            },
        ),
        migrations.RunSQL(KEPT, "DROP FUNCTION insights_refuse() CASCADE"),
    ]
