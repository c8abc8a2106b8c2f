from insights.models.experiments import Assignment, Decision, Experiment, Look, Variant
from insights.models.notes import Annotation
from insights.models.risk import Backtest, Band, Fit, Outreach, Risk
from insights.models.rows import Buyer, BuyerMonth, DirtyMonth, MonthTotal, TouchedMonth
from insights.models.settings import FigureSettings
from insights.models.snapshots import Snapshot
from insights.models.views import FigureView

__all__ = [
    "Annotation", "Assignment", "Backtest", "Band", "Buyer", "BuyerMonth", "Decision", "DirtyMonth", "Experiment",
    "FigureSettings", "FigureView", "Fit", "Look", "MonthTotal", "Outreach", "Risk", "Snapshot", "TouchedMonth",
    "Variant",
]  # fmt: skip
