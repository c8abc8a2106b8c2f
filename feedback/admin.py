"""Settings of feedback: teams, skills, and the two trees. Cases have pages of their own."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline

from config.menu import Group
from feedback.models import Member, RootCause, Skill, Team, Theme


class MemberInline(TabularInline):
    model = Member
    extra = 0
    autocomplete_fields = ["skills"]


@admin.register(Team)
class TeamAdmin(ModelAdmin):
    menu_group = Group.SETUP
    list_display = ["name", "code", "calendar", "assignment", "main"]
    search_fields = ["name", "code"]
    inlines = [MemberInline]


@admin.register(Skill)
class SkillAdmin(ModelAdmin):
    menu_group = Group.SETUP
    list_display = ["name", "code"]
    search_fields = ["name", "code"]


class TreeAdmin(ModelAdmin):
    menu_group = Group.SETUP
    list_display = ["name", "code", "parent", "retired"]
    list_filter = ["retired"]
    list_select_related = ["parent"]
    search_fields = ["name", "code"]
    autocomplete_fields = ["parent"]


@admin.register(Theme)
class ThemeAdmin(TreeAdmin):
    search_help_text = _("What hurts, as the customer feels it")


@admin.register(RootCause)
class RootCauseAdmin(TreeAdmin):
    search_help_text = _("Why it happened, as the business sees it")
