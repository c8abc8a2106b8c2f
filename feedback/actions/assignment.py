"""Cases are given to teams and to those who work in them."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from feedback.actions import cases, history
from feedback.actions.refusals import NotOpen
from feedback.models import Case, Team
from people.models import User


@transaction.atomic
def to_team(case: Case, team: Team | None, *, by: User | None = None, at: datetime | None = None) -> Case:
    """Pass a case on to another team; whoever had it and is not in that team has it no longer. Raises NotOpen."""
    case = cases.locked(case)
    if not case.is_open:
        raise NotOpen(case)
    if case.team_id == (team.pk if team else None):
        return case
    case.team = team
    if team and case.assignee_id and not team.members.filter(user=case.assignee_id).exists():
        case.assignee = None
    case.save(update_fields=["team", "assignee"])
    history.note(case, "passed_on", at=at or timezone.now(), by=by, team=team.pk if team else None)
    return case
