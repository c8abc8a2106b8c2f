import pytest

from advisory.actions import ballots, evidence, publications, recommendations
from advisory.actions.recommendations import ChangedMeanwhile, NotNext
from advisory.actions.refusals import BoardRefused
from advisory.confidentiality import Level
from advisory.queries import access, portal
from advisory.queries import recommendations as queries
from customers.models import Fact, Profile, Verb
from tests.factories import advisory, customers, feedback

pytestmark = pytest.mark.django_db


def proposed(board=None, **changes):
    board = board or advisory.board()
    return recommendations.propose(board, changes.pop("title", "Refills for tea tins"), **changes)


def moved(one, *states, **more):
    for state in states:
        one = recommendations.move(one, state, **more)
    return one


def test_a_recommendation_goes_step_by_step_and_each_step_is_kept(board_manager):
    one = proposed(term=None)
    with pytest.raises(NotNext):
        recommendations.move(one, "shipped")
    one = moved(one, "under_review", "accepted", "planned", "in_progress", reason="Many asked.", by=board_manager)
    with pytest.raises(BoardRefused) as refusal:
        recommendations.move(one, "shipped")
    assert refusal.value.code == "update_missing"
    update = evidence.plan_update("Refill bags")
    evidence.link(one, update)
    with pytest.raises(BoardRefused, match="Link the product update"):
        recommendations.move(one, "shipped")
    evidence.ship(update, note="Bring your tin and have it filled.")

    one = recommendations.move(one, "shipped")

    assert (one.progress, one.reason, one.decided_at is not None) == (100, "Many asked.", True)
    assert [step.after for step in one.steps.filter(what="moved").order_by("pk")] == [
        "under_review", "accepted", "planned", "in_progress", "shipped"
    ]  # fmt: skip


def test_declining_takes_a_reason_and_what_is_opened_again_keeps_its_history():
    one = moved(proposed(), "under_review")
    with pytest.raises(BoardRefused) as refusal:
        recommendations.move(one, "declined", reason=" ")
    assert refusal.value.code == "reason_missing"

    one = moved(recommendations.move(one, "declined", reason="Too dear."), "under_review")

    assert (one.state, one.decided_at, one.reason) == ("under_review", None, "")
    assert one.steps.get(after="declined").reason == "Too dear."


def test_two_who_move_the_same_card_are_told():
    one = proposed()
    recommendations.move(one, "under_review", expected=one.version)

    with pytest.raises(ChangedMeanwhile):
        recommendations.move(one, "declined", reason="Too dear.", expected=one.version)
    with pytest.raises(ChangedMeanwhile):
        recommendations.change(one, title="Other words", expected=one.version)


def seen_by(term):
    """On the member's own pages."""
    return portal.recommendations(term.board, access.clearance(term))


def test_what_was_not_published_members_do_not_see_and_other_boards_see_nothing():
    board = advisory.board()
    advisory.nda(board)
    member, unsigned = advisory.term(board), advisory.term(board, signed=False)
    stranger = advisory.term(advisory.board())
    one = moved(proposed(board), "under_review")
    one = recommendations.move(one, "declined", reason="Too dear.")
    secret = proposed(board, title="Close the shop in Bonn", level=Level.CONFIDENTIAL)
    proposed(board, title="Only for us", level=Level.COMPANY)

    assert [(row.pk, row.published, queries.decision(row)) for row in seen_by(member)] == [
        (secret.pk, "proposed", ""), (one.pk, "under_review", "")
    ]  # fmt: skip
    assert [row.pk for row in seen_by(unsigned)] == [one.pk]
    assert list(seen_by(stranger)) == []


