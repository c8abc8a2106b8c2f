"""A page tells what was done, or why it was not; what breaks is not told but breaks."""

import pytest
from django.contrib.messages import get_messages
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.exceptions import ValidationError
from django.test import RequestFactory

from people.forms import RoleForm
from people.telling import showing, telling


@pytest.fixture
def request_():
    request = RequestFactory().post("/")
    request._messages = CookieStorage(request)
    return request


def told(request):
    return [(one.level_tag, one.message) for one in get_messages(request)]


def test_what_was_done_is_told(request_):
    with telling(request_) as say:
        say("Done.")
    assert told(request_) == [("success", "Done.")]


def test_a_refusal_is_told_in_place_of_it(request_):
    with telling(request_) as say:
        raise ValidationError(["Not now.", "Nor later."])
        say("Done.")
    assert told(request_) == [("error", "Not now. Nor later.")]


def test_what_breaks_is_not_hidden(request_):
    with pytest.raises(KeyError), telling(request_):
        raise KeyError


def test_a_refusal_stands_in_the_form_beside_what_it_is_about():
    form = RoleForm({"role": ""})
    assert form.is_valid()
    refusal = ValidationError("Not this one.")
    refusal.field = "role"
    with showing(form):
        raise refusal
    assert form.errors == {"role": ["Not this one."]}
    with showing(form):
        raise ValidationError("Not now.")
    assert form.non_field_errors() == ["Not now."]
