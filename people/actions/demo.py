"""People with known passwords, for a first look at a local run."""

from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from people.actions import roles
from people.models import User
from people.roles import Role

PASSWORD = "mainstay-demo-2026"  # noqa: S105  (refused outside of a local run)
STAFF = (
    ("support", "Sanna", "Lindqvist", Role.SUPPORT),
    ("marketing", "Marco", "Bianchi", Role.MARKETING),
    ("board", "Beatriz", "Almeida", Role.BOARD_MANAGERS),
    ("manager", "Maya", "Okafor", Role.MANAGERS),
    ("intern", "Ines", "Novak", None),
)


class NotALocalRun(ValidationError):
    def __init__(self) -> None:
        super().__init__(
            _("Demo people have a known password; they are made on a local run only, or when asked for expressly."),
            code="not_a_local_run",
        )


@dataclass(frozen=True)
class SignIn:
    """What somebody needs to sign in as a demo person."""

    username: str
    password: str
    name: str
    role: str


@transaction.atomic
def create_demo_staff(*, anywhere: bool = False) -> list[SignIn]:
    """Make one person per role and an intern without one; those who are there are left as they are.

    Raises NotALocalRun where real people work, unless ``anywhere`` is said.
    """
    if not (settings.LOCAL or anywhere):
        raise NotALocalRun
    roles.refresh()
    for username, first_name, last_name, role in STAFF:
        if User.objects.filter(username=username).exists():
            continue
        person = User.objects.create_user(
            username,
            f"{username}@mainstay.example",
            PASSWORD,
            first_name=first_name,
            last_name=last_name,
            is_staff=True,
            zone=settings.BUSINESS_ZONE,
        )
        if role:
            person.groups.add(Group.objects.get(name=role))
    return [
        SignIn(username, PASSWORD, f"{first_name} {last_name}", str(role or _("no role")))
        for username, first_name, last_name, role in STAFF
    ]
