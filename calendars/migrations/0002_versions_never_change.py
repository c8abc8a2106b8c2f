"""What a version says never changes, so that what was promised by it can always be told; hours do not overlap."""

from django.db import migrations

FORWARDS = """
CREATE FUNCTION calendars_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % refused: %', TG_OP, TG_TABLE_NAME, TG_ARGV[0] USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON calendars_version
    FOR EACH STATEMENT EXECUTE FUNCTION calendars_refuse('a change makes a new version');
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON calendars_day
    FOR EACH STATEMENT EXECUTE FUNCTION calendars_refuse('a change makes a new version');
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON calendars_opening
    FOR EACH STATEMENT EXECUTE FUNCTION calendars_refuse('a change makes a new version');
CREATE TRIGGER never_deleted BEFORE DELETE ON calendars_calendar
    FOR EACH STATEMENT EXECUTE FUNCTION calendars_refuse('calendars are retired, never deleted');

-- All weeks of all versions one after another on one line, fourteen days each (a shift may run into the next week).
ALTER TABLE calendars_opening ADD CONSTRAINT hours_of_a_week_do_not_overlap EXCLUDE USING gist (
    int8range(version_id * 20160 + weekday * 1440 + opens, version_id * 20160 + weekday * 1440 + closes) WITH &&
) WHERE (weekday IS NOT NULL);
ALTER TABLE calendars_opening ADD CONSTRAINT hours_of_a_date_do_not_overlap EXCLUDE USING gist (
    int8range(day_id * 4320 + opens, day_id * 4320 + closes) WITH &&
) WHERE (day_id IS NOT NULL);
"""

BACKWARDS = """
ALTER TABLE calendars_opening DROP CONSTRAINT hours_of_a_date_do_not_overlap;
ALTER TABLE calendars_opening DROP CONSTRAINT hours_of_a_week_do_not_overlap;
DROP TRIGGER never_deleted ON calendars_calendar;
DROP TRIGGER append_only ON calendars_opening;
DROP TRIGGER append_only ON calendars_day;
DROP TRIGGER append_only ON calendars_version;
DROP FUNCTION calendars_refuse;
"""


class Migration(migrations.Migration):
    dependencies = [("calendars", "0001_initial")]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
