"""Rewards of the invented company: a catalogue of every kind, redemptions and vouchers in every state, stamps."""

from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from customers.actions import readers
from customers.demo.company import Tell
from customers.models import Customer
from loyalty.actions import claims, lapses, programmes, rewards, stamps, vouchers
from loyalty.actions.claims import RewardRefused
from loyalty.models import Claim, Programme, Reward, StampCard, TierTable, Wallet
from people.models import User

Kind = Reward.Kind
DAY = timedelta(days=1)
LEAST = 300  # points that somebody has who takes rewards here

REWARDS: tuple[dict[str, Any], ...] = (
    {"code": "five-off", "name": "5.00 off", "kind": Kind.VOUCHER, "points": 100, "worth": "amount", "amount": 500,
     "lasts_days": 90, "unused": "return", "description": "Off any purchase, in the shop or on the web."},
    {"code": "fifteen-percent", "name": "15 % off one basket", "kind": Kind.DISCOUNT, "points": 180,
     "worth": "percent", "percent": 15, "amount": 3000, "lasts_days": 30, "limit_period": 1, "period": "month"},
    {"code": "evening-herbs", "name": "A tin of Evening herbs", "kind": Kind.PRODUCT, "points": 300, "stock": 40,
     "description": "100 g, wrapped as a present."},
    {"code": "tea-tasting", "name": "Tea tasting for two", "kind": Kind.EXPERIENCE, "points": 500, "stock": 12,
     "limit_period": 1, "period": "year", "description": "An evening with our blender, first Thursday of the month."},
    {"code": "free-delivery", "name": "Next purchase free up to 20.00", "kind": Kind.FREE_PURCHASE, "points": 400,
     "worth": "percent", "percent": 100, "amount": 2000, "lasts_days": 60, "unused": "return", "limit_total": 2},
    {"code": "gift-card-25", "name": "Gift card of 25.00", "kind": Kind.GIFT_CARD, "points": 500, "worth": "amount",
     "amount": 2500, "bound": False, "lasts_days": 1095},
    {"code": "first-flush", "name": "First flush a week early", "kind": Kind.EARLY_ACCESS, "points": 150,
     "lasts_days": 7, "description": "Order the spring harvest before everybody else."},
    {"code": "bakery", "name": "A loaf from the bakery next door", "kind": Kind.PARTNER, "points": 90,
     "worth": "product", "product": "LOAF-1", "party": "Morgenrot Bakery", "lasts_days": 21, "bound": False},
    {"code": "trees", "name": "Plant two trees", "kind": Kind.DONATION, "points": 200, "amount": 400,
     "match_percent": 100, "party": "Trees for the valley"},
    {"code": "cast-iron-pot", "name": "Cast-iron teapot", "kind": Kind.PRODUCT, "points": 600, "money": 2900,
     "stock": 6, "limit_total": 1},
    {"code": "birthday-tin", "name": "Birthday tin", "kind": Kind.PRODUCT, "listed": False,
     "description": "Goes out by itself in the month of the birthday."},
    {"code": "eleventh-tea", "name": "The eleventh tea", "kind": Kind.VOUCHER, "worth": "percent", "percent": 100,
     "amount": 1200, "listed": False, "lasts_days": 60, "description": "What a full stamp card gives."},
    {"code": "winter-mug", "name": "Winter mug", "kind": Kind.PRODUCT, "points": 250, "stock": 0},
    {"code": "summer-picnic", "name": "Summer picnic", "kind": Kind.EXPERIENCE, "points": 800, "status": "draft"},
)  # fmt: skip


def fill(count: int, *, today: date, tell: Tell) -> None:
    """Open the catalogue and let customers take from it. ``count`` does not matter; asked again, nothing happens."""
    if Reward.objects.exists():
        return
    rules = open_catalogue()
    midnight = datetime.combine(today, time(), tzinfo=UTC)
    for scene, customer in zip(SCENES, able(rules), strict=False):  # a small company has fewer, and poorer ones
        with suppress(RewardRefused), transaction.atomic():
            scene(customer, midnight)
    lapses.lapse_claims(at=midnight)
    lapses.expire_vouchers(at=midnight)
    open_stamp_card(midnight)
    tell(f"{len(REWARDS)} rewards, of which {Claim.objects.count()} were taken or given")


def open_catalogue() -> Programme:
    rules = programmes.main(fresh=True)
    rules.pay_points, rules.pay_money, rules.pay_percent = 1, 5, 50
    rules.save(update_fields=["pay_points", "pay_money", "pay_percent"])
    rules = programmes.main(fresh=True)
    for wanted in REWARDS:
        rewards.set_up(Reward(**{"programme": rules, "currency": rules.currency, "status": "live"} | wanted))
    table = TierTable.objects.filter(programme=rules).at(timezone.now()).first()
    highest = table.tiers.order_by("-threshold").first() if table else None
    if highest:
        rewards.set_up(
            Reward(programme=rules, currency=rules.currency, status="live", code="private-sale", name="Private sale",
                   kind=Kind.EARLY_ACCESS, points=50, tiers=[highest.code], lasts_days=3)
        )  # fmt: skip
    return rules


