"""API tokens for managers: who comes in from outside, what they may do, and shutting them out."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from config.admin import site
from config.menu import Group
from integrations import queries
from integrations.actions import tokens
from integrations.actions.tokens import Issued
from integrations.forms import TokenForm
from integrations.models import Token
from integrations.scopes import Scope
from people.requests import StaffRequest
from people.telling import telling

MANAGE = "integrations.manage_token"
FIELDS = {"name_missing": "name", "name_taken": "name", "rate_not_positive": "per_minute"}
FIELDS |= {"scopes_missing": "scopes", "unknown_scope": "scopes", "scope_not_yours": "scopes"}


def trail() -> list[tuple[str, str]]:
    return [(_("API tokens"), reverse("admin:tokens"))]


@site.page("tokens/", name="tokens", permission=MANAGE, menu=gettext_lazy("API tokens"), icon="key", group=Group.SETUP)
def token_list(request: StaffRequest) -> HttpResponse:
    everybody = "all" in request.GET
    rows = [
        (token, [Scope(scope).label for scope in token.scopes if scope in Scope])
        for token in queries.tokens(old=everybody)
    ]
    return site.render(request, "integrations/tokens.html", title=_("API tokens"), rows=rows, everybody=everybody)


@site.page("tokens/new/", name="token_new", permission=MANAGE)
def token_new(request: StaffRequest) -> HttpResponse:
    form = TokenForm(request.POST or None, initial={"per_minute": 600})
    if form.is_valid():
        wish = form.cleaned_data
        days = wish.pop("days")
        expires_at = timezone.now() + timedelta(days=int(days)) if days else None
        try:
            issued = tokens.create(wish.pop("name"), **wish, expires_at=expires_at, by=request.user)
        except ValidationError as refusal:
            form.add_error(FIELDS.get(refusal.code or ""), refusal)
        else:
            return _show_secret(request, issued)
    title = _("New API token")
    return site.render(
        request, "components/form_page.html", title=title, breadcrumbs=trail(), form=form,
        verb=_("Create and show the token"), back=reverse("admin:tokens"),
    )  # fmt: skip


@site.page("tokens/<int:pk>/replace/", name="token_replace", permission=MANAGE)
@require_POST
def token_replace(request: StaffRequest, pk: int) -> HttpResponse:
    try:
        issued = tokens.rotate(get_object_or_404(Token, pk=pk), by=request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect("admin:tokens")
    return _show_secret(request, issued)


@site.page("tokens/<int:pk>/revoke/", name="token_revoke", permission=MANAGE)
def token_revoke(request: StaffRequest, pk: int) -> HttpResponse:
    token = get_object_or_404(Token, pk=pk)
    if request.method == "POST":
        with telling(request) as say:
            tokens.revoke(token, by=request.user)
            say(_("The token is revoked: it opens nothing any more."))
        return redirect("admin:tokens")
    title = _("Revoke API token")
    return site.render(request, "integrations/token_revoke.html", title=title, breadcrumbs=trail(), token=token)


@site.panel("my-account", title=gettext_lazy("Other systems"), permission=MANAGE)
def on_my_account(request: HttpRequest, person: Any) -> tuple[str, dict[str, Any]]:
    return "integrations/my_account.html", {}


def _show_secret(request: StaffRequest, issued: Issued) -> HttpResponse:
    """Once, here; nobody can look it up later."""
    return site.render(
        request,
        "integrations/token_secret.html",
        title=_("API token"),
        breadcrumbs=trail(),
        token=issued.token,
        secret=issued.secret,
    )
