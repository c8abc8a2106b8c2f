"""Settings of what customers hear: caps, limits, who is held out. Plans and messages have pages of their own."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin

from communications.models import ContactSettings, FrequencyCap
from config.menu import Group


@admin.register(FrequencyCap)
class FrequencyCapAdmin(ModelAdmin):
    empty_text = _("No cap: plans write as often as they are due. Say how many messages of a channel are enough.")
    menu_group = Group.SETUP
    list_display = ["channel_in_words", "most", "hours"]
    list_display_links = ["channel_in_words"]
    list_filter = ["channel"]

    @admin.display(description=FrequencyCap._meta.get_field("channel").verbose_name)
    def channel_in_words(self, cap: FrequencyCap) -> str:
        return cap.words


@admin.register(ContactSettings)
class ContactSettingsAdmin(ModelAdmin):
    """One row, shown as its form."""

    menu_group = Group.SETUP

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        ContactSettings.objects.get_or_create(pk=1)
        return redirect("admin:communications_contactsettings_change", 1)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
