"""Hand over what goes now: letters to the outbox with their texts, tasks to people, rewards to customers."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection
from django.utils.formats import date_format

from communications import envelopes
from communications.actions import outbox, pacing
from communications.actions.outbox import Outgoing
from communications.actions.pacing import Decided, Going
from communications.models import HumanTask, Message, Plan, TemplateVersion, Variant
from communications.queries.rendering import Rendered, rendered
from customers.models import Customer
from loyalty.actions import rewards
from loyalty.actions.claims import RewardRefused
from loyalty.actions.vouchers import code_of
from loyalty.models import Claim, Reward, Voucher

NO_CODE_FOR = 3_600  # seconds until it is looked whether there are codes again
OUT = "out_of_stock"

QUEUED = """
UPDATE communications_touchpoint t
SET state = 'queued', queued_at = %(at)s, deferred = '', message_id = one.message_id, claim_id = one.claim_id
FROM unnest(%(ids)s::bigint[], %(messages)s::bigint[], %(claims)s::bigint[]) AS one (id, message_id, claim_id)
WHERE t.id = one.id
"""


@dataclass
class Parcel:
    """Something that goes, with what it gives along. ``message`` is none for what people do."""

    going: Going
    variant: Variant | None = None
    claim: Claim | None = None
    text: Rendered | None = None
    message: Message | None = None
    given: dict[str, Any] = field(default_factory=dict)

    @property
    def reward_id(self) -> int | None:
        return (self.variant.reward_id if self.variant else None) or self.going.step.reward_id

    @property
    def wording_id(self) -> int | None:
        return (self.variant.wording_id if self.variant else None) or self.going.step.wording_id

    @property
    def script(self) -> str:
        """What is said or written by somebody: the text under its heading, else the note that the step has."""
        text = self.text
        return "\n\n".join(filter(None, [text.subject, text.text])) if text else self.going.step.script

    @property
    def purpose(self) -> str:
        """What its reader can end; empty where it is no marketing."""
        version = self.going.recipe.version
        return version.purpose if version.marketing else ""

    @property
    def key(self) -> str:
        """Unique for each time that it is handed over: what was taken back goes again."""
        return f"touchpoint:{self.going.candidate.id}:{self.going.candidate.tries}"


def hand_over(going: Collection[Going], *, at: datetime) -> tuple[int, list[Decided]]:
    """Part of the caller's transaction. Returns how many went, and what became of those that could not."""
    parcels = [_parcel(one) for one in going]
    refused = _give_rewards(parcels, at)
    parcels = [one for one in parcels if one.going.candidate.id not in {gone.id for gone in refused}]
    refused += _write(parcels, at)
    parcels = [one for one in parcels if one.going.candidate.id not in {gone.id for gone in refused}]
    _send([one for one in parcels if not one.going.step.by_people], at)
    _ask_people([one for one in parcels if one.going.step.by_people], at)
    _mark(parcels, at)
    return len(parcels), refused


def _parcel(one: Going) -> Parcel:
    experiment = one.recipe.tests.get(one.step.key)
    variants = {variant.key: variant for variant in experiment.variants.all()} if experiment else {}
    parcel = Parcel(one, variants.get(one.candidate.variant))
    parcel.given = {**one.step.gives, "variant": one.candidate.variant}
    return parcel


def _give_rewards(parcels: Iterable[Parcel], at: datetime) -> list[Decided]:
    """One for each, keyed by the touchpoint, so that nobody gets two. Where the stock ends, the rest waits."""
    asked: dict[int, list[Parcel]] = defaultdict(list)
    for parcel in parcels:
        if parcel.reward_id is not None:
            asked[parcel.reward_id].append(parcel)
    refused: list[Decided] = []
    for reward in Reward.objects.filter(pk__in=asked).order_by("pk"):
        for group in _each_customer_once(asked[reward.pk]):
            refused += _give(reward, group, at)
    return refused


def _give(reward: Reward, group: Mapping[int, Parcel], at: datetime) -> list[Decided]:
    plan = next(iter(group.values())).going.recipe.version.plan
    keys = {customer: f"touchpoint:{parcel.going.candidate.id}" for customer, parcel in group.items()}
    outcomes = rewards.issue_many(reward, list(group), reason=plan.name, key=keys.__getitem__, at=at)
    vouchers = Voucher.objects.filter(claim__in=[one.claim for one in outcomes if one.claim])
    by_claim = {voucher.claim_id: voucher for voucher in vouchers}
    refused = []
    for outcome in outcomes:
        parcel = group[outcome.customer_id]
        if outcome.claim is None:
            refused.append(_without_reward(parcel, outcome.refusal, at))
            continue
        parcel.claim = outcome.claim
        parcel.given |= _offer(reward, by_claim.get(outcome.claim.pk))
    return refused


