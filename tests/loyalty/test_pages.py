import re
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from loyalty import queries
from loyalty.actions import adjustments, audit, clawbacks, earning, points, redemptions, wallets
from loyalty.models import AdjustmentRequest, Wallet
from loyalty.pages import adjustments as adjustment_pages
from loyalty.pages import statements
from loyalty.pages.statements import on_the_customer_page
from people.models import User
from tests.factories import customers
from tests.factories import purchases as orders
from tests.factories.loyalty import buckets, programme

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer():
    programme()
    return customers.customer(name="Iris Example")


def page(client, name, *arguments, **query):
    return client.get(reverse(f"admin:{name}", args=arguments), query)


def text(response):
    return " ".join(response.content.decode().split())


def queries_of(client, django_assert_max_num_queries, name, *arguments):
    with django_assert_max_num_queries(60) as seen:
        page(client, name, *arguments)
    return len(seen)


def test_the_ledger_shows_its_books_before_anything_happened(agent_client):
    shown = text(page(agent_client, "ledger"))

    assert "not audited yet" in shown
    assert "Nothing is sealed yet" in shown


def test_the_ledger_shows_its_books_and_the_audit(agent_client, customer):
    earned = points.earn(customer, 1200)
    redemptions.redeem(customer, 200)
    clawbacks.claw_back(earned, 300, reason="returned")
    audit.seal()
    points.earn(customer, 34)
    audit.audit()

    answer = page(agent_client, "ledger")

    books = answer.context["books"]
    assert (books.issued, books.redeemed, books.clawed_back, books.outstanding) == (1234, 200, 300, 734)
    assert "proven clean" in text(answer)
    assert "1,234" in text(answer)


def test_the_ledger_shows_that_it_is_wrong(agent_client, customer):
    points.earn(customer, 100)
    Wallet.objects.update(available=101)
    audit.audit()

    shown = text(page(agent_client, "ledger"))

    assert "2 rows do not add up" in shown


def test_a_statement_pages_without_counting(agent_client, customer):
    for n in range(60):
        points.grant(customer, n + 1, reason=f"line {n + 1}")

    first = page(agent_client, "points_statement", customer.pk)
    lines = [line.sequence for line in first.context["page"].lines]
    more = agent_client.get(
        reverse("admin:points_statement", args=[customer.pk]), {"before": lines[-1]}, headers={"HX-Request": "true"}
    )

    assert lines == list(range(60, 10, -1))
    assert [line.sequence for line in more.context["page"].lines] == list(range(10, 0, -1))
    assert "+60" in text(first)
    assert "<html" not in more.content.decode()
    assert "Load more" not in text(more)


def test_a_statement_takes_as_many_queries_for_three_lines_as_for_one(
    agent_client, customer, django_assert_max_num_queries
):
    points.grant(customer, 1, reason="one")
    one = queries_of(agent_client, django_assert_max_num_queries, "points_statement", customer.pk)
    points.grant(customer, 1, reason="two")
    points.grant(customer, 1, reason="three")

    assert queries_of(agent_client, django_assert_max_num_queries, "points_statement", customer.pk) == one


def test_a_customer_without_points_has_an_empty_statement(agent_client, customer):
    assert "No points yet" in text(page(agent_client, "points_statement", customer.pk))


def test_a_redemption_shows_where_its_points_came_from(agent_client, customer):
    points.grant(customer, 100, reason="welcome gift")
    redemption = redemptions.redeem(customer, 60)

    shown = text(page(agent_client, "points_transaction", redemption.pk))

    assert "Where the points came from" in shown
    assert "welcome gift" in shown


def test_the_customer_page_has_a_part_for_points(rf, agent, customer):
    points.grant(customer, 100, reason="welcome gift")
    request = rf.get("/")
    request.user = agent

    template, context = on_the_customer_page(request, customer)

    assert template == "loyalty/panel.html"
    assert context["balance"].available == 100
    assert [line.reason for line in context["page"].lines] == ["welcome gift"]


