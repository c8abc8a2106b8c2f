"""The timetable: what runs by itself, and when. Every entry is safe to run late or twice."""

from celery.schedules import crontab  # noqa: F401  (the timetable's vocabulary)

TIMETABLE: dict[str, dict[str, object]] = {}
