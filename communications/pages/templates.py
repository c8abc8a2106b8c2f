"""Templates: the list, the editor with its live preview on a real customer, tests to oneself, and the versions."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from redis.exceptions import RedisError

from communications import spamcheck
from communications.actions import template_trials, templates
from communications.models import Template
from communications.queries import reactions, rendering
from communications.queries import templates as questions
from communications.template_forms import Draft, TemplateForm, part_label
from communications.templating import NAMES, TemplateFlaw
from communications.templating.names import GIVEN
from config.admin import site
from config.menu import Group
from customers.actions import history
from customers.models import AccessLog, ConsentDecision, Customer
from customers.pages.listing import chosen, keyset
from people.models import User
from people.requests import StaffRequest, number

VIEW, ADD, CHANGE, TEST = (f"communications.{verb}_template" for verb in ("view", "add", "change", "test"))
SEE_CUSTOMERS = "customers.view_customer"
PER_PAGE = 50
NOTED_FOR = 900  # seconds: typing on is one look at a customer


@site.page(
    "templates/",
    name="templates",
    permission=VIEW,
    menu=gettext_lazy("Templates"),
    icon="stylus_note",
    group=Group.CUSTOMERS,
    order=40,
)
def template_list(request: StaffRequest) -> HttpResponse:
    channel = chosen(request, "channel", Template.Channel.values)
    archived = request.GET.get("archived") == "1"
    return site.render(
        request,
        "communications/templates/list.html",
        title=_("Templates"),
        page=keyset(request, questions.listed(channel=channel, archived=archived), limit=PER_PAGE),
        channels=Template.Channel.choices,
        channel=channel,
        archived=archived,
        may_add=request.user.has_perm(ADD),
    )


@site.page("templates/new/", name="new_template", permission=ADD)
def new_template(request: StaffRequest) -> HttpResponse:
    return _editor(request, None)


@site.page("templates/<int:pk>/", name="template", permission=VIEW)
def one_template(request: StaffRequest, pk: int) -> HttpResponse:
    """Who may change it writes here; who may only look sees the same without what saves."""
    return _editor(request, get_object_or_404(Template.objects.select_related("by"), pk=pk))


@site.page("templates/preview/", name="template_preview", permission=VIEW)
@require_POST
def preview(request: StaffRequest) -> HttpResponse:
    draft = Draft.posted(request.POST)
    return render(request, "communications/templates/_preview.html", _preview(request, draft))


@site.page("templates/<int:pk>/test/", name="template_test", permission=TEST)
@require_POST
def test(request: StaffRequest, pk: int) -> HttpResponse:
    """What is written on the page now, to one's own account."""
    template = get_object_or_404(Template, pk=pk)
    draft = Draft.posted(request.POST, template.channel)
    language = _language(request, draft)
    try:
        texts = {code: parts for code, parts in draft.written.items() if code == language}
        customer = _customer(request)
        template_trials.send(template, texts, by=request.user, language=language, customer=customer)
    except (ValidationError, KeyError) as refusal:
        said = " ".join(refusal.messages) if isinstance(refusal, ValidationError) else _("Nothing is written here.")
        return render(request, "communications/templates/_tested.html", {"error": said})
    return render(request, "communications/templates/_tested.html", {"address": request.user.email})


@site.page("templates/<int:pk>/versions/<int:number>/", name="template_version", permission=VIEW)
def one_version(request: StaffRequest, pk: int, number: int) -> HttpResponse:
    """What a version said, and what it says otherwise than the one before."""
    template = get_object_or_404(Template, pk=pk)
    version = get_object_or_404(template.versions.select_related("by"), number=number)
    before = template.versions.filter(number=number - 1).first()
    languages = dict(settings.LANGUAGES)
    return site.render(
        request,
        "communications/templates/version.html",
        title=_("%(name)s, version %(number)s") % {"name": template.name, "number": number},
        breadcrumbs=[*_above(), (template.name, reverse("admin:template", args=[pk]))],
        template_=template,
        version=version,
        before=before,
        changes=[
            (languages.get(one.language, one.language), part_label(template.channel, one.part), one)
            for one in questions.changes(before.texts if before else {}, version.texts)
        ],
    )


@site.page("templates/<int:pk>/archive/", name="template_archive", permission=CHANGE)
@require_POST
def archive(request: StaffRequest, pk: int) -> HttpResponse:
    template = get_object_or_404(Template, pk=pk)
    if template.archived_at is None:
        templates.archive(template, by=request.user)
        messages.success(request, _("It is offered no more to those who plan. What plans it goes on."))
    else:
        templates.restore(template, by=request.user)
        messages.success(request, _("It is offered again."))
    return redirect("admin:template", pk)


