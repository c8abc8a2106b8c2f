"""The desk in a real browser: worked by keyboard alone, on a phone, in the dark."""

import re

import pytest
from playwright.sync_api import expect

from communications.models import Message
from feedback.actions import cases, conversation, drafts
from feedback.models import Case, Draft
from people.roles import Role
from tests.factories import feedback
from tests.factories.people import person


@pytest.fixture
def agent(transactional_db):
    return person("agent", role=Role.SUPPORT, first_name="Ada", last_name="Agent")


@pytest.fixture
def desk(agent) -> list[Case]:
    """Three cases, one with everything that a conversation may hold."""
    team = feedback.team(agent)
    made = [feedback.case(subject=f"Kettle {n}", team=team, theme=feedback.theme(), severity=n) for n in (1, 2, 3)]
    conversation.reply(made[0], "It comes tomorrow: https://shop.example/" + "track" * 30, by=agent)
    conversation.receive(
        made[0], text="Thanks!\n\n> It comes tomorrow", html="<b>Thanks!</b>", channel="email", sender_name="K" * 120
    )
    conversation.receive(made[0], text="I am away.", channel="email", automatic=True)
    conversation.note(made[0], "The carrier says: lost.", by=agent)
    cases.wait(made[2], on="third")
    return made


def test_the_desk_is_accessible_and_fits(open_browser, flaws, agent, desk):
    page = open_browser(agent)
    here = f"/admin/desk/{desk[0].pk}/"
    pages = ["/admin/", "/admin/desk/", "/admin/desk/?kind=complaint", "/admin/desk/?state=closed", f"{here}?list="]
    pages += ["/admin/desk/search/?query=kettle", f"/admin/desk/bulk/?do=severity&case={desk[0].pk}"]
    pages += [f"{here}merge/?into={desk[1].pk}", f"{here}split/", f"{here}history/", f"{here}details/"]
    pages += ["/admin/desk/new/", f"/admin/customers/{desk[0].customer_id}/"]

    for address in pages:
        assert flaws(page, address) == []


def test_a_case_is_found_opened_and_answered_by_keyboard_alone(open_browser, agent, desk):
    page = open_browser(agent)
    page.goto("/admin/desk/")
    opened = page.locator(".ms-desk-open")

    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(opened.first).to_be_focused()
    page.keyboard.press("x")
    expect(page.locator("[data-chosen]")).to_have_text("1")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Shortcuts")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.keyboard.type("kettle jx?")
    expect(page.get_by_label("Search in cases")).to_have_value("kettle jx?")
    expect(page.get_by_role("dialog")).to_have_count(0)

    page.goto("/admin/desk/")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/admin/desk/\d+/\?list="))
    page.wait_for_load_state()  # the keys work once the page's script has come
    page.keyboard.press("n")
    expect(page.get_by_label("Internal note")).to_be_focused()
    page.get_by_label("Internal note").blur()
    page.keyboard.press("r")
    page.keyboard.type("It comes tomorrow, j and k.")
    page.keyboard.press("Control+Enter")

    expect(page.get_by_text("Your answer is on its way.")).to_be_visible()
    assert Message.objects.filter(text="It comes tomorrow, j and k.").count() == 1


def test_what_is_being_written_survives_and_a_newer_message_stops_it(open_browser, agent, desk):
    page = open_browser(agent)
    page.goto(f"/admin/desk/{desk[1].pk}/")
    page.get_by_label("Answer").fill("Half an answ")
    expect(page.locator("#reply-state")).to_have_text("Draft kept")
    page.reload()
    expect(page.get_by_label("Answer")).to_have_value("Half an answ")

    conversation.receive(desk[1], text="Never mind, it is here.", channel="email")
    with page.expect_navigation():
        page.evaluate("document.querySelector('#reply-box').requestSubmit()")

    expect(page.locator("#refused")).to_contain_text("A newer message has come in")
    expect(page.get_by_label("Answer")).to_have_value("Half an answ")
    expect(page.get_by_text("Never mind, it is here.")).to_be_visible()
    assert Draft.objects.get().text == "Half an answ"
    assert not Message.objects.filter(text="Half an answ").exists()


def test_a_long_draft_is_kept_and_an_old_window_takes_nothing_from_a_newer_one(open_browser, agent, desk):
    page = open_browser(agent)
    page.goto(f"/admin/desk/{desk[0].pk}/")
    long = "가나다라마바사 " * 1_500  # more than browsers send while a page goes
    page.get_by_label("Answer", exact=True).fill(long)
    expect(page.locator("#reply-state")).to_have_text("Draft kept")
    assert Draft.objects.get().text == long.replace("\n", "\r\n")

    drafts.keep(desk[0], "Written in another window.", by=agent, version=Draft.objects.get().version)
    page.get_by_label("Answer", exact=True).fill("Old")
    expect(page.get_by_text("This was written on in another window.")).to_be_visible()
    page.goto("/admin/desk/")
    expect(page.get_by_role("link", name="Kettle 1")).to_be_visible()
    page.wait_for_timeout(500)  # for what a page sends while it goes
    assert Draft.objects.get().text == "Written in another window."
