"""The forum for staff: reading along, writing for the company, and moderating."""

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from advisory.actions import forum as acts
from advisory.confidentiality import Level
from advisory.models import Board, Post, Topic
from advisory.queries import portal as questions
from config.admin import site
from people.requests import StaffRequest, number
from people.telling import telling

VIEW, ADD, MODERATE = "advisory.view_topic", "advisory.add_topic", "advisory.moderate_forum"
SHOWN = 100


@site.page("boards/<int:pk>/forum/", name="board_forum", permission=VIEW)
def forum(request: StaffRequest, pk: int) -> HttpResponse:
    board = get_object_or_404(Board, pk=pk)
    if request.method == "POST" and request.user.has_perm(ADD):
        with telling(request):
            topic = acts.begin(board, request.POST.get("title", ""), request.POST.get("text", ""), author=request.user)
            return redirect("admin:board_topic", topic.pk)
    words = request.GET.get("q", "")[:100]
    return site.render(
        request, "advisory/forum/list.html", title=_("Forum"), board=board, words=words,
        topics=questions.topics(
            board, Level.COMPANY, words=words, hidden=request.user.has_perm(MODERATE)
        )[:SHOWN], may_add=request.user.has_perm(ADD), typed=request.POST,
    )  # fmt: skip


@site.page("topics/<int:pk>/", name="board_topic", permission=VIEW)
def topic(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Topic.objects.select_related("board", "term__customer", "user"), pk=pk)
    if request.method == "POST":
        with telling(request):
            _done(request, found)
            return redirect("admin:board_topic", pk)
    return site.render(
        request, "advisory/forum/topic.html", title=found.title, topic=found,
        posts=found.posts.select_related("term__customer", "user", "hidden_by").order_by("at", "pk"),
        typed=request.POST.get("text", ""), may_add=request.user.has_perm(ADD),
        may_moderate=request.user.has_perm(MODERATE),
        breadcrumbs=[(_("Forum"), reverse("admin:board_forum", args=[found.board_id]))],
    )  # fmt: skip


def _done(request: StaffRequest, topic: Topic) -> None:
    """What the button says. Raises ValidationError."""
    what = request.POST.get("do", "post")
    if not request.user.has_perm(ADD if what == "post" else MODERATE):
        raise ValidationError(_("You may not do that."), code="forbidden")
    if what in ("hide", "show"):
        said = request.POST.get("post", "")
        post = get_object_or_404(Post, topic=topic, pk=number(said, 0))
        if what == "hide":
            acts.hide(post, reason=request.POST.get("reason", ""), by=request.user)
        else:
            acts.show(post)
    elif what in ("close", "open"):
        acts.close(topic, closed=what == "close")
    elif what in ("hide_topic", "show_topic"):
        acts.hide_topic(topic, hidden=what == "hide_topic")
    elif what in ("pin", "unpin"):
        acts.pin(topic, pinned=what == "pin")
    else:
        acts.post(topic, request.POST.get("text", ""), author=request.user)
