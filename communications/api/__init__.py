"""What other systems ask of communications."""

from rest_framework.routers import BaseRouter

from communications.api import messages, plans


def register(router: BaseRouter) -> None:
    messages.register(router)
    plans.register(router)
