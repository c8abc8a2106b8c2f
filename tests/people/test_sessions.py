"""Sessions: listed, ended one by one or all at once."""

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from people import tasks
from people.actions import people, sessions
from people.models import Event
from tests.factories.people import PASSWORD

HOME = reverse("admin:index")


@pytest.fixture(autouse=True)
def _quick_passwords(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "sessions"}}


@pytest.fixture
def agent(agent):
    agent.set_password(PASSWORD)
    agent.save()
    return agent


def sign_in(client: Client) -> None:
    client.post(reverse("account_login"), {"login": "agent", "password": PASSWORD})


def test_sessions_are_listed_and_one_can_be_ended_from_another(agent):
    desk, phone = Client(), Client(HTTP_USER_AGENT="Phone")
    sign_in(desk)
    sign_in(phone)

    listed = desk.get(reverse("usersessions_list")).content.decode()
    assert "Phone" in listed
    session = UserSession.objects.get(user_agent="Phone")
    desk.post(reverse("admin:end_session", args=[session.pk]))

    assert phone.get(HOME).status_code == 302
    assert desk.get(HOME).status_code == 200


def test_nobody_ends_the_session_of_somebody_else(agent, marketer_client):
    desk = Client()
    sign_in(desk)
    session = UserSession.objects.get(user=agent)

    assert marketer_client.post(reverse("admin:end_session", args=[session.pk])).status_code == 404
    assert desk.get(HOME).status_code == 200


def test_a_browser_whose_session_ran_out_counts_as_signed_in_no_more(agent, manager_client, time_machine):
    time_machine.move_to("2026-03-01T10:00:00Z", tick=False)
    sign_in(Client())
    time_machine.shift(8 * 3600)
    sign_in(Client())
    manager_client.force_login(manager_client.get(HOME).wsgi_request.user)
    address = reverse("admin:person", args=[agent.pk])
    assert "2 browsers are signed in." in manager_client.get(address).content.decode()

    time_machine.shift(6 * 3600)

    assert "1 browser is signed in." in manager_client.get(address).content.decode()


def test_when_a_session_was_last_seen_is_written_down_every_five_minutes(client, agent, time_machine):
    time_machine.move_to("2026-03-01T10:00:00Z", tick=False)
    sign_in(client)
    session = UserSession.objects.get()

    time_machine.shift(120)
    client.get(HOME)
    session.refresh_from_db()
    assert session.last_seen_at == session.created_at

    time_machine.shift(240)
    client.get(HOME)
    session.refresh_from_db()
    assert (session.last_seen_at - session.created_at).total_seconds() == 360


def test_all_sessions_end_but_the_one_that_is_kept(agent, manager):
    desk, phone, home = Client(), Client(), Client()
    for client in (desk, phone, home):
        sign_in(client)

    assert sessions.end_all(agent, by=manager, keep=desk.session.session_key) == 2

    assert [client.get(HOME).status_code for client in (desk, phone, home)] == [200, 302, 302]
    event = agent.events.get(verb=Event.Verb.SESSIONS_ENDED)
    assert (event.by, event.about) == (manager, {"sessions": 2})


def test_where_nobody_is_signed_in_nothing_is_written_down(agent, manager):
    assert sessions.end_all(agent, by=manager) == 0

    assert not agent.events.exists()


def test_sessions_that_ran_out_are_forgotten_and_no_other(agent, time_machine):
    time_machine.move_to("2026-03-01T10:00:00Z", tick=False)
    sign_in(Client())
    time_machine.shift(30 * 3600)
    desk = Client()
    sign_in(desk)

    assert tasks.sweep_sessions() == 1

    assert UserSession.objects.get().session_key == desk.session.session_key
    assert Session.objects.count() == 1
    assert desk.get(HOME).status_code == 200
    assert tasks.sweep_sessions() == 0


def test_who_is_let_in_again_has_to_sign_in_again(agent, manager):
    desk = Client()
    sign_in(desk)

    people.shut_out(agent, by=manager)
    people.let_in(agent, by=manager)

    assert desk.get(HOME).status_code == 302
    assert agent.events.filter(verb=Event.Verb.SESSIONS_ENDED).count() == 1
