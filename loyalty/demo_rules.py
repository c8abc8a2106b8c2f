"""Rules and segments for the invented company: of many kinds, one still a draft; reviews and photos that earn."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from customers.actions import segments, timeline
from customers.demo.company import Tell
from customers.models import Customer, Fact, Segment, Verb
from loyalty.actions import rules
from loyalty.models import Rule
from people.models import User

SEGMENTS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    (
        "Regulars",
        "Bought five times or more and still come.",
        {
            "match": "all",
            "groups": [
                {
                    "match": "all",
                    "conditions": [
                        {"field": "purchases", "how": "at_least", "values": [5]},
                        {"field": "last_purchase", "how": "within", "values": [120]},
                    ],
                }
            ],
        },
    ),
    (
        "Quiet after two purchases",
        "Worth winning back: they came back once already.",
        {
            "match": "all",
            "groups": [
                {
                    "match": "all",
                    "conditions": [
                        {"field": "purchases", "how": "at_least", "values": [2]},
                        {"field": "last_purchase", "how": "earlier", "values": [120]},
                    ],
                }
            ],
        },
    ),
)
DAY, DEED = timedelta(days=1), "demo-deed"


def fill(count: int, *, today: date, tell: Tell) -> None:
    """Segments and rules, begun a season ago: what is bought since earns by them. ``count`` does not matter."""
    if Rule.objects.exists():
        return
    marketer = User.objects.filter(username="marketing").first()
    regulars, *_others = [_segment(*said, by=marketer) for said in SEGMENTS]
    now = datetime.combine(today, time(), tzinfo=UTC)
    season = now - 120 * DAY
    for name, said, ends_at in _rules(regulars, now):
        version = rules.draft(name, said, by=marketer)
        rules.begin(version.rule, begins_at=season, ends_at=ends_at, by=marketer, at=season)
    rules.draft("Triple points on ceramics", _multiply("3", _when("category", "Ceramics")), by=marketer)
    tell(f"{Rule.objects.count()} earning rules, {len(SEGMENTS)} segments")


def deeds(count: int, *, today: date, tell: Tell) -> None:
    """Reviews that bring points at once, and photos that wait for somebody to look."""
    if Fact.objects.filter(key__startswith=DEED).exists():
        return
    at = datetime.combine(today, time(), tzinfo=UTC) - DAY / 2
    people = list(Customer.objects.standing().order_by("pk")[:8])
    for place, customer in enumerate(people):
        what: dict[str, Any] = {"product": "tea-01", "review": f"demo-{place}", "rating": 5, "words": 10 + place * 8}
        if place % 2:
            what = {"product": "tea-01", "photo": f"demo-{place}"}
        verb = Verb.PHOTO_SHARED if place % 2 else Verb.REVIEWED
        rules.earn_for_fact(timeline.record(customer, verb, at=at, key=f"{DEED}:{customer.number}", **what))
    tell(f"{len(people)} reviews and photos, some of which wait for somebody to look")


def _segment(name: str, description: str, said: dict[str, Any], *, by: User | None) -> Segment:
    found = Segment.objects.filter(name=name).first()
    return found or segments.make(name, said, description=description, by=by)


def _rules(regulars: Segment, now: datetime) -> list[tuple[str, dict[str, Any], datetime | None]]:
    return [
        ("Welcome", _fixed(50, _when("nth", 1)), None),
        ("Tea weekend", _multiply("2", _when("category", "Tea"), _when("weekday", 6, 7)), now + 60 * DAY),
        (
            "Birthday month",
            _multiply("3/2", _when("birthday"), caps=[{"per": "year", "points": 300}], lasting={"dates": ["12-31"]}),
            None,
        ),
        ("A full basket", _fixed(30, _when("amount", 5_000), lasting={"days": 90}), None),
        (
            "See you soon",
            {"effect": {"kind": "next", "points": 20, "days": 30}, "when": [_when("segment", regulars.pk)]},
            None,
        ),
        (
            "Review",
            _fixed(
                15,
                _when("about_least", 20, name="words"),
                on="reviewed",
                caps=[{"per": "week", "times": 2}],
                budget=100_000,
            ),
            None,
        ),
        ("Photo", _fixed(25, on="photo_shared", review=True, caps=[{"per": "month", "times": 4}]), None),
        ("Fair play", {"on": "*", "effect": {"kind": "limit"}, "caps": [{"per": "day", "points": 2_000}]}, None),
    ]


def _when(what: str, *values: Any, name: str = "") -> dict[str, Any]:
    return {"what": what, "values": list(values), "name": name}


def _fixed(points: int, *when: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"effect": {"kind": "fixed", "points": points}, "when": list(when), **more}


def _multiply(factor: str, *when: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"effect": {"kind": "multiply", "factor": factor}, "when": list(when), **more}
