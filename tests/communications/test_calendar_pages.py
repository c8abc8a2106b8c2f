"""The calendar: what stands on it, how it is filtered and moved, and what clashes."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from communications import designs
from communications.actions import materialising, plans, publishing
from communications.designs import Design, StepDesign
from communications.filters import Filters
from communications.models import FrequencyCap, Plan, PlanEvent, PlanVersion, Step, Touchpoint
from communications.queries import calendar, overlaps
from customers.actions import consents, segments
from tests.factories import plans as made
from tests.factories.customers import customer

pytestmark = pytest.mark.django_db
JUNE = (date(2026, 6, 1), date(2026, 6, 30))
BEFORE = datetime(2026, 5, 1, 9, tzinfo=UTC)


def of_country(name: str) -> dict:
    return {"groups": [{"conditions": [{"field": "country", "how": "in", "values": [name]}]}]}


def hearing(country: str, zone: str = "Europe/Berlin", **more):
    person = customer(country=country, zone=zone, email=f"c{len(zone)}{country}@example.com".lower(), **more)
    consents.decide(person, channel="email", purpose="offers", granted=True, source="form", at=BEFORE)
    return person


def test_a_campaign_stands_on_its_own_day_for_everybody_on_earth():
    """K2: on 10 June on the calendar; the instants run from Kiritimati to Pago Pago."""
    hearing("KI", "Pacific/Kiritimati")
    hearing("AS", "Pacific/Pago_Pago")
    plan = made.campaign(made.letter(), made.letter("reminder", amount=2), at=BEFORE)
    materialising.materialise(plan, at=BEFORE)

    found = [(item.day, item.key, item.time) for item in calendar.items(*JUNE)]
    assert found == [(date(2026, 6, 10), "letter", time(10)), (date(2026, 6, 12), "reminder", time(10))]
    dues = Touchpoint.objects.filter(step_key="letter").order_by("due_at").values_list("due_at", flat=True)
    assert list(dues) == [datetime(2026, 6, 9, 20, tzinfo=UTC), datetime(2026, 6, 10, 21, tzinfo=UTC)]


def test_what_a_sequence_brings_is_counted_by_day_and_everything_is_filtered(marketer, manager):
    plan = made.sequence(made.letter(), made.call(amount=1), owner=marketer)
    version = plan.current
    for n, state in enumerate(("planned", "planned", "cancelled")):
        person = customer()
        enrolment = plan.enrolments.create(version=version, customer=person, anchor_key=str(n), anchor_at=BEFORE)
        ended = {"ended_at": BEFORE, "reason": "x"} if state == "cancelled" else {}
        Touchpoint.objects.create(
            plan=plan, version=version, step=version.steps.get(key="letter"), step_key="letter", customer=person,
            enrolment=enrolment, anchor_key=str(n), channel="email", state=state,
            due_at=datetime(2026, 6, 4, 22, 30, tzinfo=UTC), **ended,
        )  # fmt: skip
    german = segments.make("German", of_country("DE"))
    made.campaign(starts_on=date(2026, 6, 5), segment_id=german.pk, owner=manager, live=False)
    everything = calendar.items(*JUNE)

    assert [(item.day, item.sequence, item.customers) for item in everything] == [
        (date(2026, 6, 5), False, 0),
        (date(2026, 6, 5), True, 2),
    ]
    for name, value, count in (
        ("segment", str(german.pk), 1), ("owner", str(marketer.pk), 1), ("plan", str(plan.pk), 1),
        ("status", "draft", 1), ("channel", "email", 2), ("channel", "sms", 0),
    ):  # fmt: skip
        filters = Filters.read({"day": "2026-06", name: value}, date(2026, 1, 1))
        assert len(calendar.chosen(everything, filters)) == count


def test_two_campaigns_on_a_day_say_how_many_get_both_and_how_many_exceed_the_cap():
    """K4."""
    for n in range(6):
        customer(country="DE", city="Bonn" if n < 3 else "Ulm")
    customer(country="FR", city="Bonn")
    german = segments.make("German", of_country("DE"))
    bonn = segments.make("Bonn", {"groups": [{"conditions": [{"field": "city", "how": "in", "values": ["Bonn"]}]}]})
    first, second = (made.campaign(segment_id=one.pk, live=False) for one in (german, bonn))
    FrequencyCap.objects.create(channel="email", most=2, hours=168)

    (clash,) = overlaps.clashes(*JUNE)
    assert (clash.day, set(clash.plans)) == (date(2026, 6, 10), {first.name, second.name})
    assert (clash.customers, clash.over) == (3, 0)

    ulm = segments.make("One of Bonn", of_country("DE"))
    made.campaign(segment_id=ulm.pk, starts_on=date(2026, 6, 4), live=False)
    assert [(one.customers, one.over) for one in overlaps.clashes(*JUNE)] == [(3, 3)]
    Step.objects.filter(version__starts_on=date(2026, 6, 4)).update(amount=-1)  # a day too early for the window
    assert [(one.customers, one.over) for one in overlaps.clashes(*JUNE)] == [(3, 0)]


def test_campaigns_that_are_too_many_to_look_at_on_a_day_are_told_of(marketer_client):
    hearing("DE")
    for _n in range(9):
        made.campaign(made.letter(), made.letter("more"), live=False)

    (clash,) = overlaps.clashes(*JUNE)
    assert (clash.customers, len(clash.plans), clash.unseen) == (1, 8, 1)
    page = marketer_client.get(f"{reverse('admin:calendar_clashes')}?day=2026-06-01").content.decode()
    assert "1 more campaign of the day was not looked at." in page


def test_a_campaign_is_moved_after_its_effect_was_shown(marketer_client, marketer):
    """K1: what is pending shifts and keeps its time, what was sent stays, one entry tells of it."""
    start = timezone.localdate() + timedelta(days=30)
    for country in ("DE", "FR"):
        hearing(country)
    plan = made.campaign(made.letter(), made.letter("reminder", amount=2), starts_on=start)
    materialising.materialise(plan)
    plan.refresh_from_db()
    sent = Touchpoint.objects.filter(step_key="letter").order_by("pk").first()
    Touchpoint.objects.filter(pk=sent.pk).update(state="sent", sent_at=timezone.now(), queued_at=timezone.now())
    address = reverse("admin:calendar_move", args=[plan.pk, "letter"])
    to = start + timedelta(days=2)

    shown = marketer_client.get(f"{address}?by=2").content.decode()
    assert "Moves 3 pending steps for 2 customers." in shown
    assert f'name="to" value="{to.isoformat()}"' in shown
    before = dict(Touchpoint.objects.values_list("pk", "due_at"))
    events = PlanEvent.objects.count()
    moved = marketer_client.post(address, {"to": to.isoformat(), "expected": plan.version}, HTTP_HX_REQUEST="true")

    assert "HX-Redirect" in moved
    assert [(item.day, item.key) for item in calendar.of_campaigns(start, to)] == [
        (to, "letter"), (to + timedelta(days=2), "reminder"),
    ]  # fmt: skip
    after = dict(Touchpoint.objects.values_list("pk", "due_at"))
    assert {pk: (after[pk] - due).days for pk, due in before.items()} == {
        pk: 0 if pk == sent.pk else 2 for pk in before
    }
    assert PlanEvent.objects.count() == events + 1
    assert PlanEvent.objects.latest("pk").by == marketer


def test_whoever_moves_what_somebody_else_has_moved_is_told(marketer_client):
    plan = made.campaign(live=False, starts_on=date(2026, 12, 10))
    address = reverse("admin:calendar_move", args=[plan.pk, "letter"])
    seen = plan.version
    publishing.move(plan, to=date(2026, 12, 11))

    answer = marketer_client.post(address, {"to": "2026-12-15", "expected": seen})

    assert answer.status_code == 409
    assert "Somebody else has changed this plan meanwhile." in answer.content.decode()
    assert PlanVersion.objects.get().starts_on == date(2026, 12, 11)


def test_by_keyboard_a_child_step_moves_all_of_its_campaign(marketer_client):
    plan = made.campaign(made.letter(), made.letter("reminder", amount=2), live=False, starts_on=date(2026, 12, 10))
    address = reverse("admin:calendar_move", args=[plan.pk, "reminder"])

    shown = marketer_client.get(f"{address}?to=2026-12-14").content.decode()  # from the 12th
    marketer_client.post(address, {"to": "2026-12-14", "expected": plan.version})

    assert "All steps move together" in shown
    assert PlanVersion.objects.get().starts_on == date(2026, 12, 12)
    assert 'value="2026-12-15"' in marketer_client.get(f"{address}?by=next").content.decode()
    assert 'value="2026-12-14"' in marketer_client.get(f"{address}?to=nonsense").content.decode()


def test_what_is_live_is_moved_by_those_who_may_publish_and_sequences_by_nobody(agent_client, marketer_client):
    sequence = made.sequence()
    plan = made.campaign(starts_on=date(2026, 12, 10))
    item = reverse("admin:calendar_item", args=[plan.pk, "letter"])

    assert "Move…" in marketer_client.get(item).content.decode()
    assert "Move…" not in agent_client.get(item).content.decode()
    assert agent_client.get(f"{item}move/").status_code == 403
    shown = marketer_client.get(reverse("admin:calendar_item", args=[sequence.pk, "letter"])).content.decode()
    assert "so it is not moved here" in shown
    assert marketer_client.get(reverse("admin:calendar_item", args=[plan.pk, "other"])).status_code == 404


def test_what_is_live_stands_where_it_holds_until_its_changes_are_published(marketer_client):
    plan = made.campaign(starts_on=date(2026, 12, 10))
    plans.edit(plan, replace(designs.of(plan.current), starts_on=date(2026, 12, 20)))

    assert [item.day for item in calendar.items(date(2026, 12, 1), date(2026, 12, 31))] == [date(2026, 12, 10)]
    address = reverse("admin:calendar_item", args=[plan.pk, "letter"])
    shown = marketer_client.get(address).content.decode()
    assert "10 Dec 2026" in shown
    assert "It has changes that are not published." in shown
    assert "publish them first" in marketer_client.get(f"{address}move/?by=1").content.decode()
    publishing.publish(plan)
    assert [item.day for item in calendar.items(date(2026, 12, 1), date(2026, 12, 31))] == [date(2026, 12, 20)]


def test_a_step_of_several_versions_stands_once_and_opens_after_it_was_taken_out(marketer_client):
    plan = made.sequence(made.letter(), made.letter("more", amount=1))
    for _n in range(2):
        one = made.enrolled(plan, anchor=timezone.now() - timedelta(hours=1))
        Touchpoint.objects.filter(pk=one.pk).update(state="sent", queued_at=one.due_at, sent_at=one.due_at)
        plans.edit(plan, designs.of(plans.latest(plan)))
        plan = publishing.publish(plan)
    today = timezone.localdate()

    span = (today - timedelta(days=1), today + timedelta(days=1))
    assert [item.customers for item in calendar.items(*span) if item.key == "letter"] == [2]
    design = designs.of(plan.current)
    plans.edit(plan, replace(design, steps=design.steps[1:]))
    publishing.publish(plan)
    address = reverse("admin:calendar_item", args=[plan.pk, "letter"])
    assert "Letter" in marketer_client.get(address).content.decode()
    assert marketer_client.get(address.replace("letter", "never")).status_code == 404


def test_what_would_come_too_late_is_told_before_it_is_moved_or_published(marketer_client):
    start = timezone.localdate() + timedelta(days=5)
    hearing("DE")
    plan = made.campaign(starts_on=start)
    materialising.materialise(plan)
    address = reverse("admin:calendar_move", args=[plan.pk, "letter"])

    shown = marketer_client.get(f"{address}?by=-30").content.decode()
    assert "1 step is left out: it would come too late." in shown
    assert "This day is over: it would reach nobody any more." in shown
    assert "left out" not in marketer_client.get(f"{address}?by=3").content.decode()
    draft = made.campaign(starts_on=start - timedelta(days=30), live=False)
    page = marketer_client.get(reverse("admin:plan", args=[draft.pk])).content.decode()
    assert "Its day is over: it would reach nobody." in page


def busy_month(count: int) -> None:
    """Campaigns of two steps all over June, and a public holiday."""
    letter = made.letter().template_id
    steps = tuple(
        StepDesign(key=key, name=name, kind="email", template_id=letter, amount=amount)
        for key, name, amount in (("letter", "Letter", 0), ("reminder", "Reminder", 1))
    )
    for n in range(count // 2):
        design = Design(
            anchor="date", starts_on=date(2099, 6, 1 + n % 28), at_time=time(10), purpose="offers", steps=steps
        )
        plans.create(f"Summer letter to friends {n}", kind=Plan.Kind.CAMPAIGN, design=design)


def test_a_month_of_120_things_is_small_and_takes_few_queries(marketer_client, django_assert_max_num_queries):
    busy_month(120)
    address = f"{reverse('admin:plan_calendar')}?day=2099-06-01"
    marketer_client.get(address)

    with django_assert_max_num_queries(12):
        page = marketer_client.get(address)

    assert page.content.count(b'<li><a class="k-') == 120
    assert len(page.content) <= 60_000


@pytest.mark.parametrize("view", ["month", "week", "agenda", "list"])
def test_every_view_shows_the_same_thing_and_asks_the_same_for_one_and_for_three(
    view, marketer_client, django_assert_num_queries
):
    address = f"{reverse('admin:plan_calendar')}?day=2026-06-10&view={view}"
    empty = marketer_client.get(address).content.decode()
    assert ("Nothing is planned here" in empty) == (view in ("agenda", "list"))
    for count in (1, 3):
        while Plan.objects.count() < count:
            made.campaign(live=False)
        with django_assert_num_queries(10):
            shown = marketer_client.get(address).content.decode()
        assert shown.count("Campaign ") >= count


def test_a_month_is_duplicated_on_the_page_and_occasions_stand_beside(marketer_client, agent_client):
    made.campaign(live=False)
    calendar = marketer_client.get(reverse("admin:plan_calendar"))
    posted = {"day": "2026-06-01", "to": "2026-09", "key": calendar.context["key"]}
    assert f'name="key" value="{posted["key"]}"' in calendar.content.decode()

    assert agent_client.post(reverse("admin:duplicate_month"), posted).status_code == 403
    there = marketer_client.post(reverse("admin:duplicate_month"), posted, follow=True).content.decode()
    assert "1 campaign stands as a draft in this month." in there
    marketer_client.post(reverse("admin:duplicate_month"), posted)
    assert Plan.objects.count() == 2
    marketer_client.post(reverse("admin:duplicate_month"), posted | {"to": "2026-10"})
    assert Plan.objects.count() == 3
    again = marketer_client.post(reverse("admin:duplicate_month"), posted | {"to": "2026-06"}, follow=True)
    assert "Choose another month." in again.content.decode()

    fair = {"name": "Fair", "kind": "event", "starts_on": "2026-09-09"}
    assert marketer_client.post(reverse("admin:shop_days"), fair).status_code == 302
    assert "Fair" in marketer_client.get(f"{reverse('admin:plan_calendar')}?day=2026-09-01").content.decode()


def test_the_calendar_is_closed_to_who_may_not_see_plans(intern_client):
    for name in ("plan_calendar", "calendar_clashes", "plans", "calendar_feeds"):
        assert intern_client.get(reverse(f"admin:{name}")).status_code == 403
