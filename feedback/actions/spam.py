"""Hold aside what nobody wanted, and take it back where the rules were wrong."""

import hashlib
from datetime import datetime

from django.core.cache import cache
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from redis.exceptions import RedisError

from customers.models import Fact
from feedback.actions import cases, clocks, history, holds, receipts
from feedback.actions.refusals import CaseRefused, NotOpen
from feedback.models import Case, CaseEvent
from people.models import User

REMEMBERED = 24 * 3600  # seconds
LONG_ENOUGH = 40  # letters: "thank you" is written by many


def repeated(text: str, sender: str) -> int:
    """How many others have sent the same text within a day. 0 where the cache cannot be reached."""
    plain = "".join(text.lower().split())
    if len(plain) < LONG_ENOUGH:
        return 0
    digest = hashlib.sha256(plain.encode()).hexdigest()[:32]
    name = hashlib.sha256(sender.encode()).hexdigest()[:16]
    try:
        cache.add(f"said:{digest}", 0, timeout=REMEMBERED)
        if cache.add(f"said:{digest}:{name}", 1, timeout=REMEMBERED):
            return max(0, int(cache.incr(f"said:{digest}")) - 1)
        return max(0, int(cache.get(f"said:{digest}", 1)) - 1)
    except (RedisError, ValueError):
        return 0


@transaction.atomic
def release(case: Case, *, by: User, at: datetime | None = None) -> Case:
    """It was no spam: it is open from now on, and whoever wrote is told that it is here. Raises CaseRefused
    (``not_spam``).
    """
    at = at or timezone.now()
    case = cases.locked_with_customer(case)
    if not case.spam:
        raise CaseRefused(_("This case is not held aside."), "not_spam")
    case.spam = False
    case.save(update_fields=["spam"])
    told = _was_told(case)
    history.note(case, "released", at=at, by=by)
    cases.began(case, by=by, told=told)
    receipts.confirm(case, to=case.sender_address if "@" in case.sender_address else "", at=at)
    case.refresh_from_db()
    return case


def _was_told(case: Case) -> bool:
    """It was open before, and somebody has held it aside by hand."""
    if case.customer is not None:
        return Fact.objects.filter(key=f"case_opened:{case.pk}").exists()
    return CaseEvent.objects.filter(case=case, what="held_aside", by__isnull=False).exists()


@transaction.atomic
def hold(case: Case, *, by: User, at: datetime | None = None) -> Case:
    """It is spam after all, and nothing is promised. Raises what ``cases`` raises of a case that is not open."""
    case = cases.locked_with_customer(case)
    if not case.is_open:
        raise NotOpen(case)
    case.spam = True
    case.save(update_fields=["spam"])
    history.note(case, "held_aside", at=at or timezone.now(), by=by, why=["by_hand"])
    holds.settle(case, by=by, at=at)
    return clocks.follow(case, at=at or timezone.now(), by=by)
