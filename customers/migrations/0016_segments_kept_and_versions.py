"""Segments can be kept as lists, and what they asked for before stays known."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

FIRST_VERSIONS = """
INSERT INTO customers_segmentversion (segment_id, version, conditions, at, by_id)
SELECT id, version, conditions, changed_at, created_by_id FROM customers_segment
"""
APPEND_ONLY = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON customers_segmentversion
    FOR EACH STATEMENT EXECUTE FUNCTION customers_refuse('versions of segments are append-only')
"""


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0015_searches_for_duplicates"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="segment",
            options={
                "permissions": [("export_segment", "Can export who is in a segment")],
                "verbose_name": "segment",
                "verbose_name_plural": "segments",
            },
        ),
        migrations.AddField(
            model_name="segment",
            name="kept_at",
            field=models.DateTimeField(
                editable=False,
                help_text="When its customers were written down; null: found anew.",
                null=True,
                verbose_name="kept",
            ),
        ),
        migrations.CreateModel(
            name="SegmentMember",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
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
                    "segment",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="list",
                        to="customers.segment",
                    ),
                ),
            ],
            options={
                "verbose_name": "customer on a list",
                "verbose_name_plural": "customers on lists",
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(fields=("segment", "customer"), name="customer_is_on_a_list_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="SegmentVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField()),
                ("conditions", models.JSONField(verbose_name="conditions")),
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
                    "segment",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="versions",
                        to="customers.segment",
                    ),
                ),
            ],
            options={
                "verbose_name": "version of a segment",
                "verbose_name_plural": "versions of segments",
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(fields=("segment", "version"), name="segment_version_is_kept_once"),
                    models.CheckConstraint(
                        condition=models.Q(("conditions__has_key", "groups")),
                        name="segment_version_has_groups_of_conditions",
                    ),
                ],
            },
        ),
        migrations.RunSQL(APPEND_ONLY, "DROP TRIGGER append_only ON customers_segmentversion"),
        migrations.RunSQL(FIRST_VERSIONS, migrations.RunSQL.noop),
    ]
