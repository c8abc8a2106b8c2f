"""Second factors in a real browser: an app's codes, and a passkey of a virtual device."""

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from playwright.sync_api import Page, expect

from people.models import User
from tests.browser.conftest import PHONE
from tests.factories.people import PASSWORD, person


@pytest.fixture
def newcomer(transactional_db) -> User:
    newcomer = person("newcomer", first_name="Nia")
    newcomer.set_password(PASSWORD)
    newcomer.save()
    return newcomer


def code_of(secret: str) -> str:
    return totp.format_hotp_value(totp.hotp_value(secret, next(iter(totp.yield_hotp_counters_from_time()))))


def sign_in(page: Page) -> None:
    page.goto("/account/login/")
    page.get_by_label("Username or e-mail").fill("newcomer")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def prove_it(page: Page) -> None:
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()


def with_virtual_device(page: Page) -> None:
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    device = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": device})


def test_an_app_is_set_up_and_asked_for_at_the_next_sign_in(open_browser, violations, scrolls_sideways, newcomer):
    page = open_browser(size=PHONE)
    sign_in(page)
    page.goto("/account/2fa/")
    page.get_by_role("link", name="Set up an app").click()
    prove_it(page)
    secret = page.get_by_label("Authenticator secret").input_value()
    assert violations(page) == []
    assert not scrolls_sideways(page)

    page.get_by_label("Authenticator code").fill(code_of(secret))
    page.get_by_role("button", name="Activate").click()
    expect(page.get_by_label("Unused codes")).to_have_value(re.compile(r"^(\d{8}\n){9}\d{8}$"))
    codes = page.get_by_label("Unused codes").input_value().split()

    other = open_browser(size=PHONE)
    sign_in(other)
    expect(other.get_by_role("heading", name="Second factor")).to_be_visible()
    assert violations(other) == []
    other.get_by_label("Code").fill(codes[0])
    other.get_by_role("button", name="Sign in", exact=True).click()
    expect(other).to_have_url(re.compile(r"/admin/$"))


def test_a_passkey_is_added_and_signs_in_without_a_password(open_browser, violations, newcomer):
    page = open_browser()
    with_virtual_device(page)
    sign_in(page)
    page.goto("/account/2fa/webauthn/add/")
    prove_it(page)
    assert violations(page) == []
    page.get_by_label("Passwordless").check()
    page.get_by_role("button", name="Add").click()
    expect(page).to_have_url(re.compile(r"/recovery-codes/|/webauthn/$"))
    assert Authenticator.objects.filter(user=newcomer, type=Authenticator.Type.WEBAUTHN).count() == 1

    page.context.clear_cookies()
    page.goto("/account/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page).to_have_url(re.compile(r"/admin/$"))
