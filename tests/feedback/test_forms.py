"""What somebody without an account sends: taken once, limited, and shown to them alone."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from django.utils.formats import date_format

from communications.models import Message
from customers.actions import privacy
from feedback import links
from feedback.actions import attachments, cases, complaints, conversation, forms, spam
from feedback.actions.refusals import CaseRefused
from feedback.mail import File
from feedback.models import Case, Entry
from tests.factories import calendars, feedback
from tests.factories.customers import customer
from tests.factories.mails import PNG
from tests.factories.purchases import purchase

pytestmark = pytest.mark.django_db
FORM = "/feedback/"


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    cache.clear()


def stamp(seconds: float = 60) -> str:
    return forms.began(timezone.now() - timedelta(seconds=seconds))


def sent(**changes) -> dict:
    usual = {"kind": "complaint", "text": "It came broken.", "email": "ada@example.org", "begun": stamp()}
    return usual | changes


def test_the_form_opens_a_case_once_confirms_it_and_leads_to_its_page():
    feedback.mailbox(main=True)
    ada = customer(email="ada@example.org", name="Ada")
    photo = SimpleUploadedFile("box.png", PNG, content_type="text/html")
    wish = sent(order="R-1", name="Ada", files=photo, begun=stamp())
    first = Client().post(f"{FORM}?lang=th", wish)
    photo.seek(0)
    again = Client().post(f"{FORM}?lang=th", wish)

    case = Case.objects.get()
    assert first.status_code == 302, first.content.decode()
    assert first.url == again.url == f"{links.path(case)}?sent=1"
    assert (case.customer, case.channel, case.language, case.sender_address) == (ada, "web", "th", "ada@example.org")
    assert "R-1" in case.entries.get(kind="received").text
    assert case.entries.get(kind="received").attachments.get().kind == "image/png"
    assert links.address(case) in Message.objects.get().text
    shown = Client().get(first.url)
    assert shown.status_code == 200
    assert shown["X-Robots-Tag"] == "noindex"
    assert shown["Referrer-Policy"] == "same-origin"
    assert "no-store" in shown["Cache-Control"]


@pytest.mark.parametrize(
    ("changes", "code", "status"),
    [
        ({"begun": ""}, "open for too long", 400),
        ({"begun": "1234:forged"}, "open for too long", 400),
        ({"begun": forms.began(timezone.now() - timedelta(days=2))}, "open for too long", 400),
        ({"text": " "}, "required", 400),
        ({"email": "ada"}, "valid email", 400),
        ({"files": SimpleUploadedFile("a.png", b"MZ\x90")}, "is a program", 400),
    ],
)
def test_what_cannot_be_taken_is_said_on_the_form(changes, code, status):
    answer = Client().post(FORM, sent(**changes))
    assert answer.status_code == status
    assert code in answer.content.decode()
    assert not Case.objects.exists()


def test_what_a_machine_fills_in_is_held_aside_and_not_told_so():
    held = Client().post(FORM, sent(website="https://x.example"))
    case = Case.objects.get()
    assert held.status_code == 302
    assert (case.spam, Message.objects.count()) == (True, 0)
    assert Client().get(held.url).status_code == 200

    selling = {"text": "We rank on Google: https://a.example", "email": "b@example.org"}
    quick = Client().post(FORM, sent(begun=stamp(0), **selling))
    assert quick.status_code == 302
    assert Case.objects.filter(spam=True).count() == 2


def test_one_address_sends_so_much_an_hour_and_one_visitor_so_much_a_minute():
    for number in range(forms.MOST_AN_HOUR):
        forms.send("question", text=f"Number {number}", email="ada@example.org", begun=stamp(60 + number))
    refused = Client().post(FORM, sent(text="One more."))
    assert refused.status_code == 400
    assert "much within the hour" in refused.content.decode()

    cache.clear()
    answers = [Client().post(FORM, sent(email="")).status_code for _ in range(7)]
    assert answers == [400] * 6 + [429]


def test_an_order_is_linked_only_where_it_is_their_own():
    ada, bo = customer(email="ada@example.org"), customer(email="bo@example.org")
    theirs = purchase(ada, 1000)
    mine = forms.send("question", text="Where?", email="ada@example.org", order=theirs.number, begun=stamp(60))
    other = forms.send("question", text="Where?", email="bo@example.org", order=theirs.number, begun=stamp(61))
    assert (mine.purchase, other.purchase, other.customer) == (theirs, None, bo)


def test_the_page_shows_what_was_said_and_nothing_internal_and_takes_more(agent):
    case = feedback.case("question", text="Where is it?", sender_address="ada@example.org")
    conversation.reply(case, "It comes tomorrow.", by=agent)
    conversation.note(case, "A difficult one.", by=agent)
    [kept] = attachments.keep(case.entries.get(kind="note"), [File("secret.png", "", PNG)])
    page = Client().get(links.path(case)).content.decode()
    assert "It comes tomorrow." in page
    assert "difficult" not in page
    assert "secret" not in page
    assert Client().get(f"{links.path(case)}files/{kept.pk}/").status_code == 404

    photo = SimpleUploadedFile("box.png", PNG)
    assert Client().post(links.path(case), {"text": "See here.", "files": photo}).status_code == 302
    entry = case.entries.filter(kind=Entry.Kind.RECEIVED).latest("pk")
    file = Client().get(f"{links.path(case)}files/{entry.attachments.get().pk}/")
    assert (file.content, file["Content-Type"]) == (PNG, "application/octet-stream")
    assert file["Content-Disposition"].startswith("attachment")
    assert (file["X-Content-Type-Options"], file["Content-Security-Policy"]) == (
        "nosniff", "default-src 'none'; sandbox"
    )  # fmt: skip
    assert Client().post(links.path(case), {"text": ""}).status_code == 400
    with pytest.raises(CaseRefused) as refused:
        forms.add(case, " ", files=[File("box.png", "", PNG)])
    assert refused.value.code == "text_missing"

    assert Client().post(links.path(case), {"do": "solved"}).status_code == 302
    case.refresh_from_db()
    assert case.stage == "closed"
    Client().post(links.path(case), {"text": "No, it is not."})
    case.refresh_from_db()
    assert case.stage == "reopened"


def test_a_complaint_is_closed_by_us_and_its_offer_answered_by_them(agent):
    case = feedback.case()
    Client().post(links.path(case), {"do": "solved"})
    case.refresh_from_db()
    assert case.is_open
    assert case.events.filter(what="said_solved").exists()
    refused = Client().post(links.path(case), {"do": "accept"})  # nothing is offered
    assert refused.status_code == 400
    assert "That is not possible now" in refused.content.decode()
    assert "This field is required" not in refused.content.decode()
    assert "This field is required" in Client().post(links.path(case), {"text": ""}).content.decode()
    complaints.acknowledge(case, by=agent)


def test_a_link_that_was_made_up_revoked_or_grew_old_opens_nothing(agent, manager):
    case = feedback.case("question")
    path = links.path(case)
    assert Client().get(f"/feedback/{case.pk}-0.{'x' * 43}/").status_code == 404
    assert Client().get(path.replace(f"/{case.pk}-", f"/{case.pk + 1}-")).status_code == 404

    forms.revoke(case, by=agent)
    case.refresh_from_db()
    assert Client().get(path).status_code == 404
    assert Client().get(links.path(case)).status_code == 200

    with pytest.raises(forms.LinkRefused) as refused:
        forms.find(links.path(case).split("/")[2], at=timezone.now() + forms.OPEN_FOR + timedelta(days=1))
    assert refused.value.code == "link_expired"
    privacy.erase(case.customer, by=manager)
    assert Client().get(links.path(case)).status_code == 410


def test_a_form_that_another_site_sends_is_refused():
    assert Client(enforce_csrf_checks=True).post(FORM, sent()).status_code == 403


def test_staff_get_files_with_permission_and_release_what_is_held_aside(agent, intern):
    case = feedback.case(spam=True)
    [kept] = attachments.keep(case.entries.get(), [File("<b>.png", "", PNG)])
    desk = Client()
    desk.force_login(agent)
    shown = desk.get(f"/admin/desk/files/{kept.pk}/?shown")
    assert (shown["Content-Type"], shown["X-Content-Type-Options"]) == ("image/png", "nosniff")
    assert "It is no spam" in desk.get(f"/admin/desk/{case.pk}/").content.decode()
    assert desk.post(f"/admin/desk/{case.pk}/release/").status_code == 302
    case.refresh_from_db()
    assert not case.spam
    assert desk.post(f"/admin/desk/{case.pk}/hold/").status_code == 302
    case.refresh_from_db()
    assert case.spam

    desk.force_login(intern)
    assert desk.get(f"/admin/desk/files/{kept.pk}/").status_code == 403
    assert desk.post(f"/admin/desk/{case.pk}/release/").status_code == 403
    spam.release(case, by=agent)


def test_times_on_the_page_are_those_of_who_reads_it():
    said = (timezone.now() - timedelta(days=2)).replace(hour=15, minute=30)
    case = feedback.case(customer=customer(zone="Asia/Seoul"), at=said)

    theirs = date_format(said.astimezone(ZoneInfo("Asia/Seoul")), "DATETIME_FORMAT")
    assert "00:30" in theirs
    assert theirs in Client().get(links.path(case)).content.decode()


def test_the_page_promises_nothing_that_is_over_and_nothing_while_the_customer_has_the_next_word(agent):
    calendars.calendar()
    late = feedback.case(at=timezone.now() - timedelta(days=10), language="ko")
    answered = feedback.case("question", at=timezone.now() - timedelta(days=10))
    conversation.reply(answered, "Tomorrow.", by=agent)
    waiting = cases.wait(feedback.case("question"), on="customer", by=agent)

    assert "늦어져서 죄송합니다" in Client().get(links.path(late)).content.decode()
    for case in (answered, waiting):
        shown = Client().get(links.path(case)).content.decode()
        assert "hear from us by" not in shown
        assert "heard from us by" not in shown
