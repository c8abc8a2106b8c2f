"""Days that come by themselves: birthdays, days of joining, lapses, dates among the traits."""

import datetime as dt

import pytest

from communications.actions import anchors, occasions
from communications.models import Enrolment, Touchpoint
from customers.models import Customer, Fact, Profile, Trait
from tests.factories import plans as made

pytestmark = pytest.mark.django_db
NINE = dt.time(9)


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def born(year: int | None, month: int, day: int) -> Customer:
    return made.consenting(birth_year=year, birth_month=month, birth_day=day)


def due() -> list[str]:
    return [f"{one.due_at:%Y-%m-%d %H}" for one in Touchpoint.objects.filter(state="planned").order_by("due_at")]


@pytest.mark.parametrize(
    ("now", "leap_day", "amount", "expected"),
    [
        pytest.param("2026-02-27", "feb28", 0, ["2026-02-28 08"], id="F1 feb28"),
        pytest.param("2027-02-27", "mar1", 0, ["2027-03-01 08"], id="F1 mar1"),
        pytest.param("2028-02-27", "feb28", 0, ["2028-02-29 08"], id="F2 feb28"),
        pytest.param("2028-02-27", "mar1", 0, ["2028-02-29 08"], id="F2 mar1"),
        pytest.param("2028-02-20", "feb28", -7, ["2028-02-22 08"], id="F4"),
    ],
)
def test_a_birthday_is_kept_once_a_year(now, leap_day, amount, expected):
    born(1992, 2, 29)
    made.sequence(made.letter(amount=amount), anchor="birthday", at_time=NINE, leap_day=leap_day, at=at(now))

    assert occasions.enrol_due(at=at(now)) == 1
    assert occasions.enrol_due(at=at(now) + dt.timedelta(days=1)) == 0

    assert due() == expected


def test_a_birthday_that_is_corrected_brings_no_second_card():
    kim = born(None, 6, 10)  # the year is not known
    made.sequence(anchor="birthday", at_time=NINE, at=at("2026-06-09"))
    occasions.enrol_due(at=at("2026-06-09"))
    assert due() == ["2026-06-10 07"]
    Customer.objects.filter(pk=kim.pk).update(birth_day=12)
    changed = Fact(customer=kim, verb="changed", at=at("2026-06-09"), about={"fields": ["birth_day"]})
    anchors.react([changed], at=at("2026-06-09"))
    assert due() == ["2026-06-12 07"]

    Touchpoint.objects.update(state="sent", queued_at=at("2026-06-12"), sent_at=at("2026-06-12"))
    Customer.objects.filter(pk=kim.pk).update(birth_day=14)
    assert occasions.enrol_due(at=at("2026-06-13")) == 0
    assert occasions.enrol_due(at=at("2027-06-13")) == 1


def test_who_joined_hears_of_it_every_year_from_the_first():
    for joined in ("2024-06-10", "2026-06-10"):
        Customer.objects.filter(pk=made.consenting().pk).update(created_at=at(f"{joined} 12:00"))
    made.sequence(anchor="joining", at_time=NINE, at=at("2026-06-09"))

    assert occasions.enrol_due(at=at("2026-06-09")) == 1
    assert due() == ["2026-06-10 07"]


def test_a_lapse_is_so_many_days_after_the_last_purchase_and_a_purchase_before_it_ends_it():
    plan = made.sequence(
        made.letter("miss"), made.letter("again", amount=7), anchor="lapse", anchor_days=120, goal_verb="bought",
        at=at("2026-05-01"),
    )  # fmt: skip
    gone, back = made.consenting(), made.consenting()
    for kim, last in ((gone, "2026-01-10 10:00"), (back, "2026-05-09 10:00")):
        Profile.objects.create(customer=kim, last_purchase_at=at(last), purchases=1)

    assert occasions.enrol_due(at=at("2026-05-09 10:00")) == 0
    assert occasions.enrol_due(at=at("2026-05-10 10:00")) == 1
    assert occasions.enrol_due(at=at("2026-05-10 11:00")) == 0
    assert Enrolment.objects.get().customer == gone
    assert due()[0] == "2026-05-10 09"  # 11:00 in Berlin, as the purchase was; in between came summer

    bought = Fact(customer=gone, verb="bought", at=at("2026-05-12"), recorded_at=at("2026-05-12"), about={})
    anchors.react([bought], at=at("2026-05-12"))
    enrolment = Enrolment.objects.get()
    assert (enrolment.plan, enrolment.state, enrolment.reason) == (plan, "exited", "goal_reached")


def test_a_lapse_is_counted_on_the_customers_calendar_across_the_change_of_clocks():
    made.sequence(made.letter(), anchor="lapse", anchor_days=120, at=at("2026-05-01"))
    kim = made.consenting()
    Profile.objects.create(customer=kim, last_purchase_at=at("2026-01-10 22:30"), purchases=1)  # 23:30 in Berlin

    assert occasions.enrol_due(at=at("2026-05-10 21:00")) == 0
    assert occasions.enrol_due(at=at("2026-05-10 21:30")) == 1
    assert due() == ["2026-05-10 21"]  # still the 10th there, and not the 11th


def test_a_date_among_the_traits_is_an_anchor():
    kim, other = made.consenting(), made.consenting()
    Trait.objects.create(customer=kim, kind="trait", name="Wedding", value="2026-06-20")
    Trait.objects.create(customer=other, kind="trait", name="Wedding", value="in summer")
    made.sequence(made.letter(amount=-14), anchor="trait", anchor_trait="wedding", at_time=NINE, at=at("2026-06-05"))

    assert occasions.enrol_due(at=at("2026-06-05")) == 1
    assert due() == ["2026-06-06 07"]
