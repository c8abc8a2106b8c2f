"""The import centre: upload, confirm, dry run, start, refused rows."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from customers.actions import privacy
from customers.actions.imports import runs, turns
from customers.models import ImportRun, Purchase, Source
from tests.factories.customers import customer
from tests.factories.imports import DATA, brought_in, checked, mapping, run_of, written

pytestmark = pytest.mark.django_db
FILE = b"order,customer,date,product,qty,price\nA,1,2026-03-01,tea,1,1.50\nB,2,2026-03-01,tea,x,2\n"


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


def upload(client, content: bytes = FILE) -> ImportRun:
    answer = client.post(
        reverse("admin:import_new"), {"new_source": "shop", "file": SimpleUploadedFile("orders.csv", content)}
    )
    run = ImportRun.objects.latest("pk")
    assert answer.url == reverse("admin:import_mapping", args=[run.pk])
    return run


def said(**changes) -> dict[str, str]:
    """The mapping page as it is sent."""
    usual = {
        "encoding": "utf-8-sig",
        "separator": ",",
        "header": "on",
        "decimal": ".",
        "date": "iso",
        "zone": "Europe/Berlin",
        "currency": "EUR",
        "numbered": "on",
        "create_customers": "on",
        "column_number": "order",
        "column_customer": "customer",
        "column_at": "date",
        "column_product": "product",
        "column_quantity": "qty",
        "column_unit_price": "price",
        "confirm": "1",
    }
    return usual | changes


def offered(client, run: ImportRun) -> set[str]:
    """What the page of a run lets one do."""
    page = client.get(reverse("admin:import_run", args=[run.pk])).content.decode()
    return {
        name for name in ("Dry run", "Bring it in", "Go on") if name in re.findall(r">\s*([A-Z][a-z ]+?)\s*<", page)
    }


def test_a_file_that_control_totals_keep_out_is_not_offered_to_be_brought_in(marketer_client, tmp_path):
    path = written(tmp_path, "A,1,2026-03-01,tea,1,1", "B,2,2026-03-01,tea,1,2")
    unchecked = run_of(path, mapping(), expected={"rows": 2})
    different = checked(path, mapping(), expected={"rows": 3})
    agreed = checked(path, mapping(), expected={"rows": 2})
    failed = checked(path, mapping(), expected={"rows": 2})
    ImportRun.objects.filter(pk=failed.pk).update(state="failed", finished_at=Now())

    assert [offered(marketer_client, run) for run in (unchecked, different, agreed, failed)] == [
        {"Dry run"},
        {"Dry run"},
        {"Dry run", "Bring it in"},
        {"Dry run", "Go on"},
    ]

    marketer_client.post(reverse("admin:import_move", args=[failed.pk, "check"]))
    ImportRun.objects.filter(pk=failed.pk).update(state="failed", finished_at=Now())
    assert offered(marketer_client, failed) == {"Dry run"}


def test_a_file_goes_from_upload_to_its_purchases(marketer_client, marketer):
    run = upload(marketer_client)
    page = marketer_client.get(reverse("admin:import_mapping", args=[run.pk]))
    assert "tea" in page.content.decode()
    assert page.context["form"].initial["column_number"] == "order"

    marketer_client.post(reverse("admin:import_mapping", args=[run.pk]), said())
    marketer_client.post(reverse("admin:import_move", args=[run.pk, "check"]))
    turns.take()
    page = marketer_client.get(reverse("admin:import_run", args=[run.pk])).content.decode()
    assert "The dry run is done" in page
    assert "The quantity is no number" in page
    assert not Purchase.objects.exists()

    marketer_client.post(reverse("admin:import_move", args=[run.pk, "start"]))
    assert "hx-get" in marketer_client.get(reverse("admin:import_run", args=[run.pk])).content.decode()
    assert turns.take() == 1

    done = ImportRun.objects.get()
    assert (done.state, done.totals["orders"], done.path, done.by) == ("done", 1, "", marketer)
    assert (Purchase.objects.get().goods, Purchase.objects.get().by) == (150, marketer)
    assert not list((run.file.parent).iterdir())


def test_what_contradicts_the_file_is_shown_on_the_form(marketer_client):
    run = upload(marketer_client, FILE.replace(b"2026-03-01", b"31/03/2026"))

    page = marketer_client.post(reverse("admin:import_mapping", args=[run.pk]), said(date="m/d/y"))

    assert "Line 2 has the date 31/03/2026" in page.content.decode()
    assert ImportRun.objects.get().state == "uploaded"


def test_ambiguous_dates_are_asked_for_and_not_guessed(marketer_client):
    run = upload(marketer_client, FILE.replace(b"2026-03-01", b"03/04/2026"))

    page = marketer_client.get(reverse("admin:import_mapping", args=[run.pk]))

    assert page.context["questions"] == ("date",)
    assert "Say which one it is" in page.content.decode()
    assert page.context["form"].initial["date"] == ""


def test_a_date_that_is_none_is_not_called_ambiguous(marketer_client):
    run = upload(marketer_client, FILE.replace(b"2026-03-01", b"soon", 1))

    shown = marketer_client.get(reverse("admin:import_mapping", args=[run.pk])).content.decode()

    assert "written in no way that is known here" in shown
    assert "more than one way" not in shown


def test_other_settings_show_other_columns_before_anything_is_confirmed(marketer_client):
    run = upload(marketer_client, FILE.replace(b",", b";"))

    wrong = said(separator="|")
    del wrong["confirm"]
    page = marketer_client.post(reverse("admin:import_mapping", args=[run.pk]), wrong)
    right = marketer_client.post(reverse("admin:import_mapping", args=[run.pk]), wrong | {"separator": ";"})

    assert len(page.context["header"]) == 1
    assert right.context["header"] == ["order", "customer", "date", "product", "qty", "price"]
    assert ImportRun.objects.get().state == "uploaded"


def test_a_ready_made_mapping_can_be_chosen(marketer_client):
    run = upload(marketer_client, (DATA / "online_retail.csv").read_bytes())

    page = marketer_client.get(reverse("admin:import_mapping", args=[run.pk]), {"as": "online_retail"})

    assert page.context["form"].initial["column_number"] == "InvoiceNo"
    assert page.context["form"].initial["returns_start"] == "C"


@pytest.mark.parametrize("content", [b"", None])
def test_no_file_or_an_empty_one_is_refused_with_a_sentence(marketer_client, content):
    sent = {"new_source": "shop"} | ({"file": SimpleUploadedFile("a.csv", content)} if content is not None else {})

    page = marketer_client.post(reverse("admin:import_new"), sent).content.decode()

    assert "The file is empty" in page or "Choose a file" in page
    assert not ImportRun.objects.exists()


def test_refused_rows_are_downloaded_with_line_and_reason(marketer_client):
    run = checked(DATA / "online_retail.csv", "online_retail")

    answer = marketer_client.get(reverse("admin:import_refused", args=[run.pk]))

    lines = b"".join(answer.streaming_content).decode().splitlines()
    assert lines[0] == "\ufeffline,reason,in words,row"
    assert len(lines) == 19
    assert any(line.startswith("33,price_zero,") for line in lines)


def test_a_move_that_cannot_be_made_is_answered_with_a_sentence(marketer_client, tmp_path):
    run = run_of(written(tmp_path, "A,1,2026-03-01,tea,1,1"), mapping())

    page = marketer_client.post(reverse("admin:import_move", args=[run.pk, "pause"]), follow=True)

    assert "that cannot be done now" in page.content.decode()


@pytest.mark.parametrize("name", ["imports", "import_new", "import_run", "import_mapping", "import_refused"])
def test_who_may_not_import_sees_nothing_of_it(agent_client, marketer_client, tmp_path, name):
    run = run_of(written(tmp_path, "A,1,2026-03-01,tea,1,1"), mapping())
    address = reverse(f"admin:{name}", args=[run.pk] if name.startswith("import_") and name != "import_new" else [])

    assert agent_client.get(address).status_code == 403
    assert marketer_client.get(address).status_code == 200


def test_the_list_costs_the_same_with_one_run_and_with_three(marketer_client, tmp_path):
    path = written(tmp_path, "A,1,2026-03-01,tea,1,1")
    address = reverse("admin:imports")
    assert "No file has come in yet" in marketer_client.get(address).content.decode()
    costs = []
    for runs_there in (1, 3):
        while ImportRun.objects.count() < runs_there:
            run_of(path, mapping())
        with CaptureQueriesContext(connection) as queries:
            marketer_client.get(address)
        costs.append(len(queries))

    assert costs[0] == costs[1] < 10


def test_the_uploaded_file_of_an_erased_person_is_removed(marketer_client):
    run = upload(marketer_client, FILE.replace(b"B,2,", b"B,4711,"))
    other = upload(marketer_client)

    assert runs.forget(["4711"]) == {"rows": 0, "files": 1}

    run, other = ImportRun.objects.get(pk=run.pk), ImportRun.objects.get(pk=other.pk)
    assert (run.path, run.state) == ("", "failed")
    assert other.file.exists()
    assert Source.objects.count() == 1


def test_erasing_a_person_removes_uploaded_files_that_name_their_number_or_address(marketer_client):
    by_number = upload(marketer_client, FILE.replace(b"B,2,", b"B,4711,"))
    by_address = upload(marketer_client, FILE.replace(b"tea,x", b"ada@example.com,x"))
    other = upload(marketer_client)

    privacy.erase(customer(number="4711", email="ada@example.com"))

    paths = dict(ImportRun.objects.values_list("pk", "path"))
    assert (paths[by_number.pk], paths[by_address.pk]) == ("", "")
    assert paths[other.pk]
    assert other.file.exists()


def test_erasing_a_person_removes_an_uploaded_file_that_names_them_in_utf_16(marketer_client):
    named, other = (
        upload(marketer_client, file.decode().encode("utf-16")) for file in (FILE.replace(b"B,2,", b"B,4711,"), FILE)
    )

    privacy.erase(customer(number="4711"))

    paths = dict(ImportRun.objects.values_list("pk", "path"))
    assert (paths[named.pk], bool(paths[other.pk])) == ("", True)


def test_a_file_of_customers_can_be_uploaded_too(marketer_client):
    file = SimpleUploadedFile("people.csv", b"number,name,email\n7,Ada,ada@example.com\n")
    marketer_client.post(reverse("admin:import_new"), {"new_source": "crm", "kind": "customers", "file": file})
    run = ImportRun.objects.get()
    address = reverse("admin:import_mapping", args=[run.pk])
    form = marketer_client.get(address).context["form"]
    assert form.initial["column_email"] == "email"
    labels = [str(field.label) for field in form.column_fields]
    assert labels[:4] == ["Customer's number", "Name", "E-mail addresses", "Phones"]
    assert [label for label in labels if label[0].islower()] == []
    assert [field.name for field in form.total_fields] == ["expect_rows"]

    columns = {"column_number": "number", "column_name": "name", "column_email": "email"}
    plain = {name: value for name, value in said().items() if not name.startswith("column_")}
    marketer_client.post(address, plain | columns)
    marketer_client.post(reverse("admin:import_move", args=[run.pk, "start"]))
    turns.take()

    assert ImportRun.objects.get().totals["customers"] == 1
    page = marketer_client.get(reverse("admin:import_run", args=[run.pk])).content.decode()
    assert "Customers known before" in page
    assert "rders" not in page.partition("ms-figures")[2]
    assert [run.shown_totals["things"] for run in marketer_client.get(reverse("admin:imports")).context["page"]] == [1]


def test_what_came_of_a_file_of_facts_is_said_of_facts(marketer_client, tmp_path):
    customer(number="7")
    path = written(
        tmp_path, "k1,7,visited,2026-03-01 10:00", "k2,7,visited,2026-03-02 10:00", header="id,who,what,when"
    )
    run = brought_in(
        path, mapping(kind="facts", columns={"key": "id", "customer": "who", "verb": "what", "at": "when"})
    )

    page = marketer_client.get(reverse("admin:import_run", args=[run.pk])).content.decode()

    assert re.findall(r'figure-name">([^<]*)</span>\s*<p class="ms-figure-value">(\d+)', page) == [
        ("Rows", "2"), ("New facts", "2"), ("Facts known before", "0"), ("Rows that stay out", "0")
    ]  # fmt: skip
    assert run.shown_totals["things"] == 2


def test_what_explains_a_field_of_the_mapping_is_told_with_it(marketer_client):
    page = marketer_client.post(
        reverse("admin:import_mapping", args=[upload(marketer_client).pk]), said(date="backwards", confirm="1")
    ).content.decode()

    told = {name for names in re.findall(r'aria-describedby="([^"]*)"', page) for name in names.split()}
    assert {name.rpartition("_")[2] for name in told} == {"helptext", "error"}
    assert [name for name in sorted(told) if f'id="{name}"' not in page] == []


def test_a_file_read_in_another_encoding_than_its_own_shows_where_it_cannot_be(marketer_client):
    run = upload(marketer_client, FILE.replace(b"tea", "Grün".encode("cp1252")).replace(b"B,2", b"B\xfc,2"))
    here = reverse("admin:import_mapping", args=[run.pk])
    assert "Grün" in marketer_client.get(here).content.decode()

    again = {name: value for name, value in said(again="1").items() if name != "confirm"}
    assert "Gr\N{REPLACEMENT CHARACTER}n" in marketer_client.post(here, again).content.decode()
    marketer_client.post(here, said())
    marketer_client.post(reverse("admin:import_move", args=[run.pk, "check"]))
    turns.take()

    page = marketer_client.get(reverse("admin:import_run", args=[run.pk]))
    file = marketer_client.get(reverse("admin:import_refused", args=[run.pk]))
    assert "no text" in page.content.decode()
    assert b"".join(file.streaming_content)
    assert not Purchase.objects.exists()


def test_an_upload_without_a_file_says_so(marketer_client):
    assert "Choose a file." in marketer_client.post(reverse("admin:import_new"), {}).content.decode()
