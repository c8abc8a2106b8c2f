"""Who stays, who comes, who leaves."""

from django.utils.translation import gettext_lazy as _

from insights.definitions.definition import Definition, Section, Unit

GROUPS = ("segment", "tier", "channel", "cohort")
ACTIVE = _("Active is who has bought within the days that the settings name (90), counted back from the day.")
QUARTER = _("The three months before the day; activity is looked at on both ends.")
K = Section.KEEPING

KEEPING = (
    Definition(
        "retention", _("Retention"),
        _("Of those who were active three months earlier, the share who are active now."),
        _("active at the start and at the end"), _("active at the start"), QUARTER, Unit.SHARE, K, ACTIVE, by=GROUPS,
    ),
    Definition(
        "churn", _("Churn"),
        _("Of those who were active three months earlier, the share who no longer are: one less retention, always."),
        _("active at the start and not at the end"), _("active at the start"), QUARTER, Unit.SHARE, K,
        _("Who comes back after a while was lost and is reactivated: they do not pass for having stayed."),
        better="down", by=GROUPS,
    ),
    Definition(
        "active", _("Active customers"), ACTIVE, _("active at the end"), _("active at the start"), QUARTER, Unit.COUNT,
        K, _("Start + new + reactivated - lost = end."), by=GROUPS,
    ),
    Definition(
        "new", _("New customers"), _("Active now, and bought for the first time within the last three months."),
        _("new"), _("active at the end"), QUARTER, Unit.COUNT, K,
        _("Of a channel: new to the channel."), by=GROUPS,
    ),
    Definition(
        "reactivated", _("Reactivated customers"),
        _("Active now, not active three months earlier, and a customer from before."),
        _("reactivated"), _("active at the end"), QUARTER, Unit.COUNT, K, by=GROUPS,
    ),
    Definition(
        "lost", _("Lost customers"), _("Active three months earlier and not now."), _("lost"),
        _("active at the start"), QUARTER, Unit.COUNT, K, better="down", by=GROUPS,
    ),
    Definition(
        "next_month", _("Bought again next month"),
        _("Of the buyers of the month before last, the share who bought in the month after it as well."),
        _("bought in both months"), _("bought in the first"), _("Two calendar months."), Unit.SHARE, K, by=GROUPS,
    ),
    Definition(
        "repeat_rate", _("Repeat purchase rate"),
        _("Of those who bought within a year, the share who bought at least twice within it."),
        _("two orders or more"), _("one order or more"), _("The last 365 days, or what the settings say."),
        Unit.SHARE, K,
        _("Orders, not days: two orders of one day are two. What was brought back still is an order."), by=GROUPS,
    ),
    Definition(
        "repeat_rate_ever", _("Repeat purchase rate, all time"),
        _("Of all who ever bought, who bought at least twice."),
        _("two orders or more"), _("one order or more"), _("All that came before the day."), Unit.SHARE, K,
        _("Orders after the day change nothing: a figure of the past stays as it was."), by=GROUPS,
    ),
    Definition(
        "repeat_days", _("Came back on another day, all time"),
        _("Of all who ever bought, who bought on at least two different days."),
        _("two days or more"), _("one day or more"), _("All that came before the day."), Unit.SHARE, K, by=GROUPS,
    ),
    Definition(
        "second_order", _("Second order within 90 days"),
        _("Of those whose first order is at least 90 days old, who ordered again within 90 days of it."),
        _("ordered again in time"), _("first order at least 90 days ago"), _("All that came before the day."),
        Unit.SHARE, K, _("Who came later is not counted yet: otherwise the figure would be too low."), by=GROUPS,
    ),
    Definition(
        "loyal_share", _("Loyal customers"),
        _("Of those who bought within a year, the share with as many orders as the settings ask for (4)."),
        _("that many orders or more"), _("one order or more"), _("The last 365 days, or what the settings say."),
        Unit.SHARE, K, by=GROUPS,
    ),
    Definition(
        "loyal_share_ever", _("Loyal customers, all time"),
        _("Of all who ever bought, the share with as many orders as the settings ask for (4)."),
        _("that many orders or more"), _("one order or more"), _("All that came before the day."), Unit.SHARE, K,
        by=GROUPS,
    ),
    Definition(
        "loyal_days", _("Loyal by days, all time"),
        _("Of all who ever bought, who bought on as many different days as the settings ask of orders (4)."),
        _("that many days or more"), _("one day or more"), _("All that came before the day."), Unit.SHARE, K,
        by=GROUPS,
    ),
    Definition(
        "gap_median", _("Days between purchases"),
        _("After so many days half of them have bought again (Kaplan and Meier): gaps that are still open count too."),
        _("gaps that are over"), _("all gaps, with the open ones"), _("All that came before the day."), Unit.DAYS, K,
        _("Different days only. None where fewer than half come back."), better="down", by=GROUPS,
    ),
    Definition(
        "gap_closed", _("Days between purchases that happened"),
        _("The median of the gaps that are over. Too short a story: the longest are still open."),
        _("gaps that are over"), _("gaps that are over"), _("All that came before the day."), Unit.DAYS, K,
        better="down", by=GROUPS,
    ),
    Definition(
        "back_in_90", _("Bought again within 90 days"),
        _("After a purchase, the share that is followed by another one within 90 days (Kaplan and Meier)."),
        _("gaps that are over"), _("all gaps, with the open ones"), _("All that came before the day."), Unit.SHARE, K,
        by=GROUPS,
    ),
    Definition(
        "cohort", _("Cohort retention"),
        _("Of those who bought for the first time in a month, the share who bought in a later month."),
        _("bought in that month"), _("first bought in the month of the cohort"), _("Calendar months."), Unit.SHARE, K,
        _("The month of an unfinished period is marked, never counted as nothing."),
    ),
    Definition(
        "cohort_from", _("Cohort retention, on or after"),
        _("Of those who bought for the first time in a month, the share who bought in a later month or after it."),
        _("bought in that month or later"), _("first bought in the month of the cohort"), _("Calendar months."),
        Unit.SHARE, K, _("Late months can still grow: nobody knows yet who will come back."),
    ),
    Definition(
        "cohort_any", _("Cohort retention of all buyers"),
        _("Of all who bought in a month, for the first time or not, the share who bought in a later month."),
        _("bought in that month"), _("bought in the month of the cohort"), _("Calendar months."), Unit.SHARE, K,
    ),
    Definition(
        "stage", _("Stage of the customer"),
        _("How many customers are new, active, at risk, lapsed, back again, or have not bought yet."),
        _("in the stage"), _("all customers"), _("As it is when the figure is taken."), Unit.COUNT, K,
        _("At risk: quiet for 90 days and for twice their usual gap. Lapsed: quiet for a year."), better="",
        by=("stage",),
    ),
)  # fmt: skip
