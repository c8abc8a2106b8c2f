"""What customers read when they are asked for consent, in their language. It is kept with every decision."""

from django.utils.translation import gettext, override
from django.utils.translation import gettext_noop as _

from customers.models import ConsentDecision

Purpose = ConsentDecision.Purpose

WORDINGS: dict[str, str] = {
    Purpose.CARE: _("You may write to me about my orders, my questions and my points."),
    Purpose.OFFERS: _("You may send me offers and news that fit what I buy. I can say no again at any time."),
    Purpose.RESEARCH: _("You may ask me now and then how satisfied I am and what could be better."),
}


def consent_wording(purpose: str, language: str) -> str:
    """The sentence that a customer with this language agrees to; in English where there is no translation."""
    with override(language or "en"):
        return gettext(WORDINGS[purpose])
