"""Where a backup is restored the search path is empty: functions that call each other say where they look."""

from django.db import migrations

FORWARDS = """
ALTER FUNCTION feedback_parts(text) SET search_path FROM CURRENT;
ALTER FUNCTION feedback_words(text) SET search_path FROM CURRENT;
ALTER FUNCTION feedback_asked(text) SET search_path FROM CURRENT;
"""
BACKWARDS = """
ALTER FUNCTION feedback_asked(text) RESET search_path;
ALTER FUNCTION feedback_words(text) RESET search_path;
ALTER FUNCTION feedback_parts(text) RESET search_path;
"""


class Migration(migrations.Migration):
    dependencies = [("feedback", "0016_open_time_that_clocks_took")]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
