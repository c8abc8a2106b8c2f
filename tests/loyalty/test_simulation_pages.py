"""The pages on which marketers replay designs, compare them and ask what a review is worth."""

import csv
from dataclasses import replace
from io import StringIO

import pytest
from django.urls import reverse

from customers.models import Customer
from loyalty.actions import programmes, simulations
from loyalty.actions.tiers import Step
from loyalty.models import Simulation
from loyalty.queries import simulations as read
from tests.factories import customers, purchases
from tests.factories.loyalty import METALS, on, programme, tier_table
from tests.factories.rules import multiply, rule, when

pytestmark = pytest.mark.django_db
FORM = {
    "name": "Twice the points",
    "begins": "2025-01-01",
    "ends": "2026-01-01",
    "lead_in_months": "12",
    "rate_points": "2",
    "rate_money": "1.00",
    "window_days": "0",
    "reward_points": "100",
    "reward_money": "5.00",
    "takers": "100",
    "spent": "100",
    "tiers": "Bronze, 0\nSilver, 100",
}


@pytest.fixture(autouse=True)
def _programme(db):
    programme(currency="EUR")


def at(name: str, *args) -> str:
    return reverse(f"admin:{name}", args=args)


def text(response) -> str:
    return " ".join(response.content.decode().split())


def done(name: str = "Twice", **changes) -> Simulation:
    rules = programmes.main(fresh=True)
    design = replace(read.current(rules), **{"rate_points": 2} | changes)
    span = {"begins_at": on("2025-01-01"), "ends_at": on("2026-01-01")}
    return simulations.run(simulations.ask(rules, design, name=name, **span))


def test_a_marketer_asks_for_a_replay_and_reads_its_result(marketer_client):
    rule(multiply("3", when("category", "pots")), name="Pots")
    purchases.purchase(customers.customer(name="Ada"), 12_000, at=on("2025-03-01"))
    assert "Pots" in text(marketer_client.get(at("new_simulation")))
    answer = marketer_client.post(at("new_simulation"), FORM)
    asked = Simulation.objects.get()
    assert answer.url == at("simulation", asked.pk)
    assert "of 1 purchases" in text(marketer_client.get(answer.url))
    simulations.go_on()
    assert f'{at("customer", Customer.objects.get().pk)}">Ada' in text(marketer_client.get(answer.url))
    assert asked.asked_by.username == "marketer"
    result = Simulation.objects.get().result
    assert (result["today"]["total"]["issued"], result["then"]["total"]["issued"]) == (120, 240)
    assert result["then"]["months"][-1]["tiers"] == {"silver": 1}
    assert marketer_client.get(at("simulation_progress", asked.pk))["HX-Refresh"] == "true"


def test_what_was_typed_wrong_is_said_on_the_form(marketer_client):
    for changes, said in (
        ({"tiers": "Silver"}, "such as: Silver, 1000"),
        ({"ends": "2024-01-01"}, "The end comes after the beginning."),
        ({"factor": "0.5"}, "A multiplier is more than 1"),
    ):
        assert said in text(marketer_client.post(at("new_simulation"), FORM | changes))
    assert not Simulation.objects.exists()


def test_a_marketer_cancels_a_replay(marketer_client):
    marketer_client.post(at("new_simulation"), FORM)
    pk = Simulation.objects.get().pk
    page = marketer_client.post(at("cancel_simulation", pk), follow=True)
    assert "This replay was cancelled." in text(page)
    assert "ended already" in text(marketer_client.post(at("cancel_simulation", pk), follow=True))


def test_two_designs_stand_beside_each_other(marketer_client):
    tier_table(*METALS)
    purchases.purchase(customers.customer(), 10_000, at=on("2025-03-01"))
    pair = {"a": done("Twice").pk, "b": done("=Thrice", rate_points=3).pk}
    answer = marketer_client.get(at("compare_simulations"), pair)
    page = text(answer)
    assert "2025-03: 200" in page
    assert "2025-03: 300" in page
    assert answer.context["tiers"] == [("Bronze", 1, 1), ("Silver", 0, 0), ("Gold", 0, 0)]
    answer = marketer_client.get(at("compare_simulations"), pair | {"format": "csv"})
    rows = [row for row in csv.DictReader(StringIO(answer.content.decode())) if row["month"] == "2025-03"]
    assert [(row["design"], row["issued"]) for row in rows] == [("Twice", "200"), ("'=Thrice", "300")]
    alone = marketer_client.get(at("compare_simulations"), {"a": pair["a"]}, follow=True)
    assert "Choose two replays" in text(alone)


def test_what_a_review_is_worth_is_shown_with_its_assumptions(marketer_client):
    assert "too few reviews." in text(marketer_client.get(at("review_worth")))
    said = {"spent": "50"}
    for name, values in {
        "again": (40, 40, 40),
        "anyhow": (20, 20, 20),
        "basket": (50, 50, 50),
        "margin": (20, 40, 60),
        "point": ("0.01", "0.01", "0.01"),
        "taken": (100, 100, 100),
    }.items():
        said |= dict(zip((f"{name}_low", f"{name}_likely", f"{name}_high"), values, strict=True))
    answer = marketer_client.get(at("review_worth"), said)
    assert answer.context["answer"].points == (100, 200, 300)
    assert "From the least to the most." in text(marketer_client.get(at("review_worth"), said | {"margin_low": 90}))


@pytest.mark.parametrize("name", ["simulations", "new_simulation", "compare_simulations", "review_worth"])
def test_who_may_not_see_points_sees_no_simulator(intern_client, name):
    assert intern_client.get(at(name)).status_code == 403


def test_support_sees_results_and_asks_for_none(agent_client):
    pk = done().pk
    assert agent_client.get(at("simulation", pk)).status_code == 200
    assert agent_client.get(at("new_simulation")).status_code == 403
    assert agent_client.post(at("cancel_simulation", pk)).status_code == 403


def test_the_list_says_as_many_purchases_as_the_result(marketer_client):
    ada = customers.customer()
    for day in ("2024-03-01", "2024-04-01", "2025-03-01"):
        purchases.purchase(ada, 12_000, at=on(day))
    made = done()

    assert (made.total, made.result["purchases"]) == (3, 1)
    assert '<td class="ms-number">1</td>' in text(marketer_client.get(at("simulations")))


def test_the_list_asks_as_much_for_three_as_for_two(marketer_client, django_assert_max_num_queries):
    done("First")
    done("Second")
    marketer_client.get(at("simulations"))
    with django_assert_max_num_queries(30) as two:
        marketer_client.get(at("simulations"))
    done("Third")
    with django_assert_max_num_queries(len(two)):
        assert "Third" in text(marketer_client.get(at("simulations")))


def test_money_that_tiers_need_is_typed_as_money(marketer_client):
    tier_table(Step("base", "Base", 0), Step("gold", "Gold", 125_000), qualify_by="spend")
    assert "Gold, 1250.00" in text(marketer_client.get(at("new_simulation")))

    marketer_client.post(at("new_simulation"), FORM | {"tiers": "Base, 0\nGold, 1300.50"})
    [ladder] = Simulation.objects.get().design["ladders"]
    assert [step["threshold"] for step in ladder["steps"]] == [0, 130_050]
    wrong = marketer_client.post(at("new_simulation"), FORM | {"tiers": "Base, 0\nGold, lots"})
    assert "A line is a name and a number" in text(wrong)
