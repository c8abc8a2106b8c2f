"""Plans of the invented company: two quarters behind and one ahead, with what came of them."""

import datetime as dt
from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction

from communications import arrivals
from communications.actions import approvals, comments, human_tasks, plans, publishing, readymade, shop_days, templates
from communications.designs import Design, StepDesign
from communications.models import FrequencyCap, Plan, Template
from communications.months import next_month
from customers.actions import timeline
from customers.demo.company import Tell
from customers.models import Customer, Segment
from customers.queries import segments
from people.models import User

SEQUENCES = ("welcome", "after_sale", "third", "birthday", "winback", "apology", "appreciation")
# Month (from now), day, name, segment that is ready made, kind.
PLANNED = (
    (-6, 8, "Early summer teas", "regular"), (-6, 22, "Iced tea recipes", ""), (-5, 6, "Holiday greetings", "best"),
    (-5, 19, "Herb harvest", ""), (-4, 10, "Back from the holidays", "away"), (-4, 24, "Autumn blends", ""),
    (-3, 7, "A look into the kitchen", "regular"), (-3, 21, "Ginger weeks", ""), (-2, 5, "Thank-you letter", "best"),
    (-2, 18, "Warm evenings", ""), (-1, 9, "Tea for two", "first"), (-1, 23, "Winter preview", "regular"),
    (1, 4, "Advent letter", "regular"), (1, 11, "Last orders before the holidays", ""),
    (2, 13, "New year's tasting", "best"),
    (2, 20, "Clearing the shelves", ""), (3, 9, "Spring herbs", ""), (3, 9, "For those who came back", "returned"),
)  # fmt: skip
# Days from today, name, segment, kind: what this month's page shows.
NEAR = (
    (-19, "Letter of the harvest", "", "email"), (-12, "How to keep tea fresh", "regular", "email"),
    (-5, "Thanks to the best", "best", "email"), (2, "Calls before the holidays", "best", "call"),
    (4, "Gift boxes are here", "", "email"), (7, "Cards by hand", "best", "note"),
    (9, "What was read most", "", "content"), (15, "Evening at the counter", "regular", "event"),
)  # fmt: skip
TEXT = {
    "en": {
        "subject": "{{ first_name }}, something for your cup",
        "text": "Good day {{ first_name }},\n\nthis month's letter from our kitchen.\n\nKind regards\n{{ business }}",
    },
    "ko": {
        "subject": "{{ first_name }}님께 드리는 차 이야기",
        "text": "{{ first_name }}님, 안녕하세요.\n\n이달의 소식을 전합니다.\n\n감사합니다.\n{{ business }}",
    },
    "th": {
        "subject": "เรื่องราวของชาสำหรับคุณ {{ first_name }}",
        "text": "สวัสดีคุณ {{ first_name }}\n\nข่าวประจำเดือนจากครัวของเรา\n\nด้วยความนับถือ\n{{ business }}",
    },
}
# What came of a campaign, drawn by each customer's number: two in a hundred refused, ten held out, the rest arrived.
CAME = f"""
WITH came AS (INSERT INTO communications_touchpoint (plan_id, version_id, step_id, step_key, customer_id, anchor_key,
    channel, wanted_at, due_at, planned_at, queued_at, sent_at, ended_at, state, reason)
SELECT %(plan)s, %(version)s, %(step)s, %(key)s, id, 'date', 'email', %(at)s, %(at)s, %(at)s,
    CASE WHEN way < 90 THEN %(at)s::timestamptz END, CASE WHEN way < 88 THEN %(at)s::timestamptz END,
    CASE WHEN way >= 88 THEN %(at)s::timestamptz END,
    CASE WHEN way < 88 THEN 'sent' WHEN way < 90 THEN 'failed' ELSE 'skipped' END,
    CASE WHEN way < 88 THEN '' WHEN way < 90 THEN 'refused' ELSE 'holdout_of_plan' END
FROM (SELECT id, abs(hashtext(number || %(key)s || %(plan)s::text)) %% 100 AS way FROM customers_customer
    WHERE id = ANY(%(customers)s)) drawn
ON CONFLICT DO NOTHING RETURNING id, customer_id, plan_id, step_id, state, sent_at)
{timeline.INSERT_FACTS}
SELECT c.customer_id, {arrivals.VERB.format(kind="s.kind")}, c.sent_at, NULL, {arrivals.ABOUT}
FROM came c JOIN communications_step s ON s.id = c.step_id JOIN communications_plan p ON p.id = c.plan_id
WHERE c.state = 'sent' ORDER BY c.customer_id
"""


def fill(count: int, *, today: dt.date, tell: Tell) -> None:
    """Sequences that are live, campaigns of nine months, days beside them, and work for people."""
    if Plan.objects.exists():
        return
    marketer = User.objects.filter(username="marketing").first()
    with transaction.atomic():
        FrequencyCap.objects.get_or_create(channel="email", hours=168, defaults={"most": 3})
        _sequences(marketer)
        made = list(_campaigns(today, marketer))
        _days(today, marketer)
        _work(today, marketer)
    tell(f"{len(made)} campaigns and {len(SEQUENCES)} sequences, two quarters behind and one ahead")


