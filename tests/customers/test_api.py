"""Customers, their timeline and consents, and facts over the API."""

from datetime import UTC, datetime

import pytest

from customers.models import AccessLog, ConsentDecision, Customer, Fact, Trait, Verb
from integrations.scopes import Scope
from integrations.throttling import Rate
from tests.factories.customers import customer
from tests.factories.integrations import Caller, codes, token

pytestmark = pytest.mark.django_db
CUSTOMERS, FACTS = "/api/v1/customers/", "/api/v1/facts/"
AT = "2026-03-02T10:00:00Z"


@pytest.fixture(autouse=True)
def fresh_rates():
    Rate._shares.clear()


@pytest.fixture
def shop() -> Caller:
    return Caller(secret=token(name="Web shop").secret)


def at(one: Customer, *path: str) -> str:
    return "/".join([f"{CUSTOMERS}{one.number}", *path, ""])


WHOLE = {
    "number": "C-7",
    "name": "Grace Hopper",
    "emails": ["Grace@Example.com", "g@example.org"],
    "phones": ["+49 30 1234567"],
    "addresses": [{"lines": "Seeweg 3", "postcode": "10115", "city": "Berlin", "country": "DE"}],
    "traits": [{"kind": "like", "value": "tea"}],
    "birthday": {"month": 12, "day": 9},
    "language": "de",
    "country": "DE",
    "city": "Berlin",
    "latitude": "52.52000",
    "longitude": "13.40500",
}


def test_a_customer_is_added_with_all_that_is_known(shop):
    answer = shop.send(CUSTOMERS, WHOLE)

    assert answer.status_code == 201, answer.content
    assert answer["Location"] == "http://testserver/api/v1/customers/C-7/"
    assert answer["ETag"] == '"1"'
    body = answer.json()
    assert body["emails"] == ["grace@example.com", "g@example.org"]
    assert body["phones"] == ["+49301234567"]
    assert body["addresses"] == [
        {"lines": "Seeweg 3", "postcode": "10115", "city": "Berlin", "region": "", "country": "DE"}
    ]
    assert body["traits"] == [{"kind": "like", "name": "", "value": "tea", "came_from": "Web shop"}]
    assert body["birthday"] == {"month": 12, "day": 9, "year": None}
    assert (body["zone"], body["came_from"], body["profile"]["stage"]) == ("Europe/Berlin", "Web shop", "lead")
    assert shop.get(answer["Location"]).json() == body


def test_a_customer_without_a_number_gets_the_next_free_one(shop):
    numbers = {shop.send(CUSTOMERS, {"name": "Ada"}).json()["number"] for _ in range(2)}

    assert len(numbers) == 2


def test_what_is_wrong_is_said_field_by_field(shop):
    answer = shop.send(CUSTOMERS, {"emails": ["nowhere"], "country": "Germany", "birthday": {"month": 2, "day": 30}})

    assert answer.status_code == 400
    assert {(error["code"], error["field"]) for error in answer.json()["errors"]} == {
        ("bad_email", "emails"),
        ("bad_country", "country"),
        ("bad_birthday", "birthday"),
    }
    assert not Customer.objects.exists()


def test_a_taken_number_is_refused(shop):
    customer(number="C-7")

    answer = shop.send(CUSTOMERS, WHOLE)

    assert [(error["code"], error["field"]) for error in answer.json()["errors"]] == [("number_taken", "number")]


def test_a_merged_customer_is_found_under_the_old_number(shop):
    into = customer(number="C-1")
    customer(number="C-2", status="merged", merged_into=into, merged_at=datetime.now(UTC))

    assert shop.get(f"{CUSTOMERS}C-2/").json()["number"] == "C-1"


@pytest.mark.parametrize("number", ["nobody", "%00", "C-3"])
def test_nobody_is_a_404(shop, number):
    customer(number="C-3", name="", status="erased", erased_at=datetime.now(UTC))

    answer = shop.get(f"{CUSTOMERS}{number}/")

    assert (answer.status_code, codes(answer)) == (404, ["not_found"])


