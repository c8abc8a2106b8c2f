"""Tier tables: drafted, applied, never edited; tiers granted and withdrawn; two who become one."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from customers.models import Profile
from loyalty.actions import erasure, merging, points, programmes, standings, tiers
from loyalty.actions.refusals import ReasonMissing
from loyalty.actions.tiers import Step, TierTableRefused, UnknownTier
from loyalty.models import Programme, Standing, Tier, TierChange, TierFloor, TierTable
from tests.factories.customers import customer as make
from tests.factories.loyalty import METALS, on, programme, tier_table

pytestmark = pytest.mark.django_db


@pytest.fixture
def rules():
    return programme()


@pytest.fixture
def ada(rules):
    return make(name="Ada")


def tier_of(one):
    return Standing.objects.get(customer=one).tier


def names(table):
    return [(tier.code, tier.threshold) for tier in table.tiers.all()]


def test_a_draft_begins_as_a_copy_of_what_applies(rules):
    first = tier_table(grace_days=10)

    draft = tiers.draft(programmes.main(fresh=True))

    assert (draft.number, draft.is_draft, draft.grace_days) == (first.number + 1, True, 10)
    assert names(draft) == names(first)
    assert tiers.draft(programmes.main(fresh=True)).pk == draft.pk


@pytest.mark.parametrize(
    ("steps", "code"),
    [
        ((), "no_lowest_tier"),
        ((Step("silver", "Silver", 1000),), "no_lowest_tier"),
        ((*METALS, Step("gold", "More gold", 5000)), "tier_twice"),
        ((*METALS, Step("brass", "Brass", 3000)), "tier_twice"),
        ((*METALS, Step("brass", "Gold", 4000)), "tier_twice"),
    ],
)
def test_a_table_that_cannot_be_is_refused(rules, steps, code):
    with pytest.raises(TierTableRefused) as refusal:
        tiers.draft(rules, steps=steps)

    assert refusal.value.code == code


def test_one_tier_at_a_time_needs_time_between_also_in_the_database(rules):
    with pytest.raises(TierTableRefused) as refusal:
        tiers.draft(rules, steps=METALS, step="one")
    assert refusal.value.code == "no_time_between"

    with pytest.raises(IntegrityError, match="one_tier_at_a_time_needs_time_between"):
        TierTable.objects.create(programme=rules, number=9, step="one")


def test_applying_a_table_brings_everybody_to_their_tier(ada):
    points.earn(ada, 1200, at=timezone.now())

    table = tiers.apply(tiers.draft(programmes.main(fresh=True), steps=METALS))

    assert (tier_of(ada), Profile.objects.get(customer=ada).tier) == ("silver", "silver")
    assert TierChange.objects.get().why == "table"
    assert table.applied_at is not None


def test_a_new_table_moves_people_and_keeps_who_stood_in_a_tier_that_is_gone_where_the_sum_is(ada):
    tier_table()
    points.earn(ada, 1200, at=timezone.now())
    standings.settle({ada.pk: timezone.now()}, programme=programmes.main(fresh=True))

    tiers.apply(tiers.draft(programmes.main(), steps=[METALS[0], Step("jade", "Jade", 1100), METALS[2]]))

    assert list(TierChange.objects.order_by("pk").values_list("was", "tier", "why")) == [
        ("", "silver", "reached"),
        ("silver", "jade", "table"),
    ]


def test_a_table_may_begin_later_and_nothing_moves_before(ada):
    tier_table()
    points.earn(ada, 600, at=timezone.now())
    soon = timezone.now() + timedelta(days=3)

    tiers.apply(tiers.draft(programmes.main(), steps=[METALS[0], Step("silver", "Silver", 500)]), starts_at=soon)

    rules = programmes.main(fresh=True)
    standings.settle_all(rules, at=timezone.now())
    assert tier_of(ada) == "bronze"
    standings.settle_all(rules, at=soon)
    assert tier_of(ada) == "silver"


def test_a_table_is_applied_once_and_not_before_another(rules):
    table = tier_table(since=on("2026-01-01"))

    with pytest.raises(TierTableRefused) as again:
        tiers.apply(table)
    with pytest.raises(TierTableRefused) as earlier:
        tiers.apply(tiers.draft(programmes.main()), starts_at=on("2025-01-01"))
    with pytest.raises(TierTableRefused) as gone:
        tiers.discard(table)

    assert [refusal.value.code for refusal in (again, earlier, gone)] == [
        "table_applied", "later_table", "table_applied",
    ]  # fmt: skip


def test_a_draft_is_thrown_away(rules):
    tiers.discard(tiers.draft(rules, steps=METALS))

    assert not TierTable.objects.exists()
    assert not Tier.objects.exists()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE loyalty_tiertable SET months = 6",
        "DELETE FROM loyalty_tiertable",
        "UPDATE loyalty_tier SET threshold = 7 WHERE code = 'gold'",
        "DELETE FROM loyalty_tier WHERE code = 'gold'",
        "INSERT INTO loyalty_tier (table_id, code, name, threshold, keeps) SELECT id, 'x', 'X', 9, false"
        " FROM loyalty_tiertable",
        "UPDATE loyalty_tierchange SET why = 'merged'",
        "DELETE FROM loyalty_tierchange",
    ],
)
def test_what_applied_and_what_happened_stays(ada, statement):
    tier_table()
    points.earn(ada, 1200, at=on("2026-01-01"))
    standings.settle({ada.pk: on("2026-01-01")}, programme=programmes.main(fresh=True))

    with (
        pytest.raises(IntegrityError, match=r"append-only|stay"),
        transaction.atomic(),
        connection.cursor() as c,
    ):
        c.execute(statement)


def test_a_granted_tier_holds_until_its_end_and_then_the_earned_one_shows(ada, manager):
    tier_table()
    points.earn(ada, 1200, at=on("2026-01-01"))

    tiers.grant(ada, "gold", reason="spoke at our fair", until=on("2026-04-01"), by=manager, at=on("2026-01-10"))
    assert tier_of(ada) == "gold"
    standings.settle_all(programmes.main(fresh=True), at=on("2026-03-31", "23:59:59"))
    assert tier_of(ada) == "gold"
    standings.settle_all(programmes.main(fresh=True), at=on("2026-04-01"))

    assert list(TierChange.objects.order_by("pk").values_list("tier", "why")) == [
        ("gold", "granted"), ("silver", "ended"),
    ]  # fmt: skip


def test_a_granted_tier_is_withdrawn_once(ada):
    tier_table()
    floor = tiers.grant(ada, "gold", reason="by mistake", at=on("2026-01-10"))

    tiers.withdraw(floor, at=on("2026-01-11"))
    tiers.withdraw(floor, at=on("2026-01-12"))

    assert tier_of(ada) == "bronze"
    assert TierFloor.objects.get().ends_at == on("2026-01-11")


def test_a_grant_names_a_tier_and_a_reason(ada):
    with pytest.raises(UnknownTier):
        tiers.grant(ada, "gold", reason="no tiers yet")
    tier_table()
    with pytest.raises(UnknownTier):
        tiers.grant(ada, "platinum", reason="so")
    with pytest.raises(ReasonMissing):
        tiers.grant(ada, "gold", reason=" ")
    with pytest.raises(ValidationError):
        TierFloor(programme=Programme.objects.get(), customer=ada, tier="gold", starts_at=timezone.now()).full_clean()


def test_a_merge_takes_the_higher_tier_and_counts_what_both_have_earned(ada):
    tier_table(grace_days=30)
    bea, now = make(name="Bea"), timezone.now()
    points.earn(ada, 600, at=now)
    points.earn(bea, 500, at=now)
    standings.settle({ada.pk: now, bea.pk: now}, programme=programmes.main(fresh=True))

    merging.merge(ada, into=bea, at=now + timedelta(minutes=1))

    assert list(Standing.objects.values_list("customer", "tier")) == [(bea.pk, "silver")]
    assert Profile.objects.get(customer=bea).tier == "silver"
    assert TierChange.objects.get().why == "merged"
    standings.settle_all(programmes.main(fresh=True), at=now + timedelta(days=1))
    assert tier_of(bea) == "silver"


@pytest.mark.parametrize("higher", ["ada", "bea", "ada alone"])
def test_a_merge_keeps_a_tier_that_only_time_still_holds(ada, higher):
    """Gold by the purchases of last year, kept until the review: whichever record had it."""
    tier_table(lowering="review")
    bea = make(name="Bea")
    rules = programmes.main(fresh=True)
    rich, poor = (bea, ada) if higher == "bea" else (ada, bea)
    points.earn(rich, 3000, at=on("2025-02-01"))
    standings.settle({rich.pk: on("2025-02-01")}, programme=rules)
    if higher != "ada alone":
        points.earn(poor, 10, at=on("2026-05-01"))
        standings.settle({poor.pk: on("2026-05-01")}, programme=rules)
    standings.settle({rich.pk: on("2026-05-01")}, programme=rules)

    merging.merge(ada, into=bea, at=on("2026-05-02"))

    assert list(Standing.objects.values_list("customer", "tier")) == [(bea.pk, "gold")]
    assert Profile.objects.get(customer=bea).tier == "gold"


def test_a_granted_tier_goes_on_with_the_one_who_is_left(ada):
    tier_table()
    bea = make()
    tiers.grant(ada, "gold", reason="so", at=on("2026-01-01"))

    merging.merge(ada, into=bea, at=on("2026-01-02"))
    standings.settle_all(programmes.main(fresh=True), at=on("2026-01-03"))

    assert tier_of(bea) == "gold"


def test_a_forgotten_person_stands_nowhere_and_keeps_no_grant(ada):
    tier_table()
    tiers.grant(ada, "gold", reason="is the sister of Bea", at=on("2026-01-01"))

    erasure.erase(ada, at=on("2026-01-02"))
    standings.settle_all(programmes.main(fresh=True), at=on("2026-01-03"))

    assert not Standing.objects.exists()
    assert Profile.objects.get(customer=ada).tier == ""
    floor = TierFloor.objects.get()
    assert (floor.reason, floor.ends_at) == ("erased", on("2026-01-02"))
