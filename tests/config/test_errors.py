"""Pages for what goes wrong."""

from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse


def test_a_refused_page_says_whom_to_ask(intern_client):
    page = intern_client.get(reverse("admin:people"))

    assert page.status_code == 403
    assert "ask a manager" in page.content.decode()


def test_an_unknown_address_says_so(client, db):
    page = client.get("/nowhere/")

    assert page.status_code == 404
    assert "There is nothing at this address" in page.content.decode()


def test_a_form_without_its_token_is_explained(agent):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(agent)

    page = strict.post(reverse("admin:my_account"), {})

    assert page.status_code == 403
    assert "send it again" in page.content.decode()


def test_what_no_text_can_hold_is_asked_wrongly(manager_client):
    page = manager_client.get(reverse("admin:audit"), dict.fromkeys(("q", "who", "customer", "what"), "\x00"))

    assert page.status_code == 400
    assert "This could not be read" in page.content.decode()


def test_the_last_resort_needs_no_request():
    assert "Something broke on our side" in render_to_string("500.html")
