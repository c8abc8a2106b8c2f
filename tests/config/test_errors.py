"""Whatever goes wrong under /api/ is said in one form, and never by a page."""

import json

import pytest
from django.test import Client

from customers.models import Source
from tests.factories.integrations import Caller, codes

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.integrations.urls")]
SOURCES = "/api/v1/test/sources/"


def raw(body: bytes, content_type: str = "application/json"):
    return Caller().generic("POST", SOURCES, body, content_type=content_type, headers={"Idempotency-Key": "k"})


@pytest.mark.parametrize(
    "path", ["/api/", "/api/v1/", "/api/v1/nothing/", "/api/v1/test/sources", "/api/v2/customers/"]
)
def test_an_address_that_is_none_is_a_404_in_json(client, path):
    answer = client.get(path)

    assert (answer.status_code, answer["Content-Type"]) == (404, "application/json")
    assert codes(answer) == ["not_found"]


def test_a_method_that_is_not_there_is_a_405():
    answer = Caller().delete(SOURCES)

    assert (answer.status_code, codes(answer)) == (405, ["method_not_allowed"])
    assert answer["Allow"] == "GET, POST, HEAD, OPTIONS"


@pytest.mark.parametrize(
    "body",
    [b"{", b" ", b"\xff", b'{"code": NaN}', b"[" * 100_000, b'{"code": "\\u0000"}', b'{"code": "\\ud800"}'],
    ids=["cut off", "empty", "not UTF-8", "NaN", "deep", "NUL", "half a surrogate pair"],
)
def test_what_is_not_json_or_cannot_be_stored_is_refused(body):
    answer = raw(body)

    assert (answer.status_code, codes(answer)) == (400, ["malformed_json"])


def test_a_backslash_and_a_pair_of_surrogates_are_text():
    assert raw(json.dumps({"code": "till", "more": ["\\u0000", "\U0001f600"]}).encode()).status_code == 201


@pytest.mark.parametrize("body", [b"[]", b"1", b'"text"', b"null"])
def test_json_that_is_no_object_is_refused(body):
    assert raw(body).status_code == 400


def test_a_body_in_another_form_is_a_415():
    answer = raw(b"code=till", "application/x-www-form-urlencoded")

    assert (answer.status_code, codes(answer)) == (415, ["unsupported_media_type"])


def test_a_body_that_is_too_large_is_a_413(settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000

    answer = raw(b'{"code": "%s"}' % (b"x" * 1000))

    assert (answer.status_code, codes(answer)) == (413, ["body_too_large"])
    assert not Source.objects.exists()


def test_each_wrong_field_is_named_by_its_path():
    answer = Caller().send(SOURCES, {"parts": [1, "two"]})

    assert answer.status_code == 400
    assert [(error["code"], error["field"]) for error in answer.json()["errors"]] == [
        ("required", "code"),
        ("invalid", "parts.1"),
    ]


@pytest.mark.parametrize("query", ["%00=1", "query=a%00"])
def test_an_address_with_nul_is_refused(query):
    assert codes(Caller().get(f"{SOURCES}?{query}")) in (["invalid"], ["permission_denied"])


def test_html_is_not_sent_to_a_browser_either(manager):
    browser = Client()
    browser.force_login(manager)

    answer = browser.get(SOURCES, headers={"Accept": "text/html"})

    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")


def test_an_unknown_host_is_told_so_in_json(client):
    answer = client.get("/api/v1/", headers={"Host": "elsewhere.example"})

    assert (answer.status_code, codes(answer)) == (400, ["bad_request"])


def test_a_view_that_says_no_permission_for_a_write_lets_nobody_in():
    assert Caller().send("/api/v1/test/unsaid/").status_code == 403


def test_the_admin_keeps_its_pages(client):
    assert "text/html" in client.get("/nothing/")["Content-Type"]
