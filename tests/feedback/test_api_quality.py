"""Standards and reviews of cases over the API."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from feedback.actions import cases, complaints
from feedback.models import QualityReview, Standard
from integrations.throttling import Rate
from tests.factories import feedback, people
from tests.factories.integrations import Caller, codes

pytestmark = pytest.mark.django_db
STANDARDS, REVIEWS = "/api/v1/quality-standards/", "/api/v1/quality-reviews/"


@pytest.fixture(autouse=True)
def fresh():
    Rate._shares.clear()
    cache.clear()


def test_cases_are_drawn_and_reviewed_by_a_standard(agent, django_assert_max_num_queries):
    caller = Caller("quality:read", "quality:write")
    standard = {"kind": "question", "items": ["Greeted", "Answered what was asked"]}
    assert caller.send(STANDARDS, standard).json()["version"] == 1
    assert caller.send(STANDARDS, standard).json()["version"] == 1
    assert [one["items"] for one in caller.get(STANDARDS).json()["results"]] == [standard["items"]]
    for person in (agent, people.person("second")):
        case = cases.assign(feedback.case("question"), to=person)
        complaints.close(case, by=person)

    week = str(timezone.now().date())
    assert caller.send(f"{REVIEWS}draws/", {"week": week}).json() == {"drawn": 2}
    assert caller.send(f"{REVIEWS}draws/", {"week": week}).json() == {"drawn": 0}
    with django_assert_max_num_queries(3):
        assert len(caller.get(REVIEWS, {"open": "true"}).json()["results"]) == 2
    [drawn] = caller.get(REVIEWS, {"agent": "agent"}).json()["results"]
    here = f"{REVIEWS}{drawn['id']}/"
    assert codes(caller.send(f"{here}marking/", {"marks": [2]})) == ["marks_incomplete"]
    done = caller.send(f"{here}marking/", {"marks": [2, None], "coaching": "Well greeted."})
    assert (done.status_code, done.json()["percent"], done.json()["marks"]) == (201, 100, [2, None])
    assert (done.json()["coaching"], done.json()["items"]) == ("Well greeted.", standard["items"])
    assert codes(caller.send(f"{here}marking/", {"marks": [0, 0]})) == ["reviewed_already"]
    assert len(caller.get(REVIEWS, {"open": "true"}).json()["results"]) == 1
    assert QualityReview.objects.get(pk=drawn["id"]).week <= timezone.now().date()


def test_coaching_is_read_by_few(client, marketer, manager):
    client.force_login(marketer)
    assert client.get(REVIEWS).status_code == 403
    client.force_login(manager)
    assert client.get(REVIEWS).status_code == 200
    read = Caller("quality:read")
    assert read.send(f"{REVIEWS}draws/", {"week": str(timezone.now().date() - timedelta(7))}).status_code == 403
    assert read.send(STANDARDS, {"kind": "praise", "items": ["x"]}).status_code == 403
    assert Caller("cases:read").get(REVIEWS).status_code == 403
    assert not Standard.objects.exists()
