"""Codes in words, for people."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

REASONS: dict[str, Promise | str] = {
    "refused": _("The server refused it."),
    "gave_up": _("The server put it off for a whole day."),
    "no_answer": _("The server did not say whether it took it."),
    "worker_lost": _("The sender was stopped while it handed it over."),
    "cancelled": _("Somebody cancelled it."),
    "erased": _("The person was erased."),
    "suppressed": _("The address is suppressed."),
    "no_consent": _("The customer had not consented."),
    "complaint": _("A complaint is open."),
    # Why plans did not reach somebody, or have not yet.
    "planned": _("It waits for its time."),
    "queued": _("It was handed over."),
    "sent": _("It reached the customer."),
    "holdout": _("The customer is held out of all marketing, to compare with."),
    "holdout_of_plan": _("The customer is held out of this plan, to compare with."),
    "no_address": _("There is no address that it could go to."),
    "unsubscribed": _("The customer unsubscribed."),
    "expired": _("It could not go in time."),
    "frequency_cap": _("The customer would have heard too much."),
    "quiet_hours": _("It was in quiet hours."),
    "day": _("It was on a day without."),
    "no_day_allowed": _("No day is allowed."),
    "out_of_reach": _("Its day lies too far away."),
    "past": _("It was due before the customer came into the plan."),
    "branch": _("Its condition did not hold."),
    "hold": _("A complaint is open."),
    "merged": _("The customer was merged with another record, which has it already."),
    "waiting_for_task": _("A task before it is not done."),
    "daily_limit": _("As many as are allowed went that day."),
    "no_code": _("There is no code left to give."),
    "no_reward": _("The reward cannot be given."),
    "error": _("Something broke, and it is tried again."),
    "paused": _("The plan was paused."),
    "empty": _("Its text is empty for this customer."),
    "subject_broken": _("Its subject cannot be written for this customer."),
    "anchor_cancelled": _("What it was to follow was cancelled or brought back."),
    "exited": _("The customer had left the plan."),
    "taken_out": _("Somebody took the customer out of the plan."),
    "goal_reached": _("The goal of the plan was reached."),
    "exit_rule": _("The plan stops when this happens."),
    "plan_ended": _("The plan was ended."),
    "step_removed": _("The step was taken out of the plan."),
    "plan_not_live": _("The plan is not live."),
    "plan_paused": _("The plan is paused."),
    "not_in_segment": _("The customer is not in the segment."),
    "not_found_yet": _("The campaign has not found its customers yet."),
    "came_later": _("The customer came after the campaign had found its customers."),
    "step_added_later": _("The step came into the plan later."),
    "no_anchor": _("What the plan begins with has not happened."),
    "customer_gone": _("The customer was merged into another or erased."),
}


def reason(code: str) -> Promise | str:
    """What a code means; one of another version of Mainstay is shown as it is."""
    return REASONS.get(code, code)
