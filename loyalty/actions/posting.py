"""Running the ledger's statements: the only code that writes wallets, lots, transactions and transfers."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from typing import Any, NamedTuple

from django.db import IntegrityError

from config import prepared
from config.prepared import PLANS_KEPT_UP_TO
from config.statements import Statement, array
from customers.models import Verb
from loyalty.actions import answers, issuing, statements
from loyalty.actions.answers import Line
from loyalty.actions.refusals import DuplicateReference, IdempotencyConflict, NoPoints
from loyalty.models import Account, Kind, Programme, Transaction, Wallet

TAKE, TAKE_NEAR = Statement(statements.TAKE), Statement(statements.TAKE_NEAR)
POST = Statement(statements.POST)


_encode = json.JSONEncoder(default=str).encode


def request_of(*content: Any) -> str:
    """A hash of what is asked, to tell a repetition from another request with the same key."""
    return hashlib.blake2b(_encode(content).encode(), digest_size=16).hexdigest()


def requests_of(contents: Sequence[tuple[Any, ...]]) -> list[str]:
    """``request_of`` of each, written as JSON all at once: what stands between two of them stands nowhere in one."""
    together = [part for content in contents for part in (content, "/")]
    texts = _encode(together)[2:-7].split('], "/", [') if together else []
    return [hashlib.blake2b(f"[{text}]".encode(), digest_size=16).hexdigest() for text in texts]


@dataclass(slots=True)
class Asked:
    """Points for one customer, from outside."""

    customer_id: int
    points: int
    at: datetime
    activates_at: datetime | None = None
    expires_at: datetime | None = None
    key: str | None = None
    request: str | None = None
    natural_key: str | None = None
    reference: str = ""
    reason: str = ""
    purchase_id: int | None = None
    meta: dict[str, Any] = field(default_factory=dict)


def issue(
    asked: Sequence[Asked], *, programme: Programme, kind: Kind, verb: Verb, source: Account, by_id: int | None
) -> list[Line]:
    """Put points into wallets, all by one statement. The answer says of each what came of it."""
    for ask in asked:
        check_points(ask.points)
    if len(asked) == 1 and (line := _fit(issuing.fit(kind, verb, source), asked[0], programme, by_id)):
        return [line]
    if len(asked) > 1:  # before any wallet is locked: who waits for another's new wallet must not hold one
        open_wallets(programme, (ask.customer_id for ask in asked))
    alone = len(asked) == 1
    statement = (issuing.many if alone else issuing.batch)(kind, verb, source)
    shared = {"programme": programme.pk, "version": programme.version, "by": by_id}
    lines = _issued(statement, asked, shared, alone=alone)
    if missing := [n for n, line in enumerate(lines) if line.outcome == "no_wallet"]:
        open_wallets(programme, (asked[n].customer_id for n in missing))
    # A wallet that was written to since the statement began is looked at once more, by one that sees what came of it.
    again = missing + [n for n, line in enumerate(lines) if line.outcome == "stale"]
    if again:
        lines_again = _issued(statement, [asked[n] for n in again], shared, alone=alone)
        for n, line in zip(again, lines_again, strict=True):
            lines[n] = line
    return lines


def _fit(statement: Statement, ask: Asked, programme: Programme, by_id: int | None) -> Line | None:
    """The line of one wish, by the short way; none where something is in it."""
    points, effective = str(ask.points), ask.at.isoformat()
    activates = expires = due = None
    opening, closing, target = "0", points, "available"
    if ask.expires_at:
        expires = due = ask.expires_at.isoformat()
    if ask.activates_at:
        activates = ask.activates_at.isoformat()
        if ask.activates_at > ask.at:
            opening, closing, target = points, "0", "pending"
            due = min(ask.activates_at, ask.expires_at or ask.activates_at).isoformat()
    values = (
        *(str(programme.pk), str(programme.version), str(by_id) if by_id else None, str(ask.customer_id)),
        *(points, effective, activates, expires, ask.key, ask.request, ask.natural_key, ask.reference),
        *(ask.reason, str(ask.purchase_id) if ask.purchase_id else None, json_of(ask.meta)),
        *(opening, closing, target, due),
    )
    try:
        return answers.fit_line(statement, values)
    except IntegrityError as error:
        _refuse(error)
        raise


def _issued(statement: Statement, asked: Sequence[Asked], shared: dict[str, Any], *, alone: bool) -> list[Line]:
    answer = answers.lines if alone else answers.outcomes
    return _translated(statement, shared | columns_of(asked), many=len(asked) > PLANS_KEPT_UP_TO, answer=answer)


def columns_of(asked: Sequence[Asked]) -> dict[str, str]:
    """Each column of the wishes as an array."""
    columns = [list(column) for column in zip(*map(CELLS_OF, asked), strict=True)]
    columns[-1] = [json_of(meta) for meta in columns[-1]]
    return dict(zip(COLUMNS, map(array, columns), strict=True))


COLUMNS = (
    *("customer", "points", "effective", "activates", "expires", "key", "request", "natural"),
    *("reference", "reason", "purchase", "meta"),
)


CELLS_OF = attrgetter(
    *("customer_id", "points", "at", "activates_at", "expires_at", "key", "request", "natural_key"),
    *("reference", "reason", "purchase_id", "meta"),
)


def take(customer_id: int, points: int, *, programme: Programme, reach: int, **values: Any) -> Line:
    """Take available points out of a wallet, from the lots that come first."""
    check_points(points)
    values |= {
        "programme": programme.pk,
        "version": programme.version,
        "customer": customer_id,
        "points": points,
        "reach": reach,
    }
    return _translated(TAKE_NEAR if reach == statements.NEAR else TAKE, values)[0]


def check_points(points: int) -> None:
    if isinstance(points, bool) or not isinstance(points, int) or not 0 < points < 2**62:
        raise NoPoints(points)


@dataclass(eq=False, slots=True)
class NewLot:
    earned_at: datetime
    activates_at: datetime | None
    expires_at: datetime | None
    origin_id: int | None = None
    source_id: int | None = None


class Move(NamedTuple):
    source: Account
    target: Account
    points: int
    lot: int | NewLot | None


@dataclass(slots=True)
class Draft:
    """A transaction worked out under the wallet's lock."""

    wallet: Wallet
    kind: Kind
    verb: str
    at: datetime
    moves: list[Move]
    key: str | None = None
    request: str | None = None
    natural_key: str | None = None
    reference: str = ""
    reason: str = ""
    purchase_id: int | None = None
    reverses_id: int | None = None
    by_id: int | None = None
    meta: dict[str, Any] = field(default_factory=dict)
    about: dict[str, Any] = field(default_factory=dict)


