"""What is agreed with partners and settled with them: rates, packs, and a statement for each month."""

from datetime import date, datetime, timedelta
from fractions import Fraction

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from loyalty import arithmetic
from loyalty.actions.posting import check_points
from loyalty.models import Partner, PartnerEntry, PartnerPack, PartnerRate, PartnerStatement
from people.models import User


class SettlementRefused(ValidationError):
    """``rate_in_the_past``, ``rates_overlap``, ``not_a_rate``, ``pack_known``, ``not_prepaid``, ``month_not_over``,
    or ``month_settled``."""


@transaction.atomic
def agree(
    partner: Partner,
    *,
    issue: tuple[int, int],
    redeem: tuple[int, int],
    begins_at: datetime | None = None,
    by: User | None = None,
    at: datetime | None = None,
) -> PartnerRate:
    """Agree on rates from a moment on: money (minor units) for points, each an exact fraction. The rate before ends.

    Raises SettlementRefused for a moment that is past, except for the partner's first rate, or that comes before a
    rate that is agreed already.
    """
    partner, at = _alone(partner), at or timezone.now()
    begins_at = begins_at or at
    if min(issue[1], redeem[1]) < 1 or min(issue[0], redeem[0]) < 0:
        raise SettlementRefused(_("A rate is money for at least one point."), "not_a_rate")
    before = PartnerRate.objects.filter(partner=partner).order_by("-begins_at").first()
    if before and begins_at < at:
        raise SettlementRefused(_("Rates begin now or later."), "rate_in_the_past")
    if before and before.begins_at >= begins_at:
        raise SettlementRefused(_("A rate is agreed already from then on."), "rates_overlap")
    if before and before.ends_at is None:
        PartnerRate.objects.filter(pk=before.pk).update(ends_at=begins_at)
    return PartnerRate.objects.create(
        partner=partner,
        begins_at=begins_at,
        issue_money=issue[0],
        issue_points=issue[1],
        redeem_money=redeem[0],
        redeem_points=redeem[1],
        by=by,
    )


@transaction.atomic
def sell_pack(
    partner: Partner,
    points: int,
    *,
    price: int,
    reference: str,
    by: User | None = None,
    at: datetime | None = None,
) -> PartnerPack:
    """Sell points to a prepaid partner; the price is on its next statement. Raises SettlementRefused or NoPoints."""
    check_points(points)
    partner = _alone(partner)
    if partner.terms != Partner.Terms.PREPAID:
        raise SettlementRefused(_("%(partner)s pays later."), "not_prepaid", {"partner": partner.name})
    if PartnerPack.objects.filter(partner=partner, reference=reference).exists():
        raise SettlementRefused(_("The pack %(reference)s was sold before."), "pack_known", {"reference": reference})
    return PartnerPack.objects.create(
        partner=partner,
        points=points,
        left=points,
        price=price,
        reference=reference,
        bought_at=at or timezone.now(),
        by=by,
    )


@transaction.atomic
def issue_statement(
    partner: Partner, month: date, *, by: User | None = None, at: datetime | None = None
) -> PartnerStatement:
    """Freeze what took effect up to the end of a month and is on no statement yet: what came late included.

    The sum is exact and rounded once, down. Whoever posts for the partner at this moment is waited for.
    Raises SettlementRefused: ``month_not_over`` or ``month_settled``.
    """
    partner, at, month = _alone(partner), at or timezone.now(), month.replace(day=1)
    ends = end_of(partner, month)
    if at < ends:
        raise SettlementRefused(_("The month is not over."), "month_not_over")
    last = PartnerStatement.objects.filter(partner=partner).order_by("-month").first()
    if last and last.month >= month:
        raise SettlementRefused(_("The month has been settled; corrections come in the next one."), "month_settled")
    entries, packs = unsettled(partner, ends)
    sums = dict.fromkeys(PartnerEntry.Kind.values, 0)
    money = Fraction(sum(pack.price for pack in packs))
    for entry in entries:
        sums[entry.kind] += entry.points
        money += entry.money
    made = PartnerStatement.objects.create(
        partner=partner,
        month=month,
        issued=sums["issue"],
        reversed=sums["reversal"],
        redeemed=sums["redemption"],
        refunded=sums["refund"],
        packs=sum(pack.price for pack in packs),
        total=money.__floor__(),
        currency=partner.currency,
        issued_at=at,
        by=by,
    )
    PartnerEntry.objects.filter(pk__in=[entry.pk for entry in entries]).update(statement=made)
    PartnerPack.objects.filter(pk__in=[pack.pk for pack in packs]).update(statement=made)
    return made


def unsettled(partner: Partner, ends: datetime) -> tuple[list[PartnerEntry], list[PartnerPack]]:
    """What a statement up to then would take up."""
    entries = PartnerEntry.objects.filter(partner=partner, statement=None, at__lt=ends).select_related("rate")
    packs = PartnerPack.objects.filter(partner=partner, statement=None, bought_at__lt=ends)
    return list(entries.order_by("at", "pk")), list(packs.order_by("bought_at", "pk"))


def end_of(partner: Partner, month: date) -> datetime:
    """The first moment after the month, in the programme's zone."""
    return arithmetic.start_of(arithmetic.add_months(month.replace(day=1), 1), partner.programme.zone)


def settle_all(*, at: datetime) -> int:
    """Issue the statements of last month that nobody has issued yet. Run late or twice, each is issued once."""
    count = 0
    for partner in Partner.objects.select_related("programme").order_by("pk"):
        today = arithmetic.local_day(at, partner.programme.zone)
        month = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
        settled = PartnerStatement.objects.filter(partner=partner, month__gte=month).exists()
        entries = PartnerEntry.objects.filter(partner=partner, statement=None, at__lt=end_of(partner, month))
        packs = PartnerPack.objects.filter(partner=partner, statement=None, bought_at__lt=end_of(partner, month))
        if not settled and (entries.exists() or packs.exists()):
            issue_statement(partner, month, at=at)
            count += 1
    return count


def _alone(partner: Partner) -> Partner:
    """The partner, locked apart from everybody who posts for it."""
    return Partner.objects.select_for_update(of=["self"]).select_related("programme").get(pk=partner.pk)
