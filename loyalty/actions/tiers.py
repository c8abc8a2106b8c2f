"""Tier tables are drafted, looked at and applied; a tier is granted to a customer and withdrawn again."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from loyalty.actions import programmes, standings
from loyalty.actions.refusals import ReasonMissing
from loyalty.models import Programme, Tier, TierFloor, TierTable
from loyalty.queries.standings import ladder_at
from people.models import User

RULES = ("qualify_by", "span", "months", "lowering", "step", "review_months", "grace_days")


class TierTableRefused(ValidationError):
    """A table that cannot be; ``code`` says why."""


class UnknownTier(ValidationError):
    def __init__(self, tier: str) -> None:
        super().__init__(_("There is no tier %(tier)s."), code="unknown_tier", params={"tier": tier})


class GrantOver(ValidationError):
    field = "until"

    def __init__(self) -> None:
        super().__init__(_("That day is over already."), code="until_past")


@dataclass(frozen=True)
class Step:
    """A tier as it is wished for."""

    code: str
    name: str
    threshold: int
    keeps: bool = False
    points_last: int | None = None


@transaction.atomic
def draft(programme: Programme, *, steps: Sequence[Step] | None = None, **rules: Any) -> TierTable:
    """The programme's draft of a new tier table, made as a copy of the latest one where there is none, and changed.

    ``rules`` are the columns of TierTable that are named in RULES. Raises TierTableRefused.
    """
    Programme.objects.select_for_update(no_key=True).get(pk=programme.pk)
    table = TierTable.objects.filter(programme=programme, starts_at=None).first()
    if table is None:
        table, tiers = begun(programme)
        table.save()
        Tier.objects.bulk_create(tiers)
    for name, value in rules.items():
        if name not in RULES:
            raise TypeError(name)
        setattr(table, name, value)
    if table.span == TierTable.Span.CALENDAR:
        table.months = 12
    if table.step == TierTable.Step.ONE and table.lowering == TierTable.Lowering.IMMEDIATE and not table.grace_days:
        raise TierTableRefused(
            _("One tier at a time needs time between the steps: reviews, or days of grace."), code="no_time_between"
        )
    table.save()
    if steps is not None:
        _check(steps)
        table.tiers.all().delete()
        Tier.objects.bulk_create([Tier(table=table, **vars(step)) for step in steps])
    return table


def begun(programme: Programme) -> tuple[TierTable, list[Tier]]:
    """What a draft begins with, not written yet: a copy of the latest table, or an empty one."""
    latest = TierTable.objects.filter(programme=programme).order_by("-starts_at").first()
    number = TierTable.objects.filter(programme=programme).aggregate(last=Max("number"))["last"] or 0
    table = TierTable(programme=programme, number=number + 1)
    if latest is None:
        return table, []
    for name in RULES:
        setattr(table, name, getattr(latest, name))
    return table, [Tier(table=table, **vars(_step(tier))) for tier in latest.tiers.all()]


def _step(tier: Tier) -> Step:
    return Step(tier.code, tier.name, tier.threshold, tier.keeps, tier.points_last)


def _check(steps: Sequence[Step]) -> None:
    if not steps or min(step.threshold for step in steps) != 0:
        raise TierTableRefused(_("The lowest tier begins at 0: everybody stands somewhere."), code="no_lowest_tier")
    for name in ("code", "threshold", "name"):
        if len({getattr(step, name) for step in steps}) < len(steps):
            raise TierTableRefused(_("Two tiers have the same %(what)s."), code="tier_twice", params={"what": name})


@transaction.atomic
def discard(table: TierTable) -> None:
    """Throw a draft away. Raises TierTableRefused for one that was applied."""
    _draft(table).delete()


def mark(table: TierTable) -> str:
    """What a table says, as a short text: another one where anything of it is another."""
    said = [[str(getattr(table, name)) for name in RULES], [vars(_step(tier)) for tier in table.tiers.order_by("pk")]]
    return sha256(json.dumps(said).encode()).hexdigest()[:16]


def apply(
    table: TierTable,
    *,
    by: User | None = None,
    at: datetime | None = None,
    starts_at: datetime | None = None,
    seen: str = "",
) -> TierTable:
    """Let a draft apply, now or from a later moment. From now: everybody is brought to their tier by it at once.

    It stays as it is for good; another change is another draft. ``seen`` is the mark of the draft that somebody has
    looked at. Raises TierTableRefused, ``draft_changed`` where it says something else by now.
    """
    at = at or timezone.now()
    starts_at = starts_at or at
    with transaction.atomic():
        table = _draft(table)
        if seen and seen != mark(table):
            raise TierTableRefused(
                _("Somebody has changed the draft meanwhile: look again at who would move."), code="draft_changed"
            )
        _check([_step(tier) for tier in table.tiers.all()])
        if TierTable.objects.filter(programme=table.programme_id, starts_at__gte=starts_at).exists():
            raise TierTableRefused(_("A later table applies already from then on."), code="later_table")
        table.starts_at, table.applied_at, table.applied_by = starts_at, at, by
        table.save()
        programme = table.programme
        programme.tiered = True
        programme.save(update_fields=["tiered"])
        programmes.forget()
    if starts_at <= at:
        standings.settle_all(Programme.objects.get(pk=programme.pk), at=at, because="table")
    return table


def _draft(table: TierTable) -> TierTable:
    Programme.objects.select_for_update(no_key=True).get(pk=table.programme_id)
    table = TierTable.objects.select_related("programme").get(pk=table.pk)
    if not table.is_draft:
        raise TierTableRefused(_("The table was applied and stays as it is. Draft a new one."), code="table_applied")
    return table


@transaction.atomic
def grant(
    customer: Customer,
    tier: str,
    *,
    reason: str,
    until: datetime | None = None,
    by: User | None = None,
    at: datetime | None = None,
    programme: Programme | None = None,
) -> TierFloor:
    """Let a customer stand no lower than a tier, until a moment or for good.

    Raises UnknownTier, ReasonMissing, GrantOver (a moment that has passed).
    """
    at, programme = at or timezone.now(), programme or programmes.main(fresh=True)
    ladder = ladder_at(programme, at)
    if ladder is None or ladder.place(tier) is None:
        raise UnknownTier(tier)
    if not reason.strip():
        raise ReasonMissing
    if until is not None and until <= at:
        raise GrantOver
    standings.lock_customers([customer.pk])
    floor = TierFloor.objects.create(
        programme=programme, customer=customer, tier=tier, starts_at=at, ends_at=until, reason=reason.strip(), by=by
    )
    standings.settle({customer.pk: at}, programme=programme)
    return floor


@transaction.atomic
def withdraw(floor: TierFloor, *, at: datetime | None = None) -> TierFloor:
    """End a granted tier before its time. What was over before stays as it was."""
    at = at or timezone.now()
    standings.lock_customers([floor.customer_id])
    floor = TierFloor.objects.select_related("programme", "customer").get(pk=floor.pk)
    if floor.ends_at is None or floor.ends_at > at:
        floor.ends_at = max(at, floor.starts_at)
        floor.save(update_fields=["ends_at"])
        standings.settle({floor.customer_id: at}, programme=floor.programme)
    return floor