def test_a_change_names_what_changes_and_leaves_the_rest(shop):
    shop.send(CUSTOMERS, WHOLE)

    answer = shop.patch(
        f"{CUSTOMERS}C-7/", {"name": "Grace B. Hopper", "emails": ["g@example.org", "new@example.org"]}
    )

    assert answer.status_code == 200
    body = answer.json()
    assert (body["name"], body["city"]) == ("Grace B. Hopper", "Berlin")
    assert body["emails"] == ["g@example.org", "new@example.org"]
    assert body["phones"] == ["+49301234567"]
    assert answer["ETag"] == f'"{body["version"]}"' != '"1"'


def test_an_empty_list_takes_all_away(shop):
    shop.send(CUSTOMERS, WHOLE)

    body = shop.patch(f"{CUSTOMERS}C-7/", {"emails": [], "addresses": []}).json()

    assert (body["emails"], body["addresses"], body["phones"]) == ([], [], ["+49301234567"])


def test_what_stays_the_same_is_no_change(shop):
    etag = shop.send(CUSTOMERS, WHOLE)["ETag"]

    assert (
        shop.patch(f"{CUSTOMERS}C-7/", {name: WHOLE[name] for name in ("emails", "phones", "addresses", "name")})[
            "ETag"
        ]
        == etag
    )


def test_a_system_replaces_what_it_knew_and_not_what_others_know(shop):
    shop.send(CUSTOMERS, WHOLE)
    grace = Customer.objects.get()
    Trait.objects.create(customer=grace, kind="like", value="sailing", came_from="call centre")

    body = shop.patch(f"{CUSTOMERS}C-7/", {"traits": [{"kind": "brand", "value": "Acme"}]}).json()

    assert {trait["value"] for trait in body["traits"]} == {"sailing", "Acme"}


def test_a_change_on_top_of_somebody_elses_is_refused(shop):
    etag = shop.send(CUSTOMERS, WHOLE)["ETag"]
    newer = shop.patch(f"{CUSTOMERS}C-7/", {"city": "Potsdam"}, headers={"If-Match": etag})
    assert newer.status_code == 200

    stale = shop.patch(f"{CUSTOMERS}C-7/", {"city": "Bonn"}, headers={"If-Match": etag})

    assert (stale.status_code, codes(stale)) == (412, ["changed_meanwhile"])
    for contact in ({"emails": ["other@example.com"]}, {"phones": []}, {"addresses": []}):
        assert shop.patch(f"{CUSTOMERS}C-7/", contact, headers={"If-Match": etag}).status_code == 412
    assert shop.get(f"{CUSTOMERS}C-7/").json()["city"] == "Potsdam"
    for header in ("*", newer["ETag"], f"W/{newer['ETag']}"):
        answer = shop.patch(f"{CUSTOMERS}C-7/", {"city": "Potsdam"}, headers={"If-Match": header})
        assert answer.status_code == 200
    assert shop.patch(f"{CUSTOMERS}C-7/", {"city": "x"}, headers={"If-Match": "nonsense"}).status_code == 412


def test_a_refused_part_of_a_change_undoes_all_of_it(shop):
    shop.send(CUSTOMERS, WHOLE)

    answer = shop.patch(f"{CUSTOMERS}C-7/", {"name": "Other", "emails": ["nowhere"]})

    assert [(error["code"], error["field"]) for error in answer.json()["errors"]] == [("bad_email", "emails")]
    assert Customer.objects.get().name == "Grace Hopper"


def test_all_customers_are_listed_page_by_page(shop):
    for n in range(5):
        customer(number=f"C-{n}")

    seen, page = [], shop.get(f"{CUSTOMERS}?limit=2").json()
    while True:
        seen += [row["number"] for row in page["results"]]
        if not page["next"]:
            break
        page = shop.get(page["next"]).json()

    assert seen == [f"C-{n}" for n in range(5)]


