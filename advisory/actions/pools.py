"""A pool is frozen: everybody who may be drawn, as they are now. What they do later changes nothing in it."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from advisory.actions import boards
from advisory.actions.refusals import BoardRefused
from advisory.models import Board, Candidate, Exclusion, Pool, Term
from advisory.queries import charters, eligibility, features
from customers.models import Customer, Segment
from customers.queries import segments
from people.models import User

AT_ONCE = 5_000


@transaction.atomic
def freeze(
    board: Board,
    *,
    about: Sequence[str] = ("tier", "region", "spend", "tenure"),
    segment: Segment | None = None,
    by: User | None = None,
    at: datetime | None = None,
) -> Pool:
    """Freeze who may be drawn now, with what they stand for, ``about`` these features.

    Members stay in it, marked as in place. Raises BoardRefused (``feature_unknown``, ``no_charter``).
    """
    at = at or timezone.now()
    board = boards.locked(board)
    charter = charters.current(board)
    if charter is None:
        raise BoardRefused(_("Publish a charter first."), "no_charter")
    if not about or set(about) - set(features.FEATURES):
        raise BoardRefused(_("Choose what the board is to represent."), "feature_unknown", "about")
    rows = features.everybody(about, at=at)
    chosen = segments.members(segment, at) if segment else None
    out: dict[int, str] = {}
    for reason, ids in eligibility.gates(board, charter, chosen, [row.pk for row in rows], at):
        for pk in ids:
            out.setdefault(pk, reason)
    seated = set(Term.objects.filter(board=board).open().values_list("customer_id", flat=True))
    pool = Pool.objects.create(
        board=board, number=board.pools.count() + 1, features=list(about), frozen_at=at, frozen_by=by,
        rules={"segment": segment.name, "conditions": segment.conditions} if segment else {},
        base=features.counts((row.traits for row in rows), about),
        refused=dict(Counter(out[row.pk] for row in rows if row.pk in out).most_common()),
        size=sum(row.pk not in out for row in rows),
    )  # fmt: skip
    kept = [row for row in rows if row.pk not in out or row.pk in seated]
    lost = [features.Row(pk, "", dict.fromkeys(about, "unknown")) for pk in sorted(seated - {row.pk for row in kept})]
    Candidate.objects.bulk_create(
        (
            Candidate(pool=pool, code=_code(n), customer_id=row.pk, traits=row.traits, in_place=row.pk in seated)
            for n, row in enumerate([*kept, *lost], start=1)
        ),
        batch_size=AT_ONCE,
    )
    return pool


def _code(number: int) -> str:
    """Says nothing of the person: a pool can be handed out."""
    return f"P-{number:06}"


@transaction.atomic
def exclude(
    customer: Customer, kind: str, *, reason: str = "", by: User | None = None, at: datetime | None = None
) -> Exclusion:
    """This customer cannot be a member of any board; said before, it stands."""
    Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    found = Exclusion.objects.filter(customer=customer, kind=kind, lifted_at=None).first()
    return found or Exclusion.objects.create(
        customer=customer, kind=kind, reason=reason.strip()[:300], made_by=by, made_at=at or timezone.now()
    )


@transaction.atomic
def lift(exclusion: Exclusion, *, by: User | None = None, at: datetime | None = None) -> Exclusion:
    exclusion = Exclusion.objects.select_for_update().get(pk=exclusion.pk)
    if exclusion.lifted_at is None:
        exclusion.lifted_at = at or timezone.now()
        exclusion.save(update_fields=["lifted_at"])
    return exclusion
