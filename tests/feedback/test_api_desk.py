"""Teams, macros, letters and mailboxes, as other systems set them up."""

import pytest
from django.core.cache import cache

from feedback.models import LetterTemplate, Mailbox, Member, Rejudging, Skill, Team
from integrations import signing
from integrations.throttling import Rate
from tests.factories import calendars, feedback
from tests.factories.integrations import Caller, codes

pytestmark = pytest.mark.django_db
API = "/api/v1/"


@pytest.fixture(autouse=True)
def fresh():
    Rate._shares.clear()
    cache.clear()


@pytest.fixture
def caller():
    return Caller("desk:read", "desk:write")


def test_a_team_is_made_its_hours_changed_and_people_come_and_go(caller, agent, manager):
    first, hours = feedback.team(main=True), calendars.calendar()
    wish = {"code": "payments", "name": "Payments", "lead": "manager", "assignment": "least_busy", "main": True}

    made = caller.send(f"{API}case-teams/", wish, key="k1")
    assert (made.status_code, made.json()["main"], made.json()["lead"]) == (201, True, "manager")
    first.refresh_from_db()
    assert not first.main
    assert caller.send(f"{API}case-teams/", wish, key="k1").json() == made.json()
    assert codes(caller.send(f"{API}case-teams/", wish)) == ["code_taken"]

    here = f"{API}case-teams/payments/"
    changed = caller.patch(here, {"calendar": hours.code}, headers={"If-Match": made["ETag"]})
    assert (changed.status_code, changed.json()["calendar"]) == (200, hours.code)
    assert Rejudging.objects.count() == 1
    stale = caller.patch(here, {"name": "Money"}, headers={"If-Match": made["ETag"]})
    assert (stale.status_code, codes(stale)) == (412, ["changed_meanwhile"])
    assert caller.patch(here, {"name": "Money"}).json()["name"] == "Money"
    assert Rejudging.objects.count() == 1

    assert caller.send(f"{API}case-skills/", {"code": "thai", "name": "Thai"}).status_code == 201
    joined = caller.send(f"{here}members/", {"user": "agent", "skills": ["thai"], "most": 5})
    assert joined.json()["members"] == [{"user": "agent", "skills": ["thai"], "most": 5, "away": False}]
    assert joined["ETag"] != changed["ETag"]
    away = caller.patch(f"{here}members/agent/", {"away": True})
    assert away.json()["members"] == [{"user": "agent", "skills": ["thai"], "most": 5, "away": True}]
    assert caller.patch(f"{here}members/manager/", {"away": True}).status_code == 404
    assert caller.delete(f"{here}members/agent/").status_code == 204
    assert caller.delete(f"{here}members/agent/").status_code == 404
    assert (Member.objects.count(), Skill.objects.get().name, agent.is_active) == (0, "Thai", True)


def test_macros_are_written_in_their_languages(caller, django_assert_num_queries):
    theme, team = feedback.theme(code="late"), feedback.team(code="desk")
    wish = {
        "name": "Sorry",
        "texts": {"en": "Re {{ number }}", "ko": "죄송합니다"},
        "theme": "late",
        "take": True,
    }

    made = caller.send(f"{API}case-macros/", wish)
    assert (made.status_code, made.json()["texts"], made.json()["theme"]) == (201, wish["texts"], theme.code)
    assert codes(caller.send(f"{API}case-macros/", wish)) == ["name_taken"]
    wrong = caller.send(f"{API}case-macros/", {"name": "Other", "texts": {"en": "{{ nonsense }}"}})
    assert (codes(wrong), wrong.json()["errors"][0]["field"]) == (["placeholder_unknown"], "text")

    here = f"{API}case-macros/{made.json()['id']}/"
    changed = caller.patch(here, {"texts": {"en": "Hello"}, "team": "desk"}, headers={"If-Match": made["ETag"]})
    assert (changed.json()["texts"], changed.json()["team"], changed.json()["take"]) == (
        {"en": "Hello"},
        team.code,
        True,
    )
    assert caller.patch(here, {"take": False}, headers={"If-Match": made["ETag"]}).status_code == 412
    assert codes(caller.patch(here, {"sleep_hours": 721})) == ["max_value"]
    assert caller.patch(here, {"retired": True}).json()["retired"]
    assert caller.get(f"{API}case-macros/").json()["results"] == []
    for name in ("A", "B"):
        caller.send(f"{API}case-macros/", {"name": name, "texts": {"en": name}, "team": "desk"})
    with django_assert_num_queries(3):
        assert len(caller.get(f"{API}case-macros/").json()["results"]) == 2


