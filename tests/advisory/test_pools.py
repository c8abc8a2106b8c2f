from datetime import timedelta

import pytest
from django.utils import timezone

from advisory.actions import pools
from advisory.actions.refusals import BoardRefused
from advisory.models import Exclusion, Term
from advisory.queries import features
from advisory.queries import pools as queries
from communications.timing import business_date
from customers.actions import privacy
from customers.models import ConsentDecision, Profile, Trait
from loyalty.models import Household, HouseholdMember
from tests.factories import advisory, customers, loyalty
from tests.factories.choosing import willing

pytestmark = pytest.mark.django_db


def test_who_may_not_be_a_member_is_counted_by_reason_and_the_snapshot_stays(board_manager):
    board = advisory.board()
    member = advisory.term(board, customer=willing(name="Member"))
    fine = willing(name="Fine", country="DE")
    willing(bought=False)  # not a customer yet
    employee, rival = willing(), willing()
    pools.exclude(employee, Exclusion.Kind.EMPLOYEE, reason="Our shop in Bonn", by=board_manager)
    pools.exclude(rival, Exclusion.Kind.COMPETITOR)
    colleague, relative = willing(), willing()
    for one in (member.customer, colleague):
        Trait.objects.create(
            customer=one, kind="trait", name="company", value="Kim & Co" if one is colleague else "KIM & CO"
        )
    programme = loyalty.programme()
    house = Household.objects.create(programme=programme, keeper=relative, founded_at=timezone.now())
    HouseholdMember.objects.create(
        household=house, programme=programme, customer=member.customer, joined_at=timezone.now()
    )
    today = business_date(timezone.now())
    for state, held in ((Term.State.ENDED, 30), (Term.State.ENDED, 500)):
        advisory.term(
            board, customer=willing(name=f"{state}{held}"), state=state, over_at=timezone.now(),
            starts_on=today - timedelta(days=held + 300), ends_on=today - timedelta(days=held),
        )  # fmt: skip
    refuser = advisory.term(board, customer=willing(), state=Term.State.DECLINED, over_at=timezone.now())
    Term.objects.filter(pk=refuser.pk).update(refused_nda=True)
    silent = willing()
    ConsentDecision.objects.create(
        customer=silent, channel="email", purpose="research", granted=False, source="test", at=timezone.now()
    )

    pool = pools.freeze(board, about=["region", "satisfaction"], by=board_manager)

    refused = {
        "on_the_board": 1, "employee": 1, "competitor": 1, "nda_refused": 1, "company_seated": 1,
        "household_seated": 1, "cool_off": 1, "no_consent": 1,
    }  # fmt: skip
    assert pool.refused == refused
    assert pool.size == 2
    drawable = pool.candidates.filter(in_place=False).values_list("customer__name", flat=True)
    assert sorted(drawable) == ["Fine", "ended500"]
    assert pool.candidates.get(in_place=True).customer == member.customer
    assert pool.base["satisfaction"] == {"unknown": 10}
    Profile.objects.filter(customer=fine).update(nps=10)
    privacy.erase(fine)
    again = queries.exported_pool(pool)
    assert [one["traits"]["satisfaction"] for one in again] == ["unknown"] * 3
    assert pool.candidates.filter(customer=None).count() == 1
    pool.refresh_from_db()
    assert pool.refused == refused


def test_a_pool_needs_a_charter_and_something_to_represent():
    with pytest.raises(BoardRefused) as refusal:
        pools.freeze(advisory.board(charter=False))
    assert refusal.value.code == "no_charter"
    for about in ([], ["shoe size"]):
        with pytest.raises(BoardRefused) as refusal:
            pools.freeze(advisory.board(), about=about)
        assert refusal.value.code == "feature_unknown"


def test_bands_of_spend_are_of_one_currency_and_regions_are_cities_where_all_live_in_one_country():
    board = advisory.board()
    for n in range(10):
        one = willing(name=f"{n}", country="KR", city="Seoul" if n < 6 else "Busan", number=f"{n}")
        Profile.objects.filter(customer=one).update(gross=100 * n, currency="KRW" if n < 9 else "EUR")

    pool = pools.freeze(board, about=["spend", "region", "product", "tenure", "tier"])

    assert pool.base["region"] == {"Seoul": 6, "Busan": 4}
    assert pool.base["product"] == {"unknown": 10}
    assert sum(pool.base["spend"].values()) == 10
    assert set(pool.base["spend"]) <= {"low", "middle", "high", "top"}
    assert pool.candidates.get(customer__number="0").traits["spend"] == "low"
    assert pool.candidates.get(customer__number="8").traits["spend"] == "top"


def test_an_exclusion_holds_until_it_is_lifted(board_manager):
    customer = customers.customer()
    first = pools.exclude(customer, "employee", by=board_manager)

    assert pools.exclude(customer, "employee") == first
    assert pools.lift(first).lifted_at is not None
    assert pools.exclude(customer, "employee") != first


def test_quotas_are_proposed_from_the_base_and_a_board_is_held_against_it():
    base = {"tier": {"bronze": 48, "silver": 29, "gold": 16, "vip": 7}}

    assert queries.proposed(base, 12)["tier"] == {"bronze": (5, 7), "silver": (2, 4), "gold": (1, 3), "vip": (0, 2)}
    members = [{"tier": t} for t, n in {"bronze": 6, "silver": 3, "gold": 2, "vip": 1}.items() for _ in range(n)]
    [mirror] = queries.mirrors(base, members)
    assert round(mirror.distance, 2) == 0.04
    assert [(share.base, share.board) for share in mirror.shares] == [(48, 6), (29, 3), (16, 2), (7, 1)]


def test_values_stand_in_their_order_or_the_most_frequent_first():
    assert features.ordered({"top": 1, "unknown": 9, "low": 3, "middle": 4}) == ["low", "middle", "top", "unknown"]
    assert features.ordered({"DE": 1, "other": 7, "KR": 3}) == ["KR", "DE", "other"]
