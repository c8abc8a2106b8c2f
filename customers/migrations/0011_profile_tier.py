from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0010_refused_in_words"),
    ]

    operations = [
        migrations.AddField(
            model_name="profile",
            name="tier",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="Code of the main programme's tier.",
                max_length=40,
                verbose_name="tier",
            ),
        ),
    ]
