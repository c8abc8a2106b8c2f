"""Figures about cases: counted by one statement each, and the cases behind every row."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse

from feedback.actions import cases, complaints, conversation, reopenings
from feedback.models import Case, Redress
from feedback.queries import reports
from feedback.queries.reports import REPORTS, Asked
from tests.factories import calendars, feedback
from tests.factories.policies import policy

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
MARCH = Asked(date(2026, 3, 1), date(2026, 3, 31))
NOW = MONDAY + timedelta(days=90)


def at(day: int, hour: int) -> datetime:
    return MONDAY + timedelta(days=day, hours=hour - 9)


@pytest.fixture
def happened(agent):
    """Three complaints: answered in time and closed on day two, late and closed after nine weeks, and open."""
    calendars.calendar()
    policy("Usual", ("first_response", 4, "hours", ()), ("resolution", 24, "hours", ("customer",)))
    team = feedback.team(agent)
    cause = feedback.root_cause("Carrier")
    soon, late, left = (feedback.case(at=at(0, 9), team=team) for _ in range(3))
    conversation.reply(soon, "Here.", by=agent, at=at(0, 11))
    cases.wait(soon, on="customer", by=agent, at=at(0, 12))
    cases.wait(soon, on="", by=agent, at=at(0, 14))
    complaints.decide(soon, outcome="upheld", reason="So it was", by=agent, at=at(1, 10))
    complaints.close(soon, root_cause=cause, by=agent, at=at(1, 11))
    conversation.reply(late, "Sorry.", by=agent, at=at(1, 10))
    complaints.decide(late, outcome="not", reason="It was not", by=agent, at=at(10, 10))
    complaints.close(late, by=agent, at=at(11, 9))
    reopenings.reopen(late, by=agent, at=at(12, 9))
    complaints.close(late, by=agent, at=at(63, 9))
    feedback.case(at=at(0, 9), spam=True)
    feedback.case("question", at=at(40, 9))  # in April
    Redress.objects.create(
        case=soon, kind="money", state="paid", amount=1250, currency="EUR", proposed_at=at(1, 10), alone=True,
        approved_at=at(1, 10), offered_at=at(1, 10), ended_at=at(1, 10), paid_at=at(1, 10), paid_by=agent,
        proposed_by=agent, approved_by=agent, reference="R1",
    )  # fmt: skip
    return soon, late, left, team, cause


def told(key: str, asked: Asked = MARCH) -> dict[str, tuple]:
    return {row.label: row.values for row in reports.rows(REPORTS[key], asked, at=NOW)}


def test_each_report_counts_what_happened(happened):
    soon, late, left, team, cause = happened

    assert told("metric") == {
        "first_response": (pytest.approx(100 / 3), 1, 2),
        "resolution": (pytest.approx(100 / 3), 1, 2),
    }
    assert list(told("team")) == [str(team.pk)]
    assert list(told("month")) == ["2026-03"]
    assert [row.name for row in reports.rows(REPORTS["policy"], MARCH, at=NOW)] == ["Usual"]
    # Answered after two and after nine open hours; 25 hours by the clock on the wall.
    assert told("answer") == {"2026-03": (pytest.approx(5.5), pytest.approx(8.3), 13.5, pytest.approx(22.7), 2)}
    # One took 8 open hours to the end of the first day, 2 on the second, less 2 of waiting.
    resolved = told("resolution")["2026-03"]
    assert resolved[4] == 2
    assert Case.objects.get(pk=soon.pk).clocks.get(metric="resolution").taken == 8 * 3600
    assert told("backlog") == {"99999": (1, 1)}
    assert told("reopened") == {"2026-03": (50.0, 1, 2)}
    assert told("upheld") == {"2026-03": (50.0, 1, 0, 1)}
    assert told("redress") == {"money:EUR": (1, 1250, 0)}
    assert told("causes") == {str(cause.pk): (1, 1), "": (1, 0)}
    assert told("regulation") == {"1": (1, 1, 0, 1), "3": (1, 0, 0, 0), "5": (1, 0, 0, 0)}
    assert [one.pk for one in reports.cases(REPORTS["regulation"], MARCH, "5", at=NOW)] == [left.pk]
    assert {one.pk for one in reports.cases(REPORTS["upheld"], MARCH, "2026-03", at=NOW)} == {soon.pk, late.pk}


def test_every_row_counts_the_cases_that_it_lists(happened):
    for report in REPORTS.values():
        counted = {row.label for row in reports.rows(report, MARCH, at=NOW)}
        assert counted
        for label in counted:
            assert reports.cases(report, MARCH, label, at=NOW), (report.key, label)


def test_what_is_filtered_is_left_out(happened):
    team = happened[3]
    assert told("answer", Asked(date(2026, 1, 1), date(2026, 2, 28))) == {}
    assert told("reopened", Asked(MARCH.since, MARCH.until, team=feedback.team().pk)) == {}
    assert told("backlog", Asked(date(2026, 4, 1), date(2026, 4, 30), kind="complaint")) == {}
    assert told("reopened", Asked(MARCH.since, MARCH.until, team=team.pk, kind="complaint"))["2026-03"][2] == 2


def test_the_page_draws_each_report_and_gives_it_as_a_file(happened, agent_client, intern_client):
    page = reverse("admin:case_reports")
    asked = {"since": "2026-03-01", "until": "2026-03-31"}
    for report in REPORTS:
        assert agent_client.get(page, asked | {"report": report}).status_code == 200
    shown = agent_client.get(page, asked | {"report": "redress"}).content.decode()
    assert "12.50 EUR" in shown
    file = agent_client.get(page, asked | {"report": "redress", "format": "csv"})
    assert b"".join(file.streaming_content).decode().splitlines()[1] == "money EUR,1,12.5,0"
    behind = agent_client.get(reverse("admin:counted_cases"), asked | {"report": "causes", "label": ""})
    assert [case.pk for case in behind.context["cases"]] == [happened[1].pk]
    assert (
        "Nothing to count" in agent_client.get(page, {"until": "2020-01-01", "since": "2019-01-01"}).content.decode()
    )
    assert agent_client.get(page, {"report": "nonsense"}).status_code == 404
    assert intern_client.get(page).status_code == 403


def test_a_filter_that_cannot_be_read_leaves_the_report_and_the_other_filters(happened, agent_client):
    shown = agent_client.get(
        reverse("admin:case_reports"), {"report": "reopened", "since": "soon", "until": "2026-03-31", "team": "no"}
    )
    assert shown.context["report"].key == "reopened"
    assert "Enter a valid date" in shown.content.decode()
