"""A mapping says how a file is to be read. All of it is said, nothing is guessed while reading."""

import codecs
import json
import re
from collections.abc import Mapping as Dict
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

READY_MADE = Path(__file__).resolve().parent.parent / "mappings"
WHITESPACE = "whitespace"
SEPARATORS = {
    ",": gettext_lazy("comma"),
    ";": gettext_lazy("semicolon"),
    "\t": gettext_lazy("tabulator"),
    "|": gettext_lazy("vertical bar"),
    WHITESPACE: gettext_lazy("blanks"),
}
ENCODINGS = ("utf-8-sig", "cp1252", "iso-8859-1", "utf-16", "cp949", "tis-620")
DATES = {
    "iso": gettext_lazy("year-month-day, 2026-03-31"),
    "d/m/y": gettext_lazy("day, month, year: 31/03/2026 or 31.3.2026"),
    "m/d/y": gettext_lazy("month, day, year: 03/31/2026"),
    "yyyymmdd": gettext_lazy("eight digits: 20260331"),
}
KINDS = ("purchases", "customers", "facts", "cases")

COLUMNS = {
    "purchases": [
        "number",
        "customer",
        "at",
        "time",
        "product",
        "name",
        "category",
        "brand",
        "supplier",
        "margin_class",
        "quantity",
        "unit_price",
        "amount",
        "discount",
        "tax",
        "shipping",
        "gift_card",
        "points_paid",
        "channel",
        "store",
        "currency",
    ],
    "customers": [
        "number",
        "name",
        "email",
        "phone",
        "birthday",
        "language",
        "zone",
        "country",
        "city",
        "street",
        "postcode",
        "region",
        "like",
        "dislike",
        "brand",
    ],
    "facts": ["key", "customer", "verb", "at", "time"],
    "cases": [
        *("number", "customer", "name", "email", "at", "time", "kind", "channel", "language", "subject", "text"),
        *("theme", "theme_part", "product", "store", "severity", "impact"),
        *("moment", "state", "acknowledged", "answered", "closed", "outcome", "outcome_reason"),
        *("root_cause", "root_cause_part", "kept", "message", "said_by", "author"),
    ],
}
# What cells of some columns of cases may say; a file's own words are translated by ``values``.
WORDS = {
    "kind": ("complaint", "suggestion", "praise", "question", "review"),
    "channel": ("web", "email", "phone", "social", "paper", "person", "api", "file", "survey"),
    "state": ("received", "acknowledged", "investigating", "customer", "third", "closed"),
    "severity": ("1", "2", "3", "4"),
    "impact": ("1", "2", "3", "4"),
    "outcome": ("upheld", "partly", "not"),
    "kept": ("yes", "no"),
    "said_by": ("customer", "us", "note"),
}
NEEDED = {
    "purchases": ("customer", "at", "quantity"),
    "customers": ("number",),
    "facts": ("key", "customer", "verb", "at"),
    "cases": ("at", "subject"),
}


class MappingRefused(ValidationError):
    """A mapping that does not fit; ``code`` says why.

    It is one of ``unknown_setting``, ``column_missing``, ``column_needed``, ``date_contradicts``, ``bad_choice``.
    """


@dataclass(frozen=True)
class Mapping:
    """How a file is read. ``columns`` gives the file's column for each of ours: a name of the header, or a number
    from 1 where there is none; ``discount`` and what is said of cases may name several, divided by ``+``.
    """

    columns: Dict[str, str]
    name: str = ""
    kind: str = "purchases"
    encoding: str = "utf-8-sig"
    separator: str = ","
    header: bool = True
    decimal: str = "."
    date: str = "iso"
    zone: str = "UTC"
    currency: str = ""
    create_customers: bool = True
    customer_prefix: str = ""
    numbered: bool = True  # False: no order numbers; every row is an order, numbered within its customer and day
    returns_start: str = ""  # order numbers that start so are returns; rows with a negative quantity always are
    adjustments: str = ""  # order numbers that match this pattern are no sales
    left_out: tuple[str, ...] = ()  # of price_zero, quantity_zero: such a row alone is refused, not its order
    constants: Dict[str, str] = field(default_factory=dict)  # channel, store
    products: Dict[str, str] = field(default_factory=dict)  # columns of a products file: product, name, category, …
    values: Dict[str, Dict[str, str]] = field(default_factory=dict)  # by column of ours: the file's word, our word
    empty: tuple[str, ...] = ()  # what cells of cases say where they say nothing
    judged: bool = True  # settled cases are judged by the promises that hold now, as if these had held then

    def as_json(self) -> dict[str, Any]:
        return json.loads(json.dumps(asdict(self)))

    def place_of(self, name: str, header: list[str]) -> int | None:
        """Where our column stands in the file; None where it is not mapped."""
        column = self.columns.get(name)
        return None if not column else header.index(column)


