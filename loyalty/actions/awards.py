"""Write down what rules gave: the calculation of each earning, the award of each rule, promises, what waits."""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from django.db import connection, transaction
from django.db.models import Sum

from config import prepared
from customers.actions.profile import LOCK
from customers.models import Customer, Purchase
from loyalty.actions import calculations, points, programmes
from loyalty.actions.calculations import Plan
from loyalty.actions.points import Outcome, Points
from loyalty.actions.programmes import RulesChanged
from loyalty.models import (
    Account,
    Calculation,
    EarningReview,
    Programme,
    Promise,
    RuleAward,
    Transaction,
    Transfer,
)
from loyalty.queries import rulebook
from loyalty.queries.rulebook import Rulebook
from loyalty.rules.worth import Match
from people.models import User

T = TypeVar("T")


def by_current_rules(programme: Programme | None, attempt: Callable[[Programme], T]) -> T:
    """Do it by the programme's rules, all or nothing; again by the new ones where they have just changed."""
    while True:
        rules = programme or programmes.main(fresh=True)
        try:
            with transaction.atomic():
                done = attempt(rules)
                if _version(rules) != rules.version:
                    raise RulesChanged
                return done
        except RulesChanged:
            programmes.forget()
            programme = Programme.objects.get(pk=programme.pk) if programme else None


def _version(programme: Programme) -> int | None:
    rows = prepared.rows("SELECT version FROM loyalty_programme WHERE id = %s", [programme.pk])
    return int(rows[0][0]) if rows else None


def earn_for_purchases(
    bought: Sequence[Purchase],
    *,
    by: User | None = None,
    programme: Programme | None = None,
    just_now: Mapping[int, Sequence[Any]] | None = None,
) -> dict[int, Outcome]:
    """Book what purchases earn, where rules may have a say; answers by the purchase's id, with all points of each.

    One after the other of each customer, so that each knows what those before it promised or used up. ``just_now`` has
    the lines of purchases that were recorded in this transaction, under the lock of their customer: they are new.
    """

    def attempt(rules: Programme) -> dict[int, Outcome]:
        if just_now is None:
            prepared.run(LOCK, [sorted({purchase.customer_id for purchase in bought})])
        answers: dict[int, Outcome] = {}
        own = [purchase for purchase in bought if purchase.currency == rules.currency]
        for wave in _waves(own, rulebook.of(rules)):
            answers |= _earn(wave, rules, by, just_now)
        return answers

    return by_current_rules(programme, attempt)


def _waves(bought: Iterable[Purchase], book: Rulebook) -> list[list[Purchase]]:
    """All at once, or the first of each customer, then the second, where one may promise something for the next."""
    waves: list[list[Purchase]] = []
    seen: Counter[int] = Counter()
    for purchase in sorted(bought, key=lambda purchase: (purchase.at, purchase.pk)):
        turn = seen[purchase.customer_id] if book.promising else 0
        seen[purchase.customer_id] += 1
        if turn == len(waves):
            waves.append([])
        waves[turn].append(purchase)
    return waves


def _earn(
    bought: Sequence[Purchase], programme: Programme, by: User | None, just_now: Mapping[int, Sequence[Any]] | None
) -> dict[int, Outcome]:
    before: dict[int | None, int] = {}
    keys, posted = {calculations.natural_key(purchase): purchase.pk for purchase in bought}, {}
    if just_now is None:
        before = dict(Calculation.objects.filter(purchase__in=bought).values_list("purchase_id", "points"))
        posted = dict(Transaction.objects.filter(natural_key__in=keys).values_list("natural_key", "pk"))
    new = [row for row in bought if row.pk not in before and calculations.natural_key(row) not in posted]
    plans = calculations.of_purchases(new, programme, lines=just_now)
    outcomes = post(plans, programme=programme, by=by)
    answers = {}
    for plan in plans:
        purchase = plan.subject.purchase
        assert purchase is not None
        found = [outcomes[key] for part in plan.parts if (key := part.points.natural_key or "") in outcomes]
        if found:
            total = sum(outcome.asked.points for outcome in found)
            answers[purchase.pk] = replace(found[0], asked=replace(found[0].asked, points=total))
    return answers | _earlier({pk: keys[str(earlier)] for earlier, pk in posted.items()}, before)


