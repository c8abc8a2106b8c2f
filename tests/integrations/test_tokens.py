"""Tokens: shown once, stored hashed, limited by scope and rate, replaced and revoked."""

import hashlib
import time
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import Permission
from django.db import IntegrityError, transaction
from rest_framework.test import APIClient

from integrations.actions import tokens
from integrations.models import Token
from integrations.scopes import PERMISSIONS, Scope
from integrations.throttling import Rate
from tests.factories.integrations import Caller, codes, token

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.integrations.urls")]
SOURCES = "/api/v1/test/sources/"
AT = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def fresh_rates():
    Rate._shares.clear()


def get(secret: str, path: str = SOURCES):
    return APIClient(headers={"Authorization": f"Bearer {secret}"}).get(path)


def reader(**fields) -> tokens.Issued:
    return token(Scope.PURCHASES_READ, **fields)


def test_the_secret_is_nowhere_in_the_database():
    issued = token()

    row = Token.objects.values().get(pk=issued.token.pk)
    assert row["digest"] == hashlib.sha256(issued.secret.encode()).hexdigest()
    assert issued.secret.startswith(row["prefix"])
    assert len(issued.secret) > len(row["prefix"]) + 32
    assert issued.secret not in str(row)


def test_two_tokens_have_nothing_in_common():
    assert token().secret != token().secret


def test_an_integration_acts_as_a_user_who_cannot_sign_in():
    user = token(name="Web shop").token.user

    assert str(user) == "Web shop"
    assert not user.has_usable_password()
    assert not user.is_staff


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"name": "  "}, "name_missing"),
        ({"scopes": []}, "scopes_missing"),
        ({"scopes": ["everything"]}, "unknown_scope"),
        ({"per_minute": 0}, "rate_not_positive"),
        ({"expires_at": AT}, "expired_already"),
    ],
)
def test_a_token_that_makes_no_sense_is_refused(manager, fields, code):
    wish = {"name": "Till", "scopes": [Scope.CUSTOMERS_READ], "at": AT} | fields

    with pytest.raises(tokens.TokenRefused) as refusal:
        tokens.create(wish.pop("name"), by=manager, **wish)

    assert refusal.value.code == code
    assert not Token.objects.exists()


def test_nobody_gives_away_what_they_may_not_do(marketer):
    with pytest.raises(tokens.TokenRefused) as refusal:
        tokens.create("Till", scopes=[Scope.CUSTOMERS_ERASE], by=marketer)

    assert refusal.value.code == "scope_not_yours"


def test_a_name_is_taken_once_in_any_case(manager):
    token(name="Web shop")

    with pytest.raises(tokens.TokenRefused) as refusal:
        token(name="web SHOP")

    assert refusal.value.code == "name_taken"


def test_the_database_refuses_a_token_that_allows_nothing():
    issued = token()

    with pytest.raises(IntegrityError, match="token_allows_something"), transaction.atomic():
        Token.objects.filter(pk=issued.token.pk).update(scopes=[])


def test_every_scope_gives_something_and_managers_may_give_each(manager):
    known = {
        f"{row.content_type.app_label}.{row.codename}" for row in Permission.objects.select_related("content_type")
    }

    assert set(PERMISSIONS) == set(Scope)
    for permissions in PERMISSIONS.values():
        assert permissions
        assert permissions <= known
        assert manager.has_perms(permissions)


def test_a_token_opens_what_its_scopes_say_and_nothing_else(settings):
    assert codes(get(token(Scope.CUSTOMERS_READ).secret)) == ["permission_denied"]
    caller = Caller(Scope.CUSTOMERS_READ)
    assert caller.send(SOURCES, {"code": "till"}).status_code == 403
    caller = Caller(Scope.PURCHASES_WRITE)
    assert caller.send(SOURCES, {"code": "till"}).status_code == 201


def test_a_token_of_a_superuser_is_no_superuser(manager):
    manager.is_superuser = True
    manager.save()
    issued = tokens.create("Till", scopes=[Scope.CUSTOMERS_READ], by=manager)

    assert get(issued.secret).status_code == 403


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("", "not_authenticated"),
        ("Bearer", "token_unknown"),
        ("Bearer mst_wrong", "token_unknown"),
        ("Bearer mst_wr\u00f6ng", "token_unknown"),
        ("Basic bWU6bWU=", "not_authenticated"),
    ],
)
def test_without_a_token_that_works_there_is_a_401_with_a_challenge(header, code):
    answer = APIClient(headers={"Authorization": header} if header else {}).get(SOURCES)

    assert answer.status_code == 401
    assert codes(answer) == [code]
    assert answer["WWW-Authenticate"] == 'Bearer realm="Mainstay"'


def test_a_revoked_token_is_shut_out_from_the_next_request_on(manager):
    issued = token(Scope.PURCHASES_WRITE)
    caller = Caller(secret=issued.secret)
    assert caller.send(SOURCES, {"code": "till"}).status_code == 201

    revoked = tokens.revoke(issued.token, by=manager, at=AT)

    assert (revoked.revoked_at, revoked.revoked_by, revoked.state) == (AT, manager, "revoked")
    assert codes(caller.send(SOURCES, {"code": "till-2"})) == ["token_revoked"]


def test_revoking_twice_is_refused(manager):
    issued = token()
    tokens.revoke(issued.token, by=manager)

    with pytest.raises(tokens.WrongState, match="is revoked"):
        tokens.revoke(issued.token, by=manager)


def test_the_token_of_a_user_who_was_shut_out_is_revoked():
    issued = token()
    issued.token.user.is_active = False
    issued.token.user.save()

    assert codes(get(issued.secret)) == ["token_revoked"]


