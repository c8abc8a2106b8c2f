"""Of cases held aside there are few, and all that were ever there were read for their list."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("feedback", "0019_replies_from_files_name_who_wrote_them")]

    operations = [
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("spam", True)), fields=["-received_at", "-id"], name="case_held_aside"
            ),
        ),
    ]