def _earlier(posted: Mapping[int, int], kept: Mapping[int | None, int]) -> dict[int, Outcome]:
    """What purchases had earned before they were asked again: by the purchase, of the transactions of each."""
    if not posted:
        return {}
    issued = Transfer.objects.filter(transaction__in=posted, source=Account.ISSUED).values("transaction")
    sums = dict(issued.annotate(sum=Sum("points")).values_list("transaction", "sum"))
    answers = {}
    for found in Transaction.objects.filter(pk__in=posted).select_related("wallet"):
        purchase_id = posted[found.pk]
        earned = kept.get(purchase_id, sums.get(found.pk, 0))
        asked = Points(found.wallet.customer_id, earned, found.effective_at, purchase_id=found.purchase_id)
        answers[purchase_id] = Outcome(asked, found.pk)
    return answers


def calculation_of(purchase: Purchase) -> Calculation | None:
    return Calculation.objects.select_related("programme").filter(purchase=purchase).first()


def post(plans: Sequence[Plan], *, programme: Programme, by: User | None = None) -> dict[str, Outcome]:
    """Post what plans are worth, all by one statement, and keep how it came about. Answers by natural key.

    A customer whose wallet is frozen or closed earns nothing, and nothing is kept of it.
    """
    wanted = [part.points for plan in plans for part in plan.parts if part.points.points > 0 and not part.review]
    outcomes = points.earn_many(wanted, by=by, programme=programme)
    answers = {outcome.asked.natural_key: outcome for outcome in outcomes if outcome.asked.natural_key}
    keep([plan for plan in plans if plan.ruled and not _refused(plan, answers)], programme)
    return answers


def _refused(plan: Plan, answers: Mapping[str, Outcome]) -> bool:
    own = [answers.get(part.points.natural_key or "") for part in plan.parts]
    return any(outcome and outcome.refusal for outcome in own)


def keep(plans: Sequence[Plan], programme: Programme) -> None:
    """Keep the calculations of these plans, and use up what they took of caps, budgets and promises."""
    if not plans:
        return
    calculation_ids = _keep_calculations(plans, programme)
    awards: list[tuple[Any, ...]] = []
    waiting: set[tuple[int, int]] = set()
    budgets: Counter[int] = Counter()
    promises: list[Promise] = []
    for plan, pk in zip(plans, calculation_ids, strict=True):
        reviewed = {place for part in plan.parts if part.review for place in part.places}
        for place, match in enumerate(plan.matches):
            points_, times = calculations.award_of(place, match, plan.worth)
            if not times:
                continue
            about = plan.subject.about
            awards.append((match.rule, match.version, about.customer_id, pk, match.promise, about.at, points_))
            if place in reviewed:
                waiting.add((pk, match.rule))
            if match.spec.budget is not None:
                budgets[match.rule] += points_
        promises += [_promise(plan, pk, match) for match in plan.promised()]
    _keep_awards(awards, waiting)
    Promise.objects.bulk_create(promises)
    _keep_promises(plans)
    spend(budgets)


KEEP_CALCULATIONS = """
INSERT INTO loyalty_calculation (programme_id, purchase_id, fact_id, points, context, steps)
SELECT %s::bigint, purchase_id, fact_id, points, context::jsonb, steps::jsonb
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::text[])
    AS plan (purchase_id, fact_id, points, context, steps)
RETURNING id, purchase_id, fact_id
"""
KEEP_AWARDS = """
INSERT INTO loyalty_ruleaward (
    rule_id, version_id, customer_id, calculation_id, promise_id, at, awarded, points, times
)
SELECT rule_id, version_id, customer_id, calculation_id, promise_id, at, points, points, 1
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::timestamptz[], %s::bigint[])
    AS award (rule_id, version_id, customer_id, calculation_id, promise_id, at, points)
RETURNING id, calculation_id, rule_id, customer_id
"""


