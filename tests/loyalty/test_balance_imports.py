"""Balances of another system: whole or not at all, by page and by command."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from loyalty import arithmetic
from loyalty.actions import audit, balance_imports, wallets
from loyalty.actions.balance_imports import FileRefused
from loyalty.actions.refusals import ControlTotalDiffers, WalletFrozen
from loyalty.models import BalanceImport, Lot, Transaction
from tests.factories.customers import customer as make
from tests.factories.loyalty import buckets, on, programme

pytestmark = pytest.mark.django_db
FILE = ["customer,points,expires\n", "A,100,2036-06-30\n", "B,200,\n", "C,300,\n"]


@pytest.fixture
def three(monkeypatch):
    monkeypatch.setattr(balance_imports, "AT_ONCE", 2)
    programme()
    return [make(number=number) for number in "ABC"]


def refused(lines, declared=600, name="Old cards"):
    with pytest.raises(FileRefused) as refusal:
        balance_imports.bring_in(lines, name=name, declared=declared)
    return refusal.value.code


def test_i11_a_wrong_control_total_writes_nothing(three):
    with pytest.raises(ControlTotalDiffers) as refusal:
        balance_imports.bring_in(FILE, name="Old cards", declared=601)

    assert refusal.value.params == {"declared": 601, "counted": 600}
    assert not Transaction.objects.exists()


def test_i12_a_right_one_brings_everything_in_once(three):
    made = balance_imports.bring_in(FILE, name="Old cards", declared=600)

    assert [buckets(one)[1] for one in three] == [100, 200, 300]
    assert (made.rows, made.points) == (3, 600)
    assert Lot.objects.get(wallet__customer=three[0]).expires_at == on("2036-07-01")
    assert refused(FILE) == "import_known"
    assert audit.audit().findings == []


def test_a_customer_may_have_several_rows(three):
    balance_imports.bring_in([*FILE, "A,5,\n", "A,5,\n"], name="Old cards", declared=610)

    assert buckets(three[0])[1] == 110


def test_wrong_rows_are_named_and_nothing_is_written(three):
    lines = [FILE[0], "Z,1,\n", ",1,\n", "A,-5,\n", "A,x,\n", "A,1,soon\n", "A,1,2020-01-01\n", "B,1,\n"]

    with pytest.raises(FileRefused) as refusal:
        balance_imports.bring_in(lines, name="x", declared=1)

    told = refusal.value.messages[0]
    assert refusal.value.code == "rows_wrong"
    assert [f"line {n}" in told for n in range(2, 9)] == [True] * 6 + [False]
    assert refused(["number\n", "1\n"]) == "no_columns"
    assert refused(["customer,points\n"]) == "no_rows"
    assert not Transaction.objects.exists()


@pytest.mark.parametrize("zone", ["Etc/GMT+12", "Pacific/Kiritimati"])  # at any moment one of them has another day
def test_a_last_day_is_one_of_the_programmes_zone(three, zone):
    programme(zone=zone)
    today = arithmetic.local_day(timezone.now(), zone)
    lines = [[FILE[0], f"A,1,{day}\n"] for day in (today, today - timedelta(days=1))]

    assert balance_imports.check(lines[0], declared=1).points == 1
    with pytest.raises(FileRefused, match="line 2: the points have expired"):
        balance_imports.check(lines[1], declared=1)


def test_a_row_that_the_ledger_refuses_keeps_out_all(three):
    wallets.freeze(three[2], reason="odd")

    with pytest.raises(WalletFrozen):
        balance_imports.bring_in(FILE, name="Old cards", declared=600)

    assert not Transaction.objects.exists()
    assert not BalanceImport.objects.exists()


def test_by_command(three, tmp_path, capsys):
    file = tmp_path / "old.csv"
    file.write_text("\ufeff" + "".join(FILE))

    with pytest.raises(CommandError, match="601 were declared"):
        call_command("import_balances", file, name="Old", total=601)
    call_command("import_balances", file, name="Old", total=600, check=True)
    assert not Transaction.objects.exists()
    call_command("import_balances", file, name="Old", total=600)

    assert "3 rows, 600 points brought in" in capsys.readouterr().out
    with pytest.raises(CommandError, match="brought in before"):
        call_command("import_balances", file, name="Old", total=600)


def test_by_page(marketer_client, agent_client, three):
    def send(client, declared, **more):
        file = SimpleUploadedFile("old.csv", "".join(FILE).encode())
        said = {"file": file, "name": "Old cards", "declared": declared} | more
        return client.post(reverse("admin:balance_imports"), said, follow=True)

    assert "601 were declared" in send(marketer_client, 601).content.decode()
    assert "would come in" in send(marketer_client, 600, check="1").content.decode()
    assert not Transaction.objects.exists()
    assert "are brought in" in send(marketer_client, 600).content.decode()

    assert buckets(three[2])[1] == 300
    assert send(agent_client, 600).status_code == 403


def test_a_file_that_is_no_text_is_refused(marketer_client, three):
    file = SimpleUploadedFile("old.csv", b"customer,points\n\xff,1\n")

    answer = marketer_client.post(reverse("admin:balance_imports"), {"file": file, "name": "x", "declared": 1})

    assert "not UTF-8" in answer.content.decode()