def test_the_customer_page_says_at_a_glance_what_the_ledger_has_now(agent_client, customer, time_machine):
    def glance():
        shown = text(page(agent_client, "customer", customer.pk))
        return re.search(r">Points</span> <p[^>]*>([\d,]+)</p> <p[^>]*>([^<]*)</p>", shown).groups()

    points.grant(customer, 1_200, reason="no reader has read it", expires_at=timezone.now() + timedelta(days=1))
    redemptions.hold(customer, 200)
    assert glance() == ("1,000", "0 pending, 200 held")

    time_machine.move_to(timezone.now() + timedelta(days=1))  # no nightly job has run
    agent_client.force_login(User.objects.get(username="agent"))
    assert glance() == ("0", "0 pending, 200 held")


def test_days_are_those_of_the_programme_wherever_staff_sit(agent_client, agent, customer):
    User.objects.filter(pk=agent.pk).update(zone="America/New_York")
    programme(zone="Asia/Seoul")
    opens, ends = (datetime(2099, month, 1, tzinfo=ZoneInfo("Asia/Seoul")) for month in (1, 2))
    points.earn(customer, 70, activates_at=opens, expires_at=ends)

    shown = text(page(agent_client, "points_statement", customer.pk))

    assert "70 on 1 Jan 2099" in shown
    assert "on 1 Feb 2099" in shown


def test_a_redemption_from_more_lots_than_fit_a_page_shows_them_all(agent_client, customer, monkeypatch):
    monkeypatch.setattr(statements, "TRANSFERS", 2)
    for _ in range(3):
        points.grant(customer, 10, reason="r")
    redemption = redemptions.redeem(customer, 30)

    first = page(agent_client, "points_transaction", redemption.pk)
    last = page(agent_client, "points_transaction", redemption.pk, page=2)

    assert [len(shown.context["transfers"]) for shown in (first, last)] == [2, 1]
    assert "Page 1 of 2" in text(first)


def adjust(client, customer, **fields):
    address = reverse("admin:adjust_points", args=[customer.pk])
    return client.post(address, {"points": 50, "reason": "sorry", "key": "page:1"} | fields)


def test_a_small_adjustment_is_done_at_once_and_a_second_press_does_nothing(manager_client, customer):
    for _ in range(2):
        answer = adjust(manager_client, customer)

    assert answer.status_code == 302
    assert buckets(customer) == (0, 50, 0, 0)


def test_a_refusal_is_shown_on_the_form(manager_client, customer):
    answer = adjust(manager_client, customer, points=-10)

    assert answer.status_code == 200
    assert "10 are missing" in text(answer)


def test_a_large_adjustment_waits_for_somebody_else(manager_client, customer, manager, agent):
    adjust(manager_client, customer, points=1001)
    own = AdjustmentRequest.objects.get()
    other = adjustments.adjust(customer, 2000, reason="asked by another", by=agent)

    shown = text(page(manager_client, "adjustments"))
    for row in (own, other):
        manager_client.post(reverse("admin:decide_adjustment", args=[row.pk]), {"approve": "1"})

    assert "Somebody else decides" in shown
    assert buckets(customer) == (0, 2000, 0, 0)
    own.refresh_from_db()
    assert own.status == "waiting"
    assert "<caption>Decided</caption>" in text(page(manager_client, "adjustments"))


def test_every_adjustment_can_be_reached_however_many_there_are(manager_client, customer, agent, monkeypatch):
    monkeypatch.setattr(adjustment_pages, "REQUESTS", 2)
    for many in (1, 2, 3):
        adjustments.adjust(customer, many, reason=f"done {many}", by=agent)
        adjustments.adjust(customer, 2_000 + many, reason=f"asked {many}", by=agent)

    first = page(manager_client, "adjustments")
    rest = page(manager_client, "adjustments", page=2, after=str(first.context["decided"].next))

    for shown, waiting, decided in ((first, [1, 2], [3, 2]), (rest, [3], [1])):
        assert [asked.points - 2_000 for asked in shown.context["waiting"]] == waiting
        assert [asked.points for asked in shown.context["decided"].rows] == decided


