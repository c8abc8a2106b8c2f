"""People with known passwords, for a first look at a local run."""

import pytest

from people.actions import people
from people.models import User


def test_demo_staff_is_one_person_per_role_and_an_intern(db):
    sign_ins = people.create_demo_staff()

    assert [sign_in.username for sign_in in sign_ins] == ["support", "marketing", "board", "manager", "intern"]
    for sign_in in sign_ins:
        made = User.objects.get(username=sign_in.username)
        assert made.check_password(sign_in.password)
        assert made.is_staff
    assert User.objects.get(username="manager").has_perm("people.manage_people")
    assert not User.objects.get(username="intern").groups.exists()


def test_demo_staff_made_twice_is_left_as_it_is(db):
    people.create_demo_staff()
    User.objects.filter(username="support").update(first_name="Renamed")

    people.create_demo_staff()

    assert User.objects.count() == 5
    assert User.objects.get(username="support").first_name == "Renamed"


def test_demo_staff_is_refused_where_real_people_work(db, settings):
    settings.LOCAL = False

    with pytest.raises(people.NotALocalRun):
        people.create_demo_staff()

    assert not User.objects.exists()
    assert len(people.create_demo_staff(anywhere=True)) == 5