def post(drafts: Sequence[Draft]) -> list[Transaction]:
    """Write transactions of wallets that the caller has locked, by one statement, in the order given."""
    return [transaction_of(line, draft) for line, draft in zip(post_lines(drafts), drafts, strict=True)]


def post_lines(drafts: Sequence[Draft]) -> list[Line]:
    transactions, transfers, lots = [], [], []
    places: dict[NewLot, int] = {}
    for ordinal, draft in enumerate(drafts, 1):
        transactions.append(_transaction_json(ordinal, draft))
        for number, move in enumerate(draft.moves, 1):
            lot = move.lot
            if isinstance(lot, NewLot):
                if lot not in places:
                    places[lot] = -len(places) - 1
                    lots.append(_lot_json(ordinal, places[lot], lot))
                lot = places[lot]
            source, target, points, _ = move
            transfers.append(
                {
                    "ordinal": ordinal,
                    "number": number,
                    "source": source,
                    "target": target,
                    "points": points,
                    "lot": lot,
                }
            )
    values = {
        "wallets": array(sorted({draft.wallet.pk for draft in drafts})),
        "transactions": json.dumps(transactions, default=str),
        "transfers": json.dumps(transfers),
        "lots": json.dumps(lots, default=str),
    }
    return _translated(POST, values)


def _transaction_json(ordinal: int, draft: Draft) -> dict[str, Any]:
    points = sum(move.points for move in draft.moves if move.target is not Account.DEBT)
    return {
        "ordinal": ordinal,
        "wallet_id": draft.wallet.pk,
        "kind": draft.kind,
        "key": draft.key,
        "request": draft.request,
        "natural_key": draft.natural_key,
        "reference": draft.reference,
        "reason": draft.reason,
        "purchase_id": draft.purchase_id,
        "reverses_id": draft.reverses_id,
        "by_id": draft.by_id,
        "effective_at": draft.at.isoformat(),
        "meta": draft.meta,
        "verb": draft.verb,
        "about": {"points": points, "reason": draft.reason} | draft.about,
    }


