"""Points given and taken at a partner: posted to the ledger's account of partners, at the rate or from a pack."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import Customer, Verb
from loyalty import arithmetic
from loyalty.actions import clawbacks, lots, points, posting, redemptions, wallets
from loyalty.actions.posting import Draft
from loyalty.actions.refusals import NotThisKind, OverReversal
from loyalty.models import Account, Kind, Partner, PartnerEntry, PartnerPack, PartnerRate, Transaction, Transfer
from people.models import User

Entry = PartnerEntry.Kind


class PartnerRefused(ValidationError):
    """What cannot be done for a partner: ``partner_closed``, ``no_rate`` or ``not_of_partner``."""


class PackExhausted(ValidationError):
    def __init__(self, wanted: int, left: int) -> None:
        super().__init__(
            _("%(wanted)s points are wanted, but only %(left)s are left of what the partner has paid for."),
            code="pack_exhausted",
            params={"wanted": wanted, "left": left},
        )


def issue(
    partner: Partner,
    customer: Customer,
    many: int,
    *,
    reference: str,
    key: str | None = None,
    by: User | None = None,
    at: datetime | None = None,
) -> Transaction:
    """Let a partner give points to a customer. ``reference`` is its own, such as a receipt: it earns once.

    A postpaid partner owes for them by the rate of the day; a prepaid one has them taken from its oldest packs, whose
    rows are locked. Raises PartnerRefused, PackExhausted, and what ``points.grant`` raises.
    """
    posting.check_points(many)
    with transaction.atomic():
        partner = working(partner, key=key)
        prepaid = partner.terms == Partner.Terms.PREPAID
        packs = _packs(partner) if prepaid else []
        earlier = Transaction.objects.filter(key=key).first() if key else None
        made_at = at or (earlier.effective_at if earlier else timezone.now())
        left = sum(pack.left for pack in packs)
        if prepaid and not earlier and left < many:
            raise PackExhausted(many, left)
        rate = None if prepaid else rate_of(partner, made_at)
        made = points.earn(
            customer,
            many,
            key=key,
            natural_key=f"partner:{partner.pk}:{reference}",
            at=at,
            activates_at=arithmetic.activation(made_at, days=partner.pending_days, zone=partner.programme.zone),
            reason=partner.name,
            reference=reference,
            by=by,
            programme=partner.programme,
            source=Account.PARTNER,
        )
        if PartnerEntry.objects.filter(transaction=made).exists():
            return made
        if not prepaid:
            _note(partner, Entry.ISSUE, made, many, rate)
        for pack in packs:
            if part := min(pack.left, many):
                _take_from(pack, part)
                _note(partner, Entry.ISSUE, made, part, pack=pack)
                many -= part
        return made


def redeem(
    partner: Partner,
    customer: Customer,
    many: int,
    *,
    reference: str = "",
    key: str | None = None,
    by: User | None = None,
    at: datetime | None = None,
) -> Transaction:
    """Let a customer spend points at a partner, who is paid for them by the rate of the day.

    Raises PartnerRefused, and what ``redemptions.redeem`` raises.
    """
    with transaction.atomic():
        partner = working(partner, key=key)
        made = redemptions.redeem(
            customer,
            many,
            reason=partner.name,
            reference=reference,
            key=key,
            by=by,
            at=at,
            programme=partner.programme,
            target=Account.PARTNER,
        )
        if not PartnerEntry.objects.filter(transaction=made).exists():
            _note(partner, Entry.REDEMPTION, made, many, rate_of(partner, made.effective_at))
        return made


def note_redemption(partner: Partner, made: Transaction, many: int, *, rate: PartnerRate) -> None:
    """Settle with a partner what a customer has spent on its reward."""
    _note(partner, Entry.REDEMPTION, made, many, rate)


@transaction.atomic
def reverse(
    partner: Partner,
    made: Transaction,
    many: int | None = None,
    *,
    reason: str,
    key: str | None = None,
    by: User | None = None,
    at: datetime | None = None,
) -> Transaction:
    """Take back points that the partner gave, or give back what was spent there: all that is left, or some.

    It is settled at the rate of what it reverses. What the programme's policy waives of points that are gone is not
    credited: the partner's customer has had them. Works for a partner that is closed, too.
    Raises PartnerRefused, OverReversal, or IdempotencyConflict.
    """
    partner = locked(partner)
    of = PartnerEntry.objects.filter(transaction=made, partner=partner).order_by("pk").first()
    if of is None:
        raise PartnerRefused(_("%(partner)s has no such points."), "not_of_partner", {"partner": partner.name})
    if of.kind == Entry.ISSUE:
        return _take_back(partner, of, made, many, reason, key, by, at)
    if of.kind == Entry.REDEMPTION:
        return _give_back(partner, of, made, many, reason, key, by, at)
    raise NotThisKind(str(Entry.ISSUE.label))


def _take_back(
    partner: Partner,
    of: PartnerEntry,
    made: Transaction,
    many: int | None,
    reason: str,
    key: str | None,
    by: User | None,
    at: datetime | None,
) -> Transaction:
    packs = {pack.pk: pack for pack in _packs(partner)} if of.pack_id else {}
    back = clawbacks.claw_back(made, many, reason=reason, key=key, by=by, at=at)
    if PartnerEntry.objects.filter(transaction=back).exists():
        return back
    taken = sum(
        Transfer.objects.filter(transaction=back, target=Account.CLAWED_BACK)
        .exclude(source=Account.WAIVED)
        .values_list("points", flat=True)
    )
    if not of.pack_id and taken:
        _note(partner, Entry.REVERSAL, back, taken, of.rate)
    for pack_id, there in _by_pack(made) if of.pack_id else ():
        if part := min(there, taken):
            _take_from(packs[pack_id], -part)
            _note(partner, Entry.REVERSAL, back, part, pack=packs[pack_id])
            taken -= part
    return back


def _by_pack(made: Transaction) -> list[tuple[int, int]]:
    """Points of an issue that still stand, by pack, the last one first: they go back there."""
    net: dict[int, int] = {}
    for pack_id, part in PartnerEntry.objects.filter(transaction=made).order_by("-pk").values_list("pack", "points"):
        net[pack_id] = part
    answers = PartnerEntry.objects.filter(kind=Entry.REVERSAL, transaction__reverses=made)
    for pack_id, part in answers.values_list("pack", "points"):
        net[pack_id] -= part
    return list(net.items())


def _give_back(
    partner: Partner,
    of: PartnerEntry,
    made: Transaction,
    many: int | None,
    reason: str,
    key: str | None,
    by: User | None,
    at: datetime | None,
) -> Transaction:
    at = at or timezone.now()
    wallet = wallets.locked_of(made, at=at)
    request = key and posting.request_of("partner_refund", made.pk, many, reason)
    if earlier := redemptions.replayed(key, request):
        return earlier
    portions = lots.unreversed(made, Account.PARTNER)
    left = sum(part for _, part in portions)
    many = left if many is None else many
    if many > left or not left:
        raise OverReversal(many, left)
    posting.check_points(many)
    back, _rest = lots.split(portions, many)
    moves = points.repaid(lots.returning(wallet, Account.PARTNER, back, at), wallet.debt)
    draft = Draft(wallet, Kind.REVERSE, Verb.POINTS_RESTORED, at, moves, key=key, request=request, reason=reason)
    draft.reverses_id, draft.by_id, draft.about = made.pk, by.pk if by else None, {"points": many}
    (given,) = posting.post([draft])
    _note(partner, Entry.REFUND, given, many, of.rate)
    return given


def locked(partner: Partner) -> Partner:
    """The partner, shared with whoever posts for it and apart from who issues its statement."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM loyalty_partner WHERE id = %s FOR SHARE", [partner.pk])
    return Partner.objects.select_related("programme").get(pk=partner.pk)


