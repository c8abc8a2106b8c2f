"""Webhooks for managers: who is told of what, what became of each message."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from config.admin import site
from config.menu import Group
from config.paging import Cursor, slice_of
from customers.models import Verb
from integrations import queries
from integrations.actions import webhooks
from integrations.actions.webhooks import Created
from integrations.forms import EndpointChangeForm, EndpointForm
from integrations.models import Delivery, Endpoint
from people.requests import StaffRequest
from people.telling import telling

PER_PAGE = 25
VIEW, ADD, CHANGE = (f"integrations.{verb}_endpoint" for verb in ("view", "add", "change"))
DELETE = "integrations.delete_endpoint"
FIELDS = {"url_invalid": "url", "url_not_https": "url", "url_private": "url", "name_missing": "name"}


def trail(*endpoints: Endpoint) -> list[tuple[str, str]]:
    above = [(_("Webhooks"), reverse("admin:webhooks"))]
    return above + [(endpoint.name, reverse("admin:webhook", args=[endpoint.pk])) for endpoint in endpoints]


@site.page(
    "webhooks/", name="webhooks", permission=VIEW, menu=gettext_lazy("Webhooks"), icon="webhook", group=Group.SETUP
)
def webhook_list(request: StaffRequest) -> HttpResponse:
    return site.render(
        request,
        "integrations/webhooks.html",
        title=_("Webhooks"),
        endpoints=queries.endpoints(),
        may_add=request.user.has_perm(ADD),
    )


@site.page("webhooks/new/", name="webhook_new", permission=ADD)
def webhook_new(request: StaffRequest) -> HttpResponse:
    form = EndpointForm(request.POST or None)
    if form.is_valid():
        try:
            created = webhooks.create(**form.cleaned_data, by=request.user)
        except ValidationError as refusal:
            _show(form, refusal)
        else:
            return _show_secret(request, created)
    title = _("New webhook")
    return site.render(
        request, "components/form_page.html", title=title, breadcrumbs=trail(), form=form,
        verb=_("Create and show the secret"), back=reverse("admin:webhooks"),
    )  # fmt: skip


@site.page("webhooks/<int:pk>/", name="webhook", permission=VIEW)
def webhook(request: StaffRequest, pk: int) -> HttpResponse:
    endpoint = get_object_or_404(Endpoint, pk=pk)
    try:
        cursor = Cursor.read(request.GET["after"], kinds=[int]) if "after" in request.GET else None
    except ValidationError:
        return redirect("admin:webhook", pk)
    return site.render(
        request,
        "integrations/webhook.html",
        title=endpoint.name,
        breadcrumbs=trail(),
        endpoint=endpoint,
        wanted=[Verb(verb).label for verb in endpoint.verbs],
        page=slice_of(queries.deliveries(endpoint), cursor, limit=PER_PAGE, order=["-id"]),
        may_change=request.user.has_perm(CHANGE),
        may_delete=request.user.has_perm(DELETE),
    )


@site.page("webhooks/<int:pk>/change/", name="webhook_change", permission=CHANGE)
def webhook_change(request: StaffRequest, pk: int) -> HttpResponse:
    endpoint = get_object_or_404(Endpoint, pk=pk)
    now = {"name": endpoint.name, "url": endpoint.url, "verbs": endpoint.verbs, "seen": endpoint.revision}
    form = EndpointChangeForm(request.POST or None, initial=now)
    if form.is_valid():
        try:
            webhooks.change(endpoint, **form.cleaned_data)
        except ValidationError as refusal:
            _show(form, refusal)
        else:
            messages.success(request, _("The webhook is changed."))
            return redirect("admin:webhook", pk)
    return site.render(
        request,
        "components/form_page.html",
        title=_("Change webhook"),
        breadcrumbs=trail(endpoint),
        form=form,
        back=reverse("admin:webhook", args=[endpoint.pk]),
    )


@site.page("webhooks/<int:pk>/secret/", name="webhook_secret", permission=CHANGE)
@require_POST
def webhook_secret(request: StaffRequest, pk: int) -> HttpResponse:
    return _show_secret(request, webhooks.rotate(get_object_or_404(Endpoint, pk=pk)))


@site.page("webhooks/<int:pk>/ping/", name="webhook_ping", permission=CHANGE)
@require_POST
def webhook_ping(request: StaffRequest, pk: int) -> HttpResponse:
    webhooks.ping(get_object_or_404(Endpoint, pk=pk))
    messages.success(request, _("A ping is on its way. Its answer will stand in the list within seconds."))
    return redirect("admin:webhook", pk)


@site.page("webhooks/<int:pk>/pause/", name="webhook_pause", permission=CHANGE)
@require_POST
def webhook_pause(request: StaffRequest, pk: int) -> HttpResponse:
    webhooks.pause(get_object_or_404(Endpoint, pk=pk))
    messages.success(request, _("The webhook is paused. It is not told of what happens meanwhile."))
    return redirect("admin:webhook", pk)


@site.page("webhooks/<int:pk>/resume/", name="webhook_resume", permission=CHANGE)
@require_POST
def webhook_resume(request: StaffRequest, pk: int) -> HttpResponse:
    webhooks.resume(get_object_or_404(Endpoint, pk=pk))
    messages.success(request, _("The webhook is told of what happens from now on."))
    return redirect("admin:webhook", pk)


@site.page("webhooks/<int:pk>/remove/", name="webhook_remove", permission=DELETE)
def webhook_remove(request: StaffRequest, pk: int) -> HttpResponse:
    endpoint = get_object_or_404(Endpoint, pk=pk)
    if request.method == "POST":
        webhooks.remove(endpoint)
        messages.success(request, _("The webhook is removed."))
        return redirect("admin:webhooks")
    return site.render(
        request,
        "integrations/webhook_remove.html",
        title=_("Remove webhook"),
        breadcrumbs=trail(endpoint),
        endpoint=endpoint,
    )


@site.page("webhooks/messages/<int:pk>/again/", name="webhook_again", permission=CHANGE)
@require_POST
def webhook_again(request: StaffRequest, pk: int) -> HttpResponse:
    delivery = get_object_or_404(Delivery, pk=pk)
    with telling(request) as say:
        webhooks.redeliver(delivery)
        say(_("The message is sent again."))
    return redirect("admin:webhook", delivery.endpoint_id)


@site.home(permission=CHANGE, title=gettext_lazy("Webhooks"), order=8)
def webhooks_switched_off(request: HttpRequest) -> tuple[str, dict[str, Any]] | None:
    """The notice of an endpoint that was switched off: until somebody resumes or removes it."""
    off = list(Endpoint.objects.filter(disabled_at__isnull=False).order_by("name"))
    return ("integrations/home_webhooks.html", {"endpoints": off}) if off else None


def _show(form: EndpointForm, refusal: ValidationError) -> None:
    form.add_error(FIELDS.get(refusal.code or ""), refusal)


def _show_secret(request: StaffRequest, created: Created) -> HttpResponse:
    """Once, here; nobody can look it up later."""
    return site.render(
        request,
        "integrations/webhook_secret.html",
        title=_("Secret"),
        breadcrumbs=trail(created.endpoint),
        endpoint=created.endpoint,
        secret=created.secret,
    )
