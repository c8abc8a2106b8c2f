"""People and roles, and one's own account."""

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.urls import reverse

from integrations.actions import tokens
from people.actions import people
from people.models import User
from people.roles import Role
from tests.factories.customers import customer
from tests.factories.people import person

PEOPLE = reverse("admin:people")


def test_staff_are_listed_with_role_and_state(manager_client, agent, intern):
    people.shut_out(intern, by=User.objects.get(username="manager"))

    page = manager_client.get(PEOPLE).content.decode()

    assert "Ada Agent" in page
    assert "Support" in page
    assert "shut out" in page


def test_another_system_is_nobody_to_invite_or_give_a_role(manager_client, manager):
    till = tokens.create("Till", scopes=["customers:read"], by=manager).token.user

    assert "Till" not in manager_client.get(PEOPLE).content.decode()
    for route in ("person", "person_link", "let_in"):
        assert manager_client.post(reverse(f"admin:{route}", args=[till.pk])).status_code == 404


@pytest.mark.parametrize("route", ["people", "invite"])
def test_only_managers_see_the_people_pages(agent_client, marketer_client, intern_client, route):
    for client in (agent_client, marketer_client, intern_client):
        assert client.get(reverse(f"admin:{route}")).status_code == 403


@pytest.mark.parametrize(
    "route", ["person", "shut_out", "let_in", "end_sessions", "person_link", "remove_second_factor"]
)
def test_only_managers_touch_an_account(agent_client, intern, route):
    assert agent_client.post(reverse(f"admin:{route}", args=[intern.pk])).status_code == 403


def test_the_list_takes_the_same_queries_for_one_and_for_many(manager_client, django_assert_num_queries):
    with django_assert_num_queries(6):
        manager_client.get(PEOPLE)
    for _ in range(3):
        person(role=Role.SUPPORT)
    with django_assert_num_queries(6):
        manager_client.get(PEOPLE)


def test_an_invitation_is_sent_and_its_link_shown_once_and_works(manager_client, client):
    wish = {"email": "new@example.com", "first_name": "Nia", "last_name": "", "role": "Support"}

    page = manager_client.post(reverse("admin:invite"), wish).content.decode()

    link = next(word for word in mail.outbox[0].body.split() if "/password/reset/key/" in word)
    assert link in page
    form = client.get(link, follow=True)
    client.post(form.redirect_chain[-1][0], {"password1": "quite-a-long-one", "password2": "quite-a-long-one"})
    assert User.objects.get(email="new@example.com").check_password("quite-a-long-one")


def test_a_new_link_to_set_a_password_is_written_down(manager_client, manager, agent):
    page = manager_client.post(reverse("admin:person_link", args=[agent.pk])).content.decode()

    assert "/password/reset/key/" in page
    assert list(agent.events.values_list("verb", "by", "about")) == [("invited", manager.pk, {"again": True})]
    assert "Got a new link to set a password, by" in " ".join(
        manager_client.get(reverse("admin:person", args=[agent.pk])).content.decode().split()
    )


