"""What boards have on a day, as a layer of the communication calendar."""

import datetime as dt
from collections import Counter
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from advisory.models import Board
from advisory.pages.boards import KINDS, VIEW, page_of
from advisory.queries.planner import happenings
from communications import timing
from communications.layers import Mark, layer


@layer("boards", label=gettext_lazy("Advisory boards"), permission=VIEW)
def marks(user: Any, first: dt.date, last: dt.date) -> list[Mark]:
    """Meetings and minutes due, for who may see meetings, and how many terms end; nobody is named."""
    kinds = ("meeting", "minutes", "term") if user.has_perm("advisory.view_meeting") else ("term",)
    today = timing.business_date(timezone.now())
    ending: Counter[tuple[dt.date, Board]] = Counter()
    found = []
    for one in happenings(Board.objects.standing().order_by("name"), first, last, kinds):
        if one.kind == "term":
            ending[one.on, one.board] += 1
        else:
            late = one.kind == "minutes" and one.on < today
            found.append(Mark(one.on, str(KINDS[one.kind]), one.words, page_of(one), late))
    return found + [_ends(day, board, count) for (day, board), count in ending.items()]


def _ends(day: dt.date, board: Board, count: int) -> Mark:
    said = _("%(count)s on %(board)s") % {"count": count, "board": board.name}
    return Mark(day, str(_("Terms end")), said, reverse("admin:board", args=[board.pk]))
