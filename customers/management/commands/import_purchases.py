"""Bring a file of purchases in: ``manage.py import_purchases FILE --source shop --mapping online_retail``."""

import sys
from argparse import ArgumentParser
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from config import spreadsheets
from customers.actions.imports import runs, work
from customers.currencies import digits, shown
from customers.files import mappings
from customers.files.reasons import REASONS
from customers.models import ImportRun, Source

BAR = 30
COUNTS = ("rows", "accepted", "orders", "known", "lines", "customers", "returns", "known_returns")


class Command(BaseCommand):
    help = "Bring a file of purchases in. Interrupted, it goes on where it stood; done twice, it changes nothing."
    counts = COUNTS

    def add_arguments(self, parser: ArgumentParser) -> None:
        ready = ", ".join(sorted(path.stem for path in mappings.READY_MADE.glob("*.json")))
        parser.add_argument("file", type=Path, help="CSV, plain or gzipped")
        parser.add_argument("--source", help="code of the source (default: the mapping's name)")
        parser.add_argument("--mapping", help=f"a JSON file, or one of {ready} (default: the source's last one)")
        parser.add_argument("--products", type=Path, help="a file with name, category and brand of the products")
        parser.add_argument("--dry-run", action="store_true", help="do all of it and keep nothing")
        parser.add_argument("--expect-rows", type=int, help="control total: rows of the file")
        parser.add_argument("--expect-orders", type=int, help="control total: orders, new and known")
        parser.add_argument("--expect-total", help="control total: sum of the orders, such as 2500315.63")
        parser.add_argument("--refused", type=Path, help="write the rows that stay out to this CSV file")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            run = self._run(options)
        except ValidationError as refusal:
            raise CommandError(" ".join(refusal.messages)) from refusal
        self._report(run, options)
        if run.state == ImportRun.State.FAILED or run.error:
            raise CommandError(run.error)

    def _run(self, options: dict[str, Any]) -> ImportRun:
        mapping = _mapping(options["mapping"], options["source"])
        code = options["source"] or mapping.name
        source, _made = Source.objects.get_or_create(
            code=code, defaults={"name": code, "currency": mapping.currency, "zone": mapping.zone}
        )
        expected = _expected(options, mapping.currency)
        run = runs.open_file(source, options["file"], mapping, products=options["products"], expected=expected)
        if run.under_way or run.state == ImportRun.State.PAUSED:
            self.stderr.write(f"An interrupted import of this file goes on after row {run.done_rows:,}.")
        elif options["dry_run"] or expected:
            run = work.carry_on(runs.check(run), show=self._show)
        if options["dry_run"] or run.state == ImportRun.State.FAILED:
            return run
        if not run.under_way:
            run = runs.start(run)
        return work.carry_on(run, show=self._show)

    def _show(self, run: ImportRun) -> None:
        """A bar with rate and remaining time, where somebody is looking."""
        if sys.stderr.isatty():
            self.stderr.write(f"\r{progress(run)}", ending="")
            if run.phase == ImportRun.Phase.END:
                self.stderr.write("")

    def _report(self, run: ImportRun, options: dict[str, Any]) -> None:
        totals = self.totals_of(run)
        self.stdout.write(f"Import {run.pk}: {run.get_state_display()}, {run.seconds:.1f} s")
        for name in self.counts:
            self.stdout.write(f"  {name.replace('_', ' '):14} {totals.get(name, 0):>12,}")
        for name in ("amounts", "known_amounts", "returned"):
            for currency, amount in totals.get(name, {}).items():
                self.stdout.write(f"  {name.replace('_', ' '):14} {shown(amount, currency):>12}")
        for code, rows in sorted(totals.get("refused", {}).items()):
            self.stdout.write(f"  refused {rows:,}: {code}: {REASONS.get(code, '')}")
        if options["refused"]:
            self._write_refused(run, options["refused"])

    def totals_of(self, run: ImportRun) -> dict[str, Any]:
        return run.dry_totals if run.state == ImportRun.State.CHECKED else run.totals

    def _write_refused(self, run: ImportRun, path: Path) -> None:
        header, rows = runs.refused_sheet(run)
        with path.open("w", encoding="utf-8", newline="") as file:
            file.writelines(spreadsheets.lines(header, rows))
        self.stdout.write(f"  the rows that stayed out: {path}")


def progress(run: ImportRun) -> str:
    """How far a run is: rows, rate and remaining time."""
    total = run.total_rows or 0
    if not total:
        return "looking through the file"
    share = min(run.done_rows / total, 1)
    rate = run.done_rows / run.seconds if run.seconds else 0
    left = f"{(total - run.done_rows) / rate:,.0f} s left" if rate else ""
    bar = "#" * round(share * BAR)
    return f"[{bar:{BAR}}] {share:4.0%} {run.done_rows:,}/{total:,} rows, {rate:,.0f}/s, {left:12}"


def _mapping(name: str | None, source: str | None) -> mappings.Mapping:
    if name:
        ready = mappings.READY_MADE / f"{name}.json"
        return mappings.load(ready if ready.exists() else Path(name))
    kept = Source.objects.filter(code=source or "").values_list("mapping", flat=True).first()
    if not kept:
        raise CommandError("Say how the file is to be read: --mapping NAME or --mapping FILE.json")
    return mappings.from_json(kept)


def _expected(options: dict[str, Any], currency: str) -> dict[str, int]:
    expected = {"rows": options["expect_rows"], "orders": options["expect_orders"]}
    if options["expect_total"]:
        try:
            expected["amount"] = int(Decimal(options["expect_total"]).scaleb(digits(currency)))
        except InvalidOperation as error:
            raise CommandError(f"{options['expect_total']} is no amount.") from error
    return {name: value for name, value in expected.items() if value is not None}
