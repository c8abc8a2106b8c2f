"""Both trees, read and written over the API."""

import pytest
from django.core.cache import cache

from feedback.models import Theme
from integrations.throttling import Rate
from tests.factories import feedback
from tests.factories.integrations import Caller, codes

pytestmark = pytest.mark.django_db
API = "/api/v1/"


@pytest.fixture(autouse=True)
def fresh():
    Rate._shares.clear()
    cache.clear()


def test_both_trees_are_told_by_code():
    caller = Caller("voice:read")
    whole = feedback.theme("Delivery", code="delivery")
    feedback.theme("Too late", code="late", parent=whole)
    feedback.root_cause("Carrier", code="carrier", retired=True)

    assert caller.get(f"{API}case-themes/").json()["results"] == [
        {"code": "delivery", "name": "Delivery", "part_of": None, "retired": False},
        {"code": "late", "name": "Too late", "part_of": "delivery", "retired": False},
    ]
    assert [one["retired"] for one in caller.get(f"{API}case-causes/").json()["results"]] == [True]
    assert caller.send(f"{API}case-themes/", {"code": "x", "name": "X"}).status_code == 403


@pytest.mark.parametrize("tree", ["case-themes", "case-causes"])
def test_branches_grow_move_and_wither(tree):
    caller = Caller("trees:write")
    made = caller.send(f"{API}{tree}/", {"code": "late", "name": "Late"}, key="k1")
    assert (made.status_code, caller.send(f"{API}{tree}/", {"code": "late", "name": "Late"}, key="k1").json()) == (
        201,
        made.json(),
    )
    assert codes(caller.send(f"{API}{tree}/", {"code": "late", "name": "Again"})) == ["code_taken"]
    caller.send(f"{API}{tree}/", {"code": "very", "name": "Very late", "part_of": "late"})
    caller.send(f"{API}{tree}/", {"code": "week", "name": "By a week", "part_of": "very"})

    here = f"{API}{tree}/late/"
    assert codes(caller.patch(here, {"part_of": "week"})) == ["part_of_itself"]
    assert codes(caller.patch(here, {"part_of": "late"})) == ["part_of_itself"]
    changed = caller.patch(here, {"name": "Too late", "retired": True}, headers={"If-Match": made["ETag"]})
    assert changed.json() == {"code": "late", "name": "Too late", "part_of": None, "retired": True}
    assert caller.patch(here, {"name": "x"}, headers={"If-Match": made["ETag"]}).status_code == 412
    assert caller.patch(f"{API}{tree}/week/", {"part_of": None}).json()["part_of"] is None
    assert caller.get(f"{API}{tree}/nothing/").status_code == 404


def test_a_circle_is_refused_in_the_admin_as_well(client, manager):
    whole = feedback.theme("Delivery", code="delivery")
    part = feedback.theme("Late", code="late", parent=whole)
    client.force_login(manager)
    form = {"name": "Delivery", "code": "delivery", "parent": part.pk}

    answer = client.post(f"/admin/feedback/theme/{whole.pk}/change/", form)
    assert answer.status_code == 200
    assert "It would be part of itself." in answer.content.decode()
    assert Theme.objects.get(pk=whole.pk).parent is None
    assert client.post(f"/admin/feedback/theme/{part.pk}/change/", form | {"name": "L", "code": "late", "parent": ""})
    assert Theme.objects.get(pk=part.pk).parent is None
