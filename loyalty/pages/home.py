"""What loyalty has to say on somebody's first page: the month's points, what went wrong, what became of a request."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy

from config.admin import site
from loyalty.actions import programmes
from loyalty.models import AdjustmentRequest, AuditRun
from loyalty.queries import books
from people.requests import StaffRequest

RULES, ADJUST = "loyalty.change_programme", "loyalty.adjust_points"
RECENT = timedelta(days=7)
SOON = timedelta(days=30)


@site.home(permission=RULES, title=gettext_lazy("The points ledger is wrong"), order=5)
def ledger_in_trouble(request: StaffRequest) -> tuple[str, dict[str, Any]] | None:
    """Something to say only where the last audit found something."""
    last = AuditRun.objects.order_by("-started_at").first()
    return ("loyalty/home_audit.html", {"audit": last}) if last and not last.is_clean else None


@site.home(permission=ADJUST, title=gettext_lazy("Adjustments that you asked for"), order=45)
def own_adjustments(request: StaffRequest) -> tuple[str, dict[str, Any]] | None:
    """Those that wait, and what another person decided in the last days."""
    mine = AdjustmentRequest.objects.filter(asked_by=request.user).select_related("customer", "decided_by")
    decided = Q(decided_at__gte=timezone.now() - RECENT) & ~Q(decided_by=request.user)
    found = list(mine.filter(Q(status="waiting") | decided).order_by("-asked_at")[:5])
    return ("loyalty/home_own_adjustments.html", {"asked": found}) if found else None


@site.home(permission=RULES, title=gettext_lazy("Points this month"), order=60)
def points_this_month(request: StaffRequest) -> tuple[str, dict[str, Any]]:
    rules = programmes.main(fresh=True)
    now = timezone.now()
    today = now.astimezone(ZoneInfo(rules.zone)).date()
    return "loyalty/home_months.html", {
        "months": books.months(rules, today=today),
        "today": today,
        "soon": books.expiring(rules, after=now, until=now + SOON),
        "audit": AuditRun.objects.order_by("-started_at").first(),
    }
