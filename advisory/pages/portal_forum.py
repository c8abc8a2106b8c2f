"""The forum on the member's own pages."""

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from advisory.actions import forum as acts
from advisory.confidentiality import Level
from advisory.pages.portal import Reader, member, page_of
from advisory.queries import members
from advisory.queries import portal as questions

SHOWN = 50


@member
@require_http_methods(["GET", "HEAD", "POST"])
def forum(request: HttpRequest, reader: Reader) -> HttpResponse:
    refusal: ValidationError | None = None
    if request.method == "POST":
        try:
            topic = acts.begin(
                reader.board, request.POST.get("title", ""), request.POST.get("text", ""), author=reader.term,
                level=Level.CONFIDENTIAL if "confidential" in request.POST and reader.level >= Level.CONFIDENTIAL
                else Level.BOARD,
            )  # fmt: skip
        except ValidationError as refused:
            refusal = refused
        else:
            return redirect(reader.path("portal_topic", topic.pk))
    words = request.GET.get("q", "")[:100]
    return page_of(
        request, reader, "forum", status=400 if refusal else 200, refusal=refusal, words=words,
        topics=questions.topics(reader.board, reader.level, words=words)[:SHOWN],
        may_keep=reader.level >= Level.CONFIDENTIAL,
    )  # fmt: skip


@member
@require_http_methods(["GET", "HEAD", "POST"])
def topic(request: HttpRequest, reader: Reader, pk: int) -> HttpResponse:
    found = questions.topics(reader.board, reader.level).filter(pk=pk).first()
    if found is None:
        raise Http404
    refusal: ValidationError | None = None
    if request.method == "POST":
        try:
            acts.post(found, request.POST.get("text", ""), author=reader.term)
        except ValidationError as refused:
            refusal = refused
        else:
            return redirect(f"{reader.path('portal_topic', pk)}#end")
    posts = found.posts.select_related("term__customer", "user").order_by("at", "pk")
    return page_of(
        request, reader, "topic", status=400 if refusal else 200, refusal=refusal, topic=found, posts=posts,
        typed=request.POST.get("text", ""), names=[str(term.customer) for term in members.holders(reader.board)],
    )  # fmt: skip
