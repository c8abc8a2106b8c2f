import django.db.models.deletion
from django.db import migrations, models

# Calls stood in a list of their own: now each is a task, with what came of it as its note.
TASKS = """
DO $$ DECLARE one record; made bigint; BEGIN
    FOR one IN SELECT * FROM insights_outreach WHERE how = 'call' ORDER BY id LOOP
        INSERT INTO communications_humantask (
            kind, customer_id, title, script, marketing, due_at, assignee_id, state, outcome, reason, note, attempts,
            created_at, by_id, ended_at, ended_by_id
        ) VALUES (
            'call', one.customer_id, 'At risk of leaving', '', true, one.at, one.by_id,
            CASE WHEN one.done_at IS NULL THEN 'open' ELSE 'done' END,
            CASE WHEN one.done_at IS NULL THEN '' ELSE 'reached' END, '', one.result,
            CASE WHEN one.done_at IS NULL THEN 0 ELSE 1 END, one.at, one.by_id, one.done_at,
            CASE WHEN one.done_at IS NULL THEN NULL ELSE one.by_id END
        ) RETURNING id INTO made;
        UPDATE insights_outreach SET task_id = made WHERE id = one.id;
    END LOOP;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [
        ("communications", "0011_reactions"),
        ("insights", "0003_settings_without_breakage"),
    ]

    operations = [
        migrations.AddField(
            model_name="outreach",
            name="task",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="communications.humantask",
            ),
        ),
        migrations.RunSQL(TASKS, migrations.RunSQL.noop),
        # Else the keys that were just written wait for the end of the transaction, and the table cannot be changed.
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED", migrations.RunSQL.noop),
        migrations.RemoveConstraint(model_name="outreach", name="customer_waits_for_one_call"),
        migrations.RemoveField(model_name="outreach", name="done_at"),
        migrations.RemoveField(model_name="outreach", name="result"),
        migrations.AddConstraint(
            model_name="outreach",
            constraint=models.CheckConstraint(
                condition=models.Q(("how", "call"), ("task__isnull", False))
                | (~models.Q(("how", "call")) & models.Q(("task", None))),
                name="call_stands_in_the_list_of_calls",
            ),
        ),
    ]
