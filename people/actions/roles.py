"""Roles are Django's groups; what they may do is written in ``people.roles``."""

from django.contrib.auth.models import Group, Permission
from django.db import transaction

from people.roles import RIGHTS, Role


@transaction.atomic
def refresh() -> dict[Role, int]:
    """Give every role exactly the permissions that ``people.roles`` says, of the apps that are installed.

    Run after migrations (they create the permissions); changes nothing where nothing differs.
    Returns how many permissions each role holds.
    """
    Group.objects.bulk_create([Group(name=role.value) for role in Role], ignore_conflicts=True)
    groups = {group.name: group for group in Group.objects.select_for_update().filter(name__in=Role.values)}
    names = Permission.objects.values_list("pk", "content_type__app_label", "codename")
    known = {pk: f"{app}.{codename}" for pk, app, codename in names}
    wanted = {
        (groups[role].pk, pk) for role, rights in RIGHTS.items() for pk, name in known.items() if rights.include(name)
    }
    Holding = Group.permissions.through  # noqa: N806  (a model)
    held = {
        (group, permission): pk
        for pk, group, permission in Holding.objects.filter(group__in=groups.values()).values_list(
            "pk", "group_id", "permission_id"
        )
    }
    Holding.objects.filter(pk__in=[pk for pair, pk in held.items() if pair not in wanted]).delete()
    Holding.objects.bulk_create(
        [Holding(group_id=group, permission_id=permission) for group, permission in wanted - held.keys()],
        ignore_conflicts=True,
    )
    return {role: sum(group == groups[role].pk for group, _ in wanted) for role in Role}
