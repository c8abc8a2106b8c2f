"""What customers can have for their points now, and what is missing for the rest. One set of reasons for everybody:
pages and the API show them, and the action refuses by them.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers.models import Customer, Profile
from customers.queries.segments import memberships
from loyalty import periods
from loyalty.models import Claim, Programme, Reward, Wallet
from loyalty.queries.points import Balance, balance_of, wallet_of
from loyalty.queries.reasons import Because

MESSAGES: dict[str, Promise] = {
    "wallet_frozen": _("The wallet is frozen: points neither come nor go."),
    "wallet_closed": _("The wallet is closed."),
    "not_offered": _("This reward is not offered."),
    "not_now": _("This reward can be had from %(opens_at)s until %(closes_at)s."),
    "not_before": _("This reward can be had from %(opens_at)s on."),
    "not_after": _("This reward could be had until %(closes_at)s."),
    "out_of_stock": _("There is none left."),
    "not_your_tier": _("This reward is for other tiers."),
    "not_your_segment": _("This reward is for others."),
    "limit_reached": _("The customer has had this reward as often as anybody may: %(limit)s."),
    "limit_of_a_period": _("The customer has had this reward as often as anybody may: %(limit)s until %(again_at)s."),
    "in_debt": _("The customer owes %(debt)s points, which come first."),
    "missing_points": _("It takes %(price)s points, and there are %(available)s: %(missing)s are missing."),
}
NO_MOMENT = "…"


class Reason(Because):
    """Why somebody cannot have a reward. ``params`` are for other systems; moments are said on the reader's clock."""

    MESSAGES = MESSAGES

    @property
    def template(self) -> Any:
        moments = {name: self.params.get(name) for name in ("opens_at", "closes_at", "again_at")}
        said = {name: _on_the_clock(moment) for name, moment in moments.items() if moment not in (None, NO_MOMENT)}
        if not said:
            return super().template
        sentence = self.code
        if self.code == "limit_reached":
            sentence = "limit_of_a_period"
        elif len(said) == 1:
            sentence = "not_before" if "opens_at" in said else "not_after"
        return (MESSAGES[sentence] % (self.params | said)).replace("%", "%%")


@dataclass(frozen=True)
class Offer:
    """A reward as one customer sees it: to be had where there is no reason against it."""

    reward: Reward
    reasons: list[Reason]

    @property
    def can_have(self) -> bool:
        return not self.reasons

    @property
    def missing(self) -> int:
        """Points that are missing, 0 where it is something else or nothing."""
        return sum(reason.params["missing"] for reason in self.reasons if reason.code == "missing_points")


@dataclass(frozen=True)
class Standing:
    """All of a customer that decides on rewards, read once."""

    balance: Balance
    wallet: str = Wallet.Status.OPEN
    tier: str = ""
    segments: frozenset[int] = frozenset()
    taken: dict[int, list[datetime]] = field(default_factory=dict)


def standing_of(
    customer: Customer, rewards: Iterable[Reward], *, programme: Programme | None = None, at: datetime
) -> Standing:
    rewards = list(rewards)
    wallet = wallet_of(customer, programme)
    return Standing(
        balance_of(wallet, at=at) if wallet else Balance(),
        wallet.status if wallet else Wallet.Status.OPEN,
        _tier_of(customer) if any(reward.tiers for reward in rewards) else "",
        _segments_of(customer, rewards, at),
        _taken_by(customer, rewards),
    )


def _tier_of(customer: Customer) -> str:
    return Profile.objects.filter(customer=customer).values_list("tier", flat=True).first() or ""


def _segments_of(customer: Customer, rewards: list[Reward], at: datetime) -> frozenset[int]:
    wanted = {reward.segment.pk: reward.segment for reward in rewards if reward.segment}
    return frozenset(memberships([customer.pk], wanted.values(), at).get(customer.pk, ()))


