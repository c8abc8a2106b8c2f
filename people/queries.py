"""Answers about the people who work here."""

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from django.contrib.postgres.aggregates import StringAgg
from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.urls import reverse

from people.models import User
from people.roles import Role


def staff() -> QuerySet[User]:
    """All but integrations, with ``role`` (empty: none) and ``has_second_factor``; who may enter first, by name."""
    own = Authenticator.objects.filter(user=OuterRef("pk")).exclude(type=Authenticator.Type.RECOVERY_CODES)
    role = StringAgg("groups__name", Value(", "), filter=Q(groups__name__in=Role.values), default=Value(""))
    people = User.objects.filter(is_staff=True).annotate(role=role, has_second_factor=Exists(own))
    return people.order_by("-is_active", "first_name", "last_name", "username")


def role_of(person: User) -> str:
    """The name of the person's role; empty where they have none."""
    return person.groups.filter(name__in=Role.values).values_list("name", flat=True).first() or ""


def set_password_path(person: User) -> str:
    """Where this person sets a password. Works once, and as long as PASSWORD_RESET_TIMEOUT says."""
    key = default_token_generator.make_token(person)
    return reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(person), "key": key})
