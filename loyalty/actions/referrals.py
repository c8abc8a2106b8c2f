"""Customers bring friends: a code, who came by whom, and the reward once the friend's purchase has come to stay.

Locks are taken in one order: the customers, the rules, the referral, the wallets.
"""

import hashlib
import secrets
from collections.abc import Collection, Mapping
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.actions import timeline
from customers.models import Customer, Purchase, Verb
from loyalty import codes
from loyalty.actions import points, programmes, standings
from loyalty.actions.refusals import DuplicateReference, ReasonMissing, WalletClosed, WalletFrozen
from loyalty.models import Programme, Referral, ReferralCode, ReferralRules, ReferralSignal, Wallet
from loyalty.queries import referrals as questions
from loyalty.queries.referrals import Due
from people.models import User

CODE_LENGTH = 8
State = Referral.State


class ReferralRefused(ValidationError):
    """Why somebody does not count as brought; ``code`` is one of ``MESSAGES``."""

    MESSAGES = {
        "no_referrals": _("The programme rewards nobody for bringing friends at that time."),
        "unknown_code": _("Nobody has this referral code."),
        "self_referral": _("Nobody brings themselves."),
        "referral_circle": _("Who brought the code's owner came by this customer."),
        "existing_customer": _("The friend has bought before."),
        "already_referred": _("The friend came by somebody before: the first counts."),
        "in_the_future": _("This is said to happen in the future."),
        "unknown_signal": _("A signal is an address, a device or a card, each as a text of 1 to 200 characters."),
    }

    def __init__(self, code: str) -> None:
        super().__init__(self.MESSAGES[code], code=code)


class NotWaiting(ValidationError):
    def __init__(self, referral: Referral) -> None:
        super().__init__(
            _("This has been settled already: %(state)s."),
            code="not_waiting",
            params={"state": referral.get_state_display()},
        )


def set_up(rules: ReferralRules) -> ReferralRules:
    """Say what a programme gives for friends, or change it: for rewards that come due from now on.

    Raises ValidationError by field.
    """
    rules.full_clean()
    rules.save()
    return rules


@transaction.atomic
def code_of(customer: Customer, *, at: datetime | None = None, programme: Programme | None = None) -> ReferralCode:
    """The customer's own code, made where they have none yet. Raises ReferralRefused."""
    rules = _running(programme, at or timezone.now())
    standings.lock_customers([customer.pk])
    known = ReferralCode.objects.filter(rules=rules, customer=customer).order_by("pk").first()
    if known:
        return known
    if Customer.objects.get(pk=customer.pk).status != Customer.Status.ACTIVE:
        raise ReferralRefused("unknown_code")
    return ReferralCode.objects.create(rules=rules, customer=customer, code=_new_code())


def _new_code() -> str:
    """Short enough to say; who guesses one brings its owner points and gains nothing."""
    while True:
        body = "".join(secrets.choice(codes.SIGNS) for _ in range(CODE_LENGTH - 1))
        code = codes.written(body + codes.check_sign(body))
        if not ReferralCode.objects.filter(code=code).exists():
            return code


def link_of(code: ReferralCode) -> str:
    return code.rules.link.replace("{code}", code.code)


def _running(programme: Programme | None, at: datetime) -> ReferralRules:
    rules = questions.rules_of(programme or programmes.main(fresh=True))
    if rules is None or at < rules.starts_at or (rules.ends_at is not None and at >= rules.ends_at):
        raise ReferralRefused("no_referrals")
    return rules


@transaction.atomic
def attribute(
    friend: Customer,
    code: str,
    *,
    signals: Mapping[str, str] | None = None,
    at: datetime | None = None,
    by: User | None = None,
    programme: Programme | None = None,
) -> Referral:
    """Write down by whose code a friend came. Said again of the same two, it is the same. Raises ReferralRefused.

    ``signals`` are opaque hashes of what the shop saw of the friend, by kind; only their own hashes are kept.
    """
    now = timezone.now()
    at = at or now
    if at > now:
        raise ReferralRefused("in_the_future")
    rules = _running(programme, at)
    wanted = codes.written(codes.plain(code))
    found = ReferralCode.objects.select_related("customer").filter(rules=rules, code=wanted).first()
    if found is None:
        raise ReferralRefused("unknown_code")
    standings.lock_customers([friend.pk, found.customer_id])
    # Two who would close a circle between them wait here for each other.
    ReferralRules.objects.select_for_update(of=["self"]).get(pk=rules.pk)
    found = ReferralCode.objects.select_related("customer").get(pk=found.pk)
    known = Referral.objects.filter(rules=rules, friend=friend).exclude(reason="merged").first()
    if known:
        if known.referrer_id == found.customer_id:
            return known
        raise ReferralRefused("already_referred")
    _check(friend, found, rules, at)
    referral = Referral.objects.create(
        rules=rules, referrer=found.customer, friend=friend, code=found.code, attributed_at=at
    )
    note(friend, signals or {})
    timeline.record(friend, Verb.REFERRAL_BEGUN, by=by, at=at, referral=referral.pk)
    return referral


