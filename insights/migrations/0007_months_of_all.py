from django.db import migrations, models

ADD_UP = """
INSERT INTO insights_monthtotal (month, currency, channel, orders, amount, returned)
SELECT month, currency, channel, sum(orders), sum(amount), sum(returned) FROM insights_buyermonth GROUP BY 1, 2, 3
"""


class Migration(migrations.Migration):
    dependencies = [("insights", "0006_intervals_and_least_buyers")]

    operations = [
        migrations.CreateModel(
            "MonthTotal",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("month", models.DateField(help_text="Its first day.", verbose_name="month")),
                ("currency", models.CharField(max_length=3, verbose_name="currency")),
                ("channel", models.CharField(blank=True, max_length=30, verbose_name="channel")),
                ("orders", models.BigIntegerField(verbose_name="orders")),
                ("amount", models.BigIntegerField(help_text="Goods, in minor units.", verbose_name="bought for")),
                ("returned", models.BigIntegerField(verbose_name="returned for")),
            ],
            options={
                "verbose_name": "month of all customers",
                "verbose_name_plural": "months of all customers",
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(fields=("month", "currency", "channel"), name="month_of_all_stands_once"),
                    models.CheckConstraint(
                        condition=models.Q(("month__day", 1)), name="month_of_all_begins_on_its_first_day"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("orders__gte", 0), ("returned__gte", 0), ("returned__lte", models.F("amount"))
                        ),
                        name="month_of_all_adds_up_what_there_is",
                    ),
                ],
            },
        ),
        migrations.RunSQL(ADD_UP, migrations.RunSQL.noop),
        migrations.RemoveConstraint("touchedmonth", "touched_month_stands_once"),
    ]
