"""Whether customers may and can be reached, as pieces of SQL: the same where campaigns find them and where they are
judged when something is due. ``c`` is the customer, ``address`` where the channel goes.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import connection

from communications import timing
from communications.buckets import BUCKETS
from communications.models import ContactSettings, Experiment, PlanVersion
from communications.queries.addresses import DEVICES

# Where each channel goes.
ADDRESSES = {
    "email": "(SELECT e.address FROM customers_emailaddress e WHERE e.customer_id = c.id AND e.primary LIMIT 1)",
    "sms": "(SELECT p.number FROM customers_phone p WHERE p.customer_id = c.id AND p.primary LIMIT 1)",
    "phone": "(SELECT p.number FROM customers_phone p WHERE p.customer_id = c.id AND p.primary LIMIT 1)",
    "post": "(SELECT 'post' FROM customers_postaladdress a WHERE a.customer_id = c.id AND a.primary LIMIT 1)",
    "push": f"(SELECT '{DEVICES}' FROM communications_pushsubscription d WHERE d.customer_id = c.id LIMIT 1)",
}
JOINS = {
    "email": "LEFT JOIN customers_emailaddress e ON e.customer_id = c.id AND e.primary "
    "LEFT JOIN communications_suppression s ON s.address = e.address AND s.lifted_at IS NULL",
    "sms": "LEFT JOIN customers_phone e ON e.customer_id = c.id AND e.primary "
    "LEFT JOIN communications_suppression s ON s.address = e.number AND s.lifted_at IS NULL",
    "phone": "LEFT JOIN customers_phone e ON e.customer_id = c.id AND e.primary "
    "LEFT JOIN communications_suppression s ON s.address = e.number AND s.lifted_at IS NULL",
    "post": "LEFT JOIN customers_postaladdress e ON e.customer_id = c.id AND e.primary "
    "LEFT JOIN communications_suppression s ON false",
    "push": "LEFT JOIN LATERAL (SELECT d.id FROM communications_pushsubscription d WHERE d.customer_id = c.id "
    "LIMIT 1) e ON true LEFT JOIN communications_suppression s ON false",
}

CONSENT = """coalesce((
    SELECT d.granted FROM customers_consentdecision d
    WHERE d.customer_id = c.id AND d.channel = {channel} AND d.purpose = {purpose}
    ORDER BY d.at DESC, d.id DESC LIMIT 1
), false)"""

# Calls that are made by hand, of customers who still are one; in the order of the rules.
CALLS = f"""
SELECT c.id, CASE
    WHEN e.id IS NULL THEN 'no_address'
    WHEN NOT {CONSENT.format(channel="'phone'", purpose="%(purpose)s")} THEN 'no_consent'
    WHEN s.id IS NOT NULL THEN 'suppressed'
    WHEN EXISTS (SELECT FROM communications_hold h WHERE h.customer_id = c.id AND h.lifted_at IS NULL) THEN 'hold'
    WHEN EXISTS (SELECT FROM communications_humantask t WHERE t.customer_id = c.id AND t.kind = 'call'
        AND t.state = 'open') THEN 'already_active'
    ELSE '' END
FROM customers_customer c {JOINS["phone"]} WHERE c.id = ANY(%(customers)s)
"""


def against_a_call(customers: Sequence[int], *, purpose: str) -> dict[int, str]:
    """Why customers are not to be called, by a code; who may be is not in it. ``already_active``: a call waits."""
    with connection.cursor() as cursor:
        cursor.execute(CALLS, {"customers": list(customers), "purpose": purpose})
        return {pk: code for pk, code in cursor.fetchall() if code}


def bucket(salt: str, key: str = "c.number") -> str:
    """``communications.buckets.bucket`` in SQL: the first eight bytes of SHA-256 of "salt:key", mod 10,000.

    They are taken as two halves, since a bigint has a sign; 2**32 is 7,296 mod 10,000. OFFSET 0 keeps PostgreSQL from
    working the hash out for each of them.
    """
    hashed = f"encode(sha256(convert_to({salt} || ':' || {key}, 'UTF8')), 'hex')"
    high, low = (f"('x' || substr(h, {start}, 8))::bit(32)::bigint" for start in (1, 9))
    draw = f"(({high} %% {BUCKETS}) * {2**32 % BUCKETS} + {low}) %% {BUCKETS}"
    return f"(SELECT {draw} FROM (SELECT {hashed} AS h OFFSET 0) hashed)"


def verdict(version: PlanVersion, settings: ContactSettings) -> str:
    """Why not, or nothing, in the order of the rules: consent, suppression, hold-out."""
    if not version.marketing:
        return "CASE WHEN e.id IS NULL THEN 'no_address' ELSE '' END"
    cases = [
        ("e.id IS NULL", "no_address"),
        ("NOT " + CONSENT.format(channel="%(channel)s", purpose="%(purpose)s"), "no_consent"),
        ("s.id IS NOT NULL", "suppressed"),
    ]
    if settings.holdout_percent:
        cases.append((f"{bucket('%(holdout_salt)s')} < %(holdout)s", "holdout"))
    if version.holdout_percent:
        cases.append((f"{bucket('%(own_salt)s')} < %(own_holdout)s", "holdout_of_plan"))
    return "CASE " + " ".join(f"WHEN {condition} THEN '{code}'" for condition, code in cases) + " ELSE '' END"


def numbers(version: PlanVersion, settings: ContactSettings) -> Mapping[str, object]:
    """The values that ``verdict`` names."""
    return {
        "holdout_salt": settings.holdout_salt,
        "holdout": round(settings.holdout_percent * BUCKETS / 100),
        "own_salt": own_salt(version.plan_id),
        "own_holdout": version.holdout_percent * BUCKETS // 100,
    }


def own_salt(plan_id: int) -> str:
    """What draws those who are held out of one plan."""
    return f"plan-{plan_id}"


def variant_drawn(experiment: Experiment | None, at: datetime) -> tuple[str, dict[str, object]]:
    """The variant of a test, drawn by the customer's bucket, and the values that this names."""
    if experiment is None or timing.business_date(at) > experiment.ends_on:
        return "''", {}
    drawn, upto, cases = bucket("%(draw)s"), 0, []
    values: dict[str, object] = {"draw": experiment.salt}
    variants = sorted(experiment.variants.all(), key=lambda one: one.key)
    for place, variant in enumerate(variants):
        upto += variant.share * BUCKETS // 100
        values |= {f"upto_{place}": upto, f"variant_{place}": variant.key}
        cases.append(f"WHEN drawn < %(upto_{place})s THEN %(variant_{place})s::text")
    chosen = f"CASE {' '.join(cases)} ELSE %(variant_{len(variants) - 1})s::text END"
    return f"(SELECT {chosen} FROM (SELECT {drawn} AS drawn) bucket)", values
