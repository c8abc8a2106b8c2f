"""Drawing a board that represents the customers, so that anybody can draw it again. Pure; no database.

Everybody in the pool gets a key from the published seed and their id (Efraimidis and Spirakis 2006: with a weight, the
chance to come first is proportional to it). In the order of the keys each is taken with whom the quotas can still be
met, so the board is the first one in that order that meets them all. A decline is replaced by going on in the same
order with everybody else in place. Neither the order of the rows nor the machine matters.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import combinations
from math import log

Quotas = Mapping[str, Mapping[str, tuple[int, int]]]  # feature -> value -> at least, at most
Type = tuple[str, ...]  # the values of one candidate, in the order of the features

NODES = 5_000  # of one search; then it is drawn again with another number
WIDEST = 16  # seats that one bound is relaxed by, at most, to find out what stands in the way


class Infeasible(ValueError):
    """No board of this pool meets the quotas. ``needs`` says, bound by bound, what would have to give."""

    def __init__(self, needs: Sequence[Relaxation | Shortage]) -> None:
        self.needs = tuple(needs)
        super().__init__("; ".join(str(need) for need in needs) or "no board of this pool meets the quotas")


class TooHard(ValueError):
    """The search was given up. Drawn again with the next attempt's number, and recorded, it usually succeeds."""


@dataclass(frozen=True)
class Shortage:
    """More are asked for than there are."""

    feature: str
    value: str
    needs: int
    has: int

    def __str__(self) -> str:
        return f"{self.feature}={self.value} needs {self.needs}, has {self.has}"


@dataclass(frozen=True)
class Relaxation:
    """The smallest change of one bound that makes a board possible."""

    feature: str
    value: str
    bound: str  # "least" or "most"
    was: int
    becomes: int

    def __str__(self) -> str:
        return f"{self.feature}={self.value}: at {self.bound} {self.becomes} instead of {self.was}"


@dataclass(frozen=True)
class Candidate:
    id: str
    traits: Mapping[str, str]
    weight: float = 1.0


@dataclass(frozen=True)
class Board:
    """Who is on it, those in place first, then in the order drawn; and who was passed over, with the reason."""

    members: tuple[str, ...]
    passed: tuple[tuple[str, str], ...] = ()


def apportion(shares: Mapping[str, float], seats: int) -> dict[str, int]:
    """Seats by the largest remainder; of equal remainders the name that comes first.

    >>> apportion({"bronze": 0.48, "silver": 0.29, "gold": 0.16, "vip": 0.07}, 12)
    {'bronze': 6, 'silver': 3, 'gold': 2, 'vip': 1}
    """
    total = sum(shares.values())
    exact = {name: seats * share / total for name, share in shares.items()} if total else dict.fromkeys(shares, 0.0)
    whole = {name: int(amount) for name, amount in exact.items()}
    largest = sorted(exact, key=lambda name: (whole[name] - exact[name], name))
    for name in largest[: seats - sum(whole.values()) if total else 0]:
        whole[name] += 1
    return whole


def distance(board: Mapping[str, float], base: Mapping[str, float]) -> float:
    """How far two mixes are apart: half the sum of the differences of their shares, from 0 (alike) to 1.

    >>> round(distance({"a": 6, "b": 3, "c": 2, "d": 1}, {"a": 48, "b": 29, "c": 16, "d": 7}), 2)
    0.04
    """
    ours, theirs = sum(board.values()), sum(base.values())
    if not ours or not theirs:
        return 1.0 if ours or theirs else 0.0
    names = board.keys() | base.keys()
    return sum(abs(board.get(name, 0) / ours - base.get(name, 0) / theirs) for name in names) / 2


def key(seed: str, id: str, weight: float = 1.0) -> float:
    """A candidate's place in the draw; the smallest comes first."""
    number = int.from_bytes(sha256(f"{seed}|{id}".encode()).digest()[:8], "big")
    return -log((number + 1) / 2**64) / weight


def order(seed: str, pool: Iterable[Candidate]) -> list[Candidate]:
    """The pool as the draw goes through it."""
    return sorted(pool, key=lambda one: (key(seed, one.id, one.weight), one.id))


def seed_of(seed: str, attempt: int = 1) -> str:
    """What the keys are made from: the published seed, with its number from the second attempt on."""
    return seed if attempt == 1 else f"{seed}|{attempt}"


