"""Stamp cards: stamps follow purchases and returns, a full card gives its reward once.

Stamps are counted anew from the purchases each time, so that nothing can be counted twice, whatever comes in whichever
order. Reader of the timeline: ``stamps``.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.actions import timeline
from customers.models import Customer, Fact, Verb
from loyalty.actions import claims, rewards
from loyalty.actions.claims import NotReversible, RewardRefused, WrongState
from loyalty.models import Claim, FullCard, StampCard, StampHolder
from loyalty.queries import stamps as questions

VERBS = frozenset({Verb.BOUGHT, Verb.RETURNED, Verb.PURCHASE_CANCELLED})
Status = StampCard.Status
NO_TIME = timedelta(microseconds=1)


class StampCardRefused(ValidationError):
    """``code`` is ``in_use`` or ``has_ended``."""


@transaction.atomic
def set_up(card: StampCard) -> StampCard:
    """Add a card, or change one. What counts stays as it is once the card is live. Raises ValidationError by field."""
    before = StampCard.objects.select_for_update().filter(pk=card.pk).first() if card.pk else None
    fixed = ("counts", "value", "stamps", "opens_at")
    if (
        before
        and before.status != Status.DRAFT
        and any(getattr(before, name) != getattr(card, name) for name in fixed)
    ):
        raise StampCardRefused(_("Customers hold this card: make a new one instead."), code="in_use")
    card.full_clean()
    card.save()
    return card


@transaction.atomic
def offer(card: StampCard, *, at: datetime | None = None) -> StampCard:
    """Stamp from now on, or from the card's own beginning where that is later. Raises StampCardRefused."""
    at = at or timezone.now()
    card = StampCard.objects.select_for_update().get(pk=card.pk)
    if card.status == Status.ENDED:
        raise StampCardRefused(_("A card that has ended does not come back: make a new one."), code="has_ended")
    if card.status == Status.DRAFT:
        card.opens_at = max(at, card.opens_at or at)
        card.status = Status.LIVE
        card.save(update_fields=["opens_at", "status"])
    return card


@transaction.atomic
def close(card: StampCard, *, at: datetime | None = None) -> StampCard:
    """No more stamps for what is bought from now on. Returns still take stamps back."""
    at = at or timezone.now()
    card = StampCard.objects.select_for_update().get(pk=card.pk)
    if card.status != Status.ENDED:
        ends = min(at, card.closes_at or at)
        # One that was to begin later, or never went live, has no time at all: a card closes after it opens.
        card.opens_at = min(card.opens_at or ends, ends - NO_TIME)
        card.closes_at = ends
        card.status = Status.ENDED
        card.save(update_fields=["opens_at", "closes_at", "status"])
    return card


def react(facts: list[Fact]) -> None:
    """Count the stamps of those who bought or brought something back."""
    count({fact.customer_id for fact in facts}, at=max(fact.at for fact in facts))


@transaction.atomic
def count(customer_ids: Collection[int], *, at: datetime | None = None) -> int:
    """Count the stamps of customers, give what full cards are worth, take back what returns have emptied.

    Counted again, nothing happens. Returns how many counts changed.
    """
    cards = list(StampCard.objects.exclude(status=Status.DRAFT).order_by("pk"))
    if not cards or not customer_ids:
        return 0
    at = at or timezone.now()
    # Customers before everything else, as merges and everybody who earns take them.
    wanted = Customer.objects.select_for_update(no_key=True).filter(pk__in=customer_ids).order_by("pk")
    ids = [customer.pk for customer in wanted if customer.status == Customer.Status.ACTIVE]
    return sum(_count(card, ids, at) for card in cards)


def _count(card: StampCard, ids: list[int], at: datetime) -> int:
    now = questions.counted(card, ids)
    before = {
        holder.customer_id: holder
        for holder in StampHolder.objects.filter(card=card, customer__in=ids).select_related("customer")
    }
    changed = 0
    for customer_id in ids:
        holder = before.get(customer_id)
        stamps = now.get(customer_id, 0)
        if stamps == (holder.stamps if holder else 0) and not (holder and _owes(holder)):
            continue
        holder = holder or StampHolder.objects.create(card=card, customer_id=customer_id)
        holder.stamps, holder.counted_at = stamps, at
        holder.save(update_fields=["stamps", "counted_at"])
        _level(holder, at)
        changed += 1
    return changed


def _owes(holder: StampHolder) -> bool:
    """Whether a full card has not got its reward, because there was none left then."""
    return _full(holder) > holder.full_cards.filter(taken_back_at=None).count()


def _full(holder: StampHolder) -> int:
    full = holder.stamps // holder.card.stamps
    return full if holder.card.most_cards is None else min(full, holder.card.most_cards)


def _level(holder: StampHolder, at: datetime) -> None:
    """As many rewards as full cards: those that are missing are given, those too many are taken back if unused."""
    full = _full(holder)
    standing = {
        one.number: one for one in holder.full_cards.filter(taken_back_at=None).select_related("claim__reward")
    }
    for number in sorted(number for number in standing if number > full):
        _take_back(standing[number], at)
    for number in range(1, full + 1):
        if number not in standing:
            _fill(holder, number, at)


def _fill(holder: StampHolder, number: int, at: datetime) -> None:
    """A frozen wallet or an empty stock lets the card wait: it is full still when it is counted next."""
    tries = holder.full_cards.filter(number=number).count()
    key = f"stamps:{holder.card_id}:{holder.customer_id}:{number}:{tries}"
    try:
        claim = rewards.issue(
            holder.card.reward,
            to=holder.customer,
            reason=holder.card.name,
            key=key,
            at=at,
            origin=Claim.Origin.STAMPS,
        )
    except RewardRefused:
        return
    FullCard.objects.create(holder=holder, number=number, claim=claim, filled_at=at)
    timeline.record(
        holder.customer, Verb.STAMP_CARD_FILLED, at=at, name=holder.card.name, card=holder.card_id, claim=claim.pk
    )


def _take_back(full: FullCard, at: datetime) -> None:
    """What was used or handed over stays; the customer then fills that card once more before the next reward."""
    if full.claim.status == Claim.Status.DONE and full.claim.reward.is_handed_over:
        return
    try:
        claims.cancel(full.claim, reason="returned", at=at)
    except (NotReversible, WrongState):
        return
    full.taken_back_at = at
    full.save(update_fields=["taken_back_at"])
