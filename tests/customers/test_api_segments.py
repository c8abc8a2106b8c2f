"""Segments over the API."""

import pytest

from customers.actions import segments
from customers.models import Segment
from integrations.scopes import Scope
from tests.factories.customers import customer
from tests.factories.integrations import Caller, codes

pytestmark = pytest.mark.django_db
SEGMENTS = "/api/v1/segments/"


@pytest.fixture
def other() -> Caller:
    return Caller(Scope.RULES_READ, Scope.RULES_WRITE)


def of(country: str) -> dict:
    return {"groups": [{"conditions": [{"field": "country", "how": "in", "values": [country]}]}]}


def test_a_segment_is_made_read_changed_and_removed(other):
    made = other.send(SEGMENTS, {"name": "German", "conditions": of("de")})
    assert made.status_code == 201
    address = f"{SEGMENTS}{made.json()['id']}/"
    shown = other.get(address).json()
    assert (shown["sentence"], shown["version"]) == ("Customers with country DE.", 1)

    changed = other.patch(address, {"description": "those at home"}).json()
    assert (changed["name"], changed["description"], changed["version"]) == ("German", "those at home", 1)
    changed = other.patch(address, {"conditions": of("FR")}).json()
    assert (changed["description"], changed["version"]) == ("those at home", 2)
    assert [row["name"] for row in other.get(SEGMENTS).json()["results"]] == ["German"]

    assert other.delete(address).status_code == 204
    assert other.get(address).status_code == 404


def test_a_change_on_top_of_somebody_elses_is_refused(other):
    made = other.send(SEGMENTS, {"name": "German", "conditions": of("DE")})
    address = f"{SEGMENTS}{made.json()['id']}/"
    assert other.get(address)["ETag"] == made["ETag"]

    newer = other.patch(address, {"name": "At home"}, headers={"If-Match": made["ETag"]})
    stale = other.patch(address, {"conditions": of("FR")}, headers={"If-Match": made["ETag"]})

    assert (stale.status_code, codes(stale)) == (412, ["changed_meanwhile"])
    assert other.patch(address, {"conditions": of("FR")}, headers={"If-Match": newer["ETag"]}).status_code == 200


def test_who_is_in_it_is_told_by_number(other):
    for number, country in (("1", "DE"), ("2", "FR"), ("3", "DE")):
        customer(number=number, country=country)
    made = segments.make("German", of("DE"))

    page = other.get(f"{SEGMENTS}{made.pk}/members/?limit=1").json()
    assert page["results"] == [{"number": "1"}]
    assert other.get(page["next"]).json()["results"] == [{"number": "3"}]
    assert other.get(f"{SEGMENTS}{made.pk}/count/").json() == {"customers": 2}


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ({"name": "x", "conditions": {"groups": [{}]}}, "empty_group"),
        ({"name": "x", "conditions": "all"}, "malformed"),
        ({"name": "x"}, "required"),
        ({"name": "taken", "conditions": {"groups": []}}, "name_taken"),
    ],
)
def test_a_segment_that_makes_no_sense_is_refused(wish, code, other):
    segments.make("Taken", {"groups": []})

    assert codes(other.send(SEGMENTS, wish)) == [code]
    assert Segment.objects.count() == 1


def test_reading_scopes_do_not_write_and_others_do_not_read():
    made = segments.make("German", of("DE"))
    reader, stranger = Caller(Scope.RULES_READ), Caller(Scope.CUSTOMERS_READ)

    assert reader.get(f"{SEGMENTS}{made.pk}/members/").status_code == 200
    assert reader.send(SEGMENTS, {"name": "x", "conditions": {"groups": []}}).status_code == 403
    assert reader.patch(f"{SEGMENTS}{made.pk}/", {"name": "x"}).status_code == 403
    assert reader.delete(f"{SEGMENTS}{made.pk}/").status_code == 403
    assert stranger.get(SEGMENTS).status_code == 403


def test_versions_are_told_and_a_list_is_kept_over_the_api(other):
    ada = customer(country="DE")
    made = segments.make("German", of("DE"))
    address = f"{SEGMENTS}{made.pk}/"
    other.patch(address, {"conditions": of("FR")})
    assert [row["version"] for row in other.get(f"{address}versions/").json()] == [2, 1]
    other.patch(address, {"conditions": of("DE")})

    kept = other.send(f"{address}lists/", {"name": "German then"})

    assert (kept.status_code, kept.json()["kept_at"] is not None) == (201, True)
    members = other.get(f"{SEGMENTS}{kept.json()['id']}/members/").json()["results"]
    assert members == [{"number": ada.number}]
    assert codes(other.patch(f"{SEGMENTS}{kept.json()['id']}/", {"conditions": of("FR")})) == ["kept"]
