"""Who works here: inviting people, giving them a role, shutting them out."""

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from people.actions import events, sessions
from people.actions.demo import NotALocalRun as NotALocalRun  # where others look for it
from people.actions.demo import create_demo_staff as create_demo_staff
from people.models import Event, User
from people.roles import Role


class KnownAlready(ValidationError):
    def __init__(self, email: str) -> None:
        super().__init__(
            _("Somebody works here under %(email)s already."), code="known_already", params={"email": email}
        )


class LastManager(ValidationError):
    def __init__(self) -> None:
        super().__init__(
            _("This is the last manager. Make somebody else a manager first, or nobody could let people in."),
            code="last_manager",
        )


class YourOwnAccount(ValidationError):
    def __init__(self) -> None:
        super().__init__(_("You cannot shut yourself out."), code="your_own_account")


class YourOwnSecondFactor(ValidationError):
    def __init__(self) -> None:
        super().__init__(_("You remove your own second factor under My account."), code="your_own_second_factor")


@transaction.atomic
def invite(email: str, *, first_name: str, last_name: str, role: Role | str | None, by: User) -> User:
    """Make an account without a password; its owner sets one through a link (``queries.set_password_path``).

    Raises KnownAlready where the address is taken.
    """
    email = email.strip().lower()
    _lock_managers()  # who presses twice at once waits here, and finds the first
    if User.objects.filter(Q(email__iexact=email) | Q(username__iexact=email)).exists():
        raise KnownAlready(email)
    person = User.objects.create_user(
        email, email, first_name=first_name, last_name=last_name, is_staff=True, zone=by.zone, language=by.language
    )
    if role:
        person.groups.add(Group.objects.get(name=role))
    events.record(person, Event.Verb.INVITED, by=by, role=role or "")
    return person


def invite_again(person: User, *, by: User) -> None:
    """Write down that somebody gets a new link to set their password: whoever has it can sign in as them."""
    events.record(person, Event.Verb.INVITED, by=by, again=True)


@transaction.atomic
def give_role(person: User, role: Role | str | None, *, by: User) -> User:
    """Put a person into one role and out of the others; None takes every role away. It holds from their next click.

    Raises LastManager where nobody would be left to manage people.
    """
    _lock_managers()
    person = User.objects.select_for_update().get(pk=person.pk)
    held = set(person.groups.filter(name__in=Role.values).values_list("name", flat=True))
    wanted = {str(role)} if role else set()
    if held == wanted:
        return person
    if Role.MANAGERS in held - wanted:
        _refuse_last_manager(person)
    person.groups.remove(*Group.objects.filter(name__in=held - wanted))
    person.groups.add(*Group.objects.filter(name__in=wanted - held))
    events.record(person, Event.Verb.ROLE_GIVEN, by=by, before=sorted(held), role=str(role or ""))
    return person


@transaction.atomic
def shut_out(person: User, *, by: User) -> User:
    """Let a person in no more, and end their sessions at once. What they did stays under their name.

    Raises LastManager and YourOwnAccount.
    """
    if person.pk == by.pk:
        raise YourOwnAccount
    _lock_managers()
    person = User.objects.select_for_update().get(pk=person.pk)
    if not person.is_active:
        return person
    _refuse_last_manager(person)
    person.is_active = False
    person.save(update_fields=["is_active"])
    sessions.end_all(person, by=by)
    events.record(person, Event.Verb.SHUT_OUT, by=by)
    return person


@transaction.atomic
def let_in(person: User, *, by: User) -> User:
    """Let a person in again who was shut out; their role is the one they had."""
    person = User.objects.select_for_update().get(pk=person.pk)
    if not person.is_active:
        person.is_active = True
        person.save(update_fields=["is_active"])
        events.record(person, Event.Verb.LET_IN, by=by)
    return person


@transaction.atomic
def remove_second_factor(person: User, *, by: User) -> bool:
    """Take the second factors and recovery codes of somebody away who lost them, and end their sessions.

    They sign in with the password and, where their role needs one, set up another. Returns whether there were any.
    Raises YourOwnSecondFactor.
    """
    if person.pk == by.pk:
        raise YourOwnSecondFactor
    removed, _each = Authenticator.objects.filter(user=person).delete()
    if removed:
        sessions.end_all(person, by=by)
        events.record(person, Event.Verb.SECURITY_CHANGED, by=by, what="second_factor_removed")
    return bool(removed)


@transaction.atomic
def change_settings(person: User, *, first_name: str, last_name: str, zone: str, language: str) -> User:
    """Change what people may change about themselves. ``zone`` is an IANA name, ``language`` one of LANGUAGES."""
    person = User.objects.select_for_update().get(pk=person.pk)
    person.first_name, person.last_name = first_name, last_name
    person.zone, person.language = zone, language
    person.save(update_fields=["first_name", "last_name", "zone", "language"])
    return person


def _lock_managers() -> None:
    """Two managers who demote each other, or invite the same person, at the same time come one after the other."""
    Group.objects.select_for_update().get(name=Role.MANAGERS)


def _refuse_last_manager(person: User) -> None:
    managers = User.objects.filter(groups__name=Role.MANAGERS, is_active=True)
    if managers.filter(pk=person.pk).exists() and not managers.exclude(pk=person.pk).exists():
        raise LastManager
