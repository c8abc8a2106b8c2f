"""What other promises would change for the cases that are open now, before anybody decides on them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from feedback.models import Case, Metric, Policy
from feedback.promises import State
from feedback.queries import facts, policies
from feedback.queries.facts import Book, Picture
from feedback.queries.policies import Held

MOST = 5_000  # open cases are tried; the latest first
SHOWN = 12


@dataclass(frozen=True)
class Change:
    """One clock: what is due now and what would be. None: paused, or not promised."""

    case: int
    metric: str
    before: datetime | None
    after: datetime | None

    @property
    def label(self) -> str:
        return str(Metric(self.metric).label)


@dataclass
class Preview:
    cases: int = 0
    more: bool = False
    sooner: int = 0
    later: int = 0
    gained: int = 0
    lost: int = 0
    broken: int = 0
    changes: list[Change] = field(default_factory=list)

    @property
    def clocks(self) -> int:
        return self.sooner + self.later + self.gained + self.lost


def book_with(held: Held, *, instead_of: Policy | None) -> list[Held]:
    """The policies as they would be: a new one comes last."""
    rows = list(policies.in_order().values_list("pk", flat=True))
    book = policies.holding()
    if instead_of is None:
        return [*book, held]
    return [held if pk == instead_of.pk else one for pk, one in zip(rows, book, strict=True)]


def would_change(book: Sequence[Held], *, at: datetime) -> Preview:
    """What judging all open cases by these policies would do."""
    found = Case.objects.open().order_by("-pk").values_list("pk", flat=True)[: MOST + 1]
    cases = list(found)
    preview = Preview(cases=min(len(cases), MOST), more=len(cases) > MOST)
    pictures = facts.pictures(cases[:MOST])
    judge = Book(book, pictures, at)
    for one in pictures:
        for now, before in facts.judged(one, judge, at):
            _count(preview, one, before, now, at)
    preview.changes.sort(key=lambda change: (change.after is None, change.after, change.case))
    del preview.changes[SHOWN:]
    return preview


def _count(preview: Preview, one: Picture, before: State | None, now: State, at: datetime) -> None:
    was = before.due_at if before and before.state in ("running", "paused") else None
    left = (before.remaining if before else None, now.remaining)
    if now.state in ("cancelled", "merged"):
        preview.lost += 1
    elif before is None or before.state not in ("running", "paused"):
        preview.gained += 1
    elif (was, left[0]) == (now.due_at, left[1]):
        return
    elif (now.due_at or at) < (was or at) or (left[0] or 0) > (left[1] or 0):
        preview.sooner += 1
    else:
        preview.later += 1
    if now.state == "running" and now.due_at and now.due_at < at and not (was and was < at):
        preview.broken += 1
    preview.changes.append(Change(one.case, now.metric, was, None if now.state == "cancelled" else now.due_at))
