"""The desk: the queue and what is done from it."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from feedback.actions import cases, conversation, snoozing
from feedback.models import Case
from feedback.queries.queue import Filters
from tests.factories import feedback

pytestmark = pytest.mark.django_db
DESK = "/admin/desk/"


def due(case: Case, hours: float) -> Case:
    Case.objects.filter(pk=case.pk).update(due_at=timezone.now() + timedelta(hours=hours), due_metric="resolution")
    return case


def shown(client, query: str = "") -> list[int]:
    return rows_of(client.get(f"{DESK}?{query}"))


def rows_of(answer) -> list[int]:
    return [int(pk) for pk in re.findall(r'<tr data-case="(\d+)">', answer.content.decode())]


def test_what_is_due_first_stands_first_and_what_is_not_due_last(agent_client):
    never, late, soon = feedback.case(), due(feedback.case(), -1), due(feedback.case(), 1)
    feedback.case(spam=True)

    answer = agent_client.get(DESK)

    assert rows_of(answer) == [late.pk, soon.pk, never.pk]
    assert re.findall(r"ms-due-(\w+)", answer.content.decode()) == ["breached", "soon"]
    assert "late since" in answer.content.decode()


def test_each_filter_finds_its_cases_and_nothing_else(agent, agent_client):
    theme = feedback.theme()
    team = feedback.team(agent)
    mine = due(cases.assign(feedback.case(severity=4, impact=4), to=agent), -1)
    other = feedback.case("question", channel="phone", language="ko", theme=feedback.theme(parent=theme), team=team)
    cases.wait(other, on="third")
    asleep = snoozing.snooze(feedback.case(), until=timezone.now() + timedelta(days=1))

    only_mine = ["agent=me", f"agent={agent.pk}", "priority=4", "kind=complaint", "due=breached", "waiting=us"]
    only_mine += [f"customer={mine.customer_id}", "due=today", "due=soon"]
    only_other = ["agent=nobody", "kind=question", "channel=phone", "language=ko", f"theme={theme.pk}"]
    only_other += [f"team={team.pk}", "waiting=third", "due=never"]
    assert {query: shown(agent_client, query) for query in only_mine} == {query: [mine.pk] for query in only_mine}
    assert {query: shown(agent_client, query) for query in only_other} == {query: [other.pk] for query in only_other}
    assert shown(agent_client, "state=asleep") == [asleep.pk]
    assert shown(agent_client, "state=spam") == shown(agent_client, "state=closed") == []
    assert len(shown(agent_client, "state=all")) == 3
    assert len(shown(agent_client, "agent=drop+table&state=odd&team=x&after=odd")) == 2


def test_filters_are_the_same_address_in_whatever_order_they_came():
    assert Filters.read({"kind": "complaint", "agent": "me", "state": "open"}).query == "agent=me&kind=complaint"


def test_the_queue_is_paged_without_losing_a_case(agent_client):
    made = {due(feedback.case(customer=None), 1).pk for _ in range(20)} | {
        feedback.case(customer=None).pk for _ in range(12)
    }
    first = agent_client.get(DESK)
    second = agent_client.get(f"{DESK}?after={first.context['page'].next}")

    seen = rows_of(first) + rows_of(second)
    assert len(seen) == 32
    assert set(seen) == made
    back = agent_client.get(f"{DESK}?after={second.context['page'].previous}")
    assert rows_of(back) == seen[:25]


def test_the_queue_asks_the_database_as_often_for_three_cases_as_for_one(agent, agent_client):
    feedback.team(agent)

    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            agent_client.get(DESK)
        return len(queries)

    cases.assign(feedback.case(), to=agent)
    agent_client.get(DESK)
    one = asked()
    for _ in range(2):
        conversation.note(feedback.case(theme=feedback.theme()), "Look.", by=agent)
    with CaptureQueriesContext(connection) as home:
        agent_client.get(reverse("admin:my_account"))

    assert asked() == one
    assert one - len(home) <= 8


def test_what_others_wrote_is_never_markup_in_the_queue(agent_client):
    said = "<b>&quot;'"
    case = feedback.case(customer=None, subject=said, theme=feedback.theme(name=said), sender_name=said, text=said)
    Case.objects.filter(pk=case.pk).update(reopenings=1, waiting="customer")
    page = agent_client.get(DESK).content.decode()

    assert "<b>" not in page
    assert page.count("&lt;b&gt;&amp;quot;&#x27;") == 4  # subject, theme, beginning of the message, sender
    assert "came back" in page


def test_refreshing_gives_the_rows_alone(agent_client):
    case = feedback.case()
    body = agent_client.get(DESK, headers={"HX-Request": "true"}).content.decode()

    assert case.subject in body
    assert "<html" not in body


def test_who_may_not_read_notes_does_not_see_them_in_the_queue(agent, agent_client, marketer_client):
    conversation.note(feedback.case(), "Between us.", by=agent)

    assert "Between us" in agent_client.get(DESK).content.decode()
    assert "Between us" not in marketer_client.get(DESK).content.decode()


def test_many_cases_are_given_at_once_after_a_look_at_how_many(agent, manager, manager_client):
    found = [feedback.case(), feedback.case()]
    asked = {"do": "assign", "case": [case.pk for case in found], "back": "kind=complaint"}
    before = manager_client.get(reverse("admin:desk_bulk"), asked)
    assert "This is about 2 cases" in before.content.decode()

    done = manager_client.post(reverse("admin:desk_bulk"), asked | {"to": agent.pk})
    assert done.url == f"{DESK}?kind=complaint"
    assert Case.objects.filter(assignee=agent).count() == 2


def test_what_refused_is_told_one_by_one(agent_client):
    found = [feedback.case(), feedback.case(spam=True)]
    asked = {"do": "take", "case": [case.pk for case in found]}
    assert "will refuse" in agent_client.get(reverse("admin:desk_bulk"), asked).content.decode()

    body = agent_client.post(reverse("admin:desk_bulk"), asked).content.decode()
    assert "held aside as spam" in body
    assert Case.objects.filter(assignee__isnull=False).count() == 1


def test_what_was_held_aside_wrongly_is_taken_back_many_at_once(agent_client):
    found = [feedback.case(spam=True), feedback.case(spam=True)]
    assert "It is no spam" in (shown := agent_client.get(f"{DESK}?state=spam").content.decode())
    assert "Snooze…" not in shown
    assert "It is no spam" not in agent_client.get(DESK).content.decode()
    asked = {"do": "release", "case": [case.pk for case in found]}
    assert "will refuse" not in agent_client.get(reverse("admin:desk_bulk"), asked).content.decode()

    agent_client.post(reverse("admin:desk_bulk"), asked)
    assert not Case.objects.filter(spam=True).exists()
    assert "will refuse" in agent_client.get(reverse("admin:desk_bulk"), asked).content.decode()


def test_bulk_steps_need_cases_and_the_right(agent, agent_client, marketer_client, intern_client):
    case = feedback.case()
    assert agent_client.get(reverse("admin:desk_bulk"), {"do": "take"}).url.startswith(DESK)
    for client in (marketer_client, intern_client):
        assert client.post(reverse("admin:desk_bulk"), {"do": "take", "case": case.pk}).status_code == 403
    assert intern_client.get(DESK).status_code == 403


@pytest.mark.parametrize(
    ("step", "given", "becomes"),
    [
        ("theme", {}, {}),
        ("severity", {"severity": 4, "impact": 4}, {"priority": 4}),
        ("snooze", {"until": "2099-01-01T09:00"}, None),
        ("team", {}, {"team": None}),
        ("spam", {}, {"spam": True}),
    ],
)
def test_each_step_does_what_it_says(agent_client, step, given, becomes):
    case = feedback.case(team=feedback.team())
    answer = agent_client.post(reverse("admin:desk_bulk"), {"do": step, "case": case.pk} | given)

    if becomes is None:
        assert "more than a year away" in answer.content.decode()
    else:
        assert answer.status_code == 302
        case.refresh_from_db()
        assert {name: getattr(case, name) for name in becomes} == becomes


def test_tabs_say_how_many_cases_stand_under_them(agent, agent_client):
    due(cases.assign(feedback.case(), to=agent), -1)
    due(feedback.case(), 1)
    asleep = cases.assign(feedback.case(), to=agent)
    snoozing.snooze(asleep, until=timezone.now() + timedelta(days=1))
    feedback.case(spam=True)

    tabs = {tab["query"]: tab["count"] for tab in agent_client.get(DESK).context["tabs"]}
    assert {query: count for query, count in tabs.items() if count is not None} == {
        "agent=me": 1, "agent=nobody": 1, "due=breached": 1, "due=soon": 2,
    }  # fmt: skip


def test_filters_are_fetched_when_they_are_opened_and_keep_what_is_chosen(agent_client):
    filters, chosen = reverse("admin:desk_filters"), "kind=complaint&priority=4"
    for query in ("", chosen):
        closed = agent_client.get(f"{DESK}?{query}").content.decode()
        assert f'hx-get="{filters}?{escape(query)}"' in closed
        assert f'{escape("&".join(filter(None, (query, "filters=1"))))}">Show the filters' in closed
        assert 'name="theme"' not in closed

    fetched = agent_client.get(f"{filters}?{chosen}", headers={"HX-Request": "true"}).content.decode()
    opened = agent_client.get(f"{DESK}?{chosen}&filters=1").content.decode()
    for form in (fetched, opened):
        assert 'name="theme"' in form
        assert '<option value="complaint" selected>' in form
        assert "Keep this view as" in form
    assert agent_client.get(f"{filters}?{chosen}").url == f"{DESK}?{chosen}&filters=1"


def test_what_is_chosen_is_said_and_can_be_taken_back_one_by_one(agent, agent_client):
    theme, team, customer = feedback.theme("Too <late>"), feedback.team(agent), feedback.case().customer
    query = f"agent={agent.pk}&team={team.pk}&kind=praise&theme={theme.pk}&customer={customer.pk}&state=closed"

    chips = {chip["label"]: chip for chip in agent_client.get(f"{DESK}?{query}").context["chips"]}
    assert {label: chip["text"] for label, chip in chips.items()} == {
        "State": "closed", "Agent": str(agent), "Team": team.name, "Kind": "praise", "Theme": "Too <late>",
        "Customer": str(customer),
    }  # fmt: skip
    assert chips["Agent"]["without"] == Filters.read(QueryDict(query).dict() | {"agent": ""}).query
    assert "Too &lt;late&gt;" in agent_client.get(f"{DESK}?theme={theme.pk}").content.decode()
    for tab in ("agent=me", "state=closed", "due=soon"):
        assert agent_client.get(f"{DESK}?{tab}").context["chips"] == []
    assert agent_client.get(f"{DESK}?theme=987654").context["chips"][0]["text"] == "987654"
