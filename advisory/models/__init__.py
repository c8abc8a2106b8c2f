from advisory.models.boards import Board, Officer
from advisory.models.charters import Charter, Nda
from advisory.models.seats import Declaration, Seat, Signature, Term

__all__ = ["Board", "Charter", "Declaration", "Nda", "Officer", "Seat", "Signature", "Term"]
