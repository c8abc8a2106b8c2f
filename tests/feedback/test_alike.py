"""Cases that may be one are shown before both are worked on."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from feedback.actions import alike
from feedback.actions.refusals import NotOpen
from feedback.likeness import likeness
from feedback.models import Case
from feedback.queries import alike as questions
from tests.factories import customers, feedback

pytestmark = pytest.mark.django_db


@pytest.fixture
def kim():
    return customers.customer(name="Kim Min", email="kim@example.org")


def seen(case: Case) -> list[tuple[int, tuple[str, ...]]]:
    return [(one.case.pk, one.why) for one in questions.of_case(case)]


def here(case: Case) -> str:
    return reverse("admin:case", args=[case.pk])


def test_open_cases_of_the_same_person_that_say_the_same_are_suggested(kim, agent):
    old = feedback.case(customer=kim, at=timezone.now() - timedelta(days=3), product="kettle")
    feedback.case(customer=kim, subject="Opening hours", text="When do you open on Sunday?")
    feedback.case(customer=kim, at=timezone.now() - timedelta(days=90))
    feedback.case()
    feedback.closed(feedback.case(customer=kim), by=agent)
    new = feedback.case(customer=kim, text="Where is my parcel please?", product="kettle")

    assert seen(new) == [(old.pk, ("product", "words"))]
    assert seen(old) == [(new.pk, ("product", "words"))]


def test_a_sender_who_is_no_customer_is_known_by_the_address():
    first, second = (feedback.case(customer=None, sender_address="wes@example.org") for _ in range(2))
    feedback.case(customer=None)

    assert seen(second) == [(first.pk, ("words",))]


def test_what_was_told_apart_is_suggested_no_more(kim, agent):
    first, second, third = (feedback.case(customer=kim) for _ in range(3))

    alike.keep_apart(first, second, by=agent)
    alike.keep_apart(first, second, by=agent)

    assert seen(first) == [(third.pk, ("words",))]
    assert seen(second) == [(third.pk, ("words",))]
    assert first.events.filter(what="another_matter").count() == 1
    with pytest.raises(NotOpen):
        alike.keep_apart(first, feedback.closed(third, by=agent), by=agent)


def test_the_page_of_a_case_suggests_and_keeps_apart(kim, agent_client, marketer_client):
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            agent_client.get(page)
        return len(queries)

    first, second = (feedback.case(customer=kim) for _ in range(2))
    assert reverse("admin:case_alike", args=[second.pk]) in agent_client.get(here(second)).content.decode()
    page, apart = (reverse(f"admin:{name}", args=[second.pk]) for name in ("case_alike", "case_apart"))
    assert "May be the same" in agent_client.get(page).content.decode()
    before = asked()
    feedback.case(customer=kim)
    assert asked() == before

    for other in Case.objects.exclude(pk=second.pk):
        agent_client.post(apart, {"other": other.pk})
    assert "May be the same" not in agent_client.get(page).content.decode()
    assert marketer_client.post(apart, {"other": first.pk}).status_code == 403


def test_a_new_case_is_taken_to_one_that_is_there_or_opened_all_the_same(kim, agent_client):
    old = feedback.case(customer=kim)
    given = {"kind": "complaint", "channel": "phone", "text": "Where is my parcel?", "severity": 2, "impact": 1}
    here = reverse("admin:new_case")

    asked = agent_client.post(here, given | {"customer": kim.pk})
    assert f"Add it to #{old.pk}" in asked.content.decode()
    assert Case.objects.count() == 1

    agent_client.post(here, given | {"customer": kim.pk, "into": old.pk})
    assert (Case.objects.count(), old.entries.count()) == (1, 2)
    agent_client.post(here, given | {"customer": kim.pk, "sure": "1"})
    assert Case.objects.filter(customer=kim).count() == 2


def test_the_customer_is_looked_for_where_the_case_is_written_down(kim, agent_client, marketer_client):
    here, people = reverse("admin:new_case"), reverse("admin:new_case_people")
    given = {"kind": "complaint", "channel": "phone", "text": "The kettle leaks.", "severity": 3, "impact": 1}

    live = agent_client.get(people, {"who": "kim@example.org"}).content.decode()
    plain = agent_client.post(here, given | {"who": "Kim", "find": "1"}).content.decode()
    agent_client.post(here, given | {"who": "Kim", "customer": kim.pk})

    for page in (live, plain):
        assert f'name="customer" value="{kim.pk}"' in page
    assert "The kettle leaks." in plain
    assert Case.objects.get().customer == kim
    assert "Nobody found" in agent_client.get(people, {"who": "nobody at all"}).content.decode()
    assert marketer_client.get(people).status_code == 403


def test_likeness_knows_no_language():
    assert likeness("배송이 늦어요", "배송이 늦어요!!") == 1.0
    assert likeness("พัสดุมาช้า", "พัสดุยังไม่มา") < 0.6
    assert likeness("", "") == 0.0
