from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("communications", "0011_reactions"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="reactiontotal",
            name="reactions_of_a_day_are_counted_in_one_row",
        ),
        migrations.AddField(
            model_name="reactiontotal",
            name="target",
            field=models.CharField(blank=True, db_default="", default="", max_length=1500, verbose_name="led to"),
        ),
        migrations.AddConstraint(
            model_name="reactiontotal",
            constraint=models.UniqueConstraint(
                fields=("step", "day", "kind", "target", "machine"),
                name="reactions_of_a_day_are_counted_in_one_row",
                nulls_distinct=False,
            ),
        ),
    ]