def test_merged_recommendations_count_each_member_each_case_and_each_customer_once():
    board = advisory.board()
    ann, ben = advisory.term(board), advisory.term(board)
    first, second = proposed(board, term=ann), proposed(board, title="Fill my tin", term=ben)
    recommendations.support(second, ann)
    customer = customers.customer()
    Profile.objects.create(customer=customer, gross=5000, returned=1000, currency="EUR")
    theme = feedback.theme("Packaging")
    case, other = feedback.case(customer=customer), feedback.case(customer=customer)
    case.theme = theme
    case.save()
    for one, what in (
        (first, {"case": case}),
        (second, {"case": case}),
        (second, {"theme": theme}),
        (second, {"case": other}),
    ):
        evidence.add(one, **what)

    kept = recommendations.merge(second, into=first)

    assert queries.supporters(kept) == 2
    assert queries.supported([kept]) == {kept.pk: 2}
    assert queries.supported_by(ben, [kept]) == {kept.pk}
    weight = queries.weight(kept)
    assert (weight.cases, weight.customers, weight.value) == (2, 1, {"EUR": 4000})
    assert queries.concerned(kept).count() == 3
    second.refresh_from_db()
    assert (second.state, second.merged_into) == ("merged", kept)
    for into, code in ((second, "same"), (kept, "merged"), (proposed(), "other_board")):
        with pytest.raises(BoardRefused) as refusal:
            recommendations.merge(second, into=into)
        assert refusal.value.code == code
    with pytest.raises(BoardRefused, match="go on there"):
        recommendations.change(second, title="Again")
    recommendations.stop_supporting(kept, ben)
    assert (queries.supporters(kept), queries.supported_by(ben, [kept])) == (1, set())


def test_only_members_recommend_and_support_and_only_what_is_open():
    board = advisory.board()
    member, stranger = advisory.term(board), advisory.term(advisory.board())
    with pytest.raises(BoardRefused, match="Only members"):
        proposed(board, term=stranger)
    one = proposed(board, term=member)
    assert Fact.objects.get(verb=Verb.RECOMMENDED).customer == member.customer
    assert recommendations.support(one, member) == recommendations.support(one, member)
    with pytest.raises(BoardRefused, match="Only members"):
        recommendations.support(one, stranger)
    recommendations.stop_supporting(one, member)
    assert queries.supporters(one) == 0
    type(one).objects.update(published="shipped")
    for act in (recommendations.support, recommendations.stop_supporting):
        with pytest.raises(BoardRefused, match="settled"):
            act(one, member)
    with pytest.raises(BoardRefused, match="in a line"):
        proposed(board, title=" ")


def test_the_advice_of_the_board_stands_beside_the_decision():
    one = recommendations.advise(proposed(), yes=5, no=2, abstain=2)

    assert (one.state, one.advice_yes, one.advice_no, one.advice_abstain) == ("proposed", 5, 2, 2)
    with pytest.raises(BoardRefused, match="Nobody voted"):
        recommendations.advise(one, yes=0, no=0, abstain=0)


def test_who_voted_where_that_is_the_advice_has_to_do_with_it():
    meeting = advisory.running(members=2)
    ballot = ballots.open(ballots.prepare(meeting, "Refills?"))
    voter, _silent = advisory.invitees(meeting)
    ballots.cast(ballot, voter, "no")
    ballot = ballots.close(ballot)
    one = proposed(meeting.board)
    assert not queries.concerned(recommendations.advise(one, yes=0, no=1, abstain=0)).exists()

    one = recommendations.advise(one, yes=0, no=1, abstain=0, ballot=ballot)
    assert list(queries.concerned(one)) == [voter.term.customer]


def test_a_reason_that_was_published_stays_while_what_was_accepted_is_carried_out():
    one = publications.publish(moved(proposed(), "under_review", "accepted", reason="Many asked."))

    assert queries.decision(moved(one, "planned", "in_progress")) == "Many asked."
    assert queries.decision(moved(one, "declined", reason="The mill closed.")) == ""


def test_words_owner_and_progress_change(manager):
    one = recommendations.change(proposed(), owner=manager, progress=40, title="Refills")

    assert (one.owner, one.progress, one.title) == (manager, 40, "Refills")
    for changes, code in (({"title": ""}, "title_missing"), ({"progress": 101}, "percentage")):
        with pytest.raises(BoardRefused) as refusal:
            recommendations.change(one, **changes)
        assert refusal.value.code == code
