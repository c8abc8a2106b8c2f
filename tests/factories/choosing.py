"""Pools and people who can be drawn, for tests."""

from itertools import count

from django.utils import timezone

from advisory.models import Board, Candidate, Pool, Term
from customers.models import ConsentDecision, Customer, Profile
from tests.factories import customers

codes = count(1)

GOLDEN = {
    "C-101": ("gold", "north"), "C-102": ("gold", "north"), "C-103": ("silver", "north"),
    "C-104": ("silver", "south"), "C-105": ("gold", "south"), "C-106": ("silver", "south"),
    "C-107": ("vip", "north"), "C-108": ("silver", "north"),
}  # fmt: skip
SEED = "board-7/2027-01"
QUOTAS = {
    "tier": {"silver": (1, 2), "gold": (1, 2), "vip": (1, 1)},
    "region": {"north": (2, 2), "south": (2, 2)},
}


def golden(board: Board) -> Pool:
    """The pool of the published example: eight candidates of two regions."""
    pool = Pool.objects.create(
        board=board, number=board.pools.count() + 1, features=["tier", "region"], size=len(GOLDEN), refused={},
        base={"tier": {"silver": 4, "gold": 3, "vip": 1}, "region": {"north": 5, "south": 3}},
    )  # fmt: skip
    for code, (tier, region) in GOLDEN.items():
        one = willing(email=f"{code.lower()}@example.org", name=code)
        Candidate.objects.create(pool=pool, code=code, customer=one, traits={"tier": tier, "region": region})
    return pool


def willing(*, bought: bool = True, **changes) -> Customer:
    """A customer who can be a member: has bought, agreed to be asked, and can be written to."""
    email = changes.pop("email", f"willing{next(codes)}@example.org")
    made = customers.customer(email=email, **changes)
    ConsentDecision.objects.create(
        customer=made, channel="email", purpose="research", granted=True, source="test", at=timezone.now()
    )
    if bought:
        Profile.objects.create(
            customer=made, purchases=1, gross=1000, currency="EUR", first_purchase_at=timezone.now()
        )
    return made


def codes_of(board: Board) -> list[str]:
    """Who is on the board or on the way to it, by name."""
    return sorted(Term.objects.filter(board=board).open().values_list("customer__name", flat=True))
