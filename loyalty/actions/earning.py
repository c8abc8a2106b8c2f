"""Purchases earn points by the programme's base rate, and lose them when they come back.

At once where the caller records the purchase here; otherwise as the reader of the timeline notices it. Both ways end
in the same natural key, so a purchase never earns twice. What is taken back is always the difference to what the kept
part is worth: any number of partial returns, noticed in any order, end at the same figure.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db import transaction
from django.utils import timezone

from customers.actions import profile, purchases, returns, single
from customers.models import Fact, Purchase, Return, Verb
from customers.orders import Order
from loyalty import arithmetic
from loyalty.actions import (
    awards,
    calculations,
    clawbacks,
    erasure,
    lots,
    paying,
    points,
    programmes,
    recalculations,
    redemptions,
    rules,
    sliding,
    standings,
    wallets,
)
from loyalty.actions.points import Outcome, Points
from loyalty.actions.refusals import NoPoints, WalletClosed, WalletFrozen
from loyalty.models import Account, Payment, Programme, Transaction, Wallet
from loyalty.queries import rulebook
from people.models import User


@dataclass(frozen=True)
class Quote:
    """What a basket would earn, and from when until when the points could be spent."""

    points: int
    eligible: Fraction
    activates_at: datetime | None
    expires_at: datetime | None


@dataclass
class Receipt:
    """A purchase as recorded, and the points that it has earned (0: none)."""

    recorded: purchases.Outcome
    points: int = 0
    transaction: int | None = None


def quote(
    *,
    goods: int,
    currency: str,
    gift_card: int = 0,
    paid_with_points: int = 0,
    at: datetime | None = None,
    programme: Programme | None = None,
) -> Quote:
    """What would this earn? Writes nothing; by the rules that ``record_purchase`` earns by. Money in minor units."""
    rules, at = programme or programmes.main(), at or timezone.now()
    money = arithmetic.eligible(goods, gift_card=gift_card, paid_with_points=paid_with_points)
    money = money if currency == rules.currency else Fraction(0)
    activates_at = arithmetic.activation(at, days=rules.return_window_days, zone=rules.zone)
    earned = arithmetic.points_for(money, rate(rules), rules.rounding)
    return Quote(earned, money, activates_at, rules.lasting.of(at, activates_at, rules.zone))


def rate(rules: Programme) -> Fraction:
    return Fraction(rules.rate_points, rules.rate_money)


@transaction.atomic
def record_purchases(
    orders: Sequence[Order],
    *,
    by: User | None = None,
    redemptions: Mapping[tuple[str, str], Transaction] | None = None,
    programme: Programme | None = None,
) -> list[Receipt]:
    """Record purchases and book what they earn, all in one transaction. Asked again, nothing is written twice.

    ``redemptions`` names, by source and order number, the redemption (or hold) that paid a part: a return will
    restore it.
    """
    recorded = purchases.record_many(orders, by=by)
    bought = [outcome.purchase for outcome in recorded if outcome.purchase]
    for order, outcome in zip(orders, recorded, strict=True):
        paid = (redemptions or {}).get((order.source, order.number))
        if outcome.purchase and paid:
            Payment.objects.get_or_create(redemption=paid, defaults={"purchase": outcome.purchase})
    earned = earn_for(bought, by=by, programme=programme)
    receipts = []
    for outcome in recorded:
        done = earned.get(outcome.purchase.pk) if outcome.purchase else None
        fit = done is not None and done.refusal is None
        receipts.append(Receipt(outcome, done.asked.points, done.transaction) if done and fit else Receipt(outcome))
    return receipts


def record_purchase(
    order: Order, *, by: User | None = None, redemption: Transaction | None = None, programme: Programme | None = None
) -> Receipt:
    """Record one purchase and book what it earns. Raises PurchaseRefused."""
    if redemption is None and (receipt := _record_new(order, by=by, programme=programme)):
        return receipt
    paid = {(order.source, order.number): redemption} if redemption else None
    receipt = record_purchases([order], by=by, redemptions=paid, programme=programme)[0]
    if receipt.recorded.refusal:
        raise receipt.recorded.refusal
    return receipt


@transaction.atomic(savepoint=False)
def _record_new(order: Order, *, by: User | None, programme: Programme | None) -> Receipt | None:
    """The same for an order that is new and right, by as few statements as it takes; None for any other."""
    recorded = single.record(order, by=by)
    if recorded is None or recorded.purchase is None:
        return None
    receipt, bought = Receipt(recorded), recorded.purchase

    def wish(rules: Programme) -> Points:
        if calculations.concerned(bought, order.lines, rules):
            raise Ruled
        asked = _wish(bought, rules)
        receipt.points = asked.points
        return asked

    tiers, moment = programme or programmes.main(), {bought.customer_id: bought.at}
    standings.settle_before(moment, programme=tiers)
    try:
        receipt.transaction = points.book(wish, by=by, programme=programme).pk
    except (WalletFrozen, WalletClosed):
        receipt.points = 0
    except NoPoints:
        if programme is None and calculations.concerned(bought, order.lines, programmes.main(fresh=True)):
            _by_rules(receipt, bought, order, by=by, programme=programme)
    except Ruled:
        _by_rules(receipt, bought, order, by=by, programme=programme)
    standings.settle_after(moment, programme=tiers)
    return receipt


class Ruled(Exception):
    """More than the base rate may have a say about a purchase."""


def _by_rules(
    receipt: Receipt, bought: Purchase, order: Order, *, by: User | None, programme: Programme | None
) -> None:
    just_now = {bought.pk: order.lines}
    done = awards.earn_for_purchases([bought], by=by, programme=programme, just_now=just_now).get(bought.pk)
    if done and not done.refusal:
        receipt.points, receipt.transaction = done.asked.points, done.transaction


@transaction.atomic
def record_return(
    purchase: Purchase,
    quantities: Mapping[int, Decimal],
    *,
    number: str = "",
    reason: str = "",
    at: datetime | None = None,
    by: User | None = None,
) -> Return:
    """Record a return, take back what the goods had earned and restore the points that paid for them.

    Raises what ``customers.actions.returns.record`` raises.
    """
    made = returns.record(purchase, quantities, number=number, reason=reason, at=at, by=by)
    undo(Purchase.objects.get(pk=purchase.pk), at=made.at)
    return made


@transaction.atomic
def cancel_purchase(
    purchase: Purchase, *, at: datetime | None = None, by: User | None = None, rebilled_as: Purchase | None = None
) -> Purchase:
    """Cancel a purchase: all its points go back where they came from. Raises WrongState, NotBilledAgain."""
    cancelled = purchases.cancel(purchase, at=at, by=by, rebilled_as=rebilled_as)
    undo(cancelled, at=cancelled.cancelled_at or timezone.now())
    return cancelled


@transaction.atomic(savepoint=False)
def earn_for(
    bought: Iterable[Purchase], *, by: User | None = None, programme: Programme | None = None
) -> dict[int, Outcome]:
    """Book what purchases earn, at the time of each, by one statement. Answers by the purchase's id.

    A purchase in another currency than the programme's, or worth less than a point, earns nothing. So does one of a
    customer whose wallet is frozen or closed: its outcome has the refusal.
    """
    rules, bought = programme or programmes.main(fresh=True), list(bought)
    if rulebook.of(rules).hears(Verb.BOUGHT):
        standings.lock_customers({purchase.customer_id for purchase in bought})
    if not rules.tiered:
        return _earn_together(bought, rules, by)

    def earn(turn: list[Purchase]) -> dict[int, Outcome]:
        moments = {purchase.customer_id: purchase.at for purchase in turn}
        standings.settle_before(moments, programme=rules)
        outcomes = _earn_together(turn, rules, by)
        standings.settle_after(moments, programme=rules)
        return outcomes

    return standings.one_after_the_other(bought, earn)


def _earn_together(bought: Iterable[Purchase], rules: Programme, by: User | None) -> dict[int, Outcome]:
    if rulebook.of(rules).hears(Verb.BOUGHT):
        return awards.earn_for_purchases(list(bought), by=by, programme=rules)
    asked = [wish for purchase in bought if (wish := _wish(purchase, rules)).points]
    outcomes = points.earn_many(asked, by=by, programme=rules)
    return {outcome.asked.purchase_id: outcome for outcome in outcomes if outcome.asked.purchase_id}


def _wish(purchase: Purchase, rules: Programme) -> Points:
    worth = quote(
        goods=purchase.goods,
        currency=purchase.currency,
        gift_card=purchase.gift_card,
        paid_with_points=purchase.points_paid,
        at=purchase.at,
        programme=rules,
    )
    return Points(
        purchase.customer_id,
        worth.points,
        purchase.at,
        natural_key=calculations.natural_key(purchase),
        reference=purchase.number,
        purchase_id=purchase.pk,
        activates_at=worth.activates_at,
        meta=calculations.by_rate(rules) | {"money": str(worth.eligible)},
    )


@transaction.atomic
def undo(purchase: Purchase, *, at: datetime) -> None:
    """Bring the points of a purchase to what its kept part is worth, and those that paid for it likewise."""
    cancelled = purchase.status == Purchase.Status.CANCELLED
    returned = purchase.goods if cancelled else purchase.returned
    if calculation := awards.calculation_of(purchase):
        recalculations.keep_only(purchase, calculation, at=at)
    elif earning := Transaction.objects.filter(natural_key=calculations.natural_key(purchase)).first():
        clawbacks.keep_only(earning, _worth(purchase, earning, returned), reason="returned", at=at)
    for payment in Payment.objects.filter(purchase=purchase).select_related("redemption").order_by("pk"):
        _restore(payment.redemption, purchase, returned, at)
    standings.settle_after({purchase.customer_id: at}, programme=programmes.main(fresh=True))


def _worth(purchase: Purchase, earning: Transaction, returned: int) -> int:
    """Points that the kept part is worth, at the rate by which the purchase has earned."""
    kept = arithmetic.eligible(
        purchase.goods, gift_card=purchase.gift_card, paid_with_points=purchase.points_paid, returned=returned
    )
    numerator, denominator = earning.meta["rate"]
    return arithmetic.points_for(kept, Fraction(numerator, denominator), earning.meta.get("rounding", "down"))


def _restore(redemption: Transaction, purchase: Purchase, returned: int, at: datetime) -> None:
    wallets.locked_of(redemption, at=at)
    if paying.released_unpaid(redemption, whole=returned == purchase.goods, at=at):
        return
    taken = redemptions.redemption_of(redemption)
    paid = sum(taken.transfers.filter(target=Account.REDEEMED).values_list("points", flat=True))
    left = sum(part for _, part in lots.unreversed(taken))
    due = arithmetic.given_back(paid, goods=purchase.goods, returned=returned) - (paid - left)
    if due > 0:
        redemptions.reverse(taken, min(due, left), reason="returned", at=at, purchase_id=purchase.pk)


VERBS = frozenset(
    {Verb.BOUGHT, Verb.RETURNED, Verb.PURCHASE_CANCELLED, Verb.ERASED, Verb.MERGED}
    | {verb for verb in Verb if verb.startswith("points_")}
    | rules.ANSWERED
    | sliding.VERBS
)


def react(facts: list[Fact]) -> None:
    """What loyalty does about facts of the timeline: the reader called ``loyalty``."""
    standings.lock_customers({fact.customer_id for fact in facts})
    sliding.slide(facts)
    bought = [fact.about["purchase"] for fact in facts if fact.verb == Verb.BOUGHT]
    if bought:
        earn_for(Purchase.objects.filter(pk__in=bought).order_by("pk"))
    undone: set[int] = set()  # the first fact of a purchase brings its points to what is kept of it now
    for fact in facts:
        if fact.verb in (Verb.RETURNED, Verb.PURCHASE_CANCELLED):
            if fact.about["purchase"] not in undone:
                undone.add(fact.about["purchase"])
                undo(Purchase.objects.get(pk=fact.about["purchase"]), at=fact.at)
        elif fact.verb == Verb.ERASED:
            erasure.forfeit(fact.customer, at=fact.at)
    rules.earn_for_facts(facts)
    show({fact.customer_id for fact in facts})
    moved = [fact for fact in facts if fact.verb in (Verb.POINTS_GRANTED, Verb.POINTS_CLAWED_BACK)]
    standings.catch_up({fact.customer_id: fact.at for fact in moved})


def show(customer_ids: Iterable[int]) -> None:
    """Copy the wallets' figures into the customers' profiles, where lists and segments filter them."""
    rules = programmes.main(fresh=True)
    figures: Any = Wallet.objects.filter(programme=rules, customer__in=set(customer_ids))
    profile.show_points(figures.values_list("customer_id", "pending", "available", "held", "debt"))