def working(partner: Partner, *, key: str | None = None) -> Partner:
    """The partner, locked as above. Raises PartnerRefused where it is closed, but for a key that is asked again."""
    partner = locked(partner)
    if not partner.active and not (key and Transaction.objects.filter(key=key).exists()):
        raise PartnerRefused(_("%(partner)s is closed."), "partner_closed", {"partner": partner.name})
    return partner


def rate_of(partner: Partner, at: datetime) -> PartnerRate:
    """The rate of that day. Raises PartnerRefused."""
    found = PartnerRate.objects.holding(at).filter(partner=partner).first()
    if found is None:
        raise PartnerRefused(_("No rate is agreed with %(partner)s."), "no_rate", {"partner": partner.name})
    return found


def _packs(partner: Partner) -> list[PartnerPack]:
    return list(PartnerPack.objects.select_for_update().filter(partner=partner).order_by("pk"))


def _take_from(pack: PartnerPack, many: int) -> None:
    pack.left -= many
    pack.save(update_fields=["left"])


def _note(
    partner: Partner,
    kind: PartnerEntry.Kind,
    made: Transaction,
    many: int,
    rate: PartnerRate | None = None,
    *,
    pack: PartnerPack | None = None,
) -> None:
    PartnerEntry.objects.create(
        partner=partner, kind=kind, transaction=made, points=many, rate=rate, pack=pack, at=made.effective_at
    )
