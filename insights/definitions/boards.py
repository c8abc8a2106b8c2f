"""The customer advisory boards."""

from django.utils.translation import gettext_lazy as _

from insights.definitions.definition import Definition, Section, Unit

YEAR = _("The year before the day, all boards together.")
A = Section.BOARDS

BOARDS = (
    Definition(
        "advice_answer", _("Advice answered after"), _("Median days from a recommendation to the decision about it."),
        _("recommendations decided"), _("recommendations decided"), YEAR, Unit.DAYS, A,
        _("What nobody has decided yet is not in it."), better="down",
    ),
    Definition(
        "advice_shipped", _("Advice that shipped"),
        _("Of all that boards ever recommended, the share that has been done."),
        _("shipped"), _("recommendations"), _("All that came before the day."), Unit.SHARE, A,
        _("Recommendations that were merged into another count with it."),
    ),
    Definition(
        "board_attendance", _("Members at meetings"),
        _("Of the members who were invited to a meeting, the share who were there."),
        _("were there"), _("invited"), YEAR, Unit.SHARE, A, _("Meetings that are closed."),
    ),
    Definition(
        "board_stay", _("Members who still buy"),
        _("Of the members who can be compared, the share who bought in the last half year."),
        _("bought in the last half year"), _("members"), _("The year after each joined, or until now."), Unit.SHARE, A,
        _("Members who had bought before they joined, from five members on."),
    ),
    Definition(
        "board_effect", _("Members stay more often by"),
        _("Points of a per cent by which more members than customers like them still buy: the same tier, and most"
          " nearly the same goods in the year before."),
        _("no count: a difference of two shares"), _("members"), _("The year after each joined, or until now."),
        Unit.SCORE, A,
        _("A comparison, no proof: who joins may be somebody who would have stayed anyway. Look at its interval."),
    ),
)  # fmt: skip
