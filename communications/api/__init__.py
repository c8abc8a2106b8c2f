"""What other systems ask of communications."""

from rest_framework.routers import BaseRouter

from communications.api import (
    calendar,
    consents,
    enrolments,
    human_tasks,
    messages,
    plans,
    reports,
    results,
    templates,
)


def register(router: BaseRouter) -> None:
    for part in (messages, calendar, plans, enrolments, results, human_tasks, templates, consents, reports):
        part.register(router)
