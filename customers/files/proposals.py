"""What the first rows of a file say about how it is to be read: proposed to a person, who decides."""

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from django.utils.translation import gettext as _

from customers.files.figures import LAYOUTS, moment_reader
from customers.files.mappings import COLUMNS, DATES, WHITESPACE, WORDS, Mapping
from customers.files.sheets import Row, pieces

LOOKED_AT = 1000  # rows
MOST_WORDS = 30  # of one column that are asked about


def contradiction(rows: Iterable[Row], header: list[str], mapping: Mapping) -> str | None:
    """A sentence where the first rows contradict the date format that the mapping states."""
    place = mapping.place_of("birthday" if mapping.kind == "customers" else "at", header)
    if place is None:
        return None
    read = moment_reader(mapping.date, mapping.zone)
    others = {layout: moment_reader(layout, mapping.zone) for layout in LAYOUTS if layout != mapping.date}
    for line, cells in islice(rows, LOOKED_AT):
        text = cells[place] if place < len(cells) else ""
        if read(text) is None and (right := [layout for layout, reader in others.items() if reader(text)]):
            return _("Line %(line)s has the date %(text)s: that is %(right)s, not %(stated)s.") % {
                "line": line,
                "text": text,
                "right": DATES[right[0]],
                "stated": DATES[mapping.date],
            }
    return None


NAMES = {
    "number": "order number ordernumber orderid invoice invoiceno invoicenumber basket basketid receipt",
    "customer": "customer customerid customernumber client clientid household householdid member",
    "at": "date orderdate invoicedate datetime timestamp transactiontimestamp purchasedat createdat day",
    "time": "time ordertime",
    "product": "product productid productcode sku stockcode item itemcode articleno article",
    "name": "name description productname title",
    "category": "category productcategory",
    "brand": "brand",
    "supplier": "supplier vendor",
    "quantity": "quantity qty count numberofcds pieces units",
    "unit_price": "price unitprice",
    "amount": "amount total linetotal salesvalue dollarvalue value",
    "discount": "discount retaildisc rebate",
    "tax": "tax vat",
    "shipping": "shipping postage",
    "channel": "channel",
    "store": "store storeid shop",
    "currency": "currency",
    "email": "email emailaddress mail",
    "phone": "phone telephone mobile",
    "birthday": "birthday dateofbirth birthdate",
    "language": "language",
    "zone": "zone timezone",
    "country": "country",
    "city": "city town",
    "street": "street address address1",
    "postcode": "postcode zip postalcode",
    "region": "region state",
    "key": "key id eventid",
    "verb": "verb event type",
    "kind": "kind",
    "subject": "subject issue shortdescription",
    "text": "text message consumercomplaintnarrative",
    "theme": "theme",
    "theme_part": "subtheme",
    "moment": "sysupdatedat updatedat",
    "state": "state status incidentstate",
    "closed": "closed closedat dateclosed",
    "acknowledged": "acknowledged acknowledgedat",
    "answered": "answered answeredat firstresponseat",
    "severity": "severity urgency",
    "impact": "impact",
    "root_cause": "rootcause closedcode",
    "kept": "madesla timelyresponse",
    "message": "messagetext comment body",
    "said_by": "saidby direction",
    "author": "author",
}


@dataclass(frozen=True)
class Proposal:
    """A mapping to begin with, and what could not be told from the file: a person has to say it."""

    mapping: Mapping
    open_questions: tuple[str, ...]


def propose(path: Path, kind: str = "purchases") -> Proposal:
    """What the first bytes of a file speak for. Raises FileDamaged."""
    start = next(pieces(path, 1 << 16), b"")
    encoding = _encoding(start)
    text = start.decode(encoding, errors="replace")
    lines = [line for line in text.splitlines() if line.strip()][:LOOKED_AT]
    separator = _separator(lines)
    table = [line.split() for line in lines] if separator == WHITESPACE else _divided(lines, separator)
    header = bool(table) and not any(any(sign.isdigit() for sign in cell) for cell in table[0])
    names = [cell.strip(' "\ufeff') for cell in table[0]] if header else []
    columns = {ours: found for ours in COLUMNS[kind] if (found := _column(names, ours))}
    place = names.index(columns["at"]) if "at" in columns else None
    dates = [row[place].strip(' "') for row in table[1:-1] if place is not None and place < len(row)]
    layouts = [layout for layout in LAYOUTS if dates and all(map(moment_reader(layout, "UTC"), dates))]
    mapping = Mapping(
        columns=columns,
        kind=kind,
        encoding=encoding,
        separator=separator,
        header=header,
        decimal="," if separator == ";" else ".",
        date=layouts[0] if len(layouts) == 1 else "",
        values=_untranslated(columns, names, table[1:]) if kind == "cases" else {},
    )
    return Proposal(mapping, () if len(layouts) == 1 or not dates else ("date" if layouts else "odd_date",))


def _divided(lines: list[str], separator: str) -> list[list[str]]:
    try:
        return [row for row in csv.reader(lines, delimiter=separator) if row]
    except csv.Error:
        return [line.split(separator) for line in lines]


def _untranslated(columns: dict[str, str], names: list[str], rows: list[list[str]]) -> dict[str, dict[str, str]]:
    """Words of the file that are none of ours, each with a question mark for a person to replace."""
    found: dict[str, dict[str, str]] = {}
    for ours in sorted(columns.keys() & WORDS.keys()):
        place = names.index(columns[ours])
        said = {row[place].strip() for row in rows if place < len(row)} - {""}
        if strange := sorted(word for word in said if word.lower() not in WORDS[ours]):
            found[ours] = dict.fromkeys(strange[:MOST_WORDS], "?")
    return found


def _encoding(start: bytes) -> str:
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    try:
        start[:-4].decode("utf-8")
    except UnicodeDecodeError as error:
        return "utf-8-sig" if error.start > len(start) - 8 else "cp1252"
    return "utf-8-sig"


def _separator(lines: list[str]) -> str:
    """The sign that divides most lines into as many columns as the first; of several, the one that makes the most."""
    some, found = lines[:50], []
    for sign in ("\t", ";", "|", ","):
        widths = [len(row) for row in _divided(some, sign)]
        if widths and widths[0] > 1 and 2 * widths.count(widths[0]) > len(widths):
            found.append((widths.count(widths[0]) / len(widths), widths[0], sign))
    if found:
        return max(found, key=lambda each: each[:2])[2]
    return WHITESPACE if lines and min(len(line.split()) for line in lines) > 1 else ","


def _column(names: list[str], ours: str) -> str | None:
    known = {ours.replace("_", ""), *NAMES.get(ours, "").split()}
    return next((name for name in names if re.sub("[^a-z0-9]", "", name.lower()) in known), None)