@pytest.mark.parametrize("path", ["", "?query=customer"])
def test_a_list_takes_the_same_queries_for_one_and_for_three(
    shop, path, django_assert_max_num_queries, django_assert_num_queries
):
    customer(name="A customer", email="a@example.com")
    shop.get(CUSTOMERS + path)
    with django_assert_max_num_queries(12) as one:
        assert len(shop.get(CUSTOMERS + path).json()["results"]) == 1
    customer(name="B customer", email="b@example.com", phone="+49301234567")
    customer(name="C customer")
    with django_assert_num_queries(len(one)):
        assert len(shop.get(CUSTOMERS + path).json()["results"]) == 3


@pytest.mark.parametrize("question", ["grace", "GRACE@example.com", "C-7", "+49 30 1234567"])
def test_a_customer_is_found_by_what_is_known(shop, question):
    shop.send(CUSTOMERS, WHOLE)
    customer(name="Somebody else")

    found = shop.get(CUSTOMERS, {"query": question}).json()

    assert [row["number"] for row in found["results"]] == ["C-7"]
    assert found["next"] is None


def test_all_that_is_held_is_exported_and_that_is_written_down(shop):
    shop.send(CUSTOMERS, WHOLE)

    held = shop.get(f"{CUSTOMERS}C-7/export/").json()

    assert held["number"] == "C-7"
    assert "grace@example.com" in str(held)
    assert AccessLog.objects.latest("pk").what == "exported"


def test_reading_is_written_down(shop):
    one = customer()
    shop.get(at(one))
    shop.get(CUSTOMERS)

    log = AccessLog.objects.filter(customer=one).order_by("pk")
    assert [(row.what, row.through, str(row.by)) for row in log] == [("read", "Web shop", "Web shop")] * 2


def test_the_timeline_is_read_latest_first_and_by_kind(shop):
    one, other = customer(), customer()
    for day in (1, 2, 3):
        Fact.objects.create(
            customer=one, verb=Verb.VISITED, at=datetime(2026, 3, day, tzinfo=UTC), about={"page": f"p{day}"}
        )
    Fact.objects.create(customer=one, verb=Verb.REVIEWED, at=datetime(2026, 3, 4, tzinfo=UTC))
    Fact.objects.create(customer=other, verb=Verb.VISITED, at=datetime(2026, 3, 5, tzinfo=UTC))

    first = shop.get(at(one, "timeline") + "?limit=2").json()
    second = shop.get(first["next"]).json()

    assert [row["verb"] for row in first["results"]] == ["reviewed", "visited"]
    assert [row["about"] for row in second["results"]] == [{"page": "p2"}, {"page": "p1"}]
    assert [row["verb"] for row in shop.get(at(one, "timeline") + "?verb=reviewed").json()["results"]] == ["reviewed"]
    assert set(AccessLog.objects.filter(customer=one, what="read").values_list("fields", flat=True)) == {"timeline"}


def test_consent_is_decided_and_read(shop):
    one = customer()
    wish = {"channel": "email", "purpose": "offers", "granted": True, "source": "checkout", "wording": "Yes please."}

    answer = shop.send(at(one, "consents"), wish | {"at": AT})

    assert answer.status_code == 201
    assert answer.json() == shop.get(at(one, "consents")).json()
    assert AccessLog.objects.filter(customer=one, what="read", fields="consents", through="Web shop").count() == 1
    allowed = [row for row in answer.json() if row["allowed"]]
    said = {"decided_at": AT, "source": "checkout", "wording": "Yes please."}
    assert allowed == [{"channel": "email", "purpose": "offers", "allowed": True, **said}]
    assert len(answer.json()) == 15
    assert ConsentDecision.objects.get().by == Customer.objects.first().timeline.latest("id").by


