"""Customers and facts come in by the same way as purchases."""

import pytest

from customers.models import Customer, Fact
from tests.factories.imports import brought_in, mapping, written

pytestmark = pytest.mark.django_db


def test_customers_come_in_once_and_the_bad_ones_stay_out(tmp_path):
    header = "no,name,mail,born,country,likes"
    path = written(
        tmp_path,
        "7,Ada Byron,Ada@Example.com;ada@home.example,10.12.1985,DE,tea; books",
        "8,Kim Min,no address,,KR,",
        "9,Somchai,,31.02.1990,TH,",
        ",Nobody,,,,",
        header=header,
    )
    columns = {
        "number": "no",
        "name": "name",
        "email": "mail",
        "birthday": "born",
        "country": "country",
        "like": "likes",
    }
    how = mapping(kind="customers", columns=columns, date="d/m/y")

    run, again = brought_in(path, how), brought_in(path, how)

    ada = Customer.objects.get()
    assert (ada.number, ada.name, ada.birth_year, ada.birth_month) == ("7", "Ada Byron", 1985, 12)
    assert sorted(ada.email_addresses.values_list("address", flat=True)) == ["ada@example.com", "ada@home.example"]
    assert sorted(ada.traits.values_list("value", flat=True)) == ["books", "tea"]
    assert run.totals["refused"] == {"customer_refused": 1, "date_unreadable": 1, "customer_missing": 1}
    assert (run.totals["customers"], again.totals["customers"], again.totals["known"]) == (1, 0, 1)


def test_facts_come_in_once_and_the_bad_ones_stay_out(tmp_path):
    Customer.objects.create(number="7")
    path = written(
        tmp_path,
        "k1,7,visited,2026-03-01 10:00,berlin,60",
        "k2,7,flew,2026-03-01 10:00,berlin,60",
        "k3,8,visited,2026-03-01 10:00,berlin,60",
        "k4,7,visited,yesterday,berlin,60",
        header="id,who,what,when,store,seconds",
    )
    columns = {"key": "id", "customer": "who", "verb": "what", "at": "when", "store": "store", "seconds": "seconds"}
    how = mapping(kind="facts", columns=columns)

    run, again = brought_in(path, how), brought_in(path, how)

    fact = Fact.objects.get(verb="visited")
    assert fact.about == {"store": "berlin", "seconds": 60, "source": "shop"}
    assert (run.totals["facts"], again.totals["facts"], again.totals["known"]) == (1, 0, 1)
    assert sum(run.totals["refused"].values()) == 3
    assert run.totals["refused"]["date_unreadable"] == 1


def test_a_code_of_digits_stays_a_code_and_a_figure_is_one(tmp_path):
    Customer.objects.create(number="7")
    path = written(
        tmp_path,
        "k1,7,visited,2026-03-01 10:00,22423,60",
        f"k2,7,visited,2026-03-01 10:00,22423,{'9' * 5000}",
        header="id,who,what,when,sku,seconds",
    )
    columns = {"key": "id", "customer": "who", "verb": "what", "at": "when", "product": "sku", "seconds": "seconds"}

    run = brought_in(path, mapping(kind="facts", columns=columns))

    assert Fact.objects.get(verb="visited").about == {"product": "22423", "seconds": 60, "source": "shop"}
    assert run.totals["refused"] == {"particular_invalid": 1}
