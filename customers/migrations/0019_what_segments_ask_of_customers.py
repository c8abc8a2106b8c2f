"""What segments ask of every customer stands in rows of their own: the consents that hold, and themes of complaints."""

import django.contrib.postgres.fields
from django.db import migrations, models

# The place of a bit: ConsentDecision.bit. Of all decisions about a channel and a purpose, the latest one holds.
HELD = """
    SELECT customer_id, coalesce(sum(1 << place) FILTER (WHERE granted), 0)::integer AS bits
    FROM (
        SELECT DISTINCT ON (d.customer_id, d.channel, d.purpose) d.customer_id, d.granted,
            (array_position(ARRAY['email', 'sms', 'push', 'phone', 'post'], d.channel::text) - 1) * 3
                + array_position(ARRAY['care', 'offers', 'research'], d.purpose::text) - 1 AS place
        FROM customers_consentdecision d
        {of}
        ORDER BY d.customer_id, d.channel, d.purpose, d.at DESC, d.id DESC
    ) latest
    GROUP BY customer_id
"""
SHOW = f"UPDATE customers_customer c SET consents = held.bits FROM ({HELD}) held WHERE c.id = held.customer_id"
OF_FRESH = "WHERE d.customer_id IN (SELECT customer_id FROM fresh)"

TRIGGERS = f"""
CREATE FUNCTION customers_consents_hold() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    {SHOW.format(of=OF_FRESH)} AND c.consents <> held.bits;
    RETURN NULL;
END $$;
CREATE TRIGGER consents_hold_at_once AFTER INSERT ON customers_consentdecision REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION customers_consents_hold();
CREATE TRIGGER consents_follow_at_once AFTER UPDATE ON customers_consentdecision REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION customers_consents_hold();

-- Whoever saves a customer that they read before a decision would take it back.
CREATE FUNCTION customers_consents_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.consents := OLD.consents;
    RETURN NEW;
END $$;
CREATE TRIGGER consents_stay BEFORE UPDATE ON customers_customer FOR EACH ROW
    WHEN (OLD.consents <> NEW.consents AND pg_trigger_depth() = 0) EXECUTE FUNCTION customers_consents_stay();
"""
AS_BEFORE = """
DROP TRIGGER consents_stay ON customers_customer;
DROP TRIGGER consents_follow_at_once ON customers_consentdecision;
DROP TRIGGER consents_hold_at_once ON customers_consentdecision;
DROP FUNCTION customers_consents_stay();
DROP FUNCTION customers_consents_hold();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0018_profile_risk"),
    ]

    operations = [
        migrations.AddField(
            model_name="customer",
            name="consents",
            field=models.IntegerField(
                db_default=0,
                default=0,
                editable=False,
                help_text="What holds of the decisions, a bit for each; only the trigger of those writes it.",
            ),
        ),
        migrations.AddField(
            model_name="profile",
            name="themes",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=60),
                editable=False,
                help_text="Codes of the themes of their complaints, and of what those are part of.",
                null=True,
                size=None,
                verbose_name="complained about",
            ),
        ),
        migrations.RunSQL(SHOW.format(of=""), migrations.RunSQL.noop),
        migrations.RunSQL(TRIGGERS, AS_BEFORE),
    ]
