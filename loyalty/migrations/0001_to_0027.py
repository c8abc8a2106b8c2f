"""The tables of loyalty as 27 earlier migrations had made them, in one step.

These are no longer here: a database that has all of them is up to date, one that has only some takes the release before
this one first.
"""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.comparison
import django.db.models.functions.datetime
import django.db.models.lookups
from django.conf import settings
from django.db import migrations, models

from loyalty.migrations._guards import GUARDS, UNGUARDED


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("loyalty", "0001_initial"),
        ("loyalty", "0002_ledger_is_append_only"),
        ("loyalty", "0003_guards_that_cost_less"),
        ("loyalty", "0004_totals_by_the_day_of_effect"),
        ("loyalty", "0005_tiers_memberships_causes"),
        ("loyalty", "0006_tiers_that_applied_stay"),
        ("loyalty", "0007_rewards"),
        ("loyalty", "0008_earning_rules"),
        ("loyalty", "0009_rules_never_change"),
        ("loyalty", "0010_points_given"),
        ("loyalty", "0011_guards_in_fewer_words"),
        ("loyalty", "0012_due_wallets_not_due_lots"),
        ("loyalty", "0013_partners"),
        ("loyalty", "0014_partner_books_are_kept"),
        ("loyalty", "0015_referrals"),
        ("loyalty", "0016_households"),
        ("loyalty", "0017_contributions_are_kept"),
        ("loyalty", "0018_contents"),
        ("loyalty", "0019_simulations"),
        ("loyalty", "0020_grants_balances_liability"),
        ("loyalty", "0021_imports_of_balances_are_kept"),
        ("loyalty", "0022_expiry_by_dates_tiers_and_activity"),
        ("loyalty", "0023_wallets_can_be_closed"),
        ("loyalty", "0024_money_spent_is_money"),
        ("loyalty", "0025_rewards_taken_back"),
        ("loyalty", "0026_rewards_of_causes_and_partners"),
        ("loyalty", "0027_held_points_go_to_partners_and_causes"),
    ]

    dependencies = [
        ("customers", "0001_to_0015"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AuditRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("started_at", models.DateTimeField(verbose_name="started")),
                (
                    "finished_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="finished"
                    ),
                ),
                ("transactions", models.BigIntegerField(verbose_name="transactions")),
                ("findings", models.JSONField(default=list, verbose_name="findings")),
                ("finding_count", models.PositiveIntegerField(default=0, verbose_name="number of findings")),
                ("head", models.CharField(blank=True, max_length=64, verbose_name="head of the chain")),
                ("sealed_through", models.BigIntegerField(default=0)),
            ],
            options={
                "verbose_name": "audit",
                "verbose_name_plural": "audits",
                "get_latest_by": "started_at",
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
            ],
            options={
                "verbose_name": "membership plan",
                "verbose_name_plural": "membership plans",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("months__gt", 0)), name="plan_lasts_a_month_at_least"),
                    models.CheckConstraint(
                        condition=models.Q(("currency__regex", "^[A-Z]{3}$")), name="plan_currency_is_iso"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("reminder_days", ""),
                            ("reminder_days__regex", "^[1-9][0-9]{0,2}(, *[1-9][0-9]{0,2})*$"),
                            _connector="OR",
                        ),
                        name="plan_reminders_are_days",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Household",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("founded_at", models.DateTimeField(verbose_name="founded")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="ended")),
                (
                    "keeper",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="kept_households",
                        to="customers.customer",
                    ),
                ),
            ],
            options={
                "verbose_name": "household",
                "verbose_name_plural": "households",
                "permissions": [
                    ("manage_household", "Can found households, let people join and leave, and share points")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ended_at__isnull", True), ("ended_at__gte", models.F("founded_at")), _connector="OR"
                        ),
                        name="household_ends_after_it_was_founded",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Partner",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=40, unique=True, verbose_name="code")),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                (
                    "terms",
                    models.CharField(
                        choices=[
                            ("postpaid", "pays at the end of the month"),
                            ("prepaid", "pays for packs of points beforehand"),
                        ],
                        default="postpaid",
                        max_length=8,
                        verbose_name="terms",
                    ),
                ),
                (
                    "currency",
                    models.CharField(help_text="It is settled in this one.", max_length=3, verbose_name="currency"),
                ),
                (
                    "pending_days",
                    models.PositiveSmallIntegerField(
                        db_default=0,
                        default=0,
                        help_text="0: they can be spent at once.",
                        verbose_name="points are pending for (days)",
                    ),
                ),
                (
                    "active",
                    models.BooleanField(
                        default=True, help_text="If not, nothing new is given or taken.", verbose_name="active"
                    ),
                ),
                (
                    "system",
                    models.ForeignKey(
                        blank=True,
                        help_text="The integration whose tokens act for this partner. An integration acts for its own partner only.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="its system",
                    ),
                ),
            ],
            options={
                "verbose_name": "partner",
                "verbose_name_plural": "partners",
                "permissions": [
                    ("act_for_partner", "Can give, take and reverse points at a partner"),
                    ("settle_partner", "Can sell packs to partners and issue settlement statements"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("currency__regex", "^[A-Z]{3}$")), name="partner_currency_is_iso"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("terms__in", ["postpaid", "prepaid"])), name="partner_terms_are_known"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("system__isnull", False)),
                        fields=("system",),
                        name="integration_acts_for_one_partner",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PartnerRate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("begins_at", models.DateTimeField(verbose_name="from")),
                ("ends_at", models.DateTimeField(null=True, verbose_name="until")),
                (
                    "issue_money",
                    models.PositiveIntegerField(
                        help_text="Exact: 12 for 10 points.", verbose_name="pays (minor units)"
                    ),
                ),
                ("issue_points", models.PositiveIntegerField(verbose_name="for points given")),
                ("redeem_money", models.PositiveIntegerField(verbose_name="is paid (minor units)")),
                ("redeem_points", models.PositiveIntegerField(verbose_name="for points taken")),
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
                    "partner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rates",
                        to="loyalty.partner",
                    ),
                ),
            ],
            options={
                "verbose_name": "partner rate",
                "verbose_name_plural": "partner rates",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("issue_points__gt", 0), ("redeem_points__gt", 0)),
                        name="partner_rates_are_fractions",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_at__isnull", True), ("ends_at__gt", models.F("begins_at")), _connector="OR"
                        ),
                        name="partner_rate_ends_after_it_begins",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PartnerStatement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("month", models.DateField(help_text="Its first day.", verbose_name="month")),
                ("issued", models.BigIntegerField(verbose_name="given")),
                ("reversed", models.BigIntegerField(verbose_name="taken back")),
                ("redeemed", models.BigIntegerField(verbose_name="redeemed there")),
                ("refunded", models.BigIntegerField(verbose_name="given back")),
                ("packs", models.BigIntegerField(verbose_name="packs (minor units)")),
                ("total", models.BigIntegerField(verbose_name="owed by the partner (minor units)")),
                ("currency", models.CharField(max_length=3, verbose_name="currency")),
                ("issued_at", models.DateTimeField(verbose_name="issued")),
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
                    "partner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="statements",
                        to="loyalty.partner",
                    ),
                ),
            ],
            options={
                "verbose_name": "partner statement",
                "verbose_name_plural": "partner statements",
                "constraints": [
                    models.UniqueConstraint(fields=("partner", "month"), name="partner_has_one_statement_a_month"),
                    models.CheckConstraint(
                        condition=models.Q(("month__day", 1)), name="partner_statement_is_of_a_month"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PartnerPack",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("points", models.PositiveBigIntegerField(verbose_name="points")),
                ("left", models.PositiveBigIntegerField(verbose_name="left")),
                ("price", models.PositiveBigIntegerField(verbose_name="price (minor units)")),
                (
                    "reference",
                    models.CharField(
                        help_text="Of the order or the invoice.", max_length=60, verbose_name="reference"
                    ),
                ),
                ("bought_at", models.DateTimeField(verbose_name="bought")),
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
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="packs", to="loyalty.partner"
                    ),
                ),
                (
                    "statement",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="pack_rows",
                        to="loyalty.partnerstatement",
                    ),
                ),
            ],
            options={
                "verbose_name": "pack of points",
                "verbose_name_plural": "packs of points",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("left__lte", models.F("points")), ("points__gt", 0)),
                        name="pack_has_no_more_than_was_bought",
                    ),
                    models.UniqueConstraint(fields=("partner", "reference"), name="pack_is_sold_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Picture",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("file", models.CharField(max_length=60, unique=True)),
                (
                    "digest",
                    models.CharField(
                        help_text="Of the file as it was sent: the same one is not taken twice.", max_length=64
                    ),
                ),
                ("width", models.PositiveIntegerField(verbose_name="width")),
                ("height", models.PositiveIntegerField(verbose_name="height")),
                ("size", models.PositiveIntegerField(verbose_name="bytes")),
                (
                    "kept_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="kept"),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="pictures", to="customers.customer"
                    ),
                ),
            ],
            options={
                "verbose_name": "picture",
                "verbose_name_plural": "pictures",
                "permissions": [("see_picture", "Can see pictures that customers sent")],
                "default_permissions": (),
                "indexes": [models.Index(fields=["digest"], name="picture_by_digest")],
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
                "indexes": [models.Index(fields=["ends_at"], name="membership_by_end")],
                "constraints": [
                    django.contrib.postgres.constraints.ExclusionConstraint(
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
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_at__gte", models.F("starts_at")),
                            ("ends_at__lte", models.F("paid_until")),
                            ("paid_until__gt", models.F("starts_at")),
                        ),
                        name="membership_ends_after_it_begins",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("cancelled_at__isnull", True),
                                ("ends_at", models.F("paid_until")),
                                ("refund", 0),
                                ("status", "paid"),
                            ),
                            models.Q(
                                ("cancelled_at__isnull", False),
                                ("refund__lte", models.F("price")),
                                ("status", "cancelled"),
                            ),
                            _connector="OR",
                        ),
                        name="cancelled_membership_has_a_time_and_refunds_no_more_than_its_price",
                    ),
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
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("public_at__isnull", True), ("public_at__gt", models.F("opens_at")), _connector="OR"
                        ),
                        name="early_access_is_early",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("closes_at__isnull", True), ("closes_at__gt", models.F("opens_at")), _connector="OR"
                        ),
                        name="early_access_closes_after_it_opens",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Programme",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=40, unique=True, verbose_name="code")),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                (
                    "main",
                    models.BooleanField(
                        default=False,
                        help_text="The one that is meant where none is named.",
                        verbose_name="main programme",
                    ),
                ),
                (
                    "currency",
                    models.CharField(help_text="Purchases in it earn points.", max_length=3, verbose_name="currency"),
                ),
                (
                    "zone",
                    models.CharField(help_text="Its days and months begin there.", max_length=50, verbose_name="zone"),
                ),
                (
                    "rate_points",
                    models.PositiveIntegerField(
                        default=1,
                        help_text="So many points for so much money, as an exact fraction.",
                        verbose_name="points",
                    ),
                ),
                ("rate_money", models.PositiveIntegerField(default=100, verbose_name="for money of (minor units)")),
                (
                    "return_window_days",
                    models.PositiveSmallIntegerField(
                        default=14,
                        help_text="Points of a purchase are pending until it closes.",
                        verbose_name="return window (days)",
                    ),
                ),
                (
                    "expiry_months",
                    models.PositiveSmallIntegerField(
                        blank=True, help_text="Empty: never.", null=True, verbose_name="points expire after (months)"
                    ),
                ),
                ("expiry_at_month_end", models.BooleanField(default=False, verbose_name="at the end of that month")),
                (
                    "expiry_dates",
                    models.CharField(
                        blank=True,
                        db_default="",
                        default="",
                        help_text="Month and day with commas, such as 03-31. Points go on the first of them that is at least so many months after they were earned: with 3 months, those of a whole year on 31 March of the next.",
                        max_length=140,
                        verbose_name="or on fixed days of the year",
                    ),
                ),
                (
                    "expiry_activities",
                    models.CharField(
                        blank=True,
                        db_default="",
                        default="",
                        help_text="Each time a customer does one of these, the months of all their points begin again.",
                        max_length=400,
                        verbose_name="moved by",
                    ),
                ),
                (
                    "reinstatement_days",
                    models.PositiveSmallIntegerField(
                        default=0,
                        help_text="So long do points last that are given back after their date. 0: they lapse at once.",
                        verbose_name="reinstatement window (days)",
                    ),
                ),
                (
                    "stacking",
                    models.CharField(
                        choices=[
                            ("sum", "bonuses are added (x1.5 and x2 give x2.5)"),
                            ("multiply", "multipliers are multiplied (x1.5 and x2 give x3)"),
                            ("best", "only the best multiplier counts"),
                        ],
                        db_default="sum",
                        default="sum",
                        help_text="How the multipliers of several rules go together. Fixed bonuses are added after them.",
                        max_length=8,
                        verbose_name="multipliers of one purchase",
                    ),
                ),
                (
                    "claw_back",
                    models.CharField(
                        choices=[
                            ("unlimited", "take all; what is not there becomes debt"),
                            ("within_balance", "take what is there; waive the rest"),
                            ("only_pending", "take only what is still pending; waive the rest"),
                        ],
                        default="unlimited",
                        max_length=14,
                        verbose_name="when a purchase comes back",
                    ),
                ),
                (
                    "debt_limit",
                    models.PositiveBigIntegerField(
                        blank=True,
                        help_text="Empty: none. More than it is waived.",
                        null=True,
                        verbose_name="debt limit (points)",
                    ),
                ),
                (
                    "adjustment_limit",
                    models.PositiveBigIntegerField(
                        default=1000,
                        help_text="A larger adjustment waits for a second person.",
                        verbose_name="adjustment limit (points)",
                    ),
                ),
                (
                    "tiered",
                    models.BooleanField(
                        db_default=False,
                        default=False,
                        editable=False,
                        help_text="Set with its first tier table.",
                        verbose_name="has tiers",
                    ),
                ),
                (
                    "pay_points",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="Empty: purchases cannot be paid with points.",
                        null=True,
                        verbose_name="points that pay",
                    ),
                ),
                (
                    "pay_money",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="so much money (minor units)"),
                ),
                (
                    "pay_percent",
                    models.PositiveSmallIntegerField(
                        db_default=100,
                        default=100,
                        help_text="The rest is paid with money.",
                        verbose_name="of a basket at most (per cent)",
                    ),
                ),
                (
                    "hold_hours",
                    models.PositiveIntegerField(
                        db_default=24,
                        default=24,
                        help_text="Points held for a redemption that nobody completes are released after that time.",
                        verbose_name="holds last (hours)",
                    ),
                ),
                (
                    "gift_smallest",
                    models.PositiveIntegerField(
                        db_default=1, default=1, verbose_name="smallest gift to another customer (points)"
                    ),
                ),
                (
                    "gift_daily",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="Of one giver at most. Empty: no limit.",
                        null=True,
                        verbose_name="gifts a day (points)",
                    ),
                ),
                (
                    "gift_monthly",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="Of one giver at most. Empty: no limit.",
                        null=True,
                        verbose_name="gifts a month (points)",
                    ),
                ),
                (
                    "gift_confirmed",
                    models.BooleanField(
                        db_default=False,
                        default=False,
                        help_text="Points go over when the giver confirms.",
                        verbose_name="givers confirm",
                    ),
                ),
                (
                    "cost_money",
                    models.PositiveIntegerField(
                        db_default=1,
                        default=1,
                        help_text="As an exact fraction, for the books.",
                        verbose_name="a point costs (minor units)",
                    ),
                ),
                ("cost_points", models.PositiveIntegerField(db_default=1, default=1, verbose_name="for points")),
                (
                    "breakage_percent",
                    models.PositiveSmallIntegerField(
                        db_default=0,
                        default=0,
                        help_text="Of what is outstanding, by experience.",
                        verbose_name="never spent (per cent)",
                    ),
                ),
                (
                    "notice_days",
                    models.CharField(
                        blank=True,
                        db_default="30",
                        default="30",
                        help_text="Numbers with commas. It is told on the timeline; what follows from it is set up elsewhere.",
                        max_length=40,
                        verbose_name="tell of expiry (days before)",
                    ),
                ),
                (
                    "version",
                    models.PositiveIntegerField(
                        default=1,
                        editable=False,
                        help_text="Grows with each change, by a trigger: tells that a copy is out of date.",
                    ),
                ),
            ],
            options={
                "verbose_name": "programme",
                "verbose_name_plural": "programmes",
                "permissions": [("view_liability", "Can see what outstanding points cost")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("breakage_percent__lte", 100), ("cost_points__gt", 0)),
                        name="points_cost_a_fraction",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("notice_days", ""),
                            ("notice_days__regex", "^[1-9][0-9]{0,2}(, *[1-9][0-9]{0,2})*$"),
                            _connector="OR",
                        ),
                        name="notice_days_are_days",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("main", True)), fields=("main",), name="one_programme_is_the_main_one"
                    ),
                    models.CheckConstraint(condition=models.Q(("rate_money__gt", 0)), name="rate_pays_for_some_money"),
                    models.CheckConstraint(
                        condition=models.Q(("currency__regex", "^[A-Z]{3}$")), name="programme_currency_is_iso"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("expiry_months__isnull", True), ("expiry_months__gt", 0), _connector="OR"),
                        name="expiry_takes_a_month_at_least",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("expiry_dates__regex", "^([0-9]{2}-[0-9]{2}(,[0-9]{2}-[0-9]{2})*)?$")),
                        name="expiry_dates_are_days_of_a_year",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("expiry_activities", ""),
                            models.Q(("expiry_dates", ""), ("expiry_months__isnull", False)),
                            _connector="OR",
                        ),
                        name="sliding_expiry_has_months_and_no_fixed_days",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("stacking__in", ["sum", "multiply", "best"])),
                        name="stacking_is_a_known_mode",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("claw_back__in", ["unlimited", "within_balance", "only_pending"])),
                        name="claw_back_is_a_known_policy",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("pay_money__isnull", True), ("pay_points__isnull", True)),
                            models.Q(
                                ("pay_money__gt", 0),
                                ("pay_money__isnull", False),
                                ("pay_points__gt", 0),
                                ("pay_points__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="points_pay_for_some_money",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("pay_percent__gte", 1), ("pay_percent__lte", 100)),
                        name="points_pay_for_a_part_of_the_basket",
                    ),
                    models.CheckConstraint(condition=models.Q(("hold_hours__gt", 0)), name="holds_last_for_a_while"),
                ],
            },
        ),
        migrations.AddField(
            model_name="plan",
            name="programme",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="plans",
                to="loyalty.programme",
            ),
        ),
        migrations.AddField(
            model_name="partner",
            name="programme",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="partners",
                to="loyalty.programme",
            ),
        ),
        migrations.CreateModel(
            name="HouseholdMember",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("share", models.PositiveSmallIntegerField(default=100, verbose_name="contributes (per cent)")),
                ("may_spend", models.BooleanField(default=True, verbose_name="may spend")),
                ("joined_at", models.DateTimeField(verbose_name="joined")),
                ("left_at", models.DateTimeField(null=True, verbose_name="left")),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="household_memberships",
                        to="customers.customer",
                    ),
                ),
                (
                    "household",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="members", to="loyalty.household"
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
                "verbose_name": "member of a household",
                "verbose_name_plural": "members of households",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("left_at__isnull", True)),
                        fields=("programme", "customer"),
                        name="customer_is_in_one_household",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("share__lte", 100)), name="household_share_is_per_cent"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("left_at__isnull", True), ("left_at__gte", models.F("joined_at")), _connector="OR"
                        ),
                        name="member_leaves_after_joining",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="household",
            name="programme",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="households",
                to="loyalty.programme",
            ),
        ),
        migrations.CreateModel(
            name="DayTotal",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "programme_id",
                        "day",
                        "source",
                        "target",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("day", models.DateField()),
                ("source", models.CharField(max_length=11)),
                ("target", models.CharField(max_length=11)),
                ("points", models.BigIntegerField()),
                ("transfers", models.BigIntegerField()),
                (
                    "programme",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="day_totals",
                        to="loyalty.programme",
                    ),
                ),
            ],
            options={
                "verbose_name": "day's total",
                "verbose_name_plural": "days' totals",
            },
        ),
        migrations.CreateModel(
            name="ContentRules",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "receipts_a_day",
                    models.PositiveSmallIntegerField(
                        default=5, help_text="Of one customer.", verbose_name="receipts a day"
                    ),
                ),
                (
                    "receipt_days",
                    models.PositiveSmallIntegerField(
                        default=30,
                        help_text="On the day on which they are sent.",
                        verbose_name="receipts are at most so old (days)",
                    ),
                ),
                (
                    "contents_a_day",
                    models.PositiveSmallIntegerField(
                        default=3,
                        help_text="Of one customer, of each kind.",
                        verbose_name="reviews, photos and answers a day",
                    ),
                ),
                (
                    "shortest",
                    models.PositiveSmallIntegerField(
                        default=40,
                        help_text="Of a review or an answer, blanks not counted.",
                        verbose_name="shortest text (characters)",
                    ),
                ),
                (
                    "programme",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="content_rules",
                        to="loyalty.programme",
                    ),
                ),
            ],
            options={
                "verbose_name": "rules for what customers send",
                "verbose_name_plural": "rules for what customers send",
            },
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
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("match_for__gt", 0), ("smallest__gt", 0), ("value_points__gt", 0)),
                        name="cause_rates_are_fractions",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("currency__regex", "^[A-Z]{3}$")), name="cause_currency_is_iso"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("starts_at__isnull", True),
                            ("ends_at__isnull", True),
                            ("ends_at__gt", models.F("starts_at")),
                            _connector="OR",
                        ),
                        name="cause_ends_after_it_begins",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Calculation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("points", models.PositiveBigIntegerField()),
                ("context", models.JSONField(default=dict)),
                ("steps", models.JSONField(default=list)),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "fact",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.fact",
                    ),
                ),
                (
                    "purchase",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.purchase",
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
                "verbose_name": "calculation",
                "verbose_name_plural": "calculations",
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("fact__isnull", False)),
                        fields=("programme", "fact"),
                        name="fact_is_worked_out_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("fact__isnull", True), ("purchase__isnull", False)),
                            models.Q(("fact__isnull", False), ("purchase__isnull", True)),
                            _connector="OR",
                        ),
                        name="calculation_is_of_a_purchase_or_a_fact",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BulkGrant",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("conditions", models.JSONField(help_text="Of the segment when it started.", null=True)),
                ("points", models.PositiveBigIntegerField(verbose_name="points for each")),
                (
                    "reason",
                    models.CharField(
                        help_text="Customers read it on their statement.", max_length=200, verbose_name="reason"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "not started"),
                            ("running", "under way"),
                            ("done", "done"),
                            ("undoing", "being undone"),
                            ("undone", "undone"),
                        ],
                        default="draft",
                        max_length=7,
                        verbose_name="state",
                    ),
                ),
                (
                    "made_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="made"),
                ),
                ("started_at", models.DateTimeField(null=True, verbose_name="started")),
                ("finished_at", models.DateTimeField(null=True, verbose_name="finished")),
                ("undone_at", models.DateTimeField(null=True, verbose_name="undone")),
                ("undo_reason", models.CharField(blank=True, db_default="", default="", max_length=200)),
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
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bulk_grants",
                        to="customers.segment",
                    ),
                ),
                (
                    "started_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
                (
                    "programme",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bulk_grants",
                        to="loyalty.programme",
                    ),
                ),
            ],
            options={
                "verbose_name": "bulk grant",
                "verbose_name_plural": "bulk grants",
                "permissions": [("start_bulkgrant", "Can start bulk grants and undo them")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("points__gt", 0), models.Q(("reason", ""), _negated=True)),
                        name="bulk_grant_gives_something",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("finished_at__isnull", True), ("started_at__isnull", True), ("state", "draft")),
                            models.Q(
                                ("finished_at__isnull", True), ("started_at__isnull", False), ("state", "running")
                            ),
                            models.Q(
                                ("finished_at__isnull", False),
                                ("started_at__isnull", False),
                                ("state__in", ["done", "undoing", "undone"]),
                            ),
                            _connector="OR",
                        ),
                        name="bulk_grant_knows_when_it_started",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "undone"), ("undone_at__isnull", False)),
                            models.Q(models.Q(("state", "undone"), _negated=True), ("undone_at__isnull", True)),
                            _connector="OR",
                        ),
                        name="bulk_grant_knows_when_it_was_undone",
                    ),
                ],
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
                (
                    "programme",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="benefits",
                        to="loyalty.programme",
                    ),
                ),
            ],
            options={
                "verbose_name": "benefit",
                "verbose_name_plural": "benefits",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("plan__isnull", True),
                                ("segment__isnull", True),
                                models.Q(("tier", ""), _negated=True),
                            ),
                            models.Q(("plan__isnull", False), ("segment__isnull", True), ("tier", "")),
                            models.Q(("plan__isnull", True), ("segment__isnull", False), ("tier", "")),
                            _connector="OR",
                        ),
                        name="benefit_is_for_one_kind_of_people",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="BalanceImport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60, verbose_name="name")),
                ("rows", models.PositiveIntegerField(verbose_name="rows")),
                ("points", models.PositiveBigIntegerField(verbose_name="points")),
                ("declared", models.PositiveBigIntegerField(verbose_name="control total")),
                ("at", models.DateTimeField(verbose_name="brought in")),
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
                    "programme",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="balance_imports",
                        to="loyalty.programme",
                    ),
                ),
            ],
            options={
                "verbose_name": "import of balances",
                "verbose_name_plural": "imports of balances",
                "permissions": [("bring_in_balances", "Can bring in balances from another system")],
                "constraints": [
                    models.UniqueConstraint(fields=("programme", "name"), name="balances_are_brought_in_once"),
                    models.CheckConstraint(
                        condition=models.Q(("points", models.F("declared"))), name="control_total_is_met"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AverageBasket",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("goods", models.BigIntegerField()),
                ("purchases", models.PositiveIntegerField()),
                (
                    "programme",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="loyalty.programme",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(fields=("programme", "day"), name="average_of_a_day_stands_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Promise",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("made_at", models.DateTimeField()),
                ("valid_until", models.DateTimeField()),
                ("withdrawn_at", models.DateTimeField(null=True)),
                (
                    "customer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.customer",
                    ),
                ),
                (
                    "kept_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.purchase",
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="promises", to="loyalty.calculation"
                    ),
                ),
            ],
            options={
                "verbose_name": "promised bonus",
                "verbose_name_plural": "promised bonuses",
                "default_permissions": (),
                "indexes": [
                    models.Index(
                        condition=models.Q(("kept_by__isnull", True), ("withdrawn_at__isnull", True)),
                        fields=["customer", "valid_until"],
                        name="promise_still_open",
                    ),
                    models.Index(
                        condition=models.Q(("kept_by__isnull", False)), fields=["kept_by"], name="promise_by_purchase"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("valid_until__gt", models.F("made_at"))), name="promise_lasts"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ReferralRules",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "referrer_points",
                    models.PositiveBigIntegerField(default=500, verbose_name="points for who brings a friend"),
                ),
                ("friend_points", models.PositiveBigIntegerField(default=200, verbose_name="points for the friend")),
                (
                    "minimum",
                    models.PositiveBigIntegerField(
                        default=5000,
                        help_text="Without shipping, gift cards, what points paid and what came back.",
                        verbose_name="the friend's purchase is worth at least (minor units)",
                    ),
                ),
                (
                    "wait_days",
                    models.PositiveSmallIntegerField(
                        default=14,
                        help_text="The reward waits until it has closed.",
                        verbose_name="return window (days)",
                    ),
                ),
                (
                    "monthly_limit",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        default=5,
                        help_text="For one who brings friends. Empty: any.",
                        null=True,
                        verbose_name="rewards a month",
                    ),
                ),
                ("starts_at", models.DateTimeField(verbose_name="begins")),
                (
                    "ends_at",
                    models.DateTimeField(
                        blank=True, help_text="From then on nobody new comes by it.", null=True, verbose_name="ends"
                    ),
                ),
                (
                    "review",
                    models.CharField(
                        choices=[
                            ("suspicious", "those who share an address, a device or a card"),
                            ("all", "all"),
                            ("none", "none"),
                        ],
                        db_default="suspicious",
                        default="suspicious",
                        max_length=10,
                        verbose_name="somebody looks at",
                    ),
                ),
                (
                    "link",
                    models.CharField(
                        blank=True,
                        help_text="An address of your shop with {code} in it.",
                        max_length=300,
                        verbose_name="link",
                    ),
                ),
                (
                    "programme",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="referral_rules",
                        to="loyalty.programme",
                    ),
                ),
            ],
            options={
                "verbose_name": "referral rules",
                "verbose_name_plural": "referral rules",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_at__isnull", True), ("ends_at__gt", models.F("starts_at")), _connector="OR"
                        ),
                        name="referrals_end_after_they_begin",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("link", ""), ("link__contains", "{code}"), _connector="OR"),
                        name="referral_link_has_a_place_for_the_code",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("referrer_points__gt", 0), ("friend_points__gt", 0), _connector="OR"),
                        name="referrals_give_somebody_something",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReferralCode",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=20, unique=True, verbose_name="code")),
                (
                    "made_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="made"),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="referral_codes",
                        to="customers.customer",
                    ),
                ),
                (
                    "rules",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="codes",
                        to="loyalty.referralrules",
                    ),
                ),
            ],
            options={
                "verbose_name": "referral code",
                "verbose_name_plural": "referral codes",
                "default_permissions": ("view",),
            },
        ),
        migrations.CreateModel(
            name="Referral",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=20, verbose_name="code")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "open"),
                            ("review", "to be looked at"),
                            ("rewarded", "rewarded"),
                            ("refused", "refused"),
                        ],
                        default="open",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        blank=True, help_text="A code, or what somebody wrote.", max_length=200, verbose_name="reason"
                    ),
                ),
                ("suspicions", models.JSONField(blank=True, db_default=[], default=list, verbose_name="suspicions")),
                (
                    "referrer_points",
                    models.PositiveBigIntegerField(default=0, verbose_name="points for who brought them"),
                ),
                ("friend_points", models.PositiveBigIntegerField(default=0, verbose_name="points for the friend")),
                (
                    "revoked",
                    models.PositiveSmallIntegerField(
                        db_default=0,
                        default=0,
                        help_text="So often did its reward turn out to be for nothing.",
                        verbose_name="taken back",
                    ),
                ),
                ("attributed_at", models.DateTimeField(verbose_name="came")),
                ("due_at", models.DateTimeField(null=True, verbose_name="return window closed")),
                ("decided_at", models.DateTimeField(null=True, verbose_name="decided")),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="decided by",
                    ),
                ),
                (
                    "friend",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="referrals_had",
                        to="customers.customer",
                    ),
                ),
                (
                    "purchase",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.purchase",
                    ),
                ),
                (
                    "referrer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="referrals_made",
                        to="customers.customer",
                    ),
                ),
                (
                    "rules",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="referrals",
                        to="loyalty.referralrules",
                    ),
                ),
            ],
            options={
                "verbose_name": "referral",
                "verbose_name_plural": "referrals",
                "permissions": [
                    ("attribute_referral", "Can say who came by whom"),
                    ("decide_referral", "Can decide about referrals that wait"),
                ],
                "default_permissions": ("view",),
                "indexes": [
                    models.Index(fields=["friend"], name="referral_by_friend"),
                    models.Index(condition=models.Q(("state", "open")), fields=["id"], name="referral_still_open"),
                    models.Index(
                        condition=models.Q(("state", "review")), fields=["due_at"], name="referral_to_be_looked_at"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("reason", "merged"), _negated=True),
                        fields=("rules", "friend"),
                        name="friend_is_referred_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["rewarded", "refused"]),
                            models.Q(("referrer", models.F("friend")), _negated=True),
                            _connector="OR",
                        ),
                        name="nobody_refers_themselves",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at__isnull", True), ("state__in", ["open", "review"])),
                            models.Q(("decided_at__isnull", False), ("state__in", ["rewarded", "refused"])),
                            _connector="OR",
                        ),
                        name="decided_referral_has_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("due_at__isnull", False),
                                ("purchase__isnull", False),
                                ("state__in", ["review", "rewarded"]),
                            ),
                            ("state__in", ["open", "refused"]),
                            _connector="OR",
                        ),
                        name="referral_is_rewarded_for_a_purchase",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state", "rewarded"),
                            models.Q(("friend_points", 0), ("referrer_points", 0)),
                            _connector="OR",
                        ),
                        name="only_a_rewarded_referral_gave_points",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "refused"), _negated=True),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="refused_referral_says_why",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReferralSignal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("address", "address"), ("device", "device"), ("card", "card")],
                        max_length=7,
                        verbose_name="kind",
                    ),
                ),
                ("digest", models.CharField(max_length=64)),
                (
                    "seen_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="seen"),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="referral_signals",
                        to="customers.customer",
                    ),
                ),
            ],
            options={
                "verbose_name": "signal of a referral",
                "verbose_name_plural": "signals of referrals",
                "default_permissions": (),
                "indexes": [models.Index(fields=["kind", "digest"], name="signal_by_digest")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("customer", "kind", "digest"), name="signal_stands_once_per_customer"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Reward",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=60, verbose_name="code")),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                ("description", models.TextField(blank=True, max_length=1000, verbose_name="description")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("discount", "discount"),
                            ("product", "product"),
                            ("free_purchase", "free next purchase"),
                            ("voucher", "voucher"),
                            ("gift_card", "gift card"),
                            ("experience", "experience"),
                            ("early_access", "early access"),
                            ("partner", "partner's reward"),
                            ("donation", "donation"),
                        ],
                        max_length=13,
                        verbose_name="kind",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[("draft", "draft"), ("live", "live"), ("retired", "retired")],
                        default="draft",
                        max_length=7,
                        verbose_name="status",
                    ),
                ),
                (
                    "listed",
                    models.BooleanField(
                        default=True,
                        help_text="Customers may take it themselves; otherwise it is only given.",
                        verbose_name="in the catalogue",
                    ),
                ),
                ("points", models.PositiveBigIntegerField(default=0, verbose_name="price in points")),
                (
                    "money",
                    models.PositiveBigIntegerField(
                        default=0,
                        help_text="Minor units (cents), paid to the shop besides the points.",
                        verbose_name="and in money",
                    ),
                ),
                ("currency", models.CharField(max_length=3, verbose_name="currency")),
                (
                    "stock",
                    models.PositiveIntegerField(
                        blank=True, help_text="Empty: without end.", null=True, verbose_name="in stock"
                    ),
                ),
                ("limit_total", models.PositiveIntegerField(blank=True, null=True, verbose_name="most per customer")),
                (
                    "limit_period",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="most per customer and period"),
                ),
                (
                    "period",
                    models.CharField(
                        blank=True,
                        choices=[("day", "day"), ("week", "week"), ("month", "month"), ("year", "year")],
                        max_length=5,
                        verbose_name="period",
                    ),
                ),
                (
                    "tiers",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40),
                        blank=True,
                        default=list,
                        help_text="Codes of the tiers that may have it. None: everybody.",
                        size=None,
                        verbose_name="tiers",
                    ),
                ),
                ("opens_at", models.DateTimeField(blank=True, null=True, verbose_name="from")),
                ("closes_at", models.DateTimeField(blank=True, null=True, verbose_name="until (exclusive)")),
                (
                    "worth",
                    models.CharField(
                        blank=True,
                        choices=[("amount", "an amount"), ("percent", "a percentage"), ("product", "a product")],
                        max_length=7,
                        verbose_name="takes off",
                    ),
                ),
                (
                    "amount",
                    models.PositiveBigIntegerField(
                        blank=True,
                        help_text="Minor units (cents). Of a percentage: at most so much.",
                        null=True,
                        verbose_name="amount",
                    ),
                ),
                (
                    "percent",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(100),
                        ],
                        verbose_name="per cent",
                    ),
                ),
                ("product", models.CharField(blank=True, max_length=60, verbose_name="product code")),
                (
                    "uses",
                    models.PositiveIntegerField(
                        default=1,
                        help_text="A gift card is used until it is empty.",
                        verbose_name="times it may be used",
                    ),
                ),
                (
                    "bound",
                    models.BooleanField(
                        default=True,
                        help_text="Otherwise whoever has the code may use it.",
                        verbose_name="only for the customer",
                    ),
                ),
                (
                    "lasts_days",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="Of vouchers and early access. Empty: no end.",
                        null=True,
                        verbose_name="valid for (days)",
                    ),
                ),
                (
                    "unused",
                    models.CharField(
                        choices=[
                            ("return", "the points go back to where they came from"),
                            ("keep", "the points are spent"),
                        ],
                        default="keep",
                        max_length=6,
                        verbose_name="if it is never used",
                    ),
                ),
                (
                    "party",
                    models.CharField(
                        blank=True,
                        help_text="Who gives it, or who a donation goes to.",
                        max_length=120,
                        verbose_name="partner or cause",
                    ),
                ),
                (
                    "match_percent",
                    models.PositiveIntegerField(
                        default=0,
                        help_text="What the business adds to a donation; 100 doubles it.",
                        verbose_name="matched by (per cent)",
                    ),
                ),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "cause",
                    models.ForeignKey(
                        blank=True,
                        help_text="A donation to it is payable with everything else that is given to it.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rewards",
                        to="loyalty.cause",
                        verbose_name="cause",
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        blank=True,
                        help_text="Its points are settled with this partner, as those that it takes itself.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rewards",
                        to="loyalty.partner",
                        verbose_name="partner",
                    ),
                ),
                (
                    "programme",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rewards",
                        to="loyalty.programme",
                        verbose_name="programme",
                    ),
                ),
                (
                    "segment",
                    models.ForeignKey(
                        blank=True,
                        help_text="Only for customers of this segment.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rewards",
                        to="customers.segment",
                        verbose_name="segment",
                    ),
                ),
            ],
            options={
                "verbose_name": "reward",
                "verbose_name_plural": "rewards",
                "permissions": [
                    ("claim_reward", "Can redeem rewards for customers"),
                    ("issue_reward", "Can give rewards to customers"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("programme", "code"), name="reward_code_is_unique_in_its_programme"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("stock__isnull", True), ("stock__gte", 0), _connector="OR"),
                        name="stock_is_never_below_zero",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("currency__regex", "^[A-Z]{3}$")), name="reward_currency_is_iso"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("limit_period__isnull", True), ("period", "")),
                            models.Q(
                                ("limit_period__gt", 0),
                                ("limit_period__isnull", False),
                                ("period__in", ["day", "week", "month", "year"]),
                            ),
                            _connector="OR",
                        ),
                        name="reward_limit_has_a_period",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("opens_at__isnull", True),
                            ("closes_at__isnull", True),
                            ("closes_at__gt", models.F("opens_at")),
                            _connector="OR",
                        ),
                        name="reward_closes_after_it_opens",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("kind__in", ["discount", "free_purchase", "voucher", "gift_card", "partner"]),
                                _negated=True,
                            ),
                            models.Q(
                                ("amount__gt", 0),
                                ("amount__isnull", False),
                                ("percent__isnull", True),
                                ("product", ""),
                                ("worth", "amount"),
                            ),
                            models.Q(
                                ("percent__gte", 1),
                                ("percent__isnull", False),
                                ("percent__lte", 100),
                                ("product", ""),
                                ("worth", "percent"),
                            ),
                            models.Q(
                                ("amount__isnull", True),
                                ("percent__isnull", True),
                                ("worth", "product"),
                                models.Q(("product", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="reward_with_a_voucher_says_what_it_is_worth",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "gift_card"), _negated=True), ("worth", "amount"), _connector="OR"
                        ),
                        name="gift_card_is_worth_an_amount",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "donation"), _negated=True),
                            models.Q(
                                ("amount__gt", 0), ("amount__isnull", False), models.Q(("party", ""), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="donation_is_worth_something_to_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("cause__isnull", True), models.Q(("kind", "donation"), ("points__gt", 0)), _connector="OR"
                        ),
                        name="only_a_donation_that_costs_points_has_a_cause",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("partner__isnull", True),
                            models.Q(("kind", "partner"), ("points__gt", 0)),
                            _connector="OR",
                        ),
                        name="only_a_partners_reward_is_settled_with_it",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("uses__gte", 1)), name="reward_can_be_used_once_at_least"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Claim",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "origin",
                    models.CharField(
                        choices=[
                            ("taken", "taken by the customer"),
                            ("issued", "given"),
                            ("stamps", "full stamp card"),
                        ],
                        default="taken",
                        max_length=6,
                        verbose_name="how",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("held", "being paid"),
                            ("waiting", "to be handed over"),
                            ("done", "done"),
                            ("voided", "released"),
                            ("lapsed", "not paid in time"),
                            ("cancelled", "cancelled"),
                            ("returned", "unused, points given back"),
                        ],
                        default="held",
                        max_length=9,
                        verbose_name="status",
                    ),
                ),
                ("points", models.PositiveBigIntegerField(default=0, verbose_name="points")),
                ("money", models.PositiveBigIntegerField(default=0, verbose_name="money")),
                ("currency", models.CharField(max_length=3, verbose_name="currency")),
                (
                    "key",
                    models.CharField(
                        help_text="The same key never takes it twice.", max_length=160, null=True, unique=True
                    ),
                ),
                (
                    "request",
                    models.CharField(blank=True, help_text="Hash of what was asked with the key.", max_length=32),
                ),
                ("claimed_at", models.DateTimeField(verbose_name="taken")),
                (
                    "lapses_at",
                    models.DateTimeField(help_text="Until then it can be paid.", null=True, verbose_name="lapses"),
                ),
                ("captured_at", models.DateTimeField(null=True, verbose_name="paid")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="ended")),
                (
                    "valid_until",
                    models.DateTimeField(help_text="Of early access.", null=True, verbose_name="valid until"),
                ),
                (
                    "donated",
                    models.PositiveBigIntegerField(
                        help_text="Of a donation: minor units to be paid on, matching included.",
                        null=True,
                        verbose_name="donated",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="reason")),
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
                        related_name="claims",
                        to="customers.customer",
                    ),
                ),
                (
                    "handled_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "reward",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="claims", to="loyalty.reward"
                    ),
                ),
            ],
            options={
                "verbose_name": "redemption of a reward",
                "verbose_name_plural": "redemptions of rewards",
                "permissions": [
                    ("fulfil_claim", "Can hand over rewards"),
                    ("cancel_claim", "Can cancel redemptions of rewards"),
                ],
                "indexes": [
                    models.Index(fields=["customer", "-claimed_at"], name="claim_by_customer"),
                    models.Index(
                        condition=models.Q(("status", "held")), fields=["lapses_at"], name="claim_being_paid"
                    ),
                    models.Index(
                        condition=models.Q(("status", "waiting")), fields=["captured_at"], name="claim_to_hand_over"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("captured_at__isnull", True),
                                ("ended_at__isnull", True),
                                ("lapses_at__isnull", False),
                                ("status", "held"),
                            ),
                            models.Q(
                                ("captured_at__isnull", False), ("ended_at__isnull", True), ("status", "waiting")
                            ),
                            models.Q(
                                ("captured_at__isnull", True),
                                ("ended_at__isnull", False),
                                ("status__in", ["voided", "lapsed"]),
                            ),
                            models.Q(
                                ("captured_at__isnull", False),
                                ("ended_at__isnull", False),
                                ("status__in", ["done", "cancelled", "returned"]),
                            ),
                            _connector="OR",
                        ),
                        name="claim_state_has_its_times",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("origin", "taken"), models.Q(("money", 0), ("points", 0)), _connector="OR"
                        ),
                        name="what_is_given_costs_nothing",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Rule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "name",
                    models.CharField(
                        help_text="Customers read it in their statement.", max_length=100, verbose_name="name"
                    ),
                ),
                (
                    "spent",
                    models.PositiveBigIntegerField(
                        editable=False,
                        help_text="Points given so far, net; kept where a budget asks for it.",
                        null=True,
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name="created"
                    ),
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
                    "programme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="rules", to="loyalty.programme"
                    ),
                ),
            ],
            options={
                "verbose_name": "earning rule",
                "verbose_name_plural": "earning rules",
                "permissions": [("run_rule", "Can start and end earning rules")],
                "constraints": [
                    models.UniqueConstraint(fields=("programme", "name"), name="rule_has_a_name_of_its_own"),
                    models.CheckConstraint(condition=models.Q(("name", ""), _negated=True), name="rule_has_a_name"),
                ],
            },
        ),
        migrations.CreateModel(
            name="RuleAward",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("awarded", models.PositiveBigIntegerField()),
                ("points", models.PositiveBigIntegerField()),
                ("times", models.PositiveSmallIntegerField(default=1)),
                (
                    "calculation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="awards", to="loyalty.calculation"
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="customers.customer"
                    ),
                ),
                (
                    "promise",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="awards",
                        to="loyalty.promise",
                    ),
                ),
                (
                    "rule",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="awards",
                        to="loyalty.rule",
                    ),
                ),
            ],
            options={
                "verbose_name": "award",
                "verbose_name_plural": "awards",
                "default_permissions": ("view",),
                "indexes": [
                    models.Index(fields=["rule", "customer", "at"], include=("points", "times"), name="award_by_rule")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("calculation", "rule", "promise"),
                        name="rule_awards_once_for_one_thing",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("points__lte", models.F("awarded")), ("times__lte", 1)),
                        name="award_is_never_more_than_it_was",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="EarningReview",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "waiting"),
                            ("approved", "approved"),
                            ("declined", "declined"),
                            ("withdrawn", "withdrawn"),
                        ],
                        default="waiting",
                        max_length=9,
                        verbose_name="state",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="reason")),
                (
                    "asked_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="asked"),
                ),
                ("decided_at", models.DateTimeField(null=True, verbose_name="decided")),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="customers.customer"
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "award",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="review", to="loyalty.ruleaward"
                    ),
                ),
            ],
            options={
                "verbose_name": "earning to look at",
                "verbose_name_plural": "earnings to look at",
                "permissions": [("decide_earningreview", "Can decide about earnings that wait")],
                "default_permissions": ("view",),
                "indexes": [
                    models.Index(condition=models.Q(("state", "waiting")), fields=["id"], name="earning_still_waiting")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at__isnull", True), ("decided_by__isnull", True), ("state", "waiting")),
                            models.Q(models.Q(("state", "waiting"), _negated=True), ("decided_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="decided_earning_has_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "declined"), _negated=True),
                            models.Q(models.Q(("reason", ""), _negated=True), ("decided_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="declined_earning_has_a_reason_and_a_person",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RuleVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(verbose_name="version")),
                ("spec", models.JSONField(verbose_name="what it says")),
                ("begins_at", models.DateTimeField(null=True, verbose_name="begins")),
                ("ends_at", models.DateTimeField(null=True, verbose_name="ends")),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="created"),
                ),
                (
                    "begun_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
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
                    "rule",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="loyalty.rule",
                    ),
                ),
            ],
            options={
                "verbose_name": "version of a rule",
                "verbose_name_plural": "versions of rules",
                "default_permissions": ("view",),
                "constraints": [
                    models.UniqueConstraint(fields=("rule", "number"), name="version_is_numbered_within_its_rule"),
                    models.UniqueConstraint(
                        condition=models.Q(("begins_at", None)), fields=("rule",), name="rule_has_one_draft"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_at__isnull", True), ("ends_at__gte", models.F("begins_at")), _connector="OR"
                        ),
                        name="version_ends_after_it_begins",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RuleTrial",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("spec", models.JSONField(help_text="What the rule said when it was tried.")),
                ("begins_at", models.DateTimeField(verbose_name="from")),
                ("ends_at", models.DateTimeField(verbose_name="until")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "waiting"),
                            ("running", "under way"),
                            ("done", "done"),
                            ("failed", "failed"),
                        ],
                        default="waiting",
                        max_length=7,
                        verbose_name="state",
                    ),
                ),
                ("total", models.PositiveIntegerField(default=0, verbose_name="purchases")),
                ("done", models.PositiveIntegerField(default=0, verbose_name="purchases looked at")),
                ("matched", models.PositiveIntegerField(default=0, verbose_name="purchases that it is for")),
                ("customers", models.PositiveIntegerField(default=0, verbose_name="customers")),
                (
                    "points",
                    models.BigIntegerField(
                        default=0, help_text="More (or less) than without the rule.", verbose_name="points"
                    ),
                ),
                ("error", models.TextField(blank=True, verbose_name="error")),
                (
                    "asked_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="asked"),
                ),
                (
                    "moved_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        help_text="When it last went on: tells one that was killed.",
                    ),
                ),
                (
                    "asked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="trials", to="loyalty.ruleversion"
                    ),
                ),
            ],
            options={
                "verbose_name": "trial of a rule",
                "verbose_name_plural": "trials of rules",
                "default_permissions": (),
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["waiting", "running"])),
                        fields=["id"],
                        name="trial_to_go_on_with",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gt", models.F("begins_at"))), name="trial_looks_at_a_span"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("done__lte", models.F("total"))),
                        name="trial_looks_at_no_more_than_there_is",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "failed"), _negated=True),
                            models.Q(("error", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="failed_trial_says_why",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RuleSegment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "segment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="customers.segment"
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="segments",
                        to="loyalty.ruleversion",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(fields=("version", "segment"), name="version_asks_for_a_segment_once")
                ],
            },
        ),
        migrations.AddField(
            model_name="ruleaward",
            name="version",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="loyalty.ruleversion"
            ),
        ),
        migrations.AddField(
            model_name="promise",
            name="version",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="loyalty.ruleversion"
            ),
        ),
        migrations.CreateModel(
            name="Seal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("after", models.BigIntegerField(unique=True)),
                ("through", models.BigIntegerField(unique=True)),
                ("transactions", models.BigIntegerField()),
                ("digest", models.CharField(max_length=64)),
                ("sealed_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "verbose_name": "seal",
                "verbose_name_plural": "seals",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("through__gt", models.F("after"))), name="seal_covers_something"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Simulation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                ("design", models.JSONField(help_text="See loyalty.simulation.design.")),
                ("today", models.JSONField(help_text="The programme as it was when this was asked for.")),
                ("begins_at", models.DateTimeField(verbose_name="from")),
                ("ends_at", models.DateTimeField(verbose_name="until")),
                (
                    "lead_in_months",
                    models.PositiveSmallIntegerField(
                        default=12,
                        help_text="So that points and tiers are there as it begins.",
                        verbose_name="months lived through before",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "waiting"),
                            ("running", "under way"),
                            ("done", "done"),
                            ("cancelled", "cancelled"),
                            ("failed", "failed"),
                        ],
                        default="waiting",
                        max_length=9,
                        verbose_name="state",
                    ),
                ),
                ("total", models.PositiveIntegerField(default=0, verbose_name="purchases")),
                ("done", models.PositiveIntegerField(default=0, verbose_name="purchases replayed")),
                ("result", models.JSONField(null=True)),
                ("error", models.TextField(blank=True, verbose_name="error")),
                (
                    "asked_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="asked"),
                ),
                (
                    "moved_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        help_text="When it last went on: tells one that was killed.",
                    ),
                ),
                (
                    "run",
                    models.PositiveIntegerField(
                        default=0, help_text="Which attempt may write: an earlier one that wakes stops."
                    ),
                ),
                (
                    "asked_by",
                    models.ForeignKey(
                        db_index=False,
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
                        related_name="simulations",
                        to="loyalty.programme",
                    ),
                ),
            ],
            options={
                "verbose_name": "simulation",
                "verbose_name_plural": "simulations",
                "default_permissions": ("view", "add"),
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["waiting", "running"])),
                        fields=["id"],
                        name="simulation_to_go_on_with",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gt", models.F("begins_at"))), name="simulation_looks_at_a_span"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="simulation_has_a_name"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("done__lte", models.F("total"))),
                        name="simulation_replays_no_more_than_there_is",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("result__isnull", False), ("state", "done")),
                            models.Q(models.Q(("state", "done"), _negated=True), ("result__isnull", True)),
                            _connector="OR",
                        ),
                        name="done_simulation_has_a_result",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "failed"), _negated=True),
                            models.Q(("error", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="failed_simulation_says_why",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StampCard",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=60, unique=True, verbose_name="code")),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                (
                    "counts",
                    models.CharField(
                        choices=[("product", "product"), ("category", "category"), ("brand", "brand")],
                        default="product",
                        max_length=8,
                        verbose_name="a stamp for each",
                    ),
                ),
                (
                    "value",
                    models.CharField(
                        help_text="The code of the product, or the name.", max_length=100, verbose_name="which"
                    ),
                ),
                ("stamps", models.PositiveSmallIntegerField(verbose_name="stamps on a card")),
                (
                    "most_cards",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="most cards per customer"),
                ),
                (
                    "opens_at",
                    models.DateTimeField(
                        blank=True, help_text="Empty: from when it goes live.", null=True, verbose_name="from"
                    ),
                ),
                ("closes_at", models.DateTimeField(blank=True, null=True, verbose_name="until (exclusive)")),
                (
                    "status",
                    models.CharField(
                        choices=[("draft", "draft"), ("live", "live"), ("ended", "ended")],
                        default="draft",
                        max_length=5,
                        verbose_name="status",
                    ),
                ),
                (
                    "reward",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stamp_cards",
                        to="loyalty.reward",
                        verbose_name="full card gives",
                    ),
                ),
            ],
            options={
                "verbose_name": "stamp card",
                "verbose_name_plural": "stamp cards",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("stamps__gt", 0)), name="stamp_card_has_stamps"),
                    models.CheckConstraint(
                        condition=models.Q(("value", ""), _negated=True), name="stamp_card_says_what_counts"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status", "draft"), ("opens_at__isnull", False), _connector="OR"),
                        name="live_stamp_card_knows_its_beginning",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("opens_at__isnull", True),
                            ("closes_at__isnull", True),
                            ("closes_at__gt", models.F("opens_at")),
                            _connector="OR",
                        ),
                        name="stamp_card_closes_after_it_opens",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StampHolder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "stamps",
                    models.PositiveIntegerField(
                        default=0, help_text="In all, less those of returned goods.", verbose_name="stamps"
                    ),
                ),
                ("counted_at", models.DateTimeField(null=True)),
                (
                    "card",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="holders",
                        to="loyalty.stampcard",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="stamps", to="customers.customer"
                    ),
                ),
            ],
            options={
                "verbose_name": "stamps of a customer",
                "verbose_name_plural": "stamps of customers",
                "constraints": [
                    models.UniqueConstraint(fields=("card", "customer"), name="customer_has_one_count_per_stamp_card")
                ],
            },
        ),
        migrations.CreateModel(
            name="FullCard",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(help_text="The how-manieth card of the customer.")),
                ("filled_at", models.DateTimeField(verbose_name="filled")),
                ("taken_back_at", models.DateTimeField(null=True, verbose_name="taken back")),
                (
                    "claim",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="full_card", to="loyalty.claim"
                    ),
                ),
                (
                    "holder",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="full_cards",
                        to="loyalty.stampholder",
                    ),
                ),
            ],
            options={
                "verbose_name": "full stamp card",
                "verbose_name_plural": "full stamp cards",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("taken_back_at__isnull", True)),
                        fields=("holder", "number"),
                        name="full_card_gives_its_reward_once",
                    ),
                    models.CheckConstraint(condition=models.Q(("number__gt", 0)), name="full_card_has_a_number"),
                ],
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
                "indexes": [models.Index(fields=["programme", "tier", "customer"], name="standing_by_tier")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("programme", "customer"), name="customer_stands_once_in_a_programme"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("tier", ""), _negated=True), models.Q(("earned", ""), _negated=True)
                        ),
                        name="standing_names_its_tiers",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Submission",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("receipt", "receipt"),
                            ("review", "review"),
                            ("photo", "photo"),
                            ("answer", "answer"),
                        ],
                        max_length=7,
                        verbose_name="kind",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "waiting"),
                            ("confirmed", "confirmed"),
                            ("refused", "refused"),
                            ("undone", "taken back"),
                        ],
                        default="waiting",
                        max_length=9,
                        verbose_name="state",
                    ),
                ),
                (
                    "subject",
                    models.CharField(
                        blank=True, help_text="Code of a product or a question.", max_length=60, verbose_name="about"
                    ),
                ),
                ("text", models.TextField(blank=True, verbose_name="text")),
                ("rating", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="rating")),
                ("store", models.CharField(blank=True, max_length=60, verbose_name="store")),
                ("number", models.CharField(blank=True, max_length=60, verbose_name="receipt number")),
                ("bought_on", models.DateField(blank=True, null=True, verbose_name="bought on")),
                ("total", models.PositiveBigIntegerField(blank=True, null=True, verbose_name="total (minor units)")),
                (
                    "fingerprint",
                    models.CharField(blank=True, help_text="Of what makes it the same one.", max_length=64),
                ),
                (
                    "points",
                    models.PositiveBigIntegerField(
                        default=0, help_text="What it earned when it was confirmed.", verbose_name="points"
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="reason")),
                ("submitted_at", models.DateTimeField(verbose_name="sent")),
                ("decided_at", models.DateTimeField(null=True, verbose_name="decided")),
                (
                    "customer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="submissions",
                        to="customers.customer",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="decided by",
                    ),
                ),
                (
                    "fact",
                    models.OneToOneField(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.fact",
                    ),
                ),
                (
                    "picture",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="submissions",
                        to="loyalty.picture",
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
                "verbose_name": "receipt or contribution",
                "verbose_name_plural": "receipts and contributions",
                "permissions": [("decide_submission", "Can confirm and refuse what customers sent")],
                "default_permissions": ("view", "add"),
                "indexes": [
                    models.Index(fields=["customer", "submitted_at"], name="submission_by_customer"),
                    models.Index(
                        condition=models.Q(("state", "waiting")),
                        fields=["submitted_at"],
                        name="submission_still_waiting",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("state__in", ["waiting", "confirmed"]), models.Q(("fingerprint", ""), _negated=True)
                        ),
                        fields=("programme", "fingerprint"),
                        name="the_same_thing_is_sent_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at__isnull", True), ("fact__isnull", True), ("state", "waiting")),
                            models.Q(
                                ("decided_at__isnull", False),
                                ("fact__isnull", False),
                                ("state__in", ["confirmed", "undone"]),
                            ),
                            models.Q(("decided_at__isnull", False), ("fact__isnull", True), ("state", "refused")),
                            _connector="OR",
                        ),
                        name="decided_submission_has_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["refused", "undone"]), _negated=True),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="refused_submission_says_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "confirmed"), _negated=True),
                            models.Q(("fingerprint", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="confirmed_submission_has_a_fingerprint",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state", "confirmed"), ("points", 0), _connector="OR"),
                        name="only_a_confirmed_submission_earned",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("rating__isnull", True),
                            models.Q(("kind", "review"), ("rating__gte", 1), ("rating__lte", 5)),
                            _connector="OR",
                        ),
                        name="rating_is_of_a_review_from_one_to_five",
                    ),
                ],
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
                "indexes": [models.Index(fields=["programme", "ends_at"], name="granted_tier_by_end")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_at__isnull", True), ("ends_at__gte", models.F("starts_at")), _connector="OR"
                        ),
                        name="granted_tier_ends_after_it_begins",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("membership__isnull", False), models.Q(("reason", ""), _negated=True), _connector="OR"
                        ),
                        name="granted_tier_says_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("tier", ""), _negated=True), name="granted_tier_is_named"
                    ),
                ],
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
                            ("spend", "money spent"),
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
                "constraints": [
                    models.UniqueConstraint(fields=("programme", "number"), name="tier_table_number_is_used_once"),
                    models.UniqueConstraint(fields=("programme", "starts_at"), name="one_tier_table_begins_at_a_time"),
                    models.UniqueConstraint(
                        condition=models.Q(("starts_at__isnull", True)),
                        fields=("programme",),
                        name="programme_has_one_draft_of_its_tiers",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("applied_at__isnull", True), ("starts_at__isnull", True)),
                            models.Q(("applied_at__isnull", False), ("starts_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="applied_tier_table_has_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("qualify_by__in", ["points", "spend", "purchases"]),
                            ("span__in", ["rolling", "calendar"]),
                            ("lowering__in", ["immediate", "review"]),
                            ("step__in", ["all", "one"]),
                            ("review_months__in", [1, 3, 6, 12]),
                        ),
                        name="tier_table_words_are_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("months__gt", 0), ("span", "rolling")),
                            models.Q(("months", 12), ("span", "calendar")),
                            _connector="OR",
                        ),
                        name="tiers_count_a_month_at_least_and_a_year_by_the_calendar",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("step", "all"), ("lowering", "review"), ("grace_days__gt", 0), _connector="OR"
                        ),
                        name="one_tier_at_a_time_needs_time_between",
                    ),
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
                "indexes": [
                    models.Index(fields=["customer", "programme", "-at", "-id"], name="tier_change_latest_first")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("tier", models.F("was")), _negated=True), models.Q(("tier", ""), _negated=True)
                        ),
                        name="tier_change_goes_elsewhere",
                    )
                ],
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
                    "points_last",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="What is earned in this tier. Empty: as the programme says; 0: it never expires.",
                        null=True,
                        verbose_name="points last (months)",
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
                "constraints": [
                    models.UniqueConstraint(fields=("table", "code"), name="tier_code_stands_once_in_its_table"),
                    models.UniqueConstraint(fields=("table", "threshold"), name="tiers_have_different_thresholds"),
                    models.CheckConstraint(
                        condition=models.Q(("threshold__gte", 0)), name="tier_threshold_is_not_negative"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("points_last__isnull", True), ("points_last__lte", 1200), _connector="OR"),
                        name="points_of_a_tier_last_a_century_at_most",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("code", ""), _negated=True), models.Q(("name", ""), _negated=True)
                        ),
                        name="tier_has_a_code_and_a_name",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Transaction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sequence", models.BigIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("earn", "earned"),
                            ("grant", "granted"),
                            ("import", "brought in"),
                            ("activate", "became available"),
                            ("expire", "expired"),
                            ("redeem", "redeemed"),
                            ("hold", "held"),
                            ("capture", "hold captured"),
                            ("void", "hold released"),
                            ("reverse", "redemption reversed"),
                            ("claw_back", "taken back"),
                            ("adjust", "adjusted"),
                            ("move_out", "moved out"),
                            ("move_in", "moved in"),
                            ("forfeit", "forfeited"),
                            ("give", "given to a cause"),
                        ],
                        max_length=9,
                        verbose_name="kind",
                    ),
                ),
                (
                    "key",
                    models.CharField(
                        help_text="Asked again with the same key, nothing moves twice.", max_length=160, null=True
                    ),
                ),
                ("request", models.UUIDField(help_text="Hash of what was asked with the key.", null=True)),
                (
                    "natural_key",
                    models.CharField(
                        help_text="What it is for (event and rule): the second net against paying twice.",
                        max_length=160,
                        null=True,
                    ),
                ),
                (
                    "reference",
                    models.CharField(blank=True, db_default="", default="", max_length=160, verbose_name="reference"),
                ),
                (
                    "reason",
                    models.CharField(blank=True, db_default="", default="", max_length=200, verbose_name="reason"),
                ),
                ("effective_at", models.DateTimeField(verbose_name="took effect")),
                ("posted_at", models.DateTimeField(verbose_name="posted")),
                ("meta", models.JSONField(db_default={}, default=dict)),
                ("transfer_count", models.IntegerField()),
                ("pending_after", models.BigIntegerField()),
                ("available_after", models.BigIntegerField()),
                ("held_after", models.BigIntegerField()),
                ("debt_after", models.BigIntegerField()),
                (
                    "by",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
                    "reverses",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        help_text="The transaction that it resolves, reverses, takes back or completes.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="followers",
                        to="loyalty.transaction",
                    ),
                ),
            ],
            options={
                "verbose_name": "transaction",
                "verbose_name_plural": "transactions",
                "indexes": [
                    models.Index(
                        condition=models.Q(("reverses__isnull", False)),
                        fields=["reverses"],
                        name="transaction_by_what_it_answers",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("key__isnull", False)),
                        fields=("key",),
                        name="idempotency_key_is_used_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("natural_key__isnull", False)),
                        fields=("natural_key",),
                        name="event_is_paid_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("kind__in", ["capture", "void"])),
                        fields=("reverses",),
                        name="hold_is_resolved_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("transfer_count__gt", 0)), name="transaction_moves_something"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PointGift",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("points", models.PositiveBigIntegerField(verbose_name="points")),
                (
                    "status",
                    models.CharField(
                        choices=[("waiting", "waits for confirmation"), ("given", "given"), ("declined", "not given")],
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("key", models.CharField(max_length=160, null=True, unique=True)),
                ("asked_at", models.DateTimeField(verbose_name="asked")),
                ("decided_at", models.DateTimeField(null=True, verbose_name="decided")),
                ("recorded_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "asked_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "giver",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="points_given",
                        to="customers.customer",
                    ),
                ),
                (
                    "taker",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="points_taken",
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
                    "transaction",
                    models.OneToOneField(
                        help_text="The giver's.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="point_gift",
                        to="loyalty.transaction",
                    ),
                ),
            ],
            options={
                "verbose_name": "gift of points",
                "verbose_name_plural": "gifts of points",
                "indexes": [models.Index(fields=["giver", "asked_at"], name="gifts_of_a_giver")],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("points__gt", 0)), name="gift_of_points_has_points"),
                    models.CheckConstraint(
                        condition=models.Q(("giver", models.F("taker")), _negated=True),
                        name="nobody_gives_points_to_oneself",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("decided_at__isnull", True), ("status", "waiting"), ("transaction__isnull", True)
                            ),
                            models.Q(
                                ("decided_at__isnull", False), ("status", "given"), ("transaction__isnull", False)
                            ),
                            models.Q(
                                ("decided_at__isnull", False), ("status", "declined"), ("transaction__isnull", True)
                            ),
                            _connector="OR",
                        ),
                        name="gift_of_points_says_what_became_of_it",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Payment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("recorded_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "purchase",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="points_payments",
                        to="customers.purchase",
                    ),
                ),
                (
                    "redemption",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="payment", to="loyalty.transaction"
                    ),
                ),
            ],
            options={
                "verbose_name": "payment with points",
                "verbose_name_plural": "payments with points",
            },
        ),
        migrations.CreateModel(
            name="PartnerEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("issue", "given"),
                            ("reversal", "taken back"),
                            ("redemption", "redeemed there"),
                            ("refund", "given back"),
                        ],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("points", models.PositiveBigIntegerField(verbose_name="points")),
                ("at", models.DateTimeField(verbose_name="took effect")),
                (
                    "posted_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="posted"),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="loyalty.partner",
                    ),
                ),
                (
                    "pack",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="loyalty.partnerpack",
                    ),
                ),
                (
                    "rate",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="loyalty.partnerrate",
                    ),
                ),
                (
                    "statement",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="loyalty.partnerstatement",
                    ),
                ),
                (
                    "transaction",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="partner_entries",
                        to="loyalty.transaction",
                    ),
                ),
            ],
            options={
                "verbose_name": "partner entry",
                "verbose_name_plural": "partner entries",
                "indexes": [
                    models.Index(fields=["partner", "-at", "-id"], name="partner_entries_latest_first"),
                    models.Index(
                        condition=models.Q(("statement__isnull", True)),
                        fields=["partner", "at"],
                        name="partner_entries_to_settle",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("transaction", "pack"), name="transaction_is_settled_once", nulls_distinct=False
                    ),
                    models.CheckConstraint(condition=models.Q(("points__gt", 0)), name="partner_entry_moves_points"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("pack__isnull", True), ("rate__isnull", False)),
                            models.Q(
                                ("kind__in", ["issue", "reversal"]), ("pack__isnull", False), ("rate__isnull", True)
                            ),
                            _connector="OR",
                        ),
                        name="partner_entry_has_a_rate_or_a_pack",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Lot",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("granted", models.BigIntegerField()),
                ("earned_at", models.DateTimeField()),
                ("activates_at", models.DateTimeField(null=True)),
                ("expires_at", models.DateTimeField(help_text="From this moment on the points are gone.", null=True)),
                ("slid_at", models.DateTimeField(help_text="The activity that moved its expiry last.", null=True)),
                ("pending", models.BigIntegerField(default=0)),
                ("available", models.BigIntegerField(default=0)),
                ("held", models.BigIntegerField(default=0)),
                (
                    "source",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        help_text="The lot that the points were in before.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="loyalty.lot",
                    ),
                ),
                (
                    "origin",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        help_text="What first earned the points; kept when they move to another wallet.",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lots",
                        to="loyalty.transaction",
                    ),
                ),
            ],
            options={
                "verbose_name": "lot",
                "verbose_name_plural": "lots",
                "constraints": [
                    models.CheckConstraint(
                        condition=django.db.models.lookups.GreaterThanOrEqual(
                            django.db.models.functions.comparison.Least("pending", "available", "held"), 0
                        ),
                        name="lot_is_never_overdrawn",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "granted__gte",
                                django.db.models.functions.comparison.Greatest(
                                    django.db.models.expressions.CombinedExpression(
                                        django.db.models.expressions.CombinedExpression(
                                            models.F("pending"), "+", models.F("available")
                                        ),
                                        "+",
                                        models.F("held"),
                                    ),
                                    1,
                                ),
                            )
                        ),
                        name="lot_holds_no_more_than_was_granted",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("pending", 0), ("activates_at__isnull", False), _connector="OR"),
                        name="pending_lot_knows_when_it_activates",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("expires_at__gt", models.F("activates_at"))),
                        name="lot_expires_after_it_activates",
                    ),
                ],
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
                "indexes": [models.Index(fields=["cause", "at"], name="gift_by_cause")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("match_for__gt", 0), ("points__gt", 0), ("value_points__gt", 0)),
                        name="gift_gives_something",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Contribution",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("points", models.BigIntegerField(verbose_name="points")),
                ("at", models.DateTimeField(verbose_name="when")),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contributions",
                        to="loyalty.householdmember",
                    ),
                ),
                (
                    "transaction",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contribution",
                        to="loyalty.transaction",
                    ),
                ),
            ],
            options={
                "verbose_name": "contribution",
                "verbose_name_plural": "contributions",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("points", 0), _negated=True), name="contribution_moves_points"
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="claim",
            name="hold",
            field=models.OneToOneField(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="claim", to="loyalty.transaction"
            ),
        ),
        migrations.CreateModel(
            name="BulkGrantRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "waits"),
                            ("granted", "granted"),
                            ("refused", "refused"),
                            ("undone", "taken back"),
                        ],
                        db_default="waiting",
                        default="waiting",
                        max_length=7,
                    ),
                ),
                (
                    "code",
                    models.CharField(
                        blank=True, db_default="", default="", help_text="Why it was refused.", max_length=40
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bulk_grants",
                        to="customers.customer",
                    ),
                ),
                (
                    "grant",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rows",
                        to="loyalty.bulkgrant",
                    ),
                ),
                (
                    "transaction",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="loyalty.transaction",
                    ),
                ),
            ],
            options={
                "verbose_name": "row of a bulk grant",
                "verbose_name_plural": "rows of bulk grants",
                "indexes": [models.Index(fields=["grant", "state", "customer"], name="bulk_grant_rows_by_state")],
                "constraints": [
                    models.UniqueConstraint(fields=("grant", "customer"), name="customer_is_once_in_a_bulk_grant"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("code", ""), ("state", "waiting"), ("transaction__isnull", True)),
                            models.Q(
                                ("code", ""), ("state__in", ["granted", "undone"]), ("transaction__isnull", False)
                            ),
                            models.Q(
                                ("state", "refused"),
                                ("transaction__isnull", True),
                                models.Q(("code", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="bulk_grant_row_says_what_came_of_it",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AdjustmentRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("points", models.BigIntegerField(verbose_name="points")),
                ("reason", models.CharField(max_length=200, verbose_name="reason")),
                ("key", models.CharField(max_length=160, null=True, unique=True)),
                ("limit", models.PositiveBigIntegerField(help_text="Of the programme when it was asked.")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("waiting", "waits for a second person"),
                            ("approved", "approved"),
                            ("declined", "declined"),
                        ],
                        default="waiting",
                        max_length=8,
                        verbose_name="status",
                    ),
                ),
                (
                    "asked_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="asked"),
                ),
                ("decided_at", models.DateTimeField(null=True, verbose_name="decided")),
                ("answer", models.CharField(blank=True, max_length=200, verbose_name="answer")),
                (
                    "asked_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="asked by",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="adjustment_requests",
                        to="customers.customer",
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
                        verbose_name="decided by",
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
                    "transaction",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="adjustment_request",
                        to="loyalty.transaction",
                    ),
                ),
            ],
            options={
                "verbose_name": "adjustment request",
                "verbose_name_plural": "adjustment requests",
                "permissions": [
                    ("adjust_points", "Can adjust points by hand"),
                    ("decide_adjustmentrequest", "Can approve and decline adjustments"),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("status", "waiting")),
                        fields=["asked_at"],
                        name="adjustment_request_waiting",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="adjustment_request_says_why"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("points", 0), _negated=True), name="adjustment_request_moves_something"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("decided_at__isnull", True), ("status", "waiting"), ("transaction__isnull", True)
                            ),
                            models.Q(
                                ("decided_at__isnull", False), ("status", "approved"), ("transaction__isnull", False)
                            ),
                            models.Q(
                                ("decided_at__isnull", False), ("status", "declined"), ("transaction__isnull", True)
                            ),
                            _connector="OR",
                        ),
                        name="adjustment_is_decided_with_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status", "waiting"),
                            models.Q(
                                (
                                    "points__gte",
                                    django.db.models.expressions.CombinedExpression(
                                        models.F("limit"), "*", models.Value(-1)
                                    ),
                                ),
                                ("points__lte", models.F("limit")),
                            ),
                            models.Q(
                                ("asked_by__isnull", False),
                                ("decided_by__isnull", False),
                                models.Q(("decided_by", models.F("asked_by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="large_adjustment_is_decided_by_a_second_person",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Transfer",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "transaction_id", "number", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.IntegerField(help_text="From 1 on within its transaction.")),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("pending", "pending"),
                            ("available", "available"),
                            ("held", "held"),
                            ("debt", "debt"),
                            ("issued", "issued"),
                            ("redeemed", "redeemed"),
                            ("expired", "expired"),
                            ("clawed_back", "clawed back"),
                            ("waived", "waived"),
                            ("adjusted", "adjusted"),
                            ("forfeited", "forfeited"),
                            ("imported", "imported"),
                            ("partner", "partners"),
                            ("charity", "charity"),
                            ("moved", "moved between wallets"),
                        ],
                        max_length=11,
                    ),
                ),
                (
                    "target",
                    models.CharField(
                        choices=[
                            ("pending", "pending"),
                            ("available", "available"),
                            ("held", "held"),
                            ("debt", "debt"),
                            ("issued", "issued"),
                            ("redeemed", "redeemed"),
                            ("expired", "expired"),
                            ("clawed_back", "clawed back"),
                            ("waived", "waived"),
                            ("adjusted", "adjusted"),
                            ("forfeited", "forfeited"),
                            ("imported", "imported"),
                            ("partner", "partners"),
                            ("charity", "charity"),
                            ("moved", "moved between wallets"),
                        ],
                        max_length=11,
                    ),
                ),
                ("points", models.BigIntegerField()),
                (
                    "lot",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="transfers",
                        to="loyalty.lot",
                    ),
                ),
                (
                    "transaction",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="transfers",
                        to="loyalty.transaction",
                    ),
                ),
            ],
            options={
                "verbose_name": "transfer",
                "verbose_name_plural": "transfers",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("points__gt", 0)), name="transfer_moves_something")
                ],
            },
        ),
        migrations.CreateModel(
            name="VoucherBatch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                ("many", models.PositiveIntegerField(verbose_name="codes")),
                ("key", models.CharField(max_length=160, null=True, unique=True)),
                ("issued_at", models.DateTimeField(verbose_name="issued")),
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
                    "reward",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="batches", to="loyalty.reward"
                    ),
                ),
            ],
            options={
                "verbose_name": "batch of vouchers",
                "verbose_name_plural": "batches of vouchers",
                "constraints": [models.CheckConstraint(condition=models.Q(("many__gt", 0)), name="batch_has_codes")],
            },
        ),
        migrations.CreateModel(
            name="Voucher",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.CharField(help_text="SHA-256 of the code.", max_length=64, unique=True)),
                ("sealed", models.TextField(help_text="The code, encrypted.")),
                ("ending", models.CharField(db_index=True, max_length=4, verbose_name="code ends in")),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                (
                    "worth",
                    models.CharField(
                        choices=[("amount", "an amount"), ("percent", "a percentage"), ("product", "a product")],
                        max_length=7,
                        verbose_name="takes off",
                    ),
                ),
                ("amount", models.PositiveBigIntegerField(null=True, verbose_name="amount")),
                ("percent", models.PositiveSmallIntegerField(null=True, verbose_name="per cent")),
                ("product", models.CharField(blank=True, max_length=60, verbose_name="product code")),
                ("currency", models.CharField(max_length=3, verbose_name="currency")),
                (
                    "divisible",
                    models.BooleanField(default=False, help_text="A gift card: used in parts until it is empty."),
                ),
                (
                    "spent",
                    models.PositiveBigIntegerField(default=0, help_text="Of what is divisible.", verbose_name="spent"),
                ),
                ("uses", models.PositiveIntegerField(default=0, verbose_name="used")),
                ("uses_allowed", models.PositiveIntegerField(default=1, null=True, verbose_name="may be used")),
                ("bound", models.BooleanField(default=True, verbose_name="only for its owner")),
                (
                    "unused",
                    models.CharField(
                        choices=[
                            ("return", "the points go back to where they came from"),
                            ("keep", "the points are spent"),
                        ],
                        max_length=6,
                        verbose_name="if it is never used",
                    ),
                ),
                ("issued_at", models.DateTimeField(verbose_name="issued")),
                (
                    "expires_at",
                    models.DateTimeField(
                        help_text="From this moment on it is worth nothing.", null=True, verbose_name="expires"
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("open", "open"),
                            ("used", "used up"),
                            ("expired", "expired"),
                            ("revoked", "revoked"),
                        ],
                        default="open",
                        max_length=7,
                        verbose_name="status",
                    ),
                ),
                ("ended_at", models.DateTimeField(null=True, verbose_name="ended")),
                (
                    "reason",
                    models.CharField(
                        blank=True, help_text="Why it was revoked.", max_length=200, verbose_name="reason"
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
                    "claim",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="voucher",
                        to="loyalty.claim",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="vouchers",
                        to="customers.customer",
                        verbose_name="owner",
                    ),
                ),
                (
                    "reward",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="vouchers", to="loyalty.reward"
                    ),
                ),
                (
                    "batch",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="vouchers",
                        to="loyalty.voucherbatch",
                    ),
                ),
            ],
            options={
                "verbose_name": "voucher",
                "verbose_name_plural": "vouchers",
                "permissions": [
                    ("redeem_voucher", "Can use vouchers and release them again"),
                    ("revoke_voucher", "Can revoke vouchers"),
                    ("reveal_voucher", "Can see codes of vouchers"),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("expires_at__isnull", False), ("status", "open")),
                        fields=["expires_at"],
                        name="voucher_to_expire",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("amount__gt", 0),
                                ("amount__isnull", False),
                                ("percent__isnull", True),
                                ("product", ""),
                                ("worth", "amount"),
                            ),
                            models.Q(
                                ("percent__gte", 1),
                                ("percent__isnull", False),
                                ("percent__lte", 100),
                                ("product", ""),
                                ("worth", "percent"),
                            ),
                            models.Q(
                                ("amount__isnull", True),
                                ("percent__isnull", True),
                                ("worth", "product"),
                                models.Q(("product", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="voucher_says_what_it_is_worth",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("uses_allowed__isnull", True), ("uses__lte", models.F("uses_allowed")), _connector="OR"
                        ),
                        name="voucher_is_used_no_more_than_allowed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("divisible", False), ("spent", 0), ("uses_allowed__isnull", False)),
                            models.Q(("divisible", True), ("spent__lte", models.F("amount")), ("worth", "amount")),
                            _connector="OR",
                        ),
                        name="voucher_spends_no_more_than_it_is_worth",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at__isnull", True), ("status", "open")),
                            models.Q(models.Q(("status", "open"), _negated=True), ("ended_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="voucher_that_is_not_open_has_ended",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("bound", False), ("customer__isnull", False), _connector="OR"),
                        name="voucher_for_one_person_has_an_owner",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("expires_at__isnull", True), ("expires_at__gt", models.F("issued_at")), _connector="OR"
                        ),
                        name="voucher_expires_after_it_is_issued",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="VoucherUse",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reference", models.CharField(max_length=160, verbose_name="used for")),
                (
                    "goods",
                    models.PositiveBigIntegerField(
                        help_text="Minor units that it was used on.", null=True, verbose_name="goods"
                    ),
                ),
                (
                    "taken_off",
                    models.PositiveBigIntegerField(
                        help_text="Minor units, where known.", null=True, verbose_name="taken off"
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="used")),
                ("released_at", models.DateTimeField(null=True, verbose_name="released")),
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
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="voucher_uses",
                        to="customers.customer",
                    ),
                ),
                (
                    "voucher",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="used",
                        to="loyalty.voucher",
                    ),
                ),
            ],
            options={
                "verbose_name": "use of a voucher",
                "verbose_name_plural": "uses of vouchers",
                "indexes": [models.Index(fields=["voucher", "-at"], name="use_by_voucher")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("released_at__isnull", True)),
                        fields=("voucher", "reference"),
                        name="voucher_is_used_once_for_one_thing",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reference", ""), _negated=True), name="use_says_what_for"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Wallet",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("pending", models.BigIntegerField(db_default=0, default=0, verbose_name="pending")),
                ("available", models.BigIntegerField(db_default=0, default=0, verbose_name="available")),
                ("held", models.BigIntegerField(db_default=0, default=0, verbose_name="held")),
                ("debt", models.BigIntegerField(db_default=0, default=0, verbose_name="debt")),
                (
                    "sequence",
                    models.BigIntegerField(
                        db_default=0,
                        default=0,
                        help_text="Number of its latest transaction: the statement has no gaps.",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[("open", "open"), ("frozen", "frozen"), ("merged", "merged"), ("closed", "closed")],
                        db_default="open",
                        default="open",
                        max_length=6,
                        verbose_name="status",
                    ),
                ),
                (
                    "next_due",
                    models.DateTimeField(
                        help_text="Nothing becomes available or expires before then. Most postings leave it as it is.",
                        null=True,
                    ),
                ),
                (
                    "opened_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="opened"),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="wallets", to="customers.customer"
                    ),
                ),
                (
                    "merged_into",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="loyalty.wallet",
                    ),
                ),
                (
                    "programme",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="wallets",
                        to="loyalty.programme",
                    ),
                ),
            ],
            options={
                "verbose_name": "wallet",
                "verbose_name_plural": "wallets",
                "permissions": [
                    ("freeze_wallet", "Can freeze wallets and open them again"),
                    ("close_wallet", "Can close wallets for good"),
                    ("grant_points", "Can grant points"),
                    ("redeem_points", "Can redeem points"),
                    ("reverse_points", "Can reverse redemptions"),
                    ("transfer_points", "Can transfer points between customers"),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("next_due__isnull", False)), fields=["next_due"], name="wallet_to_settle"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("programme", "customer"), name="customer_has_one_wallet_per_programme"
                    ),
                    models.CheckConstraint(
                        condition=django.db.models.lookups.GreaterThanOrEqual(
                            django.db.models.functions.comparison.Least("pending", "available", "held", "debt"), 0
                        ),
                        name="wallet_is_never_overdrawn",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("debt", 0), ("available", 0), _connector="OR"),
                        name="debt_is_repaid_before_points_are_available",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ["open", "frozen"]),
                            models.Q(
                                django.db.models.lookups.Exact(
                                    django.db.models.functions.comparison.Greatest(
                                        "pending", "available", "held", "debt"
                                    ),
                                    0,
                                ),
                                ("status__in", ["merged", "closed"]),
                            ),
                            _connector="OR",
                        ),
                        name="wallet_out_of_use_is_empty",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("merged_into__isnull", False), ("status", "merged")),
                            models.Q(models.Q(("status", "merged"), _negated=True), ("merged_into__isnull", True)),
                            _connector="OR",
                        ),
                        name="merged_wallet_names_its_successor",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="transaction",
            name="wallet",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="transactions",
                to="loyalty.wallet",
            ),
        ),
        migrations.AddField(
            model_name="lot",
            name="wallet",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="lots",
                to="loyalty.wallet",
            ),
        ),
        migrations.AddConstraint(
            model_name="household",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True)),
                fields=("programme", "keeper"),
                name="keeper_keeps_one_household",
            ),
        ),
        migrations.AddConstraint(
            model_name="promise",
            constraint=models.UniqueConstraint(fields=("made_by", "version"), name="bonus_is_promised_once"),
        ),
        migrations.AddConstraint(
            model_name="claim",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("hold__isnull", True), ("points", 0)),
                    models.Q(("hold__isnull", False), ("points__gt", 0)),
                    _connector="OR",
                ),
                name="claim_for_points_names_its_hold",
            ),
        ),
        migrations.AddConstraint(
            model_name="transaction",
            constraint=models.UniqueConstraint(fields=("wallet", "sequence"), name="statement_has_no_number_twice"),
        ),
        migrations.AddIndex(
            model_name="lot",
            index=models.Index(
                condition=models.Q(("available__gt", 0)),
                fields=["wallet", "expires_at", "earned_at", "id"],
                name="lot_in_order_of_spending",
            ),
        ),
        migrations.AddIndex(
            model_name="lot",
            index=models.Index(
                condition=models.Q(("pending__gt", 0)),
                fields=["wallet", "activates_at"],
                name="lot_in_order_of_activation",
            ),
        ),
        migrations.RunSQL(GUARDS, UNGUARDED),
    ]
