"""Pages of figures; importing them registers them."""

from insights.pages import behind, board, figures, notes, risk

__all__ = ["behind", "board", "figures", "notes", "risk"]
