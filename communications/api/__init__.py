"""What other systems ask of communications."""

from rest_framework.routers import BaseRouter

from communications.api import consents, messages, plans, reports


def register(router: BaseRouter) -> None:
    messages.register(router)
    plans.register(router)
    consents.register(router)
    reports.register(router)
