"""Messages for tests: valid, boring, changed by keyword."""

from itertools import count

from communications.actions import outbox
from communications.models import Message

numbers = count(1)


def message(to: str = "kim@example.com", **changes) -> Message:
    """A queued message that is due."""
    wanted = {"subject": "About your order", "text": "Good day, it is on its way.", "key": f"test:{next(numbers)}"}
    return outbox.queue(to, **wanted | changes)
