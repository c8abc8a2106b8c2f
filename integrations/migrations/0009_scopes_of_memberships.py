import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("integrations", "0008_codes_may_be_revealed"),
    ]

    operations = [
        migrations.AlterField(
            model_name="token",
            name="scopes",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[
                        ("customers:read", "Read customers, their consents and timeline"),
                        ("customers:write", "Add and change customers and their consents"),
                        ("customers:merge", "Merge two customers"),
                        ("customers:export", "Export all that is held about a customer"),
                        ("customers:erase", "Erase customers"),
                        ("purchases:read", "Read purchases and returns"),
                        ("purchases:write", "Record purchases and returns"),
                        ("facts:write", "Report visits, reviews and other facts"),
                        ("points:read", "Read points and statements, ask for quotes"),
                        ("points:redeem", "Redeem points: take, hold, capture, release, give back"),
                        ("points:adjust", "Adjust points by hand"),
                        ("memberships:read", "Read tiers, memberships, benefits, early access and causes"),
                        ("memberships:write", "Start, renew and cancel paid memberships"),
                        ("calendars:read", "Read opening hours, ask when something is due"),
                        ("rewards:read", "Read rewards, what customers can have and have, and vouchers by their code"),
                        ("rewards:redeem", "Take rewards for customers, cancel them, hand them over"),
                        ("rewards:issue", "Give rewards to customers"),
                        ("vouchers:use", "Use vouchers, release and pass them on"),
                        ("vouchers:revoke", "Revoke vouchers"),
                        ("partners:act", "Give, take and reverse points for one partner, read its statements"),
                        ("vouchers:reveal", "See whole codes of vouchers, to show them to their owners"),
                        ("webhooks:manage", "Set up webhooks and read their deliveries"),
                    ],
                    max_length=30,
                ),
                size=None,
                verbose_name="may",
            ),
        ),
    ]
