from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from advisory.actions import agendas, attendance, ballots, meetings, pools, publications, recommendations, terms
from advisory.models import Asked, ProductUpdate, Quote, Recommendation, Report, Round
from advisory.pages import choosing
from advisory.pages import recommendations as pages
from advisory.queries import impact
from advisory.queries import recommendations as queries
from communications.timing import business_date
from customers.models import Profile, Purchase, Source
from feedback.actions import answers
from feedback.models import Answer, Handover
from insights.models import FigureSettings
from insights.queries import asked as figures
from insights.queries import boards
from tests.factories import advisory, feedback, surveys
from tests.factories.choosing import willing

pytestmark = pytest.mark.django_db


def said(answer) -> str:
    return answer.content.decode()


def test_a_recommendation_is_taken_down_moved_shipped_published_and_reported(board_manager_client):
    client, board = board_manager_client, advisory.board()
    term = advisory.term(board)
    form = {"board": board.pk, "term": term.pk, "title": "Refills", "level": 1}
    client.post("/admin/recommendations/new/", form)
    one = Recommendation.objects.get()
    page = f"/admin/recommendations/{one.pk}/"
    assert "Refills" in said(client.get("/admin/recommendations/"))
    case = feedback.case()
    client.post(f"{page}evidence/", {"case": case.pk})
    client.post(f"{page}evidence/", {"words": "Four shops asked."})
    assert "There is no such case." in said(client.post(f"{page}evidence/", {"case": 999999}, follow=True))
    meeting = advisory.running(board, members=7, present=7)
    ballot = ballots.open(ballots.prepare(meeting, "Refills?"))
    for invitee, choice in zip(advisory.invitees(meeting), ["yes"] * 5 + ["no"] * 2 + ["abstain"], strict=True):
        ballots.cast(ballot, invitee, choice)
    ballots.close(ballot)
    assert "Refills? (5/2/1, What customers need)" in said(client.get(page))
    client.post(f"{page}advise/", {"ballot": ballot.pk})
    assert one.steps.get(what="advised").about["ballot"] == ballot.pk
    assert "Say why it is declined." in said(client.post(f"{page}move/", {"to": "declined"}, follow=True))
    moved = client.post(f"{page}move/", {"to": "under_review", "version": 999, "back": "cards"}, follow=True)
    assert "Somebody changed this recommendation meanwhile" in said(moved)
    for state in ("under_review", "accepted", "planned", "in_progress"):
        client.post(f"{page}move/", {"to": state, "reason": "Many asked."})
    wrong = client.post(f"{page}update/", {"title": "Refill bags", "planned_on": "soon"}, follow=True)
    assert "Enter a valid date." in said(wrong)
    client.post(f"{page}update/", {"title": "Refill bags"})
    client.post(f"{page}updates/{ProductUpdate.objects.get().pk}/ship/", {"note": "Bring your tin."})
    client.post(f"{page}move/", {"to": "shipped"})
    assert "members see: under review" in said(client.get(page))
    client.post(f"{page}publish/")

    one.refresh_from_db()
    assert (one.state, one.published) == ("shipped", "shipped")
    shown = said(client.get(page))
    assert "5 yes, 2 no, 1 abst." in shown
    assert "Many asked." in shown
    client.post(f"/admin/recommendations/evidence/{one.evidence.exclude(words='').get().pk}/drop/")
    assert one.evidence.count() == 1
    today = business_date(timezone.now()).isoformat()
    report = client.post(
        "/admin/recommendations/reports/", {"board": board.pk, "since": today, "until": today, "words": "Dear all"},
        follow=True,
    )  # fmt: skip
    assert "Bring your tin." in said(report)
    client.post(f"/admin/recommendations/reports/{Report.objects.get().pk}/send/")
    assert Report.objects.get().sent_at is not None


def test_a_theme_that_was_handed_to_the_board_is_taken_up_or_given_back(board_manager_client):
    board = advisory.board()
    taken, back = (
        Handover.objects.create(
            theme=feedback.theme(name), question=f"What about {name}?", since=business_date(timezone.now()),
            until=business_date(timezone.now()), cases=3, customers=2, score=1.0, handed_at=timezone.now(),
        )
        for name in ("Packing", "Prices")
    )  # fmt: skip
    assert "What about Packing?" in said(board_manager_client.get("/admin/recommendations/"))
    for one, form in ((taken, {"do": "take", "board": board.pk}), (back, {"do": "return", "text": "Not ours."})):
        board_manager_client.post(f"/admin/recommendations/handed/{one.pk}/", form)

    taken.refresh_from_db()
    back.refresh_from_db()
    assert (taken.state, back.state, back.answer) == ("taken", "returned", "Not ours.")
    assert Recommendation.objects.get().evidence.get().theme == taken.theme


