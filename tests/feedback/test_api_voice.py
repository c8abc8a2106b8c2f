"""What cases come to, over the API."""

import pytest
from django.core.cache import cache
from django.utils import timezone

from communications.timing import business_date
from feedback.actions import complaints
from feedback.models import Handover, LeavingReason
from feedback.queries.reports import REPORTS
from integrations.throttling import Rate
from tests.factories import calendars, feedback
from tests.factories.integrations import Caller, codes

pytestmark = pytest.mark.django_db
API = "/api/v1/"


@pytest.fixture(autouse=True)
def fresh():
    Rate._shares.clear()
    cache.clear()


def test_every_report_is_counted_for_whom_and_when_it_is_asked(agent, django_assert_max_num_queries):
    caller, team = Caller("voice:read"), feedback.team(code="desk")
    calendars.calendar()
    for n in range(3):
        case = feedback.case("question", team=team if n else None)
        complaints.close(case, by=agent)
    names = [one["key"] for one in caller.get(f"{API}case-reports/").json()["results"]]
    assert names == list(REPORTS)

    for name in names:
        with django_assert_max_num_queries(20):
            found = caller.get(f"{API}case-reports/{name}/")
        assert found.status_code == 200
        assert all(len(row["values"]) == len(found.json()["columns"]) for row in found.json()["rows"])
    month = f"{business_date(timezone.now()):%Y-%m}"
    asked = f"{API}case-reports/reopened/"
    assert caller.get(asked).json()["rows"] == [{"key": month, "name": month, "values": [0.0, 0.0, 3.0]}]
    assert caller.get(asked, {"team": "desk", "kind": "question"}).json()["rows"][0]["values"] == [0.0, 0.0, 2.0]
    assert caller.get(asked, {"kind": "praise"}).json()["rows"] == []
    assert caller.get(asked, {"since": "2020-01-01", "until": "2020-02-01"}).json()["rows"] == []
    assert caller.get(asked, {"since": "soon"}).status_code == 400
    assert caller.get(f"{API}case-reports/nothing/").status_code == 404


def test_a_pain_point_is_handed_to_the_board_once():
    caller = Caller("voice:read", "voice:write")
    feedback.case(theme=feedback.theme(code="delivery"), severity=4, impact=2)

    [pain] = caller.get(f"{API}pain-points/", {"days": 30}).json()["results"]
    assert (pain["theme"], pain["cases"], pain["score"], pain["waits_for_board"]) == ("delivery", 1, 8.0, False)
    here = f"{API}pain-points/delivery/handover/"
    handed = caller.send(here, {"question": "Another carrier?"}, key="k1")
    again = caller.send(here, {"question": "Another carrier?"}, key="k1")
    assert (handed.status_code, handed.json()["id"], again.json()) == (201, Handover.objects.get().pk, handed.json())
    assert codes(caller.send(here, {"question": "And now?"})) == ["waits_already"]
    assert caller.get(f"{API}pain-points/").json()["results"][0]["waits_for_board"]


def test_why_somebody_left_is_noted():
    caller, customer = Caller("voice:write"), feedback.case().customer
    wish = {"customer": customer.number, "reason": "price"}

    assert caller.send(f"{API}leaving-reasons/", wish).status_code == 201
    assert LeavingReason.objects.get().customer == customer
    assert caller.send(f"{API}leaving-reasons/", wish | {"reason": "weather"}).status_code == 400
    assert caller.send(f"{API}leaving-reasons/", wish | {"customer": "nobody"}).status_code in (400, 404)


@pytest.mark.parametrize("path", ["case-themes", "case-causes", "case-reports", "case-reports/metric", "pain-points"])
def test_without_the_scope_nothing_is_told(path):
    assert Caller("cases:read").get(f"{API}{path}/").status_code == 403
