"""The loyalty programme."""

from django.utils.translation import gettext_lazy as _

from insights.definitions.definition import Definition, Section, Unit
from insights.definitions.keeping import GROUPS

MONTH = _("The calendar month.")
NOW = _("As it is when the figure is taken.")
P = Section.PROGRAMME

PROGRAMME = (
    Definition(
        "redemption_rate", _("Redemption rate"),
        _("Points spent in the month by points issued in it. It can be more than 100 %: older points are spent too."),
        _("points redeemed"), _("points issued"), MONTH, Unit.SHARE, P, by=GROUPS,
    ),
    Definition(
        "redeemed_of_issue", _("Redeemed of what was issued"),
        _("Of the points issued in the twelve months before, the share that has been redeemed so far."),
        _("redeemed of them"), _("points issued"), _("Points of the last twelve months."), Unit.SHARE, P,
        _("By the lot that each point came from."), by=GROUPS,
    ),
    Definition(
        "active_members", _("Active members"), _("Members who earned or redeemed in the month."),
        _("earned or redeemed"), _("members"), MONTH, Unit.SHARE, P, by=GROUPS,
    ),
    Definition(
        "breakage", _("Breakage"), _("Of the points issued two to three years ago, the share that expired."),
        _("expired of them"), _("points issued"), _("Issued 24 to 36 months before the day."), Unit.SHARE, P,
        better="", by=GROUPS,
    ),
    Definition(
        "liability", _("Points outstanding, worth"),
        _("Points that customers hold, times what one costs, times the share that is expected to be redeemed."),
        _("worth in minor units"), _("points outstanding"), NOW, Unit.MONEY, P, better="", by=GROUPS,
    ),
    Definition(
        "referral_share", _("Came by a friend"),
        _("Of the customers who bought for the first time in the month, the share whom a customer brought."),
        _("brought by a customer"), _("first bought in the month"), MONTH, Unit.SHARE, P, by=GROUPS,
    ),
    Definition(
        "membership_churn", _("Paid memberships ended"),
        _("Of the paid memberships at the start of the month, the share that ended or was cancelled in it."),
        _("ended or cancelled"), _("memberships at the start"), MONTH, Unit.SHARE, P,
        _("A renewal without a gap is no end."), better="down", by=GROUPS,
    ),
)  # fmt: skip
