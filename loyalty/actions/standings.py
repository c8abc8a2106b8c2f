"""Keep every customer's tier true: at once where points come or go, and every night for all.

Who settles has locked the customers or their wallets, so that nothing that counts changes meanwhile. Nothing is
posted to the ledger: spending points and their expiry never touch a tier.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.db import connection, transaction
from django.db.models import FilteredRelation, Q, Value
from django.db.models.functions import Greatest

from config import prepared
from customers.actions import profile
from customers.actions.timeline import INSERT_FACTS
from customers.models import Customer, Purchase
from loyalty.actions import programmes
from loyalty.actions.statements import compact
from loyalty.models import Programme, Standing, TierFloor
from loyalty.queries import standings
from loyalty.queries.standings import Ladder

Moments = Mapping[int, datetime]

# What is written of the rows called ``news``: the standing, and where what is shown differs, the history and a fact.
WRITE = f""",
kept AS (
    INSERT INTO loyalty_standing (programme_id, customer_id, tier, since, earned, earned_since, short_since)
    SELECT %(programme)s, customer_id, tier, coalesce(since, at), earned, coalesce(earned_since, at), short_since
    FROM news ORDER BY customer_id
    ON CONFLICT (programme_id, customer_id) DO UPDATE SET tier = excluded.tier, since = excluded.since,
        earned = excluded.earned, earned_since = excluded.earned_since, short_since = excluded.short_since
),
moved AS (SELECT * FROM news WHERE tier <> was OR was IS NULL AND new_rank > 0),
written AS (
    INSERT INTO loyalty_tierchange (programme_id, customer_id, table_id, was, tier, rose, why, total, at)
    SELECT %(programme)s, customer_id, %(table)s, coalesce(was, ''), tier, rose, why, total, at FROM moved
),
told AS (
    {INSERT_FACTS}
    SELECT customer_id, CASE WHEN rose THEN 'tier_reached' ELSE 'tier_lowered' END, at, NULL::bigint,
        jsonb_build_object('tier', tier, 'name', name, 'from', coalesce(was, ''), 'why', why, 'total', total)
    FROM moved ORDER BY customer_id
)
SELECT customer_id, tier, tier <> was OR was IS NULL FROM news
"""
LOCK_CUSTOMERS = "SELECT FROM customers_customer WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE"
LOCK_WALLETS = """
SELECT FROM loyalty_wallet WHERE programme_id = %s AND customer_id = ANY(%s) ORDER BY id FOR NO KEY UPDATE
"""


@cache
def _settle(by: str, *, reviews: bool) -> str:
    return compact(standings.statements.of_some(by, reviews=reviews) + WRITE)


def settle(moments: Moments, *, programme: Programme, because: str = "") -> dict[int, str]:
    """Bring customers to the tier that they have at their moments. Returns who has another one now, with its code.

    A moment before the last change of a standing stands for that change: what comes late never undoes what was.
    """
    moved: dict[int, str] = {}
    for ladder, some in _by_ladder(programme, _not_before_the_last_change(moments, programme)):
        values = standings.values_for(ladder, some) | {"because": because}
        statement = _settle(ladder.table.qualify_by, reviews=ladder.counting.at_reviews)
        news = prepared.rows(statement, values)
        if programme.main and news:
            profile.show_tiers((customer, tier) for customer, tier, _ in news)
        moved |= {customer: tier for customer, tier, other in news if other}
    return moved


def settle_before(moments: Moments, *, programme: Programme) -> None:
    """What time has done to tiers until then: nothing is earned by a tier that is over, however late the nightly job.

    Locks the wallets; customers come before them, where both are locked.
    """
    if not programme.tiered:
        return
    bases = {ladder.tiers[0].code for ladder in _ladders(programme)}
    high = Standing.objects.filter(programme=programme, customer__in=list(moments)).exclude(tier__in=bases)
    above = {pk: moments[pk] for pk in high.values_list("customer_id", flat=True)}
    if above:
        prepared.run(LOCK_WALLETS, [programme.pk, list(above)])
        settle(above, programme=programme)


def settle_after(moments: Moments, *, programme: Programme) -> None:
    """What has been earned or taken back raises and lowers. The caller holds the wallets' locks."""
    if programme.tiered and moments:
        settle(moments, programme=programme)