def _sequences(by: User | None) -> None:
    for code in SEQUENCES:
        plan = plans.edit(readymade.start(code, by=by), needs_approval=False, by=by)
        publishing.publish(plan, by=by)


def _campaigns(today: dt.date, by: User | None) -> Iterator[Plan]:
    letter = templates.make("Letter of the month", channel=Template.Channel.EMAIL, purpose="offers", texts=TEXT, by=by)
    for month, day, name, code in PLANNED:
        steps = _steps(letter, "email", reminded=month < 0 or month > 1)
        on = next_month(today, month).replace(day=day)
        plan = _campaign(name, on, code, steps, idea=month == 3, by=by)
        if month < 0:
            plan = _over(plan, on, by)
        elif by and month == 1:
            comments.say(plan, "Shall we wait for the new labels?", by=by)
        yield plan
    for days, name, code, kind in NEAR:
        on = today + dt.timedelta(days=days)
        plan = _campaign(name, on, code, _steps(letter, kind, reminded=False), idea=kind == "event", by=by)
        if days < 0:
            plan = _over(plan, on, by)
        elif by and kind == "email":
            approvals.submit(plan, by=by)
        yield plan


def _steps(letter: Template, kind: str, *, reminded: bool) -> tuple[StepDesign, ...]:
    if kind != "email":
        word = {"call": "Call", "note": "Card", "content": "Article", "event": "Invitation"}[kind]
        if kind in ("content", "event"):
            return (StepDesign(key=kind, name=word, kind=kind, channel="email", template_id=letter.pk),)
        return (StepDesign(key=kind, name=word, kind=kind, script="Ask what they would like to find here next year."),)
    first = StepDesign(key="letter", name="Letter", kind="email", template_id=letter.pk, cost=2)
    again = StepDesign(key="reminder", name="Reminder", kind="email", template_id=letter.pk, amount=3, cost=2)
    return (first, again) if reminded else (first,)


def _campaign(
    name: str, on: dt.date, code: str, steps: tuple[StepDesign, ...], *, idea: bool, by: User | None
) -> Plan:
    segment = _segment(code, by)
    design = Design(
        anchor="date", purpose="offers", starts_on=on, at_time=dt.time(10), holdout_percent=10,
        segment_id=segment.pk if segment else None, steps=steps,
    )  # fmt: skip
    return plans.create(name, kind=Plan.Kind.CAMPAIGN, design=design, idea=idea, by=by)


def _over(plan: Plan, on: dt.date, by: User | None) -> Plan:
    """As it would be now, had it gone out on its day."""
    plan = publishing.publish(plan, by=by)
    version = plan.current
    assert version is not None
    _came(plan, on, version.segment)
    return plans.end(plan, by=by)


def _segment(code: str, by: User | None) -> Segment | None:
    return readymade.segment(code, by=by) if code else None


def _came(plan: Plan, on: dt.date, segment: Segment | None) -> None:
    version = plan.current
    assert version is not None
    members = segments.members(segment) if segment else Customer.objects.standing()
    customers = list(members.values_list("pk", flat=True))
    for step in version.steps.all():
        day = on + dt.timedelta(days=step.amount)
        at = dt.datetime.combine(day, dt.time(10), ZoneInfo(settings.BUSINESS_ZONE))
        values: dict[str, Any] = {
            "plan": plan.pk,
            "version": version.pk,
            "step": step.pk,
            "key": step.key,
            "at": at,
            "customers": customers,
        }
        with connection.cursor() as cursor:
            cursor.execute(CAME, values)


def _days(today: dt.date, by: User | None) -> None:
    ahead = next_month(today, 1)
    shop_days.add("Tasting in the shop", kind="event", starts_on=ahead.replace(day=12), by=by)
    shop_days.add(
        "Market of the quarter", kind="event", starts_on=ahead.replace(day=17), ends_on=ahead.replace(day=20), by=by
    )
    shop_days.add("Launch of the spring blend", kind="launch", starts_on=next_month(today, 3).replace(day=2), by=by)


def _work(today: dt.date, by: User | None) -> None:
    """A handful of calls and notes that wait."""
    noon = dt.datetime.combine(today, dt.time(8), ZoneInfo(settings.BUSINESS_ZONE))
    people = Customer.objects.standing().filter(phones__primary=True).order_by("pk")[:5]
    for n, person in enumerate(people):
        human_tasks.add(
            person, kind="call", title="How do you get on?", script="Listen first. Note what they would change.",
            due_at=noon - dt.timedelta(days=n % 3), assignee=by, by=by,
        )  # fmt: skip
    for person in Customer.objects.standing().filter(postal_addresses__primary=True).order_by("-pk")[:4]:
        human_tasks.add(
            person, kind="note", title="Thank-you by hand", script=f"Dear {person},\n\nthank you for staying with us.",
            due_at=noon, assignee=by, by=by,
        )  # fmt: skip
