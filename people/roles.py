"""What each role may do: the one place where permissions of all apps are dealt out.

A pattern is ``app.codename`` with ``*`` for anything; one that starts with ``!`` takes away again what the ones before
it gave. An app that adds a permission for a weighty verb names it here, or a pattern covers it.
``people.actions.roles.refresh`` puts this into the database.
"""

from dataclasses import dataclass
from fnmatch import fnmatchcase

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """The names of the groups. They come by migration."""

    SUPPORT = "Support", _("Support")
    MARKETING = "Marketing", _("Marketing")
    BOARD_MANAGERS = "Board managers", _("Board managers")
    MANAGERS = "Managers", _("Managers")


@dataclass(frozen=True)
class Rights:
    summary: str | Promise
    patterns: tuple[str, ...]

    def include(self, permission: str) -> bool:
        """The last pattern that fits decides."""
        allowed = False
        for pattern in self.patterns:
            if fnmatchcase(permission, pattern.removeprefix("!")):
                allowed = not pattern.startswith("!")
        return allowed


# What keeps the house running is looked at by those who run it: readers, webhooks, who looked at whom.
NOT_THE_ENGINE_ROOM = ("!customers.*_bookmark", "!customers.*_setaside", "!customers.audit_access")

RIGHTS: dict[Role, Rights] = {
    Role.SUPPORT: Rights(
        _("Finds customers, answers them, corrects what is wrong."),
        (
            "customers.view_*",
            "customers.add_*",
            "customers.change_*",
            "customers.merge_customer",
            "customers.export_customer",
            "customers.record_purchase",
            "customers.return_purchase",
            "!customers.*import*",
            "!customers.add_source",
            "!customers.change_source",
            "!customers.add_segment",
            "!customers.change_segment",
            *NOT_THE_ENGINE_ROOM,
            "loyalty.view_*",
            "loyalty.adjust_points",
            "loyalty.sell_membership",
            "loyalty.give_points",
            "loyalty.add_pointgift",
            "loyalty.change_pointgift",
            "calendars.view_*",
            "loyalty.claim_reward",
            "loyalty.fulfil_claim",
            "loyalty.cancel_claim",
            "loyalty.redeem_points",
            "loyalty.redeem_voucher",
            "loyalty.revoke_voucher",
            "loyalty.*_submission",
            "loyalty.see_picture",
            "feedback.*",
            "!feedback.delete_*",
            "!feedback.add_redresslimit",
            "!feedback.change_redresslimit",
            "!feedback.change_casesettings",
            "!feedback.*_qualityreview",
            "!feedback.add_standard",
            "!feedback.add_lettertemplate",
            "!feedback.change_lettertemplate",
            "!feedback.undo_redress",
            "!feedback.add_policy",
            "!feedback.change_policy",
            "!feedback.move_clock",
            "!feedback.add_mailbox",
            "!feedback.change_mailbox",
            "!feedback.take_mail",
            "communications.view_*",
            "communications.settle_message",
            "communications.cancel_message",
            "communications.add_suppression",
            "communications.change_humantask",
            "insights.view_snapshot",
            "insights.view_risk",
            "insights.view_outreach",
        ),
    ),
    Role.MARKETING: Rights(
        _("Plans what customers hear and earn, imports purchases, reads the figures."),
        (
            "customers.view_*",
            "customers.*import*",
            "customers.add_source",
            "customers.change_source",
            "customers.*_segment",
            "customers.record_purchase",
            *NOT_THE_ENGINE_ROOM,
            "loyalty.view_*",
            "loyalty.*_programme",
            "loyalty.*_reward",
            "loyalty.reveal_voucher",
            "loyalty.*_stampcard",
            "loyalty.fulfil_claim",
            "loyalty.cancel_claim",
            "loyalty.redeem_voucher",
            "loyalty.revoke_voucher",
            "loyalty.*_rule",
            "loyalty.add_simulation",
            "loyalty.*_partner",
            "loyalty.*_bulkgrant",
            "loyalty.bring_in_balances",
            "loyalty.*_household",
            "loyalty.*_partnerrate",
            "loyalty.decide_earningreview",
            "loyalty.*_referral*",
            "loyalty.*_tiertable",
            "loyalty.grant_tier",
            "loyalty.*_plan",
            "loyalty.*_membership",
            "loyalty.*_earlyaccess",
            "loyalty.*_cause",
            "loyalty.*_benefit",
            "loyalty.give_points",
            "loyalty.*_pointgift",
            "loyalty.*_submission",
            "loyalty.*_contentrules",
            "loyalty.see_picture",
            "!loyalty.delete_*",
            "communications.*",
            "calendars.view_*",
            "feedback.view_*",
            "!feedback.view_qualityreview",
            "feedback.*_survey",
            "!feedback.delete_*",
            "insights.view_*",
            "insights.see_customers",
            "insights.act_on_risk",
            "insights.*_annotation",
            "insights.*_experiment",
            "insights.ask_assignment",
            "!insights.delete_*",
        ),
    ),
    Role.BOARD_MANAGERS: Rights(
        _("Runs the customer advisory board."),
        (
            "customers.view_*",
            "!customers.*import*",
            *NOT_THE_ENGINE_ROOM,
            "loyalty.view_*",
            "calendars.view_*",
            "feedback.view_*",
            "!feedback.view_qualityreview",
            "insights.view_snapshot",
            "communications.view_plan",
            "communications.view_planversion",
            "communications.view_step",
            "communications.view_template",
            "communications.add_plancomment",
            "advisory.*",
            "!advisory.delete_*",
        ),
    ),
    Role.MANAGERS: Rights(
        _("Sees and does everything, and says who else may."),
        (
            "people.*",
            "customers.*",
            "integrations.*",
            "calendars.*",
            "loyalty.*",
            "communications.*",
            "feedback.*",
            "advisory.*",
            "insights.*",
        ),
    ),
}