def test_a_decision_that_cannot_be_is_refused(shop):
    one = customer()

    answer = shop.send(at(one, "consents"), {"channel": "fax", "purpose": "offers", "source": "x"})

    assert [(error["code"], error["field"]) for error in answer.json()["errors"]] == [
        ("invalid_choice", "channel"),
        ("required", "granted"),
    ]
    late = {"channel": "sms", "purpose": "care", "granted": False, "source": "x", "at": "2099-01-01T00:00:00Z"}
    assert codes(shop.send(at(one, "consents"), late)) == ["in_the_future"]


def report(one: Customer, key: str = "r-1", **changes) -> dict:
    return {"customer": one.number, "verb": "reviewed", "at": AT, "source": "shop", "key": key} | changes


def test_a_fact_is_reported_once(shop):
    one = customer()

    first = shop.send(FACTS, report(one, about={"rating": 5}))
    again = shop.send(FACTS, report(one, about={"rating": 5}))

    fact = Fact.objects.get(verb="reviewed")
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["results"] == [{"index": 0, "id": fact.pk, "created": True, "errors": []}]
    assert again.json()["results"] == [{"index": 0, "id": fact.pk, "created": False, "errors": []}]


def test_a_single_fact_that_cannot_be_is_a_400(shop):
    assert codes(shop.send(FACTS, report(customer(), customer="nobody"))) == ["unknown_customer"]
    assert codes(shop.send(FACTS, report(customer(), verb="bought"))) == ["invalid_choice"]


def test_each_of_a_list_has_its_outcome(shop):
    one = customer()

    answer = shop.send(FACTS, [report(one), report(one, "r-2", about={"mood": 1}), report(one, "r-3")])
    unread = shop.send(FACTS, [None, 7, report(one, "r-4", vreb="visited"), report(one, "r-5")]).json()["results"]

    assert answer.status_code == 201
    assert [[(error["field"], error["code"]) for error in row["errors"]] for row in unread] == [
        [("0", "required")],
        [("1", "invalid")],
        [("2.vreb", "unknown_field")],
        [],
    ]
    assert [(row["index"], row["created"]) for row in answer.json()["results"]] == [(0, True), (1, False), (2, True)]
    [error] = answer.json()["results"][1]["errors"]
    assert (error["code"], error["field"]) == ("unknown_particular", "1.about.mood")
    assert Fact.objects.filter(verb="reviewed").count() == 3


def test_more_than_a_thousand_facts_are_refused(shop):
    assert codes(shop.send(FACTS, [report(customer(), str(n)) for n in range(1001)])) == ["too_many"]


@pytest.mark.parametrize(
    ("scope", "method", "path"),
    [
        (Scope.CUSTOMERS_WRITE, "get", CUSTOMERS),
        (Scope.CUSTOMERS_READ, "post", CUSTOMERS),
        (Scope.CUSTOMERS_READ, "patch", f"{CUSTOMERS}C-7/"),
        (Scope.CUSTOMERS_READ, "get", f"{CUSTOMERS}C-7/export/"),
        (Scope.CUSTOMERS_WRITE, "get", f"{CUSTOMERS}C-7/timeline/"),
        (Scope.CUSTOMERS_WRITE, "get", f"{CUSTOMERS}C-7/consents/"),
        (Scope.CUSTOMERS_READ, "post", f"{CUSTOMERS}C-7/consents/"),
        (Scope.CUSTOMERS_WRITE, "post", FACTS),
    ],
)
def test_without_its_scope_a_call_is_refused(scope, method, path):
    customer(number="C-7")
    caller = Caller(scope)

    answer = caller.send(path) if method == "post" else getattr(caller, method)(path)

    assert (answer.status_code, codes(answer)) == (403, ["permission_denied"])


def test_staff_read_by_their_role(agent_client, intern_client):
    assert agent_client.get(CUSTOMERS).status_code == 200
    assert intern_client.get(CUSTOMERS).status_code == 403
