"""What 50 live rules cost a purchase: worked out in memory, and recorded with all that is written.

    python -m benchmarks.rule_evaluation

Sides, in turns: a purchase recorded without rules; with 50 rules of which none is for it; with 50 of which some are.
The pure evaluation is shown beside them, and a quote by the same rules. Times are CPU of this process, per purchase.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from benchmarks.ground import Bars, customers, ground

ROUNDS, EACH = 5, 60
AT = datetime.now(UTC)
numbers = count()


def rules_of(many: int, *, fit: bool) -> list[dict[str, Any]]:
    """Rules of all kinds; where they do not fit, they are about goods that nobody buys."""
    kinds: list[dict[str, Any]] = []
    for n in range(many):
        line = {"what": "category", "values": [f"tea-{n % 5}" if fit else f"none-{n}"]}
        effect: dict[str, Any] = {"kind": "multiply", "factor": f"{11 + n % 7}/10"}
        more: dict[str, Any] = {}
        if n % 5 == 1:
            effect, more = {"kind": "fixed", "points": 1 + n}, {"caps": [{"per": "month", "points": 500}]}
        elif n % 5 == 2:
            more = {"caps": [{"per": "day", "points": 300}], "cooldown_hours": 1}
        when = [line, {"what": "weekday", "values": [1, 2, 3, 4, 5, 6, 7]}]
        if n % 5 == 3:
            when.append({"what": "tier", "values": ["gold"]})
        elif n % 5 == 4:
            when.append({"what": "nth", "values": [1, 2, 3]})
        kinds.append({"effect": effect, "when": when, **more})
    return kinds


def set_up(said: list[dict[str, Any]], *, off: bool = True) -> None:
    from loyalty.actions import programmes, rules
    from loyalty.models import Rule

    now = datetime.now(UTC)
    if off:
        for rule in Rule.objects.filter(versions__begins_at__isnull=False, versions__ends_at=None):
            rules.end(rule)
    for each in said:
        version = rules.draft(f"Rule {next(numbers)}", each)
        rules.begin(version.rule, begins_at=now, at=now)
    programmes.forget()


def order(customer: str) -> Any:
    from customers.orders import Order, OrderLine

    lines = tuple(OrderLine(Decimal(1), Decimal(1_000 + n * 7), f"p{n}", f"Tea {n}", f"tea-{n}") for n in range(4))
    return Order("shop", f"order-{next(numbers)}", customer, datetime.now(UTC) + timedelta(seconds=1), "EUR", lines)


def cpu(work: Callable[[], Any]) -> float:
    """CPU milliseconds of one call, the mean of many."""
    begun = time.process_time()
    for _ in range(EACH):
        work()
    return (time.process_time() - begun) / EACH * 1000


def wall(work: Callable[[], Any]) -> float:
    times = []
    for _ in range(EACH):
        begun = time.perf_counter()
        work()
        times.append(time.perf_counter() - begun)
    return sorted(times)[EACH // 2] * 1000


def main() -> None:
    with ground():
        from customers.models import Source
        from loyalty.actions import earning, programmes, quotes
        from loyalty.actions.quotes import Basket
        from loyalty.queries import rulebook
        from loyalty.rules import matching
        from loyalty.rules.matching import Event, Item, Person
        from loyalty.rules.worth import Match, worth

        Source.objects.create(code="shop", name="Shop", currency="EUR")
        customers(5_000)
        who = (f"C{n % 5_000 + 1}" for n in count())
        rules = programmes.main(fresh=True)

        def record() -> None:
            earning.record_purchase(order(next(who)))

        sides = {"no rules": [], "50 rules, none fits": rules_of(50, fit=False), "50 rules": rules_of(50, fit=True)}
        seen: dict[str, float] = {}
        for name, said in sides.items():
            set_up(said)
            for _ in range(20):
                record()
            rounds = sorted((cpu(record), wall(record)) for _ in range(ROUNDS))
            seen[name], clock = rounds[ROUNDS // 2]
            print(f"  recorded, {name}: {seen[name]:.2f} ms CPU of the client, {clock:.2f} ms", flush=True)

        rules = programmes.main(fresh=True)
        items = tuple(Item(1_000 + n * 7, Decimal(1), f"p{n}", f"tea-{n}") for n in range(4))
        now = datetime.now(UTC) + timedelta(seconds=1)
        person = Person(tier="gold", nth=1)

        def evaluate() -> None:
            event = Event(now, rules.zone, items=items)
            found = rulebook.of(rules).candidates(event)
            matches: list[Match] = [
                each.match(None) for each in found if matching.suits(each.known.spec, event, person)
            ]
            worth(event, rulebook.rate(rules), matches)

        evaluate()
        alone = sorted(cpu(evaluate) for _ in range(ROUNDS))[ROUNDS // 2]
        print(f"  worked out in memory: {alone:.2f} ms CPU", flush=True)
        basket = Basket("EUR", items=items, at=now)
        quotes.ask(basket)
        quoted = sorted(wall(lambda: quotes.ask(basket)) for _ in range(ROUNDS))[ROUNDS // 2]
        from customers.models import Customer

        customer = Customer.objects.get(number="C17")
        known = sorted(wall(lambda: quotes.ask(basket, customer=customer)) for _ in range(ROUNDS))[ROUNDS // 2]
        spent = sorted(cpu(lambda: quotes.ask(basket, customer=customer)) for _ in range(ROUNDS))[ROUNDS // 2]
        print(f"  a quote for a customer: {spent:.2f} ms CPU of the client", flush=True)
        bars = Bars("Rules")
        bars.at_most(
            "50 rules of which none fits, in purchases without rules",
            seen["50 rules, none fits"] / seen["no rules"],
            1.5,
        )
        bars.at_most(
            "50 rules of which 20 to 30 give, in purchases without rules", seen["50 rules"] / seen["no rules"], 8
        )
        bars.at_most("worked out in memory, ms", alone, 2)
        bars.at_most("a quote for anybody, p50 in ms", quoted, 10)
        bars.at_most("a quote for a customer, p50 in ms", known, 10)
        bars.end()


if __name__ == "__main__":
    main()
