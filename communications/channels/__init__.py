"""Ways out of the house. Each hands one letter over and says what became of it; only ``sending`` calls them."""

from communications.channels.outcomes import Channel, Outcome, Result, Unreachable
from communications.channels.ways import open_channel

__all__ = ["Channel", "Outcome", "Result", "Unreachable", "open_channel"]
