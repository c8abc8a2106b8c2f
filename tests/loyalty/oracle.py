"""The ledger in plain Python, written apart from the product: lists of lots, no database, no SQL, no cleverness."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from fractions import Fraction


@dataclass
class OracleLot:
    origin: object
    earned: datetime
    activates: datetime | None
    expires: datetime | None
    pending: int = 0
    available: int = 0
    age: int = 0


@dataclass
class OracleWallet:
    lots: list[OracleLot] = field(default_factory=list)
    held: int = 0
    debt: int = 0

    def figures(self) -> tuple[int, int, int, int]:
        pending = sum(lot.pending for lot in self.lots)
        return pending, sum(lot.available for lot in self.lots), self.held, self.debt


class Refused(Exception):
    pass


class Oracle:
    def __init__(self, policy: str, debt_limit: int | None) -> None:
        self.policy, self.debt_limit = policy, debt_limit
        self.wallets: dict[int, OracleWallet] = {}
        self.taken: dict[int, tuple[int, list]] = {}  # redemption or hold: wallet, [[lot, points], ...]
        self.holds: set[int] = set()
        self.earned: dict[object, tuple[int, int]] = {}  # earning: wallet, points not taken back
        self.merged: dict[int, int] = {}
        self.births = 0
        self.sliding: dict[object, int] = {}  # earning whose points slide: months

    def wallet(self, who: int) -> OracleWallet:
        while who in self.merged:
            who = self.merged[who]
        return self.wallets.setdefault(who, OracleWallet())

    def settle(self, wallet: OracleWallet, at: datetime) -> None:
        """One moment after the other, as if somebody had looked at each."""
        while True:
            moments = [lot.activates for lot in wallet.lots if lot.pending and lot.activates <= at]
            moments += [lot.expires for lot in wallet.lots if lot.available and lot.expires and lot.expires <= at]
            if not moments:
                return
            now = min(moments)
            due = [lot for lot in wallet.lots if lot.pending and lot.activates == now]
            for lot in sorted(due, key=lambda lot: (lot.expires is None, lot.expires or now, lot.age)):
                lot.available, lot.pending = lot.available + lot.pending, 0
                self.repay(wallet, lot)
            for lot in wallet.lots:
                if lot.expires and lot.expires <= now:
                    lot.available = 0

    def repay(self, wallet: OracleWallet, lot: OracleLot) -> None:
        part = min(wallet.debt, lot.available)
        wallet.debt -= part
        lot.available -= part

    def order(self, wallet: OracleWallet) -> list[OracleLot]:
        lots = [lot for lot in wallet.lots if lot.available]
        return sorted(lots, key=lambda lot: (lot.expires is None, lot.expires or lot.earned, lot.earned, lot.age))

    def earn(self, name: object, who: int, points: int, at: datetime, activates, expires) -> None:
        wallet = self.wallet(who)
        self.settle(wallet, at)
        lot = self.born(wallet, OracleLot(name, at, activates, expires))
        if activates:
            lot.pending = points
        else:
            lot.available = points
            self.repay(wallet, lot)
        self.earned[name] = (who, points)

    def slide(self, who: int, at: datetime) -> None:
        """Each purchase begins the months of what slides, and is not gone yet, again."""
        wallet = self.wallet(who)
        self.settle(wallet, at)
        held = [lot for name in self.holds for lot, points in self.taken[name][1] if points]
        for lot in wallet.lots:
            if lot.origin not in self.sliding or not lot.expires or lot.expires <= at:
                continue
            if lot.pending or lot.available or any(lot is one for one in held):
                until = months_later(at, self.sliding[lot.origin]) + timedelta(days=1)
                lot.expires = max(lot.expires, datetime.combine(until, time(), at.tzinfo))

    def born(self, wallet: OracleWallet, lot: OracleLot) -> OracleLot:
        self.births += 1
        lot.age = self.births
        wallet.lots.append(lot)
        return lot

    def take(self, wallet: OracleWallet, points: int) -> list:
        if wallet.debt or sum(lot.available for lot in wallet.lots) < points:
            raise Refused
        taken = []
        for lot in self.order(wallet):
            part = min(points, lot.available)
            if part:
                lot.available -= part
                points -= part
                taken.append([lot, part])
        return taken

    def redeem(self, name: int, who: int, points: int, at: datetime, *, hold: bool = False) -> None:
        wallet = self.wallet(who)
        self.settle(wallet, at)
        self.taken[name] = (who, self.take(wallet, points))
        if hold:
            self.holds.add(name)
            wallet.held += points

    def resolve(self, name: int, captured: int, at: datetime) -> None:
        """Capture so many points of a hold (0: release it all)."""
        who, parts = self.taken[name]
        wallet = self.wallet(who)
        self.settle(wallet, at)
        if name not in self.holds or captured > sum(points for _, points in parts):
            raise Refused
        self.holds.remove(name)
        wallet.held -= sum(points for _, points in parts)
        kept = []
        for lot, points in parts:
            now = min(points, captured)
            captured -= now
            if now:
                kept.append([lot, now])
            self.give_back(wallet, lot, points - now, at)
        self.taken[name] = (who, kept)

    def give_back(self, wallet: OracleWallet, lot: OracleLot, points: int, at: datetime) -> None:
        if not points or (lot.expires and lot.expires <= at):
            return
        if not any(own is lot for own in wallet.lots):
            lot = self.born(wallet, OracleLot(lot.origin, lot.earned, None, lot.expires))
        before = lot.available
        lot.available = points
        self.repay(wallet, lot)
        lot.available += before

    def reverse(self, name: int, points: int, at: datetime) -> None:
        who, parts = self.taken[name]
        wallet = self.wallet(who)
        self.settle(wallet, at)
        if name in self.holds or points > sum(part for _, part in parts):
            raise Refused
        for entry in reversed(parts):
            now = min(points, entry[1])
            entry[1] -= now
            points -= now
            self.give_back(wallet, entry[0], now, at)

    def claw_back(self, name: object, points: int, at: datetime) -> None:
        who, left = self.earned[name]
        wallet = self.wallet(who)
        self.settle(wallet, at)
        if points > left:
            raise Refused
        self.earned[name] = (who, left - points)
        own = [lot for lot in wallet.lots if lot.origin == name]
        for lot in own:
            now = min(points, lot.pending)
            lot.pending -= now
            points -= now
        if self.policy != "only_pending":
            others = [lot for lot in self.order(wallet) if lot.origin != name]
            for lot in own + others:
                now = min(points, lot.available)
                lot.available -= now
                points -= now
        if self.policy == "unlimited":
            room = points if self.debt_limit is None else max(0, self.debt_limit - wallet.debt)
            wallet.debt += min(points, room)

    def transfer(self, who: int, to: int, points: int, at: datetime) -> None:
        giver, taker = self.wallet(who), self.wallet(to)
        self.settle(giver, at)
        self.settle(taker, at)
        if giver is taker:
            raise Refused
        for lot, part in self.take(giver, points):
            new = self.born(taker, OracleLot(lot.origin, lot.earned, lot.activates, lot.expires, 0, part))
            self.repay(taker, new)

    def merge(self, who: int, into: int, at: datetime) -> None:
        giver, taker = self.wallet(who), self.wallet(into)
        if giver is taker:
            return
        self.settle(giver, at)
        self.settle(taker, at)
        if giver.held:
            raise Refused
        taker.debt += giver.debt
        mine = self.order(taker)
        come = [lot for lot in giver.lots if lot.pending or lot.available]
        for lot in come:
            self.born(taker, lot)
            self.repay(taker, lot)
        for lot in mine:
            self.repay(taker, lot)
        while who in self.merged:
            who = self.merged[who]
        while into in self.merged:
            into = self.merged[into]
        self.merged[who] = into
        self.wallets.pop(who, None)


@dataclass
class OraclePurchase:
    who: int
    at: datetime
    pieces: list[list[int]]  # of each line: price of a piece, pieces bought, pieces kept
    room: int = 0  # what the cap had left for doubling
    bonus: bool = False
    cancelled: bool = False
    doubled: int = 0  # points by the rule that doubles, and by the one that adds: what their caps count
    added: int = 0

    def money(self, lines: slice = slice(None)) -> Fraction:
        return Fraction(0 if self.cancelled else sum(price * kept for price, _, kept in self.pieces[lines]), 100)


def months_later(at: datetime, months: int) -> date:
    """The same day, or the last of a shorter month."""
    month = at.year * 12 + at.month - 1 + months
    for day in range(at.day, 0, -1):
        try:
            return date(month // 12, month % 12 + 1, day)
        except ValueError:
            continue
    raise AssertionError


class OracleShop:
    """Purchases by three rules: a point per 1.00; the first line doubled, up to so many points a month; and so many
    points that last some days for an order of enough, once a month.
    """

    MOST_DOUBLED, ENOUGH, BONUS, LASTS_DAYS = 30, Fraction(40), 9, 6

    DATES = ((1, 31), (2, 9))
    SILVER = 40

    def __init__(self, oracle: Oracle, window: int, expiry: str, tiers: bool = False, rounding: str = "down") -> None:
        self.oracle, self.window, self.expiry, self.tiers = oracle, window, expiry, tiers
        self.part = {"down": Fraction(0), "nearest": Fraction(1, 2), "up": Fraction(999_999, 1_000_000)}[rounding]
        self.purchases: list[OraclePurchase] = []

    def buy(self, who: int, pieces: list[list[int]], at: datetime) -> None:
        bought = OraclePurchase(who, at, pieces)
        month = [
            one for one in self.purchases if one.who == who and (one.at.year, one.at.month) == (at.year, at.month)
        ]
        bought.room = max(0, self.MOST_DOUBLED - sum(one.doubled for one in month))
        bought.bonus = not any(one.added for one in month)
        name = len(self.purchases)
        self.purchases.append(bought)
        usual, bought.doubled, bought.added = self.worth(bought)
        opens = at + timedelta(days=self.window) if self.window else None
        earned = sum(left for owner, left in self.oracle.earned.values() if owner == who)
        silver = self.tiers and earned >= self.SILVER
        ends = {(name, "base"): self.until(at, silver), (name, "bonus"): at + timedelta(days=self.LASTS_DAYS + 1)}
        if opens and ends[name, "base"] and ends[name, "base"] <= opens:  # gone before they could be spent
            ends[name, "base"] = self.until(opens, silver)
        for kind, points in (("base", usual), ("bonus", bought.added)):
            if points:
                self.oracle.earn((name, kind), who, points, at, opens, ends[name, kind])
        if self.expiry == "sliding":
            self.oracle.sliding[name, "base"] = 1 + silver
            self.oracle.slide(who, at)

    def until(self, at: datetime, silver: bool) -> datetime | None:
        """The moment from which points are gone. Of silver customers they last a month longer."""
        if self.expiry == "monthly":
            following = months_later(at.replace(day=1), 2 + silver)
            return datetime.combine(following, time(), at.tzinfo)
        if self.expiry == "dates":
            first = months_later(at, int(silver))
            years = range(first.year, first.year + 2)
            last = min(day for year in years for each in self.DATES if (day := date(year, *each)) >= first)
            return datetime.combine(last + timedelta(days=1), time(), at.tzinfo)
        if self.expiry == "sliding":
            return datetime.combine(months_later(at, 1 + silver) + timedelta(days=1), time(), at.tzinfo)
        return None

    def worth(self, bought: OraclePurchase) -> tuple[int, int, int]:
        """Points of base and doubling together, of the doubling in it, and of the bonus."""
        base = bought.money()
        both = (base + min(bought.money(slice(1)), bought.room) + self.part).__floor__()
        bonus = self.BONUS if bought.bonus and base >= self.ENOUGH else 0
        return both, both - (base + self.part).__floor__(), bonus

    def bring_back(self, name: int, line: int, at: datetime) -> None:
        bought = self.purchases[name]
        if bought.cancelled or not bought.pieces[line][2]:
            raise Refused
        bought.pieces[line][2] -= 1
        self.keep_only(name, at)

    def cancel(self, name: int, at: datetime) -> None:
        if self.purchases[name].cancelled:
            raise Refused
        self.purchases[name].cancelled = True
        self.keep_only(name, at)

    def keep_only(self, name: int, at: datetime) -> None:
        bought = self.purchases[name]
        usual, doubled, added = self.worth(bought)
        bought.doubled, bought.added = min(doubled, bought.doubled), min(added, bought.added)
        for kind, points in (("base", usual), ("bonus", added)):
            left = self.oracle.earned.get((name, kind), (0, 0))[1]
            if left > points:
                self.oracle.claw_back((name, kind), left - points, at)