def draw(
    pool: Sequence[Candidate], *, seats: int, quotas: Quotas, seed: str, attempt: int = 1, fixed: Sequence[str] = ()
) -> Board:
    """The first board in the order of the draw that meets the quotas over all of its seats.

    ``fixed`` are in place already: appointed, staying on, or drawn before somebody declined; the quotas count them.
    Raises Infeasible, and TooHard where the search was given up.
    """
    by_id = {one.id: one for one in pool}
    if len(by_id) < len(pool):
        raise ValueError("Every candidate is in the pool once.")
    search = _Search(quotas, NODES)
    in_place = [by_id[id] for id in fixed]
    queue = [one for one in order(seed_of(seed, attempt), pool) if one.id not in set(fixed)]
    state = _State.of(search.features, quotas, seats)
    for one in in_place:
        state = state.with_one(search.type_of(one))
    rest = Counter(search.type_of(one) for one in queue)
    if not search.possible(state, rest):
        raise Infeasible(_what_gives(pool, seats, quotas, fixed))
    return _walk(search, state, rest, queue, list(fixed))


def _walk(search: _Search, state: _State, rest: Counter[Type], queue: list[Candidate], members: list[str]) -> Board:
    passed: list[tuple[str, str]] = []
    no_use: set[Type] = set()  # kinds of people with whom no board can be made any more
    for one in queue:
        if not state.seats:
            break
        kind = search.type_of(one)
        rest[kind] -= 1
        taken = state.with_one(kind)
        if kind in no_use or not search.possible(taken, rest):
            no_use.add(kind)
            passed.append((one.id, search.reason(state, kind)))
            continue
        state = taken
        members.append(one.id)
    return Board(tuple(members), tuple(passed))


def replace(
    pool: Sequence[Candidate],
    board: Sequence[str],
    gone: Iterable[str],
    *,
    seats: int,
    quotas: Quotas,
    seed: str,
    attempt: int = 1,
) -> Board:
    """The board after some declined: the others stay, the same draw goes on. Raises as ``draw`` does."""
    left = set(gone)
    still = [one for one in pool if one.id not in left]
    staying = [id for id in board if id not in left]
    return draw(still, seats=seats, quotas=quotas, seed=seed, attempt=attempt, fixed=staying)


@dataclass(frozen=True)
class _State:
    """Seats to fill, and for each value how many more are needed and how many more may come."""

    seats: int
    needed: tuple[dict[str, int], ...]
    room: tuple[dict[str, int], ...]

    @classmethod
    def of(cls, features: Sequence[str], quotas: Quotas, seats: int) -> _State:
        return cls(
            seats,
            tuple({value: least for value, (least, _) in quotas[feature].items()} for feature in features),
            tuple({value: most for value, (_, most) in quotas[feature].items()} for feature in features),
        )

    def with_one(self, kind: Type) -> _State:
        """One more of this kind is on the board."""
        needed, room = [], []
        for value, need, free in zip(kind, self.needed, self.room, strict=True):
            needed.append({**need, value: need[value] - 1} if value in need else need)
            room.append({**free, value: free[value] - 1} if value in free else free)
        return _State(self.seats - 1, tuple(needed), tuple(room))


