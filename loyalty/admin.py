"""Programmes are settings and can be changed; the ledger itself is a fact and can only be read."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin

from loyalty.models import AuditRun, Partner, Programme


@admin.register(Programme)
class ProgrammeAdmin(ModelAdmin):
    list_display = ["name", "currency", "rate", "return_window_days", "expiry_months", "claw_back", "main"]
    fieldsets = [
        (None, {"fields": ["name", "code", "main", "currency", "zone"]}),
        (_("Earning"), {"fields": ["rate_points", "rate_money", "stacking", "return_window_days"]}),
        (_("Expiry"), {"fields": ["expiry_months", "expiry_at_month_end", "reinstatement_days"]}),
        (_("Redeeming"), {"fields": ["pay_points", "pay_money", "pay_percent", "hold_hours"]}),
        (_("Returns and corrections"), {"fields": ["claw_back", "debt_limit", "adjustment_limit"]}),
    ]

    @admin.display(description=_("rate"))
    def rate(self, programme: Programme) -> str:
        return f"{programme.rate_points} / {programme.rate_money}"

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
    list_display = ["started_at", "finished_at", "transactions", "finding_count", "sealed_through"]
    fields = ["started_at", "finished_at", "transactions", "finding_count", "findings", "head", "sealed_through"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