def test_a_macro_is_used_in_a_case():
    caller, team = Caller("desk:write", "cases:read", "cases:write"), feedback.team(code="desk")
    case = feedback.case(team=team)
    wish = {"name": "Sorry", "texts": {"en": "About {{ subject }}"}, "waits": True}
    made = caller.send(f"{API}case-macros/", wish).json()["id"]
    caller.send(f"{API}case-macros/", {"name": "Others", "team": feedback.team(code="others").code})

    here = f"{API}cases/{case.pk}/macros/"
    assert caller.get(here).json()["results"] == [{"id": made, "name": "Sorry"}]
    assert caller.get(f"{here}{made}/").json()["text"] == f"About {case.subject}"
    assert caller.send(f"{here}{made}/").json()["waiting"] == "customer"
    assert caller.send(f"{here}{made + 1}/").status_code == 404
    assert Caller("cases:read").send(f"{here}{made}/").status_code == 403


def test_letters_are_written_changed_and_forgotten(caller):
    wish = {
        "purpose": "final",
        "language": "ko",
        "subject": "답변 {{ number }}",
        "text": "안녕하세요 {{ today }}",
    }

    made = caller.send(f"{API}case-letters/", wish)
    assert (made.status_code, made.json()["kind"], made.json()["text"]) == (201, "", wish["text"])
    assert codes(caller.send(f"{API}case-letters/", wish)) == ["letter_taken"]
    here = f"{API}case-letters/{made.json()['id']}/"
    assert codes(caller.patch(here, {"text": "{{ nobody }}"})) == ["placeholder_unknown"]
    assert caller.patch(here, {"text": "네"}, headers={"If-Match": made["ETag"]}).json()["text"] == "네"
    assert caller.patch(here, {"text": "아니요"}, headers={"If-Match": made["ETag"]}).status_code == 412
    assert [one["text"] for one in caller.get(f"{API}case-letters/", {"purpose": "final"}).json()["results"]] == ["네"]
    assert caller.get(f"{API}case-letters/", {"purpose": "offer"}).json()["results"] == []
    assert caller.delete(here).status_code == 204
    assert not LetterTemplate.objects.exists()


def test_a_mailbox_is_set_up_without_its_password_being_told_or_taken(caller):
    secret = signing.seal("long and secret")
    old = feedback.mailbox(
        address="old@shop.example", host="imap.shop.example", username="old", password=secret, main=True
    )
    wish = {"name": "Help", "address": "Help@shop.example", "main": True}

    refused = caller.send(f"{API}mailboxes/", wish | {"host": "evil.example", "password": "x"})
    assert codes(refused) == ["unknown_field", "unknown_field"]
    made = caller.send(f"{API}mailboxes/", wish)
    assert (made.status_code, made.json()["address"], made.json()["host"]) == (201, "help@shop.example", "")
    assert codes(caller.send(f"{API}mailboxes/", {"name": "Again", "address": "help@shop.example"})) == [
        "address_taken"
    ]
    here = f"{API}mailboxes/{old.pk}/"
    read = caller.get(here)
    assert (read.json()["host"], read.json()["main"]) == ("imap.shop.example", False)
    assert not {"password", "password_name", "username"} & read.json().keys()
    assert codes(caller.patch(here, {"password": "x"})) == ["unknown_field"]
    changed = caller.patch(here, {"host": "evil.example", "acknowledges": False}, headers={"If-Match": read["ETag"]})
    assert (changed.json()["host"], changed.json()["acknowledges"]) == ("imap.shop.example", False)
    assert caller.patch(here, {"name": "x"}, headers={"If-Match": read["ETag"]}).status_code == 412
    old.refresh_from_db()
    assert (old.password, Mailbox.objects.get(main=True).address) == (secret, "help@shop.example")
    Mailbox.objects.filter(pk=old.pk).update(last_uid=7)
    assert caller.get(here)["ETag"] == changed["ETag"]


@pytest.mark.parametrize("what", ["case-teams", "case-skills", "case-macros", "case-letters", "mailboxes"])
def test_who_may_read_the_settings_of_the_desk_may_not_write_them(what):
    assert Caller("desk:read").get(f"{API}{what}/").status_code == 200
    assert Caller("desk:read").send(f"{API}{what}/", {"name": "x"}).status_code == 403
    assert Caller("cases:read").get(f"{API}{what}/").status_code == 403
    assert not Team.objects.exists()
