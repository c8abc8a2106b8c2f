"""Who is at risk and why, in words; who did not come back; what was done and what followed."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db.models import Count, Min, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.models import Purchase
from feedback.models import Case
from insights.models import Backtest, Fit, Outreach, Risk
from insights.queries.asked import Asked, Figure, fetch
from insights.queries.groups import group_of

COUNTED_FOR = 900  # seconds: who is erased or merged meanwhile is in it until then
FLAGS = {"no_purchase": "no_purchase", "no_visit": "no_visit", "complaint": "complaint"}


@dataclass(frozen=True)
class Row:
    """A customer of the list. ``reasons`` say why; ``last`` is what was done about them last."""

    risk: Risk
    reasons: list[str]
    last: Outreach | None
    complaint: Case | None


def regulars(*, band: str = "", flag: str = "") -> QuerySet[Risk]:
    """Those who bought on two days or more, the most at stake first."""
    rows = Risk.objects.filter(repeats__gt=0)
    if band:
        rows = rows.filter(band=band)
    if flag in FLAGS:
        rows = rows.filter(**{FLAGS[flag]: True})
    return rows.select_related("customer").order_by("-at_stake", "customer")


def one_timers() -> QuerySet[Risk]:
    """Those who bought once, the latest first: they did not come back yet, which is another thing than leaving."""
    return Risk.objects.filter(repeats=0).select_related("customer").order_by("-last_day", "customer")


def shown(risks: list[Risk], day: date) -> list[Row]:
    """With reasons, the last outreach and the last complaint of each. Two queries."""
    ids = [risk.pk for risk in risks]
    last: dict[int, Outreach] = {}
    for one in Outreach.objects.filter(customer__in=ids).select_related("task__assignee").order_by("at", "pk"):
        last[one.customer_id] = one
    complaints: dict[int, Case] = {}
    cases = Case.objects.filter(customer__in=ids, kind="complaint", spam=False, merged_into=None)
    for case in cases.select_related("theme").order_by("received_at"):
        if case.customer_id:
            complaints[case.customer_id] = case
    return [Row(risk, reasons(risk, day), last.get(risk.pk), complaints.get(risk.pk)) for risk in risks]


def reasons(risk: Risk, day: date) -> list[str]:
    """Why somebody is on the list, in words that can be read out."""
    quiet = (day - risk.last_day).days
    said = [ngettext("last order %(days)s day ago", "last order %(days)s days ago", quiet) % {"days": quiet}]
    if risk.gap_low is not None and risk.gap_high is not None:
        if risk.gap_low == risk.gap_high:
            said.append(
                ngettext("usually every %(low)s day", "usually every %(low)s days", risk.gap_low)
                % {"low": risk.gap_low}
            )
        else:
            said.append(_("usually every %(low)s to %(high)s days") % {"low": risk.gap_low, "high": risk.gap_high})
    if risk.complaint:
        said.append(_("complaint open"))
    if risk.no_visit:
        said.append(_("has not visited for long"))
    return said


def counts(fit: Fit | None) -> dict[str, int]:
    """How many there are in each band, of each flag, and of those who came once: counted once after each night."""
    if fit is None:
        return _counted()
    return cache.get_or_set(f"risk-counts-{fit.at.isoformat()}", _counted, COUNTED_FOR) or {}


def _counted() -> dict[str, int]:
    regular = Q(repeats__gt=0)
    found: dict[str, Any] = Risk.objects.aggregate(
        low=Count("pk", filter=regular & Q(band="low")), medium=Count("pk", filter=regular & Q(band="medium")),
        high=Count("pk", filter=regular & Q(band="high")),
        no_purchase=Count("pk", filter=regular & Q(no_purchase=True)),
        no_visit=Count("pk", filter=regular & Q(no_visit=True)),
        complaint=Count("pk", filter=regular & Q(complaint=True)), once=Count("pk", filter=Q(repeats=0)),
    )  # fmt: skip
    return found


EXPECTED = "SELECT member, sum(value)::bigint, count(*) FROM insights_risk r {group} GROUP BY 1 ORDER BY 1"


def expected_value(asked: Asked) -> list[Figure]:
    """What those who are scored are expected to bring in a year, on average."""
    rows = fetch(EXPECTED.format(group=group_of(asked, "r.customer_id")), asked.values())
    return [Figure.share("clv_expected", total, n, member, settings.BUSINESS_CURRENCY) for member, total, n in rows]


def latest_fit() -> Fit | None:
    return Fit.objects.order_by("-at", "-pk").first()


def backtests() -> list[Backtest]:
    return list(Backtest.objects.order_by("-as_of"))


def followed() -> QuerySet[Outreach]:
    """What was done, the latest first, with the first order after it."""
    after = Purchase.objects.filter(customer=OuterRef("customer"), at__gt=OuterRef("at"), status="standing")
    first = after.order_by().values("customer").annotate(first=Min("at")).values("first")
    rows = Outreach.objects.select_related("customer", "by", "task__assignee").annotate(bought_at=Subquery(first))
    return rows.order_by("-at", "-pk")
