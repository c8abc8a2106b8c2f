"""What a survey has brought: each figure with its number of answers, its margin and its formula; as a file as well."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from config.admin import site
from customers.pages.listing import all_of, as_file, keyset
from customers.spreadsheets import rows_to_csv
from feedback.models import Invitation, Survey
from feedback.pages.surveys import CHANGE, SEND, VIEW, above
from feedback.queries import survey_results as read
from feedback.surveys import charts
from feedback.surveys.questions import Content
from feedback.surveys.questions import read as content_of
from feedback.surveys.scores import CES, FEW, FORMULAS, NPS, Score
from people.requests import StaffRequest

SPANS = {"90": 90, "365": 365, "730": 730}
PER_PAGE = 25
NAMES = {"tier": _l("Tier"), "team": _l("Team"), "theme": _l("Theme"), "language": _l("Language")}


def said(score: Score | None) -> str:
    """A score with its margin, and never without its n."""
    if score is None or score.value is None:
        return "-"
    value = f"{score.value:+.0f}" if score.kind == NPS else f"{score.value:.2f}"
    if score.kind not in (NPS, CES):
        value = f"{score.value:.0f} %"
    if score.margin is not None:
        value += f" ± {score.margin:.2f}" if score.kind == CES else f" ± {score.margin:.0f}"
    return f"{value} (n = {score.n})"


@site.page("surveys/<int:pk>/", name="survey_results", permission=VIEW)
def survey_results(request: StaffRequest, pk: int) -> HttpResponseBase:
    survey = get_object_or_404(Survey.objects.select_related("segment", "team"), pk=pk)
    span = request.GET.get("days", "")
    days = SPANS.get(span, 365)
    until = timezone.now() + timedelta(minutes=5)
    since = until - timedelta(days=days)
    if as_file(request):
        return rows_to_csv(_header(survey), _file_rows(survey, since, until), filename=f"survey-{survey.code}.csv")
    found = read.results(survey, since, until)
    groups: list[tuple[Any, Any]] = [(NAMES[name], rows) for name, rows in found.groups.items() if rows]
    if found.score:
        groups.append((_("Segment"), read.by_segment(survey, since, until)))
    version = survey.versions.order_by("-number").first()
    return site.render(
        request,
        "feedback/surveys/results.html",
        title=survey.name,
        breadcrumbs=above(),
        survey=survey,
        days=days,
        spans=SPANS.values(),
        version=version,
        languages=version.content["languages"] if version else [],
        asked=read.asked(survey, since, until),
        score=found.score,
        score_said=said(found.score),
        formula=FORMULAS.get(survey.kind, ""),
        few=FEW,
        distribution=_distribution(found) if found.score else None,
        trend=_trend(found, survey.kind) if found.months else None,
        months=[(month, said(score), score.n, score.few) for month, score in found.months],
        groups=[(name, [(row, said(score), score.n, score.few) for row, score in rows]) for name, rows in groups],
        questions=_questions(survey, content_of(version.content), since, until) if version else [],
        page=keyset(request, read.texts(survey, since, until), limit=PER_PAGE),
        may_change=request.user.has_perm(CHANGE),
        may_send=request.user.has_perm(SEND),
    )


def _distribution(found: read.Results) -> tuple[charts.Chart, list[tuple[str, int, str]]]:
    whole = sum(found.counts.values())
    labels = [str(value) for value in found.counts]
    shares = [f"{100 * many / whole:.0f} %" if whole else "-" for many in found.counts.values()]
    words = [f"{many} ({share})" for many, share in zip(found.counts.values(), shares, strict=True)]
    chart = charts.columns(labels, [float(many) for many in found.counts.values()], words)
    return chart, list(zip(labels, found.counts.values(), shares, strict=True))


def _trend(found: read.Results, kind: str) -> charts.Chart:
    """Every month from the first to the last: one in which nobody answered is a gap."""
    known, months = dict(found.months), list[date]()
    if found.months:
        first, last = found.months[0][0], found.months[-1][0]
        whole = range(12 * first.year + first.month - 1, 12 * last.year + last.month)
        months = [date(n // 12, n % 12 + 1, 1) for n in whole]
    scores = [known.get(month) for month in months]
    labels, every = [f"{month:%Y-%m}" for month in months], max(1, len(months) // 12)
    values = [score.value if score else None for score in scores]
    return charts.columns(labels, values, [said(score) for score in scores], every=every)


def _questions(survey: Survey, content: Content, since: datetime, until: datetime) -> list[tuple[str, int, Any]]:
    """Each question with choices or numbers: its text, how many answered it, and how often each was given."""
    counted, language, found = read.chosen(survey, since, until), content.languages[0], []
    for question in content.questions:
        counts = counted.get(question.code, {})
        names = [(str(number), str(number)) for number in question.scale]
        names += [(each.code, each.text[language]) for each in question.choices]
        whole = sum(counts.values())
        if names and whole:
            rows = [(name, counts.get(code, 0), f"{100 * counts.get(code, 0) / whole:.0f} %") for code, name in names]
            found.append((question.text[language], whole, rows))
    return found


def _header(survey: Survey) -> list[Any]:
    version = survey.versions.order_by("-number").first()
    codes = [each["code"] for each in version.content["questions"]] if version else []
    return [_("Answered"), _("Customer"), _("Score"), _("To the end"), _("Language"), _("Case"), *codes]


def _file_rows(survey: Survey, since: datetime, until: datetime) -> Iterator[list[Any]]:
    codes, zone = _header(survey)[6:], ZoneInfo(settings.BUSINESS_ZONE)
    order = (["-answered_at", "-id"], [datetime, int])
    for one in all_of(read.answered(survey, since, until), order):
        yield [_local(one, zone), one.customer.number, one.score, one.complete, one.language, one.case_id] + [
            _cell(one, code) for code in codes
        ]


def _local(one: Invitation, zone: ZoneInfo) -> str:
    assert one.answered_at
    return one.answered_at.astimezone(zone).isoformat(timespec="minutes")


def _cell(one: Invitation, code: str) -> Any:
    row = next((row for row in one.answers.all() if row.question == code), None)
    if row is None:
        return ""
    return row.number if row.number is not None else row.text or ", ".join(row.choices)
