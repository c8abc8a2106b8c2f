"""Plans for tests: valid, boring, changed by keyword."""

from datetime import UTC, date, datetime, time
from itertools import count
from typing import Any

from django.utils import timezone

from communications.actions import enrolments, publishing
from communications.actions import plans as actions
from communications.designs import Design, StepDesign
from communications.models import Plan, PlanVersion, Step, Touchpoint
from customers.models import ConsentDecision, Customer, EmailAddress, Phone, PostalAddress
from tests.factories import communications, customers

numbers = count(1)


def consenting(**changes: Any) -> Customer:
    """A customer in Berlin who has an address of every kind and consented to offers on every channel."""
    number = next(numbers)
    wanted = {"zone": "Europe/Berlin", "email": f"kim{number}@example.com", "phone": f"+4930{number:07}"}
    channels = changes.pop("channels", ConsentDecision.Channel.values)
    kim = customers.customer(**wanted | changes)
    PostalAddress.objects.create(customer=kim, lines="Am Kai 1", city="Hamburg", country="DE", primary=True)
    long_ago = datetime(2026, 1, 1, tzinfo=UTC)
    rows = [{"channel": channel, "purpose": "offers", "granted": True, "source": "form"} for channel in channels]
    ConsentDecision.objects.bulk_create(ConsentDecision(customer=kim, at=long_ago, **row) for row in rows)
    return kim


def consenting_many(many: int) -> list[Customer]:
    """So many at once, with an e-mail address and a phone, who consented to offers by both."""
    places = [next(numbers) for _ in range(many)]
    people = Customer.objects.bulk_create(
        Customer(number=f"M{n}", name=f"Kim {n}", sort_key=f"kim {n}", zone="Europe/Berlin") for n in places
    )
    rows = list(zip(people, places, strict=True))
    EmailAddress.objects.bulk_create(
        EmailAddress(customer=kim, address=f"kim{n}@example.com", primary=True) for kim, n in rows
    )
    Phone.objects.bulk_create(Phone(customer=kim, number=f"+4930{n:07}", primary=True) for kim, n in rows)
    wish: dict[str, Any] = {
        "purpose": "offers",
        "granted": True,
        "source": "form",
        "at": datetime(2026, 1, 1, tzinfo=UTC),
    }
    ConsentDecision.objects.bulk_create(
        ConsentDecision(customer=kim, channel=channel, **wish) for kim in people for channel in ("email", "phone")
    )
    return people


def letter(key: str = "letter", *, purpose: str = "offers", **changes: Any) -> StepDesign:
    """An e-mail on the day itself."""
    if "template_id" not in changes:
        changes["template_id"] = communications.template(purpose=purpose).pk
    return StepDesign(**{"key": key, "name": key.title(), "kind": "email"} | changes)


def call(key: str = "call", **changes: Any) -> StepDesign:
    return StepDesign(**{"key": key, "name": key.title(), "kind": "call", "script": "Ask how it was."} | changes)


def sequence(*steps: StepDesign, live: bool = True, at: datetime | None = None, **changes: Any) -> Plan:
    """A live sequence that begins with a purchase; one letter of offers where no steps are given."""
    own = {name: changes.pop(name) for name in ("needs_approval", "by", "owner") if name in changes}
    wanted: dict[str, Any] = {"anchor": "fact", "anchor_verb": "bought", "purpose": "offers"}
    if changes.get("anchor", "fact") != "fact":
        del wanted["anchor_verb"]
    design = Design(**wanted | changes, steps=steps or (letter(),))
    plan = actions.create(f"Plan {next(numbers)}", kind=Plan.Kind.SEQUENCE, design=design, at=at, **own)
    return publishing.publish(plan, at=at) if live else plan


def campaign(*steps: StepDesign, live: bool = True, at: datetime | None = None, **changes: Any) -> Plan:
    """A live campaign on 10 June 2026, 10:00 customer's time, for everybody."""
    own = {name: changes.pop(name) for name in ("needs_approval", "by", "owner") if name in changes}
    wanted: dict[str, Any] = {
        "anchor": "date",
        "starts_on": date(2026, 6, 10),
        "at_time": time(10),
        "purpose": "offers",
    }
    design = Design(**wanted | changes, steps=steps or (letter(),))
    plan = actions.create(f"Campaign {next(numbers)}", kind=Plan.Kind.CAMPAIGN, design=design, at=at, **own)
    return publishing.publish(plan, at=at) if live else plan


def enrolled(plan: Plan, kim: Customer | None = None, *, anchor: datetime) -> Touchpoint:
    """The first touchpoint of a customer who is in a sequence."""
    key = f"order:{next(numbers)}"
    row = enrolments.enrol(plan, kim or consenting(), anchor=anchor, key=key, at=anchor)
    return Touchpoint.objects.filter(enrolment=row).order_by("due_at", "pk")[0]


def became(touchpoint: Touchpoint) -> str:
    """Its state, or why it is not there, and until when it is put off."""
    touchpoint.refresh_from_db()
    if touchpoint.state == "planned" and touchpoint.deferred and touchpoint.due_at:
        return f"{touchpoint.deferred} {touchpoint.due_at:%m-%d %H:%M}"
    return touchpoint.reason or touchpoint.state


def draft(of: Plan | None = None, **changes: Any) -> PlanVersion:
    """A bare version that begins with a purchase and is for everybody."""
    of = of or Plan.objects.create(name=f"Plan {next(numbers)}", kind=Plan.Kind.SEQUENCE)
    wanted: dict[str, Any] = {"number": 1, "anchor": PlanVersion.Anchor.FACT, "anchor_verb": "bought"}
    return PlanVersion.objects.create(plan=of, **wanted | changes)


def step(version: PlanVersion, **changes: Any) -> Step:
    """A bare card on the day itself."""
    place = version.steps.count() + 1
    wanted: dict[str, Any] = {
        "key": f"step-{place}",
        "position": place,
        "name": f"Step {place}",
        "kind": Step.Kind.CARD,
        "channel": "post",
    }
    return Step.objects.create(version=version, **wanted | changes)


def published(version: PlanVersion) -> PlanVersion:
    """The bare version as it is, published, and its plan live."""
    version.published_at, version.digest = timezone.now(), "test"
    version.save()
    plan = version.plan
    plan.status, plan.current, plan.live_since = Plan.Status.LIVE, version, version.published_at
    plan.save()
    return version
