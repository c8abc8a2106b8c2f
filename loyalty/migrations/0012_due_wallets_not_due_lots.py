"""What is due is found by the wallet: one index on rows that rarely change their date, none on the dates of lots."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("loyalty", "0011_guards_in_fewer_words")]

    operations = [
        migrations.RemoveIndex(model_name="lot", name="lot_to_expire"),
        migrations.RemoveIndex(model_name="lot", name="lot_to_activate"),
        migrations.AlterField(
            model_name="wallet",
            name="next_due",
            field=models.DateTimeField(
                help_text="Nothing becomes available or expires before then. Most postings leave it as it is.",
                null=True,
            ),
        ),
        migrations.AddIndex(
            model_name="wallet",
            index=models.Index(
                condition=models.Q(("next_due__isnull", False)), fields=["next_due"], name="wallet_to_settle"
            ),
        ),
    ]