def _check(friend: Customer, code: ReferralCode, rules: ReferralRules, at: datetime) -> None:
    closed = Wallet.objects.filter(programme=rules.programme, customer=code.customer_id, status=Wallet.Status.CLOSED)
    if code.customer.status != Customer.Status.ACTIVE or closed.exists():
        raise ReferralRefused("unknown_code")
    if friend.pk == code.customer_id:
        raise ReferralRefused("self_referral")
    if friend.pk in questions.ancestors(code.customer_id, rules):
        raise ReferralRefused("referral_circle")
    if Purchase.objects.filter(customer=friend, at__lt=at).exists():
        raise ReferralRefused("existing_customer")


def note(customer: Customer, signals: Mapping[str, str]) -> None:
    """Remember what the shop saw of somebody who brings friends or came as one. Raises ReferralRefused."""
    for kind, value in signals.items():
        if kind not in ReferralSignal.Kind.values or not 0 < len(value) <= 200:
            raise ReferralRefused("unknown_signal")
        digest = hashlib.sha256(f"{kind}:{value}".encode()).hexdigest()
        ReferralSignal.objects.get_or_create(customer=customer, kind=kind, digest=digest)


def settle_due(*, at: datetime) -> int:
    """Reward what is due, or put it before somebody. Returns how many referrals changed.

    Safe to run late or twice, and by several at once: what counts is what stood when the return window closed, each
    referral is settled in a transaction of its own, and one that another worker has is left to it.
    """
    changed = sum(_refuse_known(pk, at) for pk in questions.known_before())
    return changed + sum(_settle(each, at) for each in questions.due(at))


@transaction.atomic
def _refuse_known(pk: int, at: datetime) -> bool:
    referral = taken(pk)
    if referral is None:
        return False
    _refuse(referral, "existing_customer", at=at)
    return True


@transaction.atomic
def _settle(due: Due, at: datetime) -> bool:
    referral = taken(due.referral_id)
    if referral is None:
        return False
    again = questions.due(at, only=referral.pk)  # what it was a moment ago, before the lock
    if not again:
        return False
    referral.purchase_id, referral.due_at = again[0].purchase_id, again[0].closed_at
    referral.suspicions = questions.suspicions(referral)
    review = referral.rules.review
    if review == ReferralRules.Review.ALL or (review == ReferralRules.Review.SUSPICIOUS and referral.suspicions):
        referral.state = State.REVIEW
        referral.save(update_fields=["state", "purchase", "due_at", "suspicions"])
        return True
    try:
        with transaction.atomic():
            reward(referral, at=again[0].closed_at, decided_at=at)
    except WalletFrozen:
        return False  # once the wallet is open again
    return True


def taken(pk: int, *, wait: bool = False, states: Collection[State] = (State.OPEN,)) -> Referral | None:
    """A referral in one of these states with its customers locked; None where another worker has it or settled it."""
    seen = Referral.objects.get(pk=pk)
    standings.lock_customers([seen.referrer_id, seen.friend_id])
    rows = Referral.objects.select_related("rules__programme", "referrer", "friend")
    rows = rows.select_for_update(of=["self"], skip_locked=not wait)
    same = {"referrer": seen.referrer_id, "friend": seen.friend_id}
    return rows.filter(pk=pk, state__in=states, **same).first()


def reward(referral: Referral, *, at: datetime, decided_at: datetime, by: User | None = None) -> Referral:
    """Give both what the rules say; above the monthly limit the friend alone. Raises WalletFrozen."""
    rules, purchase = referral.rules, referral.purchase
    assert purchase is not None
    limit = rules.monthly_limit
    above = limit is not None and (questions.rewarded_in_month(referral.referrer_id, rules, purchase.at) >= limit)
    referral.reason = "monthly_limit" if above else ""
    for side, customer, given in sorted(
        (
            ("referrer", referral.referrer, 0 if above else rules.referrer_points),
            ("friend", referral.friend, rules.friend_points),
        ),
        key=lambda each: each[1].pk,
    ):
        setattr(referral, f"{side}_points", _give(referral, side, customer, given, at, by))
    referral.state, referral.decided_at, referral.decided_by = State.REWARDED, decided_at, by
    referral.save()
    timeline.record(
        referral.referrer, Verb.REFERRAL_REWARDED, by=by, at=at, referral=referral.pk,
        points=referral.referrer_points, reason=referral.reason,
    )  # fmt: skip
    return referral


