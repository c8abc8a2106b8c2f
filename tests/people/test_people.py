"""Inviting people, giving them a role, shutting them out."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import IntegrityError, connection

from people import queries
from people.actions import people
from people.models import Event, User
from people.roles import Role
from tests.factories.people import person


def test_an_invited_person_has_a_role_and_no_password_yet(manager):
    invited = people.invite(" New@Example.com ", first_name="Nia", last_name="New", role=Role.SUPPORT, by=manager)

    assert invited.username == invited.email == "new@example.com"
    assert not invited.has_usable_password()
    assert invited.is_staff
    assert queries.role_of(invited) == Role.SUPPORT
    event = invited.events.get()
    assert (event.verb, event.by, event.about) == (Event.Verb.INVITED, manager, {"role": "Support"})


def test_an_address_is_invited_once(manager, agent):
    with pytest.raises(people.KnownAlready):
        people.invite("AGENT@example.com", first_name="Again", last_name="", role=None, by=manager)


@pytest.mark.django_db(transaction=True)
def test_an_invitation_that_is_pressed_twice_invites_once():
    start, manager = Barrier(4), person("boss", role=Role.MANAGERS)

    def invite(_n):
        connection.ensure_connection()
        start.wait()
        try:
            return people.invite("new@example.com", first_name="Nia", last_name="", role=None, by=manager).email
        except people.KnownAlready as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(invite, range(4))) == ["known_already"] * 3 + ["new@example.com"]


def test_the_database_keeps_addresses_apart(agent):
    with pytest.raises(IntegrityError, match="one_person_per_email"):
        person(email="Agent@Example.com")


def test_a_new_role_takes_the_place_of_the_old_one(manager, agent):
    people.give_role(agent, Role.MARKETING, by=manager)

    assert [group.name for group in agent.groups.all()] == ["Marketing"]
    event = agent.events.get()
    assert event.about == {"before": ["Support"], "role": "Marketing"}


def test_the_same_role_again_changes_nothing(manager, agent):
    people.give_role(agent, Role.SUPPORT, by=manager)

    assert not agent.events.exists()


def test_the_last_manager_stays_one(manager, agent):
    for role in (None, Role.SUPPORT):
        with pytest.raises(people.LastManager):
            people.give_role(manager, role, by=manager)
    with pytest.raises(people.LastManager):
        people.shut_out(manager, by=agent)

    assert queries.role_of(manager) == Role.MANAGERS


def test_a_manager_who_is_shut_out_does_not_count(manager):
    other = person(role=Role.MANAGERS)
    people.shut_out(other, by=manager)

    with pytest.raises(people.LastManager):
        people.give_role(manager, None, by=manager)


@pytest.mark.django_db(transaction=True)
def test_two_managers_who_demote_each_other_leave_one():
    pair = [person(role=Role.MANAGERS), person(role=Role.MANAGERS)]

    def demote(victim):
        try:
            people.give_role(victim, None, by=victim)
        except people.LastManager:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(demote, pair)) == [False, True]

    assert User.objects.filter(groups__name=Role.MANAGERS).count() == 1


def test_nobody_shuts_themselves_out(manager):
    with pytest.raises(people.YourOwnAccount):
        people.shut_out(manager, by=manager)


def test_who_is_shut_out_and_let_in_again_keeps_the_role(manager, agent):
    people.shut_out(agent, by=manager)
    assert not User.objects.get(pk=agent.pk).is_active

    let_in = people.let_in(agent, by=manager)

    assert let_in.is_active
    assert queries.role_of(let_in) == Role.SUPPORT
    assert [event.verb for event in agent.events.order_by("pk")] == [Event.Verb.SHUT_OUT, Event.Verb.LET_IN]


def test_people_change_what_is_theirs(agent):
    people.change_settings(agent, first_name="Adele", last_name="A", zone="Asia/Seoul", language="ko")

    agent.refresh_from_db()
    assert (str(agent), agent.zone, agent.language) == ("Adele A", "Asia/Seoul", "ko")
