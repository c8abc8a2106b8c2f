"""Rates, packs and the monthly statement: exact, frozen, and equal to the ledger."""

from datetime import date
from fractions import Fraction

import pytest
from django.db import IntegrityError, connection, transaction

from loyalty.actions import partner_settlements, partners, points
from loyalty.actions.partner_settlements import SettlementRefused
from loyalty.models import PartnerEntry, PartnerRate, PartnerStatement
from loyalty.queries.partners import first_month, of_statement, so_far, standings
from tests.factories.customers import customer as make
from tests.factories.loyalty import on, partner, programme

pytestmark = pytest.mark.django_db
MARCH, APRIL, MAY = on("2026-03-10"), on("2026-04-01"), on("2026-05-01")


@pytest.fixture
def ada():
    programme()
    made = make(name="Ada")
    points.grant(made, 5000, reason="welcome", at=on("2026-01-01"))
    return made


def refused(act, *arguments, **options):
    with pytest.raises(SettlementRefused) as refusal:
        act(*arguments, **options)
    return refusal.value.code


def test_i1_a_postpaid_partner_owes_78(ada):
    bakery = partner()
    made = partners.issue(bakery, ada, 10_000, reference="r1", at=MARCH)
    partners.reverse(bakery, made, 500, reason="returned", at=MARCH)
    partners.redeem(bakery, ada, 4000, at=MARCH)

    statement = partner_settlements.issue_statement(bakery, date(2026, 3, 1), at=APRIL)

    assert (statement.total, statement.currency) == (7800, "EUR")
    said = (statement.issued, statement.reversed, statement.redeemed, statement.refunded)
    assert said == (10_000, 500, 4000, 0)
    sheet = of_statement(statement, on("2026-03-01"))
    assert [(line.kind, line.points, line.amount) for line in sheet.lines] == [
        ("issue", 10_000, 12_000),
        ("redemption", 4000, -3600),
        ("reversal", 500, -600),
    ]
    assert sheet.balances
    assert sheet.ledger == {"issue": 10_000, "reversal": 500, "redemption": 4000, "refund": 0}


def test_what_comes_late_is_a_correction_of_the_next_month(ada):
    bakery = partner()
    made = partners.issue(bakery, ada, 1000, reference="r1", at=MARCH)
    march = partner_settlements.issue_statement(bakery, date(2026, 3, 1), at=APRIL)
    partners.issue(bakery, ada, 100, reference="r2", at=on("2026-03-31"))
    partners.reverse(bakery, made, 300, reason="returned", at=on("2026-04-02"))

    april = partner_settlements.issue_statement(bakery, date(2026, 4, 1), at=MAY)

    assert (march.total, april.total) == (1200, 120 - 360)
    assert [(line.kind, line.late, line.points) for line in of_statement(april, APRIL).lines] == [
        ("issue", True, 100),
        ("reversal", False, 300),
    ]
    assert PartnerStatement.objects.get(pk=march.pk).total == 1200


def test_a_rate_holds_from_its_day_and_what_is_reversed_is_settled_at_its_own(ada):
    bakery = partner()
    made = partners.issue(bakery, ada, 100, reference="r1", at=MARCH)
    partner_settlements.agree(bakery, issue=(1, 3), redeem=(1, 1), begins_at=on("2026-03-15"), at=MARCH)
    partners.issue(bakery, ada, 100, reference="r2", at=on("2026-03-14", "23:59:59"))
    partners.issue(bakery, ada, 100, reference="r3", at=on("2026-03-15"))
    partners.reverse(bakery, made, reason="returned", at=on("2026-03-20"))

    sheet = so_far(bakery, on("2026-03-01"), APRIL)

    assert sheet.exact == 120 + Fraction(100, 3)
    assert sheet.total == 153


def test_a_prepaid_partner_pays_its_packs_and_not_its_points(ada):
    bakery = partner(pack=1000)
    partners.issue(bakery, ada, 700, reference="r1", at=MARCH)
    partners.redeem(bakery, ada, 100, at=MARCH)

    statement = partner_settlements.issue_statement(bakery, date(2026, 3, 1), at=APRIL)

    assert (statement.packs, statement.issued, statement.total) == (1000, 700, 1000 - 90)
    assert of_statement(statement, on("2026-03-01")).balances


