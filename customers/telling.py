"""Facts in words: what a line of the timeline says beside its verb, and the sign before it. Pure; no database."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from customers.models import ConsentDecision, Profile, Verb
from customers.money import in_words

ICONS = {
    Verb.ADDED: "person_add",
    Verb.CHANGED: "edit",
    Verb.MERGED: "merge",
    Verb.ERASED: "person_off",
    Verb.STAGE_REACHED: "trending_flat",
    Verb.CONSENT_GIVEN: "check_circle",
    Verb.CONSENT_WITHDRAWN: "do_not_disturb_on",
    Verb.BOUGHT: "shopping_bag",
    Verb.RETURNED: "assignment_return",
    Verb.PURCHASE_CANCELLED: "remove_shopping_cart",
    Verb.DELIVERED: "local_shipping",
    Verb.WRITTEN_TO: "mail",
    Verb.CALLED: "call",
    Verb.NOTE_SENT: "edit_note",
    Verb.GIFT_SENT: "redeem",
    Verb.OFFERED: "sell",
    Verb.INVITED: "event",
    Verb.CONTACTED: "phone_missed",
    Verb.VISITED: "storefront",
    Verb.EMAIL_OPENED: "drafts",
    Verb.EMAIL_CLICKED: "ads_click",
    Verb.MAIL_BOUNCED: "unsubscribe",
    Verb.SPAM_REPORTED: "report",
    Verb.REVIEWED: "rate_review",
    Verb.PHOTO_SHARED: "photo_camera",
    Verb.REFERRED: "group_add",
    Verb.POINTS_DONATED: "volunteer_activism",
    Verb.TIER_REACHED: "trending_up",
    Verb.TIER_LOWERED: "trending_down",
    Verb.MEMBERSHIP_ENDING: "hourglass_bottom",
    Verb.CASE_OVERDUE: "timer_off",
    Verb.CASE_ESCALATED: "priority_high",
}

# How something reached a customer, and how that ended.
WAYS: dict[str, Any] = {
    "email": gettext_lazy("e-mail"),
    "sms": gettext_lazy("SMS"),
    "push": gettext_lazy("notification"),
    "content": gettext_lazy("article"),
    "call": gettext_lazy("phone call"),
    "note": gettext_lazy("hand-written note"),
    "card": gettext_lazy("card"),
    "gift": gettext_lazy("gift"),
    "reached": gettext_lazy("spoke to them"),
    "agreed": gettext_lazy("wants it"),
    "declined": gettext_lazy("does not want it"),
    "not_reached": gettext_lazy("nobody answered"),
    "wrong_number": gettext_lazy("wrong number or address"),
    "returned": gettext_lazy("came back"),
}
# Of these the verb says it already.
SAID = {
    Verb.CALLED: frozenset({"call"}),
    Verb.GIFT_SENT: frozenset({"gift"}),
    Verb.OFFERED: frozenset({"offer"}),
    Verb.INVITED: frozenset({"event"}),
}

# What Mainstay itself writes as the reason of points; whatever else stands there was written by somebody.
REASONS: dict[str, Any] = {
    "advisory": gettext_lazy("for the advisory board"),
    "gift": gettext_lazy("from customer to customer"),
    "household": gettext_lazy("shared in the household"),
    "merged": gettext_lazy("two records became one"),
    "not paid in time": gettext_lazy("not paid in time"),
    "payment": gettext_lazy("paid with points"),
    "redress": gettext_lazy("to make up for something"),
    "referral": gettext_lazy("for a friend who came"),
    "returned": gettext_lazy("goods came back"),
    "unused": gettext_lazy("the voucher was never used"),
}

# What one looks for in a timeline, and the verbs that it takes.
GROUPS: dict[str, tuple[Any, frozenset[str]]] = {
    "purchases": (
        gettext_lazy("Purchases"),
        frozenset({Verb.BOUGHT, Verb.RETURNED, Verb.PURCHASE_CANCELLED, Verb.DELIVERED}),
    ),
    "points": (
        gettext_lazy("Points"),
        frozenset(verb for verb in Verb if verb.startswith(("points_", "wallet_"))),
    ),
    "tiers": (
        gettext_lazy("Tiers and memberships"),
        frozenset(verb for verb in Verb if verb.startswith(("tier_", "membership_"))),
    ),
    "rewards": (
        gettext_lazy("Rewards and vouchers"),
        frozenset(verb for verb in Verb if verb.startswith(("reward_", "voucher_", "stamp_", "referral_"))),
    ),
    "feedback": (
        gettext_lazy("Feedback and surveys"),
        frozenset(verb for verb in Verb if verb.startswith(("case_", "complaint_", "redress_", "survey_"))),
    ),
    "reached": (
        gettext_lazy("What reached them"),
        frozenset(
            {
                Verb.WRITTEN_TO, Verb.CALLED, Verb.NOTE_SENT, Verb.GIFT_SENT, Verb.OFFERED, Verb.INVITED,
                Verb.CONTACTED, Verb.MAIL_BOUNCED,
            }
        ),
    ),
    "board": (
        gettext_lazy("Advisory board"),
        frozenset(verb for verb in Verb if verb.startswith(("board_", "seat_"))),
    ),
    "consent": (gettext_lazy("Consent"), frozenset({Verb.CONSENT_GIVEN, Verb.CONSENT_WITHDRAWN})),
    "record": (
        gettext_lazy("The record"),
        frozenset({Verb.ADDED, Verb.CHANGED, Verb.MERGED, Verb.ERASED, Verb.STAGE_REACHED}),
    ),
    "doings": (
        gettext_lazy("Visits and the like"),
        frozenset(
            {
                Verb.VISITED, Verb.EMAIL_OPENED, Verb.EMAIL_CLICKED, Verb.SPAM_REPORTED, Verb.PROFILE_COMPLETED,
                Verb.SOCIAL_LINKED, Verb.REVIEWED, Verb.PHOTO_SHARED, Verb.QUESTION_ANSWERED, Verb.RECEIPT_SUBMITTED,
                Verb.SHARED, Verb.REFERRED,
            }
        ),
    ),
}  # fmt: skip


def icon_of(verb: str) -> str:
    if verb in ICONS:
        return ICONS[Verb(verb)]
    if verb.startswith("membership_"):
        return "card_membership"
    if verb.startswith("referral_"):
        return "group_add"
    if verb in GROUPS["rewards"][1]:
        return "redeem"
    if verb in GROUPS["board"][1]:
        return "groups"
    if verb in GROUPS["feedback"][1]:
        return "poll" if verb.startswith("survey_") else "forum"
    return "toll" if verb.startswith(("points_", "wallet_")) else "event_note"


def particulars(verb: str, about: Mapping[str, Any]) -> str:
    """What a fact says beside its verb; nothing where it says nothing that people can read."""
    parts = []
    if number := order_of(verb, about):
        parts.append(_("order %(number)s") % {"number": number})
    if about.get("case") and verb in GROUPS["feedback"][1]:
        parts.append(_("case #%(case)s") % {"case": about["case"]})
    amount = about.get("amount", about.get("total"))
    if isinstance(amount, int) and isinstance(about.get("currency"), str):
        parts.append(in_words(amount, about["currency"]))
    if isinstance(about.get("points"), int) and (about["points"] or verb not in GROUPS["rewards"][1]):
        parts.append(ngettext("%(points)d point", "%(points)d points", about["points"]) % {"points": about["points"]})
    if verb in GROUPS["consent"][1]:
        parts.append(_label(ConsentDecision.Channel, about.get("channel")))
        parts.append(_label(ConsentDecision.Purpose, about.get("purpose")))
    if verb in GROUPS["reached"][1]:
        parts += _way(verb, about)
    if verb in GROUPS["doings"][1]:
        parts += _doing(about)
    if verb == Verb.CHANGED and isinstance(about.get("fields"), list):
        parts.append(", ".join(str(field).replace("_", " ") for field in about["fields"]))
    if verb == Verb.STAGE_REACHED:
        parts.append(_label(Profile.Stage, about.get("stage", about.get("to"))))
    if any(verb in GROUPS[group][1] for group in ("tiers", "rewards", "reached")):
        parts.append(str(about.get("name", "")))
    if about.get("reason") and verb not in GROUPS["purchases"][1]:
        parts.append(_why(verb, str(about["reason"])))
    return " · ".join(part for part in parts if part)


def order_of(verb: str, about: Mapping[str, Any]) -> str:
    """The number of the order that a fact is about, as Mainstay or another system says it."""
    if verb in GROUPS["purchases"][1] and about.get("number"):
        return str(about["number"])
    return about["purchase"] if isinstance(about.get("purchase"), str) else ""


def _doing(about: Mapping[str, Any]) -> list[str]:
    """Where it was and what it was about, as far as that was reported."""
    told = [str(about[part]) for part in ("store", "page", "product", "network", "link") if about.get(part)]
    if isinstance(about.get("rating"), int):
        told.append(_("rating %(rating)s") % {"rating": about["rating"]})
    return told


def _why(verb: str, reason: str) -> str:
    return str((REASONS if verb in GROUPS["points"][1] else {}).get(reason) or reason.replace("_", " "))


def _way(verb: str, about: Mapping[str, Any]) -> list[str]:
    """By which way, and how it ended, where the verb does not say it already."""
    told = [str(about.get(part, "")) for part in ("kind", "outcome")]
    return [str(WAYS.get(one, "")) for one in told if one not in SAID.get(Verb(verb), ())]


def _label(choices: Any, value: Any) -> str:
    return str(choices(value).label) if value in choices.values else str(value or "")
