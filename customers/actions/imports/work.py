"""Carry a run on from where it stands: batch after batch, until the end, a pause or the time given."""

import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import groupby, islice
from operator import attrgetter
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, connections, transaction
from django.utils import timezone

from customers.actions.imports import statistics
from customers.actions.imports.batches import (
    SHOWN_OF_DRY_RUN,
    Batch,
    Reader,
    keep_refused,
    reader_of,
    return_row,
    told,
    waiting,
    write,
    writer_of,
)
from customers.actions.imports.returns import MatchedMeanwhile
from customers.actions.imports.tally import Tally, differences
from customers.files import mappings, sheets
from customers.files.groups import AT_ONCE, pieces
from customers.files.products import catalogue_of
from customers.files.reasons import Refusal
from customers.files.scan import Scan, scan
from customers.models import ImportRun

BATCH_ROWS = 20_000
SHORT_TURN = 0.0002  # seconds
Phase, State = ImportRun.Phase, ImportRun.State
Show = Callable[[ImportRun], None]
TOLD = "UPDATE customers_importrun SET done_rows = %s, total_rows = %s, seconds = %s, moved_at = %s WHERE id = %s"


class Stopped(Exception):
    """Somebody paused the run, or another worker has taken it over."""


class TimeOver(Exception):
    """The time given is over; the rest is for the next turn."""


def carry_on(
    run: ImportRun, *, seconds: float | None = None, show: Show | None = None, batch_rows: int = BATCH_ROWS
) -> ImportRun:
    """Bring in what is left of a run that is under way. Ends at the latest about ``seconds`` from now.

    Safe to call twice, also at once: a batch is written by one worker only, with the place that it leads to.
    """
    run = ImportRun.objects.select_related("source", "by").get(pk=run.pk)
    if not run.under_way:
        return run
    try:
        job = _Job(run, seconds, show, batch_rows)
        if job.dry:
            job.check_all()
        else:
            job.go_on()
    except (Stopped, TimeOver):
        pass
    except ValidationError as refusal:
        _fail(run, " ".join(refusal.messages))
    return ImportRun.objects.get(pk=run.pk)


def _fail(run: ImportRun, error: str) -> None:
    now = timezone.now()
    ImportRun.objects.filter(pk=run.pk, state__in=(State.RUNNING, State.CHECKING)).update(
        state=State.FAILED, error=error, moved_at=now, finished_at=now
    )


@contextmanager
def _threads_take_short_turns() -> Iterator[None]:
    """The thread that writes wakes for every answer of PostgreSQL, the one that unzips for every piece, and each would
    wait until the reading one has had its usual five milliseconds.
    """
    usual = sys.getswitchinterval()
    sys.setswitchinterval(SHORT_TURN)
    try:
        yield
    finally:
        sys.setswitchinterval(usual)


