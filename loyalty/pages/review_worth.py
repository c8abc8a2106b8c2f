"""How many points a review is worth: the formula with every assumption, its range and where it comes from."""

from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from config.admin import site
from customers import money
from customers.currencies import digits
from loyalty.actions import programmes
from loyalty.models import Programme
from loyalty.queries import simulations as read
from loyalty.simulation import reviews
from loyalty.simulation_forms import ASKED, ReviewForm
from people.requests import StaffRequest

VIEW = "loyalty.view_simulation"
ENDS = ("low", "likely", "high")


@site.page("simulations/review/", name="review_worth", permission=VIEW)
def review_worth(request: StaffRequest) -> HttpResponse:
    """How many points a review is worth, with every assumption to be changed."""
    programme = programmes.main(fresh=True)
    unit = 10 ** digits(programme.currency)
    seen = read.measured(programme, timezone.now())
    defaults, sources = _defaults(seen, programme, unit)
    form = ReviewForm(request.GET, initial=defaults)
    fit = form.is_valid() if form.is_bound else False
    if not form.is_bound:
        form = ReviewForm(defaults, initial=defaults)
        fit = form.is_valid()
    for name, word in _words():
        for end in ENDS:
            form.fields[f"{name}_{end}"].widget.attrs["aria-label"] = f"{word}: {end}"
    answer = reviews.worth(form.assumptions(unit)) if fit else None
    rows = [(word, [form[f"{name}_{end}"] for end in ENDS], sources[name]) for name, word in _words()]
    return site.render(
        request,
        "loyalty/simulations/review.html",
        title=_("How many points is a review worth?"),
        breadcrumbs=[(_("Simulator"), reverse("admin:simulations"))],
        form=form,
        rows=rows,
        answer=answer,
        profit=[money.in_words(int(each), programme.currency) for each in answer.profit] if answer else [],
    )


def _words() -> list[tuple[str, str]]:
    words = [
        _("Reviewers who buy again within 90 days (%)"),
        _("Customers who would have bought anyhow (%)"),
        _("Basket (money)"),
        _("Margin (%)"),
        _("What a point costs when it is taken (money)"),
        _("Points that are ever taken (%)"),
    ]
    return list(zip(ASKED, words, strict=True))


def _defaults(seen: dict[str, Any], programme: Programme, unit: int) -> tuple[dict[str, Any], dict[str, str]]:
    """The first figures of the form, and where each comes from."""
    points, cost = read.reward_price(programme)
    point = Decimal(cost) / unit / points
    anyhow, bought = _around(seen["anyhow"], seen["bought"], 20)
    again, after = _around(seen["followed"], seen["reviews"], 0)
    if not after:
        again = [min(Decimal(100), anyhow[1] + more) for more in (0, 5, 10)]
    basket = Decimal(seen["basket"] or 5_000) / unit
    said = {
        "again": (
            again,
            _("Measured: %(n)s reviews of the last year.")
            if after
            else _("A guess, a little more than anyhow: too few reviews."),
        ),
        "anyhow": (
            anyhow,
            _("Measured: what followed %(n)s purchases.") if bought else _("A guess: too few purchases."),
        ),
        "basket": ([basket * n / 10 for n in (8, 10, 12)], _("The average of the last year, a fifth less and more.")),
        "margin": ([Decimal(n) for n in (20, 35, 50)], _("A guess: put in your own.")),
        "point": ([point, point, point], _("The programme's cheapest reward of a value, or what points pay.")),
        "taken": ([Decimal(n) for n in (60, 80, 100)], _("A guess: the rest expires. A replay shows it as breakage.")),
    }
    counts = {"again": f"{seen['reviews']:,}", "anyhow": f"{seen['bought']:,}"}
    values = {
        f"{name}_{end}": value.quantize(PLACES.get(name, Decimal("0.1"))).normalize()
        for name, (three, _source) in said.items()
        for end, value in zip(ENDS, three, strict=True)
    }
    values = {name: Decimal(f"{value:f}") for name, value in values.items()}
    sources = {name: source % {"n": counts.get(name, "")} for name, (_three, source) in said.items()}
    return {"spent": Decimal(50)} | values, sources


FEW = 30
PLACES = {"basket": Decimal("0.01"), "point": Decimal("0.0001")}  # money; shares to a tenth of a per cent


def _around(hits: int, many: int, guess: int) -> tuple[list[Decimal], bool]:
    """A share in per cent with the span in which it lies 19 times of 20; a wide guess where little is known."""
    if many < FEW:
        return [Decimal(guess) / 2, Decimal(guess), Decimal(guess) * 2], False
    share = Decimal(hits) / many
    off = Decimal("1.96") * (share * (1 - share) / many).sqrt()
    return [100 * max(Decimal(0), share - off), 100 * share, 100 * min(Decimal(1), share + off)], True
