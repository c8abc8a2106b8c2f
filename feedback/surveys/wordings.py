"""What an invitation says, in the language of the customer."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from feedback.surveys import branching
from feedback.surveys.questions import Content


@dataclass(frozen=True)
class Mail:
    subject: str
    text: str
    html: str


def address(token: str, **query: object) -> str:
    path = reverse("survey", args=[token])
    return settings.PUBLIC_URL + path + (f"?{urlencode(query)}" if query else "")


def mail(content: Content, language: str, token: str, *, days: int, reminder: bool = False) -> Mail:
    """The invitation, or its reminder. In HTML each answer to the first question is a link that only shows it chosen:
    programs that look through mail follow links, and answer nothing by it.
    """
    first = branching.scored(content)
    with translation.override(language):
        subject = content.subject.get(language) or _("How did we do?")
        if reminder:
            subject = _("A reminder: %(subject)s") % {"subject": subject}
        scale = [(number, address(token, answer=number)) for number in first.scale] if first else []
        context = {
            "language": language,
            "business": settings.BUSINESS_NAME,
            "intro": content.intro.get(language, ""),
            "question": first or content.questions[0],
            "text": (first or content.questions[0]).text[language],
            "low": first.low.get(language, "") if first else "",
            "high": first.high.get(language, "") if first else "",
            "scale": scale,
            "link": address(token),
            "days": days,
            "reminder": reminder,
        }
        return Mail(
            " ".join(subject.split())[:250],
            render_to_string("feedback/mail/survey.txt", context),
            render_to_string("feedback/mail/survey.html", context),
        )
