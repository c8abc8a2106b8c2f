"""A campaign's customers found with every filter, beside a plain INSERT .. SELECT and bulk_create of as many rows.

    python -m benchmarks.materialising [customers]

Nine in ten consent, one in a hundred is suppressed, five in a hundred are held out, two variants, six time zones. A
second run inserts nothing. All sides write into the same table, or one that is made like it.
"""

import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from datetime import time as clock
from typing import Any

from benchmarks.ground import Bars, customers, ground, in_turns
from benchmarks.ledger_ground import analyse

SHARE, TIMES = 0.25, 3.5
ROUNDS = 3
AT = datetime(2026, 6, 9, 6, tzinfo=UTC)
BULK = 20_000  # rows that bulk_create is asked for: a rate is compared

ZONES = """
UPDATE customers_customer SET zone = (ARRAY['Europe/Berlin', 'Asia/Seoul', 'Asia/Bangkok', 'America/New_York',
    'Pacific/Auckland', ''])[1 + id % 6]
"""
MAILS = """
INSERT INTO customers_emailaddress (customer_id, address, "primary", came_from)
SELECT id, 'c' || id || '@example.com', true, '' FROM customers_customer
"""
CONSENTS = """
INSERT INTO customers_consentdecision (customer_id, channel, purpose, granted, source, wording, at)
SELECT id, 'email', 'offers', id % 10 > 0, 'form', '', '2026-01-01' FROM customers_customer
"""
SUPPRESSIONS = """
INSERT INTO communications_suppression (address, customer_id, reason, bounces)
SELECT 'c' || id || '@example.com', id, 'asked', 0 FROM customers_customer WHERE id % 100 = 0
"""
PLAIN = """
INSERT INTO plain (plan_id, version_id, step_id, step_key, customer_id, anchor_key, channel, variant, priority,
    wanted_at, due_at, state, deferred, reason)
SELECT 1, 1, 1, 'letter', id, 'date', 'email', '', 0, %(at)s, %(at)s, 'planned', '', '' FROM customers_customer
ORDER BY id
"""


def fill(cursor: Any, many: int) -> None:
    customers(many)
    for statement in (ZONES, MAILS, CONSENTS, SUPPRESSIONS):
        cursor.execute(statement)
    cursor.execute("CREATE TABLE plain (LIKE communications_touchpoint INCLUDING ALL)")
    analyse()


def campaign() -> Any:
    """A letter in two variants to everybody."""
    from communications.actions import plans, publishing, templates
    from communications.designs import Design, StepDesign, TestDesign, VariantDesign
    from communications.models import ContactSettings, Plan

    ContactSettings.objects.create(holdout_percent=5)
    texts = {"en": {"subject": "News", "text": "Good day."}}
    letter = templates.make("News", channel="email", purpose="offers", texts=texts)
    variants = (VariantDesign("a", 50), VariantDesign("b", 50, time=clock(18)))
    test = TestDesign("hour", "bench", "bought", 500, date(2026, 6, 30), variants)
    step = StepDesign("letter", "Letter", "email", template_id=letter.pk, test=test)
    design = Design(anchor="date", starts_on=date(2026, 6, 10), at_time=clock(10), purpose="offers", steps=(step,))
    return publishing.publish(plans.create("News", kind=Plan.Kind.CAMPAIGN, design=design, at=AT), at=AT)


def rate(work: Callable[[], int]) -> float:
    """Rows a second."""
    begun = time.perf_counter()
    rows = work()
    return rows / (time.perf_counter() - begun)


def main(many: int) -> None:
    with ground():
        from django.db import connection

        from communications.actions import materialising
        from communications.models import Touchpoint
        from customers.models import Customer

        bars = Bars(f"{many:,} customers")
        with connection.cursor() as cursor:
            fill(cursor, many)
            plan = campaign()
            step = plan.current.steps.get()
            some = list(Customer.objects.order_by("pk").values_list("pk", flat=True)[:BULK])

            def plain() -> int:
                cursor.execute("TRUNCATE plain")
                cursor.execute(PLAIN, {"at": AT})
                return int(cursor.rowcount)

            def bulk() -> int:
                cursor.execute("TRUNCATE communications_touchpoint CASCADE")
                rows = [
                    Touchpoint(
                        plan=plan, version=plan.current, step=step, step_key="letter", customer_id=pk,
                        anchor_key="date", channel="email", wanted_at=AT, due_at=AT,
                    )
                    for pk in some
                ]  # fmt: skip
                return len(Touchpoint.objects.bulk_create(rows, batch_size=1_000))

            def ours() -> int:
                cursor.execute("TRUNCATE communications_touchpoint CASCADE")
                return materialising.materialise(plan, at=AT)

            rates = in_turns({name: lambda work=work: rate(work) for name, work in _sides(plain, bulk, ours)}, ROUNDS)
            begun = time.perf_counter()
            ours_again = materialising.materialise(plan, at=AT)
        assert Touchpoint.objects.count() == many
        assert ours_again == 0
        print("  " + ", ".join(f"{name}: {one:,.0f} rows/s" for name, one in rates.items()))
        print(f"  again: nothing new in {time.perf_counter() - begun:.1f} s")
        bars.at_least("share of the plain INSERT .. SELECT", rates["ours"] / rates["plain"], SHARE)
        bars.at_least("times bulk_create", rates["ours"] / rates["bulk_create"], TIMES)
    bars.end()


def _sides(*works: Callable[[], int]) -> list[tuple[str, Callable[[], int]]]:
    return list(zip(("plain", "bulk_create", "ours"), works, strict=True))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