def test_a_token_expires():
    issued = token(expires_at=datetime.now(UTC) + timedelta(hours=1))
    assert codes(get(issued.secret)) == ["permission_denied"] or get(issued.secret).status_code == 200
    Token.objects.filter(pk=issued.token.pk).update(created_at=AT, expires_at=AT + timedelta(hours=1))

    assert codes(get(issued.secret)) == ["token_expired"]


def test_replacing_a_token_keeps_the_old_one_for_an_hour(manager):
    old = token(Scope.PURCHASES_WRITE, name="Till", per_minute=7)

    new = tokens.rotate(old.token, by=manager)

    assert new.secret != old.secret
    assert (new.token.user, new.token.scopes, new.token.per_minute) == (old.token.user, old.token.scopes, 7)
    old.token.refresh_from_db()
    assert timedelta(minutes=59) < old.token.expires_at - datetime.now(UTC) <= timedelta(hours=1)
    for secret in (old.secret, new.secret):
        assert Caller(secret=secret).send(SOURCES, {"code": f"till-{secret[-5:].strip('-_')}"}).status_code == 201


def test_replacing_does_not_make_a_token_last_longer(manager):
    soon = datetime.now(UTC) + timedelta(minutes=5)
    old = token(expires_at=soon)

    new = tokens.rotate(old.token, by=manager)

    old.token.refresh_from_db()
    assert old.token.expires_at == new.token.expires_at == soon


def test_a_token_is_replaced_once_and_only_while_it_works(manager):
    issued = token()
    tokens.rotate(issued.token, by=manager)
    with pytest.raises(tokens.WrongState):
        tokens.rotate(issued.token, by=manager)

    gone = token()
    tokens.revoke(gone.token, by=manager)
    with pytest.raises(tokens.WrongState):
        tokens.rotate(gone.token, by=manager)


def test_last_use_is_written_at_most_once_a_minute(django_assert_num_queries):
    issued = token()
    tokens.note_use(issued.token, at=AT)
    with django_assert_num_queries(0):
        tokens.note_use(issued.token, at=AT + timedelta(seconds=59))
    tokens.note_use(issued.token, at=AT + timedelta(seconds=60))

    issued.token.refresh_from_db()
    assert issued.token.last_used_at == AT + timedelta(seconds=60)


def test_a_call_notes_the_use_of_its_token():
    issued = token(Scope.PURCHASES_WRITE)

    Caller(secret=issued.secret).send(SOURCES, {"code": "till"})

    issued.token.refresh_from_db()
    assert datetime.now(UTC) - issued.token.last_used_at < timedelta(minutes=1)


def test_a_call_with_a_token_costs_one_query_for_signing_in(django_assert_num_queries):
    issued = token(Scope.CUSTOMERS_READ)
    get(issued.secret)

    with django_assert_num_queries(1):
        assert get(issued.secret).status_code == 403


def test_more_requests_than_allowed_are_refused_until_the_minute_is_over():
    caller = Caller(secret=token(Scope.PURCHASES_WRITE, per_minute=2).secret)

    answers = [caller.send(SOURCES, {"code": f"till-{n}"}) for n in range(3)]

    assert [answer.status_code for answer in answers] == [201, 201, 429]
    assert [answer["RateLimit-Remaining"] for answer in answers] == ["1", "0", "0"]
    assert {answer["RateLimit-Limit"] for answer in answers} == {"2"}
    assert codes(answers[2]) == ["throttled"]
    assert 1 <= int(answers[2]["Retry-After"]) <= 61


def test_the_rate_is_shared_by_all_processes():
    secret = token(Scope.PURCHASES_WRITE, per_minute=2).secret
    caller = Caller(secret=secret)
    assert caller.send(SOURCES, {"code": "a"}).status_code == 201
    Rate._shares.clear()  # as another process begins
    assert caller.send(SOURCES, {"code": "b"}).status_code == 201
    Rate._shares.clear()

    assert caller.send(SOURCES, {"code": "c"}).status_code == 429


def test_one_integration_does_not_use_up_the_rate_of_another():
    for _ in range(2):
        assert (
            Caller(secret=token(Scope.PURCHASES_WRITE, per_minute=1).secret)
            .send(SOURCES, {"code": f"till-{_}"})
            .status_code
            == 201
        )


def test_staff_call_from_the_browser_with_their_role_and_a_csrf_token(manager, intern):
    browser = APIClient(enforce_csrf_checks=True)
    browser.force_login(manager)
    refused = browser.post(SOURCES, {"code": "till"}, headers={"Idempotency-Key": "1"})
    assert (refused.status_code, codes(refused)) == (403, ["permission_denied"])

    browser.cookies["csrftoken"] = "c" * 32
    headers = {"Idempotency-Key": "1", "X-CSRFToken": "c" * 32}
    assert browser.post(SOURCES, {"code": "till"}, headers=headers).status_code == 201

    browser.force_login(intern)
    assert browser.get(SOURCES).status_code == 403


def test_a_token_is_read_again_after_its_time(settings, manager, django_assert_num_queries):
    settings.TOKEN_KNOWN_FOR = 60
    issued = token(Scope.CUSTOMERS_READ)
    get(issued.secret)
    with django_assert_num_queries(0):
        assert get(issued.secret).status_code == 403
    tokens.revoke(issued.token, by=manager)

    settings.TOKEN_KNOWN_FOR = 0
    assert codes(get(issued.secret)) == ["token_revoked"]


def test_a_token_that_expires_is_shut_out_though_it_is_known(settings):
    settings.TOKEN_KNOWN_FOR = 60
    issued = token(Scope.CUSTOMERS_READ, expires_at=datetime.now(UTC) + timedelta(seconds=0.5))
    assert get(issued.secret).status_code == 403
    time.sleep(0.6)

    assert codes(get(issued.secret)) == ["token_expired"]
