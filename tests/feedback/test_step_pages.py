"""The steps of a case on its page: forms, posts, refusals."""

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from communications.models import Message
from feedback.actions import complaints, redress
from feedback.models import Case, RedressLimit
from feedback.queries import redress as questions
from feedback.queries.steps import next_steps
from people.roles import Role
from tests.conftest import browser_of
from tests.factories import feedback, people
from tests.factories.loyalty import buckets, programme

pytestmark = pytest.mark.django_db


def address(case, step):
    return reverse("admin:case_step", args=[case.pk, step])


def page_of(client, case):
    return client.get(reverse("admin:case", args=[case.pk])).content.decode()


@pytest.fixture
def case():
    programme()
    return feedback.case()


def test_a_complaint_is_worked_off_from_its_page(case, agent_client, agent):
    cause = feedback.root_cause("Carrier", parent=feedback.root_cause("Delivery"))
    assert "Acknowledge" in page_of(agent_client, case)
    form = agent_client.get(address(case, "acknowledge"), headers={"HX-Request": "true"}).content.decode()
    assert "8 weeks" in form
    assert "<html" not in form

    def take(step, **said):
        answer = agent_client.post(address(case, step), said)
        assert answer.status_code == 302, answer.content.decode()

    take("acknowledge", send="1", text="We have it.", channel="email")
    take("investigate")
    take("decide", outcome="upheld", reason="It came a week late.")
    take("propose", kind="points", points="300", words="for the wait", key="k1")
    take("propose", kind="points", points="300", words="for the wait", key="k1")  # a double click
    take("propose", kind="money", money="12.50", key="k2")
    assert "300 points: for the wait" in page_of(agent_client, case)
    take("offer", send="1", text="We offer 300 points.", channel="email")
    take("accept")
    money = case.redress.get(kind="money")
    assert (money.amount, money.state) == (1250, "accepted")
    agent_client.post(reverse("admin:pay_redress", args=[money.pk]), {"reference": "Bank 1"})
    take("close", send="1", text="This is final.", channel="email", root_cause=cause.pk)

    case.refresh_from_db()
    assert (case.stage, case.outcome, case.root_cause) == ("closed", "upheld", cause)
    assert buckets(case.customer) == (0, 300, 0, 0)
    assert list(Message.objects.order_by("pk").values_list("text", flat=True)) == [
        "We have it.", "We offer 300 points.", "This is final.",
    ]  # fmt: skip
    assert [step.name for step in next_steps(case, agent)] == ["refer", "reopen", "take_up"]
    take("reopen")
    take("refer", to="Ombudsman", reference="7")
    take("take_up", text="And again.")
    assert Case.objects.get(follows=case).subject == case.subject


def test_a_refusal_is_shown_with_what_was_written(case, agent_client):
    complaints.decide(case, outcome="upheld", reason="So.", by=None)
    answer = agent_client.post(address(case, "close"), {"text": "My words", "send": "1", "channel": "email"})
    page = answer.content.decode()

    assert answer.status_code == 200
    assert "Name what was at the root of it." in page
    assert "My words" in page
    assert not Message.objects.exists()  # the letter went with the closing, or not at all
    answer = agent_client.post(address(case, "propose"), {"kind": "money", "money": "1.005"})
    assert "no such small coin" in answer.content.decode()
    assert agent_client.post(address(case, "propose"), {"kind": "apology", "key": "x" * 91}).status_code == 200
    assert "possible now" in agent_client.post(address(case, "accept")).content.decode()


def test_the_short_way_answers_gives_and_closes(case, agent_client):
    cause = feedback.root_cause()
    said = {"answer": "Sorry!", "channel": "phone", "outcome": "upheld", "goodwill": "50", "root_cause": cause.pk}
    assert agent_client.post(address(case, "resolve"), said).status_code == 302
    question = feedback.case("question")
    assert (
        agent_client.post(address(question, "resolve"), {"answer": "At ten.", "channel": "email"}).status_code == 302
    )

    case.refresh_from_db()
    assert (case.stage, buckets(case.customer)) == ("closed", (0, 50, 0, 0))
    assert case.entries.latest("pk").channel == "phone"


