"""Members are drawn from a frozen pool, and after a decline the same draw goes on. Every draw stays as it was made."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from advisory import selection
from advisory.actions import boards, seats
from advisory.actions.refusals import BoardRefused
from advisory.models import Candidate, Draw, Pool, Seat, Term
from advisory.queries import charters, eligibility, pools
from communications import timing
from people.models import User

ATTEMPTS = 20  # a search that was given up is begun again, with the next number

Quotas = Mapping[str, Mapping[str, tuple[int, int]]]


class QuotasInfeasible(BoardRefused):
    """No board of this pool meets the quotas; ``needs`` is what would have to give, in words."""

    def __init__(self, needs: Iterable[object]) -> None:
        self.needs = [str(need) for need in needs]
        said = "; ".join(self.needs) or str(_("no single change of a quota would help"))
        super().__init__(
            _("No board of this pool meets the quotas: %(needs)s."), "quotas_infeasible", "quotas", needs=said
        )


@transaction.atomic
def draw(
    pool: Pool,
    *,
    seed: str,
    quotas: Quotas,
    starts_on: date,
    by: User | None = None,
    at: datetime | None = None,
) -> Draw:
    """Draw all seats that are free, so that the whole board meets the quotas; those drawn are on the short list.

    Raises BoardRefused (``seed_missing``, ``seed_drawn``, ``pool_outdated``, ``no_free_seat``), QuotasInfeasible.
    """
    board = boards.locked(pool.board)
    seed = seed.strip()
    if not seed:
        raise BoardRefused(_("Publish a seed first, such as the winning numbers of a day."), "seed_missing", "seed")
    if pool.draws.filter(seed=seed, after=None).exists():
        raise BoardRefused(_("This seed was drawn from this pool before; that draw stays."), "seed_drawn", "seed")
    free = seats.free(board)
    if not free:
        raise BoardRefused(_("No seat is free."), "no_free_seat")
    candidates = pools.candidates(pool)
    fixed = _in_place(pool)
    total = len(fixed) + len(free)
    drawn, attempt = _attempts(candidates, seed=seed, seats=total, quotas=quotas, fixed=fixed)
    row = _keep(
        pool, seed=seed, attempt=attempt, seats=total, quotas=_plain(quotas), fixed=fixed, members=list(drawn.members),
        passed=[list(one) for one in drawn.passed], starts_on=starts_on, drawn_by=by, drawn_at=at or timezone.now(),
    )  # fmt: skip
    _seat(row, drawn.members[len(fixed) :], free, by=by, at=at)
    return row


def _in_place(pool: Pool) -> list[str]:
    """Codes of those who are on the board; refused where somebody came or left since the pool was frozen."""
    there = dict(pool.candidates.filter(in_place=True).values_list("customer_id", "code"))
    now = set(Term.objects.filter(board=pool.board).open().values_list("customer_id", flat=True))
    if now != set(there):
        raise BoardRefused(_("The board has changed since the pool was frozen: freeze it again."), "pool_outdated")
    return sorted(there.values())


def _attempts(
    candidates: list[selection.Candidate], *, seed: str, seats: int, quotas: Quotas, fixed: list[str]
) -> tuple[selection.Board, int]:
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return selection.draw(
                candidates, seats=seats, quotas=quotas, seed=seed, attempt=attempt, fixed=fixed
            ), attempt
        except selection.Infeasible as reason:
            raise QuotasInfeasible(reason.needs) from reason
        except selection.TooHard:
            continue
    raise QuotasInfeasible([])


def _plain(quotas: Quotas) -> dict[str, dict[str, list[int]]]:
    return {feature: {value: list(bounds) for value, bounds in values.items()} for feature, values in quotas.items()}


def _keep(pool: Pool, **values: Any) -> Draw:
    return Draw.objects.create(pool=pool, number=pool.draws.count() + 1, **values)


def _seat(
    row: Draw,
    codes: Iterable[str],
    free: list[Seat],
    *,
    by: User | None,
    at: datetime | None,
    replaces: Term | None = None,
) -> list[Term]:
    chosen = Candidate.objects.select_related("customer").filter(pool=row.pool, code__in=codes)
    by_code = {one.code: one.customer for one in chosen if one.customer is not None}
    return [
        seats.nominate(
            seat, by_code[code], route=Term.Route.DRAW, starts_on=row.starts_on, draw=row, replaces=replaces,
            state=Term.State.SHORTLISTED, by=by, at=at,
        )
        for seat, code in zip(free, (code for code in codes if code in by_code), strict=False)
    ]  # fmt: skip


@transaction.atomic
def go_on(term: Term, *, by: User | None = None, at: datetime | None = None) -> Term | None:
    """Somebody who was drawn declined or did not answer: the same draw goes on to the next one.

    Everybody else stays. Returns the new term; none where the draw has nobody left who fits, or the board has changed
    so that it says nothing any more: the seat stays free, and the board's page says so.
    """
    at = at or timezone.now()
    board = boards.locked(term.board)
    if term.draw is None or term.state not in (Term.State.DECLINED, Term.State.EXPIRED):
        return None
    if Term.objects.filter(replaces=term).exists() or term.seat.terms.open().exists():
        return None
    latest = term.draw.pool.draws.order_by("-number")[0]
    now = set(Term.objects.filter(board=board).open().values_list("customer_id", flat=True))
    customers = dict(latest.pool.candidates.filter(code__in=latest.members).values_list("code", "customer_id"))
    staying = [code for code in latest.members if customers[code] in now]
    if now - {customers[code] for code in staying}:
        return None
    gone = {*latest.gone, *(code for code in latest.members if code not in staying)}
    found = _next(latest, staying, gone, at=at)
    if found is None:
        return None
    members, passed = found
    row = _keep(
        latest.pool, seed=latest.seed, attempt=latest.attempt, seats=latest.seats, quotas=latest.quotas,
        fixed=staying, gone=sorted(gone), members=members, passed=passed, after=latest,
        starts_on=max(latest.starts_on, timing.business_date(at)), drawn_by=by, drawn_at=at,
    )  # fmt: skip
    [new] = _seat(row, members[len(staying) :], [term.seat], by=by, at=at, replaces=term)
    return new


def _next(
    latest: Draw, staying: list[str], gone: set[str], *, at: datetime
) -> tuple[list[str], list[list[str]]] | None:
    """One more in the order of the same draw, who may still be asked; those who may not are put into ``gone``."""
    pool, charter = pools.candidates(latest.pool), charters.current(latest.pool.board)
    while len(staying) < latest.seats:
        try:
            drawn = selection.draw(
                [one for one in pool if one.id not in gone],
                seats=latest.seats, quotas=pools.quotas(latest), seed=latest.seed, attempt=latest.attempt,
                fixed=staying,
            )  # fmt: skip
        except (selection.Infeasible, selection.TooHard):
            return None
        code = drawn.members[len(staying)]
        customer = Candidate.objects.select_related("customer").get(pool=latest.pool, code=code).customer
        if customer is not None and not eligibility.why_not(latest.pool.board, charter, customer, at):
            return [*staying, code], [list(one) for one in drawn.passed]
        gone.add(code)
    return None
