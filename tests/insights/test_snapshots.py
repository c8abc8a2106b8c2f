"""Figures are taken once, kept with what they are of, and taken again where something changed."""

from datetime import date
from decimal import Decimal

import pytest

from customers.actions import returns, segments
from feedback.models import Case
from insights.actions import snapshots
from insights.actions.snapshots import take, take_all, take_current
from insights.definitions import DEFINITIONS, SECTIONS
from insights.metrics.cohorts import matrix
from insights.models import DirtyMonth, Snapshot
from tests.factories.customers import customer
from tests.factories.feedback import case
from tests.factories.insights import bought, follow, noon, shop

pytestmark = pytest.mark.django_db
DAY = date(2026, 4, 16)
APRIL, NOW = date(2026, 4, 1), date(2026, 4, 17)


def one(metric: str, as_of: date = APRIL, **more) -> Snapshot:
    return Snapshot.objects.get(metric=metric, as_of=as_of, **{"dimension": "", **more})


def pair(metric: str, as_of: date = APRIL, **more) -> tuple[int | None, int]:
    found = one(metric, as_of, **more)
    return found.numerator, found.denominator


@pytest.fixture
def market():
    """Five customers: one regular, one who came twice in a month, three who came once."""
    return shop([
        ["2025-11-03", "2025-12-03", "2026-01-05", "2026-03-02", "2026-03-30"],
        ["2026-02-10", "2026-02-20"],
        ["2026-03-15"],
        ["2025-10-05"],
        ["2026-04-02"],
    ])  # fmt: skip


def test_every_figure_that_is_taken_is_defined_and_every_definition_is_whole(market):
    take_all(day=DAY)

    assert set(Snapshot.objects.values_list("metric", flat=True)) <= set(DEFINITIONS)
    assert sum(len(section) for section in SECTIONS) == len(DEFINITIONS)
    for each in DEFINITIONS.values():
        texts = (each.title, each.meaning, each.numerator, each.denominator, each.window)
        assert all(str(text) for text in texts), each.key


def test_figures_say_what_they_are_of(market):
    take_all(day=DAY)

    assert pair("retention") == (1, 2)  # on 1 January: the regular, and who came in October
    assert pair("churn") == (1, 2)
    assert (one("new").value, one("reactivated").value, one("lost").value, one("active").value) == (2, 0, 1, 3)
    assert pair("repeat_rate") == (2, 4)
    assert pair("loyal_share") == (1, 4)
    assert pair("frequency") == (9, 4)
    assert pair("next_month") == (0, 1)  # February's one buyer did not come in March
    assert (pair("aov", currency="EUR"), one("revenue", currency="EUR").value) == ((3000, 3), 3000)
    assert pair("repeat_rate", NOW) == (2, 5)
    assert not one("repeat_rate", NOW).finished
    assert one("repeat_rate").finished
    assert pair("second_order", NOW) == (1, 2)  # the others are not known for 90 days yet
    assert pair("returning_share", currency="EUR") == (2000, 3000)


def test_what_comes_back_later_changes_the_month_it_was_bought_in(market):
    take_all(day=DAY)
    assert take_current(day=DAY) == 0
    assert not DirtyMonth.objects.exists()
    bought(customer(), "2026-03-10", 5000)
    purchase = bought(customer(), "2026-01-10", 4000)
    follow()
    returns.record(purchase, {1: Decimal(1)}, at=noon(DAY))
    follow()
    assert list(DirtyMonth.objects.order_by("month").values_list("month", flat=True)) == [
        date(2026, 1, 1), date(2026, 3, 1),
    ]  # fmt: skip

    assert take_current(day=DAY) > 0
    assert pair("aov", currency="EUR") == (8000, 4)
    assert pair("aov_net", date(2026, 2, 1), currency="EUR") == (1000, 1)
    take_all(day=DAY)
    assert pair("aov", date(2026, 2, 1), currency="EUR") == (5000, 2)
    assert pair("aov_net", date(2026, 2, 1), currency="EUR") == (1000, 2)
    assert not DirtyMonth.objects.exists()


def figures() -> set[tuple[object, ...]]:
    return set(
        Snapshot.objects.values_list(
            "metric", "as_of", "finished", "dimension", "member", "currency", "numerator", "denominator", "value"
        )
    )


