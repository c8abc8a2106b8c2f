"""The trees of themes and root causes: a branch added or changed, or all those that a file names; who complained."""

from collections.abc import Collection
from hashlib import sha256
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import F
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from customers.actions import profile
from feedback.actions.refusals import SettingChanged
from feedback.models import RootCause, Theme
from feedback.queries.versions import version

Branch = tuple[str, ...]
Kind = TypeVar("Kind", Theme, RootCause)
ONE_AT_A_TIME = 20_261_125  # a name for an advisory lock
CAUSES = {
    "code_taken": _("Another one has this code."),
    "part_of_itself": _("It would be part of itself."),
}


class TreeRefused(ValidationError):
    def __init__(self, code: str, field: str) -> None:
        super().__init__(CAUSES[code], code=code)
        self.field = field


@transaction.atomic
def add(tree: type[Kind], code: str, name: str, *, parent: Kind | None = None) -> Kind:
    """A new branch. Raises TreeRefused (``code_taken``)."""
    if tree.objects.filter(code=code).exists():
        raise TreeRefused("code_taken", "code")
    return tree.objects.create(code=code, name=name, parent=parent)


@transaction.atomic
def change(branch: Kind, *, seen: int | None = None, **values: Any) -> Kind:
    """Another name, another place, retired or not. Its cases keep it. Raises SettingChanged and TreeRefused
    (``part_of_itself``)."""
    with connection.cursor() as cursor:  # two that are moved at once could be part of each other
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_AT_A_TIME])
    row = type(branch).objects.select_for_update(of=["self"]).get(pk=branch.pk)
    if seen not in (None, version(row)):
        raise SettingChanged
    if "parent" in values:
        check_place(row, values["parent"])
    for name, value in values.items():
        setattr(row, name, value)
    row.save(update_fields=list(values) or None)
    return row


def check_place(branch: Kind, parent: Kind | None) -> None:
    """Raises TreeRefused where the branch would be part of itself, by whatever way."""
    above: Any = parent
    seen: set[int] = set()
    while above is not None and above.pk not in seen:
        if above.pk == branch.pk:
            raise TreeRefused("part_of_itself", "parent")
        seen.add(above.pk)
        above = above.parent


# UNION, not UNION ALL: a theme that were part of itself by a roundabout way would never end.
FELT = """
WITH RECURSIVE above AS (
    SELECT id AS theme, id FROM feedback_theme
    UNION SELECT above.theme, t.parent_id FROM above JOIN feedback_theme t ON t.id = above.id
    WHERE t.parent_id IS NOT NULL
)
SELECT c.customer_id, array_agg(DISTINCT said)
FROM feedback_case c JOIN above ON above.theme = c.theme_id JOIN feedback_theme t ON t.id = above.id
CROSS JOIN unnest(ARRAY[t.code, t.name]) AS said
JOIN customers_customer who ON who.id = c.customer_id AND who.status = 'active'
WHERE c.kind = 'complaint' AND NOT c.spam AND c.merged_into_id IS NULL
GROUP BY c.customer_id ORDER BY c.customer_id
"""


def show() -> int:
    """Let segments know what customers complained about, what that is part of included. Returns how many changed."""
    with connection.cursor() as cursor:
        cursor.execute(FELT)
        felt = [(customer, sorted({one.lower()[:60] for one in said})) for customer, said in cursor]
    return profile.show_themes(felt)


def grown(tree: type[Kind], branches: Collection[Branch]) -> dict[Branch, Kind]:
    """The end of each branch: names from the trunk outwards. What is not there yet is added."""
    wanted = {branch[:length] for branch in branches for length in range(1, len(branch) + 1)}
    known: dict[Branch, Kind] = {}
    for branch in sorted(wanted, key=len):
        parent = known.get(branch[:-1])
        row = tree.objects.filter(parent=parent, name=branch[-1]).order_by(F("retired").asc(), "pk").first()
        known[branch] = row or tree.objects.create(parent=parent, name=branch[-1], code=_code(branch))
    return {branch: known[branch] for branch in branches}


def _code(branch: Branch) -> str:
    """Readable where the name is of Latin letters, and always another one for another branch."""
    digest = sha256("\x1f".join(branch).encode()).hexdigest()[:8]
    return "-".join(part for part in (slugify(branch[-1])[:50].strip("-"), digest) if part)
