from insights.models.rows import Buyer, BuyerMonth, DirtyMonth, TouchedMonth
from insights.models.settings import FigureSettings
from insights.models.snapshots import Snapshot

__all__ = ["Buyer", "BuyerMonth", "DirtyMonth", "FigureSettings", "Snapshot", "TouchedMonth"]
