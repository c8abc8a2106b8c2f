"""Surveys for tests: one that asks for a score, and why where it is low."""

import re
from itertools import count
from typing import Any

from django.utils import timezone

from communications.models import Message
from customers.actions import consents, segments
from customers.models import Customer, Segment
from feedback.actions import invitations, surveys
from feedback.models import Invitation, Survey
from tests.factories import customers

codes = count(1)
LOW = {"nps": 6, "csat": 2, "ces": 3}
SCALES = {"nps": "nps", "csat": "five", "ces": "seven"}


def both(text: str) -> dict[str, str]:
    return {"en": text, "ko": f"{text} (ko)"}


def content(kind: str = "nps") -> dict[str, Any]:
    return {
        "languages": ["en", "ko"],
        "thanks": both("Thank you, that helps."),
        "questions": [
            {
                "code": "score", "kind": SCALES[kind], "text": both("How was it?"),
                "low": both("bad"), "high": both("good"),
            },
            {
                "code": "why", "kind": "text", "text": both("What went wrong?"), "required": False,
                "show_if": {"question": "score", "how": "at_most", "value": LOW[kind]},
            },
        ],
    }  # fmt: skip


def survey(kind: str = "nps", *, live: bool = True, **changes) -> Survey:
    said = changes.pop("content", None) or content(kind)
    code = changes.pop("code", f"survey-{next(codes)}")
    made = surveys.make(code, changes.pop("name", "How are we doing"), kind=kind, content=said, **changes)
    if live:
        surveys.publish(made)
        made.refresh_from_db()
    return made


def asked(**changes) -> Customer:
    """A customer with an address who has agreed to be asked."""
    number = next(codes)
    made = customers.customer(**{"email": f"asked{number}@example.org"} | changes)
    consents.decide(made, channel="email", purpose="research", granted=True, source="test")
    return made


def segment(field: str, *values: object, how: str = "in") -> Segment:
    condition = {"field": field, "how": how, "values": list(values)}
    said = {"match": "all", "groups": [{"match": "all", "conditions": [condition]}]}
    return segments.make(f"Segment {next(codes)}", said)


def invitation(survey: Survey, customer: Customer | None = None, **changes) -> Invitation:
    one = customer or asked()
    return invitations.invite(survey, one, **{"key": f"test:{next(codes)}", "at": timezone.now()} | changes)


def token(invitation: Invitation) -> str:
    """The token in the latest mail of an invitation."""
    mails = Message.objects.filter(key__startswith=f"survey:{invitation.pk}:").order_by("-pk")
    found = re.search(r"/survey/([^/]+)/", mails[0].text)
    assert found
    return found[1]
