"""Which letter fits a case, and what is known to fill into it."""

from datetime import datetime, timedelta
from email.utils import parseaddr

from django.conf import settings as django_settings
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.money import in_words
from feedback import usual_letters
from feedback.models import Case, Clock, LetterTemplate, Metric, Redress
from feedback.queries import settings
from people.models import User

Purpose = LetterTemplate.Purpose
SHOWN = (Redress.State.APPROVED, Redress.State.OFFERED, Redress.State.ACCEPTED, Redress.State.PAID)


def template_for(case: Case, purpose: str) -> LetterTemplate:
    """The one that fits best: of the case's language before English, for its kind before any kind; else the usual
    one in the case's language, or in English. A usual one is not saved.
    """
    wanted = LetterTemplate.objects.filter(
        purpose=purpose, kind__in=(case.kind, ""), language__in=(case.language, _main(case.language), "en")
    )
    languages = [case.language, _main(case.language), "en"]
    found = min(wanted, key=lambda one: (languages.index(one.language), not one.kind), default=None)
    if found:
        return found
    language = _main(case.language) if _main(case.language) in usual_letters.LETTERS else "en"
    subject, text = usual_letters.LETTERS[language][purpose]
    return LetterTemplate(purpose=purpose, language=language, subject=subject, text=text)


def _main(language: str) -> str:
    return language.split("-")[0].lower()


def values(case: Case, *, by: User | None, at: datetime, language: str) -> dict[str, str]:
    """What is known of a case to be filled in, in a language; what is not known is left out or empty."""
    due_at = promised(case)
    with translation.override(language):
        return {
            "customer_name": case.customer.name if case.customer else case.sender_name,
            "number": case.number,
            "subject": case.subject,
            "received_on": _day(case.received_at),
            "due_on": _day(due_at),
            "time_limit": _span((due_at - case.received_at).days),
            "today": _day(at),
            "outcome": str(case.get_outcome_display()) if case.outcome else "",
            "reason": case.outcome_reason,
            "redress": "\n".join(lines_of_redress(case)),
            "agent_name": str(by) if by else "",
            "team_name": str(case.team) if case.team else "",
            "business_name": parseaddr(django_settings.DEFAULT_FROM_EMAIL)[0] or "",
        }


def _span(days: int) -> str:
    if days >= 28:
        weeks = days // 7
        return ngettext("%(n)s week", "%(n)s weeks", weeks) % {"n": weeks}
    return ngettext("%(n)s day", "%(n)s days", days) % {"n": days}


def promised(case: Case) -> datetime:
    """When the final answer is due at the latest: by its clock, or by the settings where no policy counts it."""
    counted = Clock.objects.filter(case=case, metric=Metric.FINAL_RESPONSE, due_at__isnull=False)
    if due_at := counted.order_by("-cycle").values_list("due_at", flat=True).first():
        return due_at
    return case.received_at + timedelta(weeks=settings.current().answer_weeks)


def _day(at: datetime) -> str:
    return date_format(timezone.localtime(at))


def lines_of_redress(case: Case) -> list[str]:
    """What the customer gets, or is to get, one line each, in the language of the moment."""
    lines = case.redress.filter(state__in=SHOWN).select_related("reward").order_by("pk")
    return [f"- {said(line)}" for line in lines]


def said(line: Redress) -> str:
    """One line of redress in words."""
    if line.points:
        words = ngettext("%(n)s point", "%(n)s points", line.points) % {"n": f"{line.points:,}"}
    elif line.reward:
        words = line.reward.name
    elif line.amount:
        words = in_words(line.amount, line.currency)
    else:
        words = _("our apology")
    return f"{words}: {line.words}" if line.words else words
