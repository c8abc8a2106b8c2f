"""Roles and the permissions that they hold."""

from fnmatch import fnmatchcase

from django.contrib.auth.models import Group, Permission

from people.actions import roles
from people.roles import RIGHTS, Rights, Role


def test_the_last_pattern_that_fits_decides():
    rights = Rights("", ("customers.*", "!customers.delete_*", "customers.delete_segment"))

    assert rights.include("customers.view_customer")
    assert not rights.include("customers.delete_customer")
    assert rights.include("customers.delete_segment")
    assert not rights.include("people.manage_people")


def test_every_role_is_a_group_with_rights(db):
    assert set(Group.objects.values_list("name", flat=True)) >= set(Role.values)
    assert set(RIGHTS) == set(Role)


def test_refreshing_gives_what_is_missing_and_takes_what_is_too_much(db):
    roles.refresh()
    managers, support = Group.objects.get(name=Role.MANAGERS), Group.objects.get(name=Role.SUPPORT)
    manage_people = Permission.objects.get(codename="manage_people")
    managers.permissions.remove(manage_people)
    support.permissions.add(manage_people)

    held = roles.refresh()

    assert manage_people in managers.permissions.all()
    assert manage_people not in support.permissions.all()
    assert held[Role.MANAGERS] == managers.permissions.count()


def test_refreshing_twice_writes_nothing_the_second_time(db, django_assert_num_queries):
    roles.refresh()

    with django_assert_num_queries(6) as queries:
        roles.refresh()

    assert not [query for query in queries if query["sql"].startswith(("DELETE", "UPDATE"))]


def test_only_managers_manage_people(agent, marketer, board_manager, manager, intern):
    may = {
        person.username
        for person in (agent, marketer, board_manager, manager, intern)
        if person.has_perm("people.manage_people")
    }

    assert may == {"manager"}


def test_every_pattern_still_fits_a_permission(db):
    """A permission that was renamed would be taken away in silence."""
    known = {f"{app}.{name}" for app, name in Permission.objects.values_list("content_type__app_label", "codename")}
    apps = {name.split(".")[0] for name in known}

    idle = [
        (role.value, pattern)
        for role, rights in RIGHTS.items()
        for pattern in rights.patterns
        if pattern.removeprefix("!").split(".")[0] in apps
        and not any(fnmatchcase(name, pattern.removeprefix("!")) for name in known)
    ]

    assert idle == []


WEIGHTY = {
    "customers.merge_customer": {"agent", "manager"},
    "customers.export_customer": {"agent", "manager"},
    "customers.erase_customer": {"manager"},
    "customers.audit_access": {"manager"},
    "customers.import_purchase": {"marketer", "manager"},
    "customers.retry_setaside": {"manager"},
    "loyalty.adjust_points": {"agent", "manager"},
    "loyalty.decide_adjustmentrequest": {"manager"},
    "loyalty.freeze_wallet": {"manager"},
    "loyalty.change_programme": {"marketer", "manager"},
    "integrations.manage_token": {"manager"},
}


def test_who_may_do_what_weighs(agent, marketer, board_manager, manager, intern):
    cast = (agent, marketer, board_manager, manager, intern)

    assert {verb: {one.username for one in cast if one.has_perm(verb)} for verb in WEIGHTY} == WEIGHTY


def test_everybody_with_a_role_may_look_at_customers_and_an_intern_may_not(
    agent, marketer, board_manager, manager, intern
):
    cast = (agent, marketer, board_manager, manager, intern)

    assert [one.username for one in cast if not one.has_perm("customers.view_customer")] == ["intern"]
