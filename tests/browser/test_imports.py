"""The import centre in a real browser: from the upload to the purchases, the rows that stay out and the list."""

import csv
import gzip
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from customers.actions.imports import runs, turns
from customers.models import ImportRun, Purchase
from people.roles import Role
from tests.factories.imports import DATA, brought_in, mapping, run_of, written
from tests.factories.people import person

HEADER = "order;customer;date;product;qty;price"
ROWS = [
    "A-1;ADA;31.03.2026;tea;2;1,50",
    "A-1;ADA;31.03.2026;pot;1;20,00",
    "B-1;BOB;01.04.2026;tea;zwei;1,50",
    "C-1;ADA;02.04.2026;cup;4;2,25",
    "C-2;;02.04.2026;cup;1;2,25",
]


@pytest.fixture
def marketer(transactional_db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    return person("marketer", role=Role.MARKETING, first_name="Max", last_name="Marketer")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "april.csv.gz"
    path.write_bytes(gzip.compress("\n".join([HEADER, *ROWS, ""]).encode()))
    return path


def upload(page: Page, path: Path) -> ImportRun:
    page.goto("/admin/imports/")
    page.get_by_role("link", name="Bring a file in").first.click()
    page.get_by_label("File", exact=True).set_input_files(path)
    expect(page.get_by_label("Code of the new source")).to_have_value("")
    page.get_by_label("Code of the new source").fill("till")
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_role("heading", name="How is this file read?")).to_be_visible()
    return ImportRun.objects.latest("pk")


def confirm(page: Page, **totals: str) -> None:
    """Say what the page could not know of the file: its currency, and the control totals."""
    page.locator("#id_currency").fill("EUR")
    for name, value in totals.items():
        page.locator(f"#id_{name}").fill(value)
    page.get_by_role("button", name="Confirm").click()


def test_a_file_goes_from_the_upload_to_its_purchases_and_the_list(open_browser, marketer, path):
    page = open_browser(marketer)
    run = upload(page, path)
    first = page.get_by_role("region", name="First rows of the file")
    expect(first.get_by_role("columnheader")).to_have_text(HEADER.split(";"))
    expect(first.get_by_role("row").nth(1)).to_contain_text("ADA")
    expect(page.locator("#id_separator")).to_have_value(";")
    expect(page.locator("#id_column_number")).to_have_value("order")

    confirm(page, expect_rows="5", expect_total="32.00")
    expect(page.get_by_text("Nothing is written yet.")).to_be_visible()
    page.get_by_role("button", name="Dry run").click()
    expect(page.get_by_text("Waiting for a worker")).to_be_visible()
    turns.take()
    expect(page.get_by_text("The dry run is done, and nothing is written yet.")).to_be_visible()
    expect(page.locator(".ms-figures")).to_contain_text("New orders to come")
    expect(page.locator(".ms-figures")).to_contain_text("32.00")
    assert not Purchase.objects.exists()

    page.get_by_role("button", name="Bring it in").click()
    expect(page.get_by_text("running")).to_be_visible()
    turns.take()
    expect(page.get_by_text("done", exact=True)).to_be_visible()
    assert sorted(Purchase.objects.values_list("number", "goods")) == [("A-1", 2300), ("C-1", 900)]
    reasons = page.get_by_role("region", name="Reasons")
    expect(reasons).to_contain_text("The quantity is no number with up to three decimals.")
    expect(reasons).to_contain_text("The row names no customer.")

    with page.expect_download() as download:
        page.get_by_role("link", name="Download these rows").click()
    rows = list(csv.DictReader(Path(download.value.path()).read_text(encoding="utf-8-sig").splitlines()))
    assert [(row["line"], row["reason"]) for row in rows] == [("4", "quantity_unreadable"), ("6", "customer_missing")]

    page.goto("/admin/imports/")
    row = page.get_by_role("row").filter(has_text="april.csv.gz")
    expect(row).to_contain_text("till")
    expect(row).to_contain_text("done")
    row.get_by_role("link", name="april.csv.gz").click()
    expect(page).to_have_url(re.compile(rf"/admin/imports/{run.pk}/$"))


def test_totals_that_do_not_agree_keep_the_file_out(open_browser, marketer, path):
    page = open_browser(marketer)
    upload(page, path)
    confirm(page, expect_rows="6")
    page.get_by_role("button", name="Dry run").click()
    turns.take()

    expect(page.get_by_role("alert").filter(has_text="rows: 6 expected, 5 found")).to_be_visible()
    expect(page.get_by_text("it does not come to the control totals that were given")).to_be_visible()
    expect(page.get_by_role("button", name="Bring it in")).to_have_count(0)
    assert not Purchase.objects.exists()


def test_progress_is_shown_while_it_goes_on_and_a_pause_stops_it(open_browser, marketer, tmp_path):
    run = runs.start(run_of(written(tmp_path, *[f"{n},{n},2026-03-01,tea,1,1" for n in range(40)]), mapping()))
    ImportRun.objects.filter(pk=run.pk).update(done_rows=10, total_rows=40, seconds=1)
    page = open_browser(marketer)
    page.goto(f"/admin/imports/{run.pk}/")
    bar = page.get_by_role("progressbar")
    expect(bar).to_have_attribute("value", "10")

    ImportRun.objects.filter(pk=run.pk).update(done_rows=30)
    expect(bar).to_have_attribute("value", "30")
    pause = page.get_by_role("button", name="Pause")
    pause.focus()
    pause.hover()
    page.mouse.down()
    for _again in range(2):  # the page is asked for anew while the button is held
        page.wait_for_event("requestfinished", lambda request: request.url.endswith("/progress/"))
    page.mouse.up()
    expect(page.get_by_role("button", name="Go on")).to_be_visible()

    assert ImportRun.objects.get(pk=run.pk).state == ImportRun.State.PAUSED


def test_the_pages_of_the_import_centre_are_accessible_and_fit(open_browser, flaws, marketer, path):
    page = open_browser(marketer)
    pages = ["/admin/imports/"]
    assert flaws(page, pages[0]) == [], "an empty list"
    page.goto(pages[0])
    waiting = upload(page, path)
    done = brought_in(DATA / "online_retail.csv", "online_retail")
    pages += ["/admin/imports/new/", f"/admin/imports/{waiting.pk}/mapping/", f"/admin/imports/{waiting.pk}/"]
    for address in [*pages, f"/admin/imports/{done.pk}/"]:
        assert flaws(page, address) == []
