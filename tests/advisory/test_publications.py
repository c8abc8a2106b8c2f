from datetime import timedelta

import pytest
from django.utils import timezone

from advisory.actions import evidence, publications, recommendations
from advisory.actions.refusals import BoardRefused
from advisory.confidentiality import Level
from advisory.queries import access, portal
from advisory.queries import recommendations as queries
from communications.models import FrequencyCap, Message
from communications.timing import business_date
from customers.models import ConsentDecision, Fact, Verb
from tests.factories import advisory, customers, feedback

pytestmark = pytest.mark.django_db
TODAY = business_date(timezone.now())


def agreed(customer):
    ConsentDecision.objects.create(
        customer=customer, channel="email", purpose="care", granted=True, source="test", at=timezone.now()
    )
    return customer


def decided(board, title: str, to: str = "declined", **changes):
    one = recommendations.propose(board, title, **changes)
    return recommendations.move(recommendations.move(one, "under_review"), to, reason=f"Because of {title}.")


def test_on_publication_everybody_concerned_gets_one_message_where_they_agreed():
    board = advisory.board()
    ann, ben = advisory.term(board), advisory.term(board)
    agreed(ann.customer)
    complained = agreed(customers.customer(email="late@example.org", language="ko"))
    one = decided(board, "Refills", "accepted", term=ann)
    recommendations.support(one, ben)
    for _ in range(2):
        evidence.add(one, case=feedback.case(customer=complained))
    evidence.add(one, case=feedback.case(customer=ann.customer))
    theme = feedback.theme("Bags")
    also = agreed(customers.customer(email="bag@example.org"))
    for customer in (also, also, complained):
        feedback.case(customer=customer, theme=theme)
    evidence.add(one, theme=theme)
    assert Message.objects.filter(purpose="care").count() == 0

    one = publications.publish(one)

    sent = Message.objects.filter(purpose="care")
    assert {message.customer for message in sent} == {ann.customer, complained, also}
    assert sent.count() == 3
    assert {message.kind for message in sent} == {"marketing"}
    assert "Because of Refills." in sent.get(customer=ann.customer).text
    assert "결정" in sent.get(customer=complained).text
    assert Fact.objects.filter(verb=Verb.ADVICE_ANSWERED).count() == 4
    assert [row.published for row in portal.recommendations(ann.board, access.clearance(ann))] == ["accepted"]
    with pytest.raises(BoardRefused, match="see already"):
        publications.publish(one)


def test_who_has_heard_as_much_as_the_caps_allow_hears_later():
    board = advisory.board()
    term = advisory.term(board)
    agreed(term.customer)
    FrequencyCap.objects.all().delete()
    FrequencyCap.objects.create(channel="", most=1, hours=48)

    publications.publish(decided(board, "Refills", term=term))
    publications.publish(decided(board, "Cheaper cups", term=term))

    first, second = Message.objects.filter(purpose="care").order_by("pk")
    assert first.due_at <= timezone.now()
    assert second.due_at == first.due_at + timedelta(hours=48)


def test_a_confidential_one_is_told_in_neutral_words_or_not_at_all():
    board = advisory.board()
    term = advisory.term(board)
    agreed(term.customer)
    loud = decided(board, "Close Bonn", term=term, level=Level.CONFIDENTIAL, neutral="Something about shops")
    silent = decided(board, "Close Kiel", term=term, level=Level.CONFIDENTIAL)

    publications.publish(loud)
    publications.publish(silent)

    [message] = Message.objects.filter(purpose="care")
    assert "Something about shops" in message.text
    assert "Bonn" not in message.text + message.subject
    assert [(line.title, line.reason) for line in queries.lines(board, TODAY, TODAY)] == [
        ("Something about shops", "")
    ]


def test_a_report_lists_every_published_decision_of_the_period_and_is_sent_once():
    board = advisory.board()
    term = advisory.term(board)
    agreed(term.customer)
    publications.publish(decided(board, "Refills", "accepted", term=term))
    publications.publish(decided(board, "Cheaper cups"))
    decided(board, "Not told yet")
    recommendations.propose(board, "Still open")

    report = publications.report(board, TODAY - timedelta(days=30), TODAY, words="Dear customers")

    lines = queries.lines(board, report.since, report.until)
    assert [(line.title, str(line.state), line.reason) for line in lines] == [
        ("Refills", "accepted", "Because of Refills."), ("Cheaper cups", "declined", "Because of Cheaper cups.")
    ]  # fmt: skip
    assert queries.unpublished(board, report.since, report.until) == 1
    assert queries.lines(board, TODAY - timedelta(days=30), TODAY - timedelta(days=1)) == []
    report = publications.send(report)
    assert report.sent_to == 1
    assert "Cheaper cups" in Message.objects.get(key=f"report:{report.pk}:{term.customer_id}").text
    with pytest.raises(BoardRefused, match="sent before"):
        publications.send(report)
    assert publications.report(board, report.since, report.until, words="Dear customers") == report
    for act, code in (
        (lambda: publications.report(board, report.since, report.until, words="Other"), "sent"),
        (lambda: publications.report(board, TODAY, TODAY - timedelta(days=1)), "period"),
        (lambda: publications.send(publications.report(advisory.board(), TODAY, TODAY)), "empty"),
    ):  # fmt: skip
        with pytest.raises(BoardRefused) as refusal:
            act()
        assert refusal.value.code == code
