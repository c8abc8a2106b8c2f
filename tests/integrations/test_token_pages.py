"""API tokens in the back office."""

import re

import pytest
from django.urls import reverse

from integrations.actions import tokens
from integrations.models import Token
from integrations.scopes import Scope
from tests.factories.integrations import Caller, token

TOKENS = reverse("admin:tokens")
WISH = {"name": "Web shop", "scopes": [Scope.CUSTOMERS_READ], "per_minute": "60", "days": "90"}


def secret_on(page) -> str:
    return re.search(r"mst_[\w-]{43}", page.content.decode()).group()


def test_a_manager_makes_a_token_that_works_and_sees_it_once(manager_client, manager):
    page = manager_client.post(reverse("admin:token_new"), WISH)

    secret = secret_on(page)
    assert "no-store" in page["Cache-Control"]
    assert Caller(secret=secret).get("/api/v1/customers/").status_code == 200
    made = Token.objects.get()
    assert (made.name, made.created_by, made.per_minute) == ("Web shop", manager, 60)
    assert (made.expires_at - made.created_at).days in (89, 90)
    listed = manager_client.get(TOKENS).content.decode()
    assert made.prefix in listed
    assert secret not in listed


def test_a_name_that_is_taken_is_refused_on_the_form(manager_client):
    token(name="Web shop")

    page = manager_client.post(reverse("admin:token_new"), WISH)

    assert page.status_code == 200
    assert "There is an integration with this name" in page.content.decode()


def test_replacing_shows_the_new_token(manager_client):
    old = token(Scope.CUSTOMERS_READ)

    page = manager_client.post(reverse("admin:token_replace", args=[old.token.pk]))

    assert secret_on(page) != old.secret
    assert "works for one more hour" in page.content.decode()


def test_revoking_asks_first_and_shuts_out(manager_client):
    issued = token(Scope.CUSTOMERS_READ)
    address = reverse("admin:token_revoke", args=[issued.token.pk])

    assert "cannot be taken back" in manager_client.get(address).content.decode()
    assert Caller(secret=issued.secret).get("/api/v1/customers/").status_code == 200
    page = manager_client.post(address, follow=True)

    assert "The token is revoked" in page.content.decode()
    assert Caller(secret=issued.secret).get("/api/v1/customers/").status_code == 401
    assert "is revoked" in manager_client.post(address, follow=True).content.decode()


def test_old_tokens_are_shown_when_asked_for(manager_client, manager):
    gone = token(name="Old till")
    tokens.revoke(gone.token, by=manager)

    assert "Old till" not in manager_client.get(TOKENS).content.decode()
    assert "Old till" in manager_client.get(f"{TOKENS}?all").content.decode()


def test_an_empty_list_says_what_to_do(manager_client):
    assert "No token yet" in manager_client.get(TOKENS).content.decode()


@pytest.mark.parametrize("route", ["tokens", "token_new"])
def test_only_managers_see_tokens(agent_client, marketer_client, intern_client, route):
    for client in (agent_client, marketer_client, intern_client):
        assert client.get(reverse(f"admin:{route}")).status_code == 403


@pytest.mark.parametrize("route", ["token_replace", "token_revoke"])
def test_only_managers_touch_a_token(agent_client, route):
    issued = token()

    assert agent_client.post(reverse(f"admin:{route}", args=[issued.token.pk])).status_code == 403


def test_the_list_takes_the_same_queries_for_one_and_for_three(
    manager_client, django_assert_num_queries, django_assert_max_num_queries
):
    token()
    manager_client.get(TOKENS)
    with django_assert_max_num_queries(12) as one:
        manager_client.get(TOKENS)
    token()
    token()
    with django_assert_num_queries(len(one)):
        manager_client.get(TOKENS)


def test_who_may_have_tokens_finds_them_on_their_account_and_nobody_else(manager_client, marketer_client):
    assert TOKENS in manager_client.get(reverse("admin:my_account")).content.decode().split("<main")[1]
    assert TOKENS not in marketer_client.get(reverse("admin:my_account")).content.decode()
