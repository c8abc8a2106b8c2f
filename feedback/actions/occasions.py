"""What happens to customers is an occasion to ask them: the reader of the timeline called ``surveys``."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256

from django.db import transaction
from django.utils import timezone

from communications import timing
from customers.actions import profile
from customers.models import Customer, Fact, Verb
from customers.models import Profile as CustomerProfile
from customers.queries import segments
from feedback.actions import invitations
from feedback.models import Case, Invitation, Survey
from people.models import User

VERBS = frozenset({Verb.CASE_CLOSED, Verb.COMPLAINT_RESOLVED, Verb.BOUGHT, Verb.STAGE_REACHED, Verb.MERGED})
OCCASIONS = {
    Verb.CASE_CLOSED: Survey.Occasion.CLOSING,
    Verb.COMPLAINT_RESOLVED: Survey.Occasion.CLOSING,
    Verb.BOUGHT: Survey.Occasion.PURCHASE,
    Verb.STAGE_REACHED: Survey.Occasion.LAPSE,
}
TOO_OLD = timedelta(days=14)  # a history that is brought in is no occasion any more


def react(facts: list[Fact], *, at: datetime | None = None) -> None:
    """Plan an invitation where a survey asks on this occasion, and chance says so."""
    at = at or timezone.now()
    merged = {fact.customer_id for fact in facts if fact.verb == Verb.MERGED}
    if merged:
        show_nps(merged)
    live = defaultdict(list)
    for survey in Survey.objects.filter(state=Survey.State.LIVE):
        live[survey.occasion].append(survey)
    for fact in facts:
        for survey in live.get(OCCASIONS.get(Verb(fact.verb), ""), ()) if fact.at > at - TOO_OLD else ():
            _plan(survey, fact)


def _plan(survey: Survey, fact: Fact) -> None:
    about, case = _occasion(fact)
    if about is None or (case is not None and survey.case_kind and case.kind != survey.case_kind):
        return
    key = f"survey:{survey.pk}:{about}"
    if not drawn(key, survey.sample_percent):
        return
    purchase = fact.about.get("purchase") if survey.occasion == Survey.Occasion.PURCHASE else None
    row = Invitation(
        survey=survey, customer_id=fact.customer_id, occasion=survey.occasion, key=key, case=case,
        purchase_id=purchase, due_at=fact.at + timedelta(hours=survey.delay_hours),
    )  # fmt: skip
    Invitation.objects.bulk_create([row], ignore_conflicts=True)


def _occasion(fact: Fact) -> tuple[str | None, Case | None]:
    """What is asked about, as a part of the key; a case that is closed twice is asked about once."""
    if fact.verb == Verb.BOUGHT:
        return f"purchase:{fact.about.get('purchase')}", None
    if fact.verb == Verb.STAGE_REACHED:
        lapsed = fact.about.get("to") == CustomerProfile.Stage.LAPSED
        return (f"lapse:{fact.pk}" if lapsed else None), None
    case = Case.objects.filter(pk=fact.about.get("case")).first()
    return (f"case:{case.pk}", case) if case else (None, None)


def drawn(key: str, percent: int) -> bool:
    """Whether chance chooses this occasion; asked again it answers the same."""
    return int.from_bytes(sha256(key.encode()).digest()[:8], "big") % 100 < percent


@transaction.atomic
def ask_segment(survey: Survey, *, by: User | None = None, at: datetime | None = None) -> int:
    """Plan a wave for the members of the survey's segment, as many as chance draws; once a day at most.

    Returns how many were planned. Raises NotInvited (``survey_not_live``).
    """
    at = at or timezone.now()
    survey = Survey.objects.select_for_update().get(pk=survey.pk)
    if survey.state != Survey.State.LIVE:
        raise invitations.NotInvited(invitations.REASONS["survey_not_live"], code="survey_not_live")
    members = segments.members(survey.segment, at) if survey.segment else Customer.objects.standing()
    planned = 0
    batch: list[Invitation] = []
    for pk in members.order_by("pk").values_list("pk", flat=True).iterator(chunk_size=5_000):
        key = f"survey:{survey.pk}:wave:{timing.business_date(at)}:{pk}"
        if drawn(key, survey.sample_percent):
            batch.append(_of_wave(survey, pk, key, at, by))
        if len(batch) >= 2_000:
            planned += _keep(batch)
            batch = []
    return planned + _keep(batch)


def _of_wave(survey: Survey, customer: int, key: str, at: datetime, by: User | None) -> Invitation:
    return Invitation(
        survey=survey, customer_id=customer, occasion=Survey.Occasion.SEGMENT, key=key, due_at=at, planned_at=at, by=by
    )


def _keep(rows: list[Invitation]) -> int:
    known = set(Invitation.objects.filter(key__in=[row.key for row in rows]).values_list("key", flat=True))
    Invitation.objects.bulk_create([row for row in rows if row.key not in known], ignore_conflicts=True)
    return len(rows) - len(known)


def show_nps(customer_ids: Iterable[int]) -> None:
    """Copy each customer's latest NPS answer into the profile, where lists and segments filter it."""
    latest = (
        Invitation.objects.filter(customer__in=list(customer_ids), survey__kind=Survey.Kind.NPS, score__isnull=False)
        .order_by("customer", "-answered_at", "-pk")
        .distinct("customer")
        .values_list("customer_id", "score")
    )
    profile.show_nps([(customer, score) for customer, score in latest if score is not None])