def test_an_invitation_that_cannot_be_mailed_is_handed_over(manager_client, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    wish = {"email": "new@example.com", "first_name": "Nia", "last_name": "", "role": ""}

    page = manager_client.post(reverse("admin:invite"), wish).content.decode()

    assert "Hand the link over yourself" in page
    assert User.objects.filter(email="new@example.com").exists()


def test_a_known_address_is_refused_on_the_form(manager_client, agent):
    wish = {"email": "agent@example.com", "first_name": "Ada", "last_name": "", "role": ""}

    page = manager_client.post(reverse("admin:invite"), wish)

    assert page.status_code == 200
    assert "Somebody works here under agent@example.com already." in page.content.decode()


def test_a_role_is_changed_on_the_persons_page(manager_client, agent):
    page = manager_client.post(reverse("admin:person", args=[agent.pk]), {"role": "Marketing"}, follow=True)

    assert "The role is changed." in page.content.decode()
    assert agent.groups.get().name == "Marketing"
    assert "Got another role: Marketing" in page.content.decode()


def test_the_last_manager_is_refused_on_the_form(manager_client, manager):
    page = manager_client.post(reverse("admin:person", args=[manager.pk]), {"role": ""})

    assert "This is the last manager." in page.content.decode()


def test_somebody_is_shut_out_and_let_in(manager_client, agent, agent_client):
    manager_client.post(reverse("admin:shut_out", args=[agent.pk]))
    assert agent_client.get(reverse("admin:index")).status_code == 302

    page = manager_client.post(reverse("admin:let_in", args=[agent.pk]), follow=True)
    assert "Ada Agent may sign in again." in page.content.decode()


def test_a_manager_lets_in_who_lost_phone_and_recovery_codes(manager_client, manager, agent):
    for owner in (agent, manager):
        Authenticator.objects.create(user=owner, type=Authenticator.Type.TOTP, data={})
        Authenticator.objects.create(user=owner, type=Authenticator.Type.RECOVERY_CODES, data={})
    assert "Remove the second factor" in manager_client.get(reverse("admin:person", args=[agent.pk])).content.decode()

    said = [
        manager_client.post(reverse("admin:remove_second_factor", args=[pk]), follow=True).content.decode()
        for pk in (agent.pk, manager.pk)
    ]

    assert "Ada Agent signs in with the password alone" in said[0]
    assert "Had the second factor removed" in said[0]
    assert "Remove the second factor" not in said[0]
    assert "under My account" in said[1]
    assert set(Authenticator.objects.values_list("user", flat=True)) == {manager.pk}
    assert agent.events.latest("pk").by == manager


def test_whose_second_factor_a_manager_removes_is_told_of_it_once(manager_client, agent):
    Authenticator.objects.create(user=agent, type=Authenticator.Type.TOTP, data={})

    for _ in range(2):
        manager_client.post(reverse("admin:remove_second_factor", args=[agent.pk]))

    [letter] = mail.outbox
    assert (letter.to, letter.subject) == (["agent@example.com"], "Your second factor in Mainstay was removed")
    assert "Hello Ada,\n\nMia Manager has removed your second factor" in letter.body


def test_a_second_factor_is_removed_where_its_owner_cannot_be_mailed(manager_client, settings, agent):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    Authenticator.objects.create(user=agent, type=Authenticator.Type.TOTP, data={})

    page = manager_client.post(reverse("admin:remove_second_factor", args=[agent.pk]), follow=True)

    assert "Ada Agent signs in with the password alone" in page.content.decode()


def test_shutting_oneself_out_is_refused_in_words(manager_client, manager):
    page = manager_client.post(reverse("admin:shut_out", args=[manager.pk]), follow=True)

    assert "You cannot shut yourself out." in page.content.decode()


def test_everybody_has_an_account_page_and_times_in_their_zone(intern_client, intern):
    wish = {"first_name": "Ivo", "last_name": "I", "zone": "Asia/Seoul", "language": "en"}

    page = intern_client.post(reverse("admin:my_account"), wish, follow=True)

    assert page.status_code == 200
    intern.refresh_from_db()
    assert intern.zone == "Asia/Seoul"


def test_the_api_answers_in_utc_whoever_asks(manager_client, manager):
    User.objects.filter(pk=manager.pk).update(zone="Asia/Seoul")
    number = customer().number

    told = manager_client.get(f"/api/v1/customers/{number}/").json()

    assert told["created_at"].endswith("Z")


def test_an_unknown_zone_is_refused(intern_client, intern):
    wish = {"first_name": "Ivo", "last_name": "I", "zone": "Mars/Olympus", "language": "en"}

    assert intern_client.post(reverse("admin:my_account"), wish).status_code == 200
    intern.refresh_from_db()
    assert intern.zone == "UTC"


def test_pages_are_drawn_in_the_persons_language(intern_client, intern):
    intern.language = "ko"
    intern.save()

    assert '<html lang="ko"' in intern_client.get(reverse("admin:my_account")).content.decode()


def test_before_sign_in_the_language_of_the_browser_does_not_mix_in(client, db):
    page = client.get(reverse("account_login"), HTTP_ACCEPT_LANGUAGE="ko")

    assert '<html lang="en"' in page.content.decode()