def test_who_may_not_take_a_step_does_not_see_it(case, marketer, marketer_client, intern_client, agent):
    assert next_steps(case, marketer) == []
    assert marketer_client.post(address(case, "acknowledge")).status_code == 403
    assert intern_client.get(address(case, "acknowledge")).status_code == 403
    assert marketer_client.get(address(case, "nonsense")).status_code == 404
    steps = next_steps(case, agent)
    assert [step.name for step in steps if step.suggested] == ["acknowledge"]
    assert next_steps(feedback.case(spam=True), agent) == []


def test_redress_above_the_limit_waits_on_a_page_of_its_own(case, agent, agent_client, manager_client):
    lines = [redress.propose(case, "points", points=900 + n, by=agent) for n in range(2)]
    assert "900 points" in manager_client.get(reverse("admin:index")).content.decode()
    assert "900 points" not in agent_client.get(reverse("admin:index")).content.decode()
    own = agent_client.post(reverse("admin:approve_redress", args=[lines[0].pk]), follow=True)
    assert "Somebody else has to approve this" in own.content.decode()
    manager_client.post(reverse("admin:approve_redress", args=[lines[0].pk]))
    agent_client.post(reverse("admin:withdraw_redress", args=[lines[1].pk]))
    assert list(case.redress.order_by("pk").values_list("state", flat=True)) == ["approved", "withdrawn"]

    complaints.decide(case, outcome="upheld", reason="So.", by=agent)
    complaints.offer(case, by=agent)
    complaints.accept(case, by=agent)
    undo = reverse("admin:undo_redress", args=[lines[0].pk])
    assert agent_client.post(undo, {"reason": "x"}).status_code == 403
    manager_client.post(undo, {"reason": "By mistake"})
    assert buckets(case.customer) == (0, 0, 0, 0)


def test_approving_is_offered_to_who_may_give_as_much_and_others_read_who_that_is(case, agent, manager):
    colleague = people.person("colleague", role=Role.SUPPORT)
    clients = [browser_of(each) for each in (agent, colleague, manager)]
    line = redress.propose(case, "points", points=900, by=agent)

    def offered(client, page: str) -> tuple[bool, bool, bool]:
        shown = client.get(page).content.decode()
        words = ("approve/", "approve it: Mia Manager<", "Nobody else may give as much")
        return tuple(each in shown for each in words)

    for page in (reverse("admin:case", args=[case.pk]), reverse("admin:redress")):
        assert [offered(client, page) for client in clients] == [
            (False, True, False), (False, True, False), (True, False, False)
        ]  # fmt: skip
        manager.groups.clear()
        assert offered(clients[0], page) == (False, False, True)
        manager.groups.add(Group.objects.get(name=Role.MANAGERS))
    RedressLimit.objects.create(group=Group.objects.get(name=Role.SUPPORT), kind="points", most=1000)
    assert questions.who_may_approve(line, questions.approvers([line])) == [colleague, manager]
    assert redress.approve(line, by=colleague).state == "approved"
    assert questions.approvers(case.redress.all()) == []


def test_the_list_of_redress_asks_as_much_for_one_as_for_three(
    case, agent, manager, manager_client, django_assert_max_num_queries
):
    page = reverse("admin:redress")
    counts = []
    for many in (1, 2):
        for _ in range(many):
            redress.propose(case, "points", points=900, by=agent)
            redress.give(case, "points", points=5, by=manager)
        with django_assert_max_num_queries(30) as asked:
            assert manager_client.get(page).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_what_is_not_shown_of_long_lists_of_redress_is_said(agent_client, monkeypatch):
    monkeypatch.setattr("feedback.pages.redress.SHOWN", 1)
    case = feedback.case()
    page = reverse("admin:redress")
    for _ in range(2):
        assert "and 1 more" not in agent_client.get(page).content.decode()
        redress.propose(case, "points", points=900, by=None)
    assert "and 1 more" in agent_client.get(page).content.decode()
