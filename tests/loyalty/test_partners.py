"""Points given and taken at partners: the ledger's account of partners carries them, packs run out, nothing is paid
twice.
"""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from loyalty.actions import audit, partner_settlements, partners, points, programmes, redemptions
from loyalty.actions.partners import PackExhausted, PartnerRefused
from loyalty.actions.refusals import DuplicateReference, IdempotencyConflict, InsufficientPoints, OverReversal
from loyalty.models import Lot, Partner, PartnerEntry, PartnerPack, PartnerRate, Transfer
from loyalty.queries import overview
from loyalty.queries.partners import difference
from tests.factories.customers import customer as make
from tests.factories.loyalty import buckets, on, partner, programme

pytestmark = pytest.mark.django_db
MARCH = on("2026-03-10")


@pytest.fixture
def ada():
    programme()
    return make(name="Ada")


def clean():
    return audit.audit().findings == [] and difference(programmes.main(fresh=True)) == 0


def test_i2_the_partners_account_carries_what_it_gives(ada):
    bakery = partner()

    partners.issue(bakery, ada, 10_000, reference="r1", at=MARCH)

    assert (overview(programmes.main(fresh=True)).partner, buckets(ada)) == (10_000, (0, 10_000, 0, 0))
    assert list(Transfer.objects.values_list("source", "target", "points")) == [("partner", "available", 10_000)]
    assert clean()


def test_i2_a_pack_of_1000_takes_700_and_refuses_400(ada):
    bakery = partner(pack=1000)

    partners.issue(bakery, ada, 700, reference="r1", at=MARCH)
    with pytest.raises(PackExhausted) as refusal:
        partners.issue(bakery, ada, 400, reference="r2", at=MARCH)

    assert (refusal.value.code, refusal.value.params) == ("pack_exhausted", {"wanted": 400, "left": 300})
    assert (PartnerPack.objects.get().left, buckets(ada)) == (300, (0, 700, 0, 0))
    assert clean()


def test_an_issue_goes_on_in_the_next_pack_and_comes_back_to_the_last_one_first(ada):
    bakery = partner(pack=1000)
    partner_settlements.sell_pack(bakery, 500, price=500, reference="pack-2", at=on("2026-02-01"))

    made = partners.issue(bakery, ada, 1200, reference="r1", at=MARCH)
    left = [list(PartnerPack.objects.order_by("pk").values_list("left", flat=True))]
    for many in (150, 150, None):
        partners.reverse(bakery, made, many, reason="returned", at=MARCH)
        left.append(list(PartnerPack.objects.order_by("pk").values_list("left", flat=True)))

    assert left == [[0, 300], [0, 450], [100, 500], [1000, 500]]
    assert buckets(ada) == (0, 0, 0, 0)
    assert clean()


def test_the_same_key_is_the_same_points_and_a_receipt_earns_once(ada):
    bakery = partner(pack=1000)
    first = partners.issue(bakery, ada, 300, reference="r1", key="k")

    assert partners.issue(bakery, ada, 300, reference="r1", key="k") == first
    with pytest.raises(IdempotencyConflict):
        partners.issue(bakery, ada, 301, reference="r1", key="k")
    with pytest.raises(DuplicateReference):
        partners.issue(bakery, ada, 300, reference="r1", key="other")

    assert (PartnerPack.objects.get().left, PartnerEntry.objects.count()) == (700, 1)


def test_a_replay_is_answered_from_an_empty_pack_and_on_another_day(ada):
    bakery = partner(pack=300, pending_days=14)
    first = partners.issue(bakery, ada, 300, reference="r1", key="k")
    Lot.objects.update(earned_at=MARCH)

    assert partners.issue(bakery, ada, 300, reference="r1", key="k") == first


def test_points_of_a_partner_may_be_pending_first(ada):
    bakery = partner(pending_days=14)

    partners.issue(bakery, ada, 100, reference="r1", at=on("2026-03-01", "10:00:00"))

    assert buckets(ada) == (100, 0, 0, 0)
    assert Lot.objects.get().activates_at == on("2026-03-15")


def test_a_customer_spends_at_a_partner_and_gets_it_back(ada):
    bakery = partner()
    points.grant(ada, 500, reason="welcome", at=on("2026-01-01"), expires_at=on("2026-06-30"))

    spent = partners.redeem(bakery, ada, 400, reference="till 7", key="k", at=MARCH)
    assert partners.redeem(bakery, ada, 400, reference="till 7", key="k", at=MARCH) == spent
    with pytest.raises(InsufficientPoints):
        partners.redeem(bakery, ada, 101, at=MARCH)
    partners.reverse(bakery, spent, 150, reason="returned", key="b", at=MARCH)
    partners.reverse(bakery, spent, 150, reason="returned", key="b", at=MARCH)
    with pytest.raises(OverReversal):
        partners.reverse(bakery, spent, 251, reason="returned", at=MARCH)

    assert buckets(ada) == (0, 250, 0, 0)
    assert [(lot.available, lot.expires_at) for lot in Lot.objects.all()] == [(250, on("2026-06-30"))]
    assert list(PartnerEntry.objects.order_by("pk").values_list("kind", "points")) == [
        ("redemption", 400),
        ("refund", 150),
    ]
    assert overview(programmes.main(fresh=True)).partner == -250
    assert clean()


