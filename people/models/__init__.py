from people.models.events import Event
from people.models.users import User

__all__ = ["Event", "User"]
