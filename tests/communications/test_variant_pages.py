"""A/B tests on pages: written beside a step, and what may be seen of them."""

import datetime as dt
from dataclasses import replace

import pytest
from django.urls import reverse

from communications import designs
from communications.actions import plans, publishing
from tests.factories import plans as made

pytestmark = pytest.mark.django_db
POSTED = {
    "tests": "text", "goal_verb": "bought", "goal_days": "14", "per_variant": "1000", "ends_on": "2099-06-30",
    "looks": "5", "share_a": "50", "share_b": "50", "time_b": "18:00",
}  # fmt: skip


def test_a_test_is_written_beside_its_step_fixed_hidden_and_taken_out(marketer_client, agent_client, marketer):
    plan = made.sequence(made.letter(), live=False, by=marketer)
    other = made.letter().template_id
    address = reverse("admin:edit_test", args=[plan.pk, "letter"])

    wrong = marketer_client.post(address, POSTED | {"share_b": "40", "expected": plan.version}).content.decode()
    assert "The shares come to 100 percent." in wrong
    marketer_client.post(address, POSTED | {"template_b": other, "expected": plan.version})
    test = designs.of(plans.latest(plan)).steps[0].test
    assert test is not None
    assert (test.per_variant, test.ends_on, test.looks, test.salt) == (
        1000,
        dt.date(2099, 6, 30),
        5,
        f"plan-{plan.pk}-letter",
    )
    assert [(one.key, one.share, one.template_id, one.time) for one in test.variants] == [
        ("a", 50, None, None), ("b", 50, other, dt.time(18)),
    ]  # fmt: skip
    page = marketer_client.get(address).content.decode()
    assert "A/B test of Letter" in page
    assert "3,841 customers for each variant" in page  # of a hundred ten now, twelve then
    plan.refresh_from_db()
    publishing.publish(plan)
    results = marketer_client.get(reverse("admin:plan_results", args=[plan.pk])).content.decode()
    assert "Who leads is not shown before the verdict." in results

    plan.refresh_from_db()
    assert agent_client.post(address, {"away": "1"}).status_code == 403
    marketer_client.post(address, {"away": "1", "expected": plan.version})
    assert designs.of(plans.latest(plan)).steps[0].test is None
    assert marketer_client.get(reverse("admin:edit_test", args=[plan.pk, "gone"])).status_code == 404


def test_variants_that_were_named_elsewhere_are_kept(marketer_client, marketer):
    plan = made.sequence(made.letter(), live=False, by=marketer)
    address = reverse("admin:edit_test", args=[plan.pk, "letter"])
    marketer_client.post(address, POSTED | {"expected": plan.version})
    design = designs.of(plans.latest(plan))
    step = design.steps[0]
    assert step.test is not None
    names = ("plain", "warm", "c", "v4", "v5")
    five = tuple(designs.VariantDesign(name, 20) for name in names)
    plan.refresh_from_db()
    plans.edit(plan, replace(design, steps=(replace(step, test=replace(step.test, variants=five)),)), by=marketer)

    plan.refresh_from_db()
    shares = {f"share_{name}": "20" for name in names}
    marketer_client.post(address, POSTED | shares | {"per_variant": "900", "expected": plan.version})

    test = designs.of(plans.latest(plan)).steps[0].test
    assert test is not None
    assert (test.per_variant, [one.key for one in test.variants]) == (900, sorted(names))


@pytest.mark.parametrize(("base", "better", "said"), [
    ("20", "25", "1,094 customers for each variant"), ("10", "10", "two different shares"),
    ("x", "5", "two different shares"), ("nan", "5", "two different shares"),
    ("1e-200", "2e-200", "two different shares"),
])  # fmt: skip
def test_the_size_of_a_test_is_reckoned_beside_its_form(base, better, said, marketer_client, intern_client):
    address = reverse("admin:sample_size")

    assert said in marketer_client.get(address, {"base": base, "better": better}).content.decode()
    assert intern_client.get(address).status_code == 403
