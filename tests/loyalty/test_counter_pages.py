"""The pages on which staff write purchases down, bill them again, take goods back and cancel."""

from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from customers.actions import privacy
from customers.actions import purchases as recording
from customers.models import Purchase, Return
from loyalty import queries
from loyalty.actions import earning, points, wallets
from loyalty.models import Kind, Transaction
from tests.factories import customers, purchases
from tests.factories.loyalty import programme

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(db):
    programme(currency="EUR")
    return customers.customer(name="Ada Lovelace", number="A-7")


def at(name, *arguments):
    return reverse(f"admin:{name}", args=arguments)


def text(response):
    return " ".join(response.content.decode().split())


def receipt(*lines, **fields):
    """What the page posts: each line as the fields that somebody filled in."""
    usual = {"source": "by-hand", "number": "H-1", "at": "2026-03-02T10:00", "currency": "eur", "record": "1"}
    rows = {
        f"line-{n}-{name}": value for n, line in enumerate(lines) for name, value in ({"quantity": "1"} | line).items()
    }
    return usual | rows | fields


def unsaid(posted):
    """The same before the button that records was pressed."""
    return {name: value for name, value in posted.items() if name != "record"}


TEA = {"name": "Tea", "product": "1030", "category": "Tea", "quantity": "2", "unit_price": "12.50", "tax": "1.50"}
BLANK: dict[str, str] = {}


def test_a_receipt_is_written_down_line_by_line_and_pressed_twice_counts_once(agent_client, agent, ada):
    form = text(agent_client.get(at("record_purchase", ada.pk)))
    cup = {"name": "Cup", "unit_price": "4", "discount": "1"}
    said = receipt(TEA, BLANK, cup, shipping="4.90", gift_card="2", store="Bonn")

    first, again = (agent_client.post(at("record_purchase", ada.pk), said, follow=True) for _n in range(2))

    bought = Purchase.objects.get()
    assert 'value="H-' in form
    assert form.count("Line ") >= 3
    assert "It has earned 26 points." in text(first)
    assert "nothing was written a second time" in text(again)
    assert (bought.by, bought.goods, bought.total, bought.tax, bought.gift_card) == (agent, 2_800, 3_290, 150, 200)
    assert timezone.localtime(bought.at).isoformat()[:16] == "2026-03-02T10:00"
    assert [(line.name, line.amount) for line in bought.lines.order_by("position")] == [("Tea", 2_500), ("Cup", 300)]
    assert f"{agent}" in text(agent_client.get(at("purchase", bought.pk)))


@pytest.mark.parametrize(
    ("lines", "fields", "said"),
    [
        ([BLANK], {}, "The order has no lines"),
        ([{"name": "Tea"}], {}, "This field is required"),
        ([{"unit_price": "3"}], {}, "Say what it was"),
        ([{"name": "Tea", "unit_price": "3", "discount": "4"}], {}, "the discount is more than the line costs"),
        ([{"name": "Tea", "unit_price": "3", "discount": "0.001"}], {}, "At most 2 digits after the point in EUR"),
        ([{"name": "Tea", "unit_price": "1", "discount": "0.5"}], {"currency": "KRW"}, "At most 0 digits"),
        ([{"name": "Tea", "unit_price": "3", "quantity": "0"}], {}, "greater than or equal to 0.001"),
        ([TEA], {"at": "2999-01-01T10:00"}, "There is no such time"),
        ([TEA], {"at": "2199-01-01T10:00"}, "cannot lie in the future"),
        ([TEA], {"currency": "EURO"}, "at most 3 characters"),
        ([TEA], {"currency": "1 2"}, "A currency has three letters"),
        ([TEA], {"gift_card": "26"}, "more than the order&#x27;s total"),
        ([TEA], {"source": "elsewhere"}, "Select a valid choice"),
        ([TEA | {"unit_price": "1e15"}], {}, "too large to be true"),
    ],
)
def test_what_cannot_be_is_refused_where_it_stands_and_stays_typed(agent_client, ada, lines, fields, said):
    page = text(agent_client.post(at("record_purchase", ada.pk), receipt(BLANK, *lines, **fields)))

    assert said in page
    assert "Nothing is recorded yet" in page
    assert 'value="H-1"' in page
    assert all(f'value="{line["name"]}"' in page for line in lines if line.get("name") == "Tea")
    assert not Purchase.objects.exists()


def test_a_number_that_stands_already_leads_to_its_purchase(agent_client, ada):
    known = purchases.purchase(ada, 1_000, number="W-1")

    page = text(agent_client.post(at("record_purchase", ada.pk), receipt(TEA, source="shop", number="W-1")))

    assert at("purchase", known.pk) in page
    assert "give it another number" in page
    assert Purchase.objects.get() == known


