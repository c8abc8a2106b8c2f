"""The import centre: files that came in, what became of them, and bringing in another."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from config import spreadsheets
from config.admin import site
from config.menu import Group
from customers.actions.imports import runs
from customers.currencies import shown
from customers.files import mappings, proposals, sheets
from customers.files.kinds import permission_of
from customers.files.mappings import WORDS, Mapping
from customers.files.reasons import REASONS
from customers.import_forms import MappingForm, UploadForm
from customers.models import ImportRun, Source
from people.requests import StaffRequest
from people.telling import showing, telling

IMPORT = "customers.import_purchase"
PER_PAGE, REFUSED_SHOWN, PREVIEWED = 25, 50, 8
WAY_OUT = {"check": runs.check, "start": runs.start, "pause": runs.pause}
State = ImportRun.State
METRICS = {
    "acknowledge": gettext_lazy("acknowledgement"),
    "first_response": gettext_lazy("first answer"),
    "next_response": gettext_lazy("next answer"),
    "update": gettext_lazy("update"),
    "resolution": gettext_lazy("resolution"),
    "final_response": gettext_lazy("final response (regulation)"),
    "said:kept": gettext_lazy("resolution, where the file says it was kept"),
    "said:missed": gettext_lazy("resolution, where the file says it was missed"),
}


@site.page(
    "imports/", name="imports", permission=IMPORT, menu=gettext_lazy("Imports"), icon="upload_file", group=Group.SETUP
)
def import_list(request: StaffRequest) -> HttpResponse:
    found = ImportRun.objects.filter(kind__in=kinds_of(request)).select_related("source", "by")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    return site.render(request, "customers/imports/list.html", title=_("Imports"), page=page)


@site.page("imports/new/", name="import_new", permission=IMPORT)
def upload(request: StaffRequest) -> HttpResponse:
    posted = request.POST if request.method == "POST" else None
    form = UploadForm(posted, kinds=kinds_of(request))
    file = request.FILES.get("file")
    if request.method == "POST" and not file:
        form.add_error(None, _("Choose a file."))
    if form.is_valid() and file:
        with showing(form):
            kind = form.cleaned_data["kind"] or ImportRun.Kind.PURCHASES
            with transaction.atomic():  # a file that is refused leaves no source behind
                run = runs.upload(_source(form.cleaned_data), file, kind=kind, by=request.user)
            return redirect("admin:import_mapping", run.pk)
    return site.render(
        request, "customers/imports/upload.html", title=_("Bring a file in"), form=form, breadcrumbs=_above()
    )


def kinds_of(request: StaffRequest) -> list[str]:
    """What files may have that this person brings in and sees."""
    return [kind for kind in ImportRun.Kind.values if _may(request, kind)]


def _may(request: StaffRequest, kind: str) -> bool:
    needed = permission_of(kind)
    return needed is None or request.user.has_perm(needed)


def _run(request: StaffRequest, pk: int) -> ImportRun:
    """A run that this person may see: what is in its file may take a permission of its own."""
    run = get_object_or_404(ImportRun.objects.select_related("source", "by"), pk=pk)
    if not _may(request, run.kind):
        raise PermissionDenied
    return run


def _source(said: dict[str, Any]) -> Source:
    if said["source"]:
        return said["source"]
    return Source.objects.get_or_create(code=said["new_source"], defaults={"name": said["new_source"]})[0]


def _above(run: ImportRun | None = None) -> list[tuple[str, str]]:
    trail = [(_("Imports"), reverse("admin:imports"))]
    return [*trail, (run.file_name, reverse("admin:import_run", args=[run.pk]))] if run else trail


@site.page("imports/<int:pk>/mapping/", name="import_mapping", permission=IMPORT)
def mapping(request: StaffRequest, pk: int) -> HttpResponse:
    run = _run(request, pk)
    if run.state not in (State.UPLOADED, State.CONFIRMED, State.CHECKED) or not run.path:
        return redirect("admin:import_run", pk)
    base, questions = _begin_with(request, run)
    said = _settings(request, base)
    header, rows = _preview(run, said)
    form = MappingForm(request.POST or None, base=base, header=header, initial=MappingForm.initial_of(base))
    if request.method == "POST" and "confirm" in request.POST and form.is_valid():
        with showing(form):
            runs.confirm(run, form.mapping(), expected=form.expected())
            return redirect("admin:import_run", pk)
    if request.method == "POST" and "confirm" not in request.POST:
        form = MappingForm(base=base, header=header, initial=request.POST.dict())
    return site.render(
        request,
        "customers/imports/mapping.html",
        title=_("How is this file read?"),
        breadcrumbs=_above(run),
        run=run,
        form=form,
        header=header,
        rows=rows,
        questions=questions,
        ready=sorted(name for name, how in mappings.ready_made().items() if how.kind == run.kind),
        words="; ".join(f"{name}: {', '.join(words)}" for name, words in WORDS.items()),
        chosen=request.GET.get("as", ""),
    )


def _begin_with(request: StaffRequest, run: ImportRun) -> tuple[Mapping, tuple[str, ...]]:
    """The mapping chosen, kept or proposed, and what a person has to say because the file does not."""
    ready = mappings.ready_made()
    if request.GET.get("as") in ready and ready[request.GET["as"]].kind == run.kind:
        return ready[request.GET["as"]], ()
    for kept in (run.mapping, run.source.mapping):
        if kept and kept.get("kind") == run.kind:
            return mappings.from_json(kept), ()
    proposal = proposals.propose(run.file, run.kind)
    return proposal.mapping, proposal.open_questions


def _settings(request: StaffRequest, base: Mapping) -> Mapping:
    """The settings under which the first rows are shown."""
    if request.method != "POST":
        return base
    return Mapping(
        columns={},
        encoding=request.POST.get("encoding", base.encoding),
        separator=request.POST.get("separator", base.separator),
        header="header" in request.POST,
    )


def _preview(run: ImportRun, said: Mapping) -> tuple[list[str], list[list[str]]]:
    try:
        with sheets.opened(run.file, said.encoding) as text:
            header, rows = sheets.without_header(text, said)
            first = [cells for (_line, cells), _nth in zip(rows, range(PREVIEWED), strict=False)]
            return sheets.legible(header), [sheets.legible(cells) for cells in first]
    except (ValidationError, LookupError, TypeError):
        return [], []


@site.page("imports/<int:pk>/", name="import_run", permission=IMPORT)
def import_run(request: StaffRequest, pk: int) -> HttpResponse:
    run = _run(request, pk)
    return site.render(request, "customers/imports/run.html", title=run.file_name, breadcrumbs=_above(), **_story(run))


@site.page("imports/<int:pk>/progress/", name="import_progress", permission=IMPORT)
def progress(request: StaffRequest, pk: int) -> HttpResponse:
    """The moving part of a run's page; asked for again as long as the run is under way."""
    run = _run(request, pk)
    return site.render(request, "customers/imports/_progress.html", **_story(run))