def _without_reward(parcel: Parcel, refusal: ValidationError | None, at: datetime) -> Decided:
    pk = parcel.going.candidate.id
    codes = {reason.code for reason in refusal.reasons} if isinstance(refusal, RewardRefused) else set()
    if codes == {OUT}:
        return Decided(pk, deferred="no_code", due_at=pacing.after(at, NO_CODE_FOR))
    return Decided(pk, reason="no_reward")


def _offer(reward: Reward, voucher: Voucher | None) -> dict[str, str]:
    if voucher is None:
        return {"offer": reward.name}
    until = date_format(voucher.expires_at) if voucher.expires_at else ""
    return {"offer": reward.name, "offer_code": code_of(voucher), "offer_until": until}


def _write(parcels: Iterable[Parcel], at: datetime) -> list[Decided]:
    """Put each customer's own values into the texts, many at once; what cannot be sent so is left out."""
    asked: dict[tuple[int, str], list[Parcel]] = defaultdict(list)
    for parcel in parcels:
        if parcel.wording_id is not None:
            asked[parcel.wording_id, parcel.purpose].append(parcel)
    refused = []
    wordings = TemplateVersion.objects.select_related("template").in_bulk({pk for pk, _purpose in asked})
    for (pk, purpose), those in asked.items():
        for group in _each_customer_once(those):
            given = {customer: parcel.given for customer, parcel in group.items()}
            texts = rendered(wordings[pk], list(group), given, purpose=purpose, at=at)
            for customer, parcel in group.items():
                parcel.text = texts.get(customer)
                if flaw := _flaw(parcel):
                    refused.append(Decided(parcel.going.candidate.id, reason=flaw))
    return refused


def _flaw(parcel: Parcel) -> str:
    text = parcel.text
    if text is None:
        return "erased"
    if text.flaw or parcel.going.step.by_people:
        return text.flaw
    channel = parcel.going.candidate.channel
    try:
        if channel == Message.Channel.EMAIL:
            envelopes.address(text.address)
        elif channel == Message.Channel.SMS:
            envelopes.phone(text.address)
    except ValidationError:
        return "no_address"
    return "" if text.subject or channel == Message.Channel.SMS else "empty"


def _send(parcels: list[Parcel], at: datetime) -> None:
    """Each letter in its words into the outbox; the customers are read once for all."""
    people = Customer.objects.in_bulk({one.going.candidate.customer_id for one in parcels})
    ready = [one for one in parcels if one.text is not None]
    for parcel, message in zip(
        ready, outbox.queue_many([_outgoing(one, people) for one in ready], at=at), strict=True
    ):
        parcel.message = message


def _outgoing(parcel: Parcel, people: Mapping[int, Customer]) -> Outgoing:
    candidate, version, text = parcel.going.candidate, parcel.going.recipe.version, parcel.text
    assert text is not None
    campaign = version.plan.kind == Plan.Kind.CAMPAIGN
    return Outgoing(
        to=text.address,
        subject=text.subject,
        text=text.text,
        html=text.html,
        headers=text.headers,
        key=parcel.key,
        channel=candidate.channel,
        customer=people[candidate.customer_id],
        kind=Message.Kind.MARKETING if version.marketing else Message.Kind.TRANSACTIONAL,
        purpose=version.purpose,
        priority=Message.Priority.BULK if campaign else Message.Priority.NORMAL,
    )


def _ask_people(parcels: Iterable[Parcel], at: datetime) -> None:
    """A task for each, for the plan's owner until somebody else takes it."""
    HumanTask.objects.bulk_create(
        [
            HumanTask(
                kind=one.going.step.kind,
                customer_id=one.going.candidate.customer_id,
                touchpoint_id=one.going.candidate.id,
                title=one.going.step.name,
                script=one.script,
                note=one.going.step.script if one.text else "",
                marketing=one.going.candidate.marketing,
                due_at=at,
                expires_at=one.going.candidate.expires_at,
                assignee_id=one.going.recipe.version.plan.owner_id,
                created_at=at,
            )
            for one in parcels
        ],
        batch_size=500,
    )


def _mark(parcels: Collection[Parcel], at: datetime) -> None:
    if not parcels:
        return
    values: dict[str, Any] = {
        "at": at,
        "ids": [one.going.candidate.id for one in parcels],
        "messages": [one.message.pk if one.message else None for one in parcels],
        "claims": [one.claim.pk if one.claim else None for one in parcels],
    }
    with connection.cursor() as cursor:
        cursor.execute(QUEUED, values)


def _each_customer_once(parcels: Iterable[Parcel]) -> list[dict[int, Parcel]]:
    """In groups in which no customer comes twice: what is asked by customer has one answer for each."""
    groups: list[dict[int, Parcel]] = []
    for parcel in parcels:
        customer = parcel.going.candidate.customer_id
        group = next((one for one in groups if customer not in one), None)
        if group is None:
            groups.append(group := {})
        group[customer] = parcel
    return groups
