"""The report over imported shops: samples always, whole files where MAINSTAY_DATA names their folder."""

import json
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from insights.actions import rows
from insights.metrics.value import fit_buying
from insights.queries import activity, histories, settings
from insights.queries.asked import Asked
from tests.factories.imports import DATA, brought_in, large
from tests.factories.insights import follow, shop

pytestmark = pytest.mark.django_db


def report(as_of: str, *more: str) -> dict:
    said = StringIO()
    call_command("retention_report", "--as-of", as_of, "--format", "json", *more, stdout=said)
    return json.loads(said.getvalue())


def figures(found: dict) -> dict[str, dict]:
    return {one["metric"]: one for one in found["figures"]}


def test_the_bridge_of_a_small_shop():
    """Two active before, of whom one stays; one new, one back after a long time."""
    shop([
        ["2026-01-05", "2026-04-05"],
        ["2026-01-10"],
        ["2026-05-01"],
        ["2025-01-01", "2026-05-20"],
        ["2026-06-01"],
    ])  # fmt: skip
    found = report("2026-06-01", "--since", "2026-03-01")

    assert found["bridge"] == {
        "since": "2026-03-01", "window_days": 90, "start": 2, "end": 3, "new": 1, "reactivated": 1, "kept": 1,
        "lost": 1, "retention": 0.5, "churn": 0.5,
    }  # fmt: skip
    known = figures(found)
    assert (known["repeat_rate_ever"]["numerator"], known["repeat_rate_ever"]["denominator"]) == (2, 4)
    assert (known["repeat_rate"]["numerator"], known["repeat_rate"]["denominator"]) == (1, 4)
    assert found["cohorts"]["2026-01"] == [2, 0, 0, 1, 0]


def test_what_was_bought_after_the_day_counts_nowhere_not_even_in_its_month():
    shop([["2026-01-05", "2026-04-05", "2026-04-10", "2026-04-20"], ["2026-04-12"]])
    known = figures(report("2026-04-10"))

    assert (known["revenue_net"]["numerator"], known["buyers"]["value"]) == (2000, 1)
    assert (known["clv"]["numerator"], known["clv"]["denominator"]) == (2000, 1)


def test_a_sample_of_cdnow_comes_in_and_is_reported():
    brought_in(DATA / "cdnow_sample.txt", "cdnow_sample")
    follow()
    found = report("1998-07-01", "--files")
    known, file = figures(found), found["files"][0]

    assert (file["rows"], file["sold"], file["without_customer"]) == (60, 212532, 0)
    assert known["orders"]["value"] == 60
    assert known["revenue"]["numerator"] == 212532
    assert known["buyers"]["value"] == known["repeat_rate_ever"]["denominator"] == 17
    said = StringIO()
    call_command("retention_report", "--as-of", "1998-07-01", stdout=said)
    assert "Repeat purchase rate, all time" in said.getvalue()
    assert "1997-01  " in said.getvalue()


def test_the_files_of_a_shop_say_what_came_back_without_a_purchase():
    brought_in(DATA / "online_retail.csv", "online_retail")
    follow()
    file = report("2012-01-01", "--files")["files"][0]
    assert (file["rows"], file["without_customer"], file["sales"], file["sold"]) == (78, 8, 7, 197131)
    said = StringIO()
    call_command("retention_report", "--as-of", "2012-01-01", "--files", stdout=said)
    assert "7 sales of 1,971.31 GBP" in said.getvalue()


def test_a_day_that_is_none_is_refused():
    with pytest.raises(CommandError, match="no day"):
        call_command("retention_report", "--as-of", "yesterday")
    with pytest.raises(CommandError, match="no day"):
        call_command("retention_report", "--as-of", "0001-01-01")
    with pytest.raises(CommandError, match="before"):
        call_command("retention_report", "--as-of", "2026-01-01", "--since", "2026-01-01")


MONTHS = """1997-01 7846/1157, 02 9633/1681, 03 9524/1773, 04 2822/852, 05 2214/747, 06 2339/746, 07 2180/604,
08 1772/528, 09 1739/532, 10 1839/624, 11 2028/632, 12 1864/512, 1998-01 1537/472, 02 1551/571, 03 2060/518,
04 1437/459, 05 1488/446"""
COHORTS = {
    "1997-01": "7846 1157 964 810 679 736 720 582 559 594 673 634 528 511 664 472 497 498",
    "1997-02": "8476 1312 980 783 847 786 626 619 666 721 661 545 568 718 545 548 551",
    "1997-03": "7248 1032 752 756 674 564 561 579 634 569 464 472 678 420 443 457",
}