def test_what_was_spent_at_a_partner_comes_back_by_the_partner_only(ada):
    points.grant(ada, 500, reason="welcome")
    spent = partners.redeem(partner(), ada, 400)

    with pytest.raises(OverReversal):
        redemptions.reverse(spent, reason="by hand")


def test_what_is_waived_is_not_credited(ada):
    programme(claw_back="within_balance")
    bakery = partner()
    made = partners.issue(bakery, ada, 100, reference="r1", at=MARCH)
    redemptions.redeem(ada, 80, at=MARCH)

    partners.reverse(bakery, made, reason="returned", at=MARCH)

    assert PartnerEntry.objects.get(kind="reversal").points == 20
    assert clean()


def test_a_partner_acts_at_agreed_rates_while_it_is_active_and_on_its_own_points(ada):
    bakery, florist = partner(), partner(code="florist", rates=False)
    made = partners.issue(bakery, ada, 100, reference="r1", at=MARCH)

    def code(act, *arguments, **options):
        with pytest.raises(PartnerRefused) as refusal:
            act(*arguments, **options)
        return refusal.value.code

    assert code(partners.issue, florist, ada, 1, reference="r1") == "no_rate"
    assert code(partners.redeem, florist, ada, 1) == "no_rate"
    assert code(partners.issue, bakery, ada, 1, reference="r2", at=on("2025-12-31")) == "no_rate"
    assert code(partners.reverse, florist, made, reason="not mine") == "not_of_partner"
    bakery.active = False
    bakery.save()
    assert code(partners.issue, bakery, ada, 1, reference="r3") == "partner_closed"
    assert code(partners.redeem, bakery, ada, 1) == "partner_closed"
    partners.reverse(bakery, made, reason="returned")
    assert buckets(ada) == (0, 0, 0, 0)


def test_the_same_key_is_answered_after_the_partner_has_closed_and_its_rate_has_ended(ada):
    bakery = partner()
    given = partners.issue(bakery, ada, 100, reference="r1", key="i")
    spent = partners.redeem(bakery, ada, 40, key="k")
    PartnerRate.objects.update(ends_at=timezone.now())
    Partner.objects.update(active=False)

    assert partners.issue(bakery, ada, 100, reference="r1", key="i") == given
    assert partners.redeem(bakery, ada, 40, key="k") == spent
    with pytest.raises(IdempotencyConflict):
        partners.redeem(bakery, ada, 41, key="k")
    with pytest.raises(PartnerRefused):
        partners.redeem(bakery, ada, 40, key="another")
    assert buckets(ada) == (0, 60, 0, 0)


def test_a_refused_issue_leaves_nothing_behind(ada):
    bakery = partner(pack=1000)
    points.grant(ada, 1, reason="welcome", key="k")

    with pytest.raises(IdempotencyConflict):
        partners.issue(bakery, ada, 100, reference="r1", key="k")

    assert (PartnerPack.objects.get().left, PartnerEntry.objects.count()) == (1000, 0)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE loyalty_partnerentry SET points = 1",
        "DELETE FROM loyalty_partnerentry",
        "UPDATE loyalty_partnerrate SET issue_money = 1",
        "DELETE FROM loyalty_partnerrate",
        "UPDATE loyalty_partnerpack SET price = 1",
        'UPDATE loyalty_partnerpack SET "left" = 2000',
    ],
)
def test_the_database_keeps_what_was_posted_and_agreed(ada, statement):
    partners.issue(partner(pack=1000), ada, 100, reference="r1")

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.django_db(transaction=True)
def test_many_tills_at_once_never_give_more_than_a_pack_has():
    programme()
    bakery, customers = partner(pack=1000), [make() for _ in range(4)]

    def give(n):
        try:
            partners.issue(bakery, customers[n % 4], 100, reference=f"r{n}")
        except PackExhausted:
            return 0
        finally:
            connection.close()
        return 1

    with ThreadPoolExecutor(8) as tills:
        given = sum(tills.map(give, range(16)))

    assert (given, PartnerPack.objects.get().left) == (10, 0)
    assert sum(buckets(one)[1] for one in customers) == 1000
    assert clean()
