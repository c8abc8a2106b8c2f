"""Which macros are offered in a case."""

from django.db.models import Q, QuerySet

from feedback.models import Case, Macro

MOST = 100


def offered(case: Case, *, most: int | None = MOST) -> QuerySet[Macro]:
    """Those for everybody and those of its team, by name."""
    return Macro.objects.filter(Q(team=None) | Q(team=case.team_id), retired=False).order_by("name")[:most]
