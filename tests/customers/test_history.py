"""Who looked at or changed a customer is written down, once somebody is named."""

import pytest
from django.db import IntegrityError, transaction

from customers.actions import history
from customers.models import AccessLog
from tests.factories.customers import customer as make


@pytest.mark.django_db
def test_who_looked_is_written_down_with_the_names_of_the_fields(agent):
    ada = make()

    history.note(ada, AccessLog.What.CHANGED, by=agent, fields=("name", "language"))

    entry = ada.accesses.get()
    assert (entry.what, entry.by, entry.through, entry.fields) == ("changed", agent, "", "name, language")


@pytest.mark.django_db
def test_an_integration_is_written_down_by_its_name():
    first, second = make(), make()

    history.note_many([first.pk, second.pk], AccessLog.What.READ, through="web shop")

    assert list(AccessLog.objects.order_by("pk").values_list("customer", "by", "through")) == [
        (first.pk, None, "web shop"),
        (second.pk, None, "web shop"),
    ]


@pytest.mark.django_db
def test_without_anybody_named_nothing_is_written_down():
    history.note(make(), AccessLog.What.ADDED)

    assert not AccessLog.objects.exists()


@pytest.mark.django_db
def test_the_access_log_is_append_only(agent):
    history.note(make(), AccessLog.What.VIEWED, by=agent)

    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        AccessLog.objects.update(what="read")
