"""How an earning came about, and what rules have given."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from django.db.models import Count, Sum

from customers.models import Segment
from loyalty.models import Calculation, Kind, Programme, Rule, RuleAward, RuleVersion, Transaction
from loyalty.rules import explaining, reading, words
from loyalty.rules.explaining import Line
from loyalty.rules.spec import What


def steps_of(earning: Transaction) -> list[Line]:
    """The calculation behind an earning, step by step; empty where there was none: points given by hand."""
    if earning.kind != Kind.EARN:
        return []
    programme = earning.wallet.programme
    calculation = _calculation(earning)
    if calculation:
        return explaining.lines(calculation.steps, programme.currency)
    if earning.purchase_id and "money" in earning.meta:
        rate = Fraction(*earning.meta["rate"])
        points = (Fraction(earning.meta["money"]) * rate).__floor__()
        return explaining.of_base(earning.meta["money"], rate, points, programme.currency)
    return []


def _calculation(earning: Transaction) -> Calculation | None:
    if earning.purchase_id:
        return Calculation.objects.filter(purchase=earning.purchase_id).first()
    kind, _, rest = (earning.natural_key or "").partition(":")
    fact = rest.split(":")[0]
    if kind == "fact" and fact.isdigit():
        return Calculation.objects.filter(programme=earning.wallet.programme_id, fact=int(fact)).first()
    return None


@dataclass(frozen=True)
class Given:
    """What a rule has given so far, net of what came back."""

    points: int = 0
    times: int = 0
    customers: int = 0


def given(rules: Iterable[Rule]) -> dict[int, Given]:
    rows = (
        RuleAward.objects.filter(rule__in=list(rules), times=1)
        .values("rule")
        .annotate(points_=Sum("points"), times_=Count("pk"), customers_=Count("customer", distinct=True))
        .order_by()
    )
    return {row["rule"]: Given(row["points_"], row["times_"], row["customers_"]) for row in rows}


def sentences(versions: Iterable[RuleVersion], programme: Programme) -> dict[int, str]:
    """What versions say in words, by their ids; two queries at most, however many."""
    specs = {version.pk: reading.read(version.spec) for version in versions}
    asked = {pk for spec in specs.values() for each in spec.when if each.what == What.SEGMENT for pk in each.values}
    names = dict(Segment.objects.filter(pk__in=asked).values_list("pk", "name")) if asked else {}
    return {pk: words.sentence(spec, currency=programme.currency, segments=names) for pk, spec in specs.items()}
