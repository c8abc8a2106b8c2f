"""What customers say, and how soon they are answered."""

from django.utils.translation import gettext_lazy as _

from insights.definitions.definition import Definition, Section, Unit
from insights.definitions.keeping import GROUPS

MONTH = _("The calendar month.")
ANSWERED = _("Answers given in the month, all surveys of the kind together.")
V = Section.VOICE

VOICE = (
    Definition(
        "nps", _("NPS"), _("Share of 9 and 10 less share of 0 to 6, from -100 to 100."),
        _("promoters less detractors"), _("answers"), ANSWERED, Unit.SCORE, V,
        _("Always with its n: below 30 answers chance moves it by more than 30 points."), by=GROUPS,
    ),
    Definition(
        "csat", _("CSAT"), _("Share of 4 and 5 on the scale from 1 to 5."), _("4 or 5"), _("answers"), ANSWERED,
        Unit.SHARE, V, by=GROUPS,
    ),
    Definition(
        "ces", _("CES"), _("Mean of the answers from 1 to 7."), _("sum of the answers"), _("answers"), ANSWERED,
        Unit.NUMBER, V, by=GROUPS,
    ),
    Definition(
        "complaints", _("Complaints"), _("Complaints received, by orders of the month."), _("complaints"),
        _("orders"), MONTH, Unit.SHARE, V, better="down", by=GROUPS,
    ),
    Definition(
        "first_answer", _("First answer after"), _("Median hours from a complaint to its first answer."),
        _("complaints answered"), _("complaints"), _("Complaints received in the month."), Unit.HOURS, V,
        _("Hours of the clock on the wall. What is not answered yet is in the n, not in the median."), better="down",
        by=GROUPS,
    ),
    Definition(
        "resolved_after", _("Complaint closed after"), _("Median hours from a complaint to its close."),
        _("complaints closed"), _("complaints"), _("Complaints received in the month."), Unit.HOURS, V, better="down",
        by=GROUPS,
    ),
)  # fmt: skip