def from_json(settings: Dict[str, Any]) -> Mapping:
    """A mapping from what was kept or sent. Raises MappingRefused."""
    unknown = set(settings) - set(Mapping.__dataclass_fields__)
    if unknown:
        raise MappingRefused(_("There is no setting %s.") % ", ".join(sorted(unknown)), code="unknown_setting")
    mapping = Mapping(
        **{
            **settings,
            "columns": {key: str(column) for key, column in settings.get("columns", {}).items() if column},
            "left_out": tuple(settings.get("left_out", ())),
            "empty": tuple(settings.get("empty", ())),
        }
    )
    check(mapping)
    return mapping


def check(mapping: Mapping) -> None:
    """Raise MappingRefused where a mapping cannot be, whatever the file."""
    choices = {"kind": KINDS, "separator": SEPARATORS, "decimal": ".,", "date": DATES}
    for name, allowed in choices.items():
        if getattr(mapping, name) not in allowed or not getattr(mapping, name):
            raise MappingRefused(
                _("%(value)s is no %(name)s that can be read.") % {"value": getattr(mapping, name), "name": name},
                code="bad_choice",
            )
    try:
        codecs.lookup(mapping.encoding)
        ZoneInfo(mapping.zone)
        re.compile(mapping.adjustments)
    except (LookupError, ZoneInfoNotFoundError, ValueError, OSError, re.error) as error:
        raise MappingRefused(_("The mapping cannot be used: %s.") % error, code="bad_choice") from error
    if mapping.separator == mapping.decimal:
        raise MappingRefused(_("A comma cannot divide columns and decimals both."), code="bad_choice")
    _check_columns(mapping)


def _check_columns(mapping: Mapping) -> None:
    unknown = set(mapping.columns) - set(COLUMNS[mapping.kind])
    if mapping.kind != "facts" and unknown:
        raise MappingRefused(_("There is no field %s.") % ", ".join(sorted(unknown)), code="unknown_setting")
    needed = list(NEEDED[mapping.kind])
    if mapping.kind in ("purchases", "cases") and mapping.numbered:
        needed.append("number")
    for name in needed:
        if not mapping.columns.get(name):
            raise MappingRefused(_("Say which column has the %s.") % name, code="column_needed")
    if mapping.kind == "cases":
        _check_words(mapping)
    if mapping.kind == "purchases":
        if not (mapping.columns.get("unit_price") or mapping.columns.get("amount")):
            raise MappingRefused(_("Say which column has the price or the amount."), code="column_needed")
        if not (mapping.columns.get("currency") or re.fullmatch("[A-Z]{3}", mapping.currency)):
            raise MappingRefused(_("Say which currency the amounts are in."), code="column_needed")


def _check_words(mapping: Mapping) -> None:
    said = {name: set(words.values()) - {""} for name, words in mapping.values.items()}
    said |= {name: {word} for name, word in mapping.constants.items() if name in WORDS and word}
    for name, words in said.items():
        if wrong := sorted(words - set(WORDS.get(name, ()))):
            raise MappingRefused(
                _("%(word)s is no %(name)s; it may be %(words)s.")
                % {"word": wrong[0], "name": name, "words": ", ".join(WORDS.get(name, ())) or "—"},
                code="bad_choice",
            )
    for name in ("kind", "channel"):
        if not (mapping.columns.get(name) or mapping.constants.get(name)):
            raise MappingRefused(_("Say which column has the %s.") % name, code="column_needed")


def check_header(mapping: Mapping, header: list[str]) -> None:
    """Raise MappingRefused where the file has not the columns that the mapping names."""
    for column in mapping.columns.values():
        for part in column.split("+"):
            if part not in header:
                raise MappingRefused(
                    _("The file has no column %(column)s; it has %(header)s.")
                    % {"column": part, "header": ", ".join(header[:30])},
                    code="column_missing",
                )


def ready_made() -> dict[str, Mapping]:
    """The mappings that come with the product, by name."""
    return {path.stem: load(path) for path in sorted(READY_MADE.glob("*.json"))}


def load(path: Path) -> Mapping:
    """A mapping from a file. Raises MappingRefused."""
    try:
        settings = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise MappingRefused(_("The mapping cannot be read: %s.") % error, code="bad_choice") from error
    return from_json({"name": path.stem} | settings)
