"""Opens and clicks, as far as a setting lets them be known."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("communications", "0010_what_stands_beside_plans"),
    ]

    operations = [
        migrations.CreateModel(
            name="Reaction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("opened", "opened"), ("clicked", "clicked")], max_length=7, verbose_name="kind"
                    ),
                ),
                ("target", models.CharField(blank=True, max_length=1500, verbose_name="led to")),
                ("machine", models.BooleanField(verbose_name="by a machine")),
                ("at", models.DateTimeField(verbose_name="first")),
                ("last_at", models.DateTimeField(verbose_name="last")),
                ("times", models.PositiveIntegerField(default=1, verbose_name="times")),
                (
                    "message",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reactions",
                        to="communications.message",
                    ),
                ),
            ],
            options={
                "verbose_name": "reaction",
                "verbose_name_plural": "reactions",
                "default_permissions": ("view",),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("message", "kind", "target", "machine"), name="reaction_is_counted_in_one_row"
                    ),
                    models.CheckConstraint(condition=models.Q(("times__gte", 1)), name="reaction_happened"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReactionTotal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(verbose_name="day")),
                (
                    "kind",
                    models.CharField(
                        choices=[("opened", "opened"), ("clicked", "clicked")], max_length=7, verbose_name="kind"
                    ),
                ),
                ("machine", models.BooleanField(verbose_name="by a machine")),
                ("times", models.PositiveIntegerField(default=0, verbose_name="times")),
                (
                    "step",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reactions",
                        to="communications.step",
                    ),
                ),
            ],
            options={
                "verbose_name": "number of reactions",
                "verbose_name_plural": "numbers of reactions",
                "default_permissions": ("view",),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("step", "day", "kind", "machine"),
                        name="reactions_of_a_day_are_counted_in_one_row",
                        nulls_distinct=False,
                    )
                ],
            },
        ),
    ]
