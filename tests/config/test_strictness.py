"""Nothing that is sent to the API is passed over: every operation refuses what it does not know."""

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from django.test import Client
from drf_spectacular.generators import SchemaGenerator

from customers.models import Customer
from integrations.throttling import Rate
from tests.factories.customers import customer
from tests.factories.integrations import Caller, codes, token
from tests.factories.loyalty import programme
from tests.factories.surveys import content

pytestmark = pytest.mark.django_db
ODD = "unheard_of"
# What is in these is nobody's business but the reader's, who refuses what it does not know.
READ_BY_THEMSELVES = {"about"}


@cache
def description() -> dict[str, Any]:
    return SchemaGenerator().get_schema(request=None, public=True)


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in description()["paths"].items():
        for method, said in methods.items():
            filled = path
            for place in said.get("parameters", []):
                if place["in"] == "path":
                    value = next(v for v in ("7", "seven") if re.search(place["schema"].get("pattern", ""), v))
                    filled = filled.replace(f"{{{place['name']}}}", value)
            yield method, filled, said


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    for whole in schema.get("allOf", []):
        return resolved(whole)
    if "$ref" in schema:
        return description()["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    return schema


def odd_bodies(schema: dict[str, Any], where: str = "") -> Iterator[tuple[Any, str]]:
    """Bodies with a field that nobody knows: in the object itself, and in each that it holds, with its place."""
    schema = resolved(schema)
    if schema.get("type") == "array":
        yield from (([body], place) for body, place in odd_bodies(schema["items"], f"{where}0."))
        return
    if "properties" in schema:
        yield {ODD: 1}, where + ODD
        for name, inner in schema["properties"].items():
            if name not in READ_BY_THEMSELVES:
                yield from (({name: body}, place) for body, place in odd_bodies(inner, f"{where}{name}."))
    elif isinstance(schema.get("additionalProperties"), dict):
        inner = odd_bodies(schema["additionalProperties"], f"{where}en.")
        yield from (({"en": body}, place) for body, place in inner)


def places(answer: Any, code: str) -> list[str]:
    body = answer.json()
    found = body["errors"] if "errors" in body else body["results"][0]["errors"]
    return [error["field"] for error in found if error["code"] == code]


def test_every_operation_refuses_fields_that_it_does_not_know():
    Rate._shares.clear()
    caller = Caller(secret=token(per_minute=10**6).secret)
    tried = 0

    for method, path, said in operations():
        content = said.get("requestBody", {}).get("content", {"application/json": {"schema": {"properties": {}}}})
        if method == "get" or "application/json" not in content:
            continue
        for body, place in odd_bodies(content["application/json"]["schema"]):
            answer = caller.generic(
                method.upper(), path, json.dumps(body), "application/json", headers={"Idempotency-Key": f"{tried}"}
            )
            assert places(answer, "unknown_field") == [place], (method, path, body, answer.content)
            tried += 1
    assert tried > 130


def test_every_operation_refuses_parameters_that_it_does_not_know():
    Rate._shares.clear()
    caller = Caller(secret=token(per_minute=10**6).secret)

    for method, path, _said in operations():
        answer = caller.generic(method.upper(), f"{path}?{ODD}=1", headers={"Idempotency-Key": "1"})
        assert (answer.status_code, places(answer, "unknown_parameter")) == (400, [ODD]), (method, path)
        asked = caller.options(path)
        assert asked.status_code == 403 or (asked.status_code == 204 and method.upper() in asked["Allow"]), path


def test_what_comes_in_pages_can_be_leafed_through():
    """A page that tells of the next one without knowing `cursor` would refuse its own link."""
    leafed = 0
    for path, methods in description()["paths"].items():
        said = methods.get("get", {"responses": {}})
        for answer in said["responses"].get("200", {}).get("content", {}).values():
            shown = resolved(answer["schema"])
            pages = {"next", "previous"} <= set(shown.get("properties", ()))
            asked = {one["name"] for one in said.get("parameters", ()) if one["in"] == "query"}
            assert ({"cursor", "limit"} <= asked) is pages, path
            leafed += pages
    assert leafed > 30


def test_the_answer_says_what_was_meant_and_all_that_is_wrong():
    caller = Caller()

    refused = caller.send("/api/v1/customers/7/redemptions/", {"points": "many", "capture": False, "hodl": True})

    assert refused.json()["errors"] == [
        {
            "code": "unknown_field",
            "message": "There is no field capture here. These are: hold, points, reason, reference.",
            "field": "capture",
        },
        {"code": "unknown_field", "message": "There is no field hodl here. Did you mean hold?", "field": "hodl"},
        {"code": "invalid", "message": "A valid integer is required.", "field": "points"},
    ]
    assert caller.get("/api/v1/human-tasks/?custmer=7").json()["errors"] == [
        {
            "code": "unknown_parameter",
            "message": "There is no parameter custmer here. Did you mean customer?",
            "field": "custmer",
        }
    ]
    assert codes(caller.send("/api/v1/cases/7/acceptance/", [1])) == ["invalid"]
    many = caller.send("/api/v1/customers/", {str(n) + "x" * 10_000: 1 for n in range(100)}).json()["errors"]
    assert (len(many), len(many[0]["field"])) == (20, 61)


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("rules", {"name": "x", "says": {"effect": {"kind": "exclude", "point": 1}}}, "says.effect.point"),
        ("rules", {"name": "x", "says": {"effect": {"kind": "exclude"}, "cap": []}}, "says.cap"),
        ("segments", {"name": "x", "conditions": {"group": []}}, "conditions.group"),
        (
            "segments",
            {"name": "x", "conditions": {"groups": [{"conditions": [{"conditions": [{"how": "in", "value": 1}]}]}]}},
            "conditions.groups.0.conditions.0.conditions.0.value",
        ),
        ("surveys", {"content": {"questions": [{"show_if": {"answer": 1}}]}}, "content.questions.0.show_if.answer"),
    ],
)
def test_documents_within_a_body_are_looked_through(path, body, field):
    assert places(Caller().send(f"/api/v1/{path}/", body), "unknown_field") == [field]


