"""What is behind the cases: root causes and themes with their figures, and what is done about them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Avg, Count, F, Q, QuerySet

from feedback.models import Case, CorrectiveAction, RootCause, Theme


@dataclass
class Branch:
    """One of a tree with its figures; those of what is below it are counted in."""

    pk: int
    name: str
    retired: bool
    depth: int = 0
    cases: int = 0
    open: int = 0
    upheld: int = 0
    decided: int = 0
    severity: float | None = None
    actions: int = 0
    below: list["Branch"] = field(default_factory=list)

    @property
    def upheld_percent(self) -> int | None:
        return round(100 * self.upheld / self.decided) if self.decided else None


def same_cause(case: Case) -> QuerySet[Case]:
    """Other cases with the same root cause, the newest first."""
    found = Case.objects.filter(root_cause=case.root_cause_id, merged_into=None).exclude(pk=case.pk)
    return (found if case.root_cause_id else found.none()).order_by("-received_at", "-pk")


def tree(model: type[Theme] | type[RootCause], *, since: datetime, until: datetime) -> list[Branch]:
    """Everything of a tree in the order of its branches, with the cases that were received in between.

    Three queries, whatever its size.
    """
    key = "theme" if model is Theme else "root_cause"
    counted = Case.objects.filter(received_at__gte=since, received_at__lt=until, merged_into=None, spam=False)
    figures = {
        row[key]: row
        for row in counted.exclude(**{key: None})
        .values(key)
        .order_by()
        .annotate(
            cases=Count("pk"),
            open=Count("pk", filter=Q(closed_at=None)),
            upheld=Count("pk", filter=Q(outcome__in=("upheld", "partly"))),
            decided=Count("pk", filter=~Q(outcome="")),
            severity=Avg("severity"),
        )
    }
    actions: dict[int, int] = {}
    if model is RootCause:
        open_ones = CorrectiveAction.objects.filter(done_at=None, root_cause__isnull=False)
        actions = dict(open_ones.values_list("root_cause").order_by().annotate(n=Count("pk")))
    return _grown(model._default_manager.order_by("name").values("pk", "name", "parent", "retired"), figures, actions)


def _grown(rows: Iterable[Any], figures: dict[int, Any], actions: dict[int, int]) -> list[Branch]:
    children: dict[int | None, list[Branch]] = defaultdict(list)
    for row in rows:
        branch = Branch(row["pk"], row["name"], row["retired"], actions=actions.get(row["pk"], 0))
        for name in ("cases", "open", "upheld", "decided", "severity"):
            setattr(branch, name, figures.get(row["pk"], {}).get(name, getattr(branch, name)))
        children[row["parent"]].append(branch)
    found: list[Branch] = []
    _climb(children, None, 0, found)
    return found


def _climb(children: dict[int | None, list[Branch]], parent: int | None, depth: int, found: list[Branch]) -> None:
    """What hangs on a branch, after it; its sums go into the branch. A circle hangs on nothing and is not reached."""
    for branch in children[parent]:
        branch.depth = depth
        found.append(branch)
        _climb(children, branch.pk, depth + 1, found)
        branch.below = children[branch.pk]
        total = branch.cases + sum(one.cases for one in branch.below)
        weighed = [(one.severity, one.cases) for one in (branch, *branch.below) if one.severity is not None]
        if total:
            branch.severity = sum(severity * cases for severity, cases in weighed) / total
        for name in ("cases", "open", "upheld", "decided", "actions"):
            setattr(branch, name, getattr(branch, name) + sum(getattr(one, name) for one in branch.below))


def paths(model: type[Theme] | type[RootCause], *, keep: int | None = None) -> list[tuple[int, str]]:
    """What may be chosen of a tree, each with the way to it. ``keep`` is offered though it is retired."""
    every = model._default_manager.order_by("name").values("pk", "name", "parent", "retired")
    rows = {row["pk"]: row for row in every}

    def path(pk: int) -> str:
        names: list[str] = []
        seen: set[int] = set()
        step: int | None = pk
        while step is not None and step not in seen:
            seen.add(step)
            names.insert(0, rows[step]["name"])
            step = rows[step]["parent"]
        return " › ".join(names)  # noqa: RUF001

    offered = [(pk, path(pk)) for pk, row in rows.items() if not row["retired"] or pk == keep]
    return sorted(offered, key=lambda one: one[1].casefold())


def actions_of(case: Case) -> QuerySet[CorrectiveAction]:
    """What is done because of a case, or about its root cause."""
    about = Q(cases=case) | (Q(root_cause=case.root_cause_id) if case.root_cause_id else Q(pk=None))
    return CorrectiveAction.objects.filter(about).select_related("owner").distinct().order_by("due_on", "pk")


def actions_about(cause: RootCause) -> QuerySet[CorrectiveAction]:
    """What is done, or was, about a root cause; what is open comes first."""
    return _with_all(CorrectiveAction.objects.filter(root_cause=cause)).order_by(
        F("done_at").desc(nulls_first=True), "due_on", "pk"
    )


def open_actions() -> QuerySet[CorrectiveAction]:
    """What is still to be done, what is due first before it."""
    return _with_all(CorrectiveAction.objects.filter(done_at=None)).order_by("due_on", "pk")


def overdue_actions(today: date) -> QuerySet[CorrectiveAction]:
    return open_actions().filter(due_on__lt=today)


def done_actions() -> QuerySet[CorrectiveAction]:
    return _with_all(CorrectiveAction.objects.exclude(done_at=None)).order_by("-done_at", "-pk")


def _with_all(actions: QuerySet[CorrectiveAction]) -> QuerySet[CorrectiveAction]:
    return actions.select_related("owner", "root_cause", "done_by").annotate(because=Count(F("cases")))
