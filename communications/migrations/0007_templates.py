"""Templates and their versions, which never change."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

GUARDS = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON communications_templateversion
    FOR EACH STATEMENT EXECUTE FUNCTION communications_refuse();
CREATE TRIGGER never_deleted BEFORE DELETE ON communications_template
    FOR EACH STATEMENT EXECUTE FUNCTION communications_refuse();
"""
NO_GUARDS = """
DROP TRIGGER never_deleted ON communications_template;
DROP TRIGGER append_only ON communications_templateversion;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("communications", "0006_published_plans_stay"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Template",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120, unique=True, verbose_name="name")),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("email", "e-mail"),
                            ("sms", "SMS"),
                            ("push", "push"),
                            ("call", "call script"),
                            ("letter", "letter or card"),
                        ],
                        max_length=6,
                        verbose_name="channel",
                    ),
                ),
                (
                    "purpose",
                    models.CharField(
                        blank=True,
                        choices=[("care", "care"), ("offers", "offers"), ("research", "research")],
                        help_text="What the customer must have consented to. Empty: part of what they ordered or asked for.",
                        max_length=8,
                        verbose_name="purpose",
                    ),
                ),
                (
                    "language",
                    models.CharField(
                        default="en",
                        help_text="For customers whose own is not here.",
                        max_length=10,
                        verbose_name="language for all others",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name="made"
                    ),
                ),
                ("archived_at", models.DateTimeField(editable=False, null=True, verbose_name="archived")),
                (
                    "archived_by",
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
                    "by",
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
                "verbose_name": "template",
                "verbose_name_plural": "templates",
                "permissions": [("test_template", "Can send a template to themselves")],
                "default_permissions": ("view", "add", "change"),
            },
        ),
        migrations.CreateModel(
            name="TemplateVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(verbose_name="version")),
                ("texts", models.JSONField(verbose_name="texts")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="what was changed")),
                (
                    "at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="written"),
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
                    "template",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="communications.template",
                    ),
                ),
            ],
            options={
                "verbose_name": "version of a template",
                "verbose_name_plural": "versions of templates",
                "default_permissions": (),
            },
        ),
        migrations.AddConstraint(
            model_name="template",
            constraint=models.CheckConstraint(
                condition=models.Q(("name", ""), _negated=True), name="template_has_a_name"
            ),
        ),
        migrations.AddConstraint(
            model_name="template",
            constraint=models.CheckConstraint(
                condition=models.Q(("channel__in", ["email", "sms", "push", "call", "letter"])),
                name="template_channel_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="template",
            constraint=models.CheckConstraint(
                condition=models.Q(("archived_at__isnull", False), ("archived_by__isnull", True), _connector="OR"),
                name="template_is_archived_by_somebody_only_when_archived",
            ),
        ),
        migrations.AddConstraint(
            model_name="templateversion",
            constraint=models.UniqueConstraint(
                fields=("template", "number"), name="template_version_number_is_used_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="templateversion",
            constraint=models.CheckConstraint(
                condition=models.Q(("number__gte", 1)), name="template_version_counts_from_one"
            ),
        ),
        migrations.AddConstraint(
            model_name="templateversion",
            constraint=models.CheckConstraint(
                condition=models.Q(("texts", {}), _negated=True), name="template_version_says_something"
            ),
        ),
        migrations.RunSQL(GUARDS, NO_GUARDS),
    ]
