"""What other systems may do with cases and surveys."""

from rest_framework.routers import BaseRouter

from feedback.api.case_moves import CaseMoves
from feedback.api.cases import Cases
from feedback.api.clocks import CaseClocks, Policies
from feedback.api.corrective import Actions
from feedback.api.inbound import InboundMail
from feedback.api.redress import Lines
from feedback.api.surveys import Surveys


def register(router: BaseRouter) -> None:
    router.register("cases", Cases, "case")
    router.register("surveys", Surveys, "survey")
    router.register("inbound/mail", InboundMail, "inbound-mail")
    router.register("cases", CaseClocks, "case-clocks")
    router.register("cases", CaseMoves, "case-moves")
    router.register("redress", Lines, "redress")
    router.register("corrective-actions", Actions, "corrective-action")
    router.register("sla-policies", Policies, "sla-policy")
