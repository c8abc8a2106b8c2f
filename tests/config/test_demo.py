"""The invented company as a whole: filled twice, nothing the second time, and every part shows what it should.

One test, because filling takes longer than all that is looked at afterwards; each part is looked at by a function.
"""

from collections import Counter
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from advisory import verification
from advisory.models import Board, Draw, Recommendation, Term
from advisory.queries import pools
from calendars.models import Calendar
from communications.models import Message
from config.management.commands.demo import PARTS
from customers.models import ConsentDecision, Customer, Duplicate, Fact, Profile, Purchase, Return, Segment
from feedback.models import Answer, Invitation, Survey
from loyalty.actions import audit, programmes
from loyalty.models import (
    AdjustmentRequest,
    BalanceImport,
    BulkGrant,
    Calculation,
    Cause,
    Contribution,
    EarningReview,
    Gift,
    HouseholdMember,
    Kind,
    Lot,
    Membership,
    PartnerStatement,
    Payment,
    PointGift,
    Programme,
    Referral,
    RuleAward,
    RuleVersion,
    Simulation,
    Standing,
    Submission,
    TierChange,
    Transaction,
    Wallet,
)
from loyalty.queries import books
from loyalty.queries.causes import payable
from loyalty.queries.partners import difference, of_statement
from people.models import User
from tests.crawling import Crawler
from tests.examples import PROFILE, examples

CUSTOMERS = 150


def fill() -> str:
    out = StringIO()
    call_command("demo", "--customers", str(CUSTOMERS), stdout=out)
    return out.getvalue()


# Each part commits, as when the command does it: what needs a lock has to open a transaction.
@pytest.mark.hypothesis
@pytest.mark.django_db(transaction=True)
def test_the_whole_company_is_filled_once_and_every_part_shows_what_it_should(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)

    assert f"{CUSTOMERS} of {CUSTOMERS}" in fill()

    the_ledger_is_right()
    customers_are_there_some_twice_one_is_merged_and_one_forgotten()
    points_of_every_kind_count_on_the_days_on_which_they_came_and_went()
    orders_are_paid_with_points_and_a_return_gives_their_share_back()
    rules_of_many_kinds_have_given_points()
    people_stand_in_every_tier_some_are_members_and_some_give()
    designs_are_replayed_with_what_the_programme_has()
    friends_are_brought_and_things_are_sent(tmp_path)
    points_end_in_every_way()
    partners_a_household_a_grant_and_an_import_tie_to_the_ledger()
    customers_were_asked_and_some_answered()
    two_boards_were_chosen_and_recommended()
    nothing_lies_in_the_future()
    nobody_is_written_to_now_about_long_ago()
    every_page_opens_and_no_form_breaks()
    before = figures()

    again = fill()

    assert again.count("there already") == len(PARTS), again
    assert figures() == before


def figures() -> dict[str, object]:
    return {
        "purchases": sorted(Purchase.objects.values_list("number", "goods", "returned", "status")),
        "returns": Return.objects.count(),
        "consents": ConsentDecision.objects.count(),
        "facts": sorted(Counter(Fact.objects.values_list("verb", flat=True)).items()),
        "postings": Transaction.objects.count(),
        "awards": RuleAward.objects.count(),
        "answers": Answer.objects.count(),
    }


def the_ledger_is_right() -> None:
    assert audit.audit().findings == []


def every_page_opens_and_no_form_breaks():
    """`make explore` sends odd values as well."""
    client = Client()
    client.force_login(User.objects.get(username="manager"))
    crawler = Crawler(client, reverse("admin:index"), times=examples(3) if PROFILE == "explore" else 0)

    crawler.go()

    assert crawler.broken == []
    assert (len(crawler.pages) > 200, len(crawler.forms) > 150) == (True, True), (crawler.pages, crawler.forms)


def customers_are_there_some_twice_one_is_merged_and_one_forgotten() -> None:
    assert Customer.objects.filter(status=Customer.Status.MERGED).get().number == "LL10025"
    assert Customer.objects.filter(status=Customer.Status.ERASED).count() == 1
    pair = Duplicate.objects.waiting().get(first__number="LL10007")
    assert pair.second.number == "LL10012"
    assert Calendar.objects.exists()


def points_of_every_kind_count_on_the_days_on_which_they_came_and_went() -> None:
    kinds = set(Transaction.objects.values_list("kind", flat=True))
    assert kinds >= {Kind.EARN, Kind.ACTIVATE, Kind.EXPIRE, Kind.REDEEM, Kind.CLAW_BACK, Kind.HOLD, Kind.ADJUST}
    assert AdjustmentRequest.objects.filter(status=AdjustmentRequest.Status.WAITING).exists()
    assert Wallet.objects.filter(status=Wallet.Status.FROZEN).exists()
    today = datetime.now(UTC).date()
    days = books.days(Programme.objects.get(main=True), since=today - timedelta(days=60))
    assert days.filter(issued__gt=0).count() > 10
    assert max(day["issued"] for day in days) < sum(day["issued"] for day in days) / 3


