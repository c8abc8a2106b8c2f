"""The forum between meetings: topics are begun, answered, closed; a moderator hides what should not stand there."""

import re
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from advisory.actions.refusals import BoardRefused
from advisory.confidentiality import Level
from advisory.models import Board, Follow, Post, Term, Topic
from advisory.queries import access, members
from advisory.queries.people import language
from communications.actions import outbox
from communications.actions.outbox import Outgoing
from people.models import User

LONGEST = 10_000
PER_DAY = 50
Wish = Follow.Wish


@transaction.atomic
def begin(
    board: Board, title: str, text: str, *, author: Term | User, level: int = Level.BOARD, at: datetime | None = None
) -> Topic:
    """A new topic with its first post. Raises BoardRefused (``title_missing`` and those of ``post``)."""
    if not title.strip():
        raise BoardRefused(_("Say in a few words what it is about."), "title_missing", "title")
    at = at or timezone.now()
    topic = Topic.objects.create(
        board=board, title=title.strip()[:150], level=max(level, board.level), begun_at=at, last_at=at, **_by(author)
    )
    post(topic, text, author=author, at=at)
    return topic


@transaction.atomic
def post(topic: Topic, text: str, *, author: Term | User, at: datetime | None = None) -> Post:
    """An answer in a topic; who is named with @ before their name is mentioned, and told if they wish.

    Raises BoardRefused (``topic_closed``, ``text_missing``, ``too_long``, ``too_often``, ``other_board``).
    """
    at = at or timezone.now()
    topic = Topic.objects.select_for_update(of=["self"]).select_related("board").get(pk=topic.pk)
    if topic.closed_at or topic.hidden_at:
        raise BoardRefused(_("This topic is closed."), "topic_closed")
    if isinstance(author, Term) and author.board_id != topic.board_id:
        raise BoardRefused(_("That is another board's."), "other_board")
    if not text.strip():
        raise BoardRefused(_("Write something."), "text_missing", "text")
    if len(text) > LONGEST:
        raise BoardRefused(_("This is too long."), "too_long", "text")
    if isinstance(author, Term) and author.posts.filter(at__gt=at - timedelta(days=1)).count() >= PER_DAY:
        raise BoardRefused(_("So much in a day nobody reads."), "too_often", "text")
    made = Post.objects.create(topic=topic, text=text.strip(), at=at, **_by(author))
    there = list(members.holders(topic.board))
    mentioned = [term for term in there if term != author and _named(term, text)]
    made.mentions.set(mentioned)
    topic.last_at = at
    topic.save(update_fields=["last_at"])
    _tell(topic, made, author, there, {term.pk for term in mentioned}, at)
    return made


@transaction.atomic
def hide(post: Post, *, reason: str, by: User, at: datetime | None = None) -> Post:
    """Nobody but moderators sees it any more; its author reads why. Raises BoardRefused (``reason_missing``)."""
    if not reason.strip():
        raise BoardRefused(_("Say why."), "reason_missing", "reason")
    post = Post.objects.select_for_update().get(pk=post.pk)
    if post.hidden_at is None:
        post.hidden_at, post.hidden_by, post.hidden_because = at or timezone.now(), by, reason.strip()[:200]
        post.save()
    return post


@transaction.atomic
def show(post: Post) -> Post:
    """A hidden post is there again."""
    post = Post.objects.select_for_update().get(pk=post.pk)
    post.hidden_at, post.hidden_by, post.hidden_because = None, None, ""
    post.save()
    return post


@transaction.atomic
def close(topic: Topic, *, closed: bool = True, at: datetime | None = None) -> Topic:
    """Nobody writes in it any more, or they do again."""
    topic = Topic.objects.select_for_update(of=["self"]).get(pk=topic.pk)
    topic.closed_at = (topic.closed_at or at or timezone.now()) if closed else None
    topic.save(update_fields=["closed_at"])
    return topic


@transaction.atomic
def hide_topic(topic: Topic, *, hidden: bool = True, at: datetime | None = None) -> Topic:
    """Members do not see it any more, title and all, or they do again."""
    topic = Topic.objects.select_for_update(of=["self"]).get(pk=topic.pk)
    topic.hidden_at = (topic.hidden_at or at or timezone.now()) if hidden else None
    topic.save(update_fields=["hidden_at"])
    return topic


@transaction.atomic
def pin(topic: Topic, *, pinned: bool = True) -> Topic:
    """It stands at the top, or no longer."""
    Topic.objects.filter(pk=topic.pk).update(pinned=pinned)
    topic.refresh_from_db(fields=["pinned"])
    return topic


@transaction.atomic
def wish(term: Term, wish: str) -> Follow:
    """How a member wants to hear of the forum. Raises BoardRefused (``wish_unknown``)."""
    if wish not in Wish.values:
        raise BoardRefused(_("That is none of the choices."), "wish_unknown", "wish")
    return Follow.objects.update_or_create(term=term, defaults={"wish": wish})[0]


def _by(author: Term | User) -> dict[str, Term | User]:
    return {"term": author} if isinstance(author, Term) else {"user": author}


def _named(term: Term, text: str) -> bool:
    name = str(term.customer)
    return bool(re.search(rf"@{re.escape(name)}(?!\w)", text, re.IGNORECASE)) or f"@{term.customer.number}" in text


def _tell(topic: Topic, made: Post, author: Term | User, there: list[Term], mentioned: set[int], at: datetime) -> None:
    """Those who wish to hear of it, each once: never who wrote it, never who may not see the topic."""
    wishes = dict(Follow.objects.filter(term__in=there).values_list("term", "wish"))
    answered = {topic.term_id}
    wanted = [
        term for term in there
        if term != author
        and (
            wishes.get(term.pk, Wish.MENTIONS) == Wish.ALL
            or (wishes.get(term.pk, Wish.MENTIONS) == Wish.MENTIONS and term.pk in mentioned | answered)
        )
    ]  # fmt: skip
    known = members.addresses(wanted)
    letters = []
    for term in wanted:
        term.board = topic.board
        if term.pk in known and access.has_access(term, topic.level):
            letters.append(_letter(topic, made, term, known[term.pk]))
    outbox.queue_many(letters, at=at)


def _letter(topic: Topic, made: Post, term: Term, to: str) -> Outgoing:
    """It says where, not what: a mailbox is no place for what the board keeps to itself."""
    with translation.override(language(term.customer)):
        link = f"{settings.PUBLIC_URL}/board/{access.link(term, 'portal')}/forum/{topic.pk}/"
        name = topic.title if topic.level <= Level.BOARD else topic.board.name
        return Outgoing(
            to=to, customer=term.customer, purpose="board_forum", key=f"forum:{made.pk}:{term.pk}",
            subject=(gettext("Forum: %(topic)s") % {"topic": name})[:250],
            text=gettext("There is a new post in the forum of your board: %(link)s") % {"link": link} + "\n",
            headers={"Auto-Submitted": "auto-generated"},
        )  # fmt: skip
