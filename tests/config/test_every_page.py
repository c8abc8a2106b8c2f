"""Every page of the sidebar, opened by everybody, with no data."""

import pytest
from django.urls import reverse

from config.admin import site

CLIENTS = ["agent_client", "marketer_client", "board_manager_client", "manager_client", "intern_client"]


@pytest.mark.parametrize("name", CLIENTS)
def test_who_holds_the_permission_gets_the_page_and_nobody_else(request, name):
    person, client = (request.getfixturevalue(fixture) for fixture in (name.removesuffix("_client"), name))
    pages = [page for page in site.pages if page.menu]

    answers = {page.name: client.get(reverse(f"admin:{page.name}")).status_code for page in pages}

    assert answers == {page.name: 200 if person.has_perm(page.permission) else 403 for page in pages}


def test_managers_see_every_entry_of_the_sidebar(manager_client):
    home = manager_client.get(reverse("admin:index")).content.decode()

    missing = [page.name for page in site.pages if page.menu and reverse(f"admin:{page.name}") not in home]

    assert missing == []


@pytest.mark.parametrize(("name", "adds"), [("marketer_client", False), ("manager_client", True)])
def test_an_empty_list_says_how_its_rows_come_and_leads_on_who_may_add_one(request, name, adds):
    page = request.getfixturevalue(name).get(reverse("admin:feedback_theme_changelist")).content.decode()

    assert "Write down what hurts customers most often" in page
    assert (reverse("admin:feedback_theme_add") in page) is adds


def test_every_list_of_the_sidebar_has_words_for_being_empty():
    lists = [row for row in site._registry.values() if getattr(row, "menu_group", True)]

    alone = {"ProgrammeAdmin"}  # there is always one
    one_row = {"CaseSettingsAdmin", "ContactSettingsAdmin", "FigureSettingsAdmin"}
    assert {type(row).__name__ for row in lists if not getattr(row, "empty_text", "")} == alone | one_row


def test_a_list_that_finds_nothing_leads_back_to_all(manager_client):
    page = manager_client.get(reverse("admin:feedback_theme_changelist"), {"q": "zebedee"}).content.decode()

    assert "Nothing fits" in page
    assert "Nothing here yet" not in page