def catch_up(moments: Moments) -> None:
    """The same for what the timeline tells: whoever has posted points, tiers follow. The customers are locked."""
    programme = programmes.main(fresh=True)
    if programme.tiered and moments:
        settle(moments, programme=programme)


def lock_customers(customers: Iterable[int]) -> None:
    """Customers before wallets, as everybody takes them who holds both."""
    prepared.run(LOCK_CUSTOMERS, [sorted(customers)])


def one_after_the_other(
    bought: Iterable[Purchase], earn: Callable[[list[Purchase]], dict[int, Any]]
) -> dict[int, Any]:
    """Let purchases earn in turns, the first of each customer before the second: who reaches a tier by one purchase
    earns by it from the next one on, also when both come in one batch.
    """
    turns: list[list[Purchase]] = []
    seen: dict[int, int] = {}
    for purchase in sorted(bought, key=lambda purchase: (purchase.at, purchase.pk)):
        turn = seen[purchase.customer_id] = seen.get(purchase.customer_id, -1) + 1
        if turn == len(turns):
            turns.append([])
        turns[turn].append(purchase)
    outcomes: dict[int, Any] = {}
    for turn_ in turns:
        outcomes |= earn(turn_)
    return outcomes


def _not_before_the_last_change(moments: Moments, programme: Programme) -> dict[int, datetime]:
    """The moments of those who are still a person of their own."""
    theirs = FilteredRelation("standings", condition=Q(standings__programme=programme))
    last = Greatest("theirs__since", "theirs__earned_since", "theirs__short_since")
    found = Customer.objects.standing().filter(pk__in=list(moments)).annotate(theirs=theirs).order_by("pk")
    return {pk: max(moments[pk], changed or moments[pk]) for pk, changed in found.values_list("pk", last)}


def _ladders(programme: Programme) -> list[Ladder]:
    """Those that apply, kept with the copy of the programme: a new one changes the programme's version."""
    kept: list[Ladder] | None = programme.__dict__.get("ladders")
    if kept is None:
        kept = programme.__dict__["ladders"] = standings.ladders(programme)
    return kept


def _by_ladder(programme: Programme, moments: Moments) -> Iterable[tuple[Ladder, dict[int, datetime]]]:
    left = dict(moments)
    for ladder in _ladders(programme):
        assert ladder.table.starts_at is not None
        some = {pk: at for pk, at in left.items() if at >= ladder.table.starts_at}
        if some:
            yield ladder, some
        left = {pk: at for pk, at in left.items() if pk not in some}


# --- people who turn out to be one, or are forgotten


def join(customer: Customer, *, into: Customer, at: datetime) -> None:
    """The one who is left stands where the higher of both stood, and what both have earned counts from now on.

    What either was granted goes on. Both are locked.
    """
    TierFloor.objects.filter(customer=customer).update(customer=into)
    for programme in Programme.objects.filter(tiered=True).order_by("pk"):
        ladder = standings.ladder_at(programme, at)
        pair = {
            row.customer_id: row for row in Standing.objects.filter(programme=programme, customer__in=[customer, into])
        }
        theirs, ours = pair.get(customer.pk), pair.get(into.pk)
        if theirs is None or ladder is None:
            continue
        if ours is None:
            theirs.customer = into
            theirs.save(update_fields=["customer"])
        else:
            if (ladder.place(theirs.earned) or 0) > (ladder.place(ours.earned) or 0):
                ours.earned, ours.earned_since = theirs.earned, theirs.earned_since
                ours.short_since = theirs.short_since
                ours.save(update_fields=["earned", "earned_since", "short_since"])
            theirs.delete()
    for programme in Programme.objects.filter(tiered=True).order_by("pk"):
        settle({into.pk: at}, programme=programme, because="merged")
    _show(into)


def forget(customer: Customer, *, at: datetime) -> None:
    """Stand nowhere any more: what was granted ends, and what was said about it is emptied."""
    floors = TierFloor.objects.filter(customer=customer)
    floors.filter(Q(ends_at=None) | Q(ends_at__gt=at)).update(ends_at=Greatest("starts_at", Value(at)))
    floors.exclude(reason="").update(reason="erased")
    Standing.objects.filter(customer=customer).delete()
    profile.show_tiers([(customer.pk, "")])


def _show(customer: Customer) -> None:
    standing = Standing.objects.filter(programme__main=True, customer=customer).first()
    profile.show_tiers([(customer.pk, standing.tier if standing else "")])


# --- everybody


