"""The pages about customers: what they show, to whom, and what they cost."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from customers.actions import consents, contacts, customers, duplicates, merging, privacy, timeline
from customers.actions import purchases as cancelling
from customers.models import AccessLog, ConsentDecision, Customer, Duplicate, Verb
from customers.newcomers import Address, Newcomer
from customers.spreadsheets import cell
from tests.factories import purchases
from tests.factories.customers import customer as make

pytestmark = pytest.mark.django_db


def at(name: str, *args) -> str:
    return reverse(f"admin:{name}", args=args)


def text_of(response) -> str:
    assert response.status_code == 200, response
    return response.content.decode()


def file_of(response) -> str:
    assert response.headers["Content-Type"].startswith("text/csv")
    return b"".join(response.streaming_content).decode()


@pytest.fixture
def ada():
    return customers.add(
        Newcomer(number="A-7", name="Ada Byron", emails=("ada@example.com",), phones=("+49301234567",), country="DE")
    )


# Who may open what.


@pytest.mark.parametrize("name", ["customers", "new_customer", "duplicates", "audit"])
def test_somebody_without_a_role_opens_nothing(intern_client, name):
    assert intern_client.get(at(name)).status_code == 403


@pytest.mark.parametrize(
    "name",
    ["customer", "customer_timeline", "customer_purchases", "customer_details", "merge_customer", "erase_customer"],
)
def test_somebody_without_a_role_opens_no_customer(intern_client, ada, name):
    assert intern_client.get(at(name, ada.pk)).status_code == 403
    assert not AccessLog.objects.filter(customer=ada).exists()


@pytest.mark.parametrize(
    ("name", "args"), [("decide_consent", ()), ("export_customer", ()), ("add_contact", ("email",))]
)
def test_marketing_looks_but_changes_nothing(marketer_client, ada, name, args):
    assert "Ada Byron" in text_of(marketer_client.get(at("customer", ada.pk)))
    assert marketer_client.post(at(name, ada.pk, *args)).status_code == 403
    assert marketer_client.get(at("customer_details", ada.pk)).status_code == 403
    assert marketer_client.get(at("audit")).status_code == 403


def test_support_neither_erases_nor_audits(agent_client, ada):
    page = text_of(agent_client.get(at("customer", ada.pk)))

    assert at("erase_customer", ada.pk) not in page
    assert at("customer_details", ada.pk) in page
    assert agent_client.get(at("erase_customer", ada.pk)).status_code == 403
    assert agent_client.get(at("audit")).status_code == 403


# The search.


def test_the_box_finds_while_one_writes(agent_client, ada):
    make(number="B-8", name="Bea")

    found = text_of(agent_client.get(at("customers"), {"query": "byr"}, headers={"hx-request": "true"}))

    assert "Ada Byron" in found
    assert "Bea" not in found
    assert "<html" not in found


def test_a_number_leads_straight_to_the_customer_and_that_is_written_down(agent_client, agent, ada):
    response = agent_client.get(at("customers"), {"query": "a-7"}, follow=True)

    assert "ada@example.com" in text_of(response)
    assert AccessLog.objects.filter(customer=ada, by=agent).values_list("what", flat=True).get() == "found"


def test_nobody_found_says_what_to_try(agent_client, ada):
    assert "Nobody found" in text_of(agent_client.get(at("customers"), {"query": "zebedee"}))


def test_without_a_question_all_are_listed_newest_first_and_by_stage(agent_client, ada):
    buyer = customers.add(Newcomer(name="Bea Buyer"))
    purchases.purchase(buyer, 1234, at=timezone.now() - timedelta(days=3))

    everybody = text_of(agent_client.get(at("customers")))
    new = text_of(agent_client.get(at("customers"), {"stage": "new"}))

    assert everybody.index("Bea Buyer") < everybody.index("Ada Byron")
    assert "12.34 EUR" in everybody
    assert "Bea Buyer" in new
    assert "Ada Byron" not in new


def test_no_customers_yet_says_how_they_come(agent_client):
    assert "No customers yet" in text_of(agent_client.get(at("customers")))


def test_the_list_costs_the_same_with_one_and_with_three(agent_client, ada, django_assert_num_queries):
    agent_client.get(at("customers"))
    with django_assert_num_queries(5):
        agent_client.get(at("customers"))
    customers.add_many([Newcomer(name="Bea"), Newcomer(name="Cyd")])
    with django_assert_num_queries(5):
        agent_client.get(at("customers"))


def test_the_list_as_a_file_is_written_down(agent_client, agent, ada):
    customers.change(ada, name="=cmd()")

    lines = file_of(agent_client.get(at("customers"), {"format": "csv"})).splitlines()

    assert lines[0].startswith("\ufeffNumber,Name,")
    assert lines[1].startswith("A-7,'=cmd(),DE,")
    assert AccessLog.objects.get(what="listed").by == agent


# The customer page.


def test_the_page_shows_who_what_was_bought_and_what_is_allowed(agent_client, ada):
    purchases.purchase(ada, 1000, number="R-1", at=timezone.now() - timedelta(days=30))
    purchases.purchase(ada, 2050, number="R-2", at=timezone.now() - timedelta(days=10))
    consents.decide(ada, channel="email", purpose="offers", granted=True, source="web")

    page = text_of(agent_client.get(at("customer", ada.pk)))

    for piece in ["A-7", "ada@example.com", "+49 30 1234567", "R-1", "R-2", "20.50 EUR", "20 days", "30.50 EUR"]:
        assert piece in page, piece
    assert "E-mail · offers" in page or "e-mail · offers" in page
    assert "✓" in page


def test_a_customer_of_whom_nothing_is_known_has_a_page(agent_client):
    page = text_of(agent_client.get(at("customer", make(name="", number="X-1").pk)))

    assert "Nothing bought yet" in page
    assert "X-1" in page


def test_the_page_costs_the_same_with_one_and_with_many_facts(
    agent_client, ada, django_assert_max_num_queries, django_assert_num_queries
):
    purchases.purchase(ada, 1000)
    agent_client.get(at("customer", ada.pk))
    with django_assert_max_num_queries(44) as one:  # half of them are what other apps put on the page
        agent_client.get(at("customer", ada.pk))
    for _ in range(3):
        purchases.purchase(ada, 1000)
        contacts.add_email(ada, f"{timezone.now().timestamp()}@example.com")
    with django_assert_num_queries(len(one)):
        agent_client.get(at("customer", ada.pk))


def test_the_address_of_a_merged_customer_leads_to_the_survivor(agent_client, ada):
    old = make(status="merged", merged_into=ada, merged_at=timezone.now())

    assert agent_client.get(at("customer", old.pk)).url == at("customer", ada.pk)


def test_an_erased_customer_has_a_page_without_actions(manager_client):
    erased = make(number="erased-1", name="", status="erased", erased_at=timezone.now())

    page = text_of(manager_client.get(at("customer", erased.pk)))

    assert "This person is forgotten" in page
    assert at("customer_details", erased.pk) not in page


def test_the_timeline_loads_more_and_shows_one_kind(agent_client, ada):
    begun = timezone.now()
    for n in range(25):
        timeline.record(ada, Verb.VISITED, at=begun - timedelta(hours=n))
    first = text_of(agent_client.get(at("customer_timeline", ada.pk), {"group": "doings"}))
    more = first.split("after=")[1].split('"')[0]

    rest = text_of(
        agent_client.get(
            at("customer_timeline", ada.pk), {"group": "doings", "after": more}, headers={"hx-request": "true"}
        )
    )

    assert first.count("Visited") == 20
    assert rest.count("Visited") == 5
    assert "Became known" not in first
    assert "Load more" not in rest


def test_a_timeline_as_a_file_has_every_fact(agent_client, ada):
    for _ in range(25):
        timeline.record(ada, Verb.VISITED)

    assert len(file_of(agent_client.get(at("customer_timeline", ada.pk), {"format": "csv"})).splitlines()) == 27


# What one does there.


def test_a_decision_is_written_down(agent_client, agent, ada):
    wish = {"channel": "sms", "purpose": "care", "granted": "no", "source": "phone call"}

    agent_client.post(at("decide_consent", ada.pk), wish)

    decision = ConsentDecision.objects.get()
    assert (decision.granted, decision.source, decision.by) == (False, "phone call", agent)


def test_a_decision_without_a_source_is_shown_again(agent_client, ada):
    page = text_of(
        agent_client.post(at("decide_consent", ada.pk), {"channel": "sms", "purpose": "care", "granted": "no"})
    )

    assert "This field is required" in page
    assert not ConsentDecision.objects.exists()


def test_details_are_changed_and_a_wrong_one_is_told_beside_its_field(agent_client, ada):
    given = {"version": ada.version, "name": "Ada Lovelace", "country": "gb", "birth_day": 10, "birth_month": 12}

    wrong = text_of(agent_client.post(at("customer_details", ada.pk), given | {"country": "zz"}))
    assert "two letters" in wrong
    agent_client.post(at("customer_details", ada.pk), given)

    ada.refresh_from_db()
    assert (ada.name, ada.country, ada.birth_month) == ("Ada Lovelace", "GB", 12)


def test_a_place_on_the_map_is_changed_and_has_both_coordinates(agent_client, ada):
    given = {"version": ada.version, "name": ada.name, "latitude": "52.52", "longitude": "13.405"}

    half = text_of(agent_client.post(at("customer_details", ada.pk), given | {"longitude": ""}))
    assert "A place has both coordinates" in half
    agent_client.post(at("customer_details", ada.pk), given)

    ada.refresh_from_db()
    assert (float(ada.latitude), float(ada.longitude)) == (52.52, 13.405)


def test_the_page_says_where_an_address_came_from_and_when(agent_client, ada):
    row = contacts.add_phone(ada, "+493012345678", came_from="trade fair")

    page = text_of(agent_client.get(at("customer", ada.pk)))

    assert f"trade fair, {date_format(row.added_at, 'SHORT_DATE_FORMAT')}" in page


def test_a_change_on_top_of_somebody_elses_is_refused_on_the_form(agent_client, ada):
    customers.change(ada, name="Ada L.")

    page = text_of(agent_client.post(at("customer_details", ada.pk), {"version": 1, "name": "A. L."}))

    assert "Somebody else has changed this customer meanwhile" in page


def test_addresses_are_added_made_primary_and_removed(agent_client, ada):
    agent_client.post(at("add_contact", ada.pk, "email"), {"email-address": "new@example.com"})
    new = ada.email_addresses.get(address="new@example.com")
    agent_client.post(at("change_contact", ada.pk, "email", new.pk, "primary"))
    agent_client.post(at("change_contact", ada.pk, "phone", ada.phones.get().pk, "remove"))
    agent_client.post(at("add_contact", ada.pk, "trait"), {"trait-kind": "like", "trait-value": "tea"})

    assert ada.email_addresses.get(primary=True) == new
    assert not ada.phones.exists()
    assert ada.traits.get().value == "tea"


def test_a_phone_that_is_none_is_told_beside_its_field(agent_client, ada):
    page = text_of(agent_client.post(at("add_contact", ada.pk, "phone"), {"phone-number": "12"}))

    assert "This is no phone number" in page


def test_an_address_is_corrected_on_a_page_of_its_own(agent_client, marketer_client, ada):
    wrong = contacts.add_address(ada, Address("Haupstr. 1", city="Berlin", country="DE"))
    here = at("correct_contact", ada.pk, "address", wrong.pk)

    assert here in text_of(agent_client.get(at("customer_details", ada.pk)))
    assert "Haupstr. 1" in text_of(agent_client.get(here))
    right = {
        "lines": "Hauptstr. 1",
        "city": "Berlin",
        "version": agent_client.get(here).context["form"]["version"].value(),
    }
    refused = text_of(agent_client.post(here, right | {"country": "XX"}))
    done = text_of(agent_client.post(here, right | {"country": "DE"}, follow=True))
    stale = text_of(agent_client.post(here, right | {"lines": "Hauptstr. 2", "country": "DE"}))

    assert "Hauptstr. 1" in refused
    assert "Somebody else has changed this customer meanwhile." in stale
    assert "Corrected." in done
    assert ada.postal_addresses.get().lines == "Hauptstr. 1"
    assert agent_client.get(at("correct_contact", ada.pk, "trait", 1)).status_code == 404
    assert agent_client.get(at("correct_contact", make().pk, "address", wrong.pk)).status_code == 404
    assert marketer_client.get(here).status_code == 403


def test_another_customers_address_cannot_be_touched(agent_client, ada):
    other = make(email="bea@example.com")

    assert agent_client.post(
        at("change_contact", ada.pk, "email", other.email_addresses.get().pk, "remove")
    ).status_code == 404  # fmt: skip


def test_a_new_customer_is_added_and_a_taken_number_refused(agent_client, ada):
    refused = text_of(agent_client.post(at("new_customer"), {"name": "Bea", "number": "A-7"}))
    wrong = text_of(agent_client.post(at("new_customer"), {"name": "Bea", "phone": "12"}))
    agent_client.post(at("new_customer"), {"name": "Bea", "email": "bea@example.com"})

    assert "The number A-7 is taken" in refused
    assert "This is no phone number" in wrong
    assert Customer.objects.get(name="Bea").email_addresses.get().address == "bea@example.com"


def test_a_new_customer_whose_address_or_phone_is_known_is_added_on_insisting_only(agent_client, ada):
    make(number="B-1", name="Bea", email="bea@example.com", phone="+49301234567")

    for known in ({"email": "Bea@Example.com"}, {"phone": "030 1234567"}):
        asked = text_of(agent_client.post(at("new_customer"), {"name": "Bo", **known}))
        assert "Bea (B-1)" in asked
    assert not Customer.objects.filter(name="Bo").exists()
    agent_client.post(at("new_customer"), {"name": "Bo", "email": "bea@example.com", "another": "1"})

    assert Customer.objects.get(name="Bo").email_addresses.get().address == "bea@example.com"


def test_who_comes_back_to_a_merge_or_an_erasure_is_led_on(manager_client, manager, ada):
    old, gone = make(number="B-1"), make(number="C-1")
    merging.merge(old, into=ada, by=manager)
    privacy.erase(gone, by=manager)

    merged = manager_client.post(at("merge_customer", old.pk), {"into": "A-7"})
    erased = manager_client.post(at("erase_customer", gone.pk), {"number": "C-1", "sure": "on"})

    assert merged.url == at("customer", ada.pk)
    assert erased.url == at("customers")
    nobody = text_of(manager_client.get(at("customer", gone.pk)))
    asked = (
        "adjust_points",
        "customer_memberships",
        "take_receipt",
        "record_purchase",
        "tell_fact",
        "customer_details",
    )
    assert [name for name in asked if at(name, gone.pk) in nobody] == []
    known = text_of(manager_client.get(at("customer", ada.pk)))
    assert [name for name in asked if at(name, ada.pk) not in known] == []


def test_an_export_is_json_and_written_down(agent_client, agent, ada):
    response = agent_client.post(at("export_customer", ada.pk))

    assert json.loads(response.content)["number"] == "A-7"
    assert AccessLog.objects.get(what="exported").by == agent


def test_erasing_asks_for_the_number(manager_client, ada):
    refused = text_of(manager_client.post(at("erase_customer", ada.pk), {"number": "A-8", "sure": "on"}))
    ada.refresh_from_db()
    assert "not the number of this customer" in refused
    assert ada.status == "active"

    manager_client.post(at("erase_customer", ada.pk), {"number": "A-7", "sure": "on"})
    ada.refresh_from_db()
    assert ada.status == "erased"


# Duplicates and merging.


def test_duplicates_are_listed_compared_and_dismissed(agent_client, agent, ada):
    twin = make(number="A-9", name="A. Byron", email="ada@example.com")
    duplicates.find()

    page = text_of(agent_client.get(at("duplicates")))
    assert "Same e-mail address" in page
    assert f"{at('merge_customer', twin.pk)}?into=A-7" in page
    assert "May be the same person" in text_of(agent_client.get(at("customer", twin.pk)))
    assert "A-7,Ada Byron,A-9" in file_of(agent_client.get(at("duplicates"), {"format": "csv"}))
    listed = AccessLog.objects.filter(what=AccessLog.What.LISTED, fields="duplicates", by=agent)
    assert set(listed.values_list("customer", flat=True)) == {ada.pk, twin.pk}

    agent_client.post(at("dismiss_duplicate", Duplicate.objects.get().pk))
    assert Duplicate.objects.get().dismissed_by == agent
    assert "No duplicates are suggested" in text_of(agent_client.get(at("duplicates")))


def test_a_merge_is_looked_at_first_and_then_done(agent_client, ada):
    twin = make(number="A-9", name="A. Byron", email="other@example.com")

    preview = text_of(agent_client.get(at("merge_customer", twin.pk), {"into": "A-7"}))
    seen = AccessLog.objects.filter(what="viewed", fields="merge").values_list("customer", flat=True)
    assert set(seen) == {twin.pk, ada.pk}
    assert "instead of A. Byron" in preview
    twin.refresh_from_db()
    assert twin.status == "active"

    agent_client.post(at("merge_customer", twin.pk), {"into": "A-7"})
    twin.refresh_from_db()
    assert twin.merged_into == ada


@pytest.mark.parametrize(("number", "says"), [("nobody", "no customer with this number"), ("A-7", "into itself")])
def test_a_merge_that_cannot_be_is_refused_on_the_form(agent_client, ada, number, says):
    assert says in text_of(agent_client.post(at("merge_customer", ada.pk), {"into": number}))
    assert Customer.objects.get().status == "active"


# The audit.


def test_managers_see_who_looked_at_whom(manager_client, agent_client, agent, ada):
    agent_client.get(at("customer", ada.pk))
    other = make(number="B-8")
    manager_client.get(at("customer", other.pk))

    def rows(**wanted):
        page = file_of(manager_client.get(at("audit"), {"format": "csv", **wanted}))
        return [line.split(",")[1:3] + line.split(",")[4:] for line in page.splitlines()[1:]]

    assert rows() == [["Mia Manager", "looked at", "B-8"], ["Ada Agent", "looked at", "A-7"]]
    assert rows(by="agent") == rows(customer="A-7") == rows()[1:]
    assert rows(what="erased") == rows(customer="nobody") == rows(until="2020-01-01") == []
    assert len(rows(since="0001-01-01", until="9999-12-31")) == 2
    assert "Ada Agent" in text_of(manager_client.get(at("audit"), {"since": "not a day"}))


def test_the_audit_costs_the_same_with_one_and_with_three(manager_client, ada, agent, django_assert_num_queries):
    AccessLog.objects.create(customer=ada, what="viewed", by=agent)
    manager_client.get(at("audit"))
    with django_assert_num_queries(6):
        manager_client.get(at("audit"))
    for _ in range(2):
        AccessLog.objects.create(customer=make(), what="viewed", by=agent)
    with django_assert_num_queries(6):
        manager_client.get(at("audit"))


@pytest.mark.parametrize("value", ["=1+1", "+49", "-5+3", "@x", "\t=1", " =1", "%x", "|x", "\uff1d1+1"])
def test_a_cell_that_looks_like_a_formula_is_text(value):
    assert cell(value) == f"'{value}"


@pytest.mark.parametrize("value", [-5, "-5.25", "Ada", "1,000", ""])
def test_a_number_and_a_word_stay_as_they_are(value):
    assert cell(value) == str(value)


def test_a_time_in_a_file_is_that_of_the_page_and_one_that_spreadsheet_programs_know():
    with timezone.override("Asia/Seoul"):
        assert cell(datetime(2026, 3, 1, 15, 30, tzinfo=UTC)) == "2026-03-02 00:30:00"


@pytest.mark.parametrize(
    ("page", "seen"),
    [("customer_details", "details"), ("customer_timeline", "timeline"), ("customer_purchases", "purchases")],
)
def test_whoever_looks_at_a_part_of_a_customer_is_written_down(agent_client, agent, ada, page, seen):
    agent_client.get(at(page, ada.pk))

    assert (
        AccessLog.objects.filter(customer=ada, what="viewed", by=agent).values_list("fields", flat=True).get() == seen
    )


def test_whoever_opens_an_address_to_correct_it_is_written_down(agent_client, agent, ada):
    theirs = ada.email_addresses.first() or contacts.add_email(ada, "ada@example.com")

    agent_client.get(at("correct_contact", ada.pk, "email", theirs.pk))

    assert AccessLog.objects.filter(customer=ada, what="viewed", by=agent, fields="email").exists()


def test_a_cancelled_purchase_and_the_one_that_bills_it_anew_lead_to_each_other(agent_client):
    who = make()
    wrong, right = purchases.purchase(who, number="wrong"), purchases.purchase(who, number="right")
    cancelling.cancel(wrong, rebilled_as=right)

    assert (
        reverse("admin:purchase", args=[right.pk])
        in agent_client.get(reverse("admin:purchase", args=[wrong.pk])).content.decode().split("Billed again as")[1]
    )
    assert (
        reverse("admin:purchase", args=[wrong.pk])
        in agent_client.get(reverse("admin:purchase", args=[right.pk])).content.decode().split("Bills anew")[1]
    )


@pytest.mark.parametrize(
    ("born", "words"),
    [((13, 4, 2001), "13 April 2001"), ((29, 2, None), "29 February"), ((None, None, None), "")],
)
def test_a_birthday_is_told_in_words(born, words):
    day, month, year = born

    assert Customer(birth_day=day, birth_month=month, birth_year=year).birthday_in_words == words
