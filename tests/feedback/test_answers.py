"""A survey is answered step by step, sent off once, and heard: on the timeline, as points, as a case."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import DatabaseError, connections, transaction
from django.utils import timezone

from customers.actions import merging, privacy
from customers.models import Customer, Fact, Profile, Verb
from customers.queries import holdings, segments
from feedback.actions import answers, complaints, occasions
from feedback.actions.answers import AnswerRefused, LinkRefused
from feedback.models import Answer, Case, Invitation
from tests.factories import feedback, rules
from tests.factories.loyalty import programme
from tests.factories.surveys import asked, invitation, segment, survey, token

HOUR = timedelta(hours=1)
db = pytest.mark.django_db


def refused(token: str, *said, **options) -> str:
    with pytest.raises((LinkRefused, AnswerRefused)) as refusal:
        answers.answer(token, *said, **options)
    return refusal.value.code


@db
def test_a_survey_is_sent_off_with_its_last_answer_and_counts_once():
    link = token(one := invitation(survey()))

    begun = answers.answer(link, "score", "4")
    assert (begun.state, Fact.objects.filter(verb=Verb.SURVEY_ANSWERED).count()) == ("sent", 0)
    assert answers.answer(link, "score", 3).answers.count() == 1  # thought better of it
    done = answers.answer(link, "why", " Late ")

    assert (done.state, done.score, done.complete) == ("answered", 3, True)
    assert dict(one.answers.values_list("question", "text")) == {"score": "", "why": "Late"}
    fact = Fact.objects.get(verb=Verb.SURVEY_ANSWERED)
    assert (fact.about["score"], fact.about["survey"]) == (3, one.survey.code)
    assert "Late" not in str(fact.about)
    assert Profile.objects.get(customer=one.customer).nps == 3
    assert segments.contains(segment("nps", 3, how="at_most"), one.customer)
    assert refused(link, "why", "Again") == "link_used"
    assert Fact.objects.filter(verb=Verb.SURVEY_ANSWERED).count() == 1


@db
def test_an_answer_that_was_sent_off_never_changes():
    link = token(invitation(survey()))
    answers.answer(link, "score", "9")

    for change in ({"number": 1}, {"text": "other"}):
        with pytest.raises(DatabaseError, match="stays answered"), transaction.atomic():
            Answer.objects.update(**change)


@db
def test_a_good_score_ends_where_nothing_more_is_asked_and_opens_no_case():
    done = answers.answer(token(invitation(survey(low_score=6))), "score", "10")

    assert (done.state, done.opened, Case.objects.count()) == ("answered", None, 0)


@db
def test_a_low_score_opens_one_case_with_what_was_said():
    team = feedback.team()
    link = token(invitation(survey("csat", low_score=2, team=team)))
    answers.answer(link, "score", "1")

    opened = answers.answer(link, "why", "Still broken").opened

    assert (opened.channel, opened.kind, opened.severity, opened.team) == ("survey", "complaint", 3, team)
    assert opened.subject == "1 of 5 in “How are we doing”"
    assert opened.entries.get().text == "How was it?\n1\n\nWhat went wrong?\nStill broken"
    assert Case.objects.count() == 1


@db
def test_a_low_score_about_a_case_reopens_it_or_follows_it_after_the_window(agent):
    now, reopened = timezone.now() - timedelta(days=100), []
    for days in (2, 60):
        about = feedback.case("question", customer=asked(), at=now)
        complaints.close(about, by=agent, at=now)
        made = survey("csat", low_score=2, expires_days=90)
        one = invitation(made, about.customer, case=about, at=now)
        answers.answer(token(one), "score", "2", at=now + timedelta(days=days))
        answers.settle_stopped(at=now + timedelta(days=days, hours=1))
        one.refresh_from_db()
        reopened.append((one.opened == about, one.opened.follows == about, one.opened.stage))

    assert reopened == [(True, False, "reopened"), (False, True, "received")]


@pytest.mark.django_db(transaction=True)
def test_two_posts_of_the_last_step_at_once_are_one_answer_and_one_case():
    link = token(invitation(survey(low_score=6)))
    answers.answer(link, "score", "2")
    start, outcomes = Barrier(3), []

    def run() -> None:
        start.wait()
        try:
            outcomes.append(answers.answer(link, "why", "Late").state)
        except LinkRefused as refusal:
            outcomes.append(refusal.code)
        finally:
            connections.close_all()

    threads = [Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["answered", "link_used", "link_used"]
    assert (Case.objects.count(), Fact.objects.filter(verb=Verb.SURVEY_ANSWERED).count()) == (1, 1)


@db
def test_a_link_that_is_made_up_cut_short_or_over_answers_nothing():
    now = timezone.now()
    link = token(invitation(survey(expires_days=10), at=now))

    assert refused("made-up", "score", "1") == "link_unknown"
    assert refused(link[:-1], "score", "1") == "link_unknown"
    assert refused(link.replace(".", ".x"), "score", "1") == "link_unknown"
    assert refused(link, "score", "1", at=now + timedelta(days=10)) == "link_expired"
    assert Answer.objects.count() == 0


@db
def test_what_is_no_answer_is_refused_and_not_stored():
    link = token(invitation(survey()))

    assert refused(link, "score", "11") == "wrong_answer"
    assert refused(link, "score", "²") == "wrong_answer"
    assert refused(link, "score", "") == "answer_missing"
    assert refused(link, "why", "asked of nobody yet") == "unknown_question"
    answers.answer(link, "score", "1")
    assert refused(link, "why", "x" * 5_001) == "wrong_answer"
    assert Answer.objects.count() == 1


@db
def test_choices_are_those_of_the_question():
    choice = {
        "code": "what", "kind": "several", "text": {"en": "What?"},
        "choices": [{"code": "price", "text": {"en": "The price"}}, {"code": "taste", "text": {"en": "The taste"}}],
    }  # fmt: skip
    link = token(one := invitation(survey("free", content={"languages": ["en"], "questions": [choice]})))

    assert refused(link, "what", ["price", "colour"]) == "wrong_answer"
    answers.answer(link, "what", ["taste", "price"])
    assert one.answers.get().choices == ["price", "taste"]


@db
def test_who_stops_in_between_is_counted_as_far_as_they_came():
    now = timezone.now()
    link = token(one := invitation(survey(low_score=6), at=now))
    answers.answer(link, "score", "0", at=now)

    assert answers.settle_stopped(at=now + HOUR / 2) == 0
    assert answers.settle_stopped(at=now + HOUR) == 1
    assert answers.settle_stopped(at=now + HOUR) == 0

    one.refresh_from_db()
    assert (one.state, one.score, one.complete, one.answered_at) == ("answered", 0, False, now)
    assert one.opened is not None


@db
def test_an_answered_survey_earns_by_a_rule_at_once():
    made = programme(currency="EUR")
    rules.rule({"on": "survey_answered", "effect": {"kind": "fixed", "points": 25}}, programme=made)
    link = token(one := invitation(survey()))

    answers.answer(link, "score", "9")

    assert one.customer.wallets.get().available == 25


@db
def test_a_merge_moves_answers_and_the_last_nps_with_them():
    link = token(one := invitation(survey()))
    answers.answer(link, "score", "9")
    into = asked()

    merging.merge(one.customer, into=into)
    occasions.react(list(Fact.objects.filter(verb=Verb.MERGED)))

    one.refresh_from_db()
    assert (one.customer, Profile.objects.get(customer=into).nps) == (into, 9)


@db
def test_an_erasure_empties_texts_and_links_and_leaves_figures():
    made = survey()
    link = token(one := invitation(made))
    answers.answer(link, "score", "2")
    answers.answer(link, "why", "My name is Ann")
    open_link = token(invitation(survey(), customer := asked()))
    assert holdings.held(one.customer)["feedback.answer"][1]["text"] == "My name is Ann"

    privacy.erase(one.customer)
    privacy.erase(customer)

    assert list(one.answers.order_by("pk").values_list("number", "text")) == [(2, ""), (None, "")]
    assert refused(open_link, "score", "1") == "link_unknown"
    assert Invitation.objects.filter(token_hash__isnull=False).count() == 0
    assert Customer.objects.filter(status="erased").count() == 2