def test_a_month_is_settled_when_it_is_over_and_once(ada):
    bakery = partner()
    partners.issue(bakery, ada, 100, reference="r1", at=MARCH)

    assert refused(partner_settlements.issue_statement, bakery, date(2026, 3, 1), at=MARCH) == "month_not_over"
    partner_settlements.issue_statement(bakery, date(2026, 3, 1), at=APRIL)
    assert refused(partner_settlements.issue_statement, bakery, date(2026, 3, 1), at=APRIL) == "month_settled"
    assert refused(partner_settlements.issue_statement, bakery, date(2026, 2, 1), at=APRIL) == "month_settled"


def test_the_month_ends_in_the_programmes_zone(ada):
    programme(zone="Asia/Seoul")
    bakery = partner()
    partners.issue(bakery, ada, 100, reference="r1", at=on("2026-03-31", "14:59:59"))
    partners.issue(bakery, ada, 10, reference="r2", at=on("2026-03-31", "15:00:00"))

    statement = partner_settlements.issue_statement(bakery, date(2026, 3, 1), at=on("2026-03-31", "15:00:00"))

    assert statement.issued == 100


def test_what_is_not_settled_began_in_a_month_of_the_programmes_zone(ada):
    programme(zone="Asia/Seoul")
    bakery = partner()
    partners.issue(bakery, ada, 10, reference="r2", at=on("2026-03-31", "15:00:00"))

    assert first_month(bakery) == date(2026, 4, 1)


def test_the_task_settles_last_month_once_and_only_where_there_is_something(ada):
    bakery, _idle = partner(), partner(code="idle")
    partners.issue(bakery, ada, 100, reference="r1", at=MARCH)

    assert partner_settlements.settle_all(at=on("2026-04-03")) == 1
    assert partner_settlements.settle_all(at=on("2026-04-04")) == 0
    assert PartnerStatement.objects.get().partner == bakery


def test_rates_are_agreed_for_what_is_to_come_and_never_overlap(ada):
    bakery = partner()

    def agree(day, issue=(1, 1)):
        return refused(
            partner_settlements.agree, bakery, issue=issue, redeem=(1, 1), begins_at=on(day), at=on("2026-03-01")
        )

    assert agree("2026-02-28") == "rate_in_the_past"
    assert agree("2026-04-01", (1, 0)) == "not_a_rate"
    partner_settlements.agree(bakery, issue=(1, 1), redeem=(1, 1), begins_at=APRIL, at=MARCH)
    assert agree("2026-04-01") == "rates_overlap"
    assert list(PartnerRate.objects.order_by("begins_at").values_list("ends_at", flat=True)) == [APRIL, None]
    with pytest.raises(IntegrityError, match="rates_of_a_partner_never_overlap"), transaction.atomic():
        PartnerRate.objects.create(
            partner=bakery, begins_at=MAY, issue_money=1, issue_points=1, redeem_money=1, redeem_points=1
        )


def test_packs_are_sold_once_and_to_prepaid_partners(ada):
    bakery, florist = partner(pack=1000), partner(code="florist")

    def sell(to, reference):
        return refused(partner_settlements.sell_pack, to, 10, price=10, reference=reference)

    assert sell(bakery, "pack-1") == "pack_known"
    assert sell(florist, "pack-1") == "not_prepaid"


def test_partners_at_a_glance(ada):
    bakery = partner(pack=1000)
    partner(code="florist", name="Florist", rates=False)
    partners.issue(bakery, ada, 700, reference="r1", at=MARCH)
    statement = partner_settlements.issue_statement(bakery, date(2026, 3, 1), at=APRIL)

    rows = [(one.partner.code, bool(one.rate), one.left, one.last) for one in standings(bakery.programme, at=APRIL)]

    assert rows == [("bakery", True, 300, statement), ("florist", False, 0, None)]


def test_an_issued_statement_and_its_entries_are_frozen(ada):
    bakery = partner()
    partners.issue(bakery, ada, 100, reference="r1", at=MARCH)
    partner_settlements.issue_statement(bakery, date(2026, 3, 1), at=APRIL)

    for statement in (
        "UPDATE loyalty_partnerstatement SET total = 1",
        "DELETE FROM loyalty_partnerstatement",
        "UPDATE loyalty_partnerentry SET statement_id = NULL",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert PartnerEntry.objects.get().statement_id
