"""Teams and who is in them, as other systems write them: a directory of staff, a roster of who is away."""

from collections.abc import Collection
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from feedback.actions import policies
from feedback.actions.refusals import SettingChanged
from feedback.models import Member, Skill, Team
from feedback.queries.versions import version
from people.models import User

CAUSES = {
    "code_taken": _("Another one has this code."),
    "not_a_member": _("This person is not in the team."),
}


class TeamRefused(ValidationError):
    def __init__(self, code: str, field: str | None = None) -> None:
        super().__init__(CAUSES[code], code=code)
        self.field = field


@transaction.atomic
def create(code: str, name: str, **values: Any) -> Team:
    """A team without anybody in it. Raises TeamRefused (``code_taken``)."""
    if Team.objects.filter(code=code).exists():
        raise TeamRefused("code_taken", "code")
    _only_main(values)
    return Team.objects.create(code=code, name=name, **values)


@transaction.atomic
def change(team: Team, *, seen: int | None = None, by: User | None = None, **values: Any) -> Team:
    """Change what is named. With other opening hours the open cases are judged anew.

    ``seen`` is the version that was read (``queries.versions``). Raises SettingChanged.
    """
    team = _locked(team, seen)
    moved = "calendar" in values and values["calendar"] != team.calendar
    _only_main(values)
    for name, value in values.items():
        setattr(team, name, value)
    team.save(update_fields=list(values) or None)
    if moved:
        policies.rejudge(by=by)
    return team


@transaction.atomic
def put(
    team: Team,
    user: User,
    *,
    skills: Collection[Skill] | None = None,
    most: int | None = None,
    away: bool | None = None,
) -> Member:
    """Somebody is in the team, with these skills, ``most`` open cases, here or away. What is not said stays."""
    _locked(team)
    member, _made = Member.objects.get_or_create(team=team, user=user)
    if most is not None:
        member.most = most
    if away is not None:
        member.away = away
    member.save(update_fields=["most", "away"])
    if skills is not None:
        member.skills.set(skills)
    return member


@transaction.atomic
def take_out(team: Team, user: User) -> None:
    """Somebody leaves the team; their cases stay theirs. Raises TeamRefused (``not_a_member``)."""
    _locked(team)
    gone, _each = Member.objects.filter(team=team, user=user).delete()
    if not gone:
        raise TeamRefused("not_a_member")


@transaction.atomic
def name_skill(code: str, name: str) -> Skill:
    """A skill by its code, under this name. It is made where there is none."""
    return Skill.objects.update_or_create(code=code, defaults={"name": name})[0]


def _locked(team: Team, seen: int | None = None) -> Team:
    team = Team.objects.select_for_update(of=["self"]).get(pk=team.pk)
    if seen not in (None, version(team)):
        raise SettingChanged
    return team


def _only_main(values: dict[str, Any]) -> None:
    """There is one main team: it stops being another one."""
    if values.get("main"):
        Team.objects.filter(main=True).update(main=False)
