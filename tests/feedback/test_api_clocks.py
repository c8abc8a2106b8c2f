"""What is promised, over the API."""

import pytest

from feedback.actions import cases
from tests.factories import calendars, feedback
from tests.factories.integrations import Caller
from tests.factories.policies import policy

pytestmark = pytest.mark.django_db


def test_another_system_reads_what_is_promised_and_how_a_case_stands(django_assert_num_queries):
    calendars.calendar()
    policy()
    case = cases.wait(feedback.case(), on="customer")
    api = Caller("promises:read")

    [first] = api.get("/api/v1/sla-policies/").json()["results"]
    assert (first["name"], first["version"], first["kinds"]) == ("Usual", 1, [])
    assert {"metric": "resolution", "priority": 2, "amount": 24, "unit": "hours", "calendar": None,
            "pauses": ["customer", "third"]} in first["targets"]  # fmt: skip
    running, paused = api.get(f"/api/v1/cases/{case.pk}/clocks/").json()["results"]
    assert (running["metric"], running["state"], running["policy"]) == ("first_response", "running", "Usual · 1")
    assert (paused["metric"], paused["state"], paused["due_at"]) == ("resolution", "paused", None)
    assert paused["open_seconds_left"] == 24 * 3600
    assert api.get("/api/v1/cases/999999/clocks/").status_code == 404
    for number in range(2):
        policy("More", calendar=calendars.calendar(f"Hours {number}"))
    with django_assert_num_queries(4):
        api.get("/api/v1/sla-policies/")


def test_without_the_scope_nothing_is_told():
    api = Caller("customers:read")
    case = feedback.case()
    for address in ("/api/v1/sla-policies/", f"/api/v1/cases/{case.pk}/clocks/"):
        assert api.get(address).status_code == 403
