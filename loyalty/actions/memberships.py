"""Paid memberships: sold, renewed, cancelled with what is left of the price, remembered before they end."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Value
from django.db.models.functions import Greatest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.actions import timeline
from customers.models import Customer, Fact, Verb
from loyalty import arithmetic
from loyalty.actions import standings
from loyalty.actions.refusals import IdempotencyConflict
from loyalty.models import Membership, Plan, TierFloor
from people.models import User

Status = Membership.Status
REMINDED_WITHIN = timedelta(days=14)  # a reminder that is later than this is told no more
ENDED_WITHIN = timedelta(days=60)


class MembershipRefused(ValidationError):
    """A membership that cannot be sold, renewed or cancelled; ``code`` says why."""


class MembershipsOverlap(MembershipRefused):
    def __init__(self, other: Membership) -> None:
        zone, days = _zone(other.plan), (("start", other.starts_at), ("end", other.ends_at))
        super().__init__(
            _("The customer has a membership from %(start)s until %(end)s already."),
            code="memberships_overlap",
            params={name: f"{moment.astimezone(zone):%Y-%m-%d}" for name, moment in days},
        )


@transaction.atomic
def start(
    customer: Customer,
    plan: Plan,
    *,
    at: datetime | None = None,
    price: int | None = None,
    key: str | None = None,
    by: User | None = None,
) -> Membership:
    """Sell a membership that begins at a moment (now). The price is the plan's unless said otherwise.

    Asked again with the same key it is the same membership. Raises MembershipsOverlap, MembershipRefused
    (``not_on_sale``) or IdempotencyConflict.
    """
    begins = at or timezone.now()
    standings.lock_customers([customer.pk])
    if earlier := _earlier(key, customer, plan):
        return earlier
    if not plan.on_sale:
        raise MembershipRefused(_("%(plan)s is not on sale."), code="not_on_sale", params={"plan": plan.name})
    made = Membership(
        plan=plan,
        customer=customer,
        starts_at=begins,
        price=plan.price if price is None else price,
        currency=plan.currency,
        key=key,
        by=by,
    )
    return _sell(made, Verb.MEMBERSHIP_STARTED, begins)


@transaction.atomic
def renew(
    membership: Membership,
    *,
    at: datetime | None = None,
    price: int | None = None,
    key: str | None = None,
    by: User | None = None,
) -> Membership:
    """Sell the period that follows, without a gap: also within the grace after its end.

    Raises MembershipRefused: ``renewed_already``, ``membership_cancelled`` or ``membership_over`` after the grace;
    MembershipsOverlap, IdempotencyConflict.
    """
    at = at or timezone.now()
    standings.lock_customers([membership.customer_id])
    membership = Membership.objects.select_related("plan__programme", "customer").get(pk=membership.pk)
    if earlier := _earlier(key, membership.customer, membership.plan):
        return earlier
    if membership.status == Status.CANCELLED:
        raise MembershipRefused(_("The membership was cancelled."), code="membership_cancelled")
    if Membership.objects.filter(renewal_of=membership).exists():
        raise MembershipRefused(_("The membership was renewed already."), code="renewed_already")
    if at >= held_until(membership):
        raise MembershipRefused(_("The membership is over: start a new one."), code="membership_over")
    made = Membership(
        plan=membership.plan,
        customer=membership.customer,
        starts_at=membership.ends_at,
        price=membership.plan.price if price is None else price,
        currency=membership.plan.currency,
        renewal_of=membership,
        key=key,
        by=by,
    )
    return _sell(made, Verb.MEMBERSHIP_RENEWED, at)


def _earlier(key: str | None, customer: Customer, plan: Plan) -> Membership | None:
    earlier = Membership.objects.filter(key=key).first() if key else None
    if earlier and (earlier.customer_id, earlier.plan_id) != (customer.pk, plan.pk):
        raise IdempotencyConflict(key or "")
    return earlier


def _sell(made: Membership, verb: Verb, at: datetime) -> Membership:
    made.ends_at = made.paid_until = end_of(made.starts_at, made.plan)
    if other := _overlapping(made.customer, made.starts_at, made.ends_at):
        raise MembershipsOverlap(other)
    made.save()
    _hold_up(made)
    about: dict[str, Any] = {
        "membership": made.pk,
        "plan": made.plan.code,
        "name": made.plan.name,
        "until": made.ends_at.isoformat(),
    }
    about |= {"amount": made.price, "currency": made.currency}
    timeline.record(made.customer, verb, by=made.by, at=at, **about)
    _settle(made, at)
    return Membership.objects.get(pk=made.pk)


def _overlapping(customer: Customer, begin: datetime, end: datetime) -> Membership | None:
    """One that has a moment in common with [begin, end); one that was over before it began has none."""
    others = Membership.objects.filter(customer=customer, ends_at__gt=begin, starts_at__lt=end)
    found = others.filter(ends_at__gt=F("starts_at")).select_related("plan__programme")
    return found.order_by("starts_at").first()


def end_of(begin: datetime, plan: Plan) -> datetime:
    """So many months later, at the same time of day in the programme's zone; on the last day of a shorter month."""
    local = begin.astimezone(_zone(plan))
    return datetime.combine(arithmetic.add_months(local.date(), plan.months), local.time(), tzinfo=_zone(plan))


def held_until(membership: Membership) -> datetime:
    """Until when it holds: its end, and the grace where it was not cancelled."""
    if membership.status == Status.CANCELLED:
        return membership.ends_at
    zone = _zone(membership.plan)
    return membership.ends_at.astimezone(zone) + timedelta(days=membership.plan.grace_days)


def _zone(plan: Plan) -> ZoneInfo:
    return ZoneInfo(plan.programme.zone)


