"""The case page: read, answered, and worked on."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from communications.models import Message
from feedback import links
from feedback.actions import cases, conversation, drafts, replies
from feedback.models import Case, Draft, Entry
from feedback.queries import conversations
from feedback.queries.clocks import of_case
from tests.factories import calendars, customers, feedback, policies

pytestmark = pytest.mark.django_db


def here(case: Case) -> str:
    return reverse("admin:case", args=[case.pk])


def step(client, case: Case, name: str, **given):
    return client.post(reverse(f"admin:case_{name}", args=[case.pk]) + "?list=kind%3Dcomplaint", given)


def test_an_answer_goes_out_from_the_page_and_says_how_it_fares(agent, agent_client):
    case = feedback.case()
    drafts.keep(case, "It comes", by=agent)
    seen = agent_client.get(here(case)).context["said"].newest

    answer = step(agent_client, case, "reply", reply="It comes tomorrow.", seen=seen, then_wait="1")

    assert answer.url == f"{here(case)}?list=kind%3Dcomplaint"
    case.refresh_from_db()
    assert (case.waiting, case.unanswered_since) == ("customer", None)
    assert "It comes tomorrow." in Message.objects.get().text
    assert "waiting" in agent_client.get(here(case)).content.decode()
    Message.objects.update(state="failed", ended_at=timezone.now(), reason="refused", error="No such box")
    page = agent_client.get(here(case)).content.decode()
    assert "No such box" in page
    assert "Send again" in page
    agent_client.post(reverse("admin:send_again", args=[Entry.objects.get(kind="reply").pk]))
    assert Message.objects.get().state == "queued"


def test_an_answer_to_an_older_message_is_stopped_and_its_text_kept(agent_client):
    case = feedback.case()
    seen = agent_client.get(here(case)).context["said"].newest
    conversation.receive(case, text="Never mind, it is here.", channel="email")

    answer = step(agent_client, case, "reply", reply="It comes tomorrow.", seen=seen)

    body = answer.content.decode()
    assert answer.context["refused"]
    assert "A newer message has come in" in body
    assert "Never mind, it is here." in body
    assert "It comes tomorrow.</textarea>" in body
    assert not Message.objects.exists()
    assert step(agent_client, case, "reply", reply="Good.", seen=answer.context["said"].newest).status_code == 302


def test_a_long_conversation_is_shown_in_pages_with_as_many_queries_as_a_short_one(agent, agent_client):
    def asked(case: Case) -> int:
        with CaptureQueriesContext(connection) as queries:
            agent_client.get(f"{here(case)}?list=")
        return len(queries)

    short = feedback.case()
    long = feedback.case(team=feedback.team(agent))
    for n in range(70):
        conversation.reply(long, f"Answer {n}", by=agent)
    asked(short)
    assert asked(short) == asked(long) <= 15

    first = agent_client.get(here(long)).context["said"]
    texts = [one.own for one in first.entries]
    earlier = first.earlier
    while earlier:
        said = agent_client.get(f"{here(long)}?before={earlier}", headers={"HX-Request": "true"}).context["said"]
        texts, earlier = [one.own for one in said.entries] + texts, said.earlier
    assert texts == ["Where is my parcel?", *(f"Answer {n}" for n in range(70))]


def test_the_next_and_the_previous_case_of_the_view_are_one_step_away(agent_client):
    never, late, soon = (feedback.case() for _ in range(3))
    for case, hours in ((late, -1), (soon, 1)):
        Case.objects.filter(pk=case.pk).update(due_at=timezone.now() + timedelta(hours=hours), due_metric="update")

    def near(case: Case, query: str) -> tuple[int | None, int | None]:
        found = agent_client.get(here(case), {"list": query}).context["near"]
        return found["previous"], found["next"]

    assert near(late, "") == (None, soon.pk)
    assert near(soon, "kind=complaint") == (late.pk, never.pk)
    assert near(never, "state=all") == (late.pk, None)
    assert agent_client.get(here(late)).context["near"] == {}


def test_a_note_is_read_by_colleagues_only(agent_client, marketer_client):
    case = feedback.case()
    step(agent_client, case, "note", note="Between us.")

    assert "Between us." in agent_client.get(here(case)).content.decode()
    assert "Between us." not in marketer_client.get(here(case)).content.decode()
    assert step(marketer_client, case, "note", note="Me too.").status_code == 403
    assert step(marketer_client, case, "reply", reply="Me too.").status_code == 403
    assert step(agent_client, case, "note", note=" ").context["refused"]


def test_a_case_is_taken_given_left_waiting_put_to_sleep_and_corrected(agent, manager, agent_client):
    case = feedback.case()
    step(agent_client, case, "give", to=agent.pk)
    assert Case.objects.get().assignee == agent
    step(agent_client, case, "give", to=manager.pk)
    assert Case.objects.get().assignee == manager
    for nobody in ("0", "nobody", "-1", str(2**63)):
        assert agent_client.post(reverse("admin:case_give", args=[case.pk]), {"to": nobody}).status_code == 404
    assert Case.objects.get(pk=case.pk).assignee is not None
    step(agent_client, case, "give", to="")
    step(agent_client, case, "wait", on="third")
    tomorrow = timezone.now() + timedelta(days=1)
    step(agent_client, case, "snooze", preset=tomorrow.strftime("%Y-%m-%dT%H:%M"), until="")
    case.refresh_from_db()
    assert (case.assignee, case.waiting) == (None, "third")
    assert abs(case.snoozed_until - tomorrow) < timedelta(minutes=1)
    assert step(agent_client, case, "snooze", until="soon").context["refused"]
    step(agent_client, case, "snooze", wake="1")
    details = reverse("admin:case_details", args=[case.pk])
    assert "Severity" in agent_client.get(details, headers={"HX-Request": "true"}).content.decode()
    agent_client.post(details, {"subject": "Parcel lost", "severity": 4, "impact": 4})
    case.refresh_from_db()
    assert (case.snoozed_until, case.subject, case.priority) == (None, "Parcel lost", 4)
    done = agent_client.get(reverse("admin:case_history", args=[case.pk])).content.decode()
    assert all(words in done for words in ("Opened", "Given to somebody", "Put to sleep", "Woken", "Details changed"))


def test_a_draft_survives_and_a_second_window_is_told(agent_client):
    case = feedback.case()
    first = step(agent_client, case, "draft", kind="reply", text="It comes", version=0)
    assert first.json() == {"version": 1}
    assert "It comes</textarea>" in agent_client.get(here(case)).content.decode()

    second = step(agent_client, case, "draft", kind="reply", text="Another", version=0)
    assert (second.status_code, second.json()["text"], second.json()["version"]) == (409, "It comes", 1)
    assert step(agent_client, case, "draft", kind="odd", text="x").status_code == 403
    assert Draft.objects.get().text == "It comes"


def test_colleagues_see_each_other_and_what_came_in_meanwhile(agent, manager, agent_client, manager_client):
    case = feedback.case()
    seen = agent_client.get(here(case)).context["said"].newest
    step(agent_client, case, "pulse", seen=seen, writing="1")
    conversation.receive(case, text="And?", channel="email")

    body = step(manager_client, case, "pulse", seen=seen, writing="0").content.decode()
    assert "Ada Agent: is writing" in body
    assert "1 new message" in body
    step(agent_client, case, "pulse", leave="1")
    assert "Ada Agent" not in step(manager_client, case, "pulse", seen=seen).content.decode()


def test_quoted_and_automatic_parts_are_folded_and_html_is_shown_in_a_frame_without_rights(agent_client):
    case = feedback.case(
        text="Still nothing!\n\nOn 1 Nov 2026, Shop wrote:\n> It comes.", html='<p onclick="x">"Still"</p>'
    )
    conversation.receive(case, text="I am away.", channel="email", automatic=True)
    body = agent_client.get(here(case)).content.decode()
    assert "Quoted text" in body
    assert "Automatic message received" in body

    entry = case.entries.order_by("pk").first()
    frame = agent_client.get(reverse("admin:message_as_sent", args=[entry.pk])).content.decode()
    assert 'sandbox=""' in frame
    assert "&lt;p onclick=&quot;x&quot;&gt;" in frame


@pytest.mark.parametrize("text", ["> only quoted", "Thanks", ""])
def test_what_has_nothing_of_its_own_before_a_quotation_is_shown_whole(text):
    assert conversations.split(text) == (text, "")


def test_the_customers_picture_stands_beside(agent_client):
    case = feedback.case()
    other = feedback.case(customer=case.customer, subject="Wrong size")
    later = feedback.case(customer=None, follows=case, subject="Once more")

    body = agent_client.get(reverse("admin:case_customer", args=[case.pk])).content.decode()
    assert case.customer.number in body
    assert other.subject in body
    assert later.subject in body
    nobody = agent_client.get(reverse("admin:case_customer", args=[later.pk])).content.decode()
    assert "Unknown sender" in nobody


def test_what_is_not_open_can_be_read_and_not_answered(agent_client):
    case = feedback.case(spam=True)
    body = agent_client.get(here(case)).content.decode()
    assert "held aside as spam" in body
    assert 'name="reply"' not in body
    assert step(agent_client, case, "reply", reply="Hello?").context["refused"]


def test_only_who_may_see_cases_sees_one(intern_client, agent):
    case = cases.assign(feedback.case(), to=agent)
    replies.send(case, "Tomorrow.", by=agent)
    names = ("case", "case_customer", "case_history", "case_details")
    answers = [intern_client.get(reverse(f"admin:{name}", args=[case.pk])).status_code for name in names]
    assert answers == [403] * 4


def test_files_are_sent_from_the_page_and_have_to_be_chosen_again_after_a_refusal(agent_client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    case = feedback.case(sender_address="kim@example.net")
    seen = agent_client.get(here(case)).context["said"].newest

    program = SimpleUploadedFile("setup.exe", b"MZ" + bytes(200))
    refused = step(agent_client, case, "reply", reply="Run this.", seen=seen, files=program).content.decode()
    step(agent_client, case, "reply", reply="The label.", seen=seen, files=SimpleUploadedFile("label.txt", b"Kim"))

    assert "Choose the files again." in refused
    assert "Run this.</textarea>" in refused
    assert [one["name"] for one in Message.objects.get().attachments] == ["label.txt"]


def test_links_to_the_customers_page_are_made_invalid(agent_client, client):
    case = feedback.case()
    link = links.path(case)
    assert client.get(link).status_code == 200

    step(agent_client, case, "revoke")

    case.refresh_from_db()
    assert client.get(link).status_code == 404
    assert client.get(links.path(case)).status_code == 200
    assert case.events.filter(what="links_revoked").exists()


def test_a_case_is_held_aside_from_its_page(agent_client):
    case = feedback.case()
    assert reverse("admin:case_hold", args=[case.pk]) in agent_client.get(here(case)).content.decode()

    step(agent_client, case, "hold")

    case.refresh_from_db()
    assert case.spam


def test_details_that_a_colleague_has_changed_meanwhile_are_not_written_over_unseen(agent, agent_client):
    case = feedback.case()
    page = reverse("admin:case_details", args=[case.pk])
    wish = {"subject": "Mine", "severity": 2, "impact": 1}
    wish["version"] = agent_client.get(page).context["form"]["version"].value()
    cases.change(case, by=agent, severity=4)

    shown = agent_client.post(page, wish)
    assert "Something was done to this case meanwhile" in shown.content.decode()
    assert Case.objects.get().severity == 4
    assert agent_client.post(page, wish | {"version": shown.context["form"]["version"].value()}).status_code == 302
    case.refresh_from_db()
    assert (case.subject, case.severity) == ("Mine", 2)


def test_what_is_overdue_has_no_open_time_left(agent):
    calendars.calendar()
    policies.policy()
    case = feedback.case(at=datetime(2026, 3, 2, 13, tzinfo=UTC))  # four hours are over at closing time
    shown = of_case(case, at=datetime(2026, 3, 2, 20, tzinfo=UTC))

    panel = render_to_string("feedback/clocks/_panel.html", {"clocks": shown[:1], "case": case})
    assert "0 min open time over" in panel
    assert "open time left" not in panel


def test_who_wrote_is_said_on_the_page_once_it_is_known(agent_client):
    ada = customers.customer(email="ada@example.org")
    case = feedback.case(customer=None, sender_address="ada@work.example")
    page = reverse("admin:case_details", args=[case.pk])
    wish = {"subject": "Parcel late", "severity": 2, "impact": 1}

    refused = agent_client.post(page, wish | {"customer": "nobody@example.org"})
    assert "Nobody was found by this" in refused.content.decode()
    agent_client.post(page, wish | {"customer": "ada@example.org"})
    assert Case.objects.get().customer == ada
    assert agent_client.get(page).context["form"]["customer"].value() == ada.number
    agent_client.post(page, wish | {"customer": ""})
    assert Case.objects.get().customer == ada