def _editor(request: StaffRequest, template: Template | None) -> HttpResponse:
    version = rendering.latest(template) if template else None
    may_change = template is None or (request.user.has_perm(CHANGE) and template.archived_at is None)
    save = request.method == "POST" and may_change
    initial = _initial(template) if template else {"channel": chosen(request, "channel", Template.Channel.values)}
    form = TemplateForm(request.POST if save else None, initial=initial, template=template)
    if save:
        draft = Draft.posted(request.POST, template.channel if template else "")
    else:
        channel = template.channel if template else initial["channel"] or str(Template.Channel.EMAIL)
        draft = Draft.of(channel, version.texts if version else {})
    if save and form.is_valid():
        try:
            kept = _keep(template, form.cleaned_data, draft, request)
        except TemplateFlaw as flaw:
            draft.flaw = flaw
            form.add_error(None, _("Look at what is marked below."))
        except ValidationError as refusal:
            form.show(refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("admin:template", kept.pk)
    return site.render(
        request,
        "communications/templates/form.html",
        title=template.name if template else _("New template"),
        breadcrumbs=_above(),
        form=form,
        template_=template,
        draft=draft,
        version=version,
        versions=template.versions.select_related("by").order_by("-number")[:10] if template else [],
        may_change=may_change,
        may_archive=request.user.has_perm(CHANGE),
        may_test=request.user.has_perm(TEST),
        may_see_customers=request.user.has_perm(SEE_CUSTOMERS),
        names=[(name, known) for name, known in NAMES.items()],
        given=[(name, known) for name, known in GIVEN.items()],
        reactions=reactions.of_template(template) if template else [],
        **_preview(request, draft, template.purpose if template else ""),
    )


def _keep(template: Template | None, said: dict[str, Any], draft: Draft, request: StaffRequest) -> Template:
    if template is None:
        return templates.make(
            said["name"], channel=said["channel"], purpose=said["purpose"], language=said["language"],
            texts=draft.texts, by=request.user,
        )  # fmt: skip
    seen = request.POST.get("seen", "")
    templates.revise(template, texts=draft.texts, note=said["note"], seen=number(seen), by=request.user)
    return templates.rename(
        template, said["name"], purpose=said["purpose"], language=said["language"], by=request.user
    )


def _preview(request: StaffRequest, draft: Draft, purpose: str = "") -> dict[str, Any]:
    """What would arrive, and what is to be said about it."""
    language = _language(request, draft)
    said = request.POST.get("purpose", purpose)
    purpose = said if said in ConsentDecision.Purpose.values else ""
    template = Template(channel=draft.channel, purpose=purpose, language=language)
    context: dict[str, Any] = {"shown": None, "flaw": "", "remarks": []}
    context |= {"language": language, "channel": draft.channel}
    texts = draft.written.get(language)
    if texts is None:
        return context
    try:
        customer = _customer(request)
        if customer:
            context["shown"] = rendering.written(template, {language: texts}, customer.pk, language=language)
        context["shown"] = context["shown"] or rendering.sample(template, texts, language)
        context["remarks"] = spamcheck.remarks(draft.channel, texts, marketing=bool(purpose))
    except ValidationError as flaw:
        context["flaw"] = " ".join(flaw.messages)
    return context


def _language(request: StaffRequest, draft: Draft) -> str:
    wanted = request.POST.get("preview", "")
    written = list(draft.written)
    return wanted if wanted in dict(settings.LANGUAGES) else written[0] if written else settings.LANGUAGE_CODE


def _customer(request: StaffRequest) -> Customer | None:
    """The customer whose number was typed, for who may see customers; that somebody looked is written down.

    Raises ValidationError where nobody has the number.
    """
    number = request.POST.get("customer", "").strip()
    if not number or not request.user.has_perm(SEE_CUSTOMERS):
        return None
    customer = Customer.objects.standing().filter(number=number).first()
    if customer is None:
        raise ValidationError(_("Nobody has this number."), code="customer_unknown")
    if _is_new(request.user, customer):
        history.note(customer, AccessLog.What.VIEWED, by=request.user, fields=["template preview"])
    return customer


def _is_new(user: User, customer: Customer) -> bool:
    try:
        return bool(cache.add(f"template-preview:{user.pk}:{customer.pk}", 1, NOTED_FOR))
    except RedisError:
        return True


def _initial(template: Template) -> dict[str, Any]:
    return {
        "name": template.name,
        "channel": template.channel,
        "purpose": template.purpose,
        "language": template.language,
    }


def _above() -> list[tuple[Any, str]]:
    return [(_("Templates"), reverse("admin:templates"))]