def _hold_up(membership: Membership) -> None:
    """Members do not stand below the plan's tier."""
    if membership.plan.tier:
        TierFloor.objects.create(
            programme=membership.plan.programme,
            customer=membership.customer,
            tier=membership.plan.tier,
            starts_at=membership.starts_at,
            ends_at=held_until(membership),
            membership=membership,
            by=membership.by,
        )


def _settle(membership: Membership, at: datetime) -> None:
    if membership.plan.tier:
        standings.settle({membership.customer_id: at}, programme=membership.plan.programme)


@transaction.atomic
def cancel(membership: Membership, *, at: datetime | None = None, by: User | None = None) -> Membership:
    """End a membership now and work out what is paid back: the price of the days left, rounded down to a minor unit.

    One that has not begun is paid back whole; a renewal that was sold ahead is another membership. Raises
    MembershipRefused: ``cancelled_already`` or ``membership_over``.
    """
    at = at or timezone.now()
    standings.lock_customers([membership.customer_id])
    membership = Membership.objects.select_related("plan__programme", "customer").get(pk=membership.pk)
    if membership.status == Status.CANCELLED:
        raise MembershipRefused(_("The membership was cancelled already."), code="cancelled_already")
    if at >= membership.ends_at:
        raise MembershipRefused(_("The membership is over."), code="membership_over")
    membership.refund = refund(membership, at=at)
    membership.status, membership.cancelled_at = Status.CANCELLED, at
    membership.ends_at = max(at, membership.starts_at)
    membership.save(update_fields=["refund", "status", "cancelled_at", "ends_at"])
    TierFloor.objects.filter(membership=membership).update(ends_at=membership.ends_at)
    about: dict[str, Any] = {"membership": membership.pk, "plan": membership.plan.code}
    about |= {"name": membership.plan.name, "amount": membership.refund, "currency": membership.currency}
    timeline.record(membership.customer, Verb.MEMBERSHIP_CANCELLED, by=by, at=at, **about)
    _settle(membership, at)
    return membership


def refund(membership: Membership, *, at: datetime) -> int:
    """What would be paid back if it were cancelled then: for the days that have not begun, in the programme's zone."""
    if not membership.plan.refunds:
        return 0
    if at <= membership.starts_at:
        return membership.price
    zone = _zone(membership.plan)
    first, today, last = (
        moment.astimezone(zone).date() for moment in (membership.starts_at, at, membership.paid_until)
    )
    days = (last - first).days
    left = max(0, days - (today - first).days - 1)
    return (Fraction(membership.price) * left / days).__floor__()


@transaction.atomic
def tell_what_is_due(*, at: datetime) -> int:
    """Remind of memberships that end soon, and tell of those that have ended. Returns how many facts are new.

    Each is told once, however often this runs; a reminder that is more than two weeks late is left out.
    """
    facts = [*_endings(at), *_ends(at)]
    known = set(Fact.objects.filter(key__in=[fact.key for fact in facts]).values_list("key", flat=True))
    return len(timeline.record_many([fact for fact in facts if fact.key not in known]))


def _endings(at: datetime) -> Iterator[Fact]:
    renewed = Membership.objects.filter(renewal_of=OuterRef("pk"))
    for plan in Plan.objects.select_related("programme").order_by("pk"):
        for days in plan.reminders:
            due = Membership.objects.filter(~Exists(renewed), plan=plan, status=Status.PAID, ends_at__gt=at)
            soon = at + timedelta(days=days)
            due = due.filter(ends_at__lte=soon, ends_at__gt=soon - REMINDED_WITHIN)
            for one in due.select_related("customer").order_by("pk"):
                about = {"membership": one.pk, "plan": plan.code, "name": plan.name, "days": days}
                about |= {"until": one.ends_at.isoformat()}
                yield Fact(
                    customer=one.customer,
                    verb=Verb.MEMBERSHIP_ENDING,
                    at=at,
                    key=f"membership:{one.pk}:ending:{days}",
                    about=about,
                )


def _ends(at: datetime) -> Iterator[Fact]:
    """Those whose grace is over too, and that were not renewed. Some weeks back, so that a late job misses none."""
    renewed = Membership.objects.filter(renewal_of=OuterRef("pk"))
    for plan in Plan.objects.select_related("programme").order_by("pk"):
        latest = at - timedelta(days=plan.grace_days)
        over = Membership.objects.filter(~Exists(renewed), plan=plan, status=Status.PAID, ends_at__lte=latest)
        over = over.filter(ends_at__gt=latest - ENDED_WITHIN)
        for one in over.select_related("customer").order_by("pk"):
            about = {"membership": one.pk, "plan": plan.code, "name": plan.name}
            ended = one.ends_at + timedelta(days=plan.grace_days)
            key = f"membership:{one.pk}:ended"
            yield Fact(customer=one.customer, verb=Verb.MEMBERSHIP_ENDED, at=ended, key=key, about=about)


def join(customer: Customer, *, into: Customer, at: datetime, by: User | None = None) -> None:
    """Two customers are one: what one has bought goes on for the other.

    Where both are members at once, the membership of the record that is given up ends and what is left is paid back.
    """
    for one in Membership.objects.filter(customer=customer).order_by("starts_at", "pk"):
        if _overlapping(into, one.starts_at, one.ends_at):
            if one.status == Status.PAID and one.ends_at > at:
                cancel(one, at=at, by=by)
        else:
            Membership.objects.filter(pk=one.pk).update(customer=into)


def forget(customer: Customer, *, at: datetime) -> None:
    """A person is forgotten: memberships end without a refund; what was paid stays as a figure."""
    paid = Membership.objects.filter(customer=customer, status=Status.PAID, ends_at__gt=at)
    paid.update(status=Status.CANCELLED, cancelled_at=at, ends_at=Greatest("starts_at", Value(at)))