def _story(run: ImportRun) -> dict[str, Any]:
    dry = run.state == State.CHECKED
    totals = run.dry_totals if dry else run.totals
    amounts = {
        name: [shown(amount, currency) for currency, amount in totals.get(name, {}).items()]
        for name in ("amounts", "known_amounts", "returned")
    }
    rate = run.done_rows / run.seconds if run.seconds else 0
    left = (run.total_rows or 0) - run.done_rows
    return {
        "run": run,
        "dry": dry,
        "totals": totals,
        "amounts": amounts,
        "judged": _judged(totals.get("judged", {})),
        "refused": [(REASONS.get(code, code), count) for code, count in sorted(totals.get("refused", {}).items())],
        "refused_count": sum(totals.get("refused", {}).values()),
        "bad_rows": [] if run.under_way else run.bad_rows.order_by("line")[:REFUSED_SHOWN],
        "label": _("%(done)s of %(total)s rows") % {"done": f"{run.done_rows:,}", "total": f"{run.total_rows or 0:,}"},
        "words": _pace(round(rate), round(left / rate) if rate else 0),
        "may_start": run.state in (State.CONFIRMED, State.CHECKED, State.PAUSED, State.FAILED)
        and bool(run.path and run.mapping)
        and not run.kept_out,
        "may_check": run.state in (State.CONFIRMED, State.CHECKED, State.FAILED)
        and run.untouched
        and bool(run.path and run.mapping),
        "may_map": run.state in (State.UPLOADED, State.CONFIRMED, State.CHECKED) and bool(run.path),
    }


def _judged(counts: dict[str, int]) -> list[dict[str, Any]]:
    """How promises were kept, one line for each metric."""
    found = []
    for key, name in METRICS.items():
        met, missed = counts.get(f"{key}:met", 0), counts.get(f"{key}:missed", 0)
        if met + missed:
            found.append({"name": name, "met": met, "missed": missed, "share": round(100 * met / (met + missed), 1)})
    return found


def _pace(rate: int, seconds: int) -> str:
    """How fast it goes and how long it takes yet, in words."""
    if seconds <= 0:
        return _("putting scattered orders together and matching returns") if rate else _("just begun")
    said = {"rate": f"{rate:,}", "minutes": seconds // 60, "seconds": seconds % 60}
    if seconds < 60:
        return _("%(rate)s rows a second, %(seconds)s s left") % said
    return _("%(rate)s rows a second, %(minutes)s min %(seconds)s s left") % said


@site.page("imports/<int:pk>/<str:verb>/", name="import_move", permission=IMPORT)
@require_POST
def move(request: StaffRequest, pk: int, verb: str) -> HttpResponse:
    """Begin a dry run, start, go on, or pause."""
    run = _run(request, pk)
    if verb not in WAY_OUT:
        return redirect("admin:import_run", pk)
    with telling(request):
        WAY_OUT[verb](run)
    return redirect("admin:import_run", pk)


@site.page("imports/<int:pk>/refused.csv", name="import_refused", permission=IMPORT)
def refused(request: StaffRequest, pk: int) -> StreamingHttpResponse:
    run = _run(request, pk)
    header, rows = runs.refused_sheet(run)
    return spreadsheets.response(f"refused-{run.pk}", header, rows)
