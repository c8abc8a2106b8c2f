import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("insights", "0005_buyers_with_their_days")]

    operations = [
        migrations.AddField(
            "snapshot", "low",
            models.FloatField(help_text="Where chance may have moved it: 95 %.", null=True, verbose_name="from"),
        ),
        migrations.AddField("snapshot", "high", models.FloatField(null=True, verbose_name="to")),
        migrations.AddConstraint(
            "snapshot",
            models.CheckConstraint(
                condition=models.Q(("high", None), ("low", None))
                | models.Q(
                    ("high__gte", models.F("value")), ("high__isnull", False), ("low__isnull", False),
                    ("low__lte", models.F("value")),
                ),
                name="figure_lies_in_its_interval",
            ),
        ),
        migrations.AddField(
            "figuresettings", "least_buyers",
            models.PositiveIntegerField(
                default=500,
                help_text="Of fewer, a model of buying sees patterns in chance.",
                validators=[django.core.validators.MinValueValidator(100)],
                verbose_name="score nobody before there are (buyers)",
            ),
        ),
        migrations.RemoveConstraint("figuresettings", "figure_settings_make_sense"),
        migrations.AddConstraint(
            "figuresettings",
            models.CheckConstraint(
                condition=models.Q(
                    ("active_days__gte", 7), ("least_buyers__gte", 100), ("loyal_orders__gte", 2),
                    ("quiet_purchase_days__gte", 1), ("quiet_visit_days__gte", 1), ("repeat_days__gte", 30),
                ),
                name="figure_settings_make_sense",
            ),
        ),
    ]  # fmt: skip
