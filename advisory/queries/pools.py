"""Pools and draws as the lottery reads them, as they are exported, and how well a board stands for its customers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from advisory import selection
from advisory.models import Board, Draw, Pool, Term
from advisory.queries import features

SLACK = 1  # seats that a proposed quota leaves to either side of the exact share


def candidates(pool: Pool) -> list[selection.Candidate]:
    rows = pool.candidates.order_by("code").values_list("code", "traits")
    return [selection.Candidate(code, traits) for code, traits in rows]


def quotas(draw: Draw) -> dict[str, dict[str, tuple[int, int]]]:
    return {
        feature: {value: (least, most) for value, (least, most) in values.items()}
        for feature, values in draw.quotas.items()
    }


def proposed(base: Mapping[str, Mapping[str, int]], seats: int) -> dict[str, dict[str, tuple[int, int]]]:
    """Quotas from the customer base: each value's share by the largest remainder, a seat more or less."""
    answer = {}
    for feature, counted in base.items():
        shares = selection.apportion({value: float(count) for value, count in counted.items()}, seats)
        answer[feature] = {
            value: (max(0, shares[value] - SLACK), min(seats, shares[value] + SLACK))
            for value in features.ordered(counted)
        }
    return answer


def exported(draw: Draw) -> dict[str, Any]:
    """All that somebody needs who wants to make the draw again; nobody's name is in it."""
    return {
        "board": draw.pool.board.code,
        "pool_number": draw.pool.number,
        "draw": draw.number,
        "after": draw.after.number if draw.after else None,
        "drawn_at": draw.drawn_at.isoformat(),
        "seed": draw.seed,
        "attempt": draw.attempt,
        "seats": draw.seats,
        "quotas": draw.quotas,
        "fixed": draw.fixed,
        "gone": draw.gone,
        "members": draw.members,
        "passed": draw.passed,
        "refused": draw.pool.refused,
        "base": draw.pool.base,
        "pool": exported_pool(draw.pool),
    }


def exported_pool(pool: Pool) -> list[dict[str, Any]]:
    return [{"id": one.id, "traits": dict(one.traits)} for one in candidates(pool)]


@dataclass(frozen=True)
class Share:
    value: str
    label: str
    base: int
    board: int
    base_percent: float
    board_percent: float


@dataclass(frozen=True)
class Mirror:
    """One feature: the customers and the board side by side, and how far they are apart (0 alike, 1 not at all)."""

    feature: str
    label: str
    shares: list[Share]
    distance: float


def mirrors(base: Mapping[str, Mapping[str, int]], members: Sequence[Mapping[str, str]]) -> list[Mirror]:
    """How well these members stand for the base."""
    answer = []
    counted = features.counts([dict(one) for one in members], list(base))
    for feature, customers in base.items():
        board, all_, seats = counted[feature], sum(customers.values()) or 1, len(members) or 1
        values = features.ordered(dict.fromkeys(board, 0) | dict(customers))
        answer.append(
            Mirror(
                feature,
                str(features.FEATURES.get(feature, feature)),
                [
                    Share(
                        value, features.label(value), customers.get(value, 0), board.get(value, 0),
                        100 * customers.get(value, 0) / all_, 100 * board.get(value, 0) / seats,
                    )
                    for value in values
                ],
                selection.distance(board, customers),
            )
        )  # fmt: skip
    return answer


def represented(board: Board) -> list[Mirror]:
    """Today's board against the base, by what the latest pool knew; empty before the first pool."""
    pool = board.pools.order_by("-number").first()
    if pool is None:
        return []
    now = Term.objects.filter(board=board).open().values_list("customer_id", flat=True)
    return mirrors(pool.base, list(pool.candidates.filter(customer__in=now).values_list("traits", flat=True)))
