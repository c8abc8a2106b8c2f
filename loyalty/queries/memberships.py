"""Who is a member, and what they see before others do."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone

from config import prepared
from customers.models import Customer
from loyalty.models import Membership

# A membership holds from its beginning until before its end, and where it was not cancelled through its grace.
HOLDS = """
m.starts_at <= %(at)s AND (m.ends_at > %(at)s
    OR m.status = 'paid' AND m.ends_at + make_interval(days => p.grace_days) > %(at)s)
"""
HELD = f"""
SELECT m.id FROM loyalty_membership m JOIN loyalty_plan p ON p.id = m.plan_id
WHERE m.customer_id = %(customer)s AND {HOLDS} ORDER BY m.starts_at DESC LIMIT 1
"""


def memberships(customer: Customer) -> QuerySet[Membership]:
    """All that a customer has ever had, the latest first."""
    found = Membership.objects.filter(customer=customer).select_related("plan__programme", "by", "renewal")
    return found.order_by("-starts_at", "-pk")


def membership_at(customer: Customer, at: datetime | None = None) -> Membership | None:
    """The one that holds at that moment, its grace included; None where there is none."""
    found = prepared.rows(HELD, {"customer": customer.pk, "at": at or timezone.now()})
    return memberships(customer).get(pk=found[0][0]) if found else None


@dataclass(frozen=True)
class Access:
    """May somebody see it now? ``because`` is public, membership or tier; or not_yet, closed or not_theirs."""

    code: str
    name: str
    open: bool
    because: str
    opens_at: datetime
    public_at: datetime | None
    closes_at: datetime | None


# One statement by keys: a shop asks it for every page that shows the item. The customer may be unknown, or nobody.
ACCESS = f"""
SELECT a.code, a.name, a.opens_at, a.public_at, a.closes_at,
    EXISTS (
        SELECT FROM loyalty_membership m JOIN loyalty_plan p ON p.id = m.plan_id
        JOIN loyalty_earlyaccess_plans t ON t.plan_id = p.id AND t.earlyaccess_id = a.id
        WHERE m.customer_id = who.id AND {HOLDS}
    ),
    EXISTS (
        SELECT FROM loyalty_standing s
        JOIN loyalty_tier theirs ON theirs.table_id = tiers.id AND theirs.code = s.tier
        JOIN loyalty_tier wanted ON wanted.table_id = tiers.id AND wanted.code = a.tier
        WHERE s.programme_id = main.id AND s.customer_id = who.id AND theirs.threshold >= wanted.threshold
    )
FROM loyalty_earlyaccess a
LEFT JOIN LATERAL (
    SELECT coalesce(c.merged_into_id, c.id) AS id FROM customers_customer c
    WHERE c.number = %(number)s AND c.status <> 'erased'
) who ON true
LEFT JOIN loyalty_programme main ON main.main
LEFT JOIN LATERAL (
    SELECT id FROM loyalty_tiertable WHERE programme_id = main.id AND starts_at <= %(at)s
    ORDER BY starts_at DESC LIMIT 1
) tiers ON true
WHERE {{which}}
ORDER BY a.opens_at, a.code
"""
ONE = ACCESS.format(which="a.code = %(code)s")
ALL = ACCESS.format(which="(a.closes_at IS NULL OR a.closes_at > %(at)s)")


def access(code: str, *, number: str = "", at: datetime | None = None) -> Access | None:
    """May the customer with this number (or anybody) see it now? None: there is no such early access."""
    at = at or timezone.now()
    found = prepared.rows(ONE, {"code": code, "number": number, "at": at})
    return _access(found[0], at) if found else None


def accesses(*, number: str = "", at: datetime | None = None) -> list[Access]:
    """All that is not closed, with whether the customer may see it now."""
    at = at or timezone.now()
    return [_access(row, at) for row in prepared.rows(ALL, {"number": number, "at": at})]


def _access(row: tuple[object, ...], at: datetime) -> Access:
    code, name, opens_at, public_at, closes_at, member, tier = row
    assert isinstance(opens_at, datetime)
    if isinstance(closes_at, datetime) and at >= closes_at:
        because = "closed"
    elif isinstance(public_at, datetime) and at >= public_at:
        because = "public"
    elif at < opens_at:
        because = "not_yet"
    else:
        because = "membership" if member else "tier" if tier else "not_theirs"
    is_open = because in ("public", "membership", "tier")
    return Access(str(code), str(name), is_open, because, opens_at, public_at, closes_at)  # type: ignore[arg-type]