def test_a_request_can_be_declined(manager_client, customer, agent):
    asked = adjustments.adjust(customer, 2000, reason="asked", by=agent)

    assert "2,000 points for Iris Example" in text(manager_client.get(reverse("admin:index")))
    manager_client.post(reverse("admin:decide_adjustment", args=[asked.pk]), {"decline": "1"})

    asked.refresh_from_db()
    assert (asked.status, buckets(customer)) == ("declined", (0, 0, 0, 0))


@pytest.mark.parametrize("name", ["ledger", "points_statement", "adjust_points", "wallet", "adjustments"])
def test_who_may_not_see_points_sees_none(intern_client, customer, name):
    arguments = [] if name in ("ledger", "adjustments") else [customer.pk]

    assert page(intern_client, name, *arguments).status_code == 403


def test_who_only_looks_neither_adjusts_nor_decides(board_manager_client, customer, manager):
    asked = adjustments.adjust(customer, 2000, reason="asked", by=manager)

    assert page(board_manager_client, "adjust_points", customer.pk).status_code == 403
    assert board_manager_client.post(reverse("admin:decide_adjustment", args=[asked.pk])).status_code == 403
    assert "Approve" not in text(page(board_manager_client, "adjustments"))


def test_the_lists_of_the_admin_open(manager_client, customer):
    points.grant(customer, 10, reason="start")
    run = audit.audit()
    wallets.freeze(customer, reason="odd")

    for name, *arguments in (
        ("loyalty_programme_changelist",),
        ("loyalty_programme_change", Wallet.objects.get().programme_id),
        ("loyalty_auditrun_changelist",),
        ("loyalty_auditrun_change", run.pk),
    ):
        assert page(manager_client, name, *arguments).status_code == 200


def test_the_page_of_a_purchase_tells_what_became_of_its_points(agent_client, manager, customer):
    points.grant(customer, 500, reason="start")
    held = redemptions.hold(customer, 300)
    order = orders.order(customer, 4000, 2000, number="paid-with-points", points_paid=1500)
    bought = earning.record_purchase(order, redemption=held).recorded.purchase
    redemptions.capture(held)
    points.grant(customer, 77, reason="something else")
    earning.record_return(bought, {1: Decimal(1)}, reason="broken")

    lines = queries.of_purchase(bought)
    shown = text(page(agent_client, "purchase", bought.pk))

    assert [(line.kind, line.points) for line in lines] == [
        ("hold", 300), ("earn", 45), ("capture", 300), ("claw_back", 30), ("reverse", 200),
    ]  # fmt: skip
    assert "Points of this purchase" in shown
    assert reverse("admin:points_transaction", args=[held.pk]) in shown


def test_a_purchase_without_points_says_why(agent_client, customer):
    bought = orders.purchase(customer, 10)

    assert "It has earned none" in text(page(agent_client, "purchase", bought.pk))


@pytest.mark.parametrize("many", [1, 3])
def test_the_points_of_a_purchase_take_one_look_along_the_wallet(customer, many, django_assert_num_queries):
    bought = earning.record_purchase(orders.order(customer, 1000)).recorded.purchase
    for _ in range(many):
        earning.record_purchase(orders.order(customer, 1000))

    with django_assert_num_queries(2):
        assert len(queries.of_purchase(bought)) == 1


def test_the_statement_tells_why_in_words_and_keeps_its_own_references_to_itself(agent_client, customer):
    points.grant(customer, 5, reason="referral", reference="referral:7")
    points.grant(customer, 6, reason="For the wait", reference="R-1")

    shown = text(page(agent_client, "points_statement", customer.pk))

    assert "for a friend who came" in shown
    assert "referral:7" not in shown
    assert "R-1" in shown
    assert "For the wait" in shown