MADE = {
    "customers": {"name": "Ada", "emails": ["ada@example.com"], "traits": [{"kind": "like", "value": "tea"}]},
    "segments": {"name": "All", "conditions": {"groups": []}},
    "cases": {"kind": "complaint", "text": "Late", "sender_address": "ann@example.org"},
    "case-themes": {"code": "late", "name": "Late"},
    "case-teams": {"code": "payments", "name": "Payments"},
    "case-macros": {"name": "Sorry", "texts": {"en": "Sorry"}},
    "case-letters": {"purpose": "final", "language": "ko", "subject": "x", "text": "y"},
    "mailboxes": {"name": "Help", "address": "help@shop.example"},
    "sla-policies": {
        "name": "Urgent",
        "targets": [
            {"metric": "first_response", "priority": 4, "amount": 2, "unit": "hours", "pauses": ["customer"]},
            {"metric": "final_response", "priority": 4, "amount": 56, "unit": "calendar_days"},
        ],
        "steps": [{"basis": "after", "amount": 30, "action": "reassign", "to": "manager"}],
    },
    "surveys": {"code": "nps", "name": "NPS", "kind": "nps", "content": content()},
    "corrective-actions": {"what": "Pack better", "owner": "manager", "due_on": "2127-01-31"},
    "webhooks": {"name": "Shop", "url": "https://shop.example.com/hook", "verbs": ["bought"]},
    "rules": {"name": "Double", "says": {"effect": {"kind": "multiply", "factor": "2"}}},
}


@pytest.mark.parametrize("what", MADE)
def test_what_was_read_can_be_sent_back_as_it_is(manager, what):
    programme()
    caller = Caller()
    made = caller.send(f"/api/v1/{what}/", MADE[what])
    assert made.status_code == 201, made.content
    body = made.json()
    name = body.get("number") if what == "customers" else body.get("code") or body.get("id")
    here = f"/api/v1/{what}/{name}/"

    read = caller.get(here).json()
    back = caller.patch(here, read)

    assert back.status_code == 200, back.content
    assert {name for name in read if read[name] != back.json()[name]} <= {"version", "versions", "id", "changed_at"}


def test_what_was_read_may_come_back_with_a_change():
    customer(number="C-7", name="Ada")
    caller = Caller()
    read = caller.get("/api/v1/customers/C-7/")

    changed = caller.patch("/api/v1/customers/C-7/", read.json() | {"name": "Ada Byron", "number": "C-8"})

    assert (changed.status_code, changed.json()["name"], changed.json()["number"]) == (200, "Ada Byron", "C-7")
    assert codes(caller.patch("/api/v1/customers/C-7/", {"nmae": "Ada"})) == ["unknown_field"]


def test_days_beyond_all_reckoning_are_refused():
    caller = Caller()

    for query in ("since=0001-01-01", "until=9999-12-31"):
        assert codes(caller.get(f"/api/v1/case-reports/metric/?{query}")) == ["invalid"]
    assert codes(caller.send("/api/v1/quality-reviews/draws/", {"week": "9999-12-31"})) == ["invalid"]


@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete"])
def test_an_address_that_is_none_is_told_so_to_systems_without_a_token_of_forms(method):
    strict = Client(enforce_csrf_checks=True)

    for address in ("/api/v1/customers", "/api/v1/nowhere/", "/api/"):
        answer = getattr(strict, method)(address)
        assert (answer.status_code, codes(answer)) == (404, ["not_found"])


def test_a_body_in_pieces_is_refused_and_not_taken_for_none():
    answer = Caller().send("/api/v1/customers/", {"name": "Ada"}, headers={"Transfer-Encoding": "chunked"})

    assert (answer.status_code, codes(answer)) == (411, ["length_required"])
    assert not Customer.objects.exists()


def test_an_object_that_says_a_field_twice_is_not_read():
    twice = '{"points": 1, "points": 100}'
    path = "/api/v1/customers/7/redemptions/"
    answer = Caller().generic("POST", path, twice, "application/json", headers={"Idempotency-Key": "1"})

    assert (answer.status_code, codes(answer)) == (400, ["malformed_json"])
    assert "'points' is said twice" in answer.json()["errors"][0]["message"]
