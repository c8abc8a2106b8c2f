"""Plans that other systems write: drafts, approval, publishing, the end; and what they cannot say."""

from typing import Any

import pytest
from django.utils import timezone

from communications import designs
from communications.actions import approvals
from communications.actions import plans as actions
from communications.models import Approval, Plan, PlanVersion
from tests.factories import plans as made
from tests.factories.communications import template
from tests.factories.integrations import Caller, codes
from tests.factories.loyalty import reward as reward_of_tea

pytestmark = pytest.mark.django_db
THERE = "/api/v1/plans/"


def fields(answer: Any) -> list[tuple[str, str]]:
    return [(error["code"], error["field"]) for error in answer.json()["errors"]]


def step(**changes: Any) -> dict[str, Any]:
    return {"key": "hello", "name": "Hello", "kind": "email", "template_id": template(purpose="offers").pk} | changes


def regards(**changes: Any) -> dict[str, Any]:
    content = {"anchor": "fact", "anchor_verb": "bought", "steps": [step(amount=2)]}
    return {"name": "Regards", "kind": "sequence", "needs_approval": False, "content": content | changes}


def test_a_plan_is_written_published_and_ended():
    writer, runner = Caller("plans:read", "plans:write"), Caller("plans:read", "plans:run")

    new = writer.send(THERE, regards(quiet=[["21:00", "08:00"]], weekdays=[4, 0, 0], blackout=["2026-12-24"]))

    assert new.status_code == 201, new.content
    plan = new.json()
    assert (plan["status"], plan["content"], plan["flaws"], new["ETag"]) == ("draft", None, [], '"1"')
    draft = plan["draft"]
    assert (draft["purpose"], draft["quiet"], draft["weekdays"]) == ("offers", [["21:00", "08:00"]], [0, 4])
    assert (draft["steps"][0]["key"], draft["steps"][0]["amount"]) == ("hello", 2)
    own = f"{THERE}{plan['id']}/"
    assert codes(writer.send(f"{own}publish/")) == ["permission_denied"]
    assert runner.get(f"{own}effect/").json()["moved"] == 0
    live = runner.send(f"{own}publish/", headers={"If-Match": new["ETag"]})
    assert (live.json()["status"], live.json()["draft"], live.json()["content"]) == ("live", None, draft)
    assert codes(runner.send(f"{own}publish/")) == ["no_draft"]
    assert runner.send(f"{own}end/").json()["status"] == "ended"
    assert codes(writer.patch(own, {"name": "Again"})) == ["plan_state"]
    assert codes(runner.send(THERE, regards())) == ["permission_denied"]


def test_what_was_read_can_be_sent_back_and_only_what_is_named_changes():
    shop, reward = Caller("plans:read", "plans:write"), reward_of_tea()
    test = {"tests": "offer", "goal_verb": "bought", "per_variant": 500, "ends_on": "2127-01-01", "variants": [
        {"key": "a", "share": 50}, {"key": "b", "share": 50, "reward_id": reward.pk, "time": "10:30"}]}  # fmt: skip
    call = {"key": "ring", "name": "Ring", "kind": "call", "script": "Ask."}
    later = step(key="later", amount=1, unit="weeks", test=test, waits_for="ring",
                 only_if=[{"did": "bought", "since": "hello", "not": True}])  # fmt: skip
    own = f"{THERE}{shop.send(THERE, regards(steps=[step(), call, later])).json()['id']}/"
    read = shop.get(own)
    draft = read.json()["draft"]
    assert draft["steps"][2]["test"]["salt"]

    again = shop.patch(own, {"content": draft}, headers={"If-Match": read["ETag"]})

    assert again.status_code == 200, again.content
    assert again.json()["draft"] == draft
    unsalted = draft["steps"][2]["test"].pop("salt")
    changed = shop.patch(own, {"name": "Best regards", "content": {"steps": draft["steps"], "priority": 5}}).json()
    assert (changed["name"], changed["draft"]["priority"], changed["draft"]["anchor_verb"]) == (
        "Best regards", 5, "bought"
    )  # fmt: skip
    assert changed["draft"]["steps"][2]["test"]["salt"] == unsalted  # customers stay in their variants
    assert codes(shop.patch(own, {"name": "Late"}, headers={"If-Match": read["ETag"]})) == ["changed_meanwhile"]


def test_a_live_plan_goes_on_as_it_was_until_its_draft_is_published():
    plan, shop = made.sequence(), Caller("plans:read", "plans:write", "plans:run")
    kept = designs.of(plan.current).content()
    own = f"{THERE}{plan.pk}/"

    written = shop.patch(own, {"content": {"holdout_percent": 10}}).json()

    assert (written["status"], written["content"], written["draft"]["holdout_percent"]) == ("live", kept, 10)
    assert shop.send(f"{own}publish/").json()["content"]["holdout_percent"] == 10


