"""How long points last for whom, and why a lot expires when it does."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db.models import F, Q
from django.utils import formats
from django.utils.translation import gettext as _

from config import prepared
from loyalty import lasting as lastings
from loyalty.arithmetic import local_day
from loyalty.lasting import Lasting
from loyalty.models import Lot, Programme, Tier, Wallet

STANDING = "SELECT customer_id, tier FROM loyalty_standing WHERE programme_id = %s AND customer_id = ANY(%s)"

# By programme and its version, which a new tier table makes: from when on, and the months of each tier that has some.
_tiers: dict[int, tuple[int, list[tuple[datetime, dict[str, int | None]]]]] = {}


def lasting_of(programme: Programme, customer_ids: Collection[int], at: datetime) -> dict[int, Lasting]:
    """How long what these customers earn lasts, where their tier has it otherwise than the programme.

    Nobody is asked for, and no query is paid, where no tier has.
    """
    months = _months(programme, at) if programme.tiered else {}
    if not any(value is not None for value in months.values()):
        return {}
    lowest, found = next(iter(months)), {}
    standing = dict(prepared.rows(STANDING, [programme.pk, list(customer_ids)]))
    for customer in customer_ids:
        own = months.get(standing.get(customer, lowest))
        if own is not None:
            found[customer] = _lasting(own, programme)
    return found


def of_tier(tier: Tier, programme: Programme) -> Lasting:
    """How long what is earned in this tier lasts."""
    return programme.lasting if tier.points_last is None else _lasting(tier.points_last, programme)


def _lasting(months: int, programme: Programme) -> Lasting:
    return programme.lasting_for(months) if months else lastings.NEVER


def lasting_for(programme: Programme, customer_id: int | None, at: datetime) -> Lasting:
    """The same for one customer, or for anybody."""
    found = lasting_of(programme, [customer_id], at) if customer_id else {}
    return found.get(customer_id or 0) or programme.lasting


def _months(programme: Programme, at: datetime) -> dict[str, int | None]:
    """Of the tiers that apply at that moment, the lowest first."""
    version, tables = _tiers.get(programme.pk, (0, []))
    if version != programme.version:
        tables = _read(programme)
        _tiers[programme.pk] = (programme.version, tables)
    return next((months for starts_at, months in tables if starts_at <= at), {})


def _read(programme: Programme) -> list[tuple[datetime, dict[str, int | None]]]:
    """Of each table that was applied, the latest first."""
    tables: dict[Any, dict[str, int | None]] = {}
    rows = Tier.objects.filter(table__programme=programme, table__starts_at__isnull=False)
    rows = rows.order_by("-table__starts_at", "threshold")
    for starts_at, code, months in rows.values_list("table__starts_at", "code", "points_last"):
        tables.setdefault(starts_at, {})[code] = months
    return list(tables.items())


def open_lots(wallet: Wallet, most: int = 200) -> list[Lot]:
    """What is pending or available, in the order in which it is used up."""
    there = Lot.objects.filter(Q(available__gt=0) | Q(pending__gt=0), wallet=wallet).select_related("origin")
    return list(there.order_by(F("expires_at").asc(nulls_last=True), "earned_at", "pk")[:most])


def reasons(lots: Collection[Lot], programme: Programme) -> dict[int, str]:
    """Why these lots, with their origins, expire when they do: a phrase for each, by its id."""
    return {lot.pk: _why(lot, programme) for lot in lots}


def _why(lot: Lot, programme: Programme) -> str:
    said: Any = lot.origin.meta.get("lasts")
    if said is None:
        return "" if lot.expires_at is None else _("a date of its own")
    lasting = lastings.read(said)
    rule = lastings.in_words(lasting)
    if "rule" in said:
        rule = _("%(when)s, by the rule %(rule)s") % {"when": rule, "rule": said["rule"]}
    elif "tier" in said:
        rule = _("%(when)s, as in the tier that the customer had") % {"when": rule}
    if lot.slid_at:
        day = formats.date_format(local_day(lot.slid_at, programme.zone))
        return _("%(when)s: that was on %(day)s") % {"when": rule, "day": day}
    if lot.source_id and lot.expires_at != lasting.of(lot.earned_at, lot.activates_at, programme.zone):
        return _("%(when)s; they had come back, or moved, after that") % {"when": rule}
    return rule
