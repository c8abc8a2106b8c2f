"""The tables of integrations as 18 earlier migrations had made them, in one step.

These are no longer here: a database that has all of them is up to date, one that has only some takes the release before
this one first.
"""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import integrations.scopes


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("integrations", "0001_tokens_and_replies"),
        ("integrations", "0002_webhooks"),
        ("integrations", "0003_replies_may_be_sealed"),
        ("integrations", "0004_replies_tell_of_customers"),
        ("integrations", "0005_tokens_may_read_calendars"),
        ("integrations", "0006_scopes_for_rewards"),
        ("integrations", "0007_scope_for_partners"),
        ("integrations", "0008_codes_may_be_revealed"),
        ("integrations", "0009_scopes_of_memberships"),
        ("integrations", "0010_scope_for_gifts"),
        ("integrations", "0011_scopes_of_rules"),
        ("integrations", "0012_scopes_for_referrals_and_contributions"),
        ("integrations", "0013_scopes_of_loyaltys_operations"),
        ("integrations", "0014_scope_for_messages"),
        ("integrations", "0015_scopes_for_surveys"),
        ("integrations", "0016_scope_for_incoming_mail"),
        ("integrations", "0017_scopes_for_cases"),
        ("integrations", "0018_scope_for_promises"),
    ]

    dependencies = [
        ("customers", "0001_to_0015"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Endpoint",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                ("url", models.CharField(max_length=500, verbose_name="address")),
                (
                    "verbs",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=30),
                        blank=True,
                        default=list,
                        help_text="Empty: all.",
                        size=None,
                        verbose_name="facts",
                    ),
                ),
                (
                    "since",
                    models.BigIntegerField(
                        editable=False, help_text="The position of the last fact that it is not told of."
                    ),
                ),
                ("secret", models.TextField(editable=False)),
                ("previous_secret", models.TextField(blank=True, editable=False)),
                (
                    "previous_until",
                    models.DateTimeField(editable=False, help_text="Till then messages carry both.", null=True),
                ),
                ("active", models.BooleanField(default=True, verbose_name="active")),
                (
                    "failures",
                    models.PositiveIntegerField(default=0, editable=False, help_text="Since the last success."),
                ),
                ("failing_since", models.DateTimeField(editable=False, null=True)),
                (
                    "retry_at",
                    models.DateTimeField(editable=False, help_text="Nothing is sent before: it is unwell.", null=True),
                ),
                (
                    "disabled_at",
                    models.DateTimeField(
                        editable=False,
                        help_text="By Mainstay, after failing for long.",
                        null=True,
                        verbose_name="switched off",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name="created"
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
                "verbose_name": "webhook",
                "verbose_name_plural": "webhooks",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("disabled_at", None), ("active", False), _connector="OR"),
                        name="endpoint_switched_off_is_not_active",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("failing_since", None), ("failures", 0), ("retry_at", None)),
                            models.Q(("failing_since__isnull", False), ("failures__gt", 0)),
                            _connector="OR",
                        ),
                        name="endpoint_fails_since_its_first_failure",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("previous_secret", ""), ("previous_until", None)),
                            models.Q(
                                models.Q(("previous_secret", ""), _negated=True), ("previous_until__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="previous_secret_has_an_end",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("name", ""), _negated=True),
                            models.Q(("url", ""), _negated=True),
                            models.Q(("secret", ""), _negated=True),
                        ),
                        name="endpoint_has_name_address_and_secret",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "waiting"),
                            ("leased", "being sent"),
                            ("sent", "delivered"),
                            ("failed", "failed, to be tried again"),
                            ("gave_up", "given up"),
                        ],
                        default="queued",
                        max_length=7,
                        verbose_name="state",
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="attempts")),
                (
                    "next_at",
                    models.DateTimeField(
                        help_text="While it is being sent: when the sender is taken for dead.",
                        null=True,
                        verbose_name="next attempt",
                    ),
                ),
                (
                    "status",
                    models.PositiveSmallIntegerField(
                        help_text="HTTP status of the last answer.", null=True, verbose_name="answer"
                    ),
                ),
                ("error", models.CharField(blank=True, max_length=200, verbose_name="error")),
                ("last_at", models.DateTimeField(null=True, verbose_name="last attempt")),
                ("sent_at", models.DateTimeField(null=True, verbose_name="delivered")),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="queued"),
                ),
                (
                    "fact",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.fact",
                    ),
                ),
                (
                    "endpoint",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deliveries",
                        to="integrations.endpoint",
                    ),
                ),
            ],
            options={
                "verbose_name": "webhook delivery",
                "verbose_name_plural": "webhook deliveries",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["queued", "leased", "failed"])),
                        fields=["endpoint", "next_at", "id"],
                        name="delivery_due",
                    ),
                    models.Index(fields=["endpoint", "-id"], name="delivery_latest_first"),
                    models.Index(
                        condition=models.Q(("state__in", ["sent", "gave_up"])),
                        fields=["created_at"],
                        name="delivery_done",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("endpoint", "fact"), name="endpoint_is_told_of_a_fact_by_one_delivery"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("next_at__isnull", False),
                                ("sent_at", None),
                                ("state__in", ["queued", "leased", "failed"]),
                            ),
                            models.Q(("next_at", None), ("sent_at__isnull", False), ("state", "sent")),
                            models.Q(("next_at", None), ("sent_at", None), ("state", "gave_up")),
                            _connector="OR",
                        ),
                        name="delivery_is_due_sent_or_given_up",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Reply",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "user_id", "key", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("key", models.CharField(max_length=200)),
                ("request", models.CharField(help_text="Hash of method, address and body.", max_length=64)),
                ("status", models.PositiveSmallIntegerField()),
                ("body", models.TextField()),
                (
                    "sealed",
                    models.BooleanField(
                        default=False, help_text="The body is encrypted: it has a secret or personal data."
                    ),
                ),
                (
                    "customer",
                    models.BigIntegerField(
                        help_text="Whom the body tells of, by id: it is emptied when they are erased.", null=True
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "user",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "kept reply",
                "verbose_name_plural": "kept replies",
                "indexes": [
                    django.contrib.postgres.indexes.BrinIndex(fields=["at"], name="reply_by_age"),
                    models.Index(
                        condition=models.Q(("customer__isnull", False)), fields=["customer"], name="reply_by_customer"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Token",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60, verbose_name="integration")),
                (
                    "prefix",
                    models.CharField(
                        help_text="To tell tokens apart; not secret.", max_length=12, verbose_name="begins with"
                    ),
                ),
                ("digest", models.CharField(editable=False, max_length=64, unique=True)),
                (
                    "scopes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(choices=integrations.scopes.choices, max_length=30),
                        size=None,
                        verbose_name="may",
                    ),
                ),
                ("per_minute", models.PositiveIntegerField(default=600, verbose_name="requests per minute")),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="created"),
                ),
                ("expires_at", models.DateTimeField(blank=True, null=True, verbose_name="expires")),
                ("revoked_at", models.DateTimeField(editable=False, null=True, verbose_name="revoked")),
                (
                    "last_used_at",
                    models.DateTimeField(
                        editable=False, help_text="To the minute.", null=True, verbose_name="last used"
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="created by",
                    ),
                ),
                (
                    "replaces",
                    models.OneToOneField(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replaced_by",
                        to="integrations.token",
                        verbose_name="replaces",
                    ),
                ),
                (
                    "revoked_by",
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
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        help_text="Whom the integration acts as. It cannot sign in, and stays the same when tokens are replaced.",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tokens",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "API token",
                "verbose_name_plural": "API tokens",
                "permissions": [("manage_token", "Can create, replace and revoke API tokens")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("scopes", []), _negated=True), name="token_allows_something"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("per_minute__gt", 0)), name="token_has_a_positive_rate"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("revoked_at__isnull", True), ("revoked_by__isnull", True)),
                            models.Q(("revoked_at__isnull", False), ("revoked_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="revoked_token_names_who_revoked_it",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("expires_at__isnull", True), ("expires_at__gt", models.F("created_at")), _connector="OR"
                        ),
                        name="token_expires_after_it_was_created",
                    ),
                ],
            },
        ),
    ]