def orders_are_paid_with_points_and_a_return_gives_their_share_back() -> None:
    paid = Payment.objects.select_related("purchase", "redemption")
    assert paid.count() > 5
    for payment in paid:
        assert payment.redemption.kind == Kind.HOLD
        assert 0 < payment.purchase.points_paid <= payment.purchase.total
        assert Transaction.objects.filter(reverses=payment.redemption, kind=Kind.CAPTURE).exists()
    assert Return.objects.filter(purchase__in=paid.values("purchase")).exists()
    assert Transaction.objects.filter(kind=Kind.REVERSE, purchase__in=paid.values("purchase")).exists()


def rules_of_many_kinds_have_given_points() -> None:
    effects = {version.spec["effect"]["kind"] for version in RuleVersion.objects.all()}
    assert effects == {"multiply", "fixed", "next", "limit"}
    assert RuleVersion.objects.filter(begins_at=None).count() == 1
    assert Calculation.objects.filter(purchase__isnull=False).exists()
    assert RuleAward.objects.filter(calculation__fact__isnull=False).exists()
    assert EarningReview.objects.filter(state="waiting").count() >= 4
    assert Segment.objects.count() >= 2


def people_stand_in_every_tier_some_are_members_and_some_give() -> None:
    assert set(Standing.objects.values_list("tier", flat=True)) == {"bronze", "silver", "gold"}
    assert {change.why for change in TierChange.objects.all()} >= {"reached", "lowered", "floor"}
    assert set(Membership.objects.values_list("status", flat=True)) == {"paid", "cancelled"}
    assert {gift.cause_id for gift in Gift.objects.all()} == set(Cause.objects.values_list("pk", flat=True))
    assert len(payable(programmes.main())) >= 2


def designs_are_replayed_with_what_the_programme_has() -> None:
    for done in Simulation.objects.all():
        assert set(done.result["then"]["months"][-1]["tiers"]) == {"bronze", "silver", "gold"}
    assert Simulation.objects.filter(state="done").count() == 2


def friends_are_brought_and_things_are_sent(media: Path) -> None:
    assert {"open", "rewarded"} <= set(Referral.objects.values_list("state", flat=True))
    assert set(Submission.objects.values_list("state", flat=True)) == {"waiting", "confirmed", "refused"}
    assert Submission.objects.filter(state="confirmed", points__gt=0).count() == 4
    assert len(list((media / "pictures").iterdir())) == 6


def points_end_in_every_way() -> None:
    kinds = {(each.code, each.expiry_dates, each.expiry_activities) for each in Programme.objects.all()}
    assert kinds == {("points", "", ""), ("cafe", "", "visited,bought"), ("workshops", "12-31", "")}
    assert {bool(lot.slid_at) for lot in Lot.objects.filter(wallet__programme__code="cafe")} == {True, False}
    assert {gift.status for gift in PointGift.objects.all()} == {"given", "declined", "waiting"}


def partners_a_household_a_grant_and_an_import_tie_to_the_ledger() -> None:
    statements = list(PartnerStatement.objects.select_related("partner__programme"))
    assert {one.partner.code for one in statements} == {"bakery", "cinema"}
    assert all(of_statement(one, one.issued_at).balances for one in statements)
    assert difference(programmes.main(fresh=True)) == 0
    assert set(BulkGrant.objects.values_list("state", flat=True)) == {"done", "draft"}
    assert (HouseholdMember.objects.count(), BalanceImport.objects.get().points) == (2, 100)
    assert Contribution.objects.filter(points__gt=0).exists()


def customers_were_asked_and_some_answered() -> None:
    assert Survey.objects.filter(state="live").count() >= 3
    assert Invitation.objects.filter(state="answered", score__isnull=False).exists()
    assert Profile.objects.filter(nps__isnull=False).exists()


def two_boards_were_chosen_and_recommended() -> None:
    assert Board.objects.count() == 2
    assert set(Term.objects.values_list("route", flat=True)) == {"appointment", "draw"}
    assert Draw.objects.exclude(after=None).exists()
    assert all(verification.again(pools.exported(row)) == row.members for row in Draw.objects.all())
    assert set(Recommendation.objects.values_list("state", flat=True)) == set(Recommendation.State)
    assert Recommendation.objects.filter(state="declined", published="under_review").count() == 1


def nothing_lies_in_the_future() -> None:
    now = datetime.now(UTC)
    assert not Purchase.objects.filter(at__gt=now).exists()
    assert not Fact.objects.filter(at__gt=now).exists()
    assert not Transaction.objects.filter(effective_at__gt=now).exists()
    assert not TierChange.objects.filter(at__gt=now).exists()
    assert not Invitation.objects.filter(answered_at__gt=now).exists()


def nobody_is_written_to_now_about_long_ago() -> None:
    waiting = Message.objects.filter(state=Message.State.QUEUED)
    assert not waiting.filter(due_at__lt=datetime.now(UTC) - timedelta(days=3)).exists()
    assert Message.objects.filter(state=Message.State.SENT, key__startswith="seat:").exists()
