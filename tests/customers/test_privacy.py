"""A person can be told everything and can be forgotten."""

import json
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import call_command
from django.core.serializers.json import DjangoJSONEncoder

from customers.actions import consents, customers, merging, privacy, returns, timeline
from customers.actions.customers import NotActive
from customers.models import AccessLog, Customer, Fact, ImportRun, Profile, Purchase, Verb
from customers.newcomers import Address, Birthday, Knowledge, Newcomer
from customers.queries.holdings import held, tables, unnamed
from customers.queries.search import find
from tests.factories import purchases
from tests.factories.customers import customer as make

pytestmark = pytest.mark.django_db

SECRET = "zanzibar"


@pytest.fixture
def ada(agent) -> Customer:
    """Somebody whose every detail holds the same word, now, before, and in a record merged into theirs."""
    made = customers.add(
        Newcomer(
            number=f"{SECRET}-1",
            name=f"Ada {SECRET}",
            emails=(f"{SECRET}@example.com",),
            phones=("+49301234567",),
            addresses=(Address(f"{SECRET} 1", "DE", city=SECRET),),
            traits=(Knowledge("like", SECRET),),
            birthday=Birthday(12, 10, 1985),
            city=SECRET,
            came_from=SECRET,
            country="DE",
        ),
        by=agent,
    )
    customers.change(made, name=f"Ada B. {SECRET}", by=agent)
    consents.decide(
        made, channel="email", purpose="offers", granted=True, source="form", wording=f"I, {SECRET}, agree", by=agent
    )
    bought = purchases.purchase(made, 1000, 2000)
    returns.record(bought, {1: 1}, reason=f"{SECRET} changed her mind")
    timeline.record(made, Verb.REVIEWED, key=f"review:{SECRET}", text=SECRET)
    run = ImportRun.objects.create(source=purchases.source(), file_name="orders.csv")
    run.bad_rows.create(line=7, cells=f'["{SECRET}"]', code="bad_date", sentence=SECRET, customer=f"{SECRET}-2")
    run.waiting_rows.create(line=8, cells=f'["{SECRET}"]', phase="returns", key="7", customer=f"{SECRET}-1")
    other = make(number=f"{SECRET}-2", name=f"A. {SECRET}", email=f"two-{SECRET}@example.com")
    return merging.merge(other, into=made, by=agent)


def everything_stored() -> str:
    """The database as text, as a dump would show it."""
    out = StringIO()
    call_command("dumpdata", "customers", "pghistory", stdout=out)
    return out.getvalue()


def test_every_table_with_a_key_to_customers_is_named_by_its_app():
    assert unnamed(apps.get_models()) == []


def test_a_table_that_nobody_named_is_noticed(monkeypatch):
    monkeypatch.delitem(apps.get_app_config("customers").about_customers, "Phone")

    assert unnamed(apps.get_models()) == ["customers.Phone"]


def test_an_export_holds_all_tables_and_can_be_written_as_json(ada, agent):
    everything = json.loads(json.dumps(privacy.export(ada, by=agent), cls=DjangoJSONEncoder))

    assert everything["number"] == f"{SECRET}-1"
    assert [row["name"] for row in everything["customers.customer"]] == [f"Ada B. {SECRET}", f"A. {SECRET}"]
    assert {row["address"] for row in everything["customers.emailaddress"]} == {
        f"{SECRET}@example.com",
        f"two-{SECRET}@example.com",
    }
    assert next(row["name"] for row in everything["customers.customerevent"] if row["pgh_obj_id"] == ada.pk) == (
        f"Ada {SECRET}"
    )
    assert len(everything["customers.line"]) == 2
    assert [row["line"] for row in everything["customers.badrow"] + everything["customers.waitingrow"]] == [7, 8]
    assert "by_id" not in everything["customers.fact"][0]
    assert AccessLog.objects.filter(customer=ada, what="exported", by=agent).count() == 1


def test_an_export_holds_nobody_else(ada):
    other = make(number="other", name="Bea")
    purchases.purchase(other, 100)

    assert {table for table in held(other) if "." in table} == {
        "customers.customer", "customers.profile", "customers.purchase", "customers.line", "customers.fact",
    }  # fmt: skip
    assert all(row["customer_id"] == ada.pk for row in held(ada)["customers.purchase"])


def test_a_path_leads_to_customers():
    for model, paths in tables().items():
        for path in paths:
            model._default_manager.filter(**{f"{path}__in": [1]}).exists()


def test_nothing_of_an_erased_person_is_left_anywhere(ada, manager):
    assert SECRET in everything_stored()

    privacy.erase(ada, by=manager)

    stored = everything_stored()
    assert SECRET not in stored
    assert "1985" not in stored
    assert "301234567" not in stored


def test_a_refused_row_that_names_nobody_is_theirs_by_the_address_in_it(ada):
    run = ImportRun.objects.create(source=purchases.source(), file_name="people.csv")
    mail = f"{SECRET}@example.com"
    for line, said in enumerate((f"write to {mail.upper()}.", f"not-{mail}", f"{mail}.au"), start=20):
        run.bad_rows.create(line=line, cells=json.dumps(["", said]), code="customer_missing")

    assert [row["line"] for row in held(ada)["customers.badrow"]] == [7, 20]
    privacy.erase(ada)

    assert list(run.bad_rows.filter(cells="[]").values_list("line", flat=True)) == [20]


def test_an_erased_persons_figures_stay(ada, manager):
    gross = Profile.objects.get(customer=ada).gross
    facts = Fact.objects.count()

    erased = privacy.erase(ada, by=manager)

    assert (erased.status, erased.number, erased.name, erased.country) == ("erased", f"erased-{ada.pk}", "", "DE")
    assert Purchase.objects.get().customer == erased
    assert Profile.objects.get().gross == gross == 3000
    assert Fact.objects.count() == facts + 1
    assert erased.timeline.get(verb=Verb.BOUGHT).about["total"] == 3000
    assert erased.timeline.get(verb=Verb.ERASED).by == manager
    assert AccessLog.objects.filter(customer=ada, what="erased", by=manager).exists()


def test_an_erased_person_is_not_found_and_cannot_be_changed_or_erased_again(ada):
    erased = privacy.erase(ada)

    assert find(SECRET) == find(f"{SECRET}-2") == find(f"erased-{ada.pk}") == []
    with pytest.raises(NotActive):
        customers.change(erased, name="Back")
    with pytest.raises(NotActive):
        privacy.erase(erased)


def test_a_number_that_was_erased_is_free_again(ada):
    privacy.erase(ada)

    assert customers.add(Newcomer(number=f"{SECRET}-1")).status == "active"
