"""The timetable: what runs by itself, and when. Every entry is safe to run late or twice."""

from celery.schedules import crontab

TIMETABLE: dict[str, dict[str, object]] = {
    "customers move from stage to stage": {
        "task": "customers.tasks.move_stages",
        "schedule": crontab(minute=20),
    },
    "forget old replies of the API": {
        "task": "integrations.tasks.forget_old_replies",
        "schedule": crontab(minute=17),
    },
}
