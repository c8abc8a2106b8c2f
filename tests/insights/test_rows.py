"""Rows of buyers follow the purchases, whatever happens to these; adding all up anew gives the same."""

import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import Sum
from django.db.utils import IntegrityError

from customers.actions import merging, privacy, purchases, returns
from customers.models import Customer, Purchase
from insights.actions import rows
from insights.models import Buyer, BuyerMonth, DirtyMonth, MonthTotal, TouchedMonth
from tests.factories.customers import customer
from tests.factories.insights import bought, follow
from tests.factories.purchases import purchase

pytestmark = pytest.mark.django_db(transaction=True)
MONTH = ["customer_id", "month", "currency", "channel", "orders", "kept", "amount", "returned"]
MONTH += ["days", "amounts", "backs"]
BUYER = ["customer_id", "currency", "orders", "kept", "amount", "returned", "first_day", "last_day"]
BUYER += ["days", "spent", "months", "alone"]


def kept() -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    """The rows of customers. Those of all customers are these added up, at any time."""
    added_up = BuyerMonth.objects.values_list("month", "currency", "channel").annotate(
        orders=Sum("orders"), amount=Sum("amount"), returned=Sum("returned")
    )
    totals = MonthTotal.objects.values_list("month", "currency", "channel", "orders", "amount", "returned")
    assert sorted(totals) == sorted(added_up)
    months = BuyerMonth.objects.order_by("customer", "month", "currency", "channel").values_list(*MONTH)
    return list(months), list(Buyer.objects.order_by("customer", "currency").values_list(*BUYER))


def test_a_purchase_is_added_up_in_its_month_and_what_comes_back_in_the_same():
    who = customer()
    first = bought(who, "2026-03-02", 1000, channel="web")
    bought(who, "2026-03-20", 500, channel="web")
    bought(who, "2026-04-01", 700, channel="store")
    follow()
    returns.record(first, {1: Decimal(1)}, at=datetime(2026, 5, 1, tzinfo=UTC))
    follow()

    months, buyers = kept()
    assert months == [
        (who.pk, date(2026, 3, 1), "EUR", "web", 2, 1, 1500, 1000, [2, 20], [1000, 500], [1000, 0]),
        (who.pk, date(2026, 4, 1), "EUR", "store", 1, 1, 700, 0, [1], [700], [0]),
    ]
    days, months = [date(2026, 3, 2), date(2026, 3, 20), date(2026, 4, 1)], [date(2026, 3, 1), date(2026, 4, 1)]
    assert buyers == [(who.pk, "EUR", 3, 2, 2200, 1000, days[0], days[2], days, [0, 500, 1200], months, True)]
    assert Buyer.objects.get().net == 1200
    assert not TouchedMonth.objects.exists()
    assert list(DirtyMonth.objects.order_by("month").values_list("month", flat=True)) == [
        date(2026, 3, 1), date(2026, 4, 1),
    ]  # fmt: skip


def test_months_are_those_of_the_business(settings):
    settings.BUSINESS_ZONE = "Asia/Seoul"
    purchase(customer(), at=datetime(2026, 3, 31, 15, 30, tzinfo=UTC))
    follow()
    row = BuyerMonth.objects.get()
    assert (row.month, row.days) == (date(2026, 4, 1), [1])


def random_life(seed: int) -> None:
    """Purchases, returns, cancellations, merges and erasures, followed now and then."""
    draw = random.Random(seed)
    people = [customer(number=f"r{seed}-{n}") for n in range(6)]
    start = datetime(2025, 11, 1, tzinfo=UTC)
    for _ in range(45):
        standing = list(Customer.objects.standing().filter(pk__in=[one.pk for one in people]).order_by("pk"))
        open_ = list(Purchase.objects.filter(status="standing", returns=None).order_by("pk"))
        act = draw.choice(["buy"] * 6 + ["return", "return", "cancel", "merge", "erase", "follow", "refresh"])
        if act == "buy" and standing:
            at = start + timedelta(hours=draw.randrange(24 * 200))
            money = [draw.randrange(0, 3) * 250 for _ in range(draw.randrange(1, 3))]
            channel, currency = draw.choice(["web", "store"]), draw.choice(["EUR", "EUR", "USD"])
            purchase(draw.choice(standing), *money, at=at, channel=channel, currency=currency)
        elif act == "return" and open_:
            returns.record(draw.choice(open_), {1: Decimal(1)}, at=start + timedelta(days=300))
        elif act == "cancel" and open_:
            purchases.cancel(draw.choice(open_))
        elif act == "merge" and len(standing) > 2:
            one, two = draw.sample(standing, 2)
            merging.merge(one, into=two)
        elif act == "erase" and len(standing) > 2:
            privacy.erase(draw.choice(standing))
        elif act == "follow":
            follow()
        elif act == "refresh":
            rows.refresh(limit=1)


@pytest.mark.parametrize("seed", range(4))
def test_after_anything_that_happened_the_rows_are_those_of_a_new_start(seed):
    random_life(seed)
    follow()
    incremental = kept()

    said = StringIO()
    call_command("recompute_insights", stdout=said)

    assert incremental == kept()
    assert len(incremental[0]) > 10
    assert said.getvalue().startswith(f"{len(incremental[0])} months of customers")


def test_a_merged_record_keeps_no_rows():
    kim, lee = customer(), customer()
    bought(kim, "2026-03-02")
    bought(lee, "2026-03-05")
    follow()
    merging.merge(lee, into=kim)
    follow()
    assert [row[:5] for row in kept()[0]] == [(kim.pk, date(2026, 3, 1), "EUR", "", 2)]
    assert Buyer.objects.get().orders == 2


def test_a_figure_that_cannot_be_is_refused_by_the_database():
    who = customer()
    usual = {"customer": who, "month": date(2026, 3, 1), "currency": "EUR", "orders": 1, "kept": 1, "amount": 10}
    usual |= {"days": [1], "amounts": [10], "backs": [0]}
    for wrong, name in (
        ({"month": date(2026, 3, 2)}, "month_of_a_customer_begins_on_its_first_day"),
        ({"orders": 0, "kept": 0}, "month_of_a_customer_has_orders"),
        ({"returned": 11}, "month_of_a_customer_returns_no_more_than_it_bought"),
    ):
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            BuyerMonth.objects.create(**usual | wrong)


def test_who_touches_a_month_while_it_is_added_up_is_heard():
    """The mark is taken away before the purchases are read: one that comes later marks it again."""
    who = customer()
    bought(who, "2026-03-02")
    follow()
    bought(who, "2026-03-03")
    with connection.cursor() as cursor:
        cursor.execute(rows.TOUCH_CUSTOMERS, {"zone": "Europe/Berlin", "customers": [who.pk]})
    assert rows.refresh() == 1
    assert rows.refresh() == 0
    assert Buyer.objects.get().orders == 2
