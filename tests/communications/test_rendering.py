"""Templates with the values of customers: the right ones, in their language, without a query for each."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from communications import calling, links
from communications.queries import rendering
from communications.queries.recommendations import reckoned
from customers.models import Profile
from loyalty.actions import claims, points, vouchers
from tests.factories.communications import template
from tests.factories.customers import customer
from tests.factories.loyalty import programme, reward, tier_table
from tests.factories.purchases import AT, line, purchase

pytestmark = pytest.mark.django_db

OWN = (
    "{{ name }}|{{ points }}|{{ points_expiring }}|{{ points_expire_on }}|{{ points_name }}|{{ tier }}|"
    "{{ last_order }}|{{ last_bought_on }}|{{ last_product }}|{{ purchases }}|"
    "{% for v in vouchers %}{{ v.code }} {{ v.name }} {{ v.until }}{% endfor %}|"
    "{% for p in products %}{{ p.name }}{% endfor %}"
)
EVERYTHING = OWN + "{{ number }}{{ city }}{{ today }}{{ business }}{{ feedback_link }}{{ preferences_link }}"


def texts(text: str, **others: str) -> dict:
    return {language: {"subject": "S", "text": said} for language, said in {"en": text, **others}.items()}


def test_each_customer_reads_it_in_their_own_language():
    made = template(texts=texts("Dear {{ first_name }}", ko="{{ first_name }}님", th="คุณ{{ first_name }}"))
    people = [
        customer(name="김민수", language="ko", email="kim@shop.example"),
        customer(name="สมชาย ใจดี", language="th-TH", email="s@shop.example"),
        customer(name="Jean Petit", language="fr", email="j@shop.example"),
        customer(name="Ann Lee", email="a@shop.example"),
    ]
    found = rendering.rendered(rendering.latest(made), [one.pk for one in people])
    assert [(found[one.pk].language, found[one.pk].text.splitlines()[0]) for one in people] == [
        ("ko", "김민수님"), ("th", "คุณสมชาย"), ("en", "Dear Jean"), ("en", "Dear Ann"),
    ]  # fmt: skip


def test_a_birth_year_that_nobody_knows_makes_no_age():
    text = "{{ birthday }}{% if age %} ({{ age }}){% endif %}"
    made = template(texts=texts(text), purpose="")
    known = customer(birth_year=1992, birth_month=2, birth_day=29, email="a@shop.example")
    unknown = customer(birth_month=6, birth_day=10, email="b@shop.example")
    at = datetime(2026, 6, 1, tzinfo=UTC)
    found = rendering.rendered(rendering.latest(made), [known.pk, unknown.pk], at=at)
    assert [found[one.pk].text for one in (known, unknown)] == ["29 Feb (34)", "10 Jun"]


def test_a_line_break_in_a_value_of_the_subject_is_told_of_and_never_a_header():
    made = template(texts={"en": {"subject": "For {{ name }}", "text": "x", "html": "<p>{{ name }}</p>"}})
    evil = customer(name="A\r\nBcc: y@z.example", email="a@shop.example")
    bold = customer(name="<b>x</b>", email="b@shop.example")
    found = rendering.rendered(rendering.latest(made), [evil.pk, bold.pk])
    assert (found[evil.pk].flaw, found[bold.pk].flaw) == ("subject_broken", "")
    assert found[bold.pk].html.startswith("<p>&lt;b&gt;x&lt;/b&gt;</p>")


def test_who_cannot_be_reached_is_told_of_and_who_is_gone_left_out(marketer):
    made = template(channel="sms", texts={"en": {"text": "Hi {{ first_name }}"}})
    reached = customer(name="Ann", phone="+4930123456")
    unreached = customer(name="Bob", email="b@shop.example")
    merged = customer(status="merged", merged_into=reached, merged_at=timezone.now())
    found = rendering.rendered(rendering.latest(made), [reached.pk, unreached.pk, merged.pk])
    assert {pk: (one.address, one.flaw, one.text) for pk, one in found.items()} == {
        reached.pk: ("+4930123456", "", "Hi Ann"),
        unreached.pk: ("", "no_address", "Hi Bob"),
    }


def test_marketing_mail_can_always_be_ended():
    plain = template(texts={"en": {"subject": "S", "text": "T", "html": "<html><body><p>H</p></body></html>"}})
    own = template(texts=texts("T {{ unsubscribe_link }}"), purpose="offers")
    asked = template(texts=texts("T"), purpose="")
    person = customer(email="a@shop.example")
    found = [rendering.rendered(rendering.latest(one), [person.pk])[person.pk] for one in (plain, own, asked)]
    stop = links.unsubscribe(person.pk, "email", "care")
    assert found[0].headers == {"List-Unsubscribe": f"<{stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    assert f"Unsubscribe: {stop}" in found[0].text
    assert found[0].html.endswith("</p></body></html>")
    assert stop in found[0].html
    stop = links.unsubscribe(person.pk, "email", "offers")
    assert (found[1].headers["List-Unsubscribe"], found[1].text) == (f"<{stop}>", f"T {stop}")
    assert (found[2].headers, found[2].text) == ({}, "T")


def test_a_step_gives_values_along():
    made = template(texts=texts('{{ offer }}: {{ offer_code }}{% if variant == "b" %}!{% endif %}'), purpose="")
    one, other = customer(email="a@shop.example"), customer(email="b@shop.example")
    extra = {one.pk: {"offer": "Tea", "offer_code": "T-1", "variant": "b"}, other.pk: {"offer": "Tea"}}
    found = rendering.rendered(rendering.latest(made), [one.pk, other.pk], extra)
    assert [found[each.pk].text for each in (one, other)] == ["Tea: T-1!", "Tea:"]


def test_what_others_bought_too_is_recommended_and_never_what_one_has():
    rows = [
        (1, "tea", "Tea"),
        (1, "pot", "Pot"),
        (2, "tea", "Tea"),
        (2, "pot", "Pot"),
        (2, "cup", "Cup"),
        (3, "jam", "J"),
    ]
    alike = reckoned(rows)
    assert alike.goes_with["tea"] == [("pot", 2), ("cup", 1)]
    assert alike.best[:2] == ["tea", "pot"]


def test_points_orders_vouchers_and_products_are_the_customers_own():
    programme(zone="Europe/Berlin", name="Leaf Club", expiry_months=12)
    tier_table()
    ann, bob = customer(name="Ann", email="a@shop.example"), customer(name="Bob", email="b@shop.example")
    tea, pot = line(product="tea", name="Tea"), line(2500, product="pot", name="Pot")
    purchase(bob, lines=(tea, pot), at=AT)
    bought = purchase(ann, lines=(tea,), at=AT)
    points.grant(ann, 1300, reason="goodwill", key="g", at=AT)
    voucher = claims.take(ann, reward(kind="voucher", lasts_days=30), key="c", at=AT).voucher
    Profile.objects.filter(customer=ann).update(tier="silver")
    made = template(texts=texts(OWN), purpose="")
    [found] = rendering.rendered(rendering.latest(made), [ann.pk], at=AT + timedelta(days=1)).values()
    code = vouchers.code_of(voucher)
    assert found.text.split("|") == [
        "Ann", "1,200", "1,200", "2 Mar 2027", "Leaf Club", "Silver", bought.number, "2 Mar 2026", "Tea", "1",
        f"{code} Tea 1 Apr 2026", "Pot",
    ]  # fmt: skip


def test_a_thousand_customers_cost_the_same_questions_as_one():
    made = template(texts=texts(EVERYTHING))
    people = [customer(name=f"Ann {n}", email=f"a{n}@shop.example", city="Berlin") for n in range(3)]
    version = rendering.latest(made)
    rendering.rendered(version, [people[0].pk])  # the texts are read once
    counts = []
    for group in (people[:1], people):
        with CaptureQueriesContext(connection) as caught:
            rendering.rendered(version, [one.pk for one in group])
        counts.append(len(caught))
    assert counts[0] == counts[1] <= 10


def test_names_are_taken_as_people_are_called():
    names = ("Lee, Ann", "Dr. Ada King", "김민수", "สมชาย ใจดี", "", "Madonna")
    assert [calling.first_name(name) for name in names] == [
        "Ann", "Ada", "김민수", "สมชาย", "", "Madonna",
    ]  # fmt: skip


def test_who_unsubscribes_is_rid_of_what_they_got_whatever_the_template_was_made_for():
    made = template(texts=texts("T {{ unsubscribe_link }}"), purpose="care")
    person = customer(email="a@shop.example")
    for purpose, header in (("offers", True), ("", False)):
        found = rendering.rendered(rendering.latest(made), [person.pk], purpose=purpose)[person.pk]
        assert bool(found.headers) is header
    offers = rendering.rendered(rendering.latest(made), [person.pk], purpose="offers")[person.pk]
    stop = links.unsubscribe(person.pk, "email", "offers")
    assert (offers.headers["List-Unsubscribe"], offers.text) == (f"<{stop}>", f"T {stop}")


def test_a_notification_says_where_it_leads():
    shop = "https://shop.example/"
    said = {"en": {"subject": "S", "text": "T", "link": shop}}
    made, person = template(channel="push", texts=said), customer()
    found = rendering.rendered(rendering.latest(made), [person.pk])[person.pk]
    assert (found.headers, found.link, found.flaw) == ({"Link": shop}, shop, "no_address")
