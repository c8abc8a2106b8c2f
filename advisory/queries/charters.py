"""Which charter and NDA hold, and who has signed them."""

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from advisory.models import Board, Charter, Nda, Term

NOT_RULES = ("id", "board", "number", "changes")
NOTHING = "-"
Rule = tuple[str, str, str | None]


def current(board: Board) -> Charter | None:
    """The version that holds now."""
    return board.charters.exclude(published_at=None).order_by("-number").first()


def current_nda(board: Board) -> Nda | None:
    return board.ndas.order_by("-number").first()


def unsigned(term: Term) -> tuple[Charter | None, Nda | None]:
    """What the member has still to sign: the current versions that they did not."""
    charter, nda = current(term.board), current_nda(term.board)
    signed = list(term.signatures.values_list("charter_id", "nda_id"))
    return (
        charter if charter and (charter.pk, None) not in signed else None,
        nda if nda and (None, nda.pk) not in signed else None,
    )


def versions(board: Board) -> list[tuple[Charter, list[Rule]]]:
    """Published versions, the newest first, each with its rules in words, and what a changed one said before."""
    found: list[tuple[Charter, list[Rule]]] = []
    before: dict[str, str] = {}
    for row in board.charters.exclude(published_at=None).order_by("number"):
        now = _rules(row)
        names = [*now, *(name for name in before if name not in now)]
        rules = [(name, now.get(name, NOTHING), before.get(name, NOTHING)) for name in names]
        found.append((row, [(name, said, old if before and old != said else None) for name, said, old in rules]))
        before = now
    return found[::-1]


def _rules(charter: Charter) -> dict[str, str]:
    """What each rule says; one that says nothing is left out."""
    answer = {}
    for field in charter._meta.concrete_fields:
        if not field.editable or field.name in NOT_RULES:
            continue
        value = getattr(charter, field.name)
        if field.choices:
            value = getattr(charter, f"get_{field.name}_display")()
        if isinstance(value, bool):
            value = _("yes") if value else _("no")
        elif isinstance(value, date):
            value = date_format(value)
        if value != "" and value is not None:
            answer[str(field.verbose_name)] = str(value)
    return answer
