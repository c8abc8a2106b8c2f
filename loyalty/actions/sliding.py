"""Points whose expiry slides: what a customer does begins the months of all their open lots again."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q

from config import prepared
from customers.models import Fact
from loyalty import lasting as lastings
from loyalty.actions import settlement, wallets
from loyalty.models import ACTIVITIES, Lot, Programme, Wallet

VERBS = frozenset(ACTIVITIES)
MOVE = """
UPDATE loyalty_lot l SET expires_at = m.until, slid_at = m.at
FROM unnest(%s::bigint[], %s::timestamptz[], %s::timestamptz[]) AS m(id, at, until) WHERE l.id = m.id
"""
# Held points are in no index of their wallet; the holds are.
HELD = """
SELECT m.lot_id FROM loyalty_transaction t JOIN loyalty_transfer m ON m.transaction_id = t.id AND m.target = 'held'
WHERE t.wallet_id = ANY(%s) AND t.kind = 'hold'
"""


def slide(facts: Iterable[Fact]) -> None:
    """Move what slides, for what the programmes have chosen among these facts; in the order in which they happened.

    What had expired by then stays expired. Told of again, or late, a fact moves nothing backwards.
    """
    told = sorted((fact for fact in facts if fact.verb in VERBS), key=lambda fact: (fact.at, fact.pk))
    if told:
        for programme in Programme.objects.exclude(expiry_activities="").order_by("pk"):
            for wave in _waves(fact for fact in told if fact.verb in programme.activities):
                _slide(programme, wave)


def _waves(facts: Iterable[Fact]) -> list[dict[int, datetime]]:
    """The first moment of each customer, then the second: what expires between two of them is not saved."""
    waves: list[dict[int, datetime]] = []
    seen: Counter[int] = Counter()
    for fact in facts:
        turn = seen[fact.customer_id]
        seen[fact.customer_id] += 1
        if turn == len(waves):
            waves.append({})
        waves[turn][fact.customer_id] = fact.at
    return waves


def _slide(programme: Programme, moments: dict[int, datetime]) -> None:
    there = Wallet.objects.filter(programme=programme, customer__in=moments).exclude(status=Wallet.Status.CLOSED)
    customers = list(there.values_list("customer_id", flat=True))
    if not customers:
        return
    first = min(moments.values())
    at = {
        wallet.pk: moments[customer]
        for customer, wallet in zip(customers, wallets.locked(*customers, programme=programme, at=first), strict=True)
    }
    for wallet in Wallet.objects.filter(pk__in=at, next_due__isnull=False):
        settlement.settle([wallet], at=at[wallet.pk])
    moved = []
    for lot in _lots(at):
        lasts = lastings.read(lot.origin.meta["lasts"])
        now = at[lot.wallet_id]
        until = lasts.until(now, programme.zone)
        if until and lot.expires_at and now < lot.expires_at < until:
            moved.append((lot.pk, now, until))
    if moved:
        prepared.run(MOVE, [list(column) for column in zip(*moved, strict=True)])


def _lots(at: dict[int, datetime]) -> Iterable[Lot]:
    """What is open in these wallets and slides."""
    held = list(Wallet.objects.filter(pk__in=at, held__gt=0).values_list("pk", flat=True))
    within = [lot for (lot,) in prepared.rows(HELD, [held])] if held else []
    chosen = Q(wallet__in=at) & (Q(available__gt=0) | Q(pending__gt=0))
    if within:
        chosen |= Q(pk__in=within, held__gt=0)
    sliding = Lot.objects.filter(chosen, expires_at__isnull=False, origin__meta__lasts__slides=True)
    return sliding.select_related("origin")
