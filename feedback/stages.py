"""Which step leads from which stage to which, by the kind of case. Pure; no database.

A complaint goes received → acknowledged → investigating → decision → offered → accepted or declined → closed, may be
opened again, and may be referred outside at any time. Who settles it at once leaves out what is not needed: it may be
decided as soon as it is received. Other kinds are answered and closed.
"""

from collections.abc import Mapping
from types import MappingProxyType

Steps = Mapping[str, Mapping[str, str]]

OPEN = ("received", "acknowledged", "investigating", "decision", "offered", "accepted", "declined", "reopened")
SETTLED = ("closed", "referred")


def _steps(**table: tuple[tuple[str, ...], str]) -> Steps:
    return MappingProxyType({step: dict.fromkeys(stages, to) for step, (stages, to) in table.items()})


COMPLAINT = _steps(
    acknowledge=(("received",), "acknowledged"),
    investigate=(("received", "acknowledged", "reopened", "decision", "declined"), "investigating"),
    decide=(("received", "acknowledged", "investigating", "reopened"), "decision"),
    offer=(("decision", "declined"), "offered"),
    accept=(("offered",), "accepted"),
    decline=(("offered",), "declined"),
    close=(("decision", "offered", "accepted", "declined", "reopened"), "closed"),
    refer=((*OPEN, "closed"), "referred"),
    reopen=(SETTLED, "reopened"),
)
SIMPLE = _steps(
    close=(OPEN, "closed"),
    reopen=(("closed",), "reopened"),
)

# What a colleague would do next; at a decision it depends on whether there is redress to offer. Who was offered
# something is waited for.
USUAL = {
    "received": "acknowledge",
    "acknowledged": "investigate",
    "investigating": "decide",
    "accepted": "close",
    "declined": "close",
    "reopened": "investigate",
}


def steps(kind: str) -> Steps:
    """All steps of a kind of case: for each, the stages that it starts from and where it leads."""
    return COMPLAINT if kind == "complaint" else SIMPLE


def after(kind: str, stage: str, step: str) -> str | None:
    """The stage that a step leads to; None where it is not possible.

    >>> after("complaint", "offered", "accept"), after("complaint", "received", "accept")
    ('accepted', None)
    """
    return steps(kind).get(step, {}).get(stage)


def possible(kind: str, stage: str) -> list[str]:
    """The steps that a case at this stage may take, in the order of the table.

    >>> possible("complaint", "offered")
    ['accept', 'decline', 'close', 'refer']
    """
    return [step for step, table in steps(kind).items() if stage in table]


def suggested(kind: str, stage: str, *, redress: bool = False) -> str | None:
    """The step that a colleague would take next. ``redress`` is whether some is ready to be offered.

    >>> suggested("complaint", "received"), suggested("complaint", "decision"), suggested("question", "received")
    ('acknowledge', 'close', 'close')
    """
    if kind != "complaint":
        return "close" if stage in OPEN else None
    if stage == "decision":
        return "offer" if redress else "close"
    return USUAL.get(stage)
