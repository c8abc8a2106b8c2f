"""A wallet in memory: lots that wait, become available, are taken, taken back and expire, as the ledger keeps them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from loyalty.lasting import Lasting

NEVER = datetime.max.replace(tzinfo=UTC)
ISSUED, TAKEN_BACK, REDEEMED, EXPIRED, WAIVED = "issued", "taken_back", "redeemed", "expired", "waived"

Told = Callable[[str, datetime, int], None]  # what happened, when, to how many points


@dataclass(slots=True, eq=False)
class Lot:
    earned_at: datetime
    activates_at: datetime | None
    expires_at: datetime | None
    number: int
    pending: int = 0
    available: int = 0
    lasts: Lasting | None = None  # where it slides

    @property
    def turn(self) -> tuple[datetime, datetime, int]:
        """Its place in the order of consumption."""
        return self.expires_at or NEVER, self.earned_at, self.number


class Wallet:
    """``told`` hears of every movement that a report counts."""

    def __init__(self, told: Told) -> None:
        self.told, self.debt, self.numbers = told, 0, 0
        self.lots: list[Lot] = []

    @property
    def available(self) -> int:
        return sum(lot.available for lot in self.lots)

    @property
    def pending(self) -> int:
        return sum(lot.pending for lot in self.lots)

    def earn(
        self,
        points: int,
        at: datetime,
        activates_at: datetime | None,
        expires_at: datetime | None,
        lasts: Lasting | None = None,
    ) -> Lot:
        self.numbers += 1
        lot = Lot(at, activates_at, expires_at, self.numbers, lasts=lasts)
        self.lots.append(lot)
        self.told(ISSUED, at, points)
        if activates_at is not None and activates_at > at:
            lot.pending = points
        else:
            lot.available = points - self._repay(points)
        return lot

    def _repay(self, points: int) -> int:
        repaid = min(points, self.debt)
        self.debt -= repaid
        return repaid

    def settle(self, at: datetime) -> None:
        """What time has done up to then: what waited becomes available and repays debt first, what is due expires."""
        waiting = [lot for lot in self.lots if lot.pending and lot.activates_at is not None and lot.activates_at <= at]
        for lot in sorted(waiting, key=lambda lot: (lot.activates_at, lot.expires_at or NEVER, lot.number)):
            lot.available += lot.pending - self._repay(lot.pending)
            lot.pending = 0
        gone = False
        for lot in self.lots:
            if lot.available and lot.expires_at is not None and lot.expires_at <= at:
                self.told(EXPIRED, lot.expires_at, lot.available)
                lot.available, gone = 0, True
        if gone or len(self.lots) > 50:
            self.lots = [lot for lot in self.lots if lot.pending or lot.available]

    def slide(self, at: datetime, zone: str) -> None:
        """Begin the months of what slides again; what is due has been settled."""
        for lot in self.lots:
            if lot.lasts is not None and lot.expires_at is not None:
                lot.expires_at = max(lot.expires_at, lot.lasts.until(at, zone) or lot.expires_at)

    def take(self, points: int, at: datetime) -> None:
        """Redeem so many of the available points."""
        self.told(REDEEMED, at, points)
        self._from_available(points)

    def _from_available(self, points: int) -> int:
        """Take so many as there are, in the order of consumption. Returns what could not be had."""
        for lot in sorted((lot for lot in self.lots if lot.available), key=lambda lot: lot.turn):
            now = min(points, lot.available)
            lot.available -= now
            points -= now
            if not points:
                break
        return points

    def claw_back(self, lot: Lot, points: int, at: datetime, *, policy: str, limit: int | None) -> int:
        """Take back what an earning has lost. Returns the points taken; the rest is waived."""
        left = points
        now = min(left, lot.pending)
        lot.pending -= now
        left -= now
        if policy != "only_pending":
            now = min(left, lot.available)
            lot.available -= now
            left = self._from_available(left - now)
        if policy == "unlimited":
            now = left if limit is None else min(left, max(0, limit - self.debt))
            self.debt += now
            left -= now
        if points - left:
            self.told(TAKEN_BACK, at, points - left)
        if left:
            self.told(WAIVED, at, left)
        return points - left
