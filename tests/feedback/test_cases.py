"""Cases come in and are given to those who work on them."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from customers.models import Fact, Verb
from feedback.actions import cases
from feedback.actions.refusals import CaseRefused, ChangedMeanwhile, NotOpen
from feedback.models import Case, Entry
from feedback.queries import history
from loyalty.actions import erasure, merging
from tests.factories import customers, feedback, purchases

pytestmark = pytest.mark.django_db


def test_a_complaint_comes_in_with_its_first_message_and_is_told_of():
    said = timezone.now() - timedelta(hours=3)
    case = feedback.case(severity=3, impact=2, at=said)

    assert (case.stage, case.priority, case.number) == ("received", 3, f"#{case.pk}")
    assert case.received_at == case.unanswered_since == case.last_entry_at == said
    assert [entry.text for entry in case.entries.all()] == ["Where is my parcel?"]
    fact = Fact.objects.get(customer=case.customer, verb=Verb.COMPLAINT_OPENED)
    assert (fact.at, fact.about) == (said, {"case": case.pk, "kind": "complaint"})
    assert [event.what for event in case.events.all()] == ["opened"]


def test_somebody_unknown_is_heard_too_and_the_same_key_opens_one_case():
    first = feedback.case(customer=None, sender_address="a@example.org", subject="", key="mail:1")
    again = feedback.case(customer=None, sender_address="a@example.org", subject="", key="mail:1")

    assert first == again
    assert first.subject == "Where is my parcel?"
    assert not Fact.objects.exists()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"text": " \n"}, "text_missing"),
        ({"text": "x" * 200_001}, "text_too_long"),
        ({"at": timezone.now() + timedelta(days=400)}, "in_the_future"),
    ],
)
def test_what_cannot_be_a_case_is_refused(changes, code):
    with pytest.raises(ValidationError) as refused:
        feedback.case(**changes)

    assert refused.value.code == code
    assert not Case.objects.exists()


def test_severity_and_impact_decide_the_priority_anew(agent):
    case = cases.change(feedback.case(), by=agent, severity=4, impact=3)

    assert case.priority == Case.Priority.URGENT
    assert case.events.latest("id").about == {"fields": ["impact", "severity"]}


def test_a_case_is_given_to_somebody_waits_and_is_told_so_once(agent):
    case = feedback.case()
    for _ in range(2):
        cases.assign(case, to=agent, by=agent)
        cases.wait(case, on=Case.Waiting.CUSTOMER, by=agent)

    case.refresh_from_db()
    assert (case.assignee, case.waiting) == (agent, "customer")
    assert [event.what for event in case.events.order_by("pk")] == ["opened", "assigned", "waits"]


def test_cases_go_along_with_a_merged_customer(manager):
    case = feedback.case()
    other = customers.customer()
    merging.merge(case.customer, into=other, by=manager)

    assert list(other.cases.all()) == [case]


def test_an_erased_person_leaves_an_empty_case(manager):
    case = feedback.case(sender_name="Ann Example", sender_address="ann@example.org")
    erasure.erase(case.customer, by=manager)

    case.refresh_from_db()
    assert (case.subject, case.sender_name, case.sender_address) == ("erased", "", "")
    assert [entry.text for entry in case.entries.all()] == [""]


def test_what_was_said_and_done_stays():
    case = feedback.case()
    for refused in (
        lambda: Entry.objects.update(text="Something else"),
        lambda: Entry.objects.all()._raw_delete("default"),
        lambda: Case.objects.filter(pk=case.pk)._raw_delete("default"),
    ):
        with pytest.raises(IntegrityError, match=r"stays|never deleted"), transaction.atomic():
            refused()


@pytest.mark.parametrize(
    "step",
    [
        lambda case, by: cases.change(case, subject="Other", by=by),
        lambda case, by: cases.assign(case, to=by, by=by),
        lambda case, by: cases.wait(case, on=Case.Waiting.CUSTOMER, by=by),
    ],
)
def test_what_is_closed_is_not_changed_given_to_anybody_or_made_to_wait(agent, step):
    case = feedback.closed(feedback.case(), by=agent)
    with pytest.raises(NotOpen) as refused:
        step(case, agent)
    assert refused.value.code == "case_closed"


def test_who_read_a_case_before_somebody_else_changed_it_is_told(agent):
    case = feedback.case()
    read = history.version(case)
    cases.change(case, subject="Other", by=agent, version=read)
    with pytest.raises(ChangedMeanwhile):
        cases.change(case, subject="Mine", by=agent, version=read)


def test_an_order_is_linked_where_it_is_the_customers(agent, agent_client):
    case, other = feedback.case(), feedback.case()
    bought, foreign = purchases.purchase(case.customer, 1_900), purchases.purchase(other.customer, 900)
    address = reverse("admin:case_details", args=[case.pk])
    page = agent_client.get(address).content.decode()
    assert (f">{bought.number}, " in page, f">{foreign.number}, " in page) == (True, False)

    form = {"subject": case.subject, "severity": 2, "impact": 1, "wanted": "", "purchase": bought.pk}
    assert agent_client.post(address, form).status_code == 302
    assert Case.objects.get(pk=case.pk).purchase == bought
    with pytest.raises(CaseRefused) as refused:
        cases.change(case, purchase=foreign, by=agent)
    assert (refused.value.code, refused.value.field) == ("order_of_another", "purchase")
    assert cases.change(case, customer=other.customer, by=agent).purchase is None
