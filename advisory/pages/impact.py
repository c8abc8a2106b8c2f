"""What a board changes: members beside customers like them, and what became of its advice."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from advisory.models import Board
from advisory.pages.boards import above
from advisory.queries import impact
from config.admin import site
from people.requests import StaffRequest


@site.page("boards/<int:pk>/impact/", name="board_impact", permission="advisory.see_impact")
def board_impact(request: StaffRequest, pk: int) -> HttpResponse:
    board = get_object_or_404(Board, pk=pk)
    return site.render(
        request,
        "advisory/boards/impact.html",
        title=_("Impact"),
        breadcrumbs=above(board),
        board=board,
        impact=impact.of(board, timezone.now()),
        work=impact.work(board),
        fewest=impact.FEWEST,
        peers=impact.PEERS,
    )
