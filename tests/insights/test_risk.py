"""Who will probably not come back: scored every night, with reasons, and held beside what happened."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db.models import F
from django.urls import reverse

from customers.actions import privacy, segments
from customers.models import Fact, Profile, Segment, Verb
from customers.queries import segments as who
from insights import tasks
from insights.actions import risk, snapshots
from insights.models import Backtest, FigureSettings, Fit, Risk, Snapshot
from insights.pages import risk as page_of_risk
from insights.queries import histories
from insights.queries import risk as queries
from tests.factories import feedback, insights
from tests.factories.imports import brought_in, large
from tests.factories.insights import bought, follow, shop

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 31)


@pytest.fixture
def market():
    return insights.market()


def test_a_small_or_young_or_sleeping_shop_scores_nobody(manager_client):
    shop([["2026-01-05", "2026-03-01"]] * 3)
    assert risk.score(day=DAY).refused == "too_few_buyers"
    assert not Risk.objects.exists()
    assert "Fewer than 500" in manager_client.get(reverse("admin:risk")).content.decode()
    assert manager_client.get(reverse("admin:risk_backtest")).status_code == 200


def test_regulars_are_ranked_by_what_is_at_stake_and_say_why(market, manager, manager_client, monkeypatch):
    monkeypatch.setattr(page_of_risk, "today", lambda: DAY)
    fit = risk.score(day=DAY)
    assert (fit.refused, fit.buyers) == ("", 520)
    assert Risk.objects.count() == 520
    regulars = list(queries.regulars())
    assert all(one.repeats for one in regulars)
    assert [one.at_stake for one in regulars] == sorted((one.at_stake for one in regulars), reverse=True)
    assert not queries.one_timers().filter(repeats__gt=0).exists()
    quiet = Risk.objects.filter(repeats__gt=0).order_by("-chance").first()
    lively = Risk.objects.filter(repeats__gt=0).order_by("chance").first()
    assert quiet.chance > 0.66 > 0.5 > lively.chance
    assert (quiet.band, quiet.no_purchase) == ("high", True)
    # Ranked by what is at stake, not by the chance alone.
    assert all(abs(one.at_stake - one.chance * one.value) <= 1 for one in regulars)

    # Segments can ask for it.
    said = {"field": "risk", "how": "in", "values": ["high"], "name": "", "not": False}
    groups = {"match": "all", "groups": [{"match": "all", "not": False, "conditions": [said]}]}
    segments.make("Leaving", groups, by=manager)
    high = set(Risk.objects.filter(repeats__gt=0, band="high").values_list("customer", flat=True))
    assert set(who.members(Segment.objects.get()).values_list("pk", flat=True)) == high
    assert set(Profile.objects.exclude(risk="").values_list("pk", flat=True)) == {one.pk for one in regulars}
    assert Profile.objects.filter(rfm="555").exists()

    # What they are expected to bring is a figure.
    snapshots.take_all(day=DAY)
    expected = Snapshot.objects.get(dimension="", metric="clv_expected", finished=False)
    assert (expected.numerator, expected.denominator) == (sum(Risk.objects.values_list("value", flat=True)), 520)

    # Pages.
    shown = manager_client.get(reverse("admin:risk"), {"band": "high"}).content.decode()
    assert "last order" in shown
    for query in ({"flag": "no_purchase"}, {"group": "once"}, {}):
        assert manager_client.get(reverse("admin:risk"), query).status_code == 200
    file = b"".join(manager_client.get(reverse("admin:risk"), {"format": "csv"}).streaming_content).decode()
    assert len(file.splitlines()) == len(regulars) + 1
    panel = manager_client.get(reverse("admin:customer", args=[quiet.pk])).content.decode()
    assert "Risk of leaving" in panel


def test_reasons_are_said_in_words():
    one = Risk(last_day=DAY - timedelta(days=134), gap_low=21, gap_high=40, complaint=True, no_visit=True, repeats=5)
    assert queries.reasons(one, DAY) == [
        "last order 134 days ago", "usually every 21 to 40 days", "complaint open", "has not visited for long"
    ]  # fmt: skip
    one.gap_high = 21
    assert queries.reasons(one, DAY)[1] == "usually every 21 days"


def test_who_comes_into_the_highest_band_is_told_once_and_never_all_at_the_beginning(market):
    risk.score(day=DAY)
    at_risk = Fact.objects.filter(verb=Verb.CUSTOMER_AT_RISK)
    assert not at_risk.exists()
    high = Risk.objects.filter(repeats__gt=0, band="high").order_by("pk")
    moved = list(high.values_list("pk", flat=True)[:3])
    Risk.objects.filter(pk__in=moved).update(band="low", told_band="")
    risk.score(day=DAY)
    assert sorted(at_risk.values_list("customer", flat=True)) == moved
    told = at_risk.count()
    risk.score(day=DAY)
    assert at_risk.count() == told == 3


def test_flags_are_plain_rules_and_an_erased_customer_has_none(market):
    one, gone = market[:2]
    bought(one, "2025-06-01")
    bought(one, "2025-07-01")
    Fact.objects.create(customer=one, verb=Verb.VISITED, at=insights.noon(date(2025, 8, 1)))
    feedback.case(customer=one, kind="complaint")
    follow()
    risk.score(day=DAY)
    row = Risk.objects.get(pk=one.pk)
    assert row.complaint
    privacy.erase(gone)
    follow()
    assert not Risk.objects.filter(pk=gone.pk).exists()
    risk.score(day=DAY)
    assert not Risk.objects.filter(pk=gone.pk).exists()


def test_a_visit_soon_after_midnight_is_of_the_day_of_the_business():
    (one,) = insights.shop([["2026-01-05"]])
    Fact.objects.create(customer=one, verb=Verb.VISITED, at=datetime(2026, 3, 1, 23, 30, tzinfo=UTC))
    histories.gather(DAY)
    for unseen, flagged in ((date(2026, 3, 2), False), (date(2026, 3, 3), True)):
        ((found,),) = histories.to_score(DAY, quiet=DAY, unseen=unseen, at_once=10)
        assert found.unseen == flagged


def test_earlier_lists_are_held_beside_what_happened_once_per_quarter(market, manager_client):
    assert risk.quarters(date(2026, 4, 16)) == [
        date(2026, 1, 1), date(2025, 10, 1), date(2025, 7, 1), date(2025, 4, 1)
    ]  # fmt: skip
    assert risk.backtest(day=DAY) == 4
    assert risk.backtest(day=DAY) == 0
    one = Backtest.objects.get(as_of=date(2025, 10, 1))
    assert one.refused == "too_few_buyers"
    latest = Backtest.objects.filter(refused="").first()
    if latest:
        assert latest.people == sum(n for n, _ in latest.bands.values())
        assert latest.gone == sum(gone for _, gone in latest.bands.values())
    assert not Backtest.objects.filter(gone__gt=F("people")).exists()
    assert manager_client.get(reverse("admin:risk_backtest")).status_code == 200


def test_a_list_of_old_is_judged_by_what_followed():
    """Enough buyers before the day, and the horizon after it."""
    insights.market(560, until=date(2026, 6, 29), seed=2)
    FigureSettings.objects.create(least_buyers=200)
    found = risk._held_beside(date(2026, 3, 31))
    assert found["people"] > 100
    assert 0.55 < found["auc"] <= 1
    shares = [gone / n for n, gone in found["bands"].values() if n >= 10]
    assert len(shares) > 1
    assert shares == sorted(shares)


def test_the_nightly_task_scores_and_tests(market):
    assert tasks.score_customers() == 4
    assert Fit.objects.exists()


@pytest.mark.large
def test_the_model_of_an_imported_shop_is_the_published_one(settings):
    """Fader, Hardie, Lee 2005 and Fader, Hardie 2013, from the file of purchases itself."""
    settings.BUSINESS_CURRENCY = "USD"
    brought_in(large("cdnow/CDNOW_sample.txt"), "cdnow_sample", batch_rows=20_000)
    follow()
    fit = risk.score(day=date(1997, 9, 30))
    assert fit.refused == ""
    assert fit.buyers == 2357
    assert [round(value, 3) for value in (fit.r, fit.alpha, fit.a, fit.b)] == [0.243, 4.414, 0.793, 2.426]
    assert fit.log_likelihood >= -9582.43
    assert (round(fit.p, 2), round(fit.q, 2), round(fit.gamma / 100, 2)) == (6.25, 3.74, 15.44)
    assert round(fit.correlation, 3) == 0.114