def _taken_by(customer: Customer, rewards: list[Reward]) -> dict[int, list[datetime]]:
    """When the customer took those of the rewards that are limited."""
    limited = [reward.pk for reward in rewards if reward.limit_total or reward.limit_period]
    taken: dict[int, list[datetime]] = {}
    claims = Claim.objects.counted().filter(customer=customer, reward__in=limited)
    for reward_id, claimed_at in claims.values_list("reward_id", "claimed_at"):
        taken.setdefault(reward_id, []).append(claimed_at)
    return taken


def reasons(reward: Reward, standing: Standing, *, zone: str, at: datetime) -> list[Reason]:
    """Everything that stands against it, worst first; nothing where the customer can have it."""
    found = list(_of_the_reward(reward, at))
    if standing.wallet in (Wallet.Status.FROZEN, Wallet.Status.CLOSED):
        found.insert(0, Reason(f"wallet_{standing.wallet}"))
    if reward.tiers and standing.tier not in reward.tiers:
        found.append(Reason("not_your_tier", {"tiers": ", ".join(reward.tiers)}))
    if reward.segment_id and reward.segment_id not in standing.segments:
        found.append(Reason("not_your_segment"))
    found += _of_limits(reward, standing.taken.get(reward.pk, []), zone, at)
    available = standing.balance.available
    if reward.points and standing.balance.debt:
        found.append(Reason("in_debt", {"debt": standing.balance.debt}))
    elif reward.points > available:
        missing = {"price": reward.points, "available": available, "missing": reward.points - available}
        found.append(Reason("missing_points", missing))
    return found


def _of_the_reward(reward: Reward, at: datetime) -> Iterable[Reason]:
    if reward.status != Reward.Status.LIVE or not reward.listed:
        yield Reason("not_offered")
    yield from out_of_reach(reward, at)


def out_of_reach(reward: Reward, at: datetime) -> Iterable[Reason]:
    """What stands against a reward for everybody, also where it is given: its window and its stock."""
    early = reward.opens_at is not None and at < reward.opens_at
    late = reward.closes_at is not None and at >= reward.closes_at
    if early or late:
        yield Reason("not_now", {"opens_at": _when(reward.opens_at), "closes_at": _when(reward.closes_at)})
    if reward.stock == 0:
        yield Reason("out_of_stock")


def _of_limits(reward: Reward, taken: list[datetime], zone: str, at: datetime) -> Iterable[Reason]:
    if reward.limit_total and len(taken) >= reward.limit_total:
        yield Reason("limit_reached", {"limit": reward.limit_total, "period": "", "again_at": None})
    elif reward.limit_period:
        start, end = periods.bounds(at, reward.period, zone)
        if Counter(start <= when < end for when in taken)[True] >= reward.limit_period:
            limit = {"limit": reward.limit_period, "period": reward.period, "again_at": _when(end)}
            yield Reason("limit_reached", limit)


def _when(moment: datetime | None) -> str:
    return moment.isoformat() if moment else NO_MOMENT


def _on_the_clock(moment: str) -> str:
    return formats.date_format(timezone.localtime(datetime.fromisoformat(moment)), "DATETIME_FORMAT")


def offers(customer: Customer, *, at: datetime | None = None, programme: Programme | None = None) -> list[Offer]:
    """The rewards of the catalogue: first what the customer can have, then what takes the fewest points more."""
    at = at or timezone.now()
    shown = Reward.objects.filter(status=Reward.Status.LIVE, listed=True).select_related("programme", "segment")
    shown = shown.filter(programme=programme) if programme else shown.filter(programme__main=True)
    rewards = list(shown.order_by("points", "name"))
    standing = standing_of(customer, rewards, programme=programme, at=at)
    found = [Offer(reward, reasons(reward, standing, zone=reward.programme.zone, at=at)) for reward in rewards]
    return sorted(found, key=lambda offer: (not offer.can_have, offer.missing))