class _Job:
    def __init__(self, run: ImportRun, seconds: float | None, show: Show | None, batch_rows: int):
        self.run, self.show, self.batch_rows = run, show, batch_rows
        self.mapping = mappings.from_json(run.mapping)
        self.dry = run.state == State.CHECKING
        self.began = self.batch_began = time.monotonic()
        self.ends = None if seconds is None or self.dry else self.began + seconds
        self.shown: list[Refusal] = []
        self.other = connections.create_connection("default") if self.dry else None
        products = Path(run.products_path) if run.products_path else None
        self.catalogue = catalogue_of(products, self.mapping) if products else None
        self.reader: Reader

    # -- the phases

    def go_on(self) -> None:
        with self._file() as (reader, rows):
            self.reader = reader
            if self.run.phase == Phase.FILE:
                self._read(rows)
        if self.run.phase == Phase.SCATTERED:
            self._put_together()
        if self.run.phase == Phase.RETURNS:
            self._match_returns()

    def check_all(self) -> None:
        """The same work in one transaction that is taken back at the end: what it says is what will happen."""
        run = self.run
        assert self.other is not None
        try:
            with transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute(
                        "SET CONSTRAINTS ALL IMMEDIATE"
                    )  # or the checks of all rows would pile up in memory
                self.go_on()
                transaction.set_rollback(True)
        finally:
            self.other.close()
        wrong = differences(run.totals, run.expected).items()
        with transaction.atomic():
            ImportRun.objects.select_for_update().filter(pk=run.pk).update(
                state=State.CHECKED,
                phase=Phase.FILE,
                done_rows=0,
                totals={},
                dry_totals=run.totals,
                total_rows=run.total_rows,
                moved_at=timezone.now(),
                seconds=0,
                error=" ".join(f"{name}: {wanted} expected, {found} found." for name, (wanted, found) in wrong),
            )
            keep_refused(told(run, self.shown, self.reader))

    def _read(self, rows: Iterator[sheets.Row]) -> None:
        # The next batch is read while PostgreSQL writes this one.
        with _threads_take_short_turns(), ThreadPoolExecutor(1) as pool:
            found = self._scan()
            next(islice(rows, self.run.done_rows, self.run.done_rows), None)  # what is written already
            batches = self._batches(rows, found)
            coming = pool.submit(next, batches, None)
            while batch := coming.result():
                coming = pool.submit(next, batches, None)
                self._commit(batch)
                pool.submit(batch.clear)  # letting go of so many rows takes a while: the other thread has time for it
        self._commit(Batch(), then=Phase.SCATTERED)

    def _batches(self, rows: Iterator[sheets.Row], found: Scan) -> Iterator[Batch]:
        """The file in batches that end where an order ends."""
        batch = Batch()
        for groups in pieces(rows, self.reader.keys, min(AT_ONCE, self.batch_rows)):
            batch.rows += sum([len(its_rows) for _key, its_rows in groups])
            together = groups
            if found.scatters_any:
                batch.scattered += [(key, row) for key, rows in groups if found.scatters(key) for row in rows]
                together = [group for group in groups if not found.scatters(group[0])]
            batch.fill(self.reader.baskets(together))
            if batch.rows >= self.batch_rows:
                yield self._complete(batch)
                batch = Batch()
        if batch.rows:
            yield self._complete(batch)

    def _complete(self, batch: Batch) -> Batch:
        """Everything done that needs no database: it is read while the batch before is written."""
        if not self.dry:
            batch.told = told(self.run, batch.refused, self.reader)
        return batch

    def _scan(self) -> Scan:
        def moved(rows: int) -> None:
            if self.show:
                self.show(self.run)

        with self._file() as (reader, rows):
            found = scan(rows, reader.keys, show=moved)
        self.run.total_rows = found.rows
        return found

    def _put_together(self) -> None:
        while rows := waiting(self.run, Phase.SCATTERED, self.batch_rows):
            batch = Batch(waited=[row.pk for row in rows])
            groups = [(key, [waited.row for waited in group]) for key, group in groupby(rows, attrgetter("key"))]
            batch.fill(self.reader.baskets(groups))
            self._commit(self._complete(batch))
        self._commit(Batch(), then=Phase.RETURNS)

    def _match_returns(self) -> None:
        if self.run.waiting_rows.exists():
            statistics.count(["customers_purchase", "customers_line", "customers_return", "customers_returnline"])
        while rows := waiting(self.run, Phase.RETURNS, self.batch_rows // 4 or 1):
            self._commit(Batch(returns=[return_row(row) for row in rows], waited=[row.pk for row in rows]))
        self._commit(Batch(), then=Phase.END)

    # -- one batch

    def _commit(self, batch: Batch, then: str = "") -> None:
        """Write a batch and the place that it leads to, together."""
        for attempt in range(3):
            try:
                with transaction.atomic():
                    self._write(batch, then)
                break
            except MatchedMeanwhile:
                if attempt == 2:
                    raise
        if self.show:
            self.show(self.run)
        if self.ends and time.monotonic() > self.ends and self.run.phase != Phase.END:
            raise TimeOver

    def _write(self, batch: Batch, then: str) -> None:
        run = self.run
        if not self.dry:
            self._hold()
        tally = Tally.of(run.totals)
        refused = write(run, batch, self.reader, writer_of(run.kind), tally)
        if self.dry:
            self._show(batch.refused + refused)
        else:
            keep_refused(batch.told + told(run, refused, self.reader))
        self._move(batch, then, tally)

    def _show(self, refused: list[Refusal]) -> None:
        """Keep the first rows of those that a dry run refuses."""
        room = SHOWN_OF_DRY_RUN - sum(len(refusal.rows) for refusal in self.shown)
        for refusal in refused:
            if room > 0:
                self.shown.append(refusal._replace(rows=refusal.rows[:room]))
            room -= len(refusal.rows)

    def _hold(self) -> None:
        """Lock the run; raise Stopped where it has moved without us."""
        stands = ImportRun.objects.select_for_update().values_list("state", "moved_at").get(pk=self.run.pk)
        if stands != (self.run.state, self.run.moved_at):
            raise Stopped

    def _move(self, batch: Batch, then: str, tally: Tally) -> None:
        run, now = self.run, timezone.now()
        changes: dict[str, Any] = {
            "done_rows": run.done_rows + batch.rows,
            "phase": then or run.phase,
            "totals": tally.as_json(),
            "total_rows": run.total_rows,
            "moved_at": now,
            "seconds": run.seconds + time.monotonic() - self.batch_began,
        }
        self.batch_began = time.monotonic()
        if then == Phase.END and not self.dry:
            changes |= {"state": State.DONE, "finished_at": now, "error": ""}
        if self.other is None:
            ImportRun.objects.filter(pk=run.pk).update(**changes)
        else:  # a dry run is one long transaction: others see how far it is from another connection
            with self.other.cursor() as cursor:
                cursor.execute(TOLD, [changes["done_rows"], run.total_rows, changes["seconds"], now, run.pk])
        for name, value in changes.items():
            setattr(run, name, value)

    # -- the file

    @contextmanager
    def _file(self) -> Iterator[tuple[Reader, Iterator[sheets.Row]]]:
        run, mapping = self.run, self.mapping
        if not run.path:
            raise sheets.FileDamaged("The file is no longer there.", code="missing")
        with sheets.opened(run.file, mapping.encoding) as text:
            header, rows = sheets.without_header(text, mapping)
            yield reader_of(run.kind)(mapping, header, run.source.code, self.catalogue), rows