def _lot_json(ordinal: int, place: int, lot: NewLot) -> dict[str, Any]:
    return {
        "place": place,
        "ordinal": ordinal,
        "origin_id": lot.origin_id,
        "source_id": lot.source_id,
        "earned_at": lot.earned_at,
        "activates_at": lot.activates_at,
        "expires_at": lot.expires_at,
    }


def transaction_of(line: Line, draft: Draft | Asked, **known: Any) -> Transaction:
    """The transaction that a statement has written, without reading it again."""
    if isinstance(draft, Draft):
        known |= {"kind": draft.kind, "reverses_id": draft.reverses_id, "by_id": draft.by_id}
    else:
        known.setdefault("reverses_id", None)
    values = {
        **known,
        "id": line.id,
        "wallet_id": line.wallet_id,
        "sequence": line.sequence,
        "key": draft.key,
        "request": draft.request,
        "natural_key": draft.natural_key,
        "reference": draft.reference,
        "reason": draft.reason,
        "purchase_id": draft.purchase_id,
        "effective_at": draft.at,
        "posted_at": line.posted_at,
        "meta": draft.meta,
        "transfer_count": line.transfers,
        "pending_after": line.pending,
        "available_after": line.available,
        "held_after": line.held,
        "debt_after": line.debt,
    }
    return Transaction.written(values)


def _translated(
    statement: Statement,
    values: Mapping[str, Any],
    *,
    many: bool = False,
    answer: Callable[..., list[Line]] = answers.lines,
) -> list[Line]:
    """The statement's lines, or a refusal where two callers used one key at once in different wallets."""
    try:
        return answer(statement, values, many=many)
    except IntegrityError as error:
        _refuse(error)
        raise


def _refuse(error: IntegrityError) -> None:
    broken = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
    if broken == "idempotency_key_is_used_once":
        raise IdempotencyConflict("") from error
    if broken == "event_is_paid_once":
        raise DuplicateReference("") from error


# In one order, so that two callers do not wait for each other for good.
OPEN = Statement("""
INSERT INTO loyalty_wallet (programme_id, customer_id)
SELECT %(programme)s::bigint, asked.id FROM unnest(%(customers)s::bigint[]) AS asked(id) WHERE NOT EXISTS (
    SELECT FROM loyalty_wallet w WHERE w.programme_id = %(programme)s AND w.customer_id = asked.id OFFSET 0
) ORDER BY asked.id ON CONFLICT DO NOTHING RETURNING id
""")


def open_wallets(programme: Programme, customer_ids: Iterable[int]) -> None:
    """Make the wallets that are not there yet."""
    wanted = sorted(set(customer_ids))
    prepared.texts(OPEN.sql, [str(programme.pk), array(wanted)], keep=len(wanted) <= PLANS_KEPT_UP_TO)


def json_of(meta: dict[str, Any]) -> str:
    return json.dumps(meta) if meta else "{}"


def read(line: Line) -> Transaction:
    """The transaction that a statement has found to be there already."""
    assert line.id is not None
    return Transaction.objects.get(pk=line.id)


def without_repetitions(wishes: list[Asked]) -> tuple[list[int], dict[int, int]]:
    """Which of a batch come first with their key and natural key, and for the others which they repeat."""
    keys, events = [w.key for w in wishes if w.key], [w.natural_key for w in wishes if w.natural_key]
    if len(set(keys)) == len(keys) and len(set(events)) == len(events):
        return list(range(len(wishes))), {}
    known: dict[tuple[str, str], int] = {}
    firsts, repeats = [], {}
    for n, wish in enumerate(wishes):
        names = [(kind, name) for kind, name in (("key", wish.key), ("natural", wish.natural_key)) if name]
        earlier = next((known[name] for name in names if name in known), None)
        if earlier is None:
            firsts.append(n)
            known.update(dict.fromkeys(names, n))
        else:
            repeats[n] = earlier
    return firsts, repeats
