from integrations.models.replies import Reply
from integrations.models.tokens import Token

__all__ = ["Reply", "Token"]
