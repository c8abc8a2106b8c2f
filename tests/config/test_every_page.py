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
