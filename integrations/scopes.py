"""What a token may be allowed, and the permissions that it takes: the API asks for permissions, people give scopes."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Scope(models.TextChoices):
    CUSTOMERS_READ = "customers:read", _("Read customers, their consents and timeline")
    CUSTOMERS_WRITE = "customers:write", _("Add and change customers and their consents")
    CUSTOMERS_MERGE = "customers:merge", _("Merge two customers")
    CUSTOMERS_EXPORT = "customers:export", _("Export all that is held about a customer")
    CUSTOMERS_ERASE = "customers:erase", _("Erase customers")
    PURCHASES_READ = "purchases:read", _("Read purchases and returns")
    PURCHASES_WRITE = "purchases:write", _("Record purchases and returns")
    FACTS_WRITE = "facts:write", _("Report visits, reviews and other facts")
    POINTS_READ = "points:read", _("Read points and statements, ask for quotes")
    POINTS_REDEEM = "points:redeem", _("Redeem points: take, hold, capture, release, give back")
    POINTS_ADJUST = "points:adjust", _("Adjust points by hand")
    MEMBERSHIPS_READ = "memberships:read", _("Read tiers, memberships, benefits, early access and causes")
    MEMBERSHIPS_WRITE = "memberships:write", _("Start, renew and cancel paid memberships")
    POINTS_TRANSFER = "points:transfer", _("Give points of one customer to another")
    CALENDARS_READ = "calendars:read", _("Read opening hours, ask when something is due")
    REWARDS_READ = "rewards:read", _("Read rewards, what customers can have and have, and vouchers by their code")
    REWARDS_REDEEM = "rewards:redeem", _("Take rewards for customers, cancel them, hand them over")
    REWARDS_ISSUE = "rewards:issue", _("Give rewards to customers")
    VOUCHERS_USE = "vouchers:use", _("Use vouchers, release and pass them on")
    VOUCHERS_REVOKE = "vouchers:revoke", _("Revoke vouchers")
    PARTNERS_ACT = "partners:act", _("Give, take and reverse points for one partner, read its statements")
    VOUCHERS_REVEAL = "vouchers:reveal", _("See whole codes of vouchers, to show them to their owners")
    RULES_READ = "rules:read", _("Read segments, earning rules and what waits to be looked at")
    RULES_WRITE = "rules:write", _("Make segments and earning rules, begin and end rules, decide about earnings")
    REFERRALS = "referrals:manage", _("Referral codes, who came by whom")
    CONTENTS = "contributions:send", _("Send receipts, reviews, photos and answers of customers")
    WALLETS = "wallets:manage", _("Block and close wallets, open blocked ones again")
    GRANTS_READ = "grants:read", _("Read bulk grants, and how far they are")
    GRANTS_WRITE = "grants:write", _("Grant points to everybody in a segment, and take them back")
    BOOKS_READ = "books:read", _("Read what outstanding points cost, and the journal")
    BALANCES_IMPORT = "balances:import", _("Bring in balances from another system")
    MESSAGES_READ = "messages:read", _("Read what customers were written")
    PLANS_READ = "plans:read", _("Read plans, who is in them, and why customers got what they got")
    PLANS_RUN = "plans:run", _("Let plans go live, pause and end them, take customers in and out")
    PLANS_WRITE = (
        "plans:write",
        _("Write plans, ask for their approval, move campaigns; live ones with plans:run as well"),
    )
    PLANS_APPROVE = "plans:approve", _("Approve or decline plans that somebody else asks about")
    TASKS_READ = "tasks:read", _("Read what is to be called, written and packed for customers")
    TASKS_WRITE = "tasks:write", _("Add such tasks, say how they ended, drop them")
    TEMPLATES_READ = "templates:read", _("Read templates and what they say")
    TEMPLATES_WRITE = "templates:write", _("Make templates and write their next versions")
    MESSAGES_REPORT = "messages:report", _("Tell of bounces and complaints of spam")
    PROMISES_READ = "promises:read", _("Read what is promised to customers, and the clocks of cases")
    PROMISES_WRITE = "promises:write", _("Write policies: what is promised, in which order, until it is retired")
    DESK_READ = "desk:read", _("Read teams, skills, macros, letters and mailboxes; never passwords")
    DESK_WRITE = "desk:write", _("Set up teams, skills, macros, letters and mailboxes")
    QUALITY_READ = "quality:read", _("Read standards, reviews of cases and coaching notes")
    QUALITY_WRITE = "quality:write", _("Write standards, draw and review cases")
    SURVEYS_READ = "surveys:read", _("Read surveys and what came of them")
    SURVEYS_SEND = "surveys:send", _("Invite customers to surveys")
    SURVEYS_WRITE = "surveys:write", _("Write, publish and pause surveys")
    MAIL_WRITE = "mail:write", _("Hand in e-mail that came in for cases")
    CASES_READ = "cases:read", _("Read cases, what was said in them, and redress")
    CASES_WRITE = "cases:write", _("Open, answer, decide and close cases, propose redress, read and write notes")
    CASES_MERGE = "cases:merge", _("Merge and split cases, and undo it")
    REDRESS_APPROVE = "redress:approve", _("Approve redress, note payments, take redress back")
    ACTIONS_READ = "corrective:read", _("Read corrective actions")
    ACTIONS_WRITE = "corrective:write", _("Plan, change and finish corrective actions")
    VOICE_READ = "voice:read", _("Read themes, root causes, pain points and figures about cases")
    VOICE_WRITE = "voice:write", _("Hand themes to the advisory board, note why customers left")
    TREES_WRITE = "trees:write", _("Add and change themes and root causes")
    FIGURES_READ = "figures:read", _("Read figures and what they mean")
    RISK_READ = "risk:read", _("Read who will probably not come back")
    EXPERIMENTS_ASK = "experiments:ask", _("Ask into which arm of an experiment a customer falls")
    BOARDS_READ = "boards:read", _("Read advisory boards, their members and draws")
    ADVICE_READ = "recommendations:read", _("Read recommendations as members see them")
    ADVICE_DECIDE = "recommendations:decide", _("Take down recommendations, decide about them and publish it")
    MEETINGS_READ = "meetings:read", _("Read meetings of advisory boards")
    MEETINGS_REPLY = "meetings:reply", _("Hand in what calendars reply to invitations of boards")
    WEBHOOKS = "webhooks:manage", _("Set up webhooks and read their deliveries")


def choices() -> list[tuple[str, str]]:
    """For the model: as a function, so that a new scope needs no migration."""
    return [(scope.value, str(scope.label)) for scope in Scope]


PERMISSIONS: dict[str, frozenset[str]] = {
    Scope.CUSTOMERS_READ: frozenset(
        {"customers.view_customer", "customers.view_consentdecision", "customers.view_fact"}
    ),
    Scope.CUSTOMERS_WRITE: frozenset(
        {"customers.add_customer", "customers.change_customer", "customers.add_consentdecision"}
    ),
    Scope.CUSTOMERS_MERGE: frozenset({"customers.merge_customer"}),
    Scope.CUSTOMERS_EXPORT: frozenset({"customers.export_customer"}),
    Scope.CUSTOMERS_ERASE: frozenset({"customers.erase_customer"}),
    Scope.PURCHASES_READ: frozenset({"customers.view_purchase", "customers.view_return"}),
    Scope.PURCHASES_WRITE: frozenset({"customers.record_purchase", "customers.return_purchase"}),
    Scope.FACTS_WRITE: frozenset({"customers.add_fact"}),
    Scope.POINTS_REDEEM: frozenset({"loyalty.redeem_points", "loyalty.reverse_points", "loyalty.give_points"}),
    Scope.POINTS_ADJUST: frozenset({"loyalty.adjust_points"}),
    Scope.MEMBERSHIPS_READ: frozenset(
        {
            "loyalty.view_standing",
            "loyalty.view_membership",
            "loyalty.view_benefit",
            "loyalty.view_earlyaccess",
            "loyalty.view_cause",
        }
    ),
    Scope.MEMBERSHIPS_WRITE: frozenset({"loyalty.sell_membership", "loyalty.cancel_membership"}),
    Scope.POINTS_READ: frozenset(
        {"loyalty.view_wallet", "loyalty.view_transaction", "loyalty.view_household", "loyalty.view_pointgift"}
    ),
    Scope.POINTS_TRANSFER: frozenset({"loyalty.transfer_points", "loyalty.view_pointgift"}),
    Scope.CALENDARS_READ: frozenset({"calendars.view_calendar"}),
    Scope.REWARDS_READ: frozenset(
        {"loyalty.view_reward", "loyalty.view_claim", "loyalty.view_voucher", "loyalty.view_stampcard"}
    ),
    Scope.REWARDS_REDEEM: frozenset({"loyalty.claim_reward", "loyalty.fulfil_claim", "loyalty.cancel_claim"}),
    Scope.REWARDS_ISSUE: frozenset({"loyalty.issue_reward"}),
    Scope.VOUCHERS_USE: frozenset({"loyalty.redeem_voucher"}),
    Scope.VOUCHERS_REVOKE: frozenset({"loyalty.revoke_voucher"}),
    Scope.PARTNERS_ACT: frozenset({"loyalty.view_partner", "loyalty.act_for_partner"}),
    Scope.VOUCHERS_REVEAL: frozenset({"loyalty.reveal_voucher"}),
    Scope.RULES_READ: frozenset({"customers.view_segment", "loyalty.view_rule", "loyalty.view_earningreview"}),
    Scope.RULES_WRITE: frozenset(
        {
            *(f"customers.{verb}_segment" for verb in ("add", "change", "delete")),
            *(f"loyalty.{verb}_rule" for verb in ("add", "change", "run")),
            "loyalty.decide_earningreview",
        }
    ),
    Scope.REFERRALS: frozenset({"loyalty.view_referral", "loyalty.attribute_referral"}),
    Scope.CONTENTS: frozenset({"loyalty.view_submission", "loyalty.add_submission"}),
    Scope.WALLETS: frozenset({"loyalty.freeze_wallet", "loyalty.close_wallet"}),
    Scope.GRANTS_READ: frozenset({"loyalty.view_bulkgrant"}),
    Scope.GRANTS_WRITE: frozenset({"loyalty.add_bulkgrant", "loyalty.start_bulkgrant"}),
    Scope.BOOKS_READ: frozenset({"loyalty.view_liability"}),
    Scope.BALANCES_IMPORT: frozenset({"loyalty.bring_in_balances", "loyalty.view_balanceimport"}),
    Scope.MESSAGES_READ: frozenset({"communications.view_message", "communications.view_hold"}),
    Scope.PLANS_READ: frozenset(
        {"communications.view_plan", "communications.view_enrolment", "communications.view_touchpoint"}
    ),
    Scope.PLANS_RUN: frozenset({"communications.enrol_customer", "communications.publish_plan"}),
    Scope.PLANS_WRITE: frozenset({"communications.add_plan", "communications.change_plan"}),
    Scope.PLANS_APPROVE: frozenset({"communications.approve_plan"}),
    Scope.TASKS_READ: frozenset({"communications.view_humantask"}),
    Scope.TASKS_WRITE: frozenset({"communications.add_humantask", "communications.change_humantask"}),
    Scope.TEMPLATES_READ: frozenset({"communications.view_template"}),
    Scope.TEMPLATES_WRITE: frozenset({"communications.add_template", "communications.change_template"}),
    Scope.MESSAGES_REPORT: frozenset({"communications.add_suppression"}),
    Scope.PROMISES_READ: frozenset({"feedback.view_policy", "feedback.view_clock"}),
    Scope.PROMISES_WRITE: frozenset({"feedback.view_policy", "feedback.add_policy", "feedback.change_policy"}),
    Scope.DESK_READ: frozenset(
        f"feedback.view_{what}" for what in ("team", "skill", "macro", "lettertemplate", "mailbox")
    ),
    Scope.DESK_WRITE: frozenset(
        {
            *(
                f"feedback.{verb}_{what}"
                for verb in ("view", "add", "change")
                for what in ("team", "skill", "macro", "lettertemplate", "mailbox")
            ),
            "feedback.delete_lettertemplate",
        }
    ),
    Scope.QUALITY_READ: frozenset({"feedback.view_standard", "feedback.view_qualityreview"}),
    Scope.QUALITY_WRITE: frozenset(
        {
            *(f"feedback.{verb}_standard" for verb in ("view", "add")),
            *(f"feedback.{verb}_qualityreview" for verb in ("view", "change")),
        }
    ),
    Scope.MEETINGS_READ: frozenset({"advisory.view_meeting"}),
    Scope.MEETINGS_REPLY: frozenset({"advisory.run_meeting"}),
    Scope.SURVEYS_READ: frozenset({"feedback.view_survey"}),
    Scope.SURVEYS_WRITE: frozenset(f"feedback.{verb}_survey" for verb in ("view", "add", "change")),
    Scope.SURVEYS_SEND: frozenset({"feedback.view_survey", "feedback.send_survey"}),
    Scope.MAIL_WRITE: frozenset({"feedback.take_mail"}),
    Scope.CASES_READ: frozenset({"feedback.view_case", "feedback.view_entry", "feedback.view_redress"}),
    Scope.CASES_WRITE: frozenset(
        {
            *(f"feedback.{verb}_case" for verb in ("view", "add", "change", "answer", "close")),
            *("feedback.add_entry", "feedback.read_notes", "feedback.add_redress", "feedback.assign_case"),
        }
    ),
    Scope.CASES_MERGE: frozenset({"feedback.merge_case"}),
    Scope.REDRESS_APPROVE: frozenset(
        {"feedback.view_redress", "feedback.approve_redress", "feedback.undo_redress", "feedback.add_redress"}
    ),
    Scope.ACTIONS_READ: frozenset({"feedback.view_correctiveaction"}),
    Scope.ACTIONS_WRITE: frozenset(f"feedback.{verb}_correctiveaction" for verb in ("view", "add", "change")),
    Scope.VOICE_READ: frozenset({"feedback.view_theme", "feedback.view_rootcause"}),
    Scope.VOICE_WRITE: frozenset({"feedback.view_theme", "feedback.add_handover", "feedback.add_leavingreason"}),
    Scope.TREES_WRITE: frozenset(
        f"feedback.{verb}_{what}" for verb in ("view", "add", "change") for what in ("theme", "rootcause")
    ),
    Scope.FIGURES_READ: frozenset({"insights.view_snapshot"}),
    Scope.RISK_READ: frozenset({"insights.view_risk"}),
    Scope.EXPERIMENTS_ASK: frozenset({"insights.ask_assignment", "insights.view_experiment"}),
    Scope.BOARDS_READ: frozenset({"advisory.view_board", "advisory.view_draw"}),
    Scope.ADVICE_READ: frozenset({"advisory.view_recommendation"}),
    Scope.ADVICE_DECIDE: frozenset(f"advisory.{what}_recommendation" for what in ("view", "add", "change", "decide")),
    Scope.WEBHOOKS: frozenset(
        {
            "integrations.view_endpoint",
            "integrations.add_endpoint",
            "integrations.change_endpoint",
            "integrations.delete_endpoint",
            "integrations.view_delivery",
        }
    ),
}


def permissions_of(scopes: list[str]) -> frozenset[str]:
    """All permissions that these scopes give; a scope of another version of Mainstay gives none."""
    return frozenset().union(*(PERMISSIONS.get(scope, frozenset()) for scope in scopes))
