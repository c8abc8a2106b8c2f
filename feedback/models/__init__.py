from feedback.models.cases import Case, CaseEvent
from feedback.models.clocks import Clock, ClockEvent, Pause, Rejudging
from feedback.models.conversation import Attachment, Entry
from feedback.models.corrective import CorrectiveAction
from feedback.models.drafts import Draft
from feedback.models.letters import LetterTemplate
from feedback.models.macros import Macro, MacroText
from feedback.models.mailboxes import Mail, Mailbox
from feedback.models.moves import Move
from feedback.models.notifications import Notification
from feedback.models.policies import Metric, Policy, PolicyVersion, Step, Target
from feedback.models.quality import QualityReview, Standard
from feedback.models.redress import Redress, RedressLimit
from feedback.models.referrals import Referral
from feedback.models.settings import CaseSettings
from feedback.models.surveys import Answer, Invitation, Survey, SurveyRules, SurveyVersion
from feedback.models.teams import Member, Skill, Team
from feedback.models.themes import RootCause, Theme
from feedback.models.views import SavedView
from feedback.models.voice import Handover, LeavingReason

__all__ = [
    "Answer",
    "Attachment",
    "Case",
    "CaseEvent",
    "CaseSettings",
    "Clock",
    "ClockEvent",
    "CorrectiveAction",
    "Draft",
    "Entry",
    "Handover",
    "Invitation",
    "LeavingReason",
    "LetterTemplate",
    "Macro",
    "MacroText",
    "Mail",
    "Mailbox",
    "Member",
    "Metric",
    "Move",
    "Notification",
    "Pause",
    "Policy",
    "PolicyVersion",
    "QualityReview",
    "Redress",
    "RedressLimit",
    "Referral",
    "Rejudging",
    "RootCause",
    "SavedView",
    "Skill",
    "Standard",
    "Step",
    "Survey",
    "SurveyRules",
    "SurveyVersion",
    "Target",
    "Team",
    "Theme",
]
