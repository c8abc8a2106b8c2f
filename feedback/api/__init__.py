<<<<<<< HEAD
"""What other systems may do with cases and surveys."""

from rest_framework.routers import BaseRouter

from feedback.api.surveys import Surveys


def register(router: BaseRouter) -> None:
    router.register("surveys", Surveys, "survey")
=======
"""Feedback for other systems."""

from rest_framework.routers import BaseRouter

from feedback.api.inbound import InboundMail


def register(router: BaseRouter) -> None:
    router.register("inbound/mail", InboundMail, "inbound-mail")
>>>>>>> c82a0f7 (Let a mail server hand in what came in)
