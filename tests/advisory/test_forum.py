"""The forum: who hears of a post, what is hidden, what is closed."""

import pytest
from django.urls import reverse

from advisory.actions import forum
from advisory.actions.refusals import BoardRefused
from advisory.confidentiality import Level
from advisory.models import Signature
from advisory.queries import portal
from communications.models import Message
from customers.models import Customer
from tests.factories import advisory as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def three():
    """A board with Ada, Bo and Cy."""
    board = make.board()
    terms = [make.term(board) for _ in range(3)]
    for term, name in zip(terms, ("Ada", "Bo", "Cy"), strict=True):
        Customer.objects.filter(pk=term.customer_id).update(name=name)
        term.refresh_from_db()
    return board, *terms


def told() -> list[str]:
    return sorted(str(message.customer) for message in Message.objects.filter(key__startswith="forum:"))


def test_who_is_mentioned_answered_or_wants_to_hears_of_a_post_and_not_what_it_says(three):
    board, ada, bo, cy = three
    topic = forum.begin(board, "Opening hours", "Longer on Friday? @Bo", author=ada)
    assert told() == ["Bo"]
    forum.post(topic, "Yes, and on Monday", author=cy)
    assert told() == ["Ada", "Bo"]
    forum.wish(bo, "nothing")
    forum.wish(cy, "all")
    forum.post(topic, "@Bo what do you say?", author=ada)

    assert told() == ["Ada", "Bo", "Cy"]
    assert not any("Monday" in message.text for message in Message.objects.all())
    assert list(topic.posts.order_by("pk")[0].mentions.all()) == [bo]


def test_what_is_confidential_is_told_to_those_only_who_signed(three):
    board, ada, _bo, cy = three
    make.nda(board)
    for term in (ada, cy):
        make.sign(term)
    for term in (_bo, cy):
        forum.wish(term, "all")
    assert Signature.objects.filter(nda__isnull=False).count() == 2

    forum.begin(board, "The new factory", "It smells", author=ada, level=Level.CONFIDENTIAL)
    assert told() == ["Cy"]
    assert "factory" not in Message.objects.get(key__startswith="forum:").subject


def test_a_hidden_topic_is_not_there_for_members_and_comes_back(three):
    board, ada, _bo, _cy = three
    topic = forum.hide_topic(forum.begin(board, "Rude title", "Rude words", author=ada))

    assert list(portal.topics(board, Level.COMPANY)) == []
    assert list(portal.topics(board, Level.COMPANY, hidden=True)) == [topic]
    with pytest.raises(BoardRefused, match="closed"):
        forum.post(topic, "Why?", author=ada)
    forum.hide_topic(topic, hidden=False)
    assert list(portal.topics(board, Level.BOARD)) == [topic]


def test_a_hidden_post_says_why_and_a_closed_topic_is_not_answered(three, agent):
    board, ada, bo, _cy = three
    topic = forum.begin(board, "Prices", "Too high", author=ada)
    post = forum.post(topic, "Rude words", author=bo)

    with pytest.raises(BoardRefused, match="why"):
        forum.hide(post, reason="", by=agent)
    assert forum.hide(post, reason="Rude", by=agent).hidden_by == agent
    assert forum.show(post).hidden_because == ""
    forum.close(topic)
    with pytest.raises(BoardRefused, match="closed"):
        forum.post(topic, "But", author=ada)
    forum.close(topic, closed=False)
    assert forum.pin(topic).pinned
    forum.post(topic, "But", author=agent)
    with pytest.raises(BoardRefused, match="another board"):
        forum.post(topic, "Hello", author=make.term(make.board()))


def test_what_staff_typed_stays_where_it_is_refused(three, agent, board_manager_client):
    board, ada, _bo, _cy = three
    listed = reverse("admin:board_forum", args=[board.pk])
    shown = board_manager_client.post(listed, {"title": "", "text": "Three long paragraphs"}).content.decode()
    assert "Three long paragraphs</textarea>" in shown
    assert 'value="Only a title"' in board_manager_client.post(listed, {"title": "Only a title"}).content.decode()

    topic = forum.close(forum.begin(board, "Prices", "Too high", author=ada))
    page = reverse("admin:board_topic", args=[topic.pk])
    shown = board_manager_client.post(page, {"do": "post", "text": "Our long answer"}).content.decode()
    assert "closed" in shown
    assert "Our long answer</textarea>" in shown
    assert "</textarea>" not in board_manager_client.get(page).content.decode()
