"""What people paste comes in clean, wherever it comes in; what no text can hold breaks nothing."""

import json

import pytest
from django.urls import reverse

from config.lines import one_line
from customers.models import Customer, Line, Return
from integrations.throttling import Rate
from loyalty.actions import points
from loyalty.models import Transaction
from tests.factories.customers import customer
from tests.factories.imports import brought_in, mapping, written
from tests.factories.integrations import Caller, codes, token
from tests.factories.loyalty import programme
from tests.factories.purchases import source

pytestmark = pytest.mark.django_db
PASTED, CLEAN = "\ufeff \u202aAda\u200b\tKing\x07 \n of\u2066 Lovelace\u2069\u202c ", "Ada King of Lovelace"
API = "/api/v1/"
ORDER = {"source": "shop", "number": "O-1", "customer": "C-7", "at": "2026-03-02T10:00:00Z", "currency": "EUR"}


@pytest.fixture
def shop():
    Rate._shares.clear()
    source()
    programme()
    points.grant(customer(number="C-7"), 100, reason="welcome", key="welcome")
    return Caller(secret=token(per_minute=10**6).secret)


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        (PASTED, CLEAN),
        ("a\u2028b\u00a0c\x85d\x1fe", "a b c d e"),
        ("ko\u00adope\u2060ration\x00\x7f\x9f", "kooperation"),
        ("\u202e\u200b", ""),
        *[
            (said, said)
            for said in (
                "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
                "क\u094d\u200dष",
                "👩\u200d👧",
                "น้ำ",
                "김민준",
            )
        ],
    ],
)
def test_nothing_is_lost_but_what_nobody_sees(text, clean):
    assert one_line(text) == clean


def test_texts_come_in_clean_by_the_api(shop):
    made = shop.send(f"{API}customers/", {
        "name": PASTED, "city": PASTED, "emails": ["\ufeffada@example.com\u200b"],
        "phones": ["\u202a+49 30 1234567\u202c"],
        "addresses": [{"lines": PASTED.replace("\n", ""), "country": "\u200bde", "city": PASTED}],
        "traits": [{"kind": "like", "value": PASTED}],
    }).json()  # fmt: skip
    assert (made["name"], made["city"], made["emails"], made["phones"]) == (
        CLEAN, CLEAN, ["ada@example.com"], ["+49301234567"]
    )  # fmt: skip
    assert (made["addresses"][0]["lines"], made["addresses"][0]["city"], made["addresses"][0]["country"]) == (
        CLEAN, CLEAN, "DE"
    )  # fmt: skip
    assert made["traits"][0]["value"] == CLEAN
    assert shop.patch(f"{API}customers/C-7/", {"name": PASTED}).json()["name"] == CLEAN

    line = {"quantity": 1, "unit_price": 100, "name": PASTED, "category": PASTED}
    shop.send(f"{API}purchases/", ORDER | {"lines": [line], "store": PASTED})
    assert list(Line.objects.values_list("name", "category", "purchase__store")) == [(CLEAN, CLEAN, CLEAN)]
    shop.send(f"{API}purchases/O-1/returns/", {"lines": [{"position": 1, "quantity": 1}], "reason": PASTED})
    assert Return.objects.get().reason == CLEAN
    spent = shop.send(f"{API}customers/C-7/redemptions/", {"points": 5, "reason": PASTED, "reference": PASTED}).json()
    assert (spent["reason"], spent["reference"]) == (CLEAN, CLEAN)
    assert codes(shop.send(f"{API}customers/C-7/adjustments/", {"points": 5, "reason": "\u202e\u200b"})) == [
        "required"
    ]


def test_texts_come_in_clean_by_forms(shop, manager_client):
    manager_client.post(reverse("admin:new_customer"), {"name": PASTED, "number": "C-8"})
    ada = Customer.objects.get(number="C-8")
    assert ada.name == CLEAN
    trait = {"trait-kind": "like", "trait-value": PASTED, "trait-name": ""}
    manager_client.post(reverse("admin:add_contact", args=[ada.pk, "trait"]), trait)
    email = {"email-address": "\ufeffada@example.com\u200b"}
    manager_client.post(reverse("admin:add_contact", args=[ada.pk, "email"]), email)
    assert [one.value for one in ada.traits.all()] == [CLEAN]
    assert [one.address for one in ada.email_addresses.all()] == ["ada@example.com"]
    manager_client.post(reverse("admin:adjust_points", args=[ada.pk]), {"points": 7, "reason": PASTED, "key": "k"})
    assert Transaction.objects.get(wallet__customer=ada).reason == CLEAN


def test_texts_come_in_clean_by_files(tmp_path):
    said = PASTED.replace("\n", "")
    path = written(tmp_path, f"7,{said}", header="no,name")
    path.write_bytes(path.read_bytes() + b"8,caf\xe9\n")
    run = brought_in(path, mapping(kind="customers", columns={"number": "no", "name": "name"}))
    assert (Customer.objects.get().name, run.totals["refused"]) == (CLEAN, {"customer_refused": 1})
    brought_in(written(tmp_path, f"A,7,2026-03-01,{said},1,1"), mapping())
    assert Line.objects.get().product == CLEAN


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("post", "customers/", {"name": "a\0b"}),
        ("patch", "customers/C-7/", {"city": "\0"}),
        ("post", "purchases/", ORDER | {"lines": [{"quantity": 1, "unit_price": 1, "name": "\0"}]}),
        ("post", "quotes/", {"currency": "EUR", "goods": 1, "customer": "\0"}),
        ("post", "facts/", [{"key": "\0"}]),
        ("post", "segments/", {"name": "x", "conditions": {"groups": ["\0"]}}),
        ("post", "cases/", {"kind": "question", "text": "\0"}),
        ("get", "customers/?query=%00", None),
        ("get", "customers/?cursor=%00", None),
        ("get", "customers/%00/", None),
        ("get", "cases/?customer=%00", None),
    ],
)
def test_a_nul_is_asked_wrongly_of_the_api(shop, method, path, body):
    headers = {"Idempotency-Key": "1"}
    answer = shop.generic(method.upper(), API + path, json.dumps(body), "application/json", headers=headers)

    assert answer.status_code in (400, 404), answer.content
    assert answer.json()["errors"]


@pytest.mark.parametrize("address", ["/admin/customers/?query=%00", "/admin/?%00=1", "/feedback/?case=a%00b"])
def test_a_nul_in_an_address_is_asked_wrongly(manager_client, address):
    assert manager_client.get(address).status_code == 400


@pytest.mark.parametrize("address", ["/u/%00", "/c/%00", "/survey/%00/", "/preferences/%00", "/board/%00/"])
def test_a_nul_in_a_link_leads_nowhere(client, address):
    assert client.get(address).status_code in (400, 404)


def test_a_nul_in_a_form_breaks_nothing(client, manager_client):
    nothing = dict.fromkeys(("email", "login", "password", "text", "name", "subject", "number", "q", "language"), "\0")

    for address in ("/account/login/", "/feedback/", "/board/"):
        assert client.post(address, nothing).status_code in (200, 400)
    for page in ("new_customer", "new_case", "my_account"):
        assert manager_client.post(reverse(f"admin:{page}"), nothing).status_code in (200, 400)
