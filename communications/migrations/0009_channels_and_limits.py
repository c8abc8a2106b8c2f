"""SMS and notifications beside e-mail, and limits for how many leave."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("communications", "0008_steps_have_texts"),
        ("customers", "0016_segments_kept_and_versions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PushSubscription",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("endpoint", models.CharField(max_length=1000, unique=True, verbose_name="endpoint")),
                ("public_key", models.CharField(help_text="p256dh, as the browser gives it.", max_length=100)),
                ("secret", models.CharField(help_text="auth, as the browser gives it.", max_length=40)),
                (
                    "added_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="added"),
                ),
            ],
            options={
                "verbose_name": "device for notifications",
                "verbose_name_plural": "devices for notifications",
                "default_permissions": ("view", "add", "delete"),
            },
        ),
        migrations.CreateModel(
            name="Throttle",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(help_text="Name and seconds: gmail.com/60.", max_length=120, unique=True)),
                ("began_at", models.DateTimeField(help_text="When the present stretch began.")),
                ("used", models.PositiveIntegerField(default=0, help_text="Messages in it.")),
            ],
            options={
                "verbose_name": "throttle",
                "verbose_name_plural": "throttles",
                "default_permissions": (),
            },
        ),
        migrations.RemoveIndex(
            model_name="message",
            name="message_due",
        ),
        migrations.AlterField(
            model_name="message",
            name="channel",
            field=models.CharField(
                choices=[("email", "e-mail"), ("sms", "SMS"), ("push", "push")],
                default="email",
                max_length=5,
                verbose_name="channel",
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("state", "queued")),
                fields=["channel", "priority", "due_at", "id"],
                name="message_due_by_channel",
            ),
        ),
        migrations.AddField(
            model_name="pushsubscription",
            name="customer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="push_subscriptions", to="customers.customer"
            ),
        ),
        migrations.AddConstraint(
            model_name="throttle",
            constraint=models.CheckConstraint(
                condition=models.Q(("key", ""), _negated=True), name="throttle_has_a_key"
            ),
        ),
        migrations.AddConstraint(
            model_name="pushsubscription",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("endpoint__startswith", "http"),
                    models.Q(("public_key", ""), _negated=True),
                    models.Q(("secret", ""), _negated=True),
                ),
                name="push_subscription_has_a_secure_endpoint_and_keys",
            ),
        ),
    ]
