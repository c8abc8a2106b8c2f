"""Which charter and NDA hold, and who has signed them."""

from advisory.models import Board, Charter, Nda, Term


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
