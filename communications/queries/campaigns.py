"""Campaigns by their day: each plan's latest version, the draft where there is one."""

from datetime import date

from communications.models import PlanVersion


def between(first: date, last: date) -> list[PlanVersion]:
    """Those that begin from the first day to the last, with their plans, owners and segments."""
    latest = PlanVersion.objects.filter(anchor=PlanVersion.Anchor.DATE).order_by("plan", "-number").distinct("plan")
    found = PlanVersion.objects.filter(pk__in=latest.values("pk"), starts_on__gte=first, starts_on__lte=last)
    return list(found.select_related("plan__owner", "segment").order_by("starts_on", "at_time", "pk"))
