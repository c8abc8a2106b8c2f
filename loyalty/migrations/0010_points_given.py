from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("loyalty", "0009_rules_never_change"),
    ]

    operations = [
        migrations.AlterField(
            model_name="transaction",
            name="kind",
            field=models.CharField(
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
    ]
