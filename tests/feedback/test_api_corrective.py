"""Corrective actions over the API."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from feedback.models import CorrectiveAction
from integrations.throttling import Rate
from tests.factories import feedback
from tests.factories.integrations import Caller, codes

pytestmark = pytest.mark.django_db
ACTIONS = "/api/v1/corrective-actions/"


@pytest.fixture(autouse=True)
def fresh():
    Rate._shares.clear()
    cache.clear()


def test_an_action_is_planned_changed_and_finished(agent):
    caller = Caller("corrective:read", "corrective:write")
    case, cause = feedback.case(), feedback.root_cause(code="carrier")
    later = timezone.localdate() + timedelta(days=9)
    wish = {"what": "Pack better", "owner": "agent", "due_on": str(later), "cases": [case.pk], "root_cause": "carrier"}

    planned = caller.send(ACTIONS, wish, key="k1")
    again = caller.send(ACTIONS, wish, key="k1")
    here = f"{ACTIONS}{planned.json()['id']}/"
    changed = caller.patch(here, {"what": "Pack in straw"})
    done = caller.send(f"{here}completion/", {"result": "Nothing broke since."})

    action = CorrectiveAction.objects.get()
    assert (planned.status_code, again.json()["id"]) == (201, action.pk)
    assert (action.owner, action.root_cause, list(action.cases.all())) == (agent, cause, [case])
    assert changed.json()["what"] == "Pack in straw"
    assert done.json()["result"] == "Nothing broke since."
    assert codes(caller.send(f"{here}completion/", {"result": "Twice"})) == ["already_done"]
    assert caller.get(ACTIONS, {"open": "true"}).json()["results"] == []
    assert [one["cases"] for one in caller.get(ACTIONS).json()["results"]] == [[case.pk]]


def test_what_cannot_be_is_refused(agent):
    caller = Caller("corrective:read", "corrective:write")
    past = {"what": "Pack better", "owner": "agent", "due_on": "2020-01-01"}

    assert codes(caller.send(ACTIONS, past)) == ["due_in_the_past"]
    assert caller.send(ACTIONS, past | {"owner": "nobody"}).status_code == 400
    assert caller.get(f"{ACTIONS}999999/").status_code == 404
    assert Caller("corrective:read").send(ACTIONS, past).status_code == 403
