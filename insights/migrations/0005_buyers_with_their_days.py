import django.contrib.postgres.fields
from django.db import migrations, models

FILL = """
WITH bought AS (
    SELECT customer_id, currency, month, month + unnest(days) - 1 AS day, unnest(amounts) AS goods,
        unnest(backs) AS back
    FROM insights_buyermonth
), told AS (
    SELECT *, sum(goods - back) OVER (
        PARTITION BY customer_id, currency ORDER BY day, goods, back ROWS UNBOUNDED PRECEDING
    ) AS spent FROM bought
), story AS (
    SELECT customer_id, currency, array_agg(day ORDER BY day, goods, back) AS days,
        array_agg(spent::bigint ORDER BY day, goods, back) AS spent, array_agg(DISTINCT month) AS months,
        count(*) OVER (PARTITION BY customer_id) = 1 AS alone
    FROM told GROUP BY customer_id, currency
)
UPDATE insights_buyer buyer SET days = story.days, spent = story.spent, months = story.months, alone = story.alone
FROM story WHERE buyer.customer_id = story.customer_id AND buyer.currency = story.currency
"""


class Migration(migrations.Migration):
    dependencies = [("insights", "0004_calls_are_tasks")]

    operations = [
        migrations.AddField(
            "buyer", "days",
            django.contrib.postgres.fields.ArrayField(
                models.DateField(), default=list, help_text="The day of each order.", size=None
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            "buyer", "spent",
            django.contrib.postgres.fields.ArrayField(
                models.BigIntegerField(), default=list,
                help_text="Goods less what came back, up to and with each order.", size=None,
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            "buyer", "months",
            django.contrib.postgres.fields.ArrayField(
                models.DateField(), default=list, help_text="The first day of each month with an order.", size=None
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            "buyer", "alone", models.BooleanField(default=True, help_text="They bought in no other currency.")
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AddConstraint(
            "buyer",
            models.CheckConstraint(
                condition=models.Q(
                    ("days__len", models.F("orders")), ("months__len__gt", 0), ("spent__len", models.F("orders"))
                ),
                name="buyer_has_a_day_for_each_order",
            ),
        ),
        migrations.AddIndex(
            "buyer",
            models.Index(condition=models.Q(("alone", False)), fields=["customer"], name="buyer_of_several_currencies"),
        ),
    ]  # fmt: skip
