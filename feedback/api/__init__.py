"""What other systems may do with cases and surveys."""

from rest_framework.routers import BaseRouter

from feedback.api.case_moves import CaseMoves
from feedback.api.cases import Cases
from feedback.api.clocks import CaseClocks
from feedback.api.corrective import Actions
from feedback.api.handling import CaseHandling
from feedback.api.inbound import InboundMail
from feedback.api.letter_templates import LetterTemplates
from feedback.api.macros import Macros
from feedback.api.mailboxes import Mailboxes
from feedback.api.policies import Policies
from feedback.api.quality import Reviews, Standards
from feedback.api.redress import Lines
from feedback.api.surveys import Surveys
from feedback.api.teams import Skills, Teams
from feedback.api.trees import Causes, Themes
from feedback.api.views import DeskViews
from feedback.api.voice import LeavingReasons, PainPoints, Reports


def register(router: BaseRouter) -> None:
    router.register("cases", CaseHandling, "case-handling")
    router.register("cases", DeskViews, "case-views")
    router.register("cases", Cases, "case")
    router.register("surveys", Surveys, "survey")
    router.register("inbound/mail", InboundMail, "inbound-mail")
    router.register("cases", CaseClocks, "case-clocks")
    router.register("cases", CaseMoves, "case-moves")
    router.register("redress", Lines, "redress")
    router.register("corrective-actions", Actions, "corrective-action")
    router.register("sla-policies", Policies, "sla-policy")
    router.register("case-themes", Themes, "case-theme")
    router.register("case-causes", Causes, "case-cause")
    router.register("case-reports", Reports, "case-report")
    router.register("pain-points", PainPoints, "pain-point")
    router.register("leaving-reasons", LeavingReasons, "leaving-reason")
    router.register("case-teams", Teams, "case-team")
    router.register("case-skills", Skills, "case-skill")
    router.register("case-macros", Macros, "case-macro")
    router.register("case-letters", LetterTemplates, "case-letter")
    router.register("mailboxes", Mailboxes, "mailbox")
    router.register("quality-standards", Standards, "quality-standard")
    router.register("quality-reviews", Reviews, "quality-review")
