"""The dashboard, single figures, the retention board, and who is behind a number."""

import re
from datetime import date
from itertools import count

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from customers.actions import segments
from insights.actions import annotations, snapshots
from insights.definitions import DEFINITIONS
from insights.pages import board as board_page
from insights.pages import figures as figures_page
from insights.pages import home as home_page
from tests.factories.insights import bought, follow, shop

pytestmark = pytest.mark.django_db
DAY = date(2026, 4, 16)
months = count()


@pytest.fixture
def market(monkeypatch):
    for module in (figures_page, board_page):
        monkeypatch.setattr(module, "today", lambda: DAY)
    made = shop([
        ["2025-02-03", "2025-11-03", "2025-12-03", "2026-01-05", "2026-03-02", "2026-03-30"],
        ["2026-02-10", "2026-02-20"],
        ["2026-03-15"],
        ["2025-10-05"],
        ["2026-04-02"],
    ])  # fmt: skip
    snapshots.take_all(day=DAY)
    return made


def page(client, name: str, *args: object, **query: object) -> str:
    answer = client.get(reverse(f"admin:{name}", args=args), query)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def test_every_section_shows_its_figures_with_what_they_are_of(market, manager_client):
    shown = page(manager_client, "figures")
    assert "Retention" in shown
    assert "2026-03, n = 2" in shown
    for section in ("keeping", "buying", "programme", "voice"):
        page(manager_client, "figures", section=section)
    assert "30.00 EUR" in page(manager_client, "figures", section="buying")
    assert manager_client.get(reverse("admin:figures"), {"section": "nonsense"}).status_code == 404


def test_the_first_page_has_the_first_figures_of_the_role(market, monkeypatch, manager_client, agent_client):
    monkeypatch.setattr(home_page, "today", lambda: DAY)
    shown = page(manager_client, "index")
    assert "Figures of last month" in shown
    assert reverse("admin:figure", args=["retention"]) in shown
    assert reverse("admin:figure", args=["first_answer"]) in page(agent_client, "index")


def test_each_role_has_figures_of_its_own(market, agent_client, marketer_client, board_manager_client, intern_client):
    assert "First answer after" in page(agent_client, "figures")
    assert "Redemption rate" in page(marketer_client, "figures")
    assert "Loyal customers" in page(board_manager_client, "figures")
    assert intern_client.get(reverse("admin:figures")).status_code == 403


def test_a_figure_is_shown_with_its_meaning_its_past_and_as_a_file(market, manager, manager_client):
    annotations.write(date(2026, 2, 14), "New prices", by=manager)
    for key, definition in DEFINITIONS.items():
        answer = manager_client.get(reverse("admin:figure", args=[key]), {"compare": "year"})
        assert answer.status_code == (404 if figures_page.only_groups(definition) else 200), key
    shown = page(manager_client, "figure", "revenue", compare="year", by="channel")
    assert "2026-02-14: New prices" in shown
    assert "not over yet" in shown
    assert "<polyline" in shown
    file = manager_client.get(reverse("admin:figure", args=["retention"]), {"format": "csv", "since": "2026-03"})
    lines = b"".join(file.streaming_content).decode().splitlines()
    assert [line.split(",")[:6] for line in lines[1:]] == [
        ["2026-03", "2026-04-01", "yes", "1", "2", "0.5"], ["2026-04", "2026-04-17", "no", "1", "1", "1.0"],
    ]  # fmt: skip
    assert "A month is written" in page(manager_client, "figure", "retention", since="yesterday")


def test_what_months_are_held_beside_stands_in_the_table_and_in_the_file(market, manager_client):
    bought(market[0], "2025-03-20", 2550)
    bought(market[2], "2025-04-20", channel="store")
    follow()
    snapshots.take_all(day=DAY)
    query = {"since": "2026-03", "compare": "year", "by": "tier"}
    answer = manager_client.get(reverse("admin:figure", args=["revenue"]), query)
    rows = {row["month"]: (row["value"], row["beside"]) for row in answer.context["rows"]}
    assert rows == {"2026-03": ("30.00 EUR", "25.50 EUR"), "2026-04": ("10.00 EUR", "-")}
    assert "A year earlier" in answer.content.decode()
    (now, earlier) = answer.context["chart"].series
    assert (len(now.marks), [mark.words for mark in earlier.marks]) == (2, ["2026-03: 25.50"])

    file = manager_client.get(reverse("admin:figure", args=["revenue"]), query | {"format": "csv"})
    lines = b"".join(file.streaming_content).decode().splitlines()[1:]
    assert lines == [
        "2026-03,2026-04-01,yes,30.00,3,30.00,EUR,1,,,25.50,", "2026-04,2026-04-17,no,10.00,1,10.00,EUR,1,,,,",
        "2026-03,2026-04-01,yes,30.00,3,30.00,EUR,1,,,,none",
    ]  # fmt: skip
    empty = manager_client.get(reverse("admin:figure", args=["revenue"]), {"compare": "previous"})
    assert len(empty.context["chart"].series) == 1


def test_dashboards_ask_the_same_however_much_there_is(market, manager_client):
    def queries(name: str, *args: object) -> int:
        page(manager_client, name, *args)
        with CaptureQueriesContext(connection) as found:
            page(manager_client, name, *args)
        return len(found)

    before = [queries("figures"), queries("retention_board"), queries("figure", "retention")]
    shop([[f"2025-{month:02}-09", "2026-03-03"] for month in range(3, 12)])
    snapshots.take_all(day=DAY)
    assert [queries("figures"), queries("retention_board"), queries("figure", "retention")] == before


