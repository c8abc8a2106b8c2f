"""Opens and clicks of letters, by link: as often as they happened, those of machines beside those of people."""

from dataclasses import dataclass

from django.db import connection
from django.db.models import QuerySet

from communications.models import Plan, ReactionKind, Step, Template

# What is known by letter, and what was only counted; in a link, what stands behind ? may be of one reader.
LINKS = """
SELECT step_id, kind, target, sum(times) FILTER (WHERE NOT machine), sum(times) FILTER (WHERE machine)
FROM (
    SELECT step_id, kind, target, machine, times FROM communications_reactiontotal WHERE step_id = ANY(%(steps)s)
    UNION ALL
    SELECT t.step_id, r.kind, (regexp_split_to_array(r.target, '[?#]'))[1], r.machine, r.times
    FROM communications_touchpoint t JOIN communications_reaction r ON r.message_id = t.message_id
    WHERE t.step_id = ANY(%(steps)s)
) one
GROUP BY step_id, kind, target
ORDER BY target
"""


@dataclass(frozen=True)
class Reacted:
    """A step's letters were opened, or a link in them followed. ``target`` is empty where they were opened."""

    step: Step
    kind: str
    target: str
    people: int
    machines: int

    @property
    def label(self) -> str:
        return str(ReactionKind(self.kind).label)


def of_plan(plan: Plan) -> list[Reacted]:
    return _of(Step.objects.filter(version__plan=plan))


def of_template(template: Template) -> list[Reacted]:
    """Of all plans that send it."""
    return _of(Step.objects.filter(wording__template=template))


def _of(steps: QuerySet[Step]) -> list[Reacted]:
    """Each step's opens, then its links, those that people followed most first; a step of all versions is one."""
    by_id = {step.pk: step for step in steps.select_related("version__plan").order_by("version__number")}
    newest = {(step.version.plan_id, step.key): step for step in by_id.values()}
    added: dict[tuple[int, str, str], list[int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(LINKS, {"steps": list(by_id)})
        for pk, kind, target, people, machines in cursor:
            step = newest[by_id[pk].version.plan_id, by_id[pk].key]
            counts = added.setdefault((step.pk, kind, target), [0, 0])
            counts[0], counts[1] = counts[0] + int(people or 0), counts[1] + int(machines or 0)
    rows = [Reacted(by_id[pk], kind, target, *counts) for (pk, kind, target), counts in added.items()]
    return sorted(
        rows, key=lambda row: (row.step.version.plan_id, row.step.position, row.kind != "opened", -row.people)
    )