def test_answers_and_quotes_are_found_by_their_words_and_attached(
    board_manager_client, agent_client, django_assert_max_num_queries
):
    meeting = advisory.meeting(members=1)
    one = recommendations.propose(meeting.board, "Free returns", by=None)
    term = meeting.board.terms.get()
    surveyed = surveys.survey()
    for words in ("Returns cost too much", "Returns are slow", "Nice shop"):
        link = surveys.token(sent := surveys.invitation(surveyed))
        answers.answer(link, "score", "2")
        answers.answer(link, "why", words)
        sent.refresh_from_db()
        Profile.objects.update_or_create(customer=sent.customer, defaults={"gross": 4000, "currency": "EUR"})
    Asked.objects.create(
        round=Round.objects.create(meeting=meeting, survey=surveyed), term=term, presented_at=timezone.now(),
        invitation=Answer.objects.get(text="Returns cost too much").invitation,
    )  # fmt: skip
    for title, level in (("Returns", 1), ("The new shop", 2)):
        item = agendas.add(meeting, title, level=level)
        Quote.objects.create(item=item, invitee=advisory.invitees(meeting)[0], text=f"I say: {title}", by_name=True)
    page = f"/admin/recommendations/{one.pk}/sources/"

    with django_assert_max_num_queries(20):
        found = said(board_manager_client.get(f"{page}?q=return"))
    assert found.index("Returns cost too much") < found.index("Returns are slow")
    assert found.count("presented by a member") == 1
    assert "I say: Returns" in found
    assert "Nice shop" not in found
    assert "The new shop" not in said(board_manager_client.get(page))
    secret = Quote.objects.get(item__level=2)
    for form in (
        {"answer": Answer.objects.get(text="Returns cost too much").pk, "back": "sources", "q": "return"},
        {"quote": Quote.objects.get(item__level=1).pk}, {"quote": secret.pk},
    ):  # fmt: skip
        last = board_manager_client.post(f"/admin/recommendations/{one.pk}/evidence/", form)
    assert last.status_code == 302
    assert [row.words or row.answer.text for row in one.evidence.order_by("pk")] == [
        "Returns cost too much", f"“I say: Returns” (a member, {meeting.title})"
    ]  # fmt: skip
    weight = queries.weight(one)
    assert (weight.answers, weight.customers, weight.value) == (1, 1, {"EUR": 4000})
    assert "is evidence" in said(board_manager_client.get(page))
    assert agent_client.get(page).status_code == 403


def test_words_change_and_two_are_merged_on_the_page(board_manager_client):
    client, board = board_manager_client, advisory.board()
    one, other = (recommendations.propose(board, title) for title in ("Refills", "Fill my tin"))
    page = f"/admin/recommendations/{one.pk}/"
    form = {"title": "Refills!", "level": 1, "progress": 20, "version": one.version}
    client.post(page, form)
    assert "Somebody changed" in said(client.post(page, form))
    client.post(f"/admin/recommendations/{other.pk}/merge/", {"into": one.pk})

    one.refresh_from_db()
    other.refresh_from_db()
    assert (one.title, one.progress, other.state) == ("Refills!", 20, "merged")
    assert "Merged into" in said(client.get(f"/admin/recommendations/{other.pk}/"))


def test_the_cards_take_as_many_queries_for_three_as_for_one(board_manager_client):
    board = advisory.board()
    recommendations.propose(board, "Refills")
    counts = []
    for more in (0, 2):
        for number in range(more):
            publications.publish(
                recommendations.move(
                    recommendations.propose(board, f"{number}", term=advisory.term(board)), "declined", reason="No"
                )
            )
        with CaptureQueriesContext(connection) as counted:
            board_manager_client.get("/admin/recommendations/")
        counts.append(len(counted))

    assert counts[0] == counts[1]


def test_members_are_held_beside_customers_like_them(board_manager_client):
    board = advisory.board()
    now = timezone.now()
    source = Source.objects.create(code="shop", name="Shop")
    joined = now - timezone.timedelta(days=100)

    def bought(customer, days: int, amount: int) -> None:
        Purchase.objects.create(
            source=source, number=f"{customer.pk}-{days}", customer=customer, currency="EUR", goods=amount,
            at=now - timezone.timedelta(days=days), fingerprint="x",
        )  # fmt: skip

    for n in range(6):
        member, like = willing(), willing()
        Profile.objects.filter(customer__in=[member, like]).update(nps=9)
        advisory.term(board, customer=member, accepted_at=joined)
        for one in (member, like):
            bought(one, 200, 1000 + n)
        bought(member, 50, 5000)
    page = said(board_manager_client.get(f"/admin/boards/{board.pk}/impact/"))

    assert "bought in the last half year" in page
    assert "Members counted" in page
    few = advisory.board()
    assert "below 5 nothing is said" in said(board_manager_client.get(f"/admin/boards/{few.pk}/impact/"))


def test_who_left_the_board_before_a_meeting_is_not_counted_as_absent():
    meeting = advisory.meeting(members=3)
    first, _second, left = advisory.invitees(meeting)
    terms.resign(left.term)
    meeting = meetings.open(meeting)
    attendance.come(first)
    meetings.close(meeting)
    whole = boards.figures(figures.Asked(business_date(timezone.now()) + timedelta(days=30), FigureSettings()))

    assert impact.work(meeting.board).attendance == 50
    assert [one.value for one in whole if one.metric == "board_attendance"] == [0.5]


def test_more_cards_than_fit_are_told_and_excluded_customers_stand_on_pages(board_manager_client, monkeypatch):
    board = advisory.board()
    monkeypatch.setattr(pages, "MOST", 1)
    monkeypatch.setattr(choosing, "EXCLUDED_SHOWN", 1)
    for title in ("Refills", "Labels"):
        assert "more than these" not in said(board_manager_client.get("/admin/recommendations/"))
        recommendations.propose(board, title)
        pools.exclude(willing(name=title), kind="employee")

    assert "There are more than these 1" in said(board_manager_client.get("/admin/recommendations/"))
    listed = [said(board_manager_client.get(f"/admin/boards/{board.pk}/members/", {"page": n})) for n in (1, 2)]
    assert ["Refills" in one for one in listed] == [False, True]
