from people.models.events import Event
from people.models.users import User
from people.models.views import NamedView

__all__ = ["Event", "NamedView", "User"]
