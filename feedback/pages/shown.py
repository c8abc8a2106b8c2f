"""How a case is shown wherever it stands in a list: its due time as a state, and its place in the queue."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from feedback.models import Case, Entry
from feedback.queries.queue import SOON

# Shape and colour of each stage and priority: see components/badge.html.
STAGES = {
    Case.Stage.RECEIVED: "info",
    Case.Stage.REOPENED: "warn",
    Case.Stage.OFFERED: "info",
    Case.Stage.CLOSED: "good",
    Case.Stage.ACCEPTED: "good",
}


@dataclass(frozen=True)
class Row:
    """A case in the queue."""

    case: Case
    last: Entry | None
    due: str
    stage: str

    @property
    def tier(self) -> str:
        profile = getattr(self.case.customer, "profile", None)
        return profile.tier if profile else ""


def row_of(case: Case, last: Entry | None, at: datetime) -> Row:
    return Row(case, last, due_state(case, at), STAGES.get(Case.Stage(case.stage), ""))


def due_state(case: Case, at: datetime) -> str:
    """breached, soon, ok; paused where its clocks stand still; or nothing where none runs."""
    if case.closed_at is not None or case.merged_into_id is not None:
        return ""
    if case.due_at is None:
        return "paused" if case.waiting else ""
    if case.due_at < at:
        return "breached"
    return "soon" if case.due_at < at + SOON else "ok"


def who(case: Case) -> Any:
    return case.customer or case.sender_name or case.sender_address