def test_somebody_else_approves_exactly_what_was_asked_for(manager):
    writer = Caller("plans:read", "plans:write", "plans:approve", "plans:run")
    plan = writer.send(THERE, regards() | {"needs_approval": True}).json()
    own = f"{THERE}{plan['id']}/"
    assert codes(writer.send(f"{own}publish/")) == ["approval_void"]
    asked = writer.send(f"{own}submit/").json()
    assert (asked["status"], asked["approval"]["state"]) == ("review", "asked")
    said = {"approval": asked["approval"]["id"], "approve": True}
    assert codes(writer.send(f"{own}decide/", said)) == ["own_plan"]
    elsewhere = made.sequence(live=False)
    assert writer.send(f"{THERE}{elsewhere.pk}/decide/", said).status_code == 404

    approvals.grant(Approval.objects.get(), by=manager)
    assert codes(writer.send(f"{own}decide/", said)) == ["not_asked"]
    assert writer.send(f"{own}publish/").json()["status"] == "live"

    asked = approvals.submit(elsewhere, by=manager)
    answer = writer.send(
        f"{THERE}{elsewhere.pk}/decide/", {"approval": asked.pk, "approve": False, "note": "too long"}
    )
    assert (answer.json()["status"], answer.json()["approval"]["note"]) == ("draft", "too long")
    assert codes(Caller("plans:read", "plans:write").send(f"{own}decide/", said)) == ["permission_denied"]


def test_a_plan_is_copied_to_other_days():
    begins = timezone.localdate()
    plan = made.campaign(live=False, starts_on=begins)
    shop = Caller("plans:read", "plans:write")

    copy = shop.send(f"{THERE}{plan.pk}/copies/", {"days": 7, "name": "Once more"}).json()

    assert (copy["name"], copy["status"]) == ("Once more", "draft")
    assert copy["draft"]["starts_on"] == (begins + timezone.timedelta(days=7)).isoformat()
    assert Plan.objects.count() == 2


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ({"anchor_verb": ""}, ("verb_missing", "anchor_verb")),
        ({"anchor": "lapse"}, ("days_missing", "anchor_days")),
        ({"anchor": "date"}, ("anchor_unfit", "anchor")),
        ({"starts_on": "2026-12-02", "ends_on": "2026-12-01"}, ("window_backwards", "ends_on")),
        ({"segment_id": 10**20}, ("unknown", "content.segment_id")),
        ({"anchor_verb": "sneezed"}, ("invalid_choice", "content.anchor_verb")),
        ({"anchor_match": {"tier": {"a": 1}}}, ("invalid", "content.anchor_match.tier")),
        ({"quiet": [["21:00"]]}, ("min_length", "content.quiet.0")),
        ({"at_time": "09:00:30"}, ("invalid", "content.at_time")),
        ({"weekdays": [7]}, ("max_value", "content.weekdays.0")),
        ({"steps": [{"key": "Hello", "name": "x", "kind": "email"}]}, ("invalid", "content.steps.0.key")),
        ({"steps": [{"key": "a", "name": "x", "kind": "offer"}]}, ("channel_unfit", "channel")),
        ({"steps": [{"key": "a", "name": "x", "kind": "call", "waits_for": "a"}]}, ("waits_for_itself", "waits_for")),
        ({"steps": [{"key": "a", "name": "x", "kind": "call", "only_if": [{"did": ["bought"], "since": "anchor"}]}]},
         ("invalid", "content.steps.0.only_if.0")),
        ({"steps": [{"key": "a", "name": "x", "kind": "call", "only_if": [{"always": True}]}]},
         ("invalid", "content.steps.0.only_if.0")),
        ({"steps": [{"key": "a", "name": "x", "kind": "call", "sript": "Ring"}]},
         ("unknown_field", "content.steps.0.sript")),
    ],
)  # fmt: skip
def test_what_no_plan_can_say_is_refused_at_its_place(content, told):
    answer = Caller("plans:read", "plans:write").send(THERE, regards(**content))

    assert answer.status_code == 400
    assert told in fields(answer)
    assert not PlanVersion.objects.exists()


def test_what_is_missing_for_going_live_stands_with_the_draft():
    shop = Caller("plans:read", "plans:write", "plans:run")
    plan = shop.send(THERE, regards(steps=[{"key": "hello", "name": "Hello", "kind": "email"}])).json()

    assert [(one["code"], one["step"]) for one in plan["flaws"]] == [("text_missing", "hello")]
    assert codes(shop.send(f"{THERE}{plan['id']}/publish/")) == ["text_missing"]
    assert codes(shop.send(f"{THERE}{plan['id']}/submit/")) == ["text_missing"]
    assert codes(shop.get(f"{THERE}{plan['id']}/effect/")) == ["text_missing"]


def test_conditions_name_steps_of_the_same_plan():
    ghost = [{"reached": "ghost"}]
    plan = actions.create("Ghosts", kind="sequence", design=made.Design(anchor="birthday"))

    shop = Caller("plans:read", "plans:write")
    answer = shop.patch(f"{THERE}{plan.pk}/", {"content": {"steps": [step(only_if=ghost)]}}).json()

    assert [one["code"] for one in answer["flaws"]] == ["condition_unknown"]
