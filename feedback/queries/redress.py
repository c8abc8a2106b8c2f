"""Redress: who may give how much, what waits for approval, what a case has."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from feedback.models import Case, Redress, RedressLimit
from people.models import User
from people.roles import Role

APPROVE = "feedback.approve_redress"
Kind, State = Redress.Kind, Redress.State

# What holds for a role that has no row of its own. None: no limit.
USUAL: dict[tuple[str, str], int | None] = {
    (Role.SUPPORT, Kind.POINTS): 500,
    (Role.SUPPORT, Kind.VOUCHER): 2000,
    (Role.SUPPORT, Kind.MONEY): 2000,
    (Role.MANAGERS, Kind.POINTS): None,
    (Role.MANAGERS, Kind.VOUCHER): None,
    (Role.MANAGERS, Kind.MONEY): None,
}
WAITING = (State.PROPOSED, State.APPROVED)  # nobody has told the customer yet
_WITH = ("case__customer", "proposed_by", "reward")
UNSETTLED = (State.PROPOSED, State.APPROVED, State.ACCEPTED)  # a case is not closed over these


@dataclass(frozen=True)
class Limits:
    """What one person may give of each kind; None is no limit, and what is not there is nothing."""

    most: dict[str, int | None]

    def allow(self, line: Redress) -> bool:
        if line.kind == Kind.APOLOGY:
            return True
        most = self.most.get(line.kind, 0)
        size = measure(line)
        return most is None or (size is not None and size <= most)


def measure(line: Redress) -> int | None:
    """How much it is, in points or minor units; None of a reward whose worth is no amount of money."""
    return line.points if line.kind == Kind.POINTS else line.amount


def limits_of(person: User | None) -> Limits:
    """The highest that any of the person's roles gives. Nobody in particular may give nothing."""
    if person is None:
        return Limits({})
    return _limits(person, _of_roles())


def _of_roles() -> dict[tuple[str, str], int | None]:
    rows = RedressLimit.objects.values_list("group__name", "kind", "most")
    return USUAL | {(role, kind): most for role, kind, most in rows}


def _limits(person: User, of_roles: dict[tuple[str, str], int | None]) -> Limits:
    if person.is_superuser:
        return Limits(dict.fromkeys(Kind.values, None))
    roles = {group.name for group in person.groups.all()}
    most: dict[str, int | None] = {}
    for (role, kind), limit in of_roles.items():
        if role in roles:
            most[kind] = limit if kind not in most else _higher(most[kind], limit)
    return Limits(most)


def _higher(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else max(one, other)


Approvers = list[tuple[User, Limits]]


def approvers(lines: Iterable[Redress]) -> Approvers:
    """Who may approve redress at all, by name, with their limits; nobody where no line waits for it."""
    if not any(line.state == State.PROPOSED for line in lines):
        return []
    people = User.objects.with_perm(APPROVE).filter(is_active=True).prefetch_related("groups")
    of_roles = _of_roles()
    return [(one, _limits(one, of_roles)) for one in people.order_by("first_name", "last_name", "username")]


def who_may_approve(line: Redress, among: Approvers) -> list[User]:
    """Whoever may give as much alone, other than who proposed it."""
    return [one for one, limits in among if one.pk != line.proposed_by_id and limits.allow(line)]


def waiting() -> QuerySet[Redress]:
    """What somebody has to approve, the oldest first."""
    lines = Redress.objects.filter(state=State.PROPOSED, case__merged_into=None)
    return lines.select_related(*_WITH).order_by("proposed_at", "pk")


def to_pay() -> QuerySet[Redress]:
    """Money that customers have accepted, the oldest first."""
    return Redress.objects.filter(state=State.ACCEPTED).select_related(*_WITH).order_by("ended_at", "pk")


def settled() -> QuerySet[Redress]:
    """What was paid, the latest first."""
    return Redress.objects.exclude(paid_at=None).select_related(*_WITH).order_by("-paid_at", "-pk")


def lines_of(case: Case) -> QuerySet[Redress]:
    return Redress.objects.filter(case=case).select_related("reward", "proposed_by", "approved_by").order_by("pk")


def about(lines: Iterable[Redress]) -> dict[str, Any]:
    """Sums for the timeline: points, and money where it is of one currency."""
    lines = list(lines)
    said: dict[str, Any] = {}
    if points := sum(line.points or 0 for line in lines):
        said["points"] = points
    money = [line for line in lines if line.kind == Kind.MONEY]
    if money and len({line.currency for line in money}) == 1:
        said |= {"amount": sum(line.amount or 0 for line in money), "currency": money[0].currency}
    return said