def test_the_board_has_the_bridge_and_the_cohorts_in_every_way(market, manager_client):
    shown = page(manager_client, "retention_board")
    assert "New, reactivated and lost" in shown
    assert 'title="1 / 1"' in shown
    for query in ({"base": "cohort_any"}, {"when": "from"}, {"relative": "previous"}, {"average": "simple"}):
        page(manager_client, "retention_board", **query)
    file = manager_client.get(reverse("admin:retention_board"), {"format": "csv"})
    assert b"2025-10,1,1,0,0,0,0,0,0" in b"".join(file.streaming_content)
    shown = manager_client.get(reverse("admin:retention_board")).context
    for table, rows in (
        ("bridge", [[row["month"], *(row[name] for name in ("start", *board_page.BRIDGE, "end"))] for row in reversed(
            shown["bridge"]["rows"]
        )]),
        ("stages", [[name, row.numerator, row.denominator] for _key, name, row, _share in shown["stages"]["rows"]]),
    ):  # fmt: skip
        file = manager_client.get(reverse("admin:retention_board"), {"format": "csv", "table": table})
        lines = b"".join(file.streaming_content).decode().splitlines()[1:]
        assert lines == [",".join(str(cell) for cell in row) for row in rows]
        assert lines


def test_every_cell_of_the_board_leads_to_as_many_customers_as_it_says(market, manager_client, board_manager_client):
    def people(address: str) -> int:
        return manager_client.get(address.replace("&amp;", "&")).context["total"]

    cell = re.compile(r'title="(\d+) / \d+"><a href="([^"]+)">')
    for query in ({}, {"base": "cohort_any"}, {"when": "from"}):
        cells = cell.findall(page(manager_client, "retention_board", **query))
        assert len(cells) > 8
        for n, address in cells:
            assert people(address) == int(n), address
    shown = page(manager_client, "retention_board")
    fifths = re.findall(r'<a href="([^"]+figure=rfm[^"]+)">(\d+)</a>', shown)
    assert sum(int(n) for _, n in fifths) == 5
    for address, n in fifths:
        assert people(address) == int(n), address
    (end,) = re.findall(r'href="([^"]+figure=active&amp;as_of=2026-04-01)">3</a>', shown)
    assert people(end) == 3
    assert cell.findall(page(board_manager_client, "retention_board")) == []
    shop([[f"2025-{month:02}-09" for month in range(1, 13)]])
    snapshots.take_all(day=DAY)
    table = page(manager_client, "retention_board").partition("</figure>")[0]
    assert table.count('<th scope="row">2025-') + table.count('<th scope="row">2026-') == 15


def test_a_group_is_called_by_its_name(market, manager, manager_client):
    said = {"match": "all", "groups": [{"match": "all", "not": False, "conditions": [
        {"field": "purchases", "how": "at_least", "values": [2], "name": "", "not": False}
    ]}]}  # fmt: skip
    again = segments.make("Came again", said, by=manager)
    asked = {"figure": "orders", "as_of": "2026-04-01"}
    assert "Group: Came again." in page(manager_client, "figure_customers", **asked, by="segment", member=again.pk)
    assert "Group: at risk." in page(
        manager_client, "figure_customers", **asked | {"figure": "stage"}, member="at_risk"
    )


BEHIND = [
    ("active", {}, 3), ("retention", {}, 1), ("churn", {}, 1), ("lost", {}, 1), ("new", {}, 2), ("reactivated", {}, 0),
    ("repeat_rate", {}, 2), ("loyal_share", {}, 1), ("repeat_rate_ever", {}, 2), ("buyers", {}, 2),
    ("aov", {"by": "channel", "member": ""}, 2), ("cohort", {"member": "2025-02"}, 1),
    ("cohort_any", {"member": "2026-01"}, 1), ("stage", {"member": "new"}, 3),
]  # fmt: skip


def test_the_customers_behind_a_figure_are_as_many_as_it_says(market, manager_client, agent_client):
    for key, query, people in BEHIND:
        answer = manager_client.get(reverse("admin:figure_customers"), {"figure": key, "as_of": "2026-04-01", **query})
        if key != "stage":  # which goes by the clock
            assert (key, answer.context["total"]) == (key, people)
        assert len(answer.context["rows"]) == answer.context["total"]
    asked = {"figure": "repeat_rate", "as_of": "2026-04-01"}
    file = manager_client.get(reverse("admin:figure_customers"), asked | {"format": "csv"})
    assert len(b"".join(file.streaming_content).decode().splitlines()) == 3
    assert agent_client.get(reverse("admin:figure_customers"), asked).status_code == 403
    no_days = [{"as_of": "soon"}, {"as_of": "0001-01-01"}, {"as_of": "9999-12-31"}]
    no_months = [{"figure": "cohort", "member": each} for each in ("x", "9999-12")]
    for wrong in (*no_days, *no_months, {"figure": "advice_shipped"}):
        assert manager_client.get(reverse("admin:figure_customers"), asked | wrong).status_code == 404


def test_a_month_that_nobody_can_reckon_with_is_refused_on_the_form(manager_client):
    for wrong in ({"since": "0001-01"}, {"until": "9999-12"}, {"until": "May"}):
        assert "A month is written as 2026-03." in page(manager_client, "figure", "active", **wrong)


def test_everything_has_a_page_before_there_is_anything(manager_client):
    for name in ("figures", "retention_board", "annotations"):
        assert "ms-empty" in page(manager_client, name)
    assert "Nothing to show" in page(manager_client, "figure", "retention")
