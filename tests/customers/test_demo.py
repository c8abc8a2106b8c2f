"""The believable company: its figures, that it can be repeated, and that nobody in it is real."""

from collections import Counter
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings

from customers.demo import company
from customers.demo.goods import CATALOGUE, CATEGORIES
from customers.demo.happenings import decisions, happenings
from customers.demo.history import history, midnight
from customers.demo.people import Habit, person
from customers.models import REPORTABLE, ConsentDecision, Customer, Fact, Purchase, Return
from customers.newcomers import checked
from customers.orders import flaws
from customers.reports import flaws as report_flaws

TODAY = date(2026, 11, 22)
PLACES = range(1, 1001)


@pytest.fixture(scope="module")
def people():
    return [person(place, today=TODAY) for place in PLACES]


@pytest.fixture(scope="module")
def told(people):
    return [history(one, today=TODAY) for one in people]


@pytest.fixture(scope="module")
def orders(told):
    return [order for one in told for order in one.orders]


def test_the_same_seed_and_day_make_the_same_company(people, told):
    again = [person(place, today=TODAY) for place in PLACES]

    assert again == people
    assert [history(one, today=TODAY) for one in again] == told
    assert [happenings(one, today=TODAY) for one in again] == [happenings(one, today=TODAY) for one in people]


def test_another_seed_makes_another_company(people):
    assert person(1, today=TODAY, seed=21) != people[0]


def test_customers_and_orders_are_what_the_product_accepts(people, orders):
    for one in people:
        checked(one.newcomer, business_country="DE")
    assert [flaw for order in orders for flaw in flaws(order)] == []
    assert len({(order.source, order.number) for order in orders}) == len(orders)


def test_nothing_happens_in_the_future_or_before_somebody_is_known(people, told):
    end = midnight(TODAY)
    for one, story in zip(people, told, strict=True):
        times = [order.at for order in story.orders] + [back.at for back in story.comebacks]
        times += [wrong.at for wrong in story.cancellations]
        times += [fact.at for fact in happenings(one, today=TODAY)]
        times += [decision.at for decision in decisions(one, today=TODAY)]
        assert all(at < end for at in [*times, one.joined])
        assert all(at >= one.joined for at in times)


def test_the_shares_of_habits_are_those_of_a_real_shop(people):
    share = {habit: count / len(people) for habit, count in Counter(one.habit for one in people).items()}

    assert 0.07 < share[Habit.LEAD] < 0.14
    assert 0.35 < share[Habit.ONCE] < 0.46
    assert 0.01 < share[Habit.LOYAL] < 0.06


def test_the_loyal_few_buy_much_and_leads_nothing(people, told):
    bought = {habit: [] for habit in Habit}
    for one, story in zip(people, told, strict=True):
        bought[one.habit].append(len(story.orders))

    assert set(bought[Habit.LEAD]) == {0}
    assert max(bought[Habit.ONCE]) <= 2  # billed again counts
    assert sum(bought[Habit.LOYAL]) / len(bought[Habit.LOYAL]) > 15


def test_the_end_of_the_year_is_busier_than_its_summer(orders):
    months = Counter((order.at.year, order.at.month) for order in orders)

    assert months[2025, 12] > 1.3 * months[2025, 6]


def test_saturdays_are_busier_than_tuesdays(orders):
    days = Counter(order.at.weekday() for order in orders)

    assert days[5] > 1.15 * days[1]


def test_what_is_reported_is_what_the_product_accepts(people):
    reports = [report for one in people for report in happenings(one, today=TODAY)]

    assert [flaw for report in reports for flaw in report_flaws(report, now=midnight(TODAY))] == []
    assert {report.verb for report in reports} == REPORTABLE


def test_some_consents_are_withdrawn_later(people):
    told = [decisions(one, today=TODAY) for one in people]

    assert any(not decided.granted and decided.at > all_[0].at for all_ in told for decided in all_)


def test_money_goods_and_mishaps_have_every_kind(orders, told):
    assert {order.currency for order in orders} == {"EUR", "KRW", "THB"}
    assert {line.category for order in orders for line in order.lines} > set(CATEGORIES)
    assert len(CATEGORIES) == 8
    assert all(order.gift_card <= order.total for order in orders)
    assert any(order.gift_card and order.shipping for order in orders)
    assert any(line.discount for order in orders for line in order.lines)
    backs = [back for story in told for back in story.comebacks]
    assert 0.03 < len(backs) / len(orders) < 0.09
    assert any(len(back.quantities) < len(back.order.lines) for back in backs)
    assert any(wrong.instead for story in told for wrong in story.cancellations)


def test_won_have_no_minor_unit_and_end_in_hundreds():
    assert all(product.price("KRW") % 100 == 0 for product in CATALOGUE)


def test_addresses_and_phones_belong_to_nobody(people):
    free = ("+493023125", "+494066969", "+498999998", "+496990009", "+492214710")
    free += ("+447700900", "+441134960", "+441314960", "+442079460", "+3363998", "+82100000")
    for one in people:
        assert all(email.split("@")[1].startswith(("example.", "work.example")) for email in one.newcomer.emails)
        assert all(phone.startswith(free) for phone in one.newcomer.phones)


def test_names_come_in_several_scripts(people):
    names = "".join(one.newcomer.name for one in people)

    assert any("가" <= letter <= "힣" for letter in names)
    assert any("ก" <= letter <= "๛" for letter in names)
    assert set("äöüßéèłńåÅØ") & set(names)


def test_some_are_in_the_books_twice_under_the_same_address(people):
    twice = [one for one in people if one.same_as]

    assert len(twice) == 9
    assert all(one.newcomer.emails[:1] == people[one.same_as - 1].newcomer.emails[:1] for one in twice)


def demo(*args: str) -> str:
    out = StringIO()
    call_command("demo", *args, stdout=out)
    return out.getvalue()


def figures() -> dict[str, object]:
    return {
        "customers": Customer.objects.count(),
        "purchases": sorted(Purchase.objects.values_list("number", "goods", "returned", "status")),
        "returns": Return.objects.count(),
        "consents": ConsentDecision.objects.count(),
        "facts": sorted(Counter(Fact.objects.values_list("verb", flat=True)).items()),
    }


@pytest.mark.django_db
def test_a_demo_that_was_interrupted_goes_on_where_it_stopped(monkeypatch):
    monkeypatch.setattr("customers.demo.company.BATCH", 20)
    company.fill(20, today=TODAY, tell=str)
    company.fill(50, today=TODAY, tell=str)
    stopped_once = figures()
    told: list[str] = []

    company.fill(50, today=TODAY, tell=told.append)

    assert stopped_once["customers"] == 50
    assert (figures(), told) == (stopped_once, [])


@override_settings(LOCAL=False)
def test_the_demo_refuses_a_named_database_unless_it_is_wanted():
    with pytest.raises(CommandError, match="Say --yes"):
        demo()


def test_the_demo_needs_a_customer():
    with pytest.raises(CommandError, match="from 1"):
        demo("--customers", "0")
