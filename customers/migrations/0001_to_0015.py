"""The tables of customers as 15 earlier migrations had made them, in one step.

These are no longer here: a database that has all of them is up to date, one that has only some takes the release before
this one first.
"""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.comparison
import django.db.models.functions.datetime
import django.db.models.functions.text
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from customers.migrations import _guards as guards


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("customers", "0001_initial"),
        ("customers", "0002_append_only"),
        ("customers", "0003_stage_told"),
        ("customers", "0004_set_aside_states"),
        ("customers", "0005_who_looked_and_search"),
        ("customers", "0006_names_are_found_by_index"),
        ("customers", "0007_import_runs"),
        ("customers", "0008_names_are_found_by_one_process"),
        ("customers", "0009_facts_are_vacuumed_early"),
        ("customers", "0010_refused_in_words"),
        ("customers", "0011_profile_tier"),
        ("customers", "0012_segments"),
        ("customers", "0013_keys_are_checked_by_statement"),
        ("customers", "0014_profile_nps"),
        ("customers", "0015_searches_for_duplicates"),
    ]

    dependencies = [
        ("pghistory", "0007_auto_20250421_0444"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(guards.GRAMS, guards.NO_GRAMS),
        migrations.CreateModel(
            name="Customer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=60, unique=True, verbose_name="number")),
                ("name", models.CharField(blank=True, max_length=200, verbose_name="name")),
                (
                    "sort_key",
                    models.CharField(
                        blank=True,
                        editable=False,
                        help_text="The name without case and accents: the embedded server sorts by code point only.",
                        max_length=200,
                    ),
                ),
                ("birth_year", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="year of birth")),
                (
                    "birth_month",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="month of birth"),
                ),
                ("birth_day", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="day of birth")),
                ("language", models.CharField(blank=True, max_length=10, verbose_name="language")),
                (
                    "zone",
                    models.CharField(
                        blank=True, help_text="IANA name, such as Asia/Seoul.", max_length=50, verbose_name="zone"
                    ),
                ),
                ("country", models.CharField(blank=True, max_length=2, verbose_name="country")),
                ("city", models.CharField(blank=True, max_length=100, verbose_name="city")),
                ("latitude", models.DecimalField(blank=True, decimal_places=5, max_digits=8, null=True)),
                ("longitude", models.DecimalField(blank=True, decimal_places=5, max_digits=8, null=True)),
                ("came_from", models.CharField(blank=True, max_length=60, verbose_name="came from")),
                (
                    "status",
                    models.CharField(
                        choices=[("active", "active"), ("merged", "merged"), ("erased", "erased")],
                        default="active",
                        editable=False,
                        max_length=6,
                        verbose_name="status",
                    ),
                ),
                ("merged_at", models.DateTimeField(editable=False, null=True)),
                ("erased_at", models.DateTimeField(editable=False, null=True)),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name="created"
                    ),
                ),
                (
                    "version",
                    models.PositiveIntegerField(
                        default=1, editable=False, help_text="Grows with each change of the row."
                    ),
                ),
                (
                    "merged_into",
                    models.ForeignKey(
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="merged",
                        to="customers.customer",
                    ),
                ),
            ],
            options={
                "verbose_name": "customer",
                "verbose_name_plural": "customers",
                "permissions": [
                    ("merge_customer", "Can merge two customers"),
                    ("erase_customer", "Can erase a customer"),
                    ("export_customer", "Can export what is held about a customer"),
                ],
                "indexes": [
                    models.Index(fields=["sort_key", "id"], name="customer_by_name"),
                    models.Index(
                        django.db.models.functions.comparison.Collate("sort_key", "C"),
                        condition=models.Q(("status", "active")),
                        name="customer_by_beginning",
                    ),
                    django.contrib.postgres.indexes.GinIndex(
                        models.Func("sort_key", function="customers_grams"),
                        condition=models.Q(("status", "active"), models.Q(("sort_key", ""), _negated=True)),
                        name="customer_by_part_of_name",
                    ),
                    models.Index(
                        condition=models.Q(("merged_into__isnull", False)),
                        fields=["merged_into"],
                        name="customer_merged",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("merged_at__isnull", False), ("merged_into__isnull", False), ("status", "merged")
                            ),
                            models.Q(
                                models.Q(("status", "merged"), _negated=True),
                                ("merged_at__isnull", True),
                                ("merged_into__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="merged_customer_names_its_successor",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("merged_into", models.F("id")), _negated=True),
                        name="customer_is_not_merged_into_itself",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("erased_at__isnull", False), ("name", ""), ("status", "erased")),
                            models.Q(models.Q(("status", "erased"), _negated=True), ("erased_at__isnull", True)),
                            _connector="OR",
                        ),
                        name="erased_customer_has_a_time_and_no_name",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("birth_day__isnull", True),
                                ("birth_month__isnull", True),
                                ("birth_year__isnull", True),
                            ),
                            models.Q(
                                ("birth_day__isnull", False),
                                ("birth_day__range", (1, 31)),
                                ("birth_month__isnull", False),
                                ("birth_month__range", (1, 12)),
                            ),
                            _connector="OR",
                        ),
                        name="birthday_has_month_and_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("country", ""), ("country__regex", "^[A-Z]{2}$"), _connector="OR"),
                        name="customer_country_is_two_letters",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("latitude__isnull", True), ("longitude__isnull", True)),
                            models.Q(
                                ("latitude__isnull", False),
                                ("latitude__range", (-90, 90)),
                                ("longitude__isnull", False),
                                ("longitude__range", (-180, 180)),
                            ),
                            _connector="OR",
                        ),
                        name="customer_place_has_both_coordinates",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("number", ""), _negated=True), name="customer_number_is_not_empty"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Source",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=60, unique=True, verbose_name="code")),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                ("currency", models.CharField(blank=True, max_length=3, verbose_name="currency")),
                ("zone", models.CharField(blank=True, max_length=50, verbose_name="zone")),
                (
                    "mapping",
                    models.JSONField(
                        blank=True,
                        default=dict,
                        help_text="How its files are read; kept from the last import.",
                        verbose_name="column mapping",
                    ),
                ),
            ],
            options={
                "verbose_name": "source",
                "verbose_name_plural": "sources",
            },
        ),
        migrations.CreateModel(
            name="Bookmark",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reader", models.CharField(max_length=30, verbose_name="reader")),
                ("lane", models.PositiveSmallIntegerField(default=0)),
                ("lanes", models.PositiveSmallIntegerField(default=1)),
                ("position", models.BigIntegerField(default=0)),
                ("moved_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "verbose_name": "bookmark",
                "verbose_name_plural": "bookmarks",
                "constraints": [
                    models.UniqueConstraint(fields=("reader", "lane"), name="bookmark_of_a_lane_stands_once"),
                    models.CheckConstraint(
                        condition=models.Q(("lane__lt", models.F("lanes")), ("lanes__gt", 0)),
                        name="bookmark_lane_is_one_of_its_lanes",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ConsentDecision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
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
                    "purpose",
                    models.CharField(
                        choices=[("care", "care"), ("offers", "offers"), ("research", "research")],
                        max_length=8,
                        verbose_name="purpose",
                    ),
                ),
                ("granted", models.BooleanField(verbose_name="granted")),
                (
                    "source",
                    models.CharField(
                        help_text="Where it was decided: a form, a call, an import.",
                        max_length=60,
                        verbose_name="source",
                    ),
                ),
                ("wording", models.TextField(blank=True, verbose_name="wording shown")),
                ("at", models.DateTimeField(verbose_name="decided at")),
                ("recorded_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
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
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="consent_decisions",
                        to="customers.customer",
                    ),
                ),
            ],
            options={
                "verbose_name": "consent decision",
                "verbose_name_plural": "consent decisions",
                "indexes": [
                    models.Index(fields=["customer", "channel", "purpose", "-at", "-id"], name="consent_latest_first")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("source", ""), _negated=True), name="consent_has_a_source"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="AccessLog",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "what",
                    models.CharField(
                        choices=[
                            ("viewed", "looked at"),
                            ("found", "opened from a search"),
                            ("read", "read over the API"),
                            ("exported", "exported"),
                            ("listed", "exported in a list"),
                            ("added", "added"),
                            ("changed", "changed"),
                            ("decided", "recorded consent"),
                            ("merged", "merged"),
                            ("erased", "erased"),
                        ],
                        max_length=8,
                        verbose_name="what",
                    ),
                ),
                (
                    "fields",
                    models.CharField(
                        blank=True,
                        help_text="Names only, never what they hold.",
                        max_length=200,
                        verbose_name="fields",
                    ),
                ),
                (
                    "through",
                    models.CharField(
                        blank=True, help_text="The integration, if it was one.", max_length=60, verbose_name="through"
                    ),
                ),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="at")),
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
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="accesses",
                        to="customers.customer",
                    ),
                ),
            ],
            options={
                "verbose_name": "access",
                "verbose_name_plural": "accesses",
                "permissions": [("audit_access", "Can see who looked at or changed customers")],
                "default_permissions": (),
                "indexes": [
                    models.Index(fields=["customer", "-id"], name="access_by_customer"),
                    models.Index(fields=["by", "-id"], name="access_by_person"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("by__isnull", False), models.Q(("through", ""), _negated=True), _connector="OR"
                        ),
                        name="access_names_somebody",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CustomerEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("number", models.CharField(max_length=60, verbose_name="number")),
                ("name", models.CharField(blank=True, max_length=200, verbose_name="name")),
                ("birth_year", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="year of birth")),
                (
                    "birth_month",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="month of birth"),
                ),
                ("birth_day", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="day of birth")),
                ("language", models.CharField(blank=True, max_length=10, verbose_name="language")),
                (
                    "zone",
                    models.CharField(
                        blank=True, help_text="IANA name, such as Asia/Seoul.", max_length=50, verbose_name="zone"
                    ),
                ),
                ("country", models.CharField(blank=True, max_length=2, verbose_name="country")),
                ("city", models.CharField(blank=True, max_length=100, verbose_name="city")),
                ("latitude", models.DecimalField(blank=True, decimal_places=5, max_digits=8, null=True)),
                ("longitude", models.DecimalField(blank=True, decimal_places=5, max_digits=8, null=True)),
                ("came_from", models.CharField(blank=True, max_length=60, verbose_name="came from")),
                (
                    "status",
                    models.CharField(
                        choices=[("active", "active"), ("merged", "merged"), ("erased", "erased")],
                        default="active",
                        editable=False,
                        max_length=6,
                        verbose_name="status",
                    ),
                ),
                ("merged_at", models.DateTimeField(editable=False, null=True)),
                ("erased_at", models.DateTimeField(editable=False, null=True)),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name="created"
                    ),
                ),
                (
                    "merged_into",
                    models.ForeignKey(
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="customers.customer",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="customers.customer",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Duplicate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "reasons",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("email", "same e-mail address"),
                                ("phone", "same phone"),
                                ("birthday", "same name and birthday"),
                                ("postcode", "same name and postcode"),
                            ],
                            max_length=8,
                        ),
                        size=None,
                        verbose_name="reasons",
                    ),
                ),
                (
                    "found_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="found"),
                ),
                ("dismissed_at", models.DateTimeField(null=True, verbose_name="dismissed")),
                (
                    "dismissed_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "first",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.customer",
                    ),
                ),
                (
                    "second",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="customers.customer"
                    ),
                ),
            ],
            options={
                "verbose_name": "possible duplicate",
                "verbose_name_plural": "possible duplicates",
                "indexes": [
                    models.Index(
                        condition=models.Q(("dismissed_at__isnull", True)), fields=["id"], name="pair_waiting"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("first", "second"), name="pair_is_suggested_once"),
                    models.CheckConstraint(
                        condition=models.Q(("first__lt", models.F("second"))), name="pair_stands_in_order"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("dismissed_at__isnull", True), ("dismissed_by__isnull", True)),
                            models.Q(("dismissed_at__isnull", False), ("dismissed_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="dismissed_pair_says_who",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DuplicateSearch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "asked_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="asked"),
                ),
                ("done_at", models.DateTimeField(null=True, verbose_name="done")),
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
            ],
            options={
                "verbose_name": "search for duplicates",
                "verbose_name_plural": "searches for duplicates",
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("done_at__isnull", True)),
                        fields=("done_at",),
                        name="one_search_for_duplicates_waits",
                        nulls_distinct=False,
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="EmailAddress",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("address", models.EmailField(max_length=254, verbose_name="e-mail address")),
                ("primary", models.BooleanField(default=False, verbose_name="primary")),
                ("came_from", models.CharField(blank=True, max_length=60, verbose_name="came from")),
                (
                    "added_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="email_addresses",
                        to="customers.customer",
                    ),
                ),
            ],
            options={
                "verbose_name": "e-mail address",
                "verbose_name_plural": "e-mail addresses",
                "indexes": [
                    models.Index(fields=["address"], name="email_by_beginning", opclasses=["varchar_pattern_ops"])
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("customer", "address"), name="email_address_stands_once_per_customer"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("primary", True)),
                        fields=("customer",),
                        name="customer_has_one_primary_email_address",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("address", django.db.models.functions.text.Lower("address"))),
                        name="email_address_is_lower_case",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="EmailAddressEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("address", models.EmailField(max_length=254, verbose_name="e-mail address")),
                ("primary", models.BooleanField(default=False, verbose_name="primary")),
                ("came_from", models.CharField(blank=True, max_length=60, verbose_name="came from")),
                (
                    "added_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="customers.customer",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="customers.emailaddress",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Fact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("verb", models.CharField(max_length=30)),
                ("at", models.DateTimeField(help_text="When it happened.")),
                (
                    "recorded_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), help_text="When Mainstay learnt of it."
                    ),
                ),
                (
                    "about",
                    models.JSONField(
                        db_default={},
                        default=dict,
                        help_text="Particulars: ids, numbers and amounts; personal data never.",
                    ),
                ),
                (
                    "key",
                    models.CharField(help_text="The same key is never recorded twice.", max_length=160, null=True),
                ),
                (
                    "position",
                    models.BigIntegerField(
                        editable=False,
                        help_text="The place in the order of reading, given after commit.",
                        null=True,
                        unique=True,
                    ),
                ),
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
                    "customer",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="timeline",
                        to="customers.customer",
                    ),
                ),
            ],
            options={
                "verbose_name": "fact",
                "verbose_name_plural": "facts",
                "indexes": [
                    models.Index(fields=["customer", "-at", "-id"], name="fact_latest_first"),
                    models.Index(
                        condition=models.Q(("position__isnull", True)), fields=["id"], name="fact_without_position"
                    ),
                ],
                "constraints": [models.UniqueConstraint(fields=("key",), name="fact_key_is_recorded_once")],
            },
        ),
        migrations.CreateModel(
            name="ImportRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("purchases", "purchases"), ("customers", "customers"), ("facts", "facts")],
                        default="purchases",
                        max_length=9,
                        verbose_name="kind",
                    ),
                ),
                ("file_name", models.CharField(max_length=255, verbose_name="file")),
                (
                    "path",
                    models.CharField(
                        blank=True, help_text="Where the file lies; empty once it is removed.", max_length=500
                    ),
                ),
                (
                    "owned",
                    models.BooleanField(
                        default=False, help_text="Uploaded: the file is removed when it is no longer needed."
                    ),
                ),
                ("size", models.BigIntegerField(default=0, verbose_name="size")),
                ("digest", models.CharField(blank=True, max_length=64)),
                ("products_path", models.CharField(blank=True, max_length=500)),
                ("mapping", models.JSONField(blank=True, default=dict, verbose_name="mapping")),
                (
                    "expected",
                    models.JSONField(
                        blank=True,
                        default=dict,
                        help_text="What the file should come to.",
                        verbose_name="control totals",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("uploaded", "uploaded"),
                            ("confirmed", "mapping confirmed"),
                            ("checking", "dry run going on"),
                            ("checked", "dry run done"),
                            ("running", "running"),
                            ("paused", "paused"),
                            ("done", "done"),
                            ("failed", "failed"),
                        ],
                        default="uploaded",
                        max_length=9,
                        verbose_name="state",
                    ),
                ),
                (
                    "phase",
                    models.CharField(
                        choices=[
                            ("file", "reading the file"),
                            ("scattered", "putting scattered orders together"),
                            ("returns", "matching returns"),
                            ("end", "finished"),
                        ],
                        default="file",
                        max_length=9,
                        verbose_name="phase",
                    ),
                ),
                ("done_rows", models.BigIntegerField(default=0, verbose_name="rows done")),
                ("total_rows", models.BigIntegerField(null=True, verbose_name="rows")),
                ("totals", models.JSONField(blank=True, default=dict)),
                ("dry_totals", models.JSONField(blank=True, default=dict)),
                ("error", models.TextField(blank=True, verbose_name="error")),
                ("seconds", models.FloatField(default=0, verbose_name="seconds of work")),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="uploaded"
                    ),
                ),
                ("started_at", models.DateTimeField(null=True, verbose_name="started")),
                ("moved_at", models.DateTimeField(help_text="The last sign of life.", null=True)),
                ("finished_at", models.DateTimeField(null=True, verbose_name="finished")),
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
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="import_runs", to="customers.source"
                    ),
                ),
            ],
            options={
                "verbose_name": "import",
                "verbose_name_plural": "imports",
                "ordering": ["-pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ("running", "checking"))),
                        fields=["moved_at"],
                        name="import_under_way",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("finished_at__isnull", False), ("state__in", ("done", "failed"))),
                            models.Q(
                                models.Q(("state__in", ("done", "failed")), _negated=True),
                                ("finished_at__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="finished_import_has_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "done"), _negated=True), ("phase", "end"), _connector="OR"
                        ),
                        name="done_import_has_come_to_its_end",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BadRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("line", models.BigIntegerField(verbose_name="line")),
                ("cells", models.TextField(help_text="The row as it was, a JSON list.")),
                ("code", models.CharField(max_length=40, verbose_name="reason")),
                (
                    "sentence",
                    models.TextField(
                        blank=True, help_text="Where the reason's own says too little.", verbose_name="in words"
                    ),
                ),
                (
                    "customer",
                    models.CharField(
                        blank=True, help_text="Whom the row is about: to find it for erasure.", max_length=100
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="bad_rows",
                        to="customers.importrun",
                    ),
                ),
            ],
            options={
                "verbose_name": "refused row",
                "verbose_name_plural": "refused rows",
                "indexes": [
                    models.Index(
                        condition=models.Q(("customer", ""), _negated=True),
                        fields=["customer"],
                        name="bad_row_by_customer",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("run", "line"), name="row_is_refused_once_per_import")
                ],
            },
        ),
        migrations.CreateModel(
            name="Phone",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "number",
                    models.CharField(
                        help_text="In the form +49301234567.", max_length=20, verbose_name="phone number"
                    ),
                ),
                ("primary", models.BooleanField(default=False, verbose_name="primary")),
                ("came_from", models.CharField(blank=True, max_length=60, verbose_name="came from")),
                (
                    "added_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="phones",
                        to="customers.customer",
                    ),
                ),
            ],
            options={
                "verbose_name": "phone",
                "verbose_name_plural": "phones",
                "indexes": [
                    models.Index(fields=["number"], name="phone_by_number"),
                    models.Index(
                        django.contrib.postgres.indexes.OpClass(
                            django.db.models.functions.text.Reverse("number"), name="text_pattern_ops"
                        ),
                        name="phone_by_last_digits",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("customer", "number"), name="phone_stands_once_per_customer"),
                    models.UniqueConstraint(
                        condition=models.Q(("primary", True)),
                        fields=("customer",),
                        name="customer_has_one_primary_phone",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("number__regex", "^\\+[1-9][0-9]{5,14}$")),
                        name="phone_is_in_international_form",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PhoneEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "number",
                    models.CharField(
                        help_text="In the form +49301234567.", max_length=20, verbose_name="phone number"
                    ),
                ),
                ("primary", models.BooleanField(default=False, verbose_name="primary")),
                ("came_from", models.CharField(blank=True, max_length=60, verbose_name="came from")),
                (
                    "added_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="customers.customer",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="customers.phone",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="PostalAddress",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("lines", models.TextField(verbose_name="street and house")),
                ("postcode", models.CharField(blank=True, max_length=20, verbose_name="postcode")),
                ("city", models.CharField(blank=True, max_length=100, verbose_name="city")),
                ("region", models.CharField(blank=True, max_length=100, verbose_name="region")),
                ("country", models.CharField(max_length=2, verbose_name="country")),
                ("primary", models.BooleanField(default=False, verbose_name="primary")),
                ("came_from", models.CharField(blank=True, max_length=60, verbose_name="came from")),
                (
                    "added_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="postal_addresses",
                        to="customers.customer",
                    ),
                ),
            ],
            options={
                "verbose_name": "postal address",
                "verbose_name_plural": "postal addresses",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("primary", True)),
                        fields=("customer",),
                        name="customer_has_one_primary_postal_address",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("country__regex", "^[A-Z]{2}$")), name="address_country_is_two_letters"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PostalAddressEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("lines", models.TextField(verbose_name="street and house")),
                ("postcode", models.CharField(blank=True, max_length=20, verbose_name="postcode")),
                ("city", models.CharField(blank=True, max_length=100, verbose_name="city")),
                ("region", models.CharField(blank=True, max_length=100, verbose_name="region")),
                ("country", models.CharField(max_length=2, verbose_name="country")),
                ("primary", models.BooleanField(default=False, verbose_name="primary")),
                ("came_from", models.CharField(blank=True, max_length=60, verbose_name="came from")),
                (
                    "added_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="customers.customer",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="customers.postaladdress",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Purchase",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=100, verbose_name="order number")),
                ("at", models.DateTimeField(verbose_name="bought")),
                ("currency", models.CharField(max_length=3, verbose_name="currency")),
                ("channel", models.CharField(blank=True, max_length=30, verbose_name="channel")),
                ("store", models.CharField(blank=True, max_length=60, verbose_name="store")),
                (
                    "goods",
                    models.BigIntegerField(help_text="Sum of the lines, after discounts.", verbose_name="goods"),
                ),
                ("shipping", models.BigIntegerField(default=0, verbose_name="shipping")),
                ("tax", models.BigIntegerField(default=0, help_text="Contained in the amounts.", verbose_name="tax")),
                (
                    "gift_card",
                    models.BigIntegerField(
                        default=0,
                        help_text="The part that is gift cards, sold or used to pay: it earns nothing.",
                        verbose_name="gift cards",
                    ),
                ),
                ("points_paid", models.BigIntegerField(default=0, verbose_name="paid with points")),
                (
                    "returned",
                    models.BigIntegerField(default=0, help_text="Goods brought back so far.", verbose_name="returned"),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[("standing", "standing"), ("cancelled", "cancelled")],
                        default="standing",
                        max_length=9,
                        verbose_name="status",
                    ),
                ),
                ("cancelled_at", models.DateTimeField(null=True, verbose_name="cancelled")),
                (
                    "fingerprint",
                    models.CharField(help_text="Of the content: tells a repetition from a conflict.", max_length=64),
                ),
                ("recorded_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
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
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="purchases",
                        to="customers.customer",
                    ),
                ),
                (
                    "rebilled_as",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rebills",
                        to="customers.purchase",
                        verbose_name="billed again as",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="purchases",
                        to="customers.source",
                    ),
                ),
            ],
            options={
                "verbose_name": "purchase",
                "verbose_name_plural": "purchases",
                "permissions": [
                    ("record_purchase", "Can record purchases"),
                    ("return_purchase", "Can record returns and cancellations"),
                    ("import_purchase", "Can import purchases"),
                ],
                "indexes": [
                    models.Index(
                        fields=["customer", "at"], include=("goods", "returned"), name="purchase_by_customer"
                    ),
                    models.Index(fields=["number"], name="purchase_by_number", opclasses=["varchar_pattern_ops"]),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("source", "number"), name="order_number_is_unique_within_its_source"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("gift_card__gte", 0),
                            ("goods__gte", 0),
                            ("points_paid__gte", 0),
                            ("shipping__gte", 0),
                            ("tax__gte", 0),
                        ),
                        name="purchase_amounts_are_not_negative",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("returned__gte", 0), ("returned__lte", models.F("goods"))),
                        name="purchase_returns_no_more_than_its_goods",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "gift_card__lte",
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        models.F("goods"), "+", models.F("shipping")
                                    ),
                                    "-",
                                    models.F("points_paid"),
                                ),
                            )
                        ),
                        name="purchase_is_paid_with_no_more_than_its_total",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("currency__regex", "^[A-Z]{3}$")), name="purchase_currency_is_iso"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("cancelled_at__isnull", False), ("status", "cancelled")),
                            models.Q(
                                models.Q(("status", "cancelled"), _negated=True),
                                ("cancelled_at__isnull", True),
                                ("rebilled_as__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="cancelled_purchase_has_a_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Line",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveIntegerField(verbose_name="position")),
                ("product", models.CharField(blank=True, max_length=60, verbose_name="product code")),
                ("name", models.CharField(blank=True, max_length=200, verbose_name="name")),
                ("category", models.CharField(blank=True, max_length=100, verbose_name="category")),
                ("brand", models.CharField(blank=True, max_length=100, verbose_name="brand")),
                ("supplier", models.CharField(blank=True, max_length=100, verbose_name="supplier")),
                ("margin_class", models.CharField(blank=True, max_length=20, verbose_name="margin class")),
                ("quantity", models.DecimalField(decimal_places=3, max_digits=12, verbose_name="quantity")),
                (
                    "unit_price",
                    models.DecimalField(
                        decimal_places=4,
                        help_text="Minor units; the only money that may be a fraction.",
                        max_digits=16,
                        verbose_name="unit price",
                    ),
                ),
                ("discount", models.BigIntegerField(default=0, verbose_name="discount")),
                ("tax", models.BigIntegerField(default=0, help_text="Contained in the amount.", verbose_name="tax")),
                (
                    "amount",
                    models.BigIntegerField(
                        help_text="Quantity times price, rounded, less discount.", verbose_name="amount"
                    ),
                ),
                ("returned", models.DecimalField(decimal_places=3, default=0, max_digits=12, verbose_name="returned")),
                (
                    "purchase",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="customers.purchase",
                    ),
                ),
            ],
            options={
                "verbose_name": "line",
                "verbose_name_plural": "lines",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("purchase", "position"), name="line_position_is_unique_within_its_purchase"
                    ),
                    models.CheckConstraint(condition=models.Q(("quantity__gt", 0)), name="line_sells_something"),
                    models.CheckConstraint(
                        condition=models.Q(("returned__gte", 0), ("returned__lte", models.F("quantity"))),
                        name="line_returns_no_more_than_was_bought",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("amount__gte", 0), ("discount__gte", 0), ("tax__gte", 0), ("unit_price__gte", 0)
                        ),
                        name="line_amounts_are_not_negative",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Return",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=100, verbose_name="number")),
                ("at", models.DateTimeField(verbose_name="returned")),
                (
                    "amount",
                    models.BigIntegerField(help_text="What the returned goods had cost.", verbose_name="amount"),
                ),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="reason")),
                ("recorded_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
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
                    "purchase",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="returns",
                        to="customers.purchase",
                    ),
                ),
            ],
            options={
                "verbose_name": "return",
                "verbose_name_plural": "returns",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("purchase", "number"), name="return_number_is_unique_within_its_purchase"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount__gte", 0)), name="return_amount_is_not_negative"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReturnLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("quantity", models.DecimalField(decimal_places=3, max_digits=12, verbose_name="quantity")),
                ("amount", models.BigIntegerField(verbose_name="amount")),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="return_lines", to="customers.line"
                    ),
                ),
                (
                    "part_of",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="customers.return",
                    ),
                ),
            ],
            options={
                "verbose_name": "returned line",
                "verbose_name_plural": "returned lines",
                "constraints": [
                    models.UniqueConstraint(fields=("part_of", "line"), name="line_is_returned_once_per_return"),
                    models.CheckConstraint(
                        condition=models.Q(("amount__gte", 0), ("quantity__gt", 0)),
                        name="return_line_brings_something",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Segment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100, unique=True, verbose_name="name")),
                ("description", models.CharField(blank=True, max_length=300, verbose_name="description")),
                ("conditions", models.JSONField(verbose_name="conditions")),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name="created"
                    ),
                ),
                (
                    "changed_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name="changed"
                    ),
                ),
                (
                    "version",
                    models.PositiveIntegerField(default=1, help_text="Grows with each change of the conditions."),
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
            ],
            options={
                "verbose_name": "segment",
                "verbose_name_plural": "segments",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("name", ""), _negated=True), name="segment_has_a_name"),
                    models.CheckConstraint(
                        condition=models.Q(("conditions__has_key", "groups")), name="segment_has_groups_of_conditions"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SetAside",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reader", models.CharField(max_length=30, verbose_name="reader")),
                ("tries", models.PositiveSmallIntegerField(default=0, verbose_name="tries")),
                ("error", models.TextField(blank=True, verbose_name="error")),
                (
                    "first_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="first failed"
                    ),
                ),
                ("next_try_at", models.DateTimeField(null=True, verbose_name="next try")),
                ("set_aside_at", models.DateTimeField(null=True, verbose_name="set aside")),
                ("digested_at", models.DateTimeField(null=True, verbose_name="digested after all")),
                ("dismissed_at", models.DateTimeField(null=True, verbose_name="dismissed")),
                (
                    "dismissed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "fact",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="set_aside", to="customers.fact"
                    ),
                ),
            ],
            options={
                "verbose_name": "fact set aside",
                "verbose_name_plural": "facts set aside",
                "permissions": [("retry_setaside", "Can let a reader try a fact again")],
                "indexes": [
                    models.Index(
                        condition=models.Q(("next_try_at__isnull", False)),
                        fields=["reader", "fact"],
                        name="set_aside_waiting_for_a_try",
                    ),
                    models.Index(
                        condition=models.Q(("set_aside_at__isnull", False)), fields=["-id"], name="set_aside_unsettled"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("reader", "fact"), name="fact_is_set_aside_once_per_reader"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("digested_at", None),
                                ("dismissed_at", None),
                                ("next_try_at__isnull", False),
                                ("set_aside_at", None),
                            ),
                            models.Q(
                                ("digested_at", None),
                                ("dismissed_at", None),
                                ("next_try_at", None),
                                ("set_aside_at__isnull", False),
                            ),
                            models.Q(
                                ("digested_at__isnull", False),
                                ("dismissed_at", None),
                                ("next_try_at", None),
                                ("set_aside_at", None),
                            ),
                            models.Q(
                                ("digested_at", None),
                                ("dismissed_at__isnull", False),
                                ("next_try_at", None),
                                ("set_aside_at", None),
                            ),
                            _connector="OR",
                        ),
                        name="set_aside_fact_is_in_one_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("dismissed_at", None), ("dismissed_by", None)),
                            models.Q(("dismissed_at__isnull", False), ("dismissed_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="dismissed_fact_names_who_dismissed_it",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("set_aside_at", None),
                            models.Q(("tries__gt", 0), models.Q(("error", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="set_aside_fact_has_an_error",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Trait",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("trait", "trait"),
                            ("like", "likes"),
                            ("dislike", "dislikes"),
                            ("brand", "favourite brand"),
                            ("social", "social handle"),
                        ],
                        max_length=7,
                        verbose_name="kind",
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        blank=True,
                        help_text="What it is about: shoe size; the network of a handle.",
                        max_length=60,
                        verbose_name="name",
                    ),
                ),
                ("value", models.CharField(max_length=200, verbose_name="value")),
                ("came_from", models.CharField(blank=True, max_length=60, verbose_name="came from")),
                (
                    "learnt_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name="learnt"
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="traits",
                        to="customers.customer",
                    ),
                ),
            ],
            options={
                "verbose_name": "trait",
                "verbose_name_plural": "traits",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("customer", "kind", "name", "value"), name="trait_stands_once_per_customer"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("value", ""), _negated=True), name="trait_says_something"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TraitEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("trait", "trait"),
                            ("like", "likes"),
                            ("dislike", "dislikes"),
                            ("brand", "favourite brand"),
                            ("social", "social handle"),
                        ],
                        max_length=7,
                        verbose_name="kind",
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        blank=True,
                        help_text="What it is about: shoe size; the network of a handle.",
                        max_length=60,
                        verbose_name="name",
                    ),
                ),
                ("value", models.CharField(max_length=200, verbose_name="value")),
                ("came_from", models.CharField(blank=True, max_length=60, verbose_name="came from")),
                (
                    "learnt_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name="learnt"
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="customers.customer",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="customers.trait",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="WaitingRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("phase", models.CharField(max_length=9)),
                (
                    "at",
                    models.DateTimeField(
                        help_text="Of the return: the earlier one finds its purchase first.", null=True
                    ),
                ),
                ("key", models.TextField(help_text="What the rows of one order have in common.")),
                ("line", models.BigIntegerField()),
                ("cells", models.TextField()),
                ("customer", models.CharField(blank=True, max_length=100)),
                ("product", models.CharField(blank=True, max_length=60)),
                ("quantity", models.DecimalField(decimal_places=3, max_digits=12, null=True)),
                (
                    "run",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="waiting_rows",
                        to="customers.importrun",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["run", "phase", "at", "key", "line"], name="waiting_row_in_order")],
            },
        ),
        migrations.CreateModel(
            name="Profile",
            fields=[
                (
                    "customer",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="profile",
                        serialize=False,
                        to="customers.customer",
                    ),
                ),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("lead", "lead"),
                            ("new", "new"),
                            ("active", "active"),
                            ("at_risk", "at risk"),
                            ("lapsed", "lapsed"),
                            ("returned", "returned"),
                        ],
                        default="lead",
                        max_length=8,
                        verbose_name="stage",
                    ),
                ),
                (
                    "stage_told",
                    models.CharField(
                        choices=[
                            ("lead", "lead"),
                            ("new", "new"),
                            ("active", "active"),
                            ("at_risk", "at risk"),
                            ("lapsed", "lapsed"),
                            ("returned", "returned"),
                        ],
                        db_default="lead",
                        default="lead",
                        editable=False,
                        help_text="The stage that the timeline knows of.",
                        max_length=8,
                    ),
                ),
                ("purchases", models.PositiveIntegerField(default=0, verbose_name="purchases")),
                ("first_purchase_at", models.DateTimeField(null=True, verbose_name="first purchase")),
                ("last_purchase_at", models.DateTimeField(null=True, verbose_name="last purchase")),
                (
                    "usual_gap_days",
                    models.FloatField(
                        help_text="Median days from one purchase to the next; none below two purchases.",
                        null=True,
                        verbose_name="usual gap",
                    ),
                ),
                (
                    "last_gap_days",
                    models.FloatField(help_text="Before the latest purchase: tells who came back.", null=True),
                ),
                (
                    "currency",
                    models.CharField(
                        blank=True,
                        help_text="Of the latest purchase; the amounts count purchases in it.",
                        max_length=3,
                        verbose_name="currency",
                    ),
                ),
                (
                    "gross",
                    models.BigIntegerField(default=0, help_text="Goods, in minor units.", verbose_name="bought for"),
                ),
                ("returned", models.BigIntegerField(default=0, verbose_name="returned for")),
                ("points_pending", models.BigIntegerField(default=0, verbose_name="points pending")),
                ("points_available", models.BigIntegerField(default=0, verbose_name="points available")),
                ("points_held", models.BigIntegerField(default=0, verbose_name="points held")),
                ("points_debt", models.BigIntegerField(default=0, verbose_name="points owed")),
                (
                    "tier",
                    models.CharField(
                        blank=True,
                        db_default="",
                        default="",
                        help_text="Code of the main programme's tier.",
                        max_length=40,
                        verbose_name="tier",
                    ),
                ),
                ("nps", models.SmallIntegerField(help_text="0 to 10.", null=True, verbose_name="last NPS answer")),
                ("refreshed_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "profile",
                "verbose_name_plural": "profiles",
                "indexes": [
                    models.Index(fields=["-last_purchase_at", "customer"], name="profile_last_purchase_first"),
                    models.Index(fields=["stage", "customer"], name="profile_by_stage"),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="customer",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."birth_day" IS DISTINCT FROM (NEW."birth_day") OR OLD."birth_month" IS DISTINCT FROM (NEW."birth_month") OR OLD."birth_year" IS DISTINCT FROM (NEW."birth_year") OR OLD."came_from" IS DISTINCT FROM (NEW."came_from") OR OLD."city" IS DISTINCT FROM (NEW."city") OR OLD."country" IS DISTINCT FROM (NEW."country") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."erased_at" IS DISTINCT FROM (NEW."erased_at") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."language" IS DISTINCT FROM (NEW."language") OR OLD."latitude" IS DISTINCT FROM (NEW."latitude") OR OLD."longitude" IS DISTINCT FROM (NEW."longitude") OR OLD."merged_at" IS DISTINCT FROM (NEW."merged_at") OR OLD."merged_into_id" IS DISTINCT FROM (NEW."merged_into_id") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."number" IS DISTINCT FROM (NEW."number") OR OLD."status" IS DISTINCT FROM (NEW."status") OR OLD."zone" IS DISTINCT FROM (NEW."zone"))',
                    func='INSERT INTO "customers_customerevent" ("birth_day", "birth_month", "birth_year", "came_from", "city", "country", "created_at", "erased_at", "id", "language", "latitude", "longitude", "merged_at", "merged_into_id", "name", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "status", "zone") VALUES (OLD."birth_day", OLD."birth_month", OLD."birth_year", OLD."came_from", OLD."city", OLD."country", OLD."created_at", OLD."erased_at", OLD."id", OLD."language", OLD."latitude", OLD."longitude", OLD."merged_at", OLD."merged_into_id", OLD."name", OLD."number", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."status", OLD."zone"); RETURN NULL;',
                    hash="61dc1b0e0d2e7e195a712c185e16349002f52e51",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_ca86d",
                    table="customers_customer",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="customer",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "customers_customerevent" ("birth_day", "birth_month", "birth_year", "came_from", "city", "country", "created_at", "erased_at", "id", "language", "latitude", "longitude", "merged_at", "merged_into_id", "name", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "status", "zone") VALUES (OLD."birth_day", OLD."birth_month", OLD."birth_year", OLD."came_from", OLD."city", OLD."country", OLD."created_at", OLD."erased_at", OLD."id", OLD."language", OLD."latitude", OLD."longitude", OLD."merged_at", OLD."merged_into_id", OLD."name", OLD."number", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."status", OLD."zone"); RETURN NULL;',
                    hash="1f2988c135151f8ef5bd2d71a83e8b092dde3638",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_939ca",
                    table="customers_customer",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="emailaddress",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "customers_emailaddressevent" ("added_at", "address", "came_from", "customer_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "primary") VALUES (OLD."added_at", OLD."address", OLD."came_from", OLD."customer_id", OLD."id", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."primary"); RETURN NULL;',
                    hash="c8cf67a941b8be2222b1de0537e4ed1b096fc7ae",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_a644f",
                    table="customers_emailaddress",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="emailaddress",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "customers_emailaddressevent" ("added_at", "address", "came_from", "customer_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "primary") VALUES (OLD."added_at", OLD."address", OLD."came_from", OLD."customer_id", OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."primary"); RETURN NULL;',
                    hash="bbb466421e961ff13d27002c7b86deae45007760",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_795c2",
                    table="customers_emailaddress",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="phone",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "customers_phoneevent" ("added_at", "came_from", "customer_id", "id", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "primary") VALUES (OLD."added_at", OLD."came_from", OLD."customer_id", OLD."id", OLD."number", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."primary"); RETURN NULL;',
                    hash="05ba1434868b7be927c6d7893da523c23720d26d",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_3e064",
                    table="customers_phone",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="phone",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "customers_phoneevent" ("added_at", "came_from", "customer_id", "id", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "primary") VALUES (OLD."added_at", OLD."came_from", OLD."customer_id", OLD."id", OLD."number", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."primary"); RETURN NULL;',
                    hash="130c9018d7f1002baf36dc05bdcc5c595df76f83",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_a9828",
                    table="customers_phone",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="postaladdress",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "customers_postaladdressevent" ("added_at", "came_from", "city", "country", "customer_id", "id", "lines", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "postcode", "primary", "region") VALUES (OLD."added_at", OLD."came_from", OLD."city", OLD."country", OLD."customer_id", OLD."id", OLD."lines", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."postcode", OLD."primary", OLD."region"); RETURN NULL;',
                    hash="a9ef7f1c6e562b060a4075aa910ebe2e240e57e4",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_5911b",
                    table="customers_postaladdress",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="postaladdress",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "customers_postaladdressevent" ("added_at", "came_from", "city", "country", "customer_id", "id", "lines", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "postcode", "primary", "region") VALUES (OLD."added_at", OLD."came_from", OLD."city", OLD."country", OLD."customer_id", OLD."id", OLD."lines", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."postcode", OLD."primary", OLD."region"); RETURN NULL;',
                    hash="4c62bb8985c111e9c7007981aa9d9c4a5f2c9dfa",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_3c956",
                    table="customers_postaladdress",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="trait",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "customers_traitevent" ("came_from", "customer_id", "id", "kind", "learnt_at", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "value") VALUES (OLD."came_from", OLD."customer_id", OLD."id", OLD."kind", OLD."learnt_at", OLD."name", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."value"); RETURN NULL;',
                    hash="0aa6fdc30d3d8395bc197935ab3ccbab8972c8c0",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_5e585",
                    table="customers_trait",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="trait",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "customers_traitevent" ("came_from", "customer_id", "id", "kind", "learnt_at", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "value") VALUES (OLD."came_from", OLD."customer_id", OLD."id", OLD."kind", OLD."learnt_at", OLD."name", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."value"); RETURN NULL;',
                    hash="a0aba340aedf86e0d526a04fc03cab8111677063",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_f514d",
                    table="customers_trait",
                    when="AFTER",
                ),
            ),
        ),
        migrations.RunSQL(guards.GUARDS, guards.UNGUARDED),
    ]