def _keep_calculations(plans: Sequence[Plan], programme: Programme) -> list[int]:
    """The ids, in the order of the plans."""
    purchases = [plan.subject.purchase and plan.subject.purchase.pk for plan in plans]
    facts = [plan.subject.fact and plan.subject.fact.pk for plan in plans]
    columns = [
        [plan.worth.points for plan in plans],
        [json.dumps(plan.context) for plan in plans],
        [json.dumps(plan.worth.steps) for plan in plans],
    ]
    rows = prepared.rows(KEEP_CALCULATIONS, [programme.pk, purchases, facts, *columns])
    ids = {(purchase, fact): pk for pk, purchase, fact in rows}
    return [ids[pair] for pair in zip(purchases, facts, strict=True)]


def _keep_awards(awards: Sequence[tuple[Any, ...]], waiting: set[tuple[int, int]]) -> None:
    if not awards:
        return
    rows = prepared.rows(KEEP_AWARDS, [list(column) for column in zip(*awards, strict=True)])
    EarningReview.objects.bulk_create(
        EarningReview(award_id=pk, customer_id=customer)
        for pk, calculation, rule, customer in rows
        if (calculation, rule) in waiting
    )


def _promise(plan: Plan, calculation: int, match: Match) -> Promise:
    at = plan.subject.event.at
    return Promise(
        version_id=match.version,
        customer_id=plan.subject.about.customer_id,
        made_by_id=calculation,
        made_at=at,
        valid_until=calculations.valid_until(match.spec, at, plan.subject.event.zone),
    )


def _keep_promises(plans: Iterable[Plan]) -> None:
    kept: dict[int, list[int]] = defaultdict(list)
    for plan in plans:
        if plan.subject.purchase:
            kept[plan.subject.purchase.pk] += [match.promise for match in plan.matches if match.promise is not None]
    for purchase, promises in kept.items():
        if promises:
            Promise.objects.filter(pk__in=promises).update(kept_by=purchase)


SPEND = """
UPDATE loyalty_rule rule SET spent = spent + points FROM unnest(%s::bigint[], %s::bigint[]) AS given (id, points)
WHERE rule.id = given.id AND spent IS NOT NULL AND points <> 0
"""


def spend(given: Mapping[int, int]) -> None:
    """Count points (or fewer of them: below zero) on the budgets of the rules that have one."""
    if any(given.values()):
        prepared.run(SPEND, [list(given), list(given.values())])


def merge(customer: Customer, *, into: Customer) -> None:
    """Let what rules gave and promised follow its customer: caps hold for the two together."""
    for model in (RuleAward, Promise, EarningReview):
        model.objects.filter(customer=customer).update(customer=into)


FORGET = """
UPDATE loyalty_calculation c SET context = '{}', steps = '[]'
WHERE purchase_id IN (SELECT id FROM customers_purchase WHERE customer_id = %(customer)s)
   OR fact_id IN (SELECT id FROM customers_fact WHERE customer_id = %(customer)s)
"""
WITHDRAW = """
UPDATE loyalty_promise SET withdrawn_at = now() WHERE customer_id = %(customer)s AND withdrawn_at IS NULL
    AND kept_by_id IS NULL
"""
CLOSE = """
UPDATE loyalty_earningreview SET state = 'withdrawn', decided_at = now(), reason = 'erased'
WHERE customer_id = %(customer)s AND state = 'waiting'
"""


def forget(customer: Customer) -> None:
    """Empty what calculations know of an erased person; what waits for them is over."""
    with connection.cursor() as cursor:
        for sql in (FORGET, WITHDRAW, CLOSE):
            cursor.execute(sql, {"customer": customer.pk})