@dataclass
class _Search:
    """Whether a board can still be completed: depth-first over kinds of people who need not be told apart."""

    quotas: Quotas
    limit: int
    features: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        self.features = tuple(self.quotas)

    def type_of(self, one: Candidate) -> Type:
        return tuple(one.traits.get(feature, "") for feature in self.features)

    def possible(self, state: _State, rest: Mapping[Type, int]) -> bool:
        """Whether ``rest`` can fill the seats that are left. Raises TooHard."""
        self.nodes = 0
        if state.seats < 0 or any(free < 0 for room in state.room for free in room.values()):
            return False
        return self._fill(state, {kind: count for kind, count in rest.items() if count > 0})

    def _fill(self, state: _State, rest: dict[Type, int]) -> bool:
        self.nodes += 1
        if self.nodes > self.limit:
            raise TooHard(f"Given up after {self.limit} steps.")
        rest = {kind: count for kind, count in rest.items() if self._fits(state, kind)}
        if not self._enough(state, rest):
            return False
        if not state.seats:
            return True
        at, value = self._tightest(state, rest)
        mine = [kind for kind in rest if at is None or kind[at] == value]
        mine.sort(key=lambda kind: (-self._use(state, kind), -rest[kind], kind))
        rest = dict(rest)
        for kind in mine:
            left = {**rest, kind: rest[kind] - 1} if rest[kind] > 1 else {k: n for k, n in rest.items() if k != kind}
            if self._fill(state.with_one(kind), left):
                return True
            del rest[kind]  # every board with one of these was tried
        return False

    def _fits(self, state: _State, kind: Type) -> bool:
        return all(free.get(value, 1) > 0 for value, free in zip(kind, state.room, strict=True))

    def _enough(self, state: _State, rest: Mapping[Type, int]) -> bool:
        """Bounds that hold for each feature by itself: cheap, and they end most branches."""
        if sum(rest.values()) < state.seats:
            return False
        for at, (needed, room) in enumerate(zip(state.needed, state.room, strict=True)):
            there: Counter[str] = Counter()
            for kind, count in rest.items():
                there[kind[at]] += count
            if any(there[value] < need for value, need in needed.items() if need > 0):
                return False
            if sum(need for need in needed.values() if need > 0) > state.seats:
                return False
            if sum(min(count, room.get(value, count)) for value, count in there.items()) < state.seats:
                return False
        return True

    def _tightest(self, state: _State, rest: Mapping[Type, int]) -> tuple[int | None, str]:
        """The value that is still needed and has the fewest to choose from."""
        needs = [
            (sum(count for kind, count in rest.items() if kind[at] == value) - need, at, value)
            for at, needed in enumerate(state.needed)
            for value, need in needed.items()
            if need > 0
        ]
        if not needs:
            return None, ""
        _, at, value = min(needs)
        return at, value

    def _use(self, state: _State, kind: Type) -> int:
        """To how many needs somebody of this kind answers."""
        return sum(needed.get(value, 0) > 0 for value, needed in zip(kind, state.needed, strict=True))

    def reason(self, state: _State, kind: Type) -> str:
        """Why one of this kind is passed over: a value that is full, or that a seat is needed for somebody else."""
        for feature, value, room in zip(self.features, kind, state.room, strict=True):
            if room.get(value, 1) <= 0:
                return f"{feature}={value} is full"
        return "the seat is needed to meet the quotas"


def _what_gives(
    pool: Sequence[Candidate], seats: int, quotas: Quotas, fixed: Sequence[str]
) -> list[Shortage | Relaxation]:
    """Plain shortages where there are some; else the smallest change of one bound, or of two, that helps."""
    there = Counter((feature, one.traits.get(feature, "")) for one in pool for feature in quotas)
    short: list[Shortage | Relaxation] = [
        Shortage(feature, value, least, there[feature, value])
        for feature, values in quotas.items()
        for value, (least, _) in values.items()
        if there[feature, value] < least
    ]
    if short or len(pool) < seats:
        return short or [Shortage("pool", "all", seats, len(pool))]
    changes = _changes(quotas)
    for size in range(1, WIDEST + 1):
        for change in (one for one in changes if abs(one.becomes - one.was) == size):
            if _works(pool, seats, quotas, fixed, [change]):
                return [change]
    for pair in combinations([one for one in changes if abs(one.becomes - one.was) == 1], 2):
        if _works(pool, seats, quotas, fixed, pair):
            return list(pair)
    return []


def _changes(quotas: Quotas) -> list[Relaxation]:
    """Every way to relax one bound, minimums first."""
    down = [
        Relaxation(feature, value, "least", least, least - by)
        for feature, values in quotas.items()
        for value, (least, _) in values.items()
        for by in range(1, least + 1)
    ]
    up = [
        Relaxation(feature, value, "most", most, most + by)
        for feature, values in quotas.items()
        for value, (_, most) in values.items()
        for by in range(1, WIDEST + 1)
    ]
    return down + up


def _works(
    pool: Sequence[Candidate], seats: int, quotas: Quotas, fixed: Sequence[str], changes: Iterable[Relaxation]
) -> bool:
    relaxed = {feature: dict(values) for feature, values in quotas.items()}
    for change in changes:
        least, most = relaxed[change.feature][change.value]
        bounds = (change.becomes, most) if change.bound == "least" else (least, change.becomes)
        relaxed[change.feature][change.value] = bounds
    search = _Search(relaxed, NODES)
    state = _State.of(search.features, relaxed, seats)
    in_place = set(fixed)
    for one in pool:
        if one.id in in_place:
            state = state.with_one(search.type_of(one))
    try:
        return search.possible(state, Counter(search.type_of(one) for one in pool if one.id not in in_place))
    except TooHard:
        return False
