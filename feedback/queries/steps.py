"""What can be done with a case next, by the one who looks at it."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from feedback import stages
from feedback.models import Case, Redress
from people.models import User

ANSWER, CLOSE, ADD = "feedback.answer_case", "feedback.close_case", "feedback.add_redress"

# In the order in which they are shown. "propose" and "resolve" are no stages of their own: see ``next_steps``.
LABELS: dict[str, tuple[str | Promise, str]] = {
    "acknowledge": (_("Acknowledge"), ANSWER),
    "investigate": (_("Investigate"), ANSWER),
    "decide": (_("Decide"), ANSWER),
    "propose": (_("Add redress"), ADD),
    "offer": (_("Offer redress"), ANSWER),
    "accept": (_("Offer accepted"), ANSWER),
    "decline": (_("Offer declined"), ANSWER),
    "resolve": (_("Answer and close"), CLOSE),
    "close": (_("Close"), CLOSE),
    "refer": (_("Referred outside"), CLOSE),
    "reopen": (_("Reopen"), CLOSE),
    "take_up": (_("New case that follows"), "feedback.add_case"),
}


@dataclass(frozen=True)
class Step:
    """One thing that can be done now; ``suggested`` is what a colleague would do next."""

    name: str
    label: str | Promise
    permission: str
    suggested: bool = False


def next_steps(case: Case, person: User) -> list[Step]:
    """The steps that the stage allows and the person may take, the suggested one first."""
    if case.merged_into_id or case.spam:
        return []
    ready = case.stage == "decision" and case.redress.filter(state=Redress.State.APPROVED).exists()
    usual = stages.suggested(case.kind, case.stage, redress=ready)
    open_to = possible(case)
    steps = [
        Step(name, label, permission, suggested=name == usual)
        for name, (label, permission) in LABELS.items()
        if name in open_to and person.has_perm(permission)
    ]
    return sorted(steps, key=lambda step: not step.suggested)


def possible(case: Case) -> set[str]:
    """What may be done with the case as it stands, whoever does it."""
    if case.merged_into_id or case.spam:
        return set()
    steps = set(stages.possible(case.kind, case.stage))
    if case.is_open:
        steps.add("propose")
        if case.stage not in ("offered", "accepted"):
            steps.add("resolve")
    else:
        steps.add("take_up")
    return steps
