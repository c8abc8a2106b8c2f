from feedback.models.cases import Case, CaseEvent
from feedback.models.conversation import Attachment, Entry
from feedback.models.redress import Redress, RedressLimit
from feedback.models.referrals import Referral
from feedback.models.settings import CaseSettings
from feedback.models.teams import Member, Skill, Team
from feedback.models.themes import RootCause, Theme

__all__ = [
    "Attachment",
    "Case",
    "CaseEvent",
    "CaseSettings",
    "Entry",
    "Member",
    "Redress",
    "RedressLimit",
    "Referral",
    "RootCause",
    "Skill",
    "Team",
    "Theme",
]
