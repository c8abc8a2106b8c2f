"""What somebody who was invited sees: a seat to take, an election to stand in, a vote to cast. No account."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from advisory import links
from advisory.actions import elections, invitations, terms
from advisory.actions.refusals import WrongState
from advisory.models import Declaration, Election, Nominee, Term, Voter
from advisory.pages.public import language_of, nothing_here, public, said
from advisory.queries import access, charters, members
from advisory.queries.people import language
from people.requests import number, numbers


@public
@require_http_methods(["GET", "HEAD", "POST"])
def seat(request: HttpRequest, token: str) -> HttpResponse:
    found = access.by_link(token, "seat")
    if found is None:
        return nothing_here(request)
    term, _about = found
    with translation.override(language_of(request, language(term.customer))):
        refusal = None
        if request.method == "POST":
            try:
                return _answered(request, term, token)
            except ValidationError as refused:
                refusal = refused
        if term.state != Term.State.INVITED:
            return said(
                request, _("Welcome!"), _("The seat is yours. You will hear from us before the first meeting."),
                portal=access.link(term, "portal") if access.seated(term) else "",
            )  # fmt: skip
        charter, nda = charters.unsigned(term)
        context = {
            "term": term, "charter": charter, "nda": nda, "refusal": refusal, "given": request.POST,
            "language": translation.get_language(), "languages": settings.LANGUAGES,
            "late": term.answer_by is not None and term.answer_by < timezone.now(),
            "kinds": Declaration.Kind.choices, "business": settings.BUSINESS_NAME,
        }  # fmt: skip
        return render(request, "advisory/public/seat.html", context, status=400 if refusal else 200)


def _answered(request: HttpRequest, term: Term, token: str) -> HttpResponse:
    given = request.POST
    if given.get("do") == "decline":
        invitations.decline(term, reason=given.get("reason", ""), refused_nda=given.get("nda_refused") == "yes")
        return said(request, _("Thank you for your answer"), _("We will not ask again soon."))
    if given.get("interest") in Declaration.Kind:
        terms.declare(term, given["interest"], given.get("interest_text", ""))
    invitations.accept(
        term, name=given.get("name", ""), charter=number(given.get("charter", "")), nda=number(given.get("nda", ""))
    )
    return redirect(request.path)


@public
@require_http_methods(["GET", "HEAD", "POST"])
def nominee(request: HttpRequest, token: str) -> HttpResponse:
    link = links.read(token, "nominee")
    rows = Nominee.objects.select_related("customer", "election__board")
    found = rows.filter(pk=link.term, election__state=Election.State.NOMINATING).first() if link else None
    if found is None or found.customer.status != "active":
        return nothing_here(request)
    with translation.override(language_of(request, language(found.customer))):
        if request.method == "POST":
            stands = request.POST.get("do") == "stand"
            try:
                found = elections.answer(found, stands=stands, statement=request.POST.get("statement", ""))
            except WrongState:  # it was opened or ended this moment
                return nothing_here(request)
        context = {"nominee": found, "language": translation.get_language(), "languages": settings.LANGUAGES}
        return render(request, "advisory/public/nominee.html", context | {"saved": request.method == "POST"})


@public
@require_http_methods(["GET", "HEAD", "POST"])
def election(request: HttpRequest, token: str) -> HttpResponse:
    link = links.read(token, "election")
    rows = Voter.objects.select_related("customer", "election__board")
    voter = rows.filter(pk=link.term, election__state=Election.State.OPEN).first() if link else None
    if voter is None or voter.customer.status != "active":
        return nothing_here(request)
    with translation.override(language_of(request, language(voter.customer))):
        refusal = None
        if request.method == "POST":
            try:
                elections.vote(voter, numbers(request.POST.getlist("nominee")))
                return redirect(request.path)
            except ValidationError as refused:
                refusal = refused
        if voter.voted_on:
            return said(request, _("Thank you!"), _("Your vote is counted. Nobody can see for whom it was."))
        standing = voter.election.nominees.select_related("customer").filter(state=Nominee.State.STANDING)
        context = {
            "election": voter.election, "nominees": standing.order_by("customer__sort_key", "pk"), "refusal": refusal,
            "until": members.until(voter), "language": translation.get_language(), "languages": settings.LANGUAGES,
        }  # fmt: skip
        return render(request, "advisory/public/election.html", context, status=400 if refusal else 200)