def key_of(referral: Referral, side: str) -> str:
    """One reward for a friend, whoever brought them; another only where the one before was taken back."""
    again = f":{referral.revoked}" if referral.revoked else ""
    return f"referral:{referral.rules.programme_id}:{referral.friend_id}:{side}{again}"


def _give(referral: Referral, side: str, customer: Customer, given: int, at: datetime, by: User | None) -> int:
    """The points posted: none for a wallet that is closed, and none where this friend was rewarded before."""
    if not given:
        return 0
    programme = referral.rules.programme
    try:
        with transaction.atomic():
            points.grant(
                customer, given, reason="referral", natural_key=key_of(referral, side),
                reference=f"referral:{referral.pk}", at=at, by=by, programme=programme,
            )  # fmt: skip
    except (WalletClosed, DuplicateReference) as refusal:
        referral.reason = referral.reason or str(refusal.code)
        return 0
    return given


@transaction.atomic
def approve(referral: Referral, *, by: User | None = None, at: datetime | None = None) -> Referral:
    """Reward a referral that somebody has looked at. Raises NotWaiting, WalletFrozen."""
    at = at or timezone.now()
    waiting = _waiting(referral)
    return reward(waiting, at=at, decided_at=at, by=by)


@transaction.atomic
def decline(referral: Referral, *, reason: str, by: User, at: datetime | None = None) -> Referral:
    """Reward nobody, and say why. Raises NotWaiting, ReasonMissing."""
    if not reason.strip():
        raise ReasonMissing
    return _refuse(_waiting(referral), reason.strip()[:200], at=at or timezone.now(), by=by)


def _waiting(referral: Referral) -> Referral:
    found = taken(referral.pk, wait=True, states=(State.REVIEW,))
    if found is None:
        raise NotWaiting(Referral.objects.get(pk=referral.pk))
    return found


def _refuse(referral: Referral, reason: str, *, at: datetime, by: User | None = None) -> Referral:
    referral.state, referral.reason, referral.decided_at, referral.decided_by = State.REFUSED, reason, at, by
    referral.save(update_fields=["state", "reason", "decided_at", "decided_by"])
    timeline.record(referral.referrer, Verb.REFERRAL_REFUSED, by=by, at=at, referral=referral.pk)
    return referral


def move(customer: Customer, *, into: Customer, at: datetime) -> None:
    """After a merge: codes, friends and signals go on with who stays. Of two who brought one person, the first counts.

    Who turns out to have brought themselves is rewarded no more.
    """
    ReferralCode.objects.filter(customer=customer).update(customer=into)
    known = ReferralSignal.objects.filter(customer=into).values_list("kind", "digest")
    for signal in ReferralSignal.objects.filter(customer=customer).order_by("pk"):
        if (signal.kind, signal.digest) in known:
            signal.delete()
        else:
            signal.customer = into
            signal.save(update_fields=["customer"])
    undecided = (State.OPEN, State.REVIEW)
    both = {"referrer__in": [customer, into], "friend__in": [customer, into]}
    _end_all(Referral.objects.filter(state__in=undecided, **both), "self_referral", at)
    for theirs in Referral.objects.filter(friend=customer).exclude(reason="merged").order_by("pk"):
        ours = Referral.objects.filter(friend=into, rules=theirs.rules_id).exclude(reason="merged").first()
        if ours:
            later = max((theirs, ours), key=_weight)
            _end_all(Referral.objects.filter(pk=later.pk, state__in=undecided), "merged", at)
            Referral.objects.filter(pk=later.pk).update(reason="merged")
    Referral.objects.filter(friend=customer).update(friend=into)
    Referral.objects.filter(referrer=customer).update(referrer=into)


def _weight(referral: Referral) -> tuple[int, datetime, int]:
    """Of two for one friend the lighter one stands: rewarded before open before refused, then the earlier."""
    order = (State.REWARDED, State.REVIEW, State.OPEN, State.REFUSED)
    return order.index(State(referral.state)), referral.attributed_at, referral.pk


def forget(customer: Customer, *, at: datetime) -> None:
    """Before an erasure: nobody is brought by them any more, and nothing is kept of what the shop saw."""
    ReferralCode.objects.filter(customer=customer).delete()
    ReferralSignal.objects.filter(customer=customer).delete()
    for side in ("referrer", "friend"):
        waiting = Referral.objects.filter(**{side: customer}, state__in=[State.OPEN, State.REVIEW])
        _end_all(waiting, "erased", at)
        Referral.objects.filter(**{side: customer}, decided_by__isnull=False, state=State.REFUSED).update(
            reason="erased"
        )


def _end_all(referrals: QuerySet[Referral], reason: str, at: datetime) -> None:
    referrals.update(state=State.REFUSED, reason=reason, decided_at=at)
