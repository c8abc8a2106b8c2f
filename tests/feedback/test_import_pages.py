"""Cases come in through the import centre, for those who may bring them in."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from customers.actions.imports import turns
from customers.models import ImportRun
from feedback.models import Case
from tests.factories.imports import DATA

pytestmark = pytest.mark.django_db
FILE = (
    b"Case,Status,Created,Issue,Closed,Channel\n"
    b"1,Done,2026-03-01,Late,2026-03-02,phone\n"
    b"2,Waiting,2026-03-01,Broken,,phone\n"
)


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


def upload(client, content: bytes = FILE) -> ImportRun:
    file = SimpleUploadedFile("cases.csv", content)
    client.post(reverse("admin:import_new"), {"kind": "cases", "new_source": "old-desk", "file": file})
    return ImportRun.objects.get()


def said(**changes) -> dict[str, str]:
    usual = {
        "encoding": "utf-8-sig", "separator": ",", "header": "on", "date": "iso", "zone": "UTC", "numbered": "on",
        "judged": "on", "kind_of_all": "question", "column_number": "Case", "column_at": "Created",
        "column_subject": "Issue", "column_state": "Status", "column_closed": "Closed", "column_channel": "Channel",
        "translated": "state: Done = closed\nstate: Waiting = customer", "confirm": "1",
    }  # fmt: skip
    return usual | changes


def test_a_file_of_cases_comes_in_from_upload_to_the_end(manager_client):
    run = upload(manager_client)
    mapping, page = reverse("admin:import_mapping", args=[run.pk]), reverse("admin:import_run", args=[run.pk])

    asked = manager_client.get(mapping).content.decode()
    refused = manager_client.post(mapping, said(translated="state: Done = closed\nstate: Waiting = ?"))
    answer = manager_client.post(mapping, said())
    manager_client.post(reverse("admin:import_move", args=[run.pk, "start"]))
    turns.take()

    assert "state: Done = ?\nstate: Waiting = ?" in asked
    assert "incident_event_log" in asked
    assert "online_retail" not in asked
    assert "? is no state" in refused.content.decode()
    assert answer.url == page
    assert sorted(Case.objects.values_list("reference", "stage", "waiting")) == [
        ("1", "closed", ""), ("2", "received", "customer"),
    ]  # fmt: skip
    shown = manager_client.get(page).content.decode()
    assert "New cases" in shown
    assert "New orders" not in shown
    assert manager_client.get(reverse("admin:imports")).status_code == 200


def test_a_ready_made_mapping_is_shown_as_it_is_and_sent_back_unchanged(manager_client):
    run = upload(manager_client, (DATA / "cfpb_complaints.csv").read_bytes())
    mapping = reverse("admin:import_mapping", args=[run.pk])

    form = manager_client.get(mapping, {"as": "cfpb_complaints"}).context_data["form"]
    sent = {name: value for name, value in form.initial.items() if value not in (None, False)}
    manager_client.post(f"{mapping}?as=cfpb_complaints", sent | {"confirm": "1"})

    run.refresh_from_db()
    assert run.state == "confirmed"
    assert run.mapping["columns"]["subject"] == "Issue+Sub-issue"
    assert (run.mapping["empty"], run.mapping["numbered"]) == (["N/A"], False)
    assert run.mapping["values"]["outcome"]["Closed with monetary relief"] == "upheld"


def test_who_may_not_add_cases_neither_brings_them_in_nor_sees_such_files(manager_client, marketer_client):
    run = upload(manager_client)

    offered = marketer_client.get(reverse("admin:import_new")).content.decode()
    pages = ("import_run", "import_mapping", "import_progress", "import_refused")
    answers = [marketer_client.get(reverse(f"admin:{name}", args=[run.pk])).status_code for name in pages]

    for name in ("imports", "index"):
        address = reverse(f"admin:{name}")
        assert run.file_name in manager_client.get(address).content.decode()
        assert run.file_name not in marketer_client.get(address).content.decode()
    assert 'value="purchases"' in offered
    assert 'value="cases"' not in offered
    assert answers == [403] * 4
