from integrations.models.replies import Reply
from integrations.models.tokens import Token
from integrations.models.webhooks import Delivery, Endpoint

__all__ = ["Delivery", "Endpoint", "Reply", "Token"]
