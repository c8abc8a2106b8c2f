from feedback.models.cases import Case, CaseEvent
from feedback.models.conversation import Attachment, Entry
from feedback.models.corrective import CorrectiveAction
from feedback.models.drafts import Draft
from feedback.models.letters import LetterTemplate
from feedback.models.redress import Redress, RedressLimit
from feedback.models.referrals import Referral
from feedback.models.settings import CaseSettings
from feedback.models.surveys import Answer, Invitation, Survey, SurveyRules, SurveyVersion
from feedback.models.teams import Member, Skill, Team
from feedback.models.themes import RootCause, Theme
from feedback.models.views import SavedView

__all__ = [
    "Answer",
    "Attachment",
    "Case",
    "CaseEvent",
    "CaseSettings",
    "CorrectiveAction",
    "Draft",
    "Entry",
    "Invitation",
    "LetterTemplate",
    "Member",
    "Redress",
    "RedressLimit",
    "Referral",
    "RootCause",
    "SavedView",
    "Skill",
    "Survey",
    "SurveyRules",
    "SurveyVersion",
    "Team",
    "Theme",
]
