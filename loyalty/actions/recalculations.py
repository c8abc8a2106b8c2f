"""Work a purchase out again for what was kept of it: by the same rules, with what was known of the customer then.

Nothing becomes more by a return. What a rule has given less is there again for its caps and its budget.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from fractions import Fraction
from typing import Any

from django.db.models import QuerySet

from config import prepared
from customers.actions.profile import LOCK
from customers.models import Line, Purchase
from loyalty.actions import awards, calculations, clawbacks
from loyalty.actions.calculations import Subject
from loyalty.models import Calculation, EarningReview, Promise, RuleAward, RuleVersion, Transaction
from loyalty.queries import rulebook
from loyalty.queries.persons import About
from loyalty.rules import matching
from loyalty.rules.matching import Event, Person
from loyalty.rules.spec import Effect
from loyalty.rules.worth import Match, Worth, worth
from people.models import User


def keep_only(purchase: Purchase, calculation: Calculation, *, at: datetime) -> None:
    """Bring all that a purchase has earned by rules to what its kept part is worth.

    A promise that it made and that does not hold any more is withdrawn, and taken out of the purchase that kept it.
    """
    if not calculation.context:
        return  # emptied by an erasure, after which there are no points either
    prepared.run(LOCK, [[purchase.customer_id]])  # before budgets and wallets, as everybody who earns takes them
    event = _kept(purchase, calculation)
    matches = _matches(calculation, event)
    said = calculation.context
    found = worth(event, Fraction(said["rate"]), matches, said["stacking"], said.get("rounding", "down"))
    _take_back(purchase, calculation, event, matches, found, at)
    _lower(calculation, matches, found, at)
    _settle_promises(purchase, calculation, matches, at)


def _kept(purchase: Purchase, calculation: Calculation) -> Event:
    lines = list(Line.objects.filter(purchase=purchase).order_by("position"))
    event = calculations.event_of(purchase, lines, calculation.programme, kept=True)
    event = replace(event, zone=calculation.context["zone"])
    if purchase.status != Purchase.Status.CANCELLED:
        return event
    return replace(event, items=tuple(item._replace(amount=0, quantity=item.quantity * 0) for item in event.items))


def _matches(calculation: Calculation, event: Event) -> list[Match]:
    """The rules that held then and still do for what was kept, with the room that their caps left then."""
    said = calculation.context["rules"]
    versions = RuleVersion.objects.select_related("rule").in_bulk({each["version"] for each in said})
    person, found = Person.of(calculation.context["person"]), []
    for each in said:
        known = rulebook.known_of(versions[each["version"]])
        if each["promise"] is not None:
            if event.goods:
                found.append(calculations.promised_match(known, event, each["promise"]))
            continue
        items = matching.lines(known.spec, event)
        if items is not None and matching.suits(known.spec, event, person):
            found.append(Match(known.spec, known.rule, known.version, known.name, items, each["room"]))
    return found


def _take_back(
    purchase: Purchase, calculation: Calculation, event: Event, matches: list[Match], found: Worth, at: datetime
) -> None:
    """Take back of each transaction what is too much. The whole is exact, whatever part a point was counted to.

    A rule to which a limit left nothing has no transaction; what it would give now stays in those that there are.
    """
    subject = Subject(event, About(purchase.customer_id, purchase.at, purchase.pk), purchase)
    parts = calculations.parts_of(subject, matches, found, calculation.programme)
    worth_now = {part.points.natural_key: part.points.points for part in parts}
    waits = {part.points.natural_key for part in parts if part.review}
    posted = list(
        Transaction.objects.filter(
            natural_key__in=calculations.natural_keys(purchase, calculation.context["rules"])
        ).order_by("pk")
    )
    due = {earning.natural_key: worth_now.get(earning.natural_key, 0) for earning in posted}
    standing = {earning.pk: clawbacks.standing(earning) for earning in posted}
    kept = {earning.pk: min(standing[earning.pk], due[earning.natural_key]) for earning in posted}
    given = sum(points for key, points in worth_now.items() if key in due or key not in waits)
    short = given - sum(kept.values())
    for earning in posted:
        more = min(max(0, short), standing[earning.pk] - kept[earning.pk])
        kept[earning.pk] += more
        short -= more
        clawbacks.keep_only(earning, kept[earning.pk], reason="returned", at=at)


def _lower(calculation: Calculation, matches: list[Match], found: Worth, at: datetime) -> None:
    """Lower the awards to what each rule gives now: caps, cooldowns and budgets have that room again."""
    now: dict[tuple[int, int | None], tuple[int, int]] = {
        (match.rule, match.promise): calculations.award_of(place, match, found) for place, match in enumerate(matches)
    }
    freed: Counter[int] = Counter()
    for award in RuleAward.objects.filter(calculation=calculation).select_related("review").order_by("pk"):
        points, times = now.get((award.rule_id, award.promise_id), (0, 0))
        points, times = min(points, award.points), min(times, award.times)
        if (points, times) == (award.points, award.times):
            continue
        freed[award.rule_id] += points - award.points
        award.points, award.times = points, times
        award.save(update_fields=["points", "times"])
        review = EarningReview.objects.filter(award=award, state=EarningReview.State.WAITING)
        if not points:
            review.update(state=EarningReview.State.WITHDRAWN, decided_at=at, reason="returned")
    awards.spend(freed)


def take_all_back(calculation: Calculation, *, reason: str, by: User | None = None, at: datetime) -> None:
    """Undo what a fact has earned: points as the programme says, promises; caps and budgets have the room again."""
    prepared.run(LOCK, [list(RuleAward.objects.filter(calculation=calculation).values_list("customer", flat=True))])
    waiting = EarningReview.objects.filter(award__calculation=calculation, state=EarningReview.State.WAITING)
    waiting.update(state=EarningReview.State.WITHDRAWN, decided_at=at, reason=reason)
    keys = [f"fact:{calculation.fact_id}:rule:{each['rule']}" for each in calculation.context.get("rules", ())]
    for earning in Transaction.objects.filter(natural_key__in=keys).order_by("pk"):
        if clawbacks.standing(earning):
            clawbacks.claw_back(earning, reason=reason, by=by, at=at)
    _lower(calculation, [], Worth(0, {}, []), at)
    _break(Promise.objects.filter(made_by=calculation, withdrawn_at=None), at)


def _settle_promises(purchase: Purchase, calculation: Calculation, matches: list[Match], at: datetime) -> None:
    standing = {match.version for match in matches if match.spec.effect == Effect.NEXT}
    _break(Promise.objects.filter(made_by=calculation, withdrawn_at=None).exclude(version__in=standing), at)
    if purchase.status == Purchase.Status.CANCELLED:
        Promise.objects.filter(kept_by=purchase, withdrawn_at=None).update(kept_by=None)


def _break(promises: QuerySet[Promise], at: datetime) -> None:
    for promise in promises.select_related("kept_by").order_by("pk"):
        keeper = promise.kept_by
        promise.withdrawn_at = at
        promise.save(update_fields=["withdrawn_at"])
        if keeper is not None:
            _without(keeper, promise, at)


def _without(keeper: Purchase, promise: Promise, at: datetime) -> None:
    """Work the purchase that kept a promise out again, as if it had never been promised."""
    calculation = Calculation.objects.select_related("programme").filter(purchase=keeper).first()
    if calculation is None or not calculation.context:
        return
    context: Mapping[str, Any] = calculation.context
    rules = [each for each in context["rules"] if each["promise"] != promise.pk]
    calculation.context = {**context, "rules": rules}
    calculation.save(update_fields=["context"])
    keep_only(keeper, calculation, at=at)
