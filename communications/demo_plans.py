"""Plans of the invented company: two quarters behind and one ahead, with what came of them."""

import datetime as dt
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from communications import demo_results
from communications.actions import (
    approvals,
    comments,
    human_tasks,
    plans,
    publishing,
    readymade,
    shop_days,
    templates,
)
from communications.designs import Design, StepDesign, TestDesign, VariantDesign
from communications.models import CalendarView, FrequencyCap, Plan, Template
from communications.months import next_month
from customers.demo.company import Tell
from customers.models import Customer, Segment
from people.actions import views
from people.models import User

SEQUENCES = ("welcome", "after_sale", "third", "birthday", "winback", "apology", "appreciation")
# Names without a season: the shop is filled on any day. Month (from now), day, name, segment that is ready made, kind.
PLANNED = (
    (-6, 8, "Teas in small tins", "regular"), (-6, 22, "Iced tea recipes", ""), (-5, 6, "Greetings of ours", "best"),
    (-5, 19, "Herbs of the field", ""), (-4, 10, "Good to see you again", "away"), (-4, 24, "New blends", ""),
    (-3, 7, "A look into the kitchen", "regular"), (-3, 21, "Ginger weeks", ""), (-2, 5, "Thank-you letter", "best"),
    (-2, 18, "Evening teas", ""), (-1, 9, "Tea for two", "first"), (-1, 23, "A look ahead", "regular"),
    (1, 4, "Letter from the shelf", "regular"), (1, 11, "Last orders of the month", ""),
    (2, 13, "Tasting for the best", "best"),
    (2, 20, "Clearing the shelves", ""), (3, 9, "Fresh herbs", ""), (3, 9, "For those who came back", "returned"),
)  # fmt: skip
# Days from today, name, days until the verdict: two subjects are tried, once to the end and once not yet.
TRIED = ((-40, "Which subject is opened", -12), (-6, "Which subject sells the box", 15))
# Days from today, name, segment, kind: what this month's page shows.
NEAR = (
    (-19, "Letter from the garden", "", "email"), (-12, "How to keep tea fresh", "regular", "email"),
    (-5, "Thanks to the best", "best", "email"), (2, "Calls to the best", "best", "call"),
    (4, "Gift boxes are here", "", "email"), (7, "Cards by hand", "best", "note"),
    (-26, "Three ways to brew", "", "content"), (9, "What was read most", "", "content"),
    (15, "Evening at the counter", "regular", "event"),
)  # fmt: skip
PIECE = {
    "content_title": "Three ways to brew a green tea", "content_kind": "article", "content_author": "Mina",
    "content_status": "ready", "content_link": "https://shop.example/stories/three-ways",
}  # fmt: skip
EVENT = {
    "event": "Evening at the counter", "event_at": "Thursday, 7 p.m.", "event_place": "Am Kai 1, Hamburg",
    "event_link": "https://shop.example/evening",
}  # fmt: skip
READ = {
    "en": {
        "subject": "{{ content_title }}",
        "text": "Good day {{ first_name }},\n\n{{ content_title }}: {{ content_link }}\n\n{{ business }}",
    }
}
INVITED = {
    "en": {
        "subject": "{{ first_name }}, {{ event }}",
        "text": "Good day {{ first_name }},\n\nwe invite you: {{ event }}, {{ event_at }}, {{ event_place }}.\n\n"
        "Will you come? {{ event_link }}\n\n{{ business }}",
    }
}
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
        if marketer:
            views.save(CalendarView, "Drafts", "view=list&status=draft", by=marketer, shared=True)
            views.save(CalendarView, "Letters of the month", "view=agenda&channel=email", by=marketer)
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
            approvals.submit(plans.edit(plan, needs_approval=True, by=by), by=by)
        yield plan
    yield from _tried(letter, today, by)


def _steps(letter: Template, kind: str, *, reminded: bool) -> tuple[StepDesign, ...]:
    if kind != "email":
        word = {"call": "Call", "note": "Card", "content": "Article", "event": "Invitation"}[kind]
        if kind in ("content", "event"):
            gives, text = (PIECE, READ) if kind == "content" else (EVENT, INVITED)
            words = _text(f"{word} of the shop", text)
            return (StepDesign(key=kind, name=word, kind=kind, channel="email", template_id=words.pk, gives=gives),)
        return (StepDesign(key=kind, name=word, kind=kind, script="Ask what they would like to find here next year."),)
    first = StepDesign(key="letter", name="Letter", kind="email", template_id=letter.pk, cost=2)
    again = StepDesign(key="reminder", name="Reminder", kind="email", template_id=letter.pk, amount=3, cost=2)
    return (first, again) if reminded else (first,)


def _text(name: str, texts: dict[str, dict[str, str]]) -> Template:
    found = Template.objects.filter(name=name).first()
    return found or templates.make(name, channel=Template.Channel.EMAIL, purpose="offers", texts=texts)


def _tried(letter: Template, today: dt.date, by: User | None) -> Iterator[Plan]:
    """Two subjects, each to half of the customers: one is over and says what it found, the other is not."""
    other = {code: said | {"subject": said["subject"] + " ☕"} for code, said in TEXT.items()}
    warm = _text("Letter of the month, with a cup", other)
    for days, name, verdict in TRIED:
        test = TestDesign(
            "subject", f"demo-{-days}", "email_clicked", 500, today + dt.timedelta(days=verdict),
            (VariantDesign("a", 50), VariantDesign("b", 50, template_id=warm.pk)), goal_days=7,
        )  # fmt: skip
        step = StepDesign(key="letter", name="Letter", kind="email", template_id=letter.pk, cost=2, test=test)
        on = today + dt.timedelta(days=days)
        yield _over(_campaign(name, on, "", (step,), idea=False, by=by), on, by)


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
    demo_results.came(plan, on)
    return plans.end(plan, by=by)


def _segment(code: str, by: User | None) -> Segment | None:
    return readymade.segment(code, by=by) if code else None


def _days(today: dt.date, by: User | None) -> None:
    ahead = next_month(today, 1)
    shop_days.add("Tasting in the shop", kind="event", starts_on=ahead.replace(day=12), by=by)
    shop_days.add(
        "Market of the quarter", kind="event", starts_on=ahead.replace(day=17), ends_on=ahead.replace(day=20), by=by
    )
    shop_days.add("Launch of the new blend", kind="launch", starts_on=next_month(today, 3).replace(day=2), by=by)


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
