"""Cases are given to teams, and within a team in turn or to the least busy of those who can do them.

Lock order: the case, then its team. The team's row makes whoever gives out wait for whoever else does: a turn is given
once, and nobody gets more than they take.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import Count, F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from feedback.actions import history
from feedback.actions.refusals import CaseRefused, NotOpen
from feedback.models import Case, Member, Skill, Team
from people.models import User

OPEN = Q(user__cases__closed_at=None, user__cases__merged_into=None, user__cases__spam=False)


def _locked(case: Case) -> Case:
    case = Case.objects.select_for_update().get(pk=case.pk)
    if not case.is_open:
        raise NotOpen(case)
    return case


@transaction.atomic
def to_team(case: Case, team: Team | None, *, by: User | None = None, at: datetime | None = None) -> Case:
    """Pass a case on to another team; whoever had it and is not in that team has it no longer, and the team gives it
    out as it does with new ones. Raises NotOpen.
    """
    at = at or timezone.now()
    case = _locked(case)
    if case.team_id == (team.pk if team else None):
        return case
    case.team = team
    if team and case.assignee_id and not team.members.filter(user=case.assignee_id).exists():
        case.assignee = None
    case.save(update_fields=["team", "assignee"])
    history.note(case, "passed_on", at=at, by=by, team=team.pk if team else None)
    return in_turn(case, at=at)


@transaction.atomic
def in_turn(case: Case, *, at: datetime | None = None) -> Case:
    """Give a case that nobody has to whom its team's rule says; it stays where it is where there is no such rule, or
    nobody who is there, has room and can do it. Raises NotOpen.
    """
    case = _locked(case)
    if case.assignee_id or case.team_id is None:
        return case
    team = Team.objects.select_for_update().get(pk=case.team_id)
    if team.assignment == Team.Assignment.BY_HAND:
        return case
    member = _whose_turn(team, case)
    return case if member is None else _give(case, member, by=None, at=at or timezone.now(), rule=team.assignment)


@transaction.atomic
def give_out(case: Case, *, by: User | None = None, at: datetime | None = None) -> Case:
    """The same asked for by somebody: where the team gives out by hand, to the least busy.

    Raises NotOpen and CaseRefused (``no_team``, ``nobody_free``).
    """
    case = _locked(case)
    if case.team_id is None:
        raise CaseRefused(_("No team has this case."), "no_team")
    team = Team.objects.select_for_update().get(pk=case.team_id)
    if team.assignment == Team.Assignment.BY_HAND:
        team.assignment = Team.Assignment.LEAST_BUSY
    member = _whose_turn(team, case)
    if member is None:
        raise CaseRefused(_("Nobody of the team is there, has room and can do it."), "nobody_free")
    return _give(case, member, by=by, at=at or timezone.now(), rule=team.assignment)


def _whose_turn(team: Team, case: Case) -> Member | None:
    """Of those who are there, have room and can do it. What is called by a skill needs somebody who has it."""
    called = Skill.objects.filter(code__in=_called(case)).values_list("pk", flat=True)
    members = Member.objects.filter(team=team, away=False, user__is_active=True)
    for skill in called:
        members = members.filter(skills=skill)
    members = members.annotate(open_cases=Count("user__cases", filter=OPEN, distinct=True))
    members = members.filter(Q(most=0) | Q(open_cases__lt=F("most")))
    turn = F("last_given_at").asc(nulls_first=True)
    order = (turn, "pk") if team.assignment == Team.Assignment.ROUND_ROBIN else ("open_cases", turn, "pk")
    return members.order_by(*order).first()


def _called(case: Case) -> list[str]:
    """Codes by which a case may ask for a skill: its language, its kind, its theme, its product."""
    theme = case.theme.code if case.theme else ""
    return [code.lower() for code in (case.language, case.kind, theme, case.product) if code]


def _give(case: Case, member: Member, *, by: User | None, at: datetime, rule: str) -> Case:
    Member.objects.filter(pk=member.pk).update(last_given_at=at)
    case.assignee = member.user
    case.save(update_fields=["assignee"])
    history.note(case, "assigned", at=at, by=by, to=member.user_id, rule=rule)
    return case
