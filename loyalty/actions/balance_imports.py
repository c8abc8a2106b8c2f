"""Balances of an older system come in as a file, whole or not at all, and only if they sum to what was declared."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.models import Customer
from loyalty import arithmetic
from loyalty.actions import points, programmes
from loyalty.actions.points import BY_RULE, Points
from loyalty.actions.refusals import ControlTotalDiffers
from loyalty.models import BalanceImport, Programme
from people.models import User

AT_ONCE = 5000
SHOWN = 20
MOST = 10**12


class FileRefused(ValidationError):
    """``no_columns``, ``no_rows``, ``import_known``, or ``rows_wrong``, whose message names the first lines."""


@dataclass(frozen=True)
class Row:
    """A line of the file. Without a date the points expire by the programme's rule."""

    line: int
    number: str
    points: int
    last_day: date | None


@dataclass(frozen=True)
class Checked:
    """What a file would bring in."""

    rows: list[Row]
    customers: dict[str, int]

    @property
    def points(self) -> int:
        return sum(row.points for row in self.rows)


def check(lines: Iterable[str], *, declared: int) -> Checked:
    """Read a file of ``customer,points,expires`` (the last day, may be left out) and write nothing.

    Raises FileRefused or ControlTotalDiffers.
    """
    return check_rows(read(lines), declared=declared)


def read(lines: Iterable[str]) -> list[Row | str]:
    """The rows of a file, or what is wrong with them. Raises FileRefused where the columns are not there."""
    found = csv.DictReader(lines)
    if not {"customer", "points"} <= set(found.fieldnames or ()):
        raise FileRefused(_("The first line must name the columns customer and points."), "no_columns")
    return [_row(found.line_num, cells) for cells in found]


def check_rows(rows: Sequence[Row | str], *, declared: int, programme: Programme | None = None) -> Checked:
    """What these rows would bring in. Raises FileRefused or ControlTotalDiffers."""
    rules = programme or programmes.main(fresh=True)
    today = arithmetic.local_day(timezone.now(), rules.zone)
    rows = [_lasting(row, today) if isinstance(row, Row) else row for row in rows]
    customers = _known({row.number for row in rows if isinstance(row, Row)})
    good = [row for row in rows if isinstance(row, Row)]
    wrong = [row for row in rows if isinstance(row, str)]
    wrong += [_("line %(line)s: there is no customer %(number)s") % {"line": row.line, "number": row.number}
              for row in good if row.number not in customers]  # fmt: skip
    if wrong:
        told = "; ".join(str(one) for one in wrong[:SHOWN])
        raise FileRefused(
            _("Nothing was written: %(many)s lines are wrong. %(told)s"), "rows_wrong",
            {"many": len(wrong), "told": told},
        )  # fmt: skip
    if not good:
        raise FileRefused(_("The file has no rows."), "no_rows")
    checked = Checked(good, customers)
    if checked.points != declared:
        raise ControlTotalDiffers(declared, checked.points)
    return checked


def bring_in(lines: Iterable[str], **about: Any) -> BalanceImport:
    """The same as ``bring_in_rows`` for the rows of a file."""
    return bring_in_rows(read(lines), **about)


@transaction.atomic
def bring_in_rows(
    rows: Sequence[Row | str],
    *,
    name: str,
    declared: int,
    by: User | None = None,
    at: datetime | None = None,
    programme: Programme | None = None,
) -> BalanceImport:
    """Bring the balances in, all rows or none. A name is used once: a file sent again is refused.

    Raises FileRefused, ControlTotalDiffers, or what keeps a row out (WalletFrozen, WalletClosed).
    """
    rules, at = programme or programmes.main(fresh=True), at or timezone.now()
    list(Programme.objects.select_for_update(no_key=True).filter(pk=rules.pk))  # one import at a time
    if BalanceImport.objects.filter(programme=rules, name=name).exists():
        raise FileRefused(_("%(name)s was brought in before."), "import_known", {"name": name})
    checked = check_rows(rows, declared=declared, programme=rules)
    asked = [
        Points(
            checked.customers[row.number],
            row.points,
            at,
            natural_key=f"balance:{rules.pk}:{name}:{row.line}",
            reference=name,
            reason=name,
            expires_at=_expiry(row, rules),
        )
        for row in checked.rows
    ]
    for start in range(0, len(asked), AT_ONCE):
        some = asked[start : start + AT_ONCE]
        points.bring_in(some, declared=sum(one.points for one in some), by=by, programme=rules)
    return BalanceImport.objects.create(
        programme=rules, name=name, rows=len(asked), points=checked.points, declared=declared, at=at, by=by
    )


def _expiry(row: Row, rules: Programme) -> datetime | None:
    """The beginning of the day after the last, in the programme's zone."""
    if row.last_day is None:
        return BY_RULE
    return arithmetic.start_of(row.last_day + timedelta(days=1), rules.zone)


def _row(line: int, cells: Mapping[str, str | None]) -> Row | str:
    number, many = (cells.get("customer") or "").strip(), (cells.get("points") or "").strip()
    if not number:
        return _("line %(line)s: no customer") % {"line": line}
    if not (many.isascii() and many.isdigit() and 0 < int(many) < MOST):
        return _("line %(line)s: %(points)s is no number of points") % {"line": line, "points": many[:20]}
    said = (cells.get("expires") or "").strip()
    try:
        last = date.fromisoformat(said) if said else None
    except ValueError:
        return _("line %(line)s: %(day)s is no day (2026-12-31)") % {"line": line, "day": said[:20]}
    return Row(line, number, int(many), last)


def _lasting(row: Row, today: date) -> Row | str:
    if row.last_day is not None and row.last_day < today:
        return _("line %(line)s: the points have expired") % {"line": row.line}
    return row


def _known(numbers: set[str]) -> dict[str, int]:
    """Ids by number; who was merged is whom they were merged into."""
    found = Customer.objects.filter(number__in=numbers).exclude(status=Customer.Status.ERASED)
    return {number: into or pk for number, pk, into in found.values_list("number", "pk", "merged_into")}
