"""A board's whole cycle by hand: a manager at the desk, two members and a customer on their phones, by their mails."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from advisory.models import ActionItem, Asked, Ballot, Board, Draw, Meeting, Note, Recommendation, Round, Term
from communications.models import Message
from communications.timing import business_date
from customers.actions import consents
from customers.models import Customer
from tests.browser.conftest import PHONE
from tests.factories.choosing import willing
from tests.factories.surveys import survey

pytestmark = pytest.mark.django_db(transaction=True)


def mailed(customer: Customer, page: str) -> str:
    """The address of a page in the newest mail to a customer that leads there."""
    for text in Message.objects.filter(customer=customer).order_by("-pk").values_list("text", flat=True):
        if found := re.search(rf"https?://[^/\s]+(/{page}/\S*)", text):
            return found[1]
    raise AssertionError(f"no mail to {customer} leads to {page}")


@pytest.fixture
def people(open_browser, board_manager, violations, scrolls_sideways):
    return People(open_browser, board_manager, violations, scrolls_sideways)


class People:
    """Who takes part: the same browser, signed in anew each time."""

    def __init__(self, open_browser, manager, violations, scrolls_sideways) -> None:
        self.open_browser, self.who = open_browser, manager
        self.violations, self.scrolls_sideways = violations, scrolls_sideways

    def manager(self, address: str) -> Page:
        page = self.open_browser(self.who)
        page.goto(address)
        return page

    def phone(self, address: str, *, dark: bool = False) -> Page:
        page = self.open_browser(size=PHONE, dark=dark)
        page.goto(address)
        return page

    def sound(self, page: Page) -> None:
        assert self.violations(page) == [], page.url
        assert not self.scrolls_sideways(page), page.url


def test_a_board_is_chosen_meets_recommends_and_is_answered(people):
    for name in ("Ada", "Bo", "Cho", "Dan"):
        consents.decide(willing(name=name), channel="email", purpose="care", granted=True, source="test")
    board = charter(people)
    ada, bo = seats(people, board)
    meeting = planned(people, board, ada, bo)
    round_of(people, meeting, ada)
    room(people, meeting, ada, bo)
    minutes(people, meeting, bo)
    shipped(people, bo)


def charter(people: People) -> Board:
    desk = people.manager(reverse("admin:new_board"))
    desk.locator("#id_name").fill("Customer board")
    desk.get_by_label("Code").fill("customers")
    desk.get_by_label("Zone").select_option("UTC")
    desk.get_by_role("button", name="Save").click()
    desk.locator("#id_mission").fill("Say what customers need.")
    desk.locator("#id_size").fill("2")
    desk.get_by_role("button", name="Save as draft").click()
    desk.get_by_role("button", name="Publish", exact=True).click()
    desk.get_by_text("Published: from now on it holds.").wait_for()
    desk.get_by_label("What members promise").fill("I keep it to myself.")
    desk.get_by_role("button", name="Publish as the next version").click()
    desk.get_by_text("Members are asked to sign it.").wait_for()
    return Board.objects.get()


def seats(people: People, board: Board) -> tuple[Term, Term]:
    """Two are drawn, one declines, the same draw goes on; both who are in it then sign."""
    desk = people.manager(reverse("admin:choose_members", args=[board.pk]))
    desk.get_by_role("button", name="Freeze the pool").click()
    desk.get_by_label("Seed").fill("2027-01-05: 4 8 15 16 23 42")
    desk.get_by_role("button", name="Draw").click()
    desk.get_by_text("Drawn. Everybody drawn is on the short list").wait_for()
    desk.goto(reverse("admin:choose_members", args=[board.pk]))
    desk.get_by_role("button", name="Invite everybody").click()
    desk.get_by_text("2 invitations are on their way.").wait_for()

    first, _second = Term.objects.order_by("pk")
    phone = people.phone(mailed(first.customer, "board/seat"))
    people.sound(phone)
    phone.get_by_role("button", name="Decline").click()
    phone.get_by_role("heading", name="Thank you for your answer").wait_for()
    assert [draw.after_id for draw in Draw.objects.order_by("number")] == [None, Draw.objects.earliest("number").pk]
    for term in Term.objects.filter(state="invited"):
        phone = people.phone(mailed(term.customer, "board/seat"), dark=True)
        phone.get_by_label("I have read the charter").check()
        phone.get_by_label("I keep to myself").check()
        phone.get_by_label("Your name, as a signature").fill(str(term.customer))
        phone.get_by_role("button", name="Sign and take the seat").click()
        phone.get_by_role("link", name="To my pages").click()
        phone.get_by_role("heading", name="My seat").wait_for()
    ada, bo = Term.objects.filter(state="active").order_by("pk")
    assert bo.replaces == first
    return ada, bo


def planned(people: People, board: Board, *members: Term) -> Meeting:
    """A date that suits both is taken; both are invited and answer."""
    desk = people.manager(reverse("admin:new_meeting"))
    desk.get_by_label("Board").select_option(str(board.pk))
    desk.get_by_label("Title").fill("What customers need")
    desk.get_by_role("button", name="Plan it").click()
    desk.locator("details", has_text="Add an item").get_by_label("Title").fill("Returns")
    desk.get_by_role("button", name="Add", exact=True).click()
    desk.get_by_text("Returns").first.wait_for()
    day = business_date(timezone.now()) + timedelta(days=9)
    desk.get_by_label("Times, one a line").fill(f"{day} 09:00\n{day} 15:00")
    desk.get_by_role("button", name="Offer these times").click()
    desk.get_by_role("button", name="Take").nth(1).wait_for()
    meeting = Meeting.objects.get()
    for term in members:
        phone = people.phone(mailed(term.customer, "board"), dark=term == members[1])
        phone.get_by_label("no", exact=True).first.check()
        phone.get_by_label("yes").nth(1).check()
        people.sound(phone)
        phone.get_by_role("button", name="Save").click()
        phone.get_by_text("Saved. Thank you.").wait_for()

    desk = people.manager(reverse("admin:meeting", args=[meeting.pk]))
    desk.get_by_role("button", name="Take").first.click()  # what suits most stands first
    desk.get_by_text("Everybody is invited.").wait_for()
    meeting.refresh_from_db()
    assert (meeting.state, meeting.starts_at.hour) == ("scheduled", 15)
    for term in members:
        phone = people.phone(mailed(term.customer, "board"))
        phone.get_by_role("button", name="I come", exact=True).click()
        phone.get_by_text("Your answer").wait_for()
    return meeting


def round_of(people: People, meeting: Meeting, ada: Term) -> None:
    """A customer is asked for a member, who shows what was said."""
    survey()
    desk = people.manager(reverse("admin:meeting_round", args=[meeting.pk]))
    desk.get_by_label("Customers for each member").fill("1")
    desk.get_by_role("button", name="Ask them").click()
    desk.get_by_role("table").wait_for()
    [asked] = Asked.objects.filter(term=ada).select_related("invitation__customer")
    phone = people.phone(mailed(asked.invitation.customer, "survey"))
    phone.locator("input[value='2']").check()
    phone.keyboard.press("Enter")
    phone.get_by_label("What went wrong?").fill("Returns cost too much")
    phone.get_by_role("button", name="Send").click()
    phone.get_by_role("heading", name="Thank you!").wait_for()
    phone = people.phone(mailed(ada.customer, "board"))
    phone.get_by_text("Returns cost too much").wait_for()
    people.sound(phone)
    phone.get_by_role("button", name="Show it at the meeting").click()
    phone.get_by_role("button", name="Do not show it").wait_for()
    desk = people.manager(reverse("admin:meeting_round", args=[meeting.pk]))
    desk.get_by_role("button", name="Close the round").click()
    desk.get_by_text("Returns cost too much").wait_for()
    assert Round.objects.get().closed_at


def room(people: People, meeting: Meeting, ada: Term, bo: Term) -> None:
    desk = people.manager(reverse("admin:meeting_room", args=[meeting.pk]))
    desk.get_by_role("button", name="Open the meeting").click()
    desk.get_by_text("quorum of 1 not met").wait_for()
    desk.get_by_role("button", name=str(ada.customer)).click()
    desk.get_by_text("1 of 2 members are there").wait_for()
    desk.get_by_role("button", name="Begin Returns").click()
    desk.get_by_label("Notes").fill("Free returns wanted by all")
    desk.locator("#notes-state", has_not_text="Nothing written yet").wait_for()
    desk.get_by_label("Notes").press("Alt+r")
    desk.locator("#state").get_by_text("Free returns wanted by all").wait_for()
    desk.locator("h1, h2").first.click()
    desk.keyboard.press("a")
    desk.keyboard.type("Ask the carrier")
    desk.keyboard.press("Enter")
    desk.get_by_text("Ask the carrier").wait_for()
    assert (Recommendation.objects.get().title, ActionItem.objects.get().text) == (
        "Free returns wanted by all", "Ask the carrier",
    )  # fmt: skip
    desk.get_by_text("Put to the vote").click()
    desk.get_by_label("Question").fill("Shall returns be free?")
    desk.get_by_label("Secrecy").select_option("secret")
    desk.get_by_role("button", name="Open the vote").click()
    desk.get_by_text("0 of 2 have voted").wait_for()
    assert Note.objects.get().text == "Free returns wanted by all"

    for term in (ada, bo):
        phone = people.phone(mailed(term.customer, "board"))
        phone.goto(phone.url.split("/round/")[0].rstrip("/") + "/")
        phone.get_by_role("link", name="Your vote is asked for now").click()
        phone.get_by_role("button", name="Yes").click()
        phone.get_by_text("Your vote is in.").wait_for()
        people.sound(phone)

    desk = people.manager(reverse("admin:meeting_room", args=[meeting.pk]))
    desk.get_by_text("2 of 2 have voted").wait_for()
    desk.get_by_role("button", name="Close the vote").click()
    desk.get_by_role("button", name="Show the members").click()
    desk.get_by_text("Advised.").first.wait_for()
    assert Ballot.objects.get().result == {"votes": 2, "few": True, "carried": True}
    desk.get_by_role("button", name="Close the meeting").click()
    desk.get_by_role("link", name="Minutes").first.wait_for()


def minutes(people: People, meeting: Meeting, bo: Term) -> None:
    desk = people.manager(reverse("admin:meeting_minutes", args=[meeting.pk]))
    desk.get_by_role("button", name="Make the draft").click()
    assert "Free returns wanted by all" in desk.get_by_label("Text").input_value()
    for step in ("Circulate", "Approve", "Publish"):
        desk.get_by_role("button", name=step).click()
    desk.get_by_text("SHA-256").wait_for()
    phone = people.phone(mailed(bo.customer, "board"))
    phone.get_by_role("link", name="Read the minutes").click()
    phone.get_by_text("Free returns wanted by all").wait_for()
    people.sound(phone)


def shipped(people: People, bo: Term) -> None:
    """A member is for it; it goes from column to column by key and by mouse, ships, and the member is told."""
    home = mailed(bo.customer, "board").split("meetings/")[0]
    phone = people.phone(f"{home}recommendations/")
    phone.get_by_role("button", name="I am for it").click()
    phone.get_by_role("button", name="I am not for it any more").wait_for()

    desk = people.manager(reverse("admin:recommendations"))
    desk.get_by_role("button", name="→ under review").press("Enter")
    card = desk.locator("[draggable=true]", has_text="Free returns wanted by all")
    for column in ("Accepted", "Planned", "In progress"):
        to = desk.get_by_role("region", name=column)
        card.drag_to(to)
        to.get_by_role("link", name="1. Free returns wanted by all").wait_for()
    desk.get_by_role("link", name="1. Free returns wanted by all").click()
    desk.get_by_text("Link an update").click()
    desk.get_by_label("What changes").fill("Returns are free")
    desk.get_by_role("button", name="Link", exact=True).click()
    desk.get_by_text("It has shipped").click()
    desk.get_by_label("Release note, for customers").fill("Send back what you want: it costs nothing.")
    desk.get_by_role("region", name="Product updates").get_by_role("button", name="Shipped").click()
    desk.get_by_text("Send back what you want").wait_for()
    desk.locator("#decide").get_by_role("button", name="Shipped").click()
    desk.get_by_role("button", name="Publish the decision").click()
    desk.get_by_text("Members see it now").wait_for()
    desk.goto(reverse("admin:board_reports"))
    desk.get_by_label("Board").select_option("Customer board")
    desk.get_by_role("button", name="Make the report").click()
    desk.get_by_role("button", name="Send, once to each").click()
    desk.get_by_text("Sent to 1 person").wait_for()

    phone = people.phone(f"{home}recommendations/")
    expect(phone.get_by_role("listitem").filter(has_text="Free returns wanted by all")).to_contain_text("shipped")
    told = Message.objects.filter(customer=bo.customer, subject__startswith="You said, we did").order_by("pk")
    assert [mail.subject for mail in told] == ["You said, we did: Free returns wanted by all", "You said, we did"]
    assert all("it costs nothing" in mail.text for mail in told)
