"""What each customer stands for. The quotas of a draw are about these features."""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers.models import Customer, Profile

FEATURES: dict[str, Promise] = {
    "tier": _("tier"),
    "region": _("region"),
    "spend": _("spend"),
    "tenure": _("customer for"),
    "satisfaction": _("satisfaction"),
    "product": _("buys most"),
}
VALUES: dict[str, Promise] = {
    "low": _("low"), "middle": _("middle"), "high": _("high"), "top": _("the top tenth"),
    "new": _("less than a year"), "settled": _("one to three years"), "long": _("more than three years"),
    "promoter": _("would recommend us"), "passive": _("neither"), "detractor": _("would not recommend us"),
    "unknown": _("not known"), "none": _("none"), "other": _("others"),
}  # fmt: skip
LAST = ("other", "none", "unknown")
BANDS = ("low", "middle", "high", "top")
SHARES = (0.3, 0.7, 0.9)  # where a band ends, of all with the same currency
MOST_VALUES = 8  # of one feature; the rest are "other"
YEAR = timedelta(days=365)
FAVOURITE = """
SELECT DISTINCT ON (p.customer_id) p.customer_id, l.category
FROM customers_line l JOIN customers_purchase p ON p.id = l.purchase_id
WHERE l.category <> '' AND p.status = 'standing'
GROUP BY p.customer_id, l.category
ORDER BY p.customer_id, sum(l.amount) DESC, l.category
"""

Traits = dict[str, str]


@dataclass(frozen=True)
class Row:
    pk: int
    number: str
    traits: Traits


def base() -> QuerySet[Profile]:
    """Whom the board speaks for: everybody who has bought something."""
    return Profile.objects.filter(customer__status=Customer.Status.ACTIVE, purchases__gt=0)


def everybody(features: Sequence[str], *, at: datetime) -> list[Row]:
    """All of the base with what they stand for, in the order of their ids; in three statements for any number."""
    rows: list[Any] = list(
        base().order_by("customer_id").values(
            "customer_id", "customer__number", "customer__country", "customer__city", "tier", "currency", "gross",
            "returned", "first_purchase_at", "nps",
        )
    )  # fmt: skip
    readers: dict[str, Callable[[dict[str, Any]], str]] = {
        "tier": lambda row: row["tier"] or "none",
        "region": _region(rows),
        "spend": _spend(rows),
        "tenure": lambda row: tenure(row["first_purchase_at"], at),
        "satisfaction": lambda row: satisfaction(row["nps"]),
        "product": _product(rows) if "product" in features else lambda row: "",
    }
    chosen = [(feature, readers[feature]) for feature in features]
    return [
        Row(row["customer_id"], row["customer__number"], {feature: read(row) for feature, read in chosen})
        for row in rows
    ]


def counts(rows: Iterable[Traits], features: Sequence[str]) -> dict[str, dict[str, int]]:
    """How many stand for what, the most frequent value first."""
    counted: dict[str, Counter[str]] = {feature: Counter() for feature in features}
    for traits in rows:
        for feature in features:
            counted[feature][traits.get(feature, "")] += 1
    return {feature: dict(counter.most_common()) for feature, counter in counted.items()}


def label(value: str) -> str:
    return str(VALUES.get(value, value))


def ordered(counted: Mapping[str, int]) -> list[str]:
    """Values as people read them: from low to top where they have an order, else the most frequent first."""
    places = {value: place for place, value in enumerate(VALUES)}

    def place(value: str) -> tuple[bool, int, int, str]:
        return (value in LAST, places.get(value, len(places)), -counted[value], value)

    return sorted(counted, key=place)


def tenure(since: datetime | None, at: datetime) -> str:
    if since is None or at - since < YEAR:
        return "new"
    return "settled" if at - since < 3 * YEAR else "long"


def satisfaction(nps: int | None) -> str:
    if nps is None:
        return "unknown"
    return "promoter" if nps >= 9 else "passive" if nps >= 7 else "detractor"


def _region(rows: list[dict[str, Any]]) -> Callable[[dict[str, Any]], str]:
    """By country; where nearly all live in one, by city."""
    countries = Counter(row["customer__country"] for row in rows if row["customer__country"])
    most = countries.most_common(1)[0][1] if countries else 0
    key = "customer__city" if most > 0.9 * sum(countries.values()) else "customer__country"
    return _frequent([row[key] for row in rows], lambda row: row[key])


def _product(rows: list[dict[str, Any]]) -> Callable[[dict[str, Any]], str]:
    with connection.cursor() as cursor:
        cursor.execute(FAVOURITE)
        favourite = dict(cursor.fetchall())
    return _frequent(
        [favourite.get(row["customer_id"], "") for row in rows], lambda row: favourite.get(row["customer_id"], "")
    )


def _frequent(values: Iterable[str], of: Callable[[dict[str, Any]], str]) -> Callable[[dict[str, Any]], str]:
    """A value as it is where it is one of the frequent ones, else "other"."""
    counted = Counter(value for value in values if value)
    kept = {value for value, _count in sorted(counted.items(), key=lambda one: (-one[1], one[0]))[:MOST_VALUES]}

    def read(row: dict[str, Any]) -> str:
        value = of(row)
        return value if value in kept else "other" if value else "unknown"

    return read


def _spend(rows: list[dict[str, Any]]) -> Callable[[dict[str, Any]], str]:
    """In bands among those who buy in the same currency: amounts of two are not compared."""
    amounts: defaultdict[str, list[int]] = defaultdict(list)
    for row in rows:
        amounts[row["currency"]].append(row["gross"] - row["returned"])
    ends = {}
    for currency, values in amounts.items():
        values.sort()
        ends[currency] = [values[min(len(values) - 1, int(share * len(values)))] for share in SHARES]
    return lambda row: BANDS[bisect_right(ends[row["currency"]], row["gross"] - row["returned"])]
