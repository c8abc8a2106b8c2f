from django.db import migrations

NAMES = ["Support", "Marketing", "Board managers", "Managers"]


def create(apps, schema_editor):
    Group = apps.get_model("auth", "Group")
    Group.objects.bulk_create([Group(name=name) for name in NAMES], ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]
    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
