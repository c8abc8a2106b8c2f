"""Segments of those who bought something: purchases are found without their rows, and the planner knows how many.

Without numbers about ``upper(…)`` it takes one in two hundred for granted, and looks up each purchase by itself.
"""

from django.db import migrations, models

NAMED = (("line", "product"), ("line", "category"), ("line", "brand"), ("purchase", "store"))
COUNT = [
    f"CREATE STATISTICS {table}_{name}_in_capitals ON (upper({name}::text)) FROM customers_{table}"
    for table, name in NAMED
]
FORGET = [f"DROP STATISTICS {table}_{name}_in_capitals" for table, name in NAMED]


class Migration(migrations.Migration):
    dependencies = [("customers", "0020_customers_who_stand")]

    operations = [
        migrations.AddIndex(
            model_name="purchase",
            index=models.Index(
                condition=models.Q(("status", "standing")),
                fields=["id"],
                include=("customer", "at"),
                name="purchase_standing",
            ),
        ),
        migrations.RunSQL([*COUNT, "ANALYZE customers_line", "ANALYZE customers_purchase"], FORGET),
    ]
