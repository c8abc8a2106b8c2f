"""How the desk of the invented company is set up: macros, views, standards with reviews, and a mailbox."""

from datetime import UTC, date, datetime, time, timedelta
from random import Random

from django.db import transaction

from customers.demo.company import Tell
from feedback.actions import mailboxes, quality, views
from feedback.models import Case, Macro, MacroText, Mailbox, Member, QualityReview, SavedView, Standard, Team, Theme
from people.models import User
from people.roles import Role

SEED, WEEKS = 37, 26
LEFT_OPEN = 3  # reviews that nobody has done yet
MACROS: tuple[tuple[str, str, bool, dict[str, str]], ...] = (
    (
        "Where is my parcel", "delivery", True,
        {
            "en": "Dear {{ customer_name }},\n\nI have asked the carrier about your parcel and will write again "
            "as soon as I know more.\n\n{{ agent_name }}",
            "ko": "{{ customer_name }} 고객님,\n\n배송사에 확인을 요청했습니다. "
            "확인되는 대로 다시 연락드리겠습니다.\n\n{{ agent_name }} 드림",
            "th": "เรียน คุณ {{ customer_name }}\n\nเราได้สอบถามบริษัทขนส่งแล้ว "
            "และจะแจ้งให้ทราบโดยเร็วที่สุด\n\n{{ agent_name }}",
        },
    ),
    (
        "Please send a photo", "", True,
        {
            "en": "Dear {{ customer_name }},\n\nwould you send us a photo of it? You can answer this message "
            "and attach it.\n\n{{ agent_name }}",
            "ko": "{{ customer_name }} 고객님,\n\n사진을 보내 주시겠어요? "
            "이 메일에 답장하시면서 첨부하시면 됩니다.\n\n{{ agent_name }} 드림",
        },
    ),
    (
        "Thank you", "", False,
        {
            "en": "Dear {{ customer_name }},\n\nthank you for your kind words. I have passed them on."
            "\n\n{{ agent_name }}",
            "th": "เรียน คุณ {{ customer_name }}\n\nขอบคุณสำหรับคำชม เราจะส่งต่อให้ทีมงาน\n\n{{ agent_name }}",
        },
    ),
)  # fmt: skip
VIEWS = (("My late cases", "agent=me&due=breached"), ("Complaints in Korean", "kind=complaint&language=ko"))
SHARED = ("Urgent and free", "priority=4&agent=nobody")
STANDARDS = {
    Case.Kind.COMPLAINT: (
        "Said what was understood", "Gave the reason of the decision", "Offered what the limits allow",
        "Named the root cause", "Kept the promise or said so before it was late",
    ),
    Case.Kind.QUESTION: ("Answered what was asked", "Said it in plain words", "Left no second question open"),
}  # fmt: skip
COACHING = (
    "Well explained. Say next time what happens next, and when.",
    "Friendly and clear.",
    "The decision was right; its reason came a message too late.",
    "Ask for the photo at once: it saved three days in other cases.",
)


def fill(count: int, *, today: date, tell: Tell) -> None:
    """Asked again, nothing happens. ``count`` does not matter."""
    staff = list(User.objects.filter(groups__name=Role.SUPPORT, is_active=True).order_by("pk"))
    manager = User.objects.filter(groups__name=Role.MANAGERS, is_active=True).order_by("pk").first()
    if Macro.objects.exists() or Standard.objects.exists() or not staff or manager is None:
        return
    with transaction.atomic():
        _macros()
        _views(staff)
        reviewed = _reviews(today, manager)
        if not Mailbox.objects.exists():
            mailboxes.save(Mailbox(name="Service", address="service@leaf.example", main=True))
    tell(f"{len(MACROS)} macros, {SavedView.objects.count()} views, {reviewed} reviewed cases, a mailbox")


def _macros() -> None:
    for name, theme, waits, texts in MACROS:
        macro = Macro.objects.create(name=name, theme=Theme.objects.filter(code=theme).first(), waits=waits)
        MacroText.objects.bulk_create(
            [MacroText(macro=macro, language=language, text=text) for language, text in texts.items()]
        )


def _views(staff: list[User]) -> None:
    for name, query in VIEWS:
        views.save(name, query, by=staff[0])
    team = Team.objects.filter(main=True).first()
    if team and Member.objects.filter(team=team, user=staff[0]).exists():
        views.save(*SHARED, by=staff[0], team=team)


def _reviews(today: date, manager: User) -> int:
    """Cases of the last weeks, marked by the manager; the newest still wait."""
    random = Random(SEED)  # noqa: S311
    monday = today - timedelta(days=today.weekday())
    written = datetime.combine(monday - timedelta(weeks=WEEKS), time(8), tzinfo=UTC)
    for kind, items in STANDARDS.items():
        quality.set_standard(kind, items, by=manager, at=written)
    for week in range(WEEKS, 0, -1):
        quality.draw(monday - timedelta(weeks=week), at=written + timedelta(weeks=WEEKS - week + 1))
    drawn = QualityReview.objects.exclude(agent=manager).select_related("standard").order_by("week", "pk")
    waiting = list(drawn)
    done = waiting[: max(len(waiting) - LEFT_OPEN, 0)]
    for review in done:
        marks = [random.choice((0, 1, 2, 2, 2, 2, None)) for _item in review.standard.items]
        if all(mark is None for mark in marks):
            marks[0] = 2
        at = review.drawn_at + timedelta(days=2)
        quality.review(review, marks=marks, coaching=random.choice(COACHING), by=manager, at=at)
    return len(done)
