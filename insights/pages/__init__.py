"""Pages of figures; importing them registers them."""

from insights.pages import behind, board, experiments, figures, home, notes, plan_tests, risk, views

__all__ = ["behind", "board", "experiments", "figures", "home", "notes", "plan_tests", "risk", "views"]