def test_rows_are_added_and_dropped_and_what_is_typed_stays_with_scripts_or_without(agent_client, ada):
    said = unsaid(receipt({"name": "Tea"}, {"name": "Cup"}))

    for address in (at("record_purchase", ada.pk), at("purchase_rows", ada.pk)):
        more = text(agent_client.post(address, said | {"add": "1"}))
        fewer = text(agent_client.post(address, said | {"drop": "line-0"}))
        none = text(agent_client.post(address, receipt(TEA) | {"drop": "line-0"}))

        assert 'name="line-2-name"' in more
        assert 'value="Tea"' in more
        assert "This field is required" not in more
        assert 'value="Cup"' in fewer
        assert 'value="Tea"' not in fewer
        assert 'name="line-1-name"' not in fewer
        assert 'name="line-0-name"' in none
        assert 'name="line-1-name"' not in none
    full = receipt(*[{"name": "Tea"}] * 120) | {"add": "1"}
    assert text(agent_client.post(at("purchase_rows", ada.pk), full)).count("<fieldset") == 100
    assert not Purchase.objects.exists()


def test_what_it_comes_to_and_earns_is_told_while_one_writes_and_on_asking(agent_client, ada):
    half = {"name": "Cup", "discount": "1"}

    while_typing = text(agent_client.post(at("purchase_worth", ada.pk), receipt(TEA, half, shipping="4.90")))
    asked = text(agent_client.post(at("record_purchase", ada.pk), unsaid(receipt(TEA, check="1"))))
    elsewhere = text(agent_client.post(at("purchase_worth", ada.pk), receipt(TEA, currency="USD")))
    nothing = text(agent_client.post(at("purchase_worth", ada.pk), {"at": "x", "line-0-quantity": "?"}))

    assert "29.90 EUR" in while_typing
    assert "Earns 25 points" in while_typing
    assert "1 line" in while_typing
    assert "Earns 25 points" in asked
    assert "Earns 0 points" in elsewhere
    assert "counts in EUR" in elsewhere
    assert "Write what was bought" in nothing
    assert not Purchase.objects.exists()


def test_points_pay_a_part_where_the_programme_takes_them_and_who_writes_may(agent_client, marketer_client, ada):
    points.grant(ada, 1_500, reason="start")
    none = text(agent_client.get(at("record_purchase", ada.pk)))
    programme(currency="EUR", pay_points=1, pay_money=1, pay_percent=50)
    said, much = receipt(TEA, points_paid="10"), receipt(TEA, points_paid="12.51")

    form, worth = (
        text(agent_client.post(at(name, ada.pk), unsaid(said))) for name in ("record_purchase", "purchase_worth")
    )
    while_typing = text(agent_client.post(at("purchase_worth", ada.pk), unsaid(much)))
    elsewhere = text(agent_client.post(at("purchase_worth", ada.pk), unsaid(said | {"currency": "USD"})))
    refused = text(agent_client.post(at("record_purchase", ada.pk), much))
    not_theirs = text(marketer_client.post(at("record_purchase", ada.pk), unsaid(said)))
    done = text(agent_client.post(at("record_purchase", ada.pk), said, follow=True))

    assert 'name="points_paid"' in form
    assert 'name="points_paid"' not in none + not_theirs
    assert 'aria-describedby="id_points_paid_helptext id_points_paid_error"' in refused  # read out with the field
    assert 'id="id_points_paid_error"' in refused
    assert "1,500 points are there and pay up to 12.50 EUR of it" in worth
    assert "Earns 15 points" in worth
    assert [page.count("pay at most 12.50 EUR of it") for page in (while_typing, refused)] == [1, 1]
    assert "Points pay in EUR." in elsewhere
    assert "It has earned 15 points." in done
    bought = Purchase.objects.get()
    assert (bought.points_paid, queries.balance(ada).available) == (1_000, 500 + 15)
    again = agent_client.get(at("bill_again", bought.pk))
    assert again.context["draft"].head["points_paid"].value() == "10.00"
    assert "is taken anew" in text(again)


def test_who_earns_nothing_is_told_so_while_one_writes(agent_client, ada):
    wallets.freeze(ada, reason="lost card")

    said = text(agent_client.post(at("purchase_worth", ada.pk), unsaid(receipt(TEA))))

    assert "Earns 0 points" in said
    assert "wallet is frozen or closed: nothing is earned" in said


def test_a_bill_is_put_right_and_both_name_each_other(agent_client, ada):
    wrong = recording.record(purchases.order(ada, 999, number="W-1", store="Bonn")).purchase
    earning.earn_for([wrong])

    form = agent_client.get(at("bill_again", wrong.pk))
    said = {
        row.html_name: str(row.value() or "")
        for one in [form.context["draft"].head, *form.context["draft"].rows]
        for row in one
    }
    said |= {"at": "2026-03-02T11:00", "line-0-unit_price": "19.99", "record": "1", "wrong": str(wrong.pk)}
    done = agent_client.post(at("bill_again", wrong.pk), said, follow=True)
    again = agent_client.post(at("bill_again", wrong.pk), said, follow=True)

    right = Purchase.objects.get(number="W-1-2")
    wrong.refresh_from_db()
    assert (wrong.rebilled_as, right.goods, right.store, right.source) == (right, 1_999, "Bonn", wrong.source)
    assert "It has earned 19 points." in text(done)
    assert at("purchase", wrong.pk) in text(done)
    assert "nothing was written a second time" in text(again)
    assert "is cancelled" in text(agent_client.get(at("bill_again", wrong.pk), follow=True))


