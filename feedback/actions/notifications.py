"""Tell staff of a case: in the back office, and by e-mail."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from communications.actions import outbox
from communications.actions.outbox import Outgoing
from feedback.models import Case, Metric, Notification, Team
from people.models import User
from people.roles import Role

What = Notification.What


@transaction.atomic
def tell(users: Iterable[User], case: Case, what: str, *, key: str, at: datetime | None = None, **about: Any) -> int:
    """Tell each of them once; ``about`` holds ids, codes and numbers. Returns how many were told that had not been."""
    at, users = at or timezone.now(), list(users)
    known = set(
        Notification.objects.filter(key__in=[f"{key}:{user.pk}" for user in users]).values_list("user", flat=True)
    )
    users = [user for user in users if user.pk not in known]
    Notification.objects.bulk_create(
        [Notification(user=user, case=case, what=what, about=about, key=f"{key}:{user.pk}", at=at) for user in users],
        ignore_conflicts=True,
    )
    letters = [_letter(user, case, what, f"{key}:{user.pk}", about) for user in users if user.email]
    outbox.queue_many(letters, at=at)
    return len(users)


def read(user: User, ids: Sequence[int] | None = None, *, at: datetime | None = None) -> int:
    """Somebody has seen what they were told: these, or everything."""
    unread = Notification.objects.filter(user=user, read_at=None)
    if ids is not None:
        unread = unread.filter(pk__in=ids)
    return unread.update(read_at=at or timezone.now())


def agents(case: Case) -> list[User]:
    """Who works on a case: its agent, or else its team."""
    if case.assignee and case.assignee.is_active:
        return [case.assignee]
    return team(case)


def team(case: Case) -> list[User]:
    """Everybody of the case's team who is not away; where there is nobody, those who manage."""
    members = User.objects.filter(is_active=True, teams__team=case.team_id, teams__away=False) if case.team_id else []
    return list(members) or managers(case)


def managers(case: Case) -> list[User]:
    """Who manages the case's team, or else all managers."""
    lead = Team.objects.filter(cases=case.pk).values("lead")
    found = User.objects.filter(is_active=True)
    return list(found.filter(pk__in=lead)) or list(found.filter(Q(groups__name=Role.MANAGERS)).distinct())


def _letter(user: User, case: Case, what: str, key: str, about: dict[str, Any]) -> Outgoing:
    with translation.override(user.language or "en"):
        subject = _("Case %(number)s %(what)s") % {"number": case.number, "what": What(what).label}
        text = _("Case %(number)s %(what)s: %(subject)s") % {
            "number": case.number, "what": What(what).label, "subject": case.subject
        }  # fmt: skip
        if promise := about.get("metric"):
            text += "\n" + _("Promise: %(promise)s") % {"promise": Metric(promise).label}
    return Outgoing(to=user.email, subject=subject, text=text, key=f"notification:{key}", purpose="staff")
