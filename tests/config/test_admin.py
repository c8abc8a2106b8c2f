"""The shell of the back office: pages, sidebar, home."""

from collections import Counter

import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import reverse

from config.admin import BackOffice, site
from config.menu import active_link, sidebar


@pytest.fixture
def request_of(rf: RequestFactory):
    def build(user, path="/admin/"):
        request = rf.get(path)
        request.user = user
        return request

    return build


def titles(groups) -> dict[str, list[str]]:
    return {str(group["title"]): [item["title"] for item in group["items"]] for group in groups}


def test_a_page_is_refused_to_those_without_its_permission(request_of, agent, manager):
    site = BackOffice()

    @site.page("vault/", name="vault", permission="people.manage_people")
    def vault(request):
        return HttpResponse("gold")

    with pytest.raises(PermissionDenied):
        vault(request_of(agent))
    assert vault(request_of(manager)).content == b"gold"


def test_the_sidebar_lists_only_what_the_person_may_open(request_of, intern):
    assert titles(sidebar(request_of(intern)))["Work"] == ["Today"]


def test_the_longest_address_above_the_current_one_is_active():
    home = reverse("admin:index")
    links = [home, "/admin/customers/", "/admin/customers/merge/"]

    assert active_link(links, home) == home
    assert active_link(links, "/admin/customers/C-7/") == "/admin/customers/"
    assert active_link(links, "/admin/customers/merge/3/") == "/admin/customers/merge/"
    assert active_link(links, "/admin/elsewhere/") is None


def test_home_shows_sections_in_order_and_only_with_permission(request_of, agent, manager):
    site = BackOffice()
    empty = ("components/empty.html", {"heading": "Nothing"})

    site.home(permission="people.manage_people", title="Staff", order=20)(lambda request: empty)
    site.home(permission=None, title="Everybody", order=10)(lambda request: empty)
    site.home(permission=None, title="Silent", order=30)(lambda request: None)

    assert [title for title, _ in site._sections_for(request_of(manager))] == ["Everybody", "Staff"]
    assert [title for title, _ in site._sections_for(request_of(agent))] == ["Everybody"]


def test_home_of_somebody_without_a_role_says_what_to_do(intern_client):
    page = intern_client.get(reverse("admin:index"))

    assert page.status_code == 200
    assert "A manager can give you one" in page.content.decode()


def test_a_panel_is_drawn_for_its_place_and_for_those_who_hold_the_permission(
    request_of, manager, intern, settings, tmp_path
):
    (tmp_path / "points.html").write_text("Points of {{ subject }}")
    settings.TEMPLATES = [settings.TEMPLATES[0] | {"DIRS": [tmp_path]}]
    site = BackOffice()
    site.panel("customer", title="Points", permission="people.manage_people")(
        lambda request, subject: ("points.html", {"subject": subject})
    )
    site.panel("customer", title="Silent", permission=None)(lambda request, subject: None)
    site.panel("board", title="Elsewhere", permission=None)(lambda request, subject: ("points.html", {}))

    assert site.panels(request_of(manager), "customer", "Ada") == [("Points", "Points of Ada")]
    assert site.panels(request_of(intern), "customer", "Ada") == []


def test_every_page_has_a_name_and_an_address_of_its_own():
    for told in ("name", "route"):
        counted = Counter(getattr(page, told) for page in site.pages)
        assert [name for name, count in counted.items() if count > 1] == []


def test_a_page_that_would_replace_a_part_of_its_frame_is_found_out(request_of, agent):
    with pytest.raises(ValueError, match="the frame has theme already"):
        site.render(request_of(agent), "admin/base_site.html", title="Late", theme="late")
