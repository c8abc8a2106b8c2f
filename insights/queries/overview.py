"""Which figures a page shows: those of a section, or what somebody's role looks at first."""

from insights.definitions import SECTIONS, Definition
from people.models import User
from people.roles import Role

# What each role looks at first.
OVERVIEW: dict[str, tuple[str, ...]] = {
    Role.MANAGERS: (
        "retention", "churn", "active", "new", "reactivated", "lost", "revenue_net", "aov", "repeat_rate",
        "loyal_share", "nps", "first_answer", "active_members", "liability",
    ),
    Role.MARKETING: (
        "revenue_net", "orders", "aov", "new", "retention", "repeat_rate", "next_month", "second_order",
        "redemption_rate", "active_members", "referral_share", "clv",
    ),
    Role.SUPPORT: ("first_answer", "resolved_after", "complaints", "nps", "csat", "ces", "retention", "churn"),
    Role.BOARD_MANAGERS: (
        "board_effect", "board_stay", "advice_shipped", "advice_answer", "board_attendance", "nps", "csat",
        "retention", "churn", "active", "loyal_share", "clv",
    ),
}  # fmt: skip


def keys_of(section: str, user: User) -> list[str]:
    """The figures of a section; of the overview those of the role."""
    if section != "overview":
        return [each.key for group in SECTIONS for each in group if each.section == section and not only_groups(each)]
    mine = set(user.groups.values_list("name", flat=True))
    role = next((role for role in OVERVIEW if role in mine), Role.MANAGERS)
    return list(OVERVIEW[role])


def only_groups(definition: Definition) -> bool:
    """Figures that are a table by nature: cohorts, stages, cells."""
    return definition.key in ("cohort", "cohort_from", "cohort_any", "rfm", "stage")
