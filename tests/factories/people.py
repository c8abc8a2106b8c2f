"""People for tests: staff, with or without a role."""

from itertools import count

from django.contrib.auth.models import Group

from people.actions import roles
from people.models import User
from people.roles import Role

PASSWORD = "correct-horse-battery-staple"
numbers = count(1)


def person(username: str | None = None, *, role: Role | str | None = None, **fields) -> User:
    """One who may enter the back office; what they may do there comes from the role.

    A role's permissions are dealt out when somebody takes it first, as `manage.py refresh_roles` does.
    """
    username = username or f"person-{next(numbers)}"
    fields = {"email": f"{username}@example.com", "is_staff": True} | fields
    user = User(username=username, **fields)
    user.set_unusable_password()
    user.save()
    if role:
        if not Group.objects.filter(name=role, permissions__isnull=False).exists():
            roles.refresh()
        user.groups.add(Group.objects.get(name=role))
    return user
