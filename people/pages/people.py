"""People and roles for managers; one's own account for everybody."""

from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from config.admin import site
from config.menu import Group
from people import mail, queries
from people.actions import people, sessions
from people.forms import InvitationForm, RoleForm, SettingsForm
from people.models import User
from people.requests import StaffRequest
from people.roles import RIGHTS
from people.telling import telling

MANAGE = "people.manage_people"
PER_PAGE = 50
EVENTS = 20


def trail() -> list[tuple[str, str]]:
    return [(_("People and roles"), reverse("admin:people"))]


@site.page(
    "people/", name="people", permission=MANAGE, menu=gettext_lazy("People and roles"), icon="badge", group=Group.SETUP
)
def people_list(request: StaffRequest) -> HttpResponse:
    page = Paginator(queries.staff(), PER_PAGE).get_page(request.GET.get("page"))
    roles = [(role.label, rights.summary) for role, rights in RIGHTS.items()]
    return site.render(request, "people/people.html", title=_("People and roles"), page=page, roles=roles)


@site.page("people/invite/", name="invite", permission=MANAGE)
def invite(request: StaffRequest) -> HttpResponse:
    form = InvitationForm(request.POST or None)
    if form.is_valid():
        try:
            person = people.invite(**form.cleaned_data, by=request.user)
        except ValidationError as refusal:
            form.add_error("email", refusal)
        else:
            return _hand_over_link(request, person)
    return site.render(
        request, "components/form_page.html", title=_("Invite somebody"), breadcrumbs=trail(), form=form,
        lead=_("They get an e-mail with a link where they set their password. You see the link once, too."),
        verb=_("Invite"), back=reverse("admin:people"),
    )  # fmt: skip


@site.page("people/<int:pk>/link/", name="person_link", permission=MANAGE)
@require_POST
def person_link(request: StaffRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(queries.staff(), pk=pk, is_active=True)
    people.invite_again(person, by=request.user)
    return _hand_over_link(request, person)


def _hand_over_link(request: StaffRequest, person: User) -> HttpResponse:
    """Send the link and show it, this once: nobody can look it up later."""
    link = request.build_absolute_uri(queries.set_password_path(person))
    sent = mail.send_invitation(person, link=link, by=request.user)
    return site.render(
        request,
        "people/link.html",
        title=_("Invitation"),
        breadcrumbs=trail(),
        person=person,
        link=link,
        sent=sent,
    )


@site.page("people/<int:pk>/", name="person", permission=MANAGE)
def person_page(request: StaffRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(queries.staff(), pk=pk)
    form = RoleForm(request.POST or None, initial={"role": queries.role_of(person)})
    if form.is_valid():
        try:
            people.give_role(person, form.cleaned_data["role"], by=request.user)
        except ValidationError as refusal:
            form.add_error("role", refusal)
        else:
            messages.success(request, _("The role is changed."))
            return redirect("admin:person", pk)
    return site.render(
        request,
        "people/person.html",
        title=str(person),
        breadcrumbs=trail(),
        person=person,
        form=form,
        events=person.events.select_related("by").order_by("-pk")[:EVENTS],
        sessions=UserSession.objects.purge_and_list(person) if person.is_active else [],
    )


@site.page("people/<int:pk>/shut-out/", name="shut_out", permission=MANAGE)
@require_POST
def shut_out(request: StaffRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(queries.staff(), pk=pk)
    try:
        people.shut_out(person, by=request.user)
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
    else:
        messages.success(request, _("%(person)s is shut out, and signed out everywhere.") % {"person": person})
    return redirect("admin:person", pk)


@site.page("people/<int:pk>/let-in/", name="let_in", permission=MANAGE)
@require_POST
def let_in(request: StaffRequest, pk: int) -> HttpResponse:
    person = people.let_in(get_object_or_404(queries.staff(), pk=pk), by=request.user)
    messages.success(request, _("%(person)s may sign in again.") % {"person": person})
    return redirect("admin:person", pk)


@site.page("people/<int:pk>/end-sessions/", name="end_sessions", permission=MANAGE)
@require_POST
def end_sessions(request: StaffRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(queries.staff(), pk=pk)
    ended = sessions.end_all(person, by=request.user, keep=request.session.session_key)
    messages.success(request, _("Sessions ended: %(count)s.") % {"count": ended})
    return redirect("admin:person", pk)


@site.page("people/<int:pk>/remove-second-factor/", name="remove_second_factor", permission=MANAGE)
@require_POST
def remove_second_factor(request: StaffRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(queries.staff(), pk=pk)
    with telling(request) as say:
        if people.remove_second_factor(person, by=request.user):
            mail.send_second_factor_removed(person, by=request.user)
        say(_("%(person)s signs in with the password alone until a new second factor is set up.") % {"person": person})
    return redirect("admin:person", pk)


@site.page("my-account/", name="my_account", permission=None)
def my_account(request: StaffRequest) -> HttpResponse:
    me = request.user
    form = SettingsForm(
        request.POST or None,
        initial={name: getattr(me, name) for name in ("first_name", "last_name", "zone", "language")},
    )
    if form.is_valid():
        people.change_settings(me, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("admin:my_account")
    person = queries.staff().get(pk=me.pk)
    return site.render(
        request,
        "people/my_account.html",
        title=_("My account"),
        person=person,
        form=form,
        panels=site.panels(request, "my-account", me),
    )


@site.page("my-account/sessions/<int:pk>/end/", name="end_session", permission=None)
@require_POST
def end_session(request: StaffRequest, pk: int) -> HttpResponse:
    sessions.end(get_object_or_404(UserSession, pk=pk, user=request.user), by=request.user)
    messages.success(request, _("The session is ended."))
    return redirect("usersessions_list")
