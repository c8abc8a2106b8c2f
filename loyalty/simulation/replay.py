"""One customer's purchases under one design: what they earn, what returns take back, what is taken, what expires."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction

from loyalty import arithmetic
from loyalty.rules import caps, matching
from loyalty.rules.caps import Given
from loyalty.rules.matching import Item, Person
from loyalty.rules.spec import BOUGHT, Effect, Spec
from loyalty.rules.worth import BASE, Match, Worth, worth
from loyalty.simulation.design import Dated, Design
from loyalty.simulation.history import Back, Bought, Cancelled, Event, Kept
from loyalty.simulation.standing import Standing
from loyalty.simulation.wallet import Lot, Told, Wallet


@dataclass(frozen=True)
class Somebody:
    """What rules ask about a customer beside the purchases; ``luck`` (0 to 99) says whether rewards are taken."""

    birth_month: int | None = None
    segments: frozenset[int] = frozenset()
    luck: int = 99


@dataclass(eq=False)
class Promised:
    rule: Dated
    number: int
    at: datetime
    until: datetime
    kept_by: "Earning | None" = None
    withdrawn: bool = False


@dataclass(eq=False)
class Part:
    lot: Lot
    standing: int


@dataclass(eq=False)
class Earning:
    """What a purchase has earned, by which rules, and what of it stands."""

    bought: Bought
    event: matching.Event
    person: Person
    matches: list[Match]
    parts: dict[tuple[int, ...], Part] = field(default_factory=dict)
    kept: Kept = field(default_factory=Kept)
    given: dict[tuple[int, int | None], int] = field(default_factory=dict)  # place among what the rule gave
    promises: list[Promised] = field(default_factory=list)


class Member:
    """The state of one customer under a design. ``shop_average`` says what an order cost before a day."""

    def __init__(
        self, design: Design, somebody: Somebody, told: Told, shop_average: Callable[[date], Fraction | None]
    ) -> None:
        self.design, self.somebody, self.told, self.shop_average = design, somebody, told, shop_average
        self.wallet, self.standing = Wallet(told), Standing(design)
        self.earnings: dict[int, Earning] = {}
        self.given: dict[int, list[Given]] = defaultdict(list)
        self.promises: list[Promised] = []

    def live(self, events: Iterable[Event]) -> None:
        for event in events:
            self.settle(event.at)
            if isinstance(event, Bought):
                if self.design.expiry_slides:
                    self.wallet.slide(event.at, self.design.zone)
                self._take_rewards(event.at)
                self._buy(event)
            elif event.purchase in self.earnings:
                self._bring_back(event)
            self.standing.judge(event.at)

    def settle(self, at: datetime) -> None:
        self.wallet.settle(at)
        self.standing.judge(at)

    def _take_rewards(self, at: datetime) -> None:
        habit, price = self.design.habit, self.design.reward_points
        if self.somebody.luck >= habit.takers or self.wallet.debt or (there := self.wallet.available) < price:
            return
        self.wallet.take(max(1, there * habit.spent // 100 // price) * price, at)

    def _buy(self, bought: Bought) -> None:
        event = matching.Event(
            bought.at, self.design.zone, BOUGHT, bought.items(), bought.store, bought.channel, bought.earning
        )
        found = [
            (rule, lines) for rule in self._hearing(bought) if (lines := matching.lines(rule.spec, event)) is not None
        ]
        person = self._person(bought) if found else Person()
        matches = [
            Match(rule.spec, rule.rule, rule.version, rule.name, lines, self._room(rule, bought.at))
            for rule, lines in found
            if matching.suits(rule.spec, event, person)
        ]
        earning = Earning(bought, event, person, matches)
        self.earnings[bought.pk] = earning
        if bought.goods:
            matches += self._promised(earning)
        if not matches:
            points = arithmetic.points_for(bought.goods * bought.earning, self.design.rate, self.design.rounding)
            self._post(earning, {(BASE,): points})
        else:
            self._by_rules(earning, found)
        if self.design.ladders:
            self._count(earning, 0)

    def _hearing(self, bought: Bought) -> Iterable[Dated]:
        return (rule for rule in self.design.rules if rule.live(bought.at))

    def _room(self, rule: Dated, at: datetime) -> int | None:
        return caps.room(rule.spec, self.given.get(rule.rule, ()), at, self.design.zone)

    def _person(self, bought: Bought) -> Person:
        return Person(
            tier=self.standing.code(),
            segments=self.somebody.segments,
            nth=bought.nth,
            average=bought.average,
            shop_average=self.shop_average(arithmetic.local_day(bought.at, self.design.zone)),
            birth_month=self.somebody.birth_month,
        )

    def _promised(self, earning: Earning) -> list[Match]:
        bought, found = earning.bought, []
        for promise in self.promises:
            if promise.kept_by is None and not promise.withdrawn and promise.at < bought.at < promise.until:
                promise.kept_by = earning
                found.append(_promised_match(promise, earning.event.items))
        return found

    def _by_rules(self, earning: Earning, found: Sequence[tuple[Dated, tuple[int, ...]]]) -> None:
        worth_ = worth(earning.event, self.design.rate, earning.matches, self.design.stacking, self.design.rounding)
        self._post(earning, _parts(earning.matches, worth_))
        by_rule = {rule.rule: rule for rule, _lines in found}
        for place, match in enumerate(earning.matches):
            points, times = _award(place, match, worth_)
            if times:
                earning.given[match.rule, match.promise] = len(self.given[match.rule])
                self.given[match.rule].append(Given(earning.bought.at, points, times))
            if match.spec.effect == Effect.NEXT and match.room != 0:
                self._promise(earning, by_rule[match.rule])

    def _promise(self, earning: Earning, rule: Dated) -> None:
        day = arithmetic.local_day(earning.bought.at, self.design.zone)
        until = arithmetic.start_of(day + timedelta(days=rule.spec.valid_days + 1), self.design.zone)
        made = Promised(rule, len(self.promises) + 1, earning.bought.at, until)
        self.promises.append(made)
        earning.promises.append(made)

    def _post(self, earning: Earning, parts: dict[tuple[int, ...], int]) -> None:
        at, design = earning.bought.at, self.design
        activates_at = arithmetic.activation(at, days=design.window_days, zone=design.zone)
        for places, points in parts.items():
            if points > 0:
                alone = earning.matches[places[0]].spec if len(places) == 1 and places[0] != BASE else None
                lasts = (alone and alone.lasting) or design.lasting_in(self.standing.code(), at)
                expires_at = lasts.of(at, activates_at, design.zone)
                lot = self.wallet.earn(points, at, activates_at, expires_at, lasts if lasts.slides else None)
                earning.parts[places] = Part(lot, points)

    def _bring_back(self, event: Back | Cancelled) -> None:
        earning = self.earnings[event.purchase]
        counted = self._worth_counting(earning)
        if isinstance(event, Back):
            earning.kept.add(event)
            self._keep_only(earning, event.at, gone=False)
        else:
            self._keep_only(earning, event.at, gone=True)
            for promise in self.promises:
                if promise.kept_by is earning and not promise.withdrawn:
                    promise.kept_by = None
        if self.design.ladders:
            self._count(earning, counted, gone=isinstance(event, Cancelled))

    def _keep_only(self, earning: Earning, at: datetime, *, gone: bool) -> None:
        """Bring what a purchase has earned to what its kept part is worth."""
        if not earning.matches:
            plain = self._plain_worth(earning, gone)
            self._take_back(earning, {(BASE,): plain}, plain, at)
            return
        items = earning.bought.kept_items(earning.kept)
        if gone:
            items = tuple(item._replace(amount=0, quantity=item.quantity * 0) for item in items)
        event = matching.Event(
            earning.bought.at,
            self.design.zone,
            BOUGHT,
            items,
            earning.bought.store,
            earning.bought.channel,
            earning.bought.earning,
        )
        matches = _still(earning, event)
        found = worth(event, self.design.rate, matches, self.design.stacking, self.design.rounding)
        # By name: its rules stand at other places than they did.
        now = {_names(matches, places): points for places, points in _parts(matches, found).items()}
        due = {places: now.get(_names(earning.matches, places), 0) for places in earning.parts}
        self._take_back(earning, due, sum(now.values()), at)
        self._lower(earning, matches, found)
        standing = {match.rule for match in matches if match.spec.effect == Effect.NEXT}
        for promise in earning.promises:
            if promise.rule.rule not in standing and not promise.withdrawn:
                self._withdraw(promise, at)

    def _withdraw(self, promise: Promised, at: datetime) -> None:
        promise.withdrawn, keeper = True, promise.kept_by
        if keeper is not None:
            keeper.matches = [match for match in keeper.matches if match.promise != promise.number]
            self._keep_only(keeper, at, gone=False)

    def _plain_worth(self, earning: Earning, gone: bool) -> int:
        bought = earning.bought
        money = arithmetic.eligible(
            bought.goods,
            gift_card=bought.gift_card,
            paid_with_points=bought.points_paid,
            returned=bought.goods if gone else earning.kept.money,
        )
        return arithmetic.points_for(money, self.design.rate, self.design.rounding)

    def _take_back(self, earning: Earning, due: dict[tuple[int, ...], int], given: int, at: datetime) -> None:
        """Take back of each part what is too much. The whole is exact, whatever part a point was counted to.

        What a rule would give now that had nothing left by a limit stays in the parts that there are.
        """
        parts = earning.parts
        kept = {places: min(part.standing, due.get(places, 0)) for places, part in parts.items()}
        short = given - sum(kept.values())
        for places, part in parts.items():
            more = min(max(0, short), part.standing - kept[places])
            short -= more
            if (excess := part.standing - kept[places] - more) > 0:
                part.standing -= self.wallet.claw_back(
                    part.lot, excess, at, policy=self.design.claw_back, limit=self.design.debt_limit
                )

    def _lower(self, earning: Earning, matches: list[Match], found: Worth) -> None:
        """Caps and cooldowns have the room again of what a rule gives less now."""
        now = {(match.rule, match.promise): _award(place, match, found) for place, match in enumerate(matches)}
        for name, place in earning.given.items():
            points, times = now.get(name, (0, 0))
            was = self.given[name[0]][place]
            self.given[name[0]][place] = Given(was.at, min(points, was.points), min(times, was.times))

    def _worth_counting(self, earning: Earning) -> int:
        ladder = self.design.ladder_at(earning.bought.at)
        if ladder is None or ladder.by == "points":
            return sum(part.standing for part in earning.parts.values())
        money = earning.bought.goods - earning.kept.money
        return money if ladder.by == "spend" else int(money > 0 or earning.bought.goods == 0)

    def _count(self, earning: Earning, before: int, *, gone: bool = False) -> None:
        ladder = self.design.ladder_at(earning.bought.at)
        now = 0 if gone and ladder is not None and ladder.by != "points" else self._worth_counting(earning)
        self.standing.counts(earning.bought.at, now - before)


def _still(earning: Earning, event: matching.Event) -> list[Match]:
    """The rules that held then and still do for what was kept, with the room that their caps left then."""
    found = []
    for match in earning.matches:
        if match.promise is not None:
            if event.goods:
                items = tuple(place for place, item in enumerate(event.items) if item.quantity > 0)
                found.append(Match(match.spec, match.rule, match.version, match.name, items, None, match.promise))
            continue
        lines = matching.lines(match.spec, event)
        if lines is not None and matching.suits(match.spec, event, earning.person):
            found.append(Match(match.spec, match.rule, match.version, match.name, lines, match.room))
    return found


def _promised_match(promise: Promised, items: Sequence[Item]) -> Match:
    spec = promise.rule.spec
    kept = Spec(Effect.MULTIPLY if spec.factor > 1 else Effect.FIXED, when=(), factor=spec.factor, points=spec.points)
    places = tuple(place for place, item in enumerate(items) if item.quantity > 0)
    return Match(kept, promise.rule.rule, promise.rule.version, promise.rule.name, places, None, promise.number)


def _award(place: int, match: Match, worth_: Worth) -> tuple[int, int]:
    if match.spec.effect == Effect.NEXT:
        return 0, int(match.room != 0)
    points = worth_.parts.get(place, 0)
    if match.spec.effect == Effect.LIMIT and not match.spec.counted:
        return 0, 0
    return points, int(points > 0)


def _parts(matches: Sequence[Match], worth_: Worth) -> dict[tuple[int, ...], int]:
    """What is posted: all that lasts as the programme says together, what has its own dates by itself."""
    giving = (Effect.MULTIPLY, Effect.FIXED)
    alone = [n for n, match in enumerate(matches) if match.spec.effect in giving and _alone(match.spec)]
    together = [n for n in worth_.parts if n not in alone and (n == BASE or matches[n].spec.effect in giving)]
    parts = {tuple(together): sum(worth_.parts[n] for n in together)}
    return parts | {(n,): worth_.parts[n] for n in alone}


def _alone(spec: Spec) -> bool:
    return spec.lasting is not None or spec.review


def _names(matches: Sequence[Match], places: tuple[int, ...]) -> tuple[tuple[int, int | None], ...]:
    """What tells a part from the others, whatever stands in it: the base, or the rule that has its own dates."""
    if len(places) == 1 and places[0] != BASE and _alone(matches[places[0]].spec):
        return ((matches[places[0]].rule, matches[places[0]].promise),)
    return ()
