"""Friends who were brought to the invented company, and receipts and reviews that its customers sent."""

import io
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta

from django.db.models import F, QuerySet
from PIL import Image, ImageDraw, ImageOps

from customers.demo.company import Tell
from customers.models import Customer
from loyalty.actions import audit, contents, programmes, referrals, rules
from loyalty.actions.contents import Typed
from loyalty.models import ReferralRules, Rule, Submission, Wallet
from loyalty.queries import referrals as questions
from people.models import User

SINCE = timedelta(days=180)
FRIENDS, REFERRERS = 40, 8
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
STORES = ("Corner Shop", "Market Hall", "Station Kiosk")
REVIEWS = (
    "Fresh and light, and it does not turn bitter when I forget the clock. The second pot is nearly as good.",
    "The tin is lovely, but for me there is a little too much mint in it. My daughter drinks it all day.",
    "Arrived two days earlier than promised. The smell alone is worth it; I have ordered the large bag already.",
    "Good with milk, better without. I would buy it again, and at a lower price more often than I do now.",
)


def fill(count: int, *, today: date, tell: Tell) -> None:
    """Where nobody has said what friends are worth. ``count`` does not matter: friends are among the customers."""
    programme = programmes.main(fresh=True)
    if questions.rules_of(programme) is not None:
        return
    midnight = datetime.combine(today, time(), tzinfo=UTC)
    referrals.set_up(
        ReferralRules(
            programme=programme, starts_at=midnight - SINCE, link="https://shop.example/welcome?friend={code}"
        )
    )
    brought = bring_friends(midnight)
    settled = referrals.settle_due(at=midnight)
    agent = User.objects.filter(username="support").first()
    sent = send_things(midnight, agent) if agent else 0
    audit.seal()
    tell(f"{brought} friends were brought, {settled} of them settled; {sent} receipts and reviews were sent")


def bring_friends(midnight: datetime) -> int:
    """Those who came in the last months came by somebody who was there before; some share a device."""
    active = Customer.objects.filter(status=Customer.Status.ACTIVE)
    since = midnight - SINCE + DAY
    old = active.filter(profile__first_purchase_at__lt=since).order_by("-profile__purchases", "pk")[:REFERRERS]
    new = active.filter(profile__first_purchase_at__gte=since).order_by("profile__first_purchase_at", "pk")
    new = new.exclude(purchases__at__lt=F("profile__first_purchase_at") - HOUR)  # that one was cancelled
    return _bring(list(old), new[:FRIENDS])


def _bring(old: list[Customer], new: QuerySet[Customer]) -> int:
    brought = 0
    for n, friend in enumerate(new.select_related("profile") if old else ()):
        code = referrals.code_of(old[n * n % len(old)]).code
        first = friend.profile.first_purchase_at
        assert first is not None
        signals = {"device": "tablet-in-the-shop"} if n % 9 == 4 else {"device": f"phone-{n}"}
        referrals.attribute(friend, code, signals=signals, at=first - HOUR)
        brought += 1
    return brought


def send_things(midnight: datetime, agent: User) -> int:
    """Receipts and reviews, of which some are confirmed, some refused, and some wait."""
    earn_by_rules(midnight)
    buyers = Customer.objects.filter(status=Customer.Status.ACTIVE, profile__purchases__gte=3)
    buyers = buyers.exclude(wallets__status=Wallet.Status.FROZEN).order_by("pk")[:10]
    sent = [_receipt(n, one, midnight) for n, one in enumerate(buyers[:6])]
    sent += [_review(n, one, midnight) for n, one in enumerate(buyers[6:10])]
    decide(sent[1::2], agent, midnight)
    return len(sent)


def earn_by_rules(midnight: datetime) -> None:
    """Reviews have their rule already."""
    name, since = "Receipt from a shop", midnight - 30 * DAY
    if not Rule.objects.filter(name=name).exists():
        said = {"on": "receipt_submitted", "effect": {"kind": "fixed", "points": 30}}
        version = rules.draft(name, said | {"caps": [{"per": "month", "times": 3}]})
        rules.begin(version.rule, begins_at=since, at=since)


def decide(sent: Iterable[Submission], agent: User, midnight: datetime) -> None:
    for n, one in enumerate(sent):
        if n % 3 == 2:
            contents.refuse(one, reason="The date cannot be read", by=agent, at=midnight - HOUR)
        else:
            contents.confirm(one, by=agent, at=midnight - HOUR)


def _receipt(n: int, customer: Customer, midnight: datetime) -> Submission:
    bought = (midnight - (n + 2) * DAY).date()
    typed = Typed(STORES[n % 3], f"B-{4711 + 13 * n}", bought, 1290 + 345 * n)
    return contents.send_receipt(customer, photo_of(typed), typed=typed, at=midnight - (n + 2) * HOUR)


def _review(n: int, customer: Customer, midnight: datetime) -> Submission:
    subject, rating = f"T-{n + 1:03}", 5 - n % 3
    return contents.send(
        customer, "review", subject=subject, text=REVIEWS[n], rating=rating, at=midnight - (n + 2) * HOUR
    )


def photo_of(typed: Typed) -> bytes:
    """A receipt as it could lie on a table."""
    paper = Image.new("RGB", (420, 560), "#fdfdf8")
    draw = ImageDraw.Draw(paper)
    total = f"{(typed.total or 0) / 100:.2f} EUR"
    day = f"{typed.bought_on:%d.%m.%Y}"
    lines = (typed.store.upper(), f"No. {typed.number}", day, "-" * 24, f"TOTAL {total}", "Thank you!")
    for place, line in enumerate(lines):
        draw.text((40, 50 + 75 * place), line, fill="#222222", font_size=30)
    table = ImageOps.expand(paper, border=60, fill="#8a6b4f").rotate(3, fillcolor="#8a6b4f")
    out = io.BytesIO()
    table.save(out, "JPEG", quality=80)
    return out.getvalue()
