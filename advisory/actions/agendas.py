"""Agendas are written: items in an order, with materials; members propose, and open actions come by themselves."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from advisory.actions.changes import locked, touched
from advisory.actions.refusals import BoardRefused, WrongState
from advisory.models import ActionItem, Item, Meeting, Proposal, Term
from people.models import User

CHANGEABLE = ("title", "text", "minutes", "presenter", "by_host", "purpose", "level")
MOST = 60
OPEN_ACTIONS_MINUTES = 10


@transaction.atomic
def add(
    meeting: Meeting, title: str, *, minutes: int = 15, source: str = Item.Source.OWN, source_id: int | None = None,
    by: User | None = None, **values: Any,
) -> Item:  # fmt: skip
    """An item at the end of the agenda. Raises WrongState, BoardRefused (``title_missing``, …)."""
    meeting = changing(meeting)
    if meeting.items.count() >= MOST:
        raise BoardRefused(_("An agenda has %(most)s items at most."), "agenda_full", "title", most=MOST)
    if source_id is not None and meeting.items.filter(source=source, source_id=source_id).exists():
        raise BoardRefused(_("This is on the agenda already."), "on_the_agenda", "title")
    last = meeting.items.order_by("-position").values_list("position", flat=True).first() or 0
    item = Item(meeting=meeting, position=last + 1, source=source, source_id=source_id)
    item.level = meeting.level
    _set(item, {"title": title, "minutes": minutes} | values)
    item.save()
    touched(meeting)
    return item


@transaction.atomic
def change(item: Item, *, by: User | None = None, **values: Any) -> Item:
    """Other words, minutes, presenter, level. Raises what ``add`` raises."""
    meeting = changing(item.meeting)
    item = Item.objects.select_for_update(of=["self"]).select_related("meeting").get(pk=item.pk)
    _set(item, values)
    item.save()
    touched(meeting)
    return item


@transaction.atomic
def order(meeting: Meeting, items: Sequence[int]) -> list[Item]:
    """The items in this order, by their ids; those not named follow. Raises WrongState."""
    meeting = changing(meeting)
    there = {item.pk: item for item in meeting.items.all()}
    known = list(dict.fromkeys(pk for pk in items if pk in there))
    wanted = [*known, *(pk for pk in there if pk not in known)]
    for position, pk in enumerate(wanted, start=1):
        there[pk].position = position
    Item.objects.bulk_update(there.values(), ["position"])
    touched(meeting)
    return [there[pk] for pk in wanted]


@transaction.atomic
def remove(item: Item) -> None:
    """Take an item off the agenda. Raises WrongState, BoardRefused (``item_begun``) when something was noted on it."""
    meeting = changing(item.meeting)
    item = Item.objects.select_for_update().get(pk=item.pk)
    if item.begun_at or item.ballots.exists() or hasattr(item, "note") or item.quotes.exists():
        raise BoardRefused(_("Something was said on it already."), "item_begun")
    Proposal.objects.filter(item=item).update(
        item=None, state=Proposal.State.PROPOSED, settled_at=None, settled_by=None, reason=""
    )
    item.action_items.update(item=None)
    item.materials.all().delete()
    item.delete()
    for position, row in enumerate(meeting.items.all(), start=1):
        Item.objects.filter(pk=row.pk).update(position=position)
    touched(meeting)


@transaction.atomic
def propose(term: Term, title: str, *, text: str = "", at: datetime | None = None) -> Proposal:
    """A member wants to talk of something. Raises BoardRefused (``title_missing``)."""
    if not title.strip():
        raise BoardRefused(_("Say in a few words what it is about."), "title_missing", "title")
    return Proposal.objects.create(
        board_id=term.board_id, term=term, title=title.strip()[:150], text=text.strip(), at=at or timezone.now()
    )


@transaction.atomic
def take_up(
    proposal: Proposal, meeting: Meeting, *, minutes: int = 15, by: User | None = None, at: datetime | None = None
) -> Item:
    """Put a member's proposal on an agenda. Raises WrongState, BoardRefused."""
    proposal = Proposal.objects.select_for_update(of=["self"]).select_related("term__customer").get(pk=proposal.pk)
    if proposal.state != Proposal.State.PROPOSED:
        raise WrongState(proposal)
    if proposal.board_id != meeting.board_id:
        raise BoardRefused(_("That is another board's."), "other_board")
    item = add(
        meeting, proposal.title, minutes=minutes, text=proposal.text, presenter=proposal.term.who[:100],
        source=Item.Source.MEMBER, source_id=proposal.pk, by=by,
    )  # fmt: skip
    proposal.state, proposal.item, proposal.settled_at = Proposal.State.TAKEN, item, at or timezone.now()
    proposal.settled_by = by
    proposal.save()
    return item


@transaction.atomic
def decline(proposal: Proposal, *, reason: str, by: User | None = None, at: datetime | None = None) -> Proposal:
    """Not now; the member reads why. Raises WrongState, BoardRefused (``reason_missing``)."""
    proposal = Proposal.objects.select_for_update().get(pk=proposal.pk)
    if proposal.state != Proposal.State.PROPOSED:
        raise WrongState(proposal)
    if not reason.strip():
        raise BoardRefused(_("Say why."), "reason_missing", "reason")
    proposal.state, proposal.reason, proposal.settled_by = Proposal.State.DECLINED, reason.strip()[:300], by
    proposal.settled_at = at or timezone.now()
    proposal.save()
    return proposal


def carry_open_actions(meeting: Meeting) -> Item | None:
    """Open action items of the board come onto the agenda by themselves. Part of the caller's transaction."""
    if not ActionItem.objects.filter(board=meeting.board, state=ActionItem.State.OPEN).exists():
        return None
    there = meeting.items.filter(source=Item.Source.ACTIONS).first()
    if there or not meeting.is_open:
        return there
    return add(
        meeting, gettext("Open actions"), minutes=OPEN_ACTIONS_MINUTES, by_host=True, purpose=Item.Purpose.INFORM,
        source=Item.Source.ACTIONS,
    )  # fmt: skip


def changing(meeting: Meeting) -> Meeting:
    """The meeting, locked, while its agenda may still change. Raises WrongState."""
    meeting = locked(meeting)
    if not meeting.is_open:
        raise WrongState(meeting)
    return meeting


def _set(item: Item, values: dict[str, Any]) -> None:
    for name, value in values.items():
        if name not in CHANGEABLE:
            raise TypeError(name)
        setattr(item, name, value.strip() if isinstance(value, str) else value)
    if not item.title:
        raise BoardRefused(_("Give it a title."), "title_missing", "title")
    if not 1 <= int(item.minutes) <= 600:
        raise BoardRefused(_("Say how many minutes it takes: 1 to 600."), "minutes_missing", "minutes")
    item.level = max(int(item.level), item.meeting.level)
