"""Settings of feedback: teams, skills, the two trees, letters, limits. Cases have pages of their own."""

from typing import Any, cast

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, StackedInline, TabularInline

from config.menu import Group
from feedback.actions import policies, themes
from feedback.models import (
    CaseSettings,
    LetterTemplate,
    Macro,
    MacroText,
    Member,
    RedressLimit,
    RootCause,
    Skill,
    Team,
    Theme,
)
from feedback.placeholders import NAMES
from people.models import User


class MemberInline(TabularInline):
    model = Member
    extra = 0
    autocomplete_fields = ["skills"]


@admin.register(Team)
class TeamAdmin(ModelAdmin):
    empty_text = _("Cases go to a team, and its hours decide when they are due. Without one everybody sees all cases.")
    menu_group = Group.SETUP
    list_display = ["name", "code", "calendar", "assignment", "main"]
    search_fields = ["name", "code"]
    inlines = [MemberInline]

    def save_model(self, request: HttpRequest, obj: Team, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if change and "calendar" in form.changed_data:  # what its cases are promised counts by other hours now
            policies.rejudge(by=cast(User, request.user))


@admin.register(Skill)
class SkillAdmin(ModelAdmin):
    empty_text = _(
        "What somebody can do that others cannot: a language, a range of products. Cases then find who has it."
    )
    menu_group = Group.SETUP
    list_display = ["name", "code"]
    search_fields = ["name", "code"]


class TreeForm(forms.ModelForm):
    def clean_parent(self) -> Any:
        parent = self.cleaned_data["parent"]
        themes.check_place(self.instance, parent)
        return parent


class TreeAdmin(ModelAdmin):
    form = TreeForm
    menu_group = Group.SETUP
    list_display = ["name", "code", "parent", "retired"]
    list_filter = ["retired"]
    list_select_related = ["parent"]
    search_fields = ["name", "code"]
    autocomplete_fields = ["parent"]


@admin.register(Theme)
class ThemeAdmin(TreeAdmin):
    empty_text = _(
        "Write down what hurts customers most often; agents choose it for each case, and the pain points rank it."
    )
    search_help_text = _("What hurts, as the customer feels it")


@admin.register(RootCause)
class RootCauseAdmin(TreeAdmin):
    empty_text = _("Write down why it happens; cases then name it, and what is done against it can be followed.")
    search_help_text = _("Why it happened, as the business sees it")


def _names() -> str:
    """What may be filled in, and what it means."""
    return "; ".join(f"{{{{ {name} }}}}: {meaning}" for name, meaning in NAMES.items())


@admin.register(LetterTemplate)
class LetterTemplateAdmin(ModelAdmin):
    empty_text = _("Without one, letters are written in the words that Mainstay brings.")
    menu_group = Group.SETUP
    list_display = ["purpose", "kind", "language", "subject"]
    list_filter = ["purpose", "kind", "language"]
    search_fields = ["subject", "text"]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        kwargs["help_texts"] = {"text": _names()}
        return super().get_form(request, obj, change, **kwargs)


@admin.register(RedressLimit)
class RedressLimitAdmin(ModelAdmin):
    empty_text = _(
        "Without one, Support gives up to 500 points and 20.00 in money or vouchers alone, Managers any amount."
    )
    menu_group = Group.SETUP
    list_display = ["group", "kind", "most"]
    list_filter = ["group", "kind"]
    list_select_related = ["group"]
    search_fields = ["group__name"]
    search_help_text = _(
        "What is not listed: Support gives up to 500 points and 20.00 in money or vouchers alone, Managers any amount."
    )


@admin.register(CaseSettings)
class CaseSettingsAdmin(ModelAdmin):
    """One row, shown as its form."""

    menu_group = Group.SETUP

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        CaseSettings.objects.get_or_create(pk=1)
        return redirect("admin:feedback_casesettings_change", 1)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class MacroTextInline(StackedInline):
    """Texts have no permissions of their own: whoever may write a macro writes its words."""

    model = MacroText
    extra = 0

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("feedback.view_macro")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("feedback.change_macro" if obj else "feedback.add_macro")

    has_add_permission = has_delete_permission = has_change_permission

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        kwargs["help_texts"] = {"text": _names()}
        return super().get_formset(request, obj, **kwargs)


@admin.register(Macro)
class MacroAdmin(ModelAdmin):
    empty_text = _("What is done again and again with a case, by one click: an answer, a theme, a state.")
    menu_group = Group.SETUP
    list_display = ["name", "team", "theme", "take", "waits", "sleep_hours", "retired"]
    list_filter = ["retired", "team"]
    list_select_related = ["team", "theme"]
    search_fields = ["name"]
    autocomplete_fields = ["team", "theme"]
    inlines = [MacroTextInline]
