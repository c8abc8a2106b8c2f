"""Plans on their pages: written step by step, approved by somebody else, published, paused, copied, ended."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from django.urls import reverse

from communications import designs
from communications.actions import enrolments
from communications.actions import plans as actions
from communications.models import Approval, Plan, PlanComment, PlanVersion
from communications.plan_forms import SequenceForm
from communications.step_forms import StepForm
from tests.factories import plans as made
from tests.factories import surveys

pytestmark = pytest.mark.django_db

STEP = {"name": "Hello", "kind": "email", "amount": "3", "unit": "days", "side": "after", "time": "10:00"}


def act(client, plan: Plan, name: str, **posted) -> str:
    plan.refresh_from_db()
    address = reverse(f"admin:{name}", args=[plan.pk])
    return client.post(address, {"expected": plan.version, **posted}, follow=True).content.decode()


def decide(client, plan: Plan, **posted) -> str:
    asked = Approval.objects.latest("pk")
    return act(client, plan, "decide_plan", **{"approval": asked.pk, "decision": "yes"} | posted)


def test_a_plan_is_written_approved_by_somebody_else_and_goes_live(marketer_client, manager_client, marketer):
    template = made.letter().template_id
    posted = {"name": "Regards", "anchor": "lapse", "anchor_days": "60", "reentry": "each", "purpose": "offers"}
    posted |= {"quiet_from": "20:00", "quiet_to": "09:00", "needs_approval": "on", "priority": "2"}
    there = marketer_client.post(f"{reverse('admin:new_plan')}?kind=sequence", posted)
    plan = Plan.objects.get()
    assert there.url == reverse("admin:plan", args=[plan.pk])
    version = PlanVersion.objects.get()
    assert (version.anchor_days, version.quiet, version.priority) == (60, [["20:00", "09:00"]], 2)
    assert "A plan needs a step at least." in marketer_client.get(there.url).content.decode()

    posted = STEP | {"template": template, "expected": plan.version, "cost": "1.20"}
    posted |= {"how_0": "not", "what_0": '{"did": "bought", "since": "anchor"}'}
    marketer_client.post(reverse("admin:new_step", args=[plan.pk]), posted)
    step = PlanVersion.objects.get().steps.get()
    assert (step.key, step.amount, step.cost) == ("hello", 3, 120)
    assert step.only_if == [{"did": "bought", "since": "anchor", "not": True}]
    page = marketer_client.get(there.url).content.decode()
    assert "3 days after, at 10:00" in page
    assert "60 days without a purchase" in page

    act(marketer_client, plan, "submit_plan")
    assert "Somebody else has to approve it." in decide(marketer_client, plan)
    assert "It has to be approved as it is now." in act(marketer_client, plan, "publish_plan")
    assert "It is approved." in decide(manager_client, plan, note="fine")
    assert "It is live." in act(marketer_client, plan, "publish_plan")
    plan.refresh_from_db()
    assert (plan.status, plan.owner) == (Plan.Status.LIVE, marketer)
    assert "Nothing of it leaves any more" in act(marketer_client, plan, "pause_plan")
    assert "It goes on." in act(marketer_client, plan, "resume_plan")
    assert "It has ended" in act(marketer_client, plan, "end_plan")
    assert "This cannot be done with a plan that is ended." in act(marketer_client, plan, "pause_plan")


def as_posted(form) -> dict[str, Any]:
    """What a browser sends that changed nothing."""
    values = {name: form[name].value() for name in form.fields}
    said = {name: f"{value:%H:%M}" if isinstance(value, dt.time) else value for name, value in values.items()}
    return {name: "on" if value is True else value for name, value in said.items() if value not in (None, False)}


def test_a_form_that_is_saved_as_it_is_changes_nothing_of_a_plan_that_says_all_there_is(marketer_client, marketer):
    kept = {
        "anchor_verb": "tier_reached", "anchor_match": {"tier": ["gold", "silver"], "years": 2, "code": "7"},
        "anchor_particular": "until", "leap_day": "mar1", "reentry": "alone", "goal_verb": "bought",
        "exit_verbs": ("returned", "wallet_frozen"), "exit_on_partial_return": True, "weekdays": (0, 1, 4),
        "quiet": (("21:00", "08:00"), ("12:00", "13:30"), ("15:00", "15:30")), "blackout": ("2026-12-24",),
        "expiry_hours": 48, "grace_hours": 6, "priority": 3, "daily_limit": 500, "holdout_percent": 5,
    }  # fmt: skip
    only_if = (
        {"did": "bought", "since": "anchor", "not": True}, {"did": "email_clicked", "since": "letter"},
        {"reached": "letter"}, {"outcome": "call", "in": ["agreed"]}, {"outcome": "call", "in": ["agreed", "reached"]},
        {"did": "wallet_frozen", "since": "anchor"}, {"segment": surveys.segment("country", "DE").pk, "not": True},
    )  # fmt: skip
    gives = {
        "content_title": "On tea",
        "content_author": "Kim",
        "content_status": "ready",
        "survey_link": "https://x.example",
    }
    letter = made.letter()
    piece = made.StepDesign(
        "piece", "Piece", "content", "email", amount=-3, unit="weeks", time=dt.time(9, 30), expiry_hours=5, cost=120,
        template_id=letter.template_id, gives=gives, only_if=only_if, waits_for="call", waits_hours=24,
    )  # fmt: skip
    plan = made.sequence(letter, made.call(), piece, live=False, by=marketer, **kept)
    before = designs.of(actions.latest(plan))

    form = SequenceForm(initial=SequenceForm.initial_of(plan, before))
    marketer_client.post(reverse("admin:edit_plan", args=[plan.pk]), as_posted(form))
    assert designs.of(actions.latest(plan)) == before
    form = StepForm(initial=StepForm.initial_of(piece), design=before, key="piece")
    posted = as_posted(form)
    marketer_client.post(reverse("admin:edit_step", args=[plan.pk, "piece"]), posted)
    assert designs.of(actions.latest(plan)) == before

    page = marketer_client.get(reverse("admin:plan", args=[plan.pk])).content.decode()
    for said in (
        "Monday, Tuesday, Friday", "2026-12-24", "when only a part is brought back", "500", "48", "years = 2",
        "only if “clicked in an e-mail” since “Letter”", "only if “Letter” arrived",
        "ended as reached, and wants it, reached",
        "waits for “Call”, 24 hours at most", "worth sending for 5 hours", "only if not in the segment “Segment",
    ):  # fmt: skip
        assert said in page
    assert plan.events.count() == 3  # made, and saved twice
    posted |= {"how_0": "", "what_2": "", "content_status": "writing", "waits_for": ""}
    marketer_client.post(reverse("admin:edit_step", args=[plan.pk, "piece"]), posted)
    changed = designs.of(actions.latest(plan)).steps[2]
    assert changed.only_if == ({"did": "bought", "since": "anchor"}, *only_if[1:2], *only_if[3:])
    assert (changed.gives["content_status"], changed.gives["survey_link"]) == ("writing", "https://x.example")
    page = marketer_client.get(reverse("admin:plan", args=[plan.pk])).content.decode()
    assert "Its content piece is not ready yet." in page
    for said in ("On tea", "Kim", "being written", '<a href="https://x.example" rel="nofollow">'):
        assert said in page
    form = as_posted(SequenceForm(initial=SequenceForm.initial_of(plan, before)))
    for wrong in ({"blackout": "tomorrow"}, {"quiet_to": ""}, {"anchor_match": "gold"}):
        answer = marketer_client.post(reverse("admin:edit_plan", args=[plan.pk]), form | wrong)
        assert answer.status_code == 200


def test_an_edit_after_the_approval_voids_it(marketer_client, manager_client, marketer):
    """K6."""
    plan = made.sequence(live=False, needs_approval=True, by=marketer)
    act(marketer_client, plan, "submit_plan")
    decide(manager_client, plan)
    plan.refresh_from_db()
    marketer_client.post(
        reverse("admin:edit_step", args=[plan.pk, "letter"]),
        STEP | {"template": made.letter().template_id, "expected": plan.version},
    )

    assert Approval.objects.get().state == Approval.State.VOID
    assert "It was edited on" in marketer_client.get(reverse("admin:plan", args=[plan.pk])).content.decode()
    assert "It has to be approved as it is now." in act(marketer_client, plan, "publish_plan")


def test_only_what_was_shown_is_approved_not_what_is_asked_for_since(marketer_client, manager_client, marketer):
    plan = made.sequence(live=False, needs_approval=True, by=marketer)
    act(marketer_client, plan, "submit_plan")
    shown = Approval.objects.get()
    page = manager_client.get(reverse("admin:plan", args=[plan.pk])).content.decode()
    assert f'name="approval" value="{shown.pk}"' in page
    actions.edit(plan, replace(designs.of(actions.latest(plan)), priority=9), by=marketer)
    act(marketer_client, plan, "submit_plan")

    assert "Nobody asks for this any more." in decide(manager_client, plan, approval=shown.pk)
    assert "Nobody asks for this any more." in decide(manager_client, made.sequence(live=False))
    assert Approval.objects.latest("pk").state == Approval.State.ASKED
    assert "It is approved." in decide(manager_client, plan)


def test_whoever_saves_over_somebody_elses_change_is_told(marketer_client):
    plan = made.campaign(live=False)
    seen = plan.version
    actions.edit(plan, name="Theirs")
    posted = {"name": "Mine", "starts_on": "2026-06-11", "at_time": "10:00", "expected": seen}

    shown = marketer_client.post(reverse("admin:edit_plan", args=[plan.pk]), posted).content.decode()

    assert "Somebody else has changed this plan meanwhile." in shown
    plan.refresh_from_db()
    assert plan.name == "Theirs"
    posted["expected"] = plan.version
    assert marketer_client.post(reverse("admin:edit_plan", args=[plan.pk]), posted).status_code == 302
    assert PlanVersion.objects.get().starts_on.isoformat() == "2026-06-11"


def test_steps_change_places_and_leave_and_a_new_one_gets_a_key_of_its_own(marketer_client):
    plan = made.sequence(made.letter("one"), made.call("two"), live=False)

    def keys() -> list[str]:
        return [step.key for step in actions.latest(plan).steps.order_by("position")]

    def place(key: str, to: str) -> None:
        plan.refresh_from_db()
        address = reverse("admin:place_step", args=[plan.pk, key])
        marketer_client.post(address, {"to": to, "expected": plan.version})

    place("one", "down")
    assert keys() == ["two", "one"]
    place("one", "up")
    place("two", "away")
    assert keys() == ["one"]
    plan.refresh_from_db()
    marketer_client.post(
        reverse("admin:new_step", args=[plan.pk]), STEP | {"name": "One!", "kind": "call", "expected": plan.version}
    )
    assert keys() == ["one", "one-2"]
    assert marketer_client.get(reverse("admin:edit_step", args=[plan.pk, "gone"])).status_code == 404


def test_what_publishing_a_change_would_do_stands_on_the_page(marketer_client):
    plan = made.sequence()
    for n in range(2):
        person = made.consenting()

        enrolments.enrol(plan, person, key=str(n))
    plan.refresh_from_db()
    marketer_client.post(
        reverse("admin:edit_step", args=[plan.pk, "letter"]),
        STEP | {"template": plan.current.steps.get().template_id, "expected": plan.version},
    )

    page = marketer_client.get(reverse("admin:plan", args=[plan.pk])).content.decode()

    assert "Publishing it moves 2 pending steps for 2 customers." in page


def test_plans_start_from_ready_made_ones_are_copied_and_commented(
    marketer_client, agent_client, board_manager_client, marketer
):
    assert "Win back after 90 days" in marketer_client.get(reverse("admin:plans")).content.decode()
    there = marketer_client.post(reverse("admin:start_plan"), {"code": "winback"})
    plan = Plan.objects.get()
    assert there.url == reverse("admin:plan", args=[plan.pk])
    assert "There is no such plan ready made." in marketer_client.post(
        reverse("admin:start_plan"), {"code": "x"}, follow=True
    ).content.decode()  # fmt: skip

    shown = marketer_client.get(there.url)
    key = shown.context["key"]
    assert f'name="key" value="{key}"' in shown.content.decode()
    for _ in range(2):
        act(marketer_client, plan, "copy_plan", key=key)
    assert Plan.objects.get(name="Win back after 90 days, copy").status == "draft"
    act(marketer_client, plan, "comment_plan", text="Too early?")
    assert PlanComment.objects.get().by == marketer
    for reader in (agent_client, board_manager_client):
        assert "Too early?" in reader.get(there.url).content.decode()
        assert reader.get(reverse("admin:plan_calendar")).status_code == 200
    act(board_manager_client, plan, "comment_plan", text="The board meets on that day.")
    assert PlanComment.objects.count() == 2
    assert board_manager_client.post(reverse("admin:edit_plan", args=[plan.pk])).status_code == 403
    for name in ("start_plan", "new_plan"):
        assert agent_client.post(reverse(f"admin:{name}")).status_code == 403
    for name in ("edit_plan", "publish_plan", "decide_plan", "comment_plan", "new_step"):
        assert agent_client.post(reverse(f"admin:{name}", args=[plan.pk])).status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_and_a_plan_take_the_same_queries_for_one_and_for_three(
    count, marketer_client, django_assert_num_queries
):
    steps = [made.letter(f"s{n}") for n in range(count)]
    for _n in range(count):
        plan = made.sequence(*steps, live=False)
    for address, queries in ((reverse("admin:plans"), 7), (reverse("admin:plan", args=[plan.pk]), 12)):
        marketer_client.get(address)
        with django_assert_num_queries(queries):
            marketer_client.get(address)


NEW = {"name": "Regards", "reentry": "each", "purpose": "offers", "leap_day": "feb28"}


@pytest.mark.parametrize(
    ("kind", "posted", "field"),
    [
        ("sequence", {"anchor": "fact"}, "anchor_verb"),
        ("sequence", {"anchor": "lapse"}, "anchor_days"),
        ("sequence", {"anchor": "trait"}, "anchor_trait"),
        ("campaign", {"starts_on": "2027-01-05", "at_time": "09:00", "ends_on": "2027-01-01"}, "ends_on"),
        ("campaign", {"ends_on": "2027-01-01"}, "starts_on"),
    ],
)
def test_what_not_even_a_draft_can_be_is_said_beside_its_field(marketer_client, kind, posted, field):
    answer = marketer_client.post(f"{reverse('admin:new_plan')}?kind={kind}", NEW | posted)

    assert list(answer.context["form"].errors) == [field]
    assert not Plan.objects.exists()


@pytest.mark.parametrize(
    ("posted", "field"),
    [({"kind": "offer", "channel": "sms"}, "reward"), ({"kind": "call", "channel": "email"}, "channel"),
     ({"kind": "content"}, "channel")],
)  # fmt: skip
def test_a_step_that_its_kind_does_not_allow_is_refused_beside_its_field(marketer_client, posted, field):
    plan = made.sequence(live=False)

    answer = marketer_client.post(
        reverse("admin:new_step", args=[plan.pk]), STEP | posted | {"expected": plan.version}
    )

    assert list(answer.context["form"].errors) == [field]
    assert PlanVersion.objects.get().steps.count() == 1
