"""What somebody has promised to do is caught, done, or dropped for a reason."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from advisory.actions.changes import touched
from advisory.actions.refusals import BoardRefused, WrongState
from advisory.models import ActionItem, Board, Item, Meeting, Term
from people.models import User

State = ActionItem.State


@transaction.atomic
def catch(
    board: Board, text: str, *, meeting: Meeting | None = None, item: Item | None = None,
    owner: User | Term | None = None, due_on: date | None = None, by: User | None = None, at: datetime | None = None,
) -> ActionItem:  # fmt: skip
    """Something is to be done. Raises BoardRefused (``text_missing``)."""
    if not text.strip():
        raise BoardRefused(_("Say what is to be done."), "text_missing", "text")
    made = ActionItem.objects.create(
        board=board, meeting=meeting, item=item, text=text.strip()[:300], due_on=due_on,
        owner=owner if isinstance(owner, User) else None, owner_term=owner if isinstance(owner, Term) else None,
        made_by=by, made_at=at or timezone.now(),
    )  # fmt: skip
    if meeting:
        touched(meeting)
    return made


@transaction.atomic
def settle(
    action: ActionItem, state: str, *, reason: str = "", by: User | None = None, at: datetime | None = None
) -> ActionItem:
    """Done, or dropped for a reason. Raises WrongState, BoardRefused (``reason_missing``)."""
    action = ActionItem.objects.select_for_update().get(pk=action.pk)
    if action.state != State.OPEN or state not in (State.DONE, State.DROPPED):
        raise WrongState(action)
    if state == State.DROPPED and not reason.strip():
        raise BoardRefused(_("Say why."), "reason_missing", "reason")
    action.state, action.reason, action.settled_by = state, reason.strip()[:300], by
    action.settled_at = at or timezone.now()
    action.save()
    return action
