"""Earning rules: the list, the builder with its sentence, one rule with its versions and trials."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from config.admin import site
from config.menu import Group
from config.waking import NOBODY_THERE, wake
from customers.pages.listing import keyset
from loyalty import arithmetic
from loyalty.actions import programmes, rules, trials
from loyalty.models import Programme, Rule, RuleTrial, RuleVersion
from loyalty.queries import calculations
from loyalty.queries import rules as rule_queries
from loyalty.rule_forms import BeginForm, Draft, NameForm, answered_choices
from loyalty.rules import reading, words
from loyalty.rules.spec import Per
from people.requests import StaffRequest, number
from people.telling import showing

VIEW, ADD, CHANGE, RUN = "loyalty.view_rule", "loyalty.add_rule", "loyalty.change_rule", "loyalty.run_rule"
PER_PAGE, PATIENCE = 25, 0.8  # seconds that a page waits for a trial before it leaves it to the worker


@site.page(
    "rules/",
    name="rules",
    permission=VIEW,
    menu=gettext_lazy("Earning rules"),
    icon="rule_settings",
    group=Group.LOYALTY,
    order=30,
)
def rule_list(request: StaffRequest) -> HttpResponse:
    programme = programmes.main(fresh=True)
    page = keyset(request, Rule.objects.filter(programme=programme), limit=PER_PAGE)
    return site.render(
        request,
        "loyalty/rules/list.html",
        title=_("Earning rules"),
        page=page,
        rows=rule_queries.overview(page.rows, programme, timezone.now()),
        programme=programme,
        may_add=request.user.has_perm(ADD),
    )


@site.page("rules/new/", name="new_rule", permission=ADD)
def new_rule(request: StaffRequest) -> HttpResponse:
    return _builder(request, None)


@site.page("rules/<int:pk>/change/", name="change_rule", permission=CHANGE)
def change_rule(request: StaffRequest, pk: int) -> HttpResponse:
    return _builder(request, get_object_or_404(Rule, pk=pk))


def _builder(request: StaffRequest, rule: Rule | None) -> HttpResponse:
    programme, save = programmes.main(fresh=True), "save" in request.POST
    form = NameForm(
        request.POST if save else None, initial=request.POST.dict() or ({"name": rule.name} if rule else {})
    )
    draft = _draft(request, rule, programme)
    if save and form.is_valid():
        try:
            name = form.cleaned_data["name"]
            kept = (
                rules.redraft(rule, draft.said(), name=name, by=request.user)
                if rule
                else rules.draft(name, draft.said(), by=request.user)
            )
        except reading.RuleRefused as refusal:
            draft.show(refusal)
        except ValidationError as refusal:
            form.show(refusal)
        else:
            messages.success(request, _("The draft is saved. It counts for nothing until you let it begin."))
            return redirect("admin:rule", kept.rule_id)
    return site.render(
        request,
        "loyalty/rules/form.html",
        title=rule.name if rule else _("New rule"),
        breadcrumbs=_above(),
        form=form,
        rule=rule,
        begun=bool(rule and rule.versions.begun().exists()),
        **_drawn(draft),
    )


def _draft(request: StaffRequest, rule: Rule | None, programme: Programme) -> Draft:
    if request.method == "POST":
        return Draft.posted(request.POST, programme.currency)
    latest = rule.versions.order_by("-number").first() if rule else None
    if latest:
        return Draft.of(latest.spec, programme.currency)
    return Draft.posted(request.POST, programme.currency)


@site.page("rules/draft/", name="rule_draft", permission=VIEW)
@require_POST
def draft_again(request: StaffRequest) -> HttpResponse:
    """The builder again, after a row was added or dropped or is about something else now."""
    draft = Draft.posted(request.POST, programmes.main().currency)
    answer = render(request, "loyalty/rules/_builder.html", _drawn(draft))
    answer["HX-Trigger-After-Swap"] = "rows-changed"
    return answer


@site.page("rules/sentence/", name="rule_sentence", permission=VIEW)
@require_POST
def sentence(request: StaffRequest) -> HttpResponse:
    """What the rule says so far, in words."""
    draft = Draft.posted(request.POST, programmes.main().currency)
    return render(request, "loyalty/rules/_sentence.html", _said(draft))


def _drawn(draft: Draft) -> dict[str, Any]:
    return {"draft": draft, "answered": answered_choices(), "spans": Per.choices, **_said(draft)}


def _said(draft: Draft) -> dict[str, Any]:
    try:
        spec = rules.checked(draft.said())
    except ValidationError as refusal:
        return {"sentence": "", "missing": " ".join(refusal.messages)}
    return {
        "sentence": words.sentence(spec, currency=draft.currency, segments=rule_queries.segment_names(spec)),
        "missing": "",
    }


@site.page("rules/<int:pk>/", name="rule", permission=VIEW)
def rule_page(request: StaffRequest, pk: int, begin: BeginForm | None = None) -> HttpResponse:
    rule = get_object_or_404(Rule.objects.select_related("programme", "created_by"), pk=pk)
    versions = list(rule.versions.select_related("created_by", "begun_by").order_by("-number"))
    now = timezone.now()
    (row,) = rule_queries.overview([rule], rule.programme, now)
    said = calculations.sentences(versions, rule.programme)
    trial = RuleTrial.objects.filter(version__rule=rule).order_by("-pk").first()
    return site.render(
        request,
        "loyalty/rules/rule.html",
        title=rule.name,
        breadcrumbs=_above(),
        rule=rule,
        row=row,
        versions=[(version, said[version.pk], rule_queries.state(version, now)) for version in versions],
        draft=next((version for version in versions if version.begins_at is None), None),
        running=any(rule_queries.state(version, now) in ("live", "planned") for version in versions),
        trial=trial,
        begin=begin or BeginForm(),
        panels=site.panels(request, "rule", rule),
        may_change=request.user.has_perm(CHANGE),
        may_run=request.user.has_perm(RUN),
    )


@site.page("rules/<int:pk>/begin/", name="begin_rule", permission=RUN)
@require_POST
def begin_rule(request: StaffRequest, pk: int) -> HttpResponseBase:
    rule = get_object_or_404(Rule.objects.select_related("programme"), pk=pk)
    with timezone.override(ZoneInfo(rule.programme.zone)):
        form = BeginForm(request.POST)
        fit = form.is_valid()
    if fit:
        now = timezone.now()
        begins_at = form.cleaned_data["begins_at"] or now
        # "now" as typed is the minute that has begun already
        begins_at = now if now - timedelta(minutes=1) < begins_at < now else begins_at
        with showing(form):
            rules.begin(rule, begins_at=begins_at, ends_at=form.cleaned_data["ends_at"], by=request.user, at=now)
            messages.success(request, _("The rule counts from %(time)s.") % {"time": _local(begins_at, rule)})
            return redirect("admin:rule", pk)
    return rule_page(request, pk, begin=form)


def _local(at: datetime, rule: Rule) -> str:
    return f"{at.astimezone(ZoneInfo(rule.programme.zone)):%Y-%m-%d %H:%M} ({rule.programme.zone})"


@site.page("rules/<int:pk>/end/", name="end_rule", permission=RUN)
@require_POST
def end_rule(request: StaffRequest, pk: int) -> HttpResponse:
    return _settled(request, pk, rules.end, _("The rule has ended."))


@site.page("rules/<int:pk>/discard/", name="discard_rule", permission=CHANGE)
@require_POST
def discard_rule(request: StaffRequest, pk: int) -> HttpResponse:
    return _settled(request, pk, rules.discard, _("The draft is thrown away."))


def _settled(request: StaffRequest, pk: int, act: Any, done: str) -> HttpResponse:
    try:
        act(get_object_or_404(Rule, pk=pk))
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect("admin:rule", pk)
    messages.success(request, done)
    return redirect("admin:rule", pk) if Rule.objects.filter(pk=pk).exists() else redirect("admin:rules")


@site.page("rules/<int:pk>/try/", name="try_rule", permission=CHANGE)
@require_POST
def try_rule(request: StaffRequest, pk: int) -> HttpResponse:
    """Try the draft on the purchases of so many days: at once where that is quick, by the worker otherwise."""
    draft = get_object_or_404(RuleVersion.objects.select_related("rule__programme"), rule=pk, begins_at=None)
    days = min(number(request.POST.get("days", ""), 0), 3_660) or 30
    zone = draft.rule.programme.zone
    today = arithmetic.local_day(timezone.now(), zone)
    span = (arithmetic.start_of(today - timedelta(days=days), zone), arithmetic.start_of(today, zone))
    trial = trials.run(trials.ask(draft, begins_at=span[0], ends_at=span[1], by=request.user), seconds=PATIENCE)
    if trial.state == RuleTrial.State.WAITING and not wake("loyalty.tasks.try_rules"):
        messages.warning(request, NOBODY_THERE)
    return redirect(reverse("admin:rule", args=[pk]) + "#trial")


@site.page("rules/trials/<int:pk>/", name="rule_trial", permission=VIEW)
def trial_progress(request: StaffRequest, pk: int) -> HttpResponse:
    """The moving part of a trial; asked for again as long as it is under way."""
    trial = get_object_or_404(RuleTrial.objects.select_related("version__rule"), pk=pk)
    return render(request, "loyalty/rules/_trial.html", {"trial": trial})


def _above() -> list[tuple[str, str]]:
    return [(_("Earning rules"), reverse("admin:rules"))]