def test_taking_what_changed_comes_to_the_same_as_taking_everything(market):
    take_all(day=DAY)
    bought(market[3], "2026-02-01", 700, channel="store")
    follow()
    take_all(day=DAY)
    changed = figures()
    take_all(day=DAY, everything=True)
    assert figures() == changed


def test_only_the_latest_of_the_period_under_way_is_kept(market):
    take_all(day=DAY)
    take_all(day=date(2026, 4, 17))
    assert {row.as_of for row in Snapshot.objects.filter(metric="retention", dimension="", finished=False)} == {
        date(2026, 4, 18)
    }


@pytest.mark.parametrize("take_it", [take_current, take_all])
def test_a_month_is_finished_as_soon_as_it_is_over_though_nothing_was_bought_meanwhile(market, take_it):
    take_all(day=date(2026, 3, 31))
    assert not one("retention").finished

    take_it(day=APRIL)
    known = Snapshot.objects.filter(as_of=APRIL, dimension="", metric__in=["retention", "repeat_rate"]).order_by(
        "metric"
    )
    assert [row.metric for row in known if row.finished] == (
        ["retention"] if take_it is take_current else ["repeat_rate", "retention"]
    )
    assert take_current(day=APRIL) == 0


def test_what_no_purchase_tells_of_is_taken_again_of_months_that_are_over(market):
    complaint = case(at=noon(date(2026, 3, 10)))
    take_all(day=DAY)
    assert pair("first_answer") == (0, 1)

    Case.objects.filter(pk=complaint.pk).update(answered_at=noon(date(2026, 4, 2)))
    take_all(day=DAY)
    assert pair("first_answer") == pair("first_answer", dimension="tier", member="") == (1, 1)


def test_groups_are_counted_by_themselves(market, manager):
    bought(market[2], "2026-03-20", 900, channel="store")
    follow()
    regular = {"field": "purchases", "how": "at_least", "values": [4], "name": "", "not": False}
    said = {"match": "all", "groups": [{"match": "all", "not": False, "conditions": [regular]}]}
    loyal = segments.make("Regulars", said, by=manager)
    take_all(day=DAY)

    assert pair("orders", dimension="channel", member="store", currency="EUR") == (1, 1)
    assert pair("orders", dimension="channel", member="", currency="EUR") == (3, 2)
    assert pair("repeat_rate", dimension="segment", member=str(loyal.pk)) == (1, 1)
    assert pair("repeat_rate_ever", dimension="cohort", member="2026-02") == (1, 1)
    assert pair("repeat_rate", dimension="tier", member="") == (3, 4)


def test_the_matrix_of_cohorts_comes_out_of_the_kept_figures(market):
    take_all(day=DAY)
    rows = Snapshot.objects.filter(metric="cohort", dimension="cohort").order_by("member", "as_of")
    assert {(row.member, row.as_of): (row.numerator, row.denominator) for row in rows}[
        ("2025-11", date(2026, 4, 1))
    ] == (1, 1)
    assert rows.filter(member="2026-04").get().finished is False


def test_cohorts_can_be_looked_at_in_five_ways():
    jan, feb, mar = date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)
    counts = {(jan, jan): 10, (jan, feb): 4, (jan, mar): 2, (feb, feb): 30, (feb, mar): 3}
    found = matrix(counts, as_of=date(2026, 4, 1))
    assert found.average(1) == (4 + 3) / 40
    assert found.average(1, weighted=False) == (0.4 + 0.1) / 2
    assert [cell.share for cell in matrix(counts, as_of=date(2026, 4, 1), previous=True).cohorts[0].cells] == [
        1, 0.4, 0.5,
    ]  # fmt: skip
    unfinished = matrix(counts, as_of=date(2026, 3, 15))
    assert [cell.open for cell in unfinished.cohorts[0].cells] == [False, False, True]
    assert unfinished.average(1) == 0.4
    assert unfinished.average(2) is None
    assert found.length == 3


def test_an_empty_shop_has_no_figures():
    assert (take_current(day=DAY), take_all(day=DAY)) == (0, 0)
    assert take([APRIL], [snapshots.ACTIVITY], day=DAY) == 0
