"""Signing in: passwords, lock-out, second factor, sessions."""

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from people.models import Event
from tests.factories.people import PASSWORD

HOME = reverse("admin:index")


@pytest.fixture(autouse=True)
def _own_counters(settings):
    """Limits are counted in the cache, which the workers of a test run share."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "sign-in"}}
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    cache.clear()


@pytest.fixture
def agent(agent):
    agent.set_password(PASSWORD)
    agent.save()
    return agent


def sign_in(client: Client, login: str, password: str = PASSWORD, **more):
    return client.post(reverse("account_login"), {"login": login, "password": password}, **more)


def with_totp(person) -> str:
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(person, secret)
    return secret


def code_of(secret: str) -> str:
    return totp.format_hotp_value(totp.hotp_value(secret, next(iter(totp.yield_hotp_counters_from_time()))))


def test_the_back_office_sends_strangers_to_the_sign_in(client, db):
    page = client.get(HOME, follow=True)

    assert page.redirect_chain[-1][0].startswith(reverse("account_login"))
    assert "Sign in" in page.content.decode()


@pytest.mark.parametrize("name", ["agent", "agent@example.com", "Agent@Example.com"])
def test_signing_in_by_username_or_email_leads_home_and_is_written_down(client, agent, name):
    page = sign_in(client, name)

    assert page.url == HOME
    event = agent.events.get()
    assert (event.verb, event.address) == (Event.Verb.SIGNED_IN, "127.0.0.1")
    assert client.get(HOME).status_code == 200


def test_wrong_passwords_shut_the_account_even_to_the_right_one_and_under_either_name(client, agent):
    for name in ("agent", "agent@example.com", "agent", "agent", "agent"):
        page = sign_in(client, name, "wrong", REMOTE_ADDR="203.0.113.7")
        assert page.status_code == 200

    page = sign_in(client, "agent@example.com", REMOTE_ADDR="198.51.100.9")

    assert "Too many failed login attempts" in page.content.decode()
    assert "_auth_user_id" not in client.session
    assert agent.events.filter(verb=Event.Verb.SIGN_IN_FAILED).count() == 5


def test_one_address_that_guesses_at_many_names_is_shut_out(client, agent):
    for number in range(20):
        sign_in(client, f"name{number}", "wrong", REMOTE_ADDR="203.0.113.7")

    page = sign_in(client, "agent", REMOTE_ADDR="203.0.113.7")
    assert "Too many failed login attempts" in page.content.decode()

    assert sign_in(Client(), "agent", REMOTE_ADDR="198.51.100.9").url == HOME


def test_nobody_can_sign_up(client, db):
    page = client.get(reverse("account_signup"))

    assert "By invitation only" in page.content.decode()


def test_somebody_shut_out_cannot_sign_in_and_is_out_at_once(client, agent):
    sign_in(client, "agent")
    agent.is_active = False
    agent.save()

    assert client.get(HOME).status_code == 302
    assert sign_in(Client(), "agent").url == reverse("account_inactive")


def test_with_a_second_factor_the_password_alone_does_not_open(client, agent):
    secret = with_totp(agent)

    page = sign_in(client, "agent")
    assert page.url == reverse("mfa_authenticate")
    assert client.get(HOME).status_code == 302
    assert client.get(page.url).status_code == 200

    assert client.post(page.url, {"code": "000000"}).status_code == 200
    assert client.post(page.url, {"code": code_of(secret)}).url == HOME
    assert client.get(HOME).status_code == 200


def test_the_secret_of_a_second_factor_is_not_readable_in_the_database(agent):
    secret = with_totp(agent)

    stored = Authenticator.objects.get(user=agent).data["secret"]
    assert secret not in stored
    assert get_adapter().decrypt(stored) == secret


def test_a_secret_is_still_readable_after_the_key_was_changed(agent, settings):
    secret = with_totp(agent)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another"

    assert get_adapter().decrypt(Authenticator.objects.get(user=agent).data["secret"]) == secret


def test_a_role_that_needs_a_second_factor_gets_nowhere_without_one(manager_client, agent_client, manager, settings):
    settings.SECOND_FACTOR_ROLES = ["Managers"]

    assert manager_client.get(HOME).url == reverse("mfa_index")
    assert manager_client.get("/api/v1/").url == reverse("mfa_index")
    assert manager_client.get(reverse("mfa_index")).status_code == 200
    assert agent_client.get(HOME).status_code == 200

    with_totp(manager)
    assert manager_client.get(HOME).status_code == 200


def test_recovery_codes_alone_are_no_second_factor(manager_client, manager, settings):
    settings.SECOND_FACTOR_ROLES = ["Managers"]
    Authenticator.objects.create(user=manager, type=Authenticator.Type.RECOVERY_CODES, data={})

    assert manager_client.get(HOME).url == reverse("mfa_index")


def test_a_forgotten_password_is_set_anew_through_a_link_and_told(client, agent):
    client.post(reverse("account_reset_password"), {"email": "agent@example.com"})
    link = next(word for word in mail.outbox[0].body.split() if "/password/reset/key/" in word)

    form = client.get(link, follow=True)
    weak = client.post(form.redirect_chain[-1][0], {"password1": "short", "password2": "short"})
    assert "at least 12 characters" in weak.content.decode()
    client.post(form.redirect_chain[-1][0], {"password1": "a-much-better-one", "password2": "a-much-better-one"})

    agent.refresh_from_db()
    assert agent.check_password("a-much-better-one")
    assert agent.events.get().verb == Event.Verb.SECURITY_CHANGED
    assert len(mail.outbox) == 2
    assert client.get(link).status_code == 200


def test_an_unknown_address_gets_the_same_answer(client, db):
    page = client.post(reverse("account_reset_password"), {"email": "nobody@example.com"})

    assert page.url == reverse("account_reset_password_done")


def test_signing_out_ends_the_session(agent_client):
    assert agent_client.post(reverse("admin:logout")).url == reverse("account_login")
    assert agent_client.get(HOME).status_code == 302


def test_a_password_or_a_code_is_asked_again_and_taken_on_the_same_page(client, agent):
    secret = with_totp(agent)
    client.force_login(agent)
    again, by_code = reverse("account_reauthenticate"), reverse("mfa_reauthenticate")
    home = {"next": HOME}
    assert "Enter your password again." in client.get(f"{again}?next={HOME}").content.decode()
    assert client.post(f"{again}?next={HOME}", home | {"password": PASSWORD}).url == HOME
    assert "Enter a code of your app" in client.get(f"{by_code}?next={HOME}").content.decode()
    assert client.post(f"{by_code}?next={HOME}", home | {"code": code_of(secret)}).url == HOME
