"""What leaves as CSV opens right in a spreadsheet program and runs nothing there."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.contrib.admin import ModelAdmin
from django.test import RequestFactory

from config import spreadsheets
from config.admin import site
from people.models import User
from people.roles import Role
from tests.factories import people


def read(chunks) -> list[list[str]]:
    text = "".join(chunk.decode() if isinstance(chunk, bytes) else chunk for chunk in chunks)
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20"])
def test_text_that_begins_like_a_formula_is_defused(start):
    assert spreadsheets.defused(f"{start}cmd|' /C calc'!A0") == f"'{start}cmd|' /C calc'!A0"


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (-5, "-5"),
        (Decimal("-12.50"), "-12.50"),
        (Decimal("1E+3"), "1000"),
        (1.5, "1.5"),
        (None, ""),
        (True, "yes"),
        ("Ada = Byron", "Ada = Byron"),
        ('say "hi", she said\nand left', 'say "hi", she said\nand left'),
        (date(2026, 3, 2), "2026-03-02"),
        (datetime(2026, 3, 2, 10, 0, tzinfo=UTC), "2026-03-02 10:00:00"),
        ("김유신 สมชาย", "김유신 สมชาย"),
    ],
)
def test_numbers_stay_numbers_and_text_stays_text(value, cell):
    assert read(spreadsheets.lines(["a"], [[value]])) == [["a"], [cell]]


def test_a_long_list_leaves_in_pieces_and_whole():
    asked = []

    def rows():
        for n in range(2000):
            asked.append(n)
            yield [n]

    pieces = spreadsheets.lines(["n"], rows())
    first = next(pieces)

    assert len(asked) < 1000
    assert len(read([first, *pieces])) == 2001


class UserList(ModelAdmin):
    list_display = ["username", "shown", "is_active"]

    def shown(self, user):
        return f"<b>{user.first_name}</b>"


@pytest.mark.django_db
def test_every_list_can_be_exported_by_who_may_see_it():
    people.person("mia", first_name="=1+1", role=Role.MANAGERS)
    request = RequestFactory().post("/")
    request.user = User.objects.get(username="mia")
    list_admin = UserList(User, site)

    offered = list_admin.get_actions(request)
    answer = spreadsheets.export_as_csv(list_admin, request, User.objects.all())

    assert "export_as_csv" in offered
    assert answer["Content-Disposition"] == 'attachment; filename="user.csv"'
    assert read(answer.streaming_content) == [["Username", "Shown", "Active"], ["mia", "'=1+1", "yes"]]


@pytest.mark.django_db
def test_who_may_not_see_a_list_is_not_offered_its_export(intern):
    request = RequestFactory().post("/")
    request.user = intern

    assert "export_as_csv" not in UserList(User, site).get_actions(request)
