"""What figures mean here. Everything else of insights has pages of its own."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from unfold.admin import ModelAdmin

from config.menu import Group
from insights.actions import meanings
from insights.models import FigureSettings


@admin.register(FigureSettings)
class FigureSettingsAdmin(ModelAdmin):
    """One row, shown as its form."""

    menu_group = Group.SETUP

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        FigureSettings.objects.get_or_create(pk=1)
        return redirect("admin:insights_figuresettings_change", 1)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if form.changed_data:
            meanings.changed(obj)
