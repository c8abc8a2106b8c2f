"""Every page of loyalty that Marketing has, in a real browser: accessible, no wider than its window, also dark."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from customers.models import Segment
from loyalty.actions import (
    bulk_grants,
    claims,
    contents,
    households,
    memberships,
    partners,
    point_gifts,
    points,
    programmes,
    referrals,
    simulations,
    tiers,
)
from loyalty.actions.contents import Typed
from loyalty.actions.tiers import Step
from loyalty.models import Claim, Transaction, Voucher
from loyalty.queries import simulations as designs
from tests.browser.conftest import PHONE, WIDE
from tests.factories import purchases
from tests.factories.customers import customer as make
from tests.factories.loyalty import cause, partner, plan, programme, reward, stamp_card, tier_table
from tests.factories.pictures import photo
from tests.factories.referrals import rules as referral_rules

pytestmark = pytest.mark.django_db(transaction=True)
LONG = "Maria Wilhelmina Konstantina von und zu Hohenzollern-Sigmaringen-Papadopoulou-Wickramasinghe"


@pytest.fixture
def shop(transactional_db, settings, tmp_path, marketer):
    """A bit of everything, some of it with long names."""
    settings.MEDIA_ROOT = str(tmp_path)
    now = timezone.now()
    programme(currency="EUR", gift_confirmed=True, expiry_months=12, notice_days="30")
    tier_table(Step("base", "Base", 0), Step("gold", "Gold", 1000, points_last=24), since=now - timedelta(days=400))
    ada, ben = make(name=LONG), make(name="Ben Example")
    for person in (ada, ben):
        points.earn(person, 1500, at=now - timedelta(days=30))
        purchases.purchase(person, 12_000, at=now - timedelta(days=60))
    bakery = partner(name="The corner bakery with the very long name that goes on and on")
    partners.issue(bakery, ada, 50, reference="R-1", at=now)
    loaf = reward("loaf", kind="partner", points=90, worth="product", product="LOAF", partner=bakery)
    claims.take(ada, loaf, at=now)
    claims.take(ada, reward("mug", points=20, description=LONG), at=now)
    stamp_card(reward("eleventh", points=0, kind="voucher"))
    cause()
    memberships.start(ben, plan(), at=now)
    household = households.found(ada, at=now)
    households.join(household, ben, share=50, at=now)
    point_gifts.give(ben, 10, to=ada, at=now)
    referral_rules(starts_at=now - timedelta(days=90), review="all")
    came = referrals.attribute(make(name="Cid Friend"), referrals.code_of(ada).code, at=now - timedelta(days=40))
    purchases.purchase(came.friend, 9_000, at=now - timedelta(days=39))
    referrals.settle_due(at=now)
    sent = contents.send_receipt(ada, photo(), typed=Typed("Corner Shop", "A-17", now.date(), 1999), at=now)
    contents.send(ben, kind="review", subject="tea-100", text="Keeps its taste to the last cup. " * 4, at=now)
    segment = Segment.objects.create(name="Everybody", conditions={"groups": []})
    grant = bulk_grants.draft(segment, 5, reason="Opening", by=marketer)
    rules = programmes.main(fresh=True)
    tiers.draft(rules, steps=[Step("base", "Base", 0), Step("gold", "Gold", 900)])
    asked = {"begins_at": now - timedelta(days=365), "ends_at": now}
    runs = [simulations.run(simulations.ask(rules, designs.current(rules), name=f"Run {n}", **asked)) for n in (1, 2)]
    return {
        "ada": ada, "bakery": bakery, "loaf": loaf, "household": household, "sent": sent, "grant": grant, "runs": runs,
    }  # fmt: skip


def pages(shop):
    def at(name, *args):
        return reverse(f"admin:{name}", args=args)

    one, two = shop["runs"]
    return [
        *(at(name) for name in ("ledger", "liability", "tiers", "rewards", "claims", "vouchers", "stamp_cards")),
        *(at(name) for name in ("causes", "partners", "households", "point_gifts", "bulk_grants", "referrals")),
        *(at(name) for name in ("submissions", "simulations", "new_simulation", "review_worth", "balance_imports")),
        *(at(name) for name in ("draft_tiers", "reward_new", "rules", "earning_reviews")),
        at("draft_tiers") + "?preview=1",
        at("partner", shop["bakery"].pk),
        at("reward", shop["loaf"].pk),
        at("household", shop["household"].pk),
        at("submission", shop["sent"].pk),
        at("bulk_grant", shop["grant"].pk),
        at("simulation", one.pk),
        at("compare_simulations") + f"?a={one.pk}&b={two.pk}",
        *(at(name, shop["ada"].pk) for name in ("points_statement", "wallet", "give_point_gift", "customer_rewards")),
        *(at(name, shop["ada"].pk) for name in ("customer_memberships", "grant_tier")),
        *(at(name) for name in ("memberships", "adjustments", "new_bulk_grant")),
        at("claim", Claim.objects.latest("pk").pk),
        at("voucher", Voucher.objects.latest("pk").pk),
        at("points_transaction", Transaction.objects.latest("pk").pk),
        at("loyalty_programme_change", programmes.main().pk),
    ]


def test_the_pages_of_loyalty_are_accessible_and_fit(open_browser, marketer, shop, violations, scrolls_sideways):
    """Every other page dark; all of them at both widths, axe at the one that comes first."""
    wrong = []
    page = open_browser(marketer)
    for number, address in enumerate(pages(shop)):
        sizes = (WIDE, PHONE) if number % 2 else (PHONE, WIDE)
        page.set_viewport_size(sizes[0])
        page.emulate_media(color_scheme="dark" if number % 2 else "light", reduced_motion="reduce")
        answer = page.goto(address)
        wrong += [(address, "status", answer.status)] * (answer.status != 200)
        wrong += [(address, flaw) for flaw in violations(page)]
        for size in sizes:
            page.set_viewport_size(size)
            wrong += [(address, size, "wider than its window")] * scrolls_sideways(page)
    assert wrong == []
