"""Keep what was answered, and answer the same again."""

import json
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from config import errors
from config.statements import Statement
from integrations import signing
from integrations.models import Reply
from people.models import User

KEPT_FOR = timedelta(hours=24)

# One that is over its time is as good as none, whether or not the sweep has come by.
CLAIM = Statement("""
INSERT INTO integrations_reply AS kept (user_id, key, request, status, body, sealed, at)
VALUES (%(user)s, %(key)s, %(request)s, 0, '', false, %(at)s)
ON CONFLICT (user_id, key) DO UPDATE
    SET request = excluded.request, status = 0, body = '', sealed = false, customer = NULL, at = excluded.at
    WHERE kept.at <= %(over)s
RETURNING 1
""")
FILL = Statement("""
UPDATE integrations_reply SET status = %(status)s, body = %(body)s, sealed = %(sealed)s, customer = %(customer)s
WHERE user_id = %(user)s AND key = %(key)s
""")
GONE = 410


class KeyConflict(ValidationError):
    field = "Idempotency-Key"

    def __init__(self) -> None:
        message = _("This Idempotency-Key was used before, with another request.")
        super().__init__(message, code="idempotency_conflict")


def claim(user: User, key: str, *, request: str, at: datetime | None = None) -> Reply | None:
    """Take the key for this request, in the transaction of its effect; or find what was answered under it before.

    Of two at once the second waits here until the first is done or undone. Raises KeyConflict where the key stands
    for another request.
    """
    at = at or timezone.now()
    if CLAIM.ask({"user": user.pk, "key": key, "request": request, "at": at, "over": at - KEPT_FOR}):
        return None
    known = Reply.objects.get(user=user, key=key)
    if known.request != request:
        raise KeyConflict
    return known


def fill(
    user: User, key: str, *, status: int, body: str, confidential: bool = False, customer: int | None = None
) -> None:
    """Write down what is about to be answered to the request that took the key, and which customer it tells of."""
    body = signing.seal(body) if confidential else body
    values = {"status": status, "body": body, "sealed": confidential, "customer": customer}
    FILL.ask(values | {"user": user.pk, "key": key})


def body_of(reply: Reply) -> str:
    """What was answered, in clear."""
    return signing.unseal(reply.body) if reply.sealed else reply.body


def forget(customers: Iterable[int]) -> int:
    """Empty the replies that tell of customers, who are erased. Returns how many.

    Their keys stay taken: the same request again is answered with 410, and does not bring the person back.
    """
    message = _("What was answered told of a person who has been erased since.")
    body = json.dumps({"errors": [errors.error("erased", message)]})
    told = Reply.objects.filter(customer__in=list(customers))
    return told.update(status=GONE, body=body, sealed=False, customer=None)


def forget_old(*, at: datetime | None = None) -> int:
    """Remove replies that are over their time. Returns how many."""
    oldest = (at or timezone.now()) - KEPT_FOR
    return Reply.objects.filter(at__lte=oldest)._raw_delete("default")
