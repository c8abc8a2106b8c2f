"""Cases for tests: valid, boring, changed by keyword."""

from itertools import count

from feedback.actions import cases, complaints
from feedback.models import Case, Mailbox, Member, RootCause, Team, Theme
from people.models import User
from tests.factories import customers

codes = count(1)


def case(kind: str = Case.Kind.COMPLAINT, **changes) -> Case:
    """A complaint about a late parcel by a customer of its own."""
    usual = {"subject": "Parcel late", "text": "Where is my parcel?", "channel": Case.Channel.EMAIL}
    if "customer" not in changes:
        changes["customer"] = customers.customer(email=f"customer{next(codes)}@example.org")
    return cases.open(kind, **usual | changes)


def team(*members: User, **changes) -> Team:
    number = next(codes)
    made = Team.objects.create(**{"code": f"team-{number}", "name": f"Team {number}"} | changes)
    for member in members:
        Member.objects.create(team=made, user=member)
    return made


def theme(name: str = "Delivery", **changes) -> Theme:
    return Theme.objects.create(**{"code": f"theme-{next(codes)}", "name": name} | changes)


def root_cause(name: str = "Carrier", **changes) -> RootCause:
    return RootCause.objects.create(**{"code": f"cause-{next(codes)}", "name": name} | changes)


def mailbox(**changes) -> Mailbox:
    """One that a mail server posts to."""
    return Mailbox.objects.create(**{"name": "Support", "address": "support@shop.example"} | changes)


def closed(case: Case, *, by: User) -> Case:
    """A case after its last step; a complaint upheld."""
    case.refresh_from_db()
    if case.kind == Case.Kind.COMPLAINT:
        for step in (complaints.acknowledge, complaints.investigate):
            case = step(case, by=by)
        case = complaints.decide(case, outcome=Case.Outcome.UPHELD, reason="It was late.", by=by)
    return complaints.close(case, root_cause=root_cause(), by=by)