@pytest.mark.parametrize(("price", "stated"), [("333.3", 1_000), ("0", 500), ("500", 400)])
def test_a_line_that_was_recorded_by_its_amount_is_billed_again_by_it(agent_client, ada, price, stated):
    line = purchases.line(0)._replace(unit_price=Decimal(price), stated=stated)
    wrong = recording.record(purchases.order(ada, lines=(line,))).purchase

    [row] = agent_client.get(at("bill_again", wrong.pk)).context["draft"].rows

    unit_price, discount = (Decimal(row[name].value() or 0) for name in ("unit_price", "discount"))
    assert unit_price - discount == Decimal(stated) / 100


def test_goods_come_back_by_line_and_quantity_with_their_points_at_once(agent_client, ada):
    bought = purchases.purchase(ada, 1_000, 500)
    earning.earn_for([bought])
    back = at("return_goods", bought.pk)
    said = {"number": "R-1", "at": "2026-03-05T10:00"}

    too_many = text(agent_client.post(back, said | {"line_1": "2"}))
    nothing = text(agent_client.post(back, said | {"reason": "x"}))
    too_soon = text(agent_client.post(back, said | {"line_1": "1", "at": "2026-03-01T10:00"}))
    for _press in range(2):
        done = agent_client.post(back, said | {"line_2": "1", "reason": "broken"}, follow=True)

    assert "less than or equal to 1" in too_many
    assert "Say which lines come back" in nothing
    assert "dated before the purchase" in too_soon
    assert (Return.objects.get().amount, Transaction.objects.filter(kind=Kind.CLAW_BACK).count()) == (500, 1)
    assert "broken" in text(done)
    agent_client.post(back, said | {"line_1": "1", "number": "R-2"})
    assert "Everything has come back" in text(agent_client.get(back))


def test_a_purchase_is_cancelled_after_a_look_and_only_once(agent_client, ada):
    bought = purchases.purchase(ada, 1_000)
    earning.earn_for([bought])

    look = text(agent_client.get(at("cancel_purchase", bought.pk)))
    done = text(agent_client.post(at("cancel_purchase", bought.pk), follow=True))
    again = text(agent_client.post(at("cancel_purchase", bought.pk), follow=True))

    assert "10.00 EUR" in look
    assert at("bill_again", bought.pk) in look
    assert "is cancelled" in done
    assert "is cancelled" in again
    assert Transaction.objects.filter(kind=Kind.CLAW_BACK).count() == 1
    assert at("return_goods", bought.pk) not in done
    assert at("cancel_purchase", bought.pk) not in done


def test_who_may_do_what_sees_the_buttons_for_it_and_nobody_else(
    agent_client, marketer_client, board_manager_client, intern_client, ada
):
    bought = purchases.purchase(ada, 1_000)
    record, undo = (
        at("record_purchase", ada.pk),
        [at(name, bought.pk) for name in ("return_goods", "cancel_purchase", "bill_again")],
    )

    def seen(client):
        pages = text(client.get(at("customer", ada.pk))) + text(client.get(at("customer_purchases", ada.pk)))
        pages += text(client.get(at("purchase", bought.pk)))
        return [pages.count(f'href="{address}"') for address in [record, *undo]]

    assert [seen(client) for client in (agent_client, marketer_client, board_manager_client)] == [
        [2, 1, 1, 1],
        [2, 0, 0, 0],
        [0, 0, 0, 0],
    ]
    for client, refused in (
        (marketer_client, undo),
        (board_manager_client, [record, *undo]),
        (intern_client, [record]),
    ):
        assert {client.post(address, {}).status_code for address in refused} == {403}
    assert Purchase.objects.get().status == "standing"


def test_nothing_is_recorded_for_who_is_forgotten(manager_client, ada, manager):
    privacy.erase(ada, by=manager)

    assert manager_client.get(at("record_purchase", ada.pk)).status_code == 404
    assert at("record_purchase", ada.pk) not in text(manager_client.get(at("customer", ada.pk)))


@pytest.mark.parametrize("many", [1, 3])
def test_the_form_and_what_it_says_take_the_same_queries_for_any_number_of_lines(
    agent_client, ada, many, django_assert_max_num_queries
):
    purchases.purchase(ada, 1_000)
    agent_client.get(at("record_purchase", ada.pk))

    with django_assert_max_num_queries(16):
        agent_client.get(at("record_purchase", ada.pk))
    with django_assert_max_num_queries(10):
        agent_client.post(at("purchase_worth", ada.pk), receipt(*[TEA] * many))
