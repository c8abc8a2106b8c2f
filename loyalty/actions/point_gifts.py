"""Points given to another customer: within the programme's limits, and when the giver has confirmed it."""

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from loyalty import arithmetic
from loyalty.actions import posting, programmes, transfers, wallets
from loyalty.actions.refusals import IdempotencyConflict, InDebt, InsufficientPoints
from loyalty.actions.transfers import SameWallet
from loyalty.models import PointGift, Programme
from people.models import User

Status = PointGift.Status


class GiftLimit(ValidationError):
    """More, or less, than may be given: ``gift_too_small``, ``daily_limit`` or ``monthly_limit``."""


class GiftDecided(ValidationError):
    def __init__(self, gift: PointGift) -> None:
        super().__init__(
            _("The gift is %(state)s already."), code="already_decided", params={"state": gift.get_status_display()}
        )


@transaction.atomic
def give(
    giver: Customer,
    points: int,
    *,
    to: Customer,
    key: str | None = None,
    by: User | None = None,
    at: datetime | None = None,
    programme: Programme | None = None,
) -> PointGift:
    """Give points to another customer, at once or, where the programme asks for it, when ``confirm`` is called.

    A gift that waits counts for the limits, and takes no points yet. Raises GiftLimit, SameWallet,
    IdempotencyConflict, and what ``transfers.transfer`` raises.
    """
    at, rules = at or timezone.now(), programme or programmes.main(fresh=True)
    posting.check_points(points)
    wallet, taker = wallets.locked(giver.pk, to.pk, programme=rules, at=at)
    if earlier := PointGift.objects.filter(key=key).first() if key else None:
        if (earlier.giver_id, earlier.taker_id, earlier.points) != (giver.pk, to.pk, points):
            raise IdempotencyConflict(key or "")
        return earlier
    if wallet.pk == taker.pk:
        raise SameWallet
    wallets.refuse_unless_open(wallet)
    wallets.refuse_unless_open(taker)
    _check(rules, giver, points, at)
    if wallet.debt:
        raise InDebt(wallet.debt)
    if wallet.available < points:
        raise InsufficientPoints(points, wallet.available)
    gift = PointGift(programme=rules, giver=giver, taker=to, points=points, key=key, asked_at=at, asked_by=by)
    if rules.gift_confirmed:
        gift.status = Status.WAITING
    else:
        _hand_over(gift, by, at)
    gift.save()
    return gift


@transaction.atomic
def confirm(gift: PointGift, *, by: User | None = None, at: datetime | None = None) -> PointGift:
    """Hand the points over. Raises GiftDecided, and what ``transfers.transfer`` raises."""
    at, seen = at or timezone.now(), PointGift.objects.select_related("programme").get(pk=gift.pk)
    # Wallets before the gift, as whoever closes or merges one of them takes them.
    wallets.locked(seen.giver_id, seen.taker_id, programme=seen.programme, at=at)
    gift = _waiting(gift)
    _hand_over(gift, by, at)
    gift.save()
    return gift


@transaction.atomic
def decline(gift: PointGift, *, at: datetime | None = None) -> PointGift:
    """Not to be given after all: it counts for no limit any more. Raises GiftDecided."""
    gift = _waiting(gift)
    gift.status, gift.decided_at = Status.DECLINED, at or timezone.now()
    gift.save()
    return gift


def _hand_over(gift: PointGift, by: User | None, at: datetime) -> None:
    gift.transaction = transfers.transfer(
        gift.giver, gift.points, to=gift.taker, reason="gift", by=by, at=at, programme=gift.programme
    )
    gift.status, gift.decided_at = Status.GIVEN, at


def _waiting(gift: PointGift) -> PointGift:
    found = PointGift.objects.select_for_update(of=["self"]).select_related("giver", "taker", "programme")
    gift = found.get(pk=gift.pk)
    if gift.status != Status.WAITING:
        raise GiftDecided(gift)
    return gift


def _check(rules: Programme, giver: Customer, points: int, at: datetime) -> None:
    """Days and months are the programme's. The giver's wallet is locked: nobody else gives meanwhile."""
    if points < rules.gift_smallest:
        raise GiftLimit(
            _("The smallest gift is %(smallest)s points."), "gift_too_small", {"smallest": rules.gift_smallest}
        )
    day = arithmetic.local_day(at, rules.zone)
    first = day.replace(day=1)
    for code, begins, ends, most in (
        ("daily_limit", day, day + timedelta(days=1), rules.gift_daily),
        ("monthly_limit", first, arithmetic.add_months(first, 1), rules.gift_monthly),
    ):
        if most is None:
            continue
        period = (arithmetic.start_of(begins, rules.zone), arithmetic.start_of(ends, rules.zone))
        given = PointGift.objects.filter(giver=giver, programme=rules)
        given = given.filter(asked_at__gte=period[0], asked_at__lt=period[1])
        so_far = given.exclude(status=Status.DECLINED).aggregate(n=Sum("points", default=0))["n"]
        if so_far + points > most:
            raise GiftLimit(
                _("%(left)s points can still be given."), code, {"left": max(0, most - so_far), "limit": most}
            )


@transaction.atomic
def move(customer: Customer, *, into: Customer) -> None:
    """After a merge: gifts go on with who stays; one that waited between the two is no gift."""
    between = PointGift.objects.filter(status=Status.WAITING, giver__in=(customer, into), taker__in=(customer, into))
    between.update(status=Status.DECLINED, decided_at=timezone.now())
    PointGift.objects.filter(giver=customer).exclude(taker=into).update(giver=into)
    PointGift.objects.filter(taker=customer).exclude(giver=into).update(taker=into)


@transaction.atomic
def forget(customer: Customer, *, at: datetime) -> None:
    """Before an erasure: what waits is not given. Done before, it does nothing."""
    waiting = PointGift.objects.filter(status=Status.WAITING)
    for gift in (waiting.filter(giver=customer) | waiting.filter(taker=customer)).order_by("pk"):
        decline(gift, at=at)
