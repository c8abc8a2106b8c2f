from communications.models.approvals import Approval, PlanEvent
from communications.models.comments import PlanComment
from communications.models.enrolments import Enrolment
from communications.models.experiments import Experiment, Variant
from communications.models.feeds import CalendarFeed
from communications.models.holds import Hold
from communications.models.human_tasks import HumanTask
from communications.models.outbox import Message
from communications.models.plans import Plan, PlanVersion
from communications.models.pressure import ContactSettings, FrequencyCap
from communications.models.push_subscriptions import PushSubscription
from communications.models.reactions import Reaction, ReactionKind, ReactionTotal
from communications.models.shop_days import ShopDay
from communications.models.steps import Step
from communications.models.suppressions import Suppression
from communications.models.templates import Template, TemplateVersion
from communications.models.throttles import Throttle
from communications.models.touchpoints import Touchpoint
from communications.models.views import CalendarView

__all__ = [
    "Approval",
    "CalendarFeed",
    "CalendarView",
    "ContactSettings",
    "Enrolment",
    "Experiment",
    "FrequencyCap",
    "Hold",
    "HumanTask",
    "Message",
    "Plan",
    "PlanComment",
    "PlanEvent",
    "PlanVersion",
    "PushSubscription",
    "Reaction",
    "ReactionKind",
    "ReactionTotal",
    "ShopDay",
    "Step",
    "Suppression",
    "Template",
    "TemplateVersion",
    "Throttle",
    "Touchpoint",
    "Variant",
]
