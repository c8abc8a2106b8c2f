"""The pages on which marketers build, try, begin and end rules, and look at what waits."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from customers.actions import segments, timeline
from customers.models import Verb
from loyalty.actions import earning, rules
from loyalty.models import EarningReview, Rule, RuleVersion, Transaction
from tests.factories import customers, purchases
from tests.factories.loyalty import buckets, on, programme
from tests.factories.rules import fixed, limit, multiply, rule, when

pytestmark = pytest.mark.django_db
NOW = on("2026-03-02", "12:00:00")


@pytest.fixture(autouse=True)
def _programme(db):
    programme(currency="EUR")


def at(name: str, *args) -> str:
    return reverse(f"admin:{name}", args=args)


def text(response) -> str:
    return " ".join(response.content.decode().split())


DOUBLE = {
    "name": "Double tea",
    "on": "bought",
    "effect": "multiply",
    "factor": "1,5",
    "w0-what": "category",
    "w0-was": "category",
    "w0-value": "tea, pots",
    "w1-what": "amount",
    "w1-was": "amount",
    "w1-value": "20.50",
    "c0-per": "month",
    "c0-number": "500",
    "c0-counts": "points",
}


def test_a_marketer_builds_tries_begins_and_ends_a_rule(marketer_client, marketer):
    said = text(marketer_client.post(at("rule_sentence"), DOUBLE))
    sentence = (
        "A purchase on goods of tea or pots, of 20.50 EUR or more, earns 1.5 times the points; "
        "at most 500 points per calendar month."
    )
    assert sentence in said
    yesterday = timezone.now() - timedelta(days=1)
    lines = (purchases.line(3_000, category="Tea"),)
    purchases.purchase(customers.customer(), lines=lines, at=yesterday)

    saved = marketer_client.post(at("new_rule"), DOUBLE | {"save": "1"})

    drafted = RuleVersion.objects.get()
    assert saved.url == at("rule", drafted.rule_id)
    assert drafted.created_by == marketer
    assert drafted.spec["effect"]["factor"] == "3/2"
    assert drafted.spec["when"][1]["values"] == [2050]
    assert sentence in text(marketer_client.get(saved.url))
    assert 'value="20.50"' in text(marketer_client.get(at("change_rule", drafted.rule_id)))
    marketer_client.post(at("try_rule", drafted.rule_id), {"days": "30"})
    assert "<strong>15 points</strong> to <strong>1 customers</strong>" in text(marketer_client.get(saved.url))

    marketer_client.post(at("begin_rule", drafted.rule_id), {"begins_at": "", "ends_at": ""})
    drafted.refresh_from_db()
    assert drafted.begun_by == marketer
    assert buckets(earned_by(4_000))[1] == 60
    marketer_client.post(at("end_rule", drafted.rule_id))
    assert buckets(earned_by(4_000))[1] == 40
    assert "ended" in text(marketer_client.get(at("rules")))


def earned_by(amount: int):
    customer = customers.customer()
    lines = (purchases.line(amount, category="tea"),)
    earning.record_purchase(purchases.order(customer, lines=lines, at=timezone.now()))
    return customer


def test_rows_come_and_go_and_offer_what_fits(marketer_client):
    made = segments.make("Regulars", {"groups": []})

    def drawn(**more) -> str:
        return text(marketer_client.post(at("rule_draft"), {"on": "bought", "effect": "fixed"} | more))

    assert 'name="w0-what"' in drawn(add="condition")
    assert 'name="c0-per"' in drawn(add="cap")
    row = {"w0-what": "brand", "w0-was": "brand", "w0-value": "x"}
    assert 'name="w0-what"' not in drawn(**row, drop="w0")
    assert 'value="x"' in drawn(**row)
    assert 'value="x"' not in drawn(**row | {"w0-what": "store"})
    assert f'value="{made.pk}"' in drawn(**{"w0-what": "segment", "w0-was": "segment"})
    assert 'type="checkbox" name="w0-value" value="7"' in drawn(**{"w0-what": "weekday", "w0-was": "weekday"})
    assert 'value="multiply"' not in drawn(on="reviewed")
    assert '<option value="rating">' in drawn(on="reviewed", **{"w0-what": "about", "w0-was": "about"})
    assert 'name="c0-days"' in drawn(**{"c0-per": "rolling", "c0-number": "3"})


@pytest.mark.parametrize(
    "says",
    [
        multiply("3/2", when("weekday", 6, 7), when("hours", "14:00", "17:00"), lasting={"days": 30}),
        fixed(50, when("nth", 1), when("amount", 2_050), caps=[{"per": "rolling", "days": 7, "times": 2}]),
        fixed(5, when("above_average", "shop", 120), per="item", review=True, budget=1_000, cooldown_hours=24),
        fixed(9, when("about_least", 50, name="words"), when("soon_after", "delivery", 14), on="reviewed"),
        limit(on="*", caps=[{"per": "day", "points": 300}], over="reject"),
        {"effect": {"kind": "next", "factor": "2", "days": 30}, "when": [when("tier", "gold", negated=True)]},
        {"effect": {"kind": "exclude"}, "when": [when("brand", "sale")]},
    ],
)
def test_what_was_saved_is_shown_in_the_form_and_saved_again_unchanged(says, marketer_client):
    drafted = rules.draft("Same", says)
    page = marketer_client.get(at("change_rule", drafted.rule_id)).content.decode()

    marketer_client.post(at("change_rule", drafted.rule_id), fields_of(page) | {"save": "1"})

    before = drafted.spec
    drafted.refresh_from_db()
    assert drafted.spec == before


def fields_of(page: str) -> dict:
    """What a browser would send of the form on the page."""
    from html.parser import HTMLParser

    class Fields(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.found: dict[str, list[str]] = {}
            self.select = ""

        def handle_starttag(self, tag, attrs):
            has = dict(attrs)
            if tag == "input" and has.get("name") and (has.get("type") != "checkbox" or "checked" in has):
                self.found.setdefault(has["name"], []).append(has.get("value") or "on")
                if not has.get("value"):
                    self.found[has["name"]][-1] = "on" if has.get("type") == "checkbox" else ""
            elif tag == "select":
                self.select = has.get("name", "")
            elif tag == "option" and self.select and "selected" in has:
                self.found.setdefault(self.select, []).append(has.get("value") or "")

        def handle_endtag(self, tag):
            if tag == "select":
                self.select = ""

    parser = Fields()
    parser.feed(page[page.index('<form class="ms-columns"') :])
    return parser.found


def test_a_refusal_stands_beside_what_it_is_about(marketer_client):
    wrong = DOUBLE | {"w1-value": "much", "save": "1"}

    page = text(marketer_client.post(at("new_rule"), wrong))

    assert "A whole number from 1 to" in page
    assert 'value="much"' in page
    assert not Rule.objects.exists()
    rule(multiply("2"), name="Double tea")
    taken = text(marketer_client.post(at("new_rule"), DOUBLE | {"save": "1"}))
    assert "There is already a rule called Double tea." in taken


def test_the_next_version_of_a_rule_is_drafted_and_can_be_thrown_away(marketer_client):
    running = rule(multiply("2"), name="Double")
    page = text(marketer_client.get(at("change_rule", running.pk)))
    assert "What you save is its next version" in page

    marketer_client.post(at("change_rule", running.pk), DOUBLE | {"save": "1", "name": "Double"})
    assert "next version drafted" in text(marketer_client.get(at("rules")))
    assert marketer_client.post(at("discard_rule", running.pk)).url == at("rule", running.pk)

    assert running.versions.count() == 1
    drafted = rules.draft("Never", multiply("2"))
    assert marketer_client.post(at("discard_rule", drafted.rule_id)).url == at("rules")


def test_times_are_typed_in_the_zone_of_the_programme_and_not_in_the_past(marketer_client):
    programme(currency="EUR", zone="Asia/Seoul")
    drafted = rules.draft("Later", multiply("2"))

    past = text(marketer_client.post(at("begin_rule", drafted.rule_id), {"begins_at": "2020-03-01T00:00"}))
    assert "A rule cannot begin in the past." in past
    times = {"begins_at": "2099-03-01T00:00", "ends_at": "2099-03-08T00:00"}
    marketer_client.post(at("begin_rule", drafted.rule_id), times)

    drafted.refresh_from_db()
    assert (drafted.begins_at, drafted.ends_at) == (on("2099-02-28", "15:00:00"), on("2099-03-07", "15:00:00"))


def test_an_earning_is_explained_step_by_step(agent_client):
    rule(multiply("3/2", caps=[{"per": "order", "points": 12}]), name="Half more")
    rule(fixed(50), name="Thanks")
    ruled = earning.record_purchase(purchases.order(customers.customer(), 4_995, at=NOW))
    explained = text(agent_client.get(at("points_transaction", ruled.transaction)))

    for words in (
        "49.95 EUR at 1 for 1.00 EUR",
        "times 1.5; of 24.975 its caps left 12",
        "fixed bonus",
        "111.95, rounded down once",
        "= 111",
    ):
        assert words in explained


def test_a_purchase_by_the_base_rate_alone_is_explained_as_well(agent_client):
    plain = earning.record_purchase(purchases.order(customers.customer(), 4_995, at=NOW))

    assert "49.95, rounded down once" in text(agent_client.get(at("points_transaction", plain.transaction)))


@pytest.fixture
def waiting() -> EarningReview:
    rule(fixed(20, on="photo_shared", review=True), name="Photo")
    rules.earn_for_fact(timeline.record(customers.customer(name="Ada"), Verb.PHOTO_SHARED, at=NOW, product="tea"))
    return EarningReview.objects.get()


def test_what_waits_is_given_or_refused(waiting, marketer_client):
    assert "Ada" in text(marketer_client.get(at("earning_reviews")))
    assert "20 points for Ada" in text(marketer_client.get(reverse("admin:index")))
    no_reason = marketer_client.post(at("decide_earning", waiting.pk), {"decline": "1"}, follow=True)
    assert "Say why not." in text(no_reason)

    marketer_client.post(at("decide_earning", waiting.pk), {"approve": "1"})

    assert buckets(waiting.customer)[1] == 20
    assert "approved" in text(marketer_client.get(at("earning_reviews") + "?state=decided"))
    assert "Nothing waits" in text(marketer_client.get(at("earning_reviews")))


def test_who_may_only_look_changes_nothing(waiting, agent_client, intern_client):
    running = rule(multiply("2"))

    for name, args in (("rules", []), ("rule", [running.pk]), ("earning_reviews", [])):
        assert agent_client.get(at(name, *args)).status_code == 200
        assert intern_client.get(at(name, *args)).status_code == 403
    for name in ("change_rule", "begin_rule", "end_rule", "discard_rule", "try_rule"):
        assert agent_client.post(at(name, running.pk)).status_code == 403
    assert agent_client.post(at("new_rule")).status_code == 403
    assert agent_client.post(at("decide_earning", waiting.pk), {"approve": "1"}).status_code == 403
    assert not Transaction.objects.exists()


@pytest.mark.parametrize("count", [1, 3])
def test_lists_take_the_same_queries_for_one_and_for_three(count, marketer_client, django_assert_num_queries):
    segment = segments.make("Regulars", {"groups": []})
    for _ in range(count):
        made = rule(fixed(20, when("segment", segment.pk), on="photo_shared", review=True))
        rules.earn_for_fact(timeline.record(customers.customer(), Verb.PHOTO_SHARED, at=NOW))
    for name, args, queries in (("rules", [], 9), ("rule", [made.pk], 11), ("earning_reviews", [], 5)):
        marketer_client.get(at(name, *args))
        with django_assert_num_queries(queries):
            marketer_client.get(at(name, *args))
