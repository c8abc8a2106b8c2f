import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0012_segments"),
        ("loyalty", "0004_totals_by_the_day_of_effect"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="programme",
            name="tiered",
            field=models.BooleanField(
                db_default=False,
                default=False,
                editable=False,
                help_text="Set with its first tier table.",
                verbose_name="has tiers",
            ),
        ),
        migrations.CreateModel(
            name="Cause",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=40, unique=True, verbose_name="code")),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                ("text", models.TextField(blank=True, verbose_name="description")),
                (
                    "value_money",
                    models.PositiveIntegerField(
                        default=1,
                        help_text="So much money for so many points, as an exact fraction.",
                        verbose_name="pays (minor units)",
                    ),
                ),
                ("value_points", models.PositiveIntegerField(default=1, verbose_name="for points")),
                (
                    "match_adds",
                    models.PositiveSmallIntegerField(
                        default=1,
                        help_text="1 for 1 doubles every gift; 0 adds nothing.",
                        verbose_name="the business adds",
                    ),
                ),
                ("match_for", models.PositiveSmallIntegerField(default=1, verbose_name="for each")),
                ("currency", models.CharField(max_length=3, verbose_name="currency")),
                ("smallest", models.PositiveIntegerField(default=1, verbose_name="smallest gift (points)")),
                ("starts_at", models.DateTimeField(blank=True, null=True, verbose_name="from")),
                ("ends_at", models.DateTimeField(blank=True, null=True, verbose_name="until")),
                (
                    "programme",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="causes",
                        to="loyalty.programme",
                    ),
                ),
            ],
            options={
                "verbose_name": "cause",
                "verbose_name_plural": "causes",
            },
        ),
        migrations.CreateModel(
            name="Gift",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("points", models.PositiveBigIntegerField(verbose_name="points")),
                ("value_money", models.PositiveIntegerField()),
                ("value_points", models.PositiveIntegerField()),
                ("match_adds", models.PositiveSmallIntegerField()),
                ("match_for", models.PositiveSmallIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("at", models.DateTimeField(verbose_name="given")),
                (
                    "cause",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="gifts",
                        to="loyalty.cause",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="gifts", to="customers.customer"
                    ),
                ),
                (
                    "transaction",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="gift", to="loyalty.transaction"
                    ),
                ),
            ],
            options={
                "verbose_name": "gift",
                "verbose_name_plural": "gifts",
                "permissions": [("give_points", "Can give a customer's points to a cause")],
            },
        ),
        migrations.CreateModel(
            name="Plan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=40, unique=True, verbose_name="code")),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                ("price", models.PositiveBigIntegerField(verbose_name="price (minor units)")),
                ("currency", models.CharField(max_length=3, verbose_name="currency")),
                ("months", models.PositiveSmallIntegerField(default=12, verbose_name="lasts (months)")),
                (
                    "grace_days",
                    models.PositiveSmallIntegerField(
                        default=0,
                        help_text="So long does it still hold after its end, to be renewed.",
                        verbose_name="grace (days)",
                    ),
                ),
                (
                    "reminder_days",
                    models.CharField(
                        blank=True,
                        default="30, 7",
                        help_text="Numbers with commas. A reminder is told on the timeline; what follows from it is set up elsewhere.",
                        max_length=60,
                        verbose_name="remind (days before the end)",
                    ),
                ),
                (
                    "refunds",
                    models.BooleanField(
                        default=True,
                        help_text="When it is cancelled: in proportion to the days left.",
                        verbose_name="pays back what is left",
                    ),
                ),
                (
                    "tier",
                    models.CharField(
                        blank=True,
                        help_text="Members do not stand below it. Code; empty: none.",
                        max_length=40,
                        verbose_name="tier",
                    ),
                ),
                ("on_sale", models.BooleanField(default=True, verbose_name="on sale")),
                (
                    "programme",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="plans",
                        to="loyalty.programme",
                    ),
                ),
            ],
            options={
                "verbose_name": "membership plan",
                "verbose_name_plural": "membership plans",
            },
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("starts_at", models.DateTimeField(verbose_name="from")),
                (
                    "ends_at",
                    models.DateTimeField(
                        help_text="Of a cancelled one: when it was over. May be its beginning.", verbose_name="until"
                    ),
                ),
                ("paid_until", models.DateTimeField(help_text="The end that was paid for.")),
                ("price", models.PositiveBigIntegerField(verbose_name="price (minor units)")),
                ("currency", models.CharField(max_length=3, verbose_name="currency")),
                (
                    "status",
                    models.CharField(
                        choices=[("paid", "paid"), ("cancelled", "cancelled")],
                        default="paid",
                        max_length=9,
                        verbose_name="state",
                    ),
                ),
                ("cancelled_at", models.DateTimeField(null=True, verbose_name="cancelled")),
                ("refund", models.PositiveBigIntegerField(default=0, verbose_name="refund (minor units)")),
                ("key", models.CharField(max_length=160, null=True, unique=True)),
                (
                    "sold_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="sold"),
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
                        related_name="memberships",
                        to="customers.customer",
                    ),
                ),
                (
                    "renewal_of",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="renewal",
                        to="loyalty.membership",
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="memberships", to="loyalty.plan"
                    ),
                ),
            ],
            options={
                "verbose_name": "membership",
                "verbose_name_plural": "memberships",
                "permissions": [
                    ("sell_membership", "Can start and renew memberships"),
                    ("cancel_membership", "Can cancel memberships"),
                ],
            },
        ),
        migrations.CreateModel(
            name="EarlyAccess",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "code",
                    models.SlugField(
                        help_text="Your product, collection or sale.", max_length=60, unique=True, verbose_name="code"
                    ),
                ),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                ("opens_at", models.DateTimeField(verbose_name="opens for them")),
                (
                    "public_at",
                    models.DateTimeField(
                        blank=True, help_text="Empty: never.", null=True, verbose_name="opens for all"
                    ),
                ),
                (
                    "closes_at",
                    models.DateTimeField(blank=True, help_text="Empty: never.", null=True, verbose_name="closes"),
                ),
                (
                    "tier",
                    models.CharField(
                        blank=True,
                        help_text="Code; empty: no tier opens it.",
                        max_length=40,
                        verbose_name="for this tier and higher",
                    ),
                ),
                (
                    "plans",
                    models.ManyToManyField(
                        blank=True, related_name="early_access", to="loyalty.plan", verbose_name="for members of"
                    ),
                ),
            ],
            options={
                "verbose_name": "early access",
                "verbose_name_plural": "early accesses",
            },
        ),
        migrations.CreateModel(
            name="Benefit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=40, unique=True, verbose_name="code")),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                ("text", models.TextField(blank=True, verbose_name="description")),
                (
                    "tier",
                    models.CharField(blank=True, help_text="Code.", max_length=40, verbose_name="from this tier"),
                ),
                ("active", models.BooleanField(default=True, verbose_name="active")),
                (
                    "programme",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="benefits",
                        to="loyalty.programme",
                    ),
                ),
                (
                    "segment",
                    models.ForeignKey(
                        blank=True,
                        help_text="People with something in common: a trait, a taste, what they buy.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="benefits",
                        to="customers.segment",
                        verbose_name="for this segment",
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="benefits",
                        to="loyalty.plan",
                        verbose_name="for members of",
                    ),
                ),
            ],
            options={
                "verbose_name": "benefit",
                "verbose_name_plural": "benefits",
            },
        ),
        migrations.CreateModel(
            name="Standing",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("tier", models.CharField(max_length=40, verbose_name="tier")),
                ("since", models.DateTimeField(verbose_name="since")),
                (
                    "earned",
                    models.CharField(help_text="The tier that was qualified for, without floors.", max_length=40),
                ),
                ("earned_since", models.DateTimeField()),
                (
                    "short_since",
                    models.DateTimeField(help_text="Since when the sum has been too small; grace runs.", null=True),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="standings", to="customers.customer"
                    ),
                ),
                (
                    "programme",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="loyalty.programme",
                    ),
                ),
            ],
            options={
                "verbose_name": "tier of a customer",
                "verbose_name_plural": "tiers of customers",
            },
        ),
        migrations.CreateModel(
            name="TierFloor",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("tier", models.CharField(max_length=40, verbose_name="tier")),
                ("starts_at", models.DateTimeField(verbose_name="from")),
                (
                    "ends_at",
                    models.DateTimeField(
                        help_text="From this moment on it holds no longer.", null=True, verbose_name="until"
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="reason")),
                ("made_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tier_floors",
                        to="customers.customer",
                    ),
                ),
                (
                    "membership",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="floor",
                        to="loyalty.membership",
                    ),
                ),
                (
                    "programme",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="loyalty.programme",
                    ),
                ),
            ],
            options={
                "verbose_name": "granted tier",
                "verbose_name_plural": "granted tiers",
            },
        ),
        migrations.CreateModel(
            name="TierTable",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(editable=False, verbose_name="version")),
                (
                    "qualify_by",
                    models.CharField(
                        choices=[
                            ("points", "points earned"),
                            ("spend", "money spent (minor units)"),
                            ("purchases", "number of purchases"),
                        ],
                        default="points",
                        max_length=9,
                        verbose_name="qualify by",
                    ),
                ),
                (
                    "span",
                    models.CharField(
                        choices=[
                            ("rolling", "the last months, day by day"),
                            ("calendar", "a calendar year; kept until the end of the next"),
                        ],
                        default="rolling",
                        max_length=8,
                        verbose_name="counted over",
                    ),
                ),
                (
                    "months",
                    models.PositiveSmallIntegerField(
                        default=12, help_text="A calendar year has 12.", verbose_name="months"
                    ),
                ),
                (
                    "lowering",
                    models.CharField(
                        choices=[("immediate", "as soon as the sum is too small"), ("review", "at the next review")],
                        default="immediate",
                        max_length=9,
                        verbose_name="customers come down",
                    ),
                ),
                (
                    "step",
                    models.CharField(
                        choices=[("all", "to where the sum is"), ("one", "one tier")],
                        default="all",
                        max_length=3,
                        verbose_name="by how much",
                    ),
                ),
                (
                    "review_months",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "1"), (3, "3"), (6, "6"), (12, "12")],
                        default=12,
                        help_text="Counted from January; on the first of the month.",
                        verbose_name="review every (months)",
                    ),
                ),
                (
                    "grace_days",
                    models.PositiveSmallIntegerField(
                        default=0,
                        help_text="So long does a tier last after the sum has become too small.",
                        verbose_name="grace (days)",
                    ),
                ),
                ("starts_at", models.DateTimeField(editable=False, null=True, verbose_name="applies from")),
                ("applied_at", models.DateTimeField(editable=False, null=True)),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "applied_by",
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
                    "programme",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tier_tables",
                        to="loyalty.programme",
                    ),
                ),
            ],
            options={
                "verbose_name": "tier table",
                "verbose_name_plural": "tier tables",
                "permissions": [
                    ("apply_tiertable", "Can apply a tier table"),
                    ("grant_tier", "Can grant a tier to a customer"),
                ],
            },
        ),
        migrations.CreateModel(
            name="TierChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("was", models.CharField(blank=True, max_length=40, verbose_name="from")),
                ("tier", models.CharField(max_length=40, verbose_name="to")),
                ("rose", models.BooleanField(verbose_name="upwards")),
                (
                    "why",
                    models.CharField(
                        choices=[
                            ("reached", "reached"),
                            ("lowered", "the sum became too small"),
                            ("granted", "granted"),
                            ("floor", "paid membership"),
                            ("ended", "grant or membership ended"),
                            ("table", "the tiers were changed"),
                            ("merged", "records were merged"),
                        ],
                        max_length=7,
                        verbose_name="why",
                    ),
                ),
                ("total", models.BigIntegerField(help_text="What counted then.", verbose_name="sum")),
                ("at", models.DateTimeField(verbose_name="when")),
                ("recorded_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "customer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tier_changes",
                        to="customers.customer",
                    ),
                ),
                (
                    "programme",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="loyalty.programme",
                    ),
                ),
                (
                    "table",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="loyalty.tiertable",
                    ),
                ),
            ],
            options={
                "verbose_name": "change of tier",
                "verbose_name_plural": "changes of tier",
            },
        ),
        migrations.CreateModel(
            name="Tier",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=40, verbose_name="code")),
                ("name", models.CharField(max_length=60, verbose_name="name")),
                (
                    "threshold",
                    models.BigIntegerField(
                        help_text="Points, minor units of money, or purchases.", verbose_name="from"
                    ),
                ),
                (
                    "keeps",
                    models.BooleanField(
                        default=False, help_text="Who has reached it keeps it.", verbose_name="never lost"
                    ),
                ),
                (
                    "table",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tiers",
                        to="loyalty.tiertable",
                    ),
                ),
            ],
            options={
                "verbose_name": "tier",
                "verbose_name_plural": "tiers",
                "ordering": ["threshold"],
            },
        ),
        migrations.AddConstraint(
            model_name="cause",
            constraint=models.CheckConstraint(
                condition=models.Q(("match_for__gt", 0), ("smallest__gt", 0), ("value_points__gt", 0)),
                name="cause_rates_are_fractions",
            ),
        ),
        migrations.AddConstraint(
            model_name="cause",
            constraint=models.CheckConstraint(
                condition=models.Q(("currency__regex", "^[A-Z]{3}$")), name="cause_currency_is_iso"
            ),
        ),
        migrations.AddConstraint(
            model_name="cause",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("starts_at__isnull", True),
                    ("ends_at__isnull", True),
                    ("ends_at__gt", models.F("starts_at")),
                    _connector="OR",
                ),
                name="cause_ends_after_it_begins",
            ),
        ),
        migrations.AddIndex(
            model_name="gift",
            index=models.Index(fields=["cause", "at"], name="gift_by_cause"),
        ),
        migrations.AddConstraint(
            model_name="gift",
            constraint=models.CheckConstraint(
                condition=models.Q(("match_for__gt", 0), ("points__gt", 0), ("value_points__gt", 0)),
                name="gift_gives_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="plan",
            constraint=models.CheckConstraint(
                condition=models.Q(("months__gt", 0)), name="plan_lasts_a_month_at_least"
            ),
        ),
        migrations.AddConstraint(
            model_name="plan",
            constraint=models.CheckConstraint(
                condition=models.Q(("currency__regex", "^[A-Z]{3}$")), name="plan_currency_is_iso"
            ),
        ),
        migrations.AddConstraint(
            model_name="plan",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("reminder_days", ""),
                    ("reminder_days__regex", "^[1-9][0-9]{0,2}(, *[1-9][0-9]{0,2})*$"),
                    _connector="OR",
                ),
                name="plan_reminders_are_days",
            ),
        ),
        migrations.AddIndex(
            model_name="membership",
            index=models.Index(fields=["ends_at"], name="membership_by_end"),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    (
                        models.Func(
                            models.F("customer"),
                            models.F("customer"),
                            models.Value("[]"),
                            function="int8range",
                            output_field=django.contrib.postgres.fields.ranges.BigIntegerRangeField(),
                        ),
                        "&&",
                    ),
                    (
                        models.Func(
                            models.F("starts_at"),
                            models.F("ends_at"),
                            function="tstzrange",
                            output_field=django.contrib.postgres.fields.ranges.DateTimeRangeField(),
                        ),
                        "&&",
                    ),
                ],
                name="memberships_of_a_customer_never_overlap",
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ends_at__gte", models.F("starts_at")),
                    ("ends_at__lte", models.F("paid_until")),
                    ("paid_until__gt", models.F("starts_at")),
                ),
                name="membership_ends_after_it_begins",
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("cancelled_at__isnull", True),
                        ("ends_at", models.F("paid_until")),
                        ("refund", 0),
                        ("status", "paid"),
                    ),
                    models.Q(
                        ("cancelled_at__isnull", False), ("refund__lte", models.F("price")), ("status", "cancelled")
                    ),
                    _connector="OR",
                ),
                name="cancelled_membership_has_a_time_and_refunds_no_more_than_its_price",
            ),
        ),
        migrations.AddConstraint(
            model_name="earlyaccess",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("public_at__isnull", True), ("public_at__gt", models.F("opens_at")), _connector="OR"
                ),
                name="early_access_is_early",
            ),
        ),
        migrations.AddConstraint(
            model_name="earlyaccess",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("closes_at__isnull", True), ("closes_at__gt", models.F("opens_at")), _connector="OR"
                ),
                name="early_access_closes_after_it_opens",
            ),
        ),
        migrations.AddConstraint(
            model_name="benefit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("plan__isnull", True), ("segment__isnull", True), models.Q(("tier", ""), _negated=True)),
                    models.Q(("plan__isnull", False), ("segment__isnull", True), ("tier", "")),
                    models.Q(("plan__isnull", True), ("segment__isnull", False), ("tier", "")),
                    _connector="OR",
                ),
                name="benefit_is_for_one_kind_of_people",
            ),
        ),
        migrations.AddIndex(
            model_name="standing",
            index=models.Index(fields=["programme", "tier", "customer"], name="standing_by_tier"),
        ),
        migrations.AddConstraint(
            model_name="standing",
            constraint=models.UniqueConstraint(
                fields=("programme", "customer"), name="customer_stands_once_in_a_programme"
            ),
        ),
        migrations.AddConstraint(
            model_name="standing",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("tier", ""), _negated=True), models.Q(("earned", ""), _negated=True)),
                name="standing_names_its_tiers",
            ),
        ),
        migrations.AddIndex(
            model_name="tierfloor",
            index=models.Index(fields=["programme", "ends_at"], name="granted_tier_by_end"),
        ),
        migrations.AddConstraint(
            model_name="tierfloor",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ends_at__isnull", True), ("ends_at__gte", models.F("starts_at")), _connector="OR"
                ),
                name="granted_tier_ends_after_it_begins",
            ),
        ),
        migrations.AddConstraint(
            model_name="tierfloor",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("membership__isnull", False), models.Q(("reason", ""), _negated=True), _connector="OR"
                ),
                name="granted_tier_says_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="tierfloor",
            constraint=models.CheckConstraint(
                condition=models.Q(("tier", ""), _negated=True), name="granted_tier_is_named"
            ),
        ),
        migrations.AddConstraint(
            model_name="tiertable",
            constraint=models.UniqueConstraint(fields=("programme", "number"), name="tier_table_number_is_used_once"),
        ),
        migrations.AddConstraint(
            model_name="tiertable",
            constraint=models.UniqueConstraint(
                fields=("programme", "starts_at"), name="one_tier_table_begins_at_a_time"
            ),
        ),
        migrations.AddConstraint(
            model_name="tiertable",
            constraint=models.UniqueConstraint(
                condition=models.Q(("starts_at__isnull", True)),
                fields=("programme",),
                name="programme_has_one_draft_of_its_tiers",
            ),
        ),
        migrations.AddConstraint(
            model_name="tiertable",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("applied_at__isnull", True), ("starts_at__isnull", True)),
                    models.Q(("applied_at__isnull", False), ("starts_at__isnull", False)),
                    _connector="OR",
                ),
                name="applied_tier_table_has_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="tiertable",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("qualify_by__in", ["points", "spend", "purchases"]),
                    ("span__in", ["rolling", "calendar"]),
                    ("lowering__in", ["immediate", "review"]),
                    ("step__in", ["all", "one"]),
                    ("review_months__in", [1, 3, 6, 12]),
                ),
                name="tier_table_words_are_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="tiertable",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("months__gt", 0), ("span", "rolling")),
                    models.Q(("months", 12), ("span", "calendar")),
                    _connector="OR",
                ),
                name="tiers_count_a_month_at_least_and_a_year_by_the_calendar",
            ),
        ),
        migrations.AddConstraint(
            model_name="tiertable",
            constraint=models.CheckConstraint(
                condition=models.Q(("step", "all"), ("lowering", "review"), ("grace_days__gt", 0), _connector="OR"),
                name="one_tier_at_a_time_needs_time_between",
            ),
        ),
        migrations.AddIndex(
            model_name="tierchange",
            index=models.Index(fields=["customer", "programme", "-at", "-id"], name="tier_change_latest_first"),
        ),
        migrations.AddConstraint(
            model_name="tierchange",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("tier", models.F("was")), _negated=True), models.Q(("tier", ""), _negated=True)
                ),
                name="tier_change_goes_elsewhere",
            ),
        ),
        migrations.AddConstraint(
            model_name="tier",
            constraint=models.UniqueConstraint(fields=("table", "code"), name="tier_code_stands_once_in_its_table"),
        ),
        migrations.AddConstraint(
            model_name="tier",
            constraint=models.UniqueConstraint(fields=("table", "threshold"), name="tiers_have_different_thresholds"),
        ),
        migrations.AddConstraint(
            model_name="tier",
            constraint=models.CheckConstraint(
                condition=models.Q(("threshold__gte", 0)), name="tier_threshold_is_not_negative"
            ),
        ),
        migrations.AddConstraint(
            model_name="tier",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("code", ""), _negated=True), models.Q(("name", ""), _negated=True)),
                name="tier_has_a_code_and_a_name",
            ),
        ),
    ]
