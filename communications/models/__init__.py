from communications.models.holds import Hold
from communications.models.outbox import Message

__all__ = ["Hold", "Message"]
