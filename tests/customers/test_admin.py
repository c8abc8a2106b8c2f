"""Lists over customers, purchases, returns, consent and facts; sources as settings."""

from decimal import Decimal

import pytest
from django.urls import reverse

from customers.actions import consents, returns
from customers.models import AccessLog, Source
from tests.factories import purchases
from tests.factories.customers import customer

LISTS = ["customer", "purchase", "return", "consentdecision", "fact"]


def address(name: str, view: str = "changelist", *arguments) -> str:
    return reverse(f"admin:customers_{name}_{view}", args=arguments)


def live(name: str, by) -> tuple:
    """Somebody called so, who bought, brought something back and said yes."""
    who = customer(name=name, email=f"{name}@example.com")
    bought = purchases.purchase(who, 1000, 2000, number=f"order-of-{name}")
    back = returns.record(bought, {1: Decimal(1)}, reason=f"{name} disliked it", by=by)
    said = consents.decide(who, channel="email", purpose="offers", granted=True, source=f"form of {name}", by=by)
    return who, bought, back, said


@pytest.fixture
def iris(manager):
    return live("iris", manager)


@pytest.fixture
def bea(manager):
    return live("bea", manager)


@pytest.mark.parametrize("name", LISTS)
def test_a_list_is_shown_and_its_box_finds_whose_rows_they_are(agent_client, iris, bea, name):
    everybody = agent_client.get(address(name)).content.decode()
    found = agent_client.get(address(name), {"q": "iris@example.com"}).content.decode()
    nobody = agent_client.get(address(name), {"q": "zebedee"}).content.decode()

    assert ">iris<" in everybody
    assert ">bea<" in everybody
    assert ">iris<" in found
    assert ">bea<" not in found
    assert ">iris<" not in nobody


def test_the_wording_that_was_shown_stands_beside_the_decision(agent_client, iris):
    said = "Yes, write to me about offers."
    consents.decide(iris[0], channel="sms", purpose="offers", granted=True, source="till", wording=said)

    assert said in agent_client.get(address("consentdecision")).content.decode()


def test_an_order_number_finds_the_purchase(agent_client, iris, bea):
    found = agent_client.get(address("purchase"), {"q": "order-of-bea"}).content.decode()

    assert "order-of-bea" in found
    assert "order-of-iris" not in found


def test_a_row_leads_to_the_page_about_it(agent_client, iris):
    who, bought, back, said = iris
    person = reverse("admin:customer", args=[who.pk])
    order = reverse("admin:purchase", args=[bought.pk])
    pages = {
        address("customer", "change", who.pk): person,
        address("purchase", "change", bought.pk): order,
        address("return", "change", back.pk): order,
        address("consentdecision", "change", said.pk): f"{person}#consent",
        address("fact", "change", who.timeline.first().pk): person,
    }

    assert {row: agent_client.get(row)["Location"] for row in pages} == pages
    assert agent_client.get(address("fact", "change", 999_999)).status_code == 404


@pytest.mark.parametrize("name", LISTS)
def test_nothing_is_added_changed_or_deleted_in_a_list(manager_client, iris, name):
    pk = {"customer": iris[0], "purchase": iris[1], "return": iris[2], "consentdecision": iris[3]}.get(
        name, iris[0].timeline.first()
    ).pk

    assert manager_client.get(address(name, "add")).status_code == 403
    assert manager_client.post(address(name, "delete", pk), {"post": "yes"}).status_code == 403
    assert 'name="_selected_action"' not in manager_client.get(address(name)).content.decode()


@pytest.mark.parametrize("name", LISTS)
def test_a_list_is_closed_to_who_may_not_see_customers(intern_client, name):
    assert intern_client.get(address(name)).status_code == 403


@pytest.mark.parametrize("name", LISTS)
def test_a_list_counts_nothing_and_takes_the_same_queries_for_one_and_for_three(
    agent_client, manager, iris, name, django_assert_max_num_queries
):
    with django_assert_max_num_queries(15) as one:
        agent_client.get(address(name))
    for other in ("bea", "cid"):
        live(other, manager)
    with django_assert_max_num_queries(15) as three:
        agent_client.get(address(name))

    assert len(one) == len(three)
    assert [query["sql"] for query in three if "COUNT(" in query["sql"]] == []


@pytest.mark.parametrize("name", LISTS)
def test_a_list_leaves_as_a_file_as_it_is_filtered_and_this_is_written_down(agent_client, agent, iris, bea, name):
    answer = agent_client.get(address(name), {"q": "bea@example.com", "format": "csv"})
    text = b"".join(answer.streaming_content).decode()

    assert answer["Content-Type"].startswith("text/csv")
    assert "bea" in text
    assert "iris" not in text
    noted = AccessLog.objects.filter(what=AccessLog.What.LISTED, by=agent)
    assert list(noted.values_list("customer", "fields")) == [(bea[0].pk, name)]


def test_a_file_of_what_cannot_be_asked_is_the_page_that_says_so(agent_client, iris):
    answer = agent_client.get(address("purchase"), {"format": "csv", "colour": "blue"}, follow=True)

    assert (answer.status_code, answer["Content-Type"].split(";")[0]) == (200, "text/html")


def test_who_may_not_export_gets_the_page_and_no_button(marketer_client, iris):
    answer = marketer_client.get(address("purchase"), {"format": "csv"})

    assert answer["Content-Type"].startswith("text/html")
    assert "Export as CSV" not in answer.content.decode()
    assert not AccessLog.objects.filter(what=AccessLog.What.LISTED).exists()


def test_who_may_not_see_gets_no_file_either(intern_client, iris):
    assert intern_client.get(address("purchase"), {"format": "csv"}).status_code == 403


@pytest.mark.django_db
@pytest.mark.parametrize("name", LISTS)
def test_an_empty_list_is_a_page(agent_client, name):
    assert agent_client.get(address(name)).status_code == 200


def test_marketing_sets_up_a_source_and_its_code_stays(marketer_client):
    wish = {"name": "Tills", "code": "tills", "currency": "EUR", "zone": "Europe/Berlin"}

    made = marketer_client.post(address("source", "add"), wish)
    source = Source.objects.get()
    changed = marketer_client.post(address("source", "change", source.pk), wish | {"name": "Till", "code": "other"})

    assert (made.status_code, changed.status_code) == (302, 302)
    source.refresh_from_db()
    assert (source.name, source.code, source.zone) == ("Till", "tills", "Europe/Berlin")


@pytest.mark.parametrize(("field", "value"), [("currency", "euro"), ("zone", "Mars/Olympus"), ("code", "a b")])
def test_a_source_is_refused_that_no_file_could_use(marketer_client, field, value):
    wish = {"name": "Tills", "code": "tills", "currency": "EUR", "zone": "Europe/Berlin", field: value}

    page = marketer_client.post(address("source", "add"), wish)

    assert list(page.context["adminform"].form.errors) == [field]
    assert not Source.objects.exists()


def test_support_and_the_board_read_sources_only(agent_client, board_manager_client):
    for client in (agent_client, board_manager_client):
        assert client.get(address("source")).status_code == 200
        assert client.get(address("source", "add")).status_code == 403


def test_a_source_is_never_deleted(manager_client, db):
    source = purchases.source()

    assert manager_client.post(address("source", "delete", source.pk), {"post": "yes"}).status_code == 403
