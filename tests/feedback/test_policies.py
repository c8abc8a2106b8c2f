"""What is promised."""

import pytest
from django.core.exceptions import ValidationError

from customers.actions import segments
from customers.models import Profile
from feedback.actions import clocks, policies
from feedback.actions.policies import Goal, Rung, Terms
from feedback.models import Case, Clock, PolicyVersion, Rejudging
from tests.factories import calendars, feedback
from tests.factories.policies import goals, policy

pytestmark = pytest.mark.django_db
RESOLVE = ("resolution", 8, "hours", ())


@pytest.fixture(autouse=True)
def office(db):
    calendars.calendar()


def judged_by(case: Case) -> str:
    clock = Clock.objects.select_related("target__version__policy").get(case=case, state="running")
    return clock.target.version.policy.name


def test_the_first_policy_that_fits_counts():
    team = feedback.team()
    conditions = {
        "By kind": {"kinds": ["question"]},
        "By priority": {"priorities": [4]},
        "By channel": {"channels": ["phone"]},
        "By tier": {"tiers": ["gold"]},
        "By team": {"team": team},
        "For all": {},
    }
    for name, terms in conditions.items():
        policy(name, RESOLVE, **terms)
    golden = feedback.case()
    Profile.objects.update_or_create(customer=golden.customer, defaults={"tier": "gold"})
    clocks.follow(golden, at=golden.received_at)

    assert judged_by(feedback.case("question", severity=4, impact=4)) == "By kind"
    assert judged_by(feedback.case(severity=4, impact=4)) == "By priority"
    assert judged_by(feedback.case(channel="phone")) == "By channel"
    assert judged_by(golden) == "By tier"
    assert judged_by(feedback.case(team=team)) == "By team"
    assert judged_by(feedback.case(customer=None)) == "For all"


def test_a_policy_may_be_for_a_segment():
    said = {
        "match": "all",
        "groups": [{"match": "all", "conditions": [{"field": "tier", "how": "in", "values": ["gold"]}]}],
    }
    segment = segments.make("Gold", said)
    policy("Segment", RESOLVE, segment=segment)
    inside, outside = feedback.case(), feedback.case()
    Profile.objects.update_or_create(customer=inside.customer, defaults={"tier": "gold"})
    for case in (inside, outside):
        clocks.follow(case, at=case.received_at)

    assert list(Clock.objects.values_list("case", flat=True)) == [inside.pk]


def test_a_changed_policy_is_a_new_version_and_open_cases_are_judged_by_it_by_and_by(agent):
    made = policy("Usual", RESOLVE)
    for _ in range(3):
        feedback.case()
    policies.carry_on()
    changed = policies.change(made, Terms(goals(("resolution", 16, "hours", ()))), name="Slower", by=agent)

    assert (changed.name, changed.version) == ("Slower", 2)
    assert set(Clock.objects.values_list("target__amount", flat=True)) == {8}
    assert policies.carry_on() == 3
    assert set(Clock.objects.values_list("target__amount", flat=True)) == {16}
    job = Rejudging.objects.latest("pk")
    assert (job.cases, job.changed, job.by) == (3, 3, agent)
    assert job.done_at is not None
    assert PolicyVersion.objects.filter(policy=made).count() == 2


def test_judging_anew_goes_on_where_it_stopped(monkeypatch):
    made = policy("Usual", RESOLVE)
    found = [feedback.case() for _ in range(5)]
    policies.carry_on()
    monkeypatch.setattr(policies, "AT_ONCE", 2)
    policies.change(made, Terms(goals(("resolution", 16, "hours", ()))))
    assert policies.carry_on(most=1) == 2

    assert Rejudging.objects.latest("pk").reached == found[1].pk
    assert Clock.objects.filter(target__amount=16).count() == 2
    assert policies.carry_on() == 3


def test_policies_are_put_in_another_order_and_retired():
    first, second = policy("First", RESOLVE), policy("Second", RESOLVE)
    case = feedback.case()
    assert judged_by(case) == "First"
    policies.put_in_order([second, first])
    policies.carry_on()
    assert judged_by(case) == "Second"
    policies.retire(second)
    policies.carry_on()
    assert judged_by(case) == "First"
    with pytest.raises(ValidationError) as refused:
        policies.retire(second)
    assert refused.value.code == "retired"


@pytest.mark.parametrize(
    ("code", "terms"),
    [
        ("nothing_promised", Terms([])),
        ("target_twice", Terms([*goals(RESOLVE), *goals(RESOLVE)])),
        ("warning_too_late", Terms(goals(RESOLVE), warn_percent=100)),
        ("amount_out_of_reach", Terms([Goal("resolution", 1, 0, "hours")])),
        ("amount_out_of_reach", Terms([Goal("resolution", 1, 9_999_999, "minutes")])),
        ("regulation_counts_days", Terms([Goal("final_response", 1, 8, "hours")])),
        ("never_pauses", Terms([Goal("final_response", 1, 8, "business_days", pauses=["customer"])])),
        ("never_pauses", Terms([Goal("resolution", 1, 8, "calendar_days", pauses=["customer"])])),
        ("step_without_person", Terms(goals(RESOLVE), [Rung("after", 1, "reassign")])),
        ("step_without_time", Terms(goals(RESOLVE), [Rung("percent", 0, "raise")])),
    ],
)  # fmt: skip
def test_terms_that_make_no_sense_are_refused(code, terms):
    with pytest.raises(ValidationError) as refused:
        policies.create("Odd", terms)
    assert refused.value.code == code


def test_who_changes_what_somebody_else_has_changed_meanwhile_is_told():
    made = policy("Usual", RESOLVE)
    policies.change(made, Terms(goals(RESOLVE)), expected=1)
    for code, call in {
        "changed_meanwhile": lambda: policies.change(made, Terms(goals(RESOLVE)), expected=1),
        "name_missing": lambda: policies.change(made, Terms(goals(RESOLVE)), name=" "),
    }.items():
        with pytest.raises(ValidationError) as refused:
            call()
        assert refused.value.code == code
