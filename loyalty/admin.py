"""Programmes are settings and can be changed; the ledger itself is a fact and can only be read."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminSelectWidget

from customers import money
from loyalty.forms import ProgrammeForm, in_major_units
from loyalty.lasting import in_words
from loyalty.models import (
    AuditRun,
    Benefit,
    Cause,
    ContentRules,
    EarlyAccess,
    Partner,
    Plan,
    Programme,
    ReferralRules,
)
from loyalty.queries.standings import ladder_at

EXPIRY = ["expiry", "expiry_months", "expiry_at_month_end", "expiry_dates", "expiry_activities"]
EXPIRY += ["reinstatement_days", "notice_days"]


@admin.register(Programme)
class ProgrammeAdmin(ModelAdmin):
    form = ProgrammeForm
    list_display = ["name", "currency", "rate", "return_window_days", "expiry", "claw_back", "main"]
    readonly_fields = ["expiry"]
    fieldsets = [
        (None, {"fields": ["name", "code", "main", "currency", "zone"]}),
        (_("Earning"), {"fields": ["rate_points", "rate_money", "stacking", "rounding", "return_window_days"]}),
        (_("Expiry"), {"fields": EXPIRY}),
        (_("What a point costs"), {"fields": ["cost_money", "cost_points", "breakage_percent"]}),
        (_("Redeeming"), {"fields": ["pay_points", "pay_money", "pay_percent", "hold_hours"]}),
        (_("Gifts among customers"), {"fields": ["gift_smallest", "gift_daily", "gift_monthly", "gift_confirmed"]}),
        (_("Returns and corrections"), {"fields": ["claw_back", "debt_limit", "adjustment_limit"]}),
    ]

    @admin.display(description=_("rate"))
    def rate(self, programme: Programme) -> str:
        return f"{programme.rate_points} / {money.in_words(programme.rate_money, programme.currency)}"

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        return in_major_units(db_field) or super().formfield_for_dbfield(db_field, request, **options)

    @admin.display(description=_("points expire"))
    def expiry(self, programme: Programme) -> str:
        return in_words(programme.lasting)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Partner)
class PartnerAdmin(ModelAdmin):
    """Who they are; rates, packs and statements are on their page."""

    menu_group = None
    list_display = ["name", "code", "terms", "currency", "active"]
    fields = ["programme", "name", "code", "terms", "currency", "system", "pending_days", "active"]

    def get_readonly_fields(self, request: HttpRequest, obj: Partner | None = None) -> list[str]:
        return ["programme", "code", "terms", "currency"] if obj else []

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(AuditRun)
class AuditRunAdmin(ModelAdmin):
    empty_text = _("The ledger is audited every night; `manage.py audit_ledger --seal` does it now.")
    list_display = ["started_at", "finished_at", "transactions", "finding_count", "sealed_through"]
    fields = ["started_at", "finished_at", "transactions", "finding_count", "findings", "head", "sealed_through"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class Setting(ModelAdmin):
    """Something that Marketing sets up and nobody deletes; a tier is chosen among those that apply."""

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        if db_field.name == "tier":
            programme = Programme.objects.filter(main=True).first()
            ladder = ladder_at(programme, timezone.now()) if programme else None
            tiers = [(tier.code, tier.name) for tier in ladder.tiers] if ladder else []
            return forms.ChoiceField(
                label=db_field.verbose_name,
                choices=[("", "-"), *tiers],
                required=False,
                help_text=db_field.help_text,
                widget=UnfoldAdminSelectWidget,
            )
        return in_major_units(db_field) or super().formfield_for_dbfield(db_field, request, **options)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Plan)
class PlanAdmin(Setting):
    empty_text = _("What customers can pay for: say its price, how long it lasts, and what members have by it.")
    list_display = ["name", "code", "costs", "months", "grace_days", "tier", "on_sale"]
    fields = ["programme", "name", "code", "price", "currency", "months", "grace_days", "reminder_days", "refunds"]
    fields += ["tier", "on_sale"]

    @admin.display(description=_("price"), ordering="price")
    def costs(self, plan: Plan) -> str:
        return money.in_words(plan.price, plan.currency)


@admin.register(EarlyAccess)
class EarlyAccessAdmin(Setting):
    empty_text = _("Say what members or a tier see before everybody else, and from when.")
    list_display = ["name", "code", "opens_at", "public_at", "closes_at", "tier"]
    fields = ["name", "code", "opens_at", "public_at", "closes_at", "plans", "tier"]
    filter_horizontal = ["plans"]


@admin.register(Cause)
class CauseAdmin(Setting):
    empty_text = _("Say whom customers may give their points to, and what the business pays for them.")
    list_display = ["name", "code", "pays", "match_adds", "match_for", "starts_at", "ends_at"]
    fields = ["programme", "name", "code", "text", "value_money", "value_points", "match_adds", "match_for"]
    fields += ["currency", "smallest", "starts_at", "ends_at"]

    @admin.display(description=_("pays"))
    def pays(self, cause: Cause) -> str:
        return f"{money.in_words(cause.value_money, cause.currency)} / {cause.value_points}"


@admin.register(Benefit)
class BenefitAdmin(Setting):
    empty_text = _(
        "Say what a tier, a plan or a segment has: shipping, returns, invitations. Your shop asks for it over the API."
    )
    list_display = ["name", "code", "tier", "plan", "segment", "active"]
    fields = ["programme", "name", "code", "text", "tier", "plan", "segment", "active"]


@admin.register(ReferralRules)
class ReferralRulesAdmin(Setting):
    empty_text = _("Say what a friend is worth, and from which purchase on.")
    list_display = ["programme", "referrer_points", "friend_points", "at_least", "wait_days", "monthly_limit"]
    fieldsets = [
        (None, {"fields": ["programme", "starts_at", "ends_at", "link"]}),
        (_("Reward"), {"fields": ["referrer_points", "friend_points", "minimum", "wait_days"]}),
        (_("Against misuse"), {"fields": ["monthly_limit", "review"]}),
    ]

    @admin.display(description=_("purchase of at least"))
    def at_least(self, rules: ReferralRules) -> str:
        return money.in_words(rules.minimum, rules.programme.currency)


@admin.register(ContentRules)
class ContentRulesAdmin(Setting):
    empty_text = _("Say how many receipts, reviews and photos a customer may send in a day.")
    list_display = ["programme", "receipts_a_day", "receipt_days", "contents_a_day", "shortest"]
    fields = ["programme", "receipts_a_day", "receipt_days", "contents_a_day", "shortest"]
