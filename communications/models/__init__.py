from communications.models.holds import Hold
from communications.models.outbox import Message
from communications.models.suppressions import Suppression

__all__ = ["Hold", "Message", "Suppression"]