AT_ONCE = 20_000
KEEP = "CREATE TEMP TABLE retiering AS {statement} SELECT * FROM news"
SOME_OF_THEM = "SELECT customer_id FROM retiering WHERE customer_id > %s ORDER BY customer_id LIMIT %s"
# Under the locks: a standing that somebody has changed since, or a wallet that has moved, is judged anew.
UNCHANGED = """WITH news AS (
    SELECT n.* FROM retiering n
    LEFT JOIN loyalty_standing s ON s.programme_id = %(programme)s AND s.customer_id = n.customer_id
    LEFT JOIN loyalty_wallet w ON w.programme_id = %(programme)s AND w.customer_id = n.customer_id
    LEFT JOIN customers_profile p ON p.customer_id = n.customer_id
    JOIN customers_customer c ON c.id = n.customer_id AND c.status = 'active'
    WHERE n.customer_id = ANY(%(customers)s::bigint[])
        AND n.sequence = coalesce({stamp}, 0)
        AND (n.was, n.was_earned, n.was_earned_since, n.was_short_since)
            IS NOT DISTINCT FROM (s.tier, s.earned, s.earned_since, s.short_since)
)"""
STAMPS = {True: "w.sequence", False: "(extract(epoch FROM p.refreshed_at) * 1000000)::bigint"}


def settle_all(programme: Programme, *, at: datetime, because: str = "") -> int:
    """Judge everybody of a programme anew, and write down who moves. Returns how many rows changed.

    One statement finds them; they are written some thousand at a time, each time under the locks of their customers.
    Run again, it finds nobody; late, it writes what is true now. Do not call it inside a long transaction.
    """
    ladder = next((one for one in _ladders(programme) if one.table.starts_at and one.table.starts_at <= at), None)
    if ladder is None:
        return 0
    values = standings.values_at(ladder, at) | {"because": because}
    with connection.cursor() as cursor:
        with transaction.atomic():
            cursor.execute("DROP TABLE IF EXISTS retiering")
            cursor.execute("SET LOCAL work_mem = '64MB'")  # for one sum of each member
            cursor.execute(compact(KEEP.format(statement=standings.of_all(ladder, news=True))), values)
        cursor.execute("CREATE INDEX ON retiering (customer_id)")
        cursor.execute("ANALYZE retiering")
        total, last = 0, 0
        while True:
            cursor.execute(SOME_OF_THEM, [last, AT_ONCE])
            batch = [pk for (pk,) in cursor.fetchall()]
            if not batch:
                break
            total += _write(ladder, batch, values, at)
            last = batch[-1]
        cursor.execute("DROP TABLE retiering")
    return total


@transaction.atomic
def _write(ladder: Ladder, batch: list[int], values: dict[str, Any], at: datetime) -> int:
    by_points = ladder.table.qualify_by == "points"
    statement = compact(UNCHANGED.format(stamp=STAMPS[by_points]) + WRITE)
    with connection.cursor() as cursor:
        cursor.execute(LOCK_CUSTOMERS, [batch])
        cursor.execute(LOCK_WALLETS, [ladder.programme.pk, batch])
        cursor.execute(statement, values | {"customers": batch})
        news = cursor.fetchall()
    if ladder.programme.main:
        profile.show_tiers((customer, tier) for customer, tier, _ in news)
    if changed := set(batch) - {customer for customer, _, _ in news}:
        settle(dict.fromkeys(changed, at), programme=ladder.programme, because=values["because"])
    return len(batch)


ENDED_WITHIN = timedelta(days=3)


@transaction.atomic
def settle_ended(*, at: datetime) -> int:
    """Let customers down whose granted tier or membership ended lately, before the night comes. Returns how many."""
    ended = TierFloor.objects.filter(ends_at__lte=at, ends_at__gt=at - ENDED_WITHIN, programme__tiered=True)
    moved = 0
    for programme in Programme.objects.filter(tiered=True).order_by("pk"):
        customers = sorted(set(ended.filter(programme=programme).values_list("customer_id", flat=True)))
        lock_customers(customers)
        prepared.run(LOCK_WALLETS, [programme.pk, customers])
        moved += len(settle(dict.fromkeys(customers, at), programme=programme))
    return moved


def settle_every_programme(*, at: datetime) -> int:
    return sum(settle_all(programme, at=at) for programme in Programme.objects.filter(tiered=True).order_by("pk"))
