"""Write the cases of a file: the cases, what was said, when they stood still, and how their promises were kept.

A case is known again by its source and its number there. A settled past is judged by the promises that hold now, as if
they had held then: moment by moment, by the same code that judges a case that lives.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from customers.actions import timeline
from customers.actions.copying import next_ids
from customers.actions.imports.purchases import customers_of
from customers.actions.imports.tally import Tally
from customers.files.reasons import Refusal
from customers.models import Customer, Fact, ImportRun, Profile, Verb
from feedback import priorities
from feedback.actions import clocks, holds, themes
from feedback.actions.cases import AHEAD
from feedback.case_files import Told
from feedback.models import Case, CaseEvent, Entry, Pause, RootCause, Team, Theme
from feedback.pasts import CUSTOMER, EVER, NOTE, US, Past, Said
from feedback.promises import CLOSED, Facts, State
from feedback.queries import facts
from feedback.queries.facts import Book, Picture
from feedback.queries.policies import Asked


@dataclass
class Written:
    """A past, and the rows that come of it."""

    past: Past
    case: Case
    clocks: list[State]


def bring_in(run: ImportRun, entries: Sequence[Told], tally: Tally) -> list[Refusal]:
    """Add the cases of the entries. Answers with more rows that stay out."""
    now = timezone.now()
    refused: list[Refusal] = []
    good = [(entry, entry.past) for entry in entries if entry.past is not None]
    customers = _customers(run, good, tally)
    known = _known(run, [past.number for _entry, past in good])
    fresh: list[Past] = []
    for entry, past in good:
        if why := _flaw(past, customers, now):
            refused.append(Refusal(entry.rows, why))
            continue
        tally.counts["accepted"] += len(entry.rows)
        if past.number in known:
            tally.counts["known"] += 1
        else:
            known.add(past.number)
            fresh.append(past)
    _write(run, fresh, customers, now, tally)
    return refused


def _customers(run: ImportRun, good: Sequence[tuple[Told, Past]], tally: Tally) -> dict[str, int]:
    numbers = {past.customer for _entry, past in good if past.customer}
    found, added = customers_of(run, numbers) if numbers else ({}, {})
    tally.counts["customers"] += len(added)
    return found


def _known(run: ImportRun, numbers: Sequence[str]) -> set[str]:
    found = Case.objects.filter(came_from=run.source, reference__in=numbers)
    return set(found.values_list("reference", flat=True))


def _flaw(past: Past, customers: dict[str, int], now: datetime) -> str:
    if max(past.at, past.changes[-1].at) > now + AHEAD:
        return "in_the_future"
    return "unknown_customer" if past.customer and past.customer not in customers else ""


def _write(run: ImportRun, pasts: list[Past], customers: dict[str, int], now: datetime, tally: Tally) -> None:
    if not pasts:
        return
    written = _cases(run, pasts, customers)
    _judge(written, now, all_of_it=bool(run.mapping.get("judged", True)))
    for one in written:
        clocks.show_next(one.case, one.clocks)
    Case.objects.bulk_create([one.case for one in written], batch_size=1_000)
    said = _what_was_said(written, run)
    CaseEvent.objects.bulk_create([event for one in written for event in _events(one, run)], batch_size=2_000)
    Pause.objects.bulk_create([pause for one in written for pause in _pauses(one)], batch_size=2_000)
    clocks.bring_in([(one.case.pk, clock) for one in written for clock in one.clocks], at=now)
    timeline.record_many([*(fact for one in written for fact in _facts(one, run)), *_answers(said, run)])
    for one in written:
        if one.case.customer_id and one.case.kind == Case.Kind.COMPLAINT and one.case.is_open:
            holds.settle(one.case, by=run.by, at=now)
        _count(one, tally)


def _cases(run: ImportRun, pasts: list[Past], customers: dict[str, int]) -> list[Written]:
    team = Team.objects.filter(main=True).first()
    people = Customer.objects.in_bulk({pk for past in pasts if (pk := customers.get(past.customer))})
    branches = themes.grown(Theme, {past.theme for past in pasts if past.theme})
    causes = themes.grown(RootCause, {past.root_cause for past in pasts if past.root_cause})
    written = []
    for pk, past in zip(next_ids("feedback_case", len(pasts)), pasts, strict=True):
        closed = past.closed_at
        case = Case(
            pk=pk, kind=past.kind, channel=past.channel, stage=past.stage, subject=past.subject[:200],
            came_from=run.source, reference=past.number, customer=people.get(customers.get(past.customer, 0)),
            waiting="" if past.state == CLOSED else past.state if past.state in Case.Waiting.values else "",
            sender_name=past.name, sender_address=past.email, language=past.language, severity=past.severity,
            impact=past.impact, priority=priorities.priority(past.severity, past.impact), product=past.product,
            store=past.store, theme=branches.get(past.theme), root_cause=causes.get(past.root_cause), team=team,
            outcome=past.outcome, outcome_reason=past.outcome_reason,
            decided_at=(closed or past.at) if past.outcome else None, received_at=past.at, recorded_by=run.by,
            acknowledged_at=past.acknowledged_at, answered_at=past.answered_at, closed_at=closed,
            reopenings=past.reopenings, last_entry_at=max(_spoken(past), default=None),
            unanswered_since=_waiting(past),
        )  # fmt: skip
        written.append(Written(past, case, []))
    return written


def _spoken(past: Past) -> list[datetime]:
    """When something was said; notes are no word to anybody."""
    first = [past.at] if past.text else []
    return first + [one.at for one in past.messages if one.by != NOTE]


def _waiting(past: Past) -> datetime | None:
    if past.messages:
        return past.unanswered_since(EVER)
    return past.at if past.text and not (past.closed_at or past.answered_at or past.reopenings) else None


def _judge(written: list[Written], now: datetime, *, all_of_it: bool) -> None:
    """Let the clocks of each past run, from its first moment to its last."""
    tiers = dict(
        Profile.objects.filter(customer__in={one.case.customer_id for one in written}).values_list("customer", "tier")
    )
    pictures = [_picture(one.case, tiers) for one in written]
    book = clocks.book_of(pictures, now)
    for one, picture in zip(written, pictures, strict=True):
        for moment in one.past.moments(now):
            if all_of_it or (one.past.closed_at is None and moment.at == now):
                picture.facts, picture.stops = moment.facts, moment.stops
                _settle(picture, book, moment.at)
        one.clocks = picture.clocks


def _settle(picture: Picture, book: Book, at: datetime) -> None:
    """The clocks of a case as they are after a moment; those that are not kept yet are numbered here."""
    for clock, before in facts.judged(picture, book, at):
        if before is None:
            picture.clocks.append(clocks.numbered(clock, len(picture.clocks) + 1))
        else:
            place = next(n for n, kept in enumerate(picture.clocks) if kept.pk == before.pk)
            picture.clocks[place] = clock


def _picture(case: Case, tiers: dict[int, str]) -> Picture:
    asked = Asked(
        case.kind, case.priority, case.channel, case.team_id, tiers.get(case.customer_id or 0) or "", case.customer_id
    )
    calendar = case.team.calendar_id if case.team else None
    first = Facts(since=case.received_at)
    return Picture(case=case.pk, asked=asked, facts=first, stands="", due=(None, ""), calendar=calendar)


KINDS = {US: Entry.Kind.REPLY, NOTE: Entry.Kind.NOTE}


def _what_was_said(written: list[Written], run: ImportRun) -> list[Entry]:
    entries = []
    for one in written:
        first = [Said(one.past.at, CUSTOMER, one.past.text)] if one.past.text else []
        entries += [_entry(one, said, run) for said in (*first, *one.past.messages)]
    return Entry.objects.bulk_create(entries, batch_size=1_000)


def _entry(one: Written, said: Said, run: ImportRun) -> Entry:
    """Who of us said it is a name: they need not work here any more."""
    kind = KINDS.get(said.by, Entry.Kind.RECEIVED)
    theirs = kind == Entry.Kind.RECEIVED
    return Entry(
        case=one.case, kind=kind, text=said.text, at=said.at,
        channel="" if kind == Entry.Kind.NOTE else one.case.channel,
        sender_name=one.past.name if theirs else "", sender_address=one.past.email if theirs else "",
        author_name="" if theirs else said.author or run.source.name or run.source.code,
    )  # fmt: skip


def _answers(said: list[Entry], run: ImportRun) -> list[Fact]:
    return [
        Fact(
            customer=entry.case.customer, verb=Verb.CASE_ANSWERED, at=entry.at, by=run.by,
            key=f"case_answered:{entry.pk}", about={"case": entry.case_id},
        )
        for entry in said if entry.kind == Entry.Kind.REPLY and entry.case.customer is not None
    ]  # fmt: skip


def _events(one: Written, run: ImportRun) -> list[CaseEvent]:
    said: list[tuple[str, datetime, dict[str, Any]]] = [
        ("opened", one.past.at, {"channel": one.past.channel, "import": run.pk})
    ]
    before = "received"
    for change in one.past.changes:
        if before == CLOSED:
            said.append(("reopened", change.at, {}))
        if change.state == CLOSED:
            said.append(("closed", change.at, {"root_cause": one.case.root_cause_id}))
        elif change.state in Case.Waiting.values or before in Case.Waiting.values:
            said.append(("waits", change.at, {"on": change.state if change.state in Case.Waiting.values else ""}))
        elif change.state in ("acknowledged", "investigating") and one.case.kind == Case.Kind.COMPLAINT:
            said.append((change.state, change.at, {}))
        before = change.state
    return [CaseEvent(case=one.case, what=what, at=at, by=run.by, about=about) for what, at, about in said]


def _pauses(one: Written) -> list[Pause]:
    return [Pause(case=one.case, reason=stop.reason, starts_at=stop.begins, ends_at=stop.ends)
            for stop in one.past.stops]  # fmt: skip


def _facts(one: Written, run: ImportRun) -> list[Fact]:
    case, found = one.case, list[Fact]()
    if case.customer is None:
        return found
    complaint = case.kind == Case.Kind.COMPLAINT

    def tell(verb: Verb, at: datetime, key: str, **about: Any) -> None:
        found.append(
            Fact(customer=case.customer, verb=verb, at=at, by=run.by, key=key, about={"case": case.pk} | about)
        )

    opened = Verb.COMPLAINT_OPENED if complaint else Verb.CASE_OPENED
    tell(opened, one.past.at, f"case_opened:{case.pk}", kind=case.kind)
    if case.closed_at:
        verb = Verb.COMPLAINT_RESOLVED if complaint else Verb.CASE_CLOSED
        about = {"outcome": case.outcome} if complaint else {}
        tell(verb, case.closed_at, f"{verb}:{case.pk}:{case.reopenings}", **about)
    return found


def _count(one: Written, tally: Tally) -> None:
    past = one.past
    tally.counts["cases"] += 1
    tally.counts["open"] += past.closed_at is None
    tally.counts["reopened"] += past.reopenings > 0
    tally.counts["pauses"] += sum(stop.reason != CLOSED for stop in past.stops)
    for clock in one.clocks:
        tally.judged[f"{clock.metric}:{clock.state}"] += 1
        if past.kept is not None and clock.metric == "resolution" and clock.judged:
            tally.judged[f"said:{'kept' if past.kept else 'missed'}:{clock.state}"] += 1
