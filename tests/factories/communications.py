"""Messages for tests: valid, boring, changed by keyword."""

from itertools import count

from communications.actions import outbox, templates
from communications.models import Message, Template

numbers = count(1)


def message(to: str = "kim@example.com", **changes) -> Message:
    """A queued message that is due."""
    wanted = {"subject": "About your order", "text": "Good day, it is on its way.", "key": f"test:{next(numbers)}"}
    return outbox.queue(to, **wanted | changes)


def template(name: str = "", *, channel: str = "email", texts: dict | None = None, **changes) -> Template:
    """A marketing template in English; ``texts`` by language."""
    name = name or f"Template {next(numbers)}"
    plain = {"subject": "News", "text": "Dear {{ first_name }}, good day."}
    return templates.make(name, channel=channel, texts=texts or {"en": plain}, **{"purpose": "care", **changes})
