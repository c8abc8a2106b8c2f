"""Mailboxes: where e-mail comes in, whether it does, and what is wrong where it does not."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from config.admin import site
from config.menu import Group
from feedback.actions import mailboxes, spam
from feedback.imap import ImapError
from feedback.mailbox_forms import MailboxForm
from feedback.models import Case, Mailbox
from feedback.queries import mailboxes as queries
from feedback.queries.versions import version
from people.requests import StaffRequest
from people.telling import telling

VIEW, ADD, CHANGE = (f"feedback.{verb}_mailbox" for verb in ("view", "add", "change"))


@site.page(
    "mailboxes/", name="mailboxes", permission=VIEW, menu=gettext_lazy("Mailboxes"), icon="inbox", group=Group.SETUP
)
def mailbox_list(request: StaffRequest) -> HttpResponse:
    return site.render(
        request, "feedback/mailboxes/list.html", title=_("Mailboxes"), mailboxes=queries.mailboxes(),
        may_add=request.user.has_perm(ADD),
    )  # fmt: skip


@site.page("mailboxes/new/", name="mailbox_new", permission=ADD)
def mailbox_new(request: StaffRequest) -> HttpResponse:
    return _form(request, Mailbox())


@site.page("mailboxes/<int:pk>/", name="mailbox", permission=VIEW)
def mailbox(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Mailbox.objects.select_related("team"), pk=pk)
    return site.render(
        request, "feedback/mailboxes/mailbox.html", title=found.name, breadcrumbs=_trail(), mailbox=found,
        latest=queries.latest(found), may_change=request.user.has_perm(CHANGE),
    )  # fmt: skip


@site.page("mailboxes/<int:pk>/change/", name="mailbox_change", permission=CHANGE)
def mailbox_change(request: StaffRequest, pk: int) -> HttpResponse:
    return _form(request, get_object_or_404(Mailbox, pk=pk))


@site.page("mailboxes/<int:pk>/try/", name="mailbox_try", permission=CHANGE)
@require_POST
def mailbox_try(request: StaffRequest, pk: int) -> HttpResponse:
    try:
        waiting = mailboxes.try_connection(get_object_or_404(Mailbox, pk=pk))
    except ImapError as error:
        messages.error(request, _("That did not work: %(error)s") % {"error": error})
    else:
        messages.success(request, _("It works. New messages there: %(count)s.") % {"count": waiting})
    return redirect("admin:mailbox", pk)


@site.page("desk/<int:pk>/release/", name="case_release", permission="feedback.change_case")
@require_POST
def release(request: StaffRequest, pk: int) -> HttpResponse:
    """It was no spam."""
    return _moved(request, pk, release=True)


@site.page("desk/<int:pk>/hold/", name="case_hold", permission="feedback.change_case")
@require_POST
def hold(request: StaffRequest, pk: int) -> HttpResponse:
    return _moved(request, pk, release=False)


def _moved(request: StaffRequest, pk: int, *, release: bool) -> HttpResponse:
    case = get_object_or_404(Case, pk=pk)
    with telling(request) as say:
        (spam.release if release else spam.hold)(case, by=request.user)
        say(_("It is an open case now.") if release else _("It is held aside as spam."))
    return redirect("admin:case", pk)


def _form(request: StaffRequest, mailbox: Mailbox) -> HttpResponse:
    form = MailboxForm(request.POST or None, instance=mailbox)
    if form.is_valid():
        try:
            mailbox = _kept(form)
        except ValidationError as refusal:
            if mailbox.pk:
                form.renew("seen", version(Mailbox.objects.get(pk=mailbox.pk)))
            field = getattr(refusal, "field", None)
            form.add_error("new_password" if field == "password" else field if field in form.fields else None, refusal)
        else:
            messages.success(request, _("The mailbox is saved. Try the connection."))
            return redirect("admin:mailbox", mailbox.pk)
    title = _("Change mailbox") if mailbox.pk else _("New mailbox")
    return site.render(
        request, "components/form_page.html", title=title, breadcrumbs=_trail(), form=form,
        back=reverse("admin:mailboxes"),
    )  # fmt: skip


def _kept(form: MailboxForm) -> Mailbox:
    password = form.cleaned_data["new_password"]
    if form.instance.pk is None:
        return mailboxes.save(form.instance, password=password)
    return mailboxes.change(form.instance, seen=form.cleaned_data["seen"], password=password, **form.said())


def _trail() -> list[tuple[str, str]]:
    return [(_("Mailboxes"), reverse("admin:mailboxes"))]
