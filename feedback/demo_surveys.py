"""Surveys of the invented company: two years of answers by its customers, and some that wait for one."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any

from django.db import transaction

from customers.actions import timeline
from customers.demo.company import Tell
from customers.models import Customer, Fact, Profile, Purchase, Verb
from customers.queries import consents
from feedback.actions import occasions, surveys
from feedback.models import Answer, Case, Invitation, Survey
from feedback.surveys import branching
from feedback.surveys.questions import Content, Kind, read

SEED, YEARS = 31, 2
AT_ONCE = 500


def three(en: str, ko: str, th: str) -> dict[str, str]:
    return {"en": en, "ko": ko, "th": th}


LANGUAGES = ["en", "ko", "th"]
WHY = three(
    "What is the main reason for your answer?", "그렇게 답하신 가장 큰 이유는 무엇인가요?", "เหตุผลหลักของคำตอบคืออะไร"
)
THANKS = three("Thank you, that helps us.", "감사합니다. 큰 도움이 됩니다.", "ขอบคุณ ช่วยเราได้มาก")
NPS: dict[str, Any] = {
    "languages": LANGUAGES,
    "subject": three("Would you recommend us?", "저희를 추천하시겠습니까?", "คุณจะแนะนำเราไหม"),
    "thanks": THANKS,
    "questions": [
        {
            "code": "score", "kind": "nps", "low": three("not at all", "전혀 아니다", "ไม่เลย"),
            "high": three("certainly", "매우 그렇다", "แน่นอน"),
            "text": three(
                "How likely are you to recommend our tea to a friend?",
                "친구에게 저희 차를 추천하실 의향이 얼마나 있으신가요?",
                "คุณมีแนวโน้มจะแนะนำชาของเราให้เพื่อนมากแค่ไหน",
            ),
        },
        {"code": "why", "kind": "text", "required": False, "text": WHY},
    ],
}  # fmt: skip
CSAT: dict[str, Any] = {
    "languages": LANGUAGES,
    "thanks": THANKS,
    "questions": [
        {
            "code": "score", "kind": "five", "low": three("not at all", "전혀 아니다", "ไม่เลย"),
            "high": three("very", "매우 만족", "มาก"),
            "text": three(
                "Are you satisfied with how we handled it?", "처리 결과에 만족하시나요?", "คุณพอใจกับการดูแลของเราไหม"
            ),
        },
        {
            "code": "what", "kind": "several", "required": False,
            "show_if": {"question": "score", "how": "at_most", "value": 3},
            "text": three("What could have been better?", "무엇이 아쉬우셨나요?", "อะไรที่ควรดีกว่านี้"),
            "choices": [
                {"code": "speed", "text": three("It took too long", "너무 오래 걸렸다", "ใช้เวลานานเกินไป")},
                {"code": "answer", "text": three("The answer was no help", "답변이 도움이 되지 않았다", "คำตอบไม่ช่วย")},
                {"code": "tone", "text": three("The tone", "응대 태도", "น้ำเสียง")},
            ],
        },
        {"code": "why", "kind": "text", "required": False, "text": WHY},
    ],
}  # fmt: skip
EXIT: dict[str, Any] = {
    "languages": LANGUAGES,
    "questions": [
        {
            "code": "reason", "kind": "choice",
            "text": three("Why do you buy less from us?", "구매가 줄어든 이유는 무엇인가요?", "ทำไมคุณซื้อน้อยลง"),
            "choices": [
                {"code": "price", "text": three("The prices", "가격", "ราคา")},
                {"code": "taste", "text": three("The tea", "차의 맛", "รสชาติชา")},
                {"code": "service", "text": three("The service", "서비스", "บริการ")},
                {"code": "need", "text": three("I need less", "필요가 줄어서", "ต้องการน้อยลง")},
                {"code": "other", "text": three("I found another shop", "다른 가게를 찾아서", "เจอร้านอื่น")},
            ],
        },
    ],
}  # fmt: skip
SAID = {
    "en": ("Lovely tea, quick parcel.", "The tin was dented.", "Waited too long for an answer.", "Great selection."),
    "ko": ("차가 정말 좋아요.", "배송이 늦었어요.", "포장이 찌그러져 왔어요."),
    "th": ("ชาดีมาก", "ส่งของช้า", "กล่องบุบ"),
}


def fill(count: int, *, today: date, tell: Tell) -> None:
    """Three surveys and what came back. Done once; ``count`` does not matter: the answers follow the customers."""
    if Survey.objects.exists():
        return
    nps = _open("recommend", "Would recommend us", Survey.Kind.NPS, NPS, occasion="purchase", sample_percent=20)
    csat = _open("after-case", "After a case", Survey.Kind.CSAT, CSAT, occasion="closing", low_score=2)
    leaving = _open("leaving", "Why customers leave", Survey.Kind.EXIT, EXIT, occasion="lapse", delay_hours=48)
    dice = Random(SEED)  # noqa: S311  (an invented company needs no secrets)
    midnight = datetime.combine(today, time(), tzinfo=UTC)
    rows = [*_after_purchases(nps, midnight, dice), *_after_cases(csat, dice), *_of_lapsed(leaving, midnight, dice)]
    answered = 0
    for first in range(0, len(rows), AT_ONCE):
        answered += _keep(rows[first : first + AT_ONCE], midnight, dice)
    occasions.show_nps(Customer.objects.standing().values_list("pk", flat=True))
    tell(f"{len(rows)} invitations to three surveys, {answered} answered")


def _open(code: str, name: str, kind: str, content: Any, **settings: Any) -> Survey:
    survey = surveys.make(code, name, kind=kind, content=content, **settings)
    surveys.publish(survey)
    survey.refresh_from_db()
    return survey


def _after_purchases(survey: Survey, midnight: datetime, dice: Random) -> Iterator[Invitation]:
    """Some purchases of those who may be asked, not too often."""
    since, until = midnight - timedelta(days=365 * YEARS), midnight - timedelta(days=2)
    bought = Purchase.objects.filter(at__gte=since, at__lt=until, customer__status="active").order_by("at", "pk")
    may = consents.allowed(Customer.objects.standing().values_list("pk", flat=True), "email", "research")
    last: dict[int, datetime] = {}
    for pk, customer, at in bought.values_list("pk", "customer", "at"):
        if customer in may and dice.random() < 0.9 and at > last.get(customer, since) + timedelta(days=45):
            last[customer] = at
            yield _sent(survey, customer, f"purchase:{pk}", at + timedelta(days=1), purchase_id=pk)


def _after_cases(survey: Survey, dice: Random) -> Iterator[Invitation]:
    closed = Case.objects.filter(closed_at__isnull=False, customer__status="active").order_by("closed_at", "pk")
    for pk, customer, at in closed.values_list("pk", "customer", "closed_at"):
        if customer and at and dice.random() < 0.6:
            yield _sent(survey, customer, f"case:{pk}", at + timedelta(hours=24), case_id=pk)


def _of_lapsed(survey: Survey, midnight: datetime, dice: Random) -> Iterator[Invitation]:
    gone = Profile.objects.filter(stage=Profile.Stage.LAPSED, customer__status="active").order_by("customer")
    for customer in gone.values_list("customer", flat=True):
        if dice.random() < 0.4:
            at = midnight - timedelta(days=dice.randrange(2, 300))
            yield _sent(survey, customer, f"lapse:{customer}", at)


def _sent(survey: Survey, customer: int, about: str, at: datetime, **more: Any) -> Invitation:
    return Invitation(
        survey=survey, version=survey.versions.get(), customer_id=customer, occasion=survey.occasion,
        key=f"survey:{survey.pk}:{about}", state=Invitation.State.SENT, planned_at=at, due_at=at, sent_at=at,
        expires_at=at + timedelta(days=survey.expires_days), **more,
    )  # fmt: skip


@transaction.atomic
def _keep(rows: list[Invitation], midnight: datetime, dice: Random) -> int:
    """Write invitations down with what came of them, and their facts, a batch at a time."""
    languages = dict(Customer.objects.filter(pk__in=[row.customer_id for row in rows]).values_list("pk", "language"))
    given: list[tuple[Invitation, Content, dict[str, Any]]] = []
    for row in rows:
        assert row.version
        assert row.sent_at
        content = read(row.version.content)
        row.language = content.language(languages[row.customer_id])
        answered = row.sent_at + timedelta(minutes=dice.randrange(5, 60 * 24 * 6))
        if dice.random() < 0.36 and answered < midnight:
            said = branching.counted(content, _said(content, row.language, answered, dice))
            row.state, row.begun_at, row.answered_at, row.complete = "answered", answered, answered, True
            score: Any = said.get("score")
            row.score, row.last_step_at = score, answered
            given.append((row, content, said))
        elif row.expires_at and row.expires_at < midnight:
            row.state = Invitation.State.EXPIRED
    Invitation.objects.bulk_create(rows)
    Answer.objects.bulk_create(each for row, content, said in given for each in _answers(row, content, said))
    timeline.record_many([fact for row in rows for fact in _facts(row)])
    return len(given)


def _said(content: Content, language: str, at: datetime, dice: Random) -> dict[str, Any]:
    """Better from half a year to the next: the shop has learnt."""
    said: dict[str, Any] = {}
    for question in content.questions:
        if question.scale:
            low, high = question.scale[0], question.scale[-1]
            mood = dice.betavariate(3.6 + (at.year - 2024) * 0.4, 1.3)
            said[question.code] = min(high, max(low, round(low + mood * (high - low + 0.4))))
        elif question.kind == Kind.CHOICE:
            said[question.code] = dice.choices(question.choices, [5, 2, 2, 3, 4][: len(question.choices)])[0].code
        elif question.kind == Kind.SEVERAL:
            said[question.code] = [each.code for each in question.choices if dice.random() < 0.5]
        elif dice.random() < 0.35:
            said[question.code] = dice.choice(SAID[language])
    return {code: value for code, value in said.items() if value != []}


def _answers(row: Invitation, content: Content, said: dict[str, Any]) -> Iterator[Answer]:
    assert row.answered_at
    for question in content.questions:
        if question.code in said:
            value = said[question.code]
            one = Answer(invitation=row, question=question.code, at=row.answered_at)
            if question.scale:
                one.number = value
            elif question.kind == Kind.TEXT:
                one.text = value
            else:
                one.choices = value if isinstance(value, list) else [value]
            yield one


def _facts(row: Invitation) -> Iterator[Fact]:
    assert row.sent_at
    about = {"survey": row.survey.code, "invitation": row.pk}
    yield Fact(
        customer_id=row.customer_id, verb=Verb.SURVEY_INVITED, at=row.sent_at, key=f"survey_invited:{row.pk}",
        about=about | {"occasion": row.occasion},
    )  # fmt: skip
    if row.answered_at:
        told = {"kind": row.survey.kind, "score": row.score, "complete": True, "case": row.case_id}
        yield Fact(
            customer_id=row.customer_id, verb=Verb.SURVEY_ANSWERED, at=row.answered_at,
            key=f"survey_answered:{row.pk}", about=about | told,
        )  # fmt: skip
