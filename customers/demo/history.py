"""What the demo's customers did in two years: the rhythm of their purchases and what came of them."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from random import Random

from customers.demo import goods
from customers.demo.goods import GIFT_CARD, Product
from customers.demo.people import SEED, Habit, Person, dice_for, moment
from customers.orders import Order, OrderLine

SHOP, TILLS = "shop", "tills"
STORES = {"Berlin": "Berlin Spreeufer", "Seoul": "Seoul Seongsu", "Bangkok": "Bangkok Ari"}
# How busy a month and a weekday are, the busiest 1: January to December, Monday to Sunday.
MONTHS = (0.70, 0.60, 0.65, 0.70, 0.70, 0.60, 0.55, 0.55, 0.70, 0.80, 1.00, 1.00)
WEEKDAYS = (0.75, 0.70, 0.70, 0.75, 0.85, 1.00, 0.95)
TAX_THERE = {"KRW": 10, "THB": 7}
REASONS = ("arrived broken", "another colour expected", "not needed after all", "a gift that did not fit", "too large")


@dataclass(frozen=True)
class Comeback:
    """Goods that come back: of the order's lines, by position, how many."""

    order: Order
    quantities: dict[int, Decimal]
    at: datetime
    reason: str


@dataclass(frozen=True)
class Cancellation:
    order: Order
    at: datetime
    instead: Order | None  # billed again as


@dataclass
class History:
    orders: list[Order] = field(default_factory=list)
    comebacks: list[Comeback] = field(default_factory=list)
    cancellations: list[Cancellation] = field(default_factory=list)


def history(person: Person, *, today: date, seed: int = SEED) -> History:
    """Everything that a customer bought, brought back and cancelled, until yesterday."""
    dice = dice_for(seed, "history", person.place)
    end = midnight(today)
    told = History()
    for day in purchase_days(person, today, dice):
        order = _order(person, day, dice)
        told.orders.append(order)
        chance = dice.random()
        if chance < 0.012:
            _cancel(told, order, end, dice)
        elif chance < 0.075:
            _bring_back(told, order, end, dice)
    return told


def midnight(today: date) -> datetime:
    """Everything in the demo happened before this: the last midnight that everybody has seen."""
    return datetime.combine(today, time(), tzinfo=UTC)


def purchase_days(person: Person, today: date, dice: Random) -> Iterator[date]:
    """Days of purchases, rising: gaps at random around a rate of one's own, thinned by season and weekday."""
    if person.habit is Habit.LEAD:
        return
    first, last = person.joined.astimezone(person.zone).date(), today - timedelta(days=1)
    day = min(first + timedelta(days=0 if dice.random() < 0.7 else dice.randrange(1, 40)), last)
    yield day
    if person.habit is Habit.ONCE:
        return
    busy = sum(MONTHS) / 12 * sum(WEEKDAYS) / 7
    a_day = max(dice.gammavariate(*person.habit.rate), 0.3) / 365 / busy
    while dice.random() >= person.habit.drop_out:
        while True:
            day += timedelta(days=1 + int(dice.expovariate(a_day)))
            if day > last:
                return
            if dice.random() < MONTHS[day.month - 1] * WEEKDAYS[day.weekday()]:
                break
        yield day


def _order(person: Person, day: date, dice: Random) -> Order:
    currency = person.city.currency
    store = STORES.get(person.city.name, "") if dice.random() < 0.35 else ""
    off = _discount(day, dice)
    products = goods.pick(dice, person.likes, dice.choices((1, 2, 3, 4, 6), (34, 30, 20, 11, 5))[0])
    lines = tuple(_line(product, currency, off, dice) for product in products)
    paid = sum(line.amount for line in lines)
    free_from = goods.RATES[currency][0] * 5_000
    shipping = 0 if store or paid >= free_from else max(int(goods.RATES[currency][0] * 490), 1)
    sold = sum(line.amount for line in lines if line.category == GIFT_CARD)
    used = int(goods.RATES[currency][0] * 2_500) if dice.random() < 0.02 else 0
    return Order(
        source=TILLS if store else SHOP,
        number=f"{'T' if store else 'W'}{day:%y%m%d}-{person.place:05d}",
        customer=person.number,
        at=max(moment(day, person.city.zone, dice), person.joined + timedelta(minutes=dice.randrange(2, 30))),
        currency=currency,
        lines=lines,
        channel="store" if store else dice.choice(("web", "web", "app")),
        store=store,
        shipping=shipping,
        gift_card=min(sold + used, paid + shipping),
    )


def _discount(day: date, dice: Random) -> int:
    """Percent off: in the two sales for most, in between for those with a code."""
    sale = (day.month == 11 and day.day >= 20) or (day.month == 1 and 2 <= day.day <= 14)
    if dice.random() < (0.6 if sale else 0.1):
        return dice.choice((10, 15, 20)) if sale else 10
    return 0


def _line(product: Product, currency: str, off: int, dice: Random) -> OrderLine:
    quantity = 1 if product.cents > 3_000 else dice.choices((1, 2, 3, 4), (70, 20, 6, 4))[0]
    price = product.price(currency)
    discount = 0 if product.category == GIFT_CARD else price * quantity * off // 100
    amount = price * quantity - discount
    rate = 0 if product.category == GIFT_CARD else TAX_THERE.get(currency, product.tax_rate)
    return OrderLine(
        quantity=Decimal(quantity),
        unit_price=Decimal(price),
        product=product.code,
        name=product.name,
        category=product.category,
        brand=product.brand,
        supplier=product.supplier,
        margin_class=product.margin_class,
        discount=discount,
        tax=round(amount * rate / (100 + rate)),
    )


def _bring_back(told: History, order: Order, end: datetime, dice: Random) -> None:
    """Mostly one line or a part of it; now and then everything."""
    at = order.at + timedelta(days=dice.randrange(2, 20), minutes=dice.randrange(600))
    kept = {n: line.quantity for n, line in enumerate(order.lines, start=1) if line.category != GIFT_CARD}
    if at >= end or not kept:
        return
    if dice.random() > 0.2:
        position = dice.choice(list(kept))
        kept = {position: Decimal(dice.randint(1, int(kept[position])))}
    told.comebacks.append(Comeback(order, kept, at, dice.choice(REASONS)))


def _cancel(told: History, order: Order, end: datetime, dice: Random) -> None:
    """Before it was sent; half of them are billed again, with a line less and no shipping."""
    at = order.at + timedelta(hours=dice.randrange(1, 20))
    if at >= end:
        return
    instead = None
    if dice.random() < 0.5:
        lines = order.lines[:-1] or order.lines
        paid = min(order.gift_card, sum(line.amount for line in lines))
        instead = replace(order, number=f"{order.number}-2", at=at, lines=lines, shipping=0, gift_card=paid)
        told.orders.append(instead)
    told.cancellations.append(Cancellation(order, at, instead))