@pytest.mark.large
def test_cdnow_has_every_listed_value():
    brought_in(large("cdnow/CDNOW_master.txt.gz"), "cdnow_master", batch_rows=20_000)
    rows.recompute()
    found = report("1998-07-01")
    known = figures(found)

    assert (known["orders"]["value"], known["buyers"]["value"]) == (69_659, 23_570)
    assert known["revenue"]["numerator"] == 250_031_563
    assert round(known["aov"]["value"] / 100, 4) == 35.8936
    assert round(known["aov_paid"]["value"] / 100, 4) == 35.9349
    numerators = {name: known[name]["numerator"] for name in ("repeat_rate_ever", "loyal_share_ever")}
    assert numerators == {"repeat_rate_ever": 11_662, "loyal_share_ever": 5_366}
    assert round(100 * known["repeat_rate_ever"]["value"], 3) == 49.478
    assert round(100 * known["loyal_share_ever"]["value"], 3) == 22.766
    assert (known["repeat_days"]["numerator"], known["loyal_days"]["numerator"]) == (11_516, 5_271)
    assert {month: " ".join(map(str, cells)) for month, cells in found["cohorts"].items()} == COHORTS
    listed = [pair.split()[-1].split("/") for pair in MONTHS.replace("\n", " ").split(",")]
    by_month = [(one["active"], one["retained_next_month"]) for one in found["months"]]
    assert by_month == [*((int(active), int(again)) for active, again in listed), (1506, 0)]

    end = date(1997, 10, 1)
    assert histories.gather(end).buyers == 23_570
    model = fit_buying(histories.people(end, step=1, exact=True))
    assert [round(value, 4) for value in (model.r, model.a)] == [0.2516, 0.7234]
    assert (round(model.alpha, 3), round(model.b, 3)) == (4.789, 2.161)
    assert round(model.log_likelihood, 1) == -95_368.4


@pytest.mark.large
def test_the_online_retailer_has_every_listed_value():
    brought_in(large("online_retail/online_retail_2010_2011.csv.gz"), "online_retail", batch_rows=20_000)
    rows.recompute()
    found = report("2011-12-10", "--files")
    known, file = figures(found), found["files"][0]

    assert (file["rows"], file["without_customer"]) == (541_909, 135_080)
    assert (file["sales"], file["sold"]) == (18_532, 891_140_790)
    assert (known["orders"]["value"], known["revenue"]["numerator"]) == (18_532, 891_140_790)
    assert (round(known["aov"]["value"] / 100, 3), round(known["aov_median"]["value"] / 100, 2)) == (480.866, 303.04)
    assert (file["returns"], file["returned"], file["of_nothing"]) == (3_654, 61_134_209, 4)
    assert round(file["aov_net"] / 100, 4) == 447.8775
    assert known["buyers"]["value"] == 4_338
    assert round(known["repeat_rate_ever"]["value"], 6) == 0.655832
    assert round(known["loyal_share_ever"]["value"], 6) == 0.346243
    for since, as_of, start, end, new, kept, lost, reactivated, retention in (
        ("2011-03-01", "2011-06-01", 1682, 1959, 1010, 949, 733, 0, 0.564209),
        ("2011-06-01", "2011-09-01", 1959, 1923, 587, 1105, 854, 231, 0.564063),
        ("2011-09-01", "2011-12-01", 1923, 2840, 976, 1310, 613, 554, 0.681227),
    ):
        asked = Asked(date.fromisoformat(as_of), settings.current())
        bridge = activity.bridges(asked, start=date.fromisoformat(since))[""]
        assert (bridge.start, bridge.end, bridge.kept, bridge.lost) == (start, end, kept, lost)
        assert round(bridge.retention.value, 6) == retention
        assert round(bridge.churn.value, 6) == round(1 - retention, 6)
        assert bridge.new + bridge.reactivated == new + reactivated
        assert (bridge.new, bridge.reactivated) == (new, reactivated)