def able(rules: Programme) -> list[Customer]:
    found = Wallet.objects.filter(programme=rules, available__gte=LEAST, debt=0, status=Wallet.Status.OPEN)
    return [wallet.customer for wallet in found.select_related("customer").order_by("-available", "pk")[: len(SCENES)]]


def reward(code: str) -> Reward:
    return Reward.objects.get(programme__main=True, code=code)


def waits(customer: Customer, at: datetime) -> None:
    claims.take(customer, reward("evening-herbs"), key=f"demo-waits:{customer.number}", at=at - 2 * DAY)


def waits_for_the_tasting(customer: Customer, at: datetime) -> None:
    claims.take(customer, reward("tea-tasting"), key=f"demo-tasting:{customer.number}", at=at - DAY)


def was_handed_over(customer: Customer, at: datetime) -> None:
    claim = claims.take(customer, reward("evening-herbs"), key=f"demo-done:{customer.number}", at=at - 9 * DAY)
    claims.hand_over(claim, by=staff(), at=at - 6 * DAY)


def was_broken(customer: Customer, at: datetime) -> None:
    claim = claims.take(customer, reward("evening-herbs"), key=f"demo-broken:{customer.number}", at=at - 8 * DAY)
    claims.cancel(claims.hand_over(claim, at=at - 5 * DAY), reason="Arrived broken", by=staff(), at=at - 3 * DAY)


def is_paying(customer: Customer, at: datetime) -> None:
    claims.hold(customer, reward("cast-iron-pot"), key=f"demo-pot:{customer.number}", at=at - timedelta(hours=2))


def did_not_pay(customer: Customer, at: datetime) -> None:
    claims.hold(customer, reward("cast-iron-pot"), key=f"demo-unpaid:{customer.number}", at=at - 4 * DAY)


def has_vouchers(customer: Customer, at: datetime) -> None:
    used = claims.take(customer, reward("five-off"), key=f"demo-used:{customer.number}", at=at - 20 * DAY)
    vouchers.redeem(used.voucher, customer=customer, reference="W-70012", goods=2390, currency="EUR", at=at - 12 * DAY)
    claims.take(customer, reward("five-off"), key=f"demo-open:{customer.number}", at=at - 2 * DAY)


def let_one_expire(customer: Customer, at: datetime) -> None:
    claims.take(customer, reward("five-off"), key=f"demo-expired:{customer.number}", at=at - 95 * DAY)


def has_a_gift_card(customer: Customer, at: datetime) -> None:
    card = claims.take(customer, reward("gift-card-25"), key=f"demo-card:{customer.number}", at=at - 30 * DAY).voucher
    vouchers.redeem(card, reference="W-70044", goods=1140, currency="EUR", at=at - 11 * DAY)


def lost_one(customer: Customer, at: datetime) -> None:
    claim = claims.take(customer, reward("bakery"), key=f"demo-lost:{customer.number}", at=at - 6 * DAY)
    vouchers.revoke(claim.voucher, reason="Code was posted in public", by=staff(), at=at - 5 * DAY)


def gave(customer: Customer, at: datetime) -> None:
    claims.take(customer, reward("trees"), key=f"demo-trees:{customer.number}", at=at - 14 * DAY)
    claims.take(customer, reward("first-flush"), key=f"demo-early:{customer.number}", at=at - 2 * DAY)


def was_given(customer: Customer, at: datetime) -> None:
    key = f"demo-birthday:{customer.number}"
    rewards.issue(reward("birthday-tin"), to=customer, reason="Birthday", key=key, at=at - DAY)
    rewards.print_codes(reward("fifteen-percent"), 25, name="Leaflet of the spring fair", key="demo-leaflet", at=at)


SCENES = (  # those that cost most first: who has most comes first, too
    is_paying,
    did_not_pay,
    waits_for_the_tasting,
    has_a_gift_card,
    gave,
    waits,
    was_handed_over,
    was_broken,
    has_vouchers,
    let_one_expire,
    lost_one,
    was_given,
)


def open_stamp_card(at: datetime) -> None:
    """Of half a year ago, so that the purchases since have filled some."""
    card = stamps.set_up(
        StampCard(
            reward=reward("eleventh-tea"),
            code="ten-teas",
            name="Ten teas",
            counts=StampCard.Counts.CATEGORY,
            value="Tea",
            stamps=10,
        )
    )
    stamps.offer(card, at=at - 180 * DAY)
    readers.catch_up("stamps", stamps.react, verbs=stamps.VERBS, seconds=3600)


def staff() -> User | None:
    return User.objects.filter(username="support").first()
