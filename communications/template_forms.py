"""The editor of a template as a page posts it: settings, and the texts of each language."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget

from communications.models import Template
from communications.templating import TemplateFlaw
from communications.templating.checking import PARTS, WITHOUT
from customers.forms import text
from customers.models import ConsentDecision
from people.forms import Plain

LABELS: dict[str, Promise] = {
    "subject": _("Subject"),
    "text": _("Text"),
    "html": _("HTML"),
    "link": _("Leads to"),
}
HEADINGS: dict[str, Promise] = {"push": _("Title"), "call": _("Occasion"), "letter": _("Heading")}


def part_label(channel: str, part: str) -> Promise:
    """What a part of a text is called on its channel: the subject of a call is its occasion."""
    return HEADINGS.get(channel, LABELS[part]) if part == "subject" else LABELS[part]


class TemplateForm(Plain):
    name = text(_("Name"), 120, required=True)
    channel = forms.ChoiceField(label=_("Goes as"), choices=Template.Channel.choices, widget=UnfoldAdminSelectWidget)
    purpose = forms.ChoiceField(
        label=_("Purpose"),
        required=False,
        choices=[("", _("part of what they ordered or asked for"))]
        + [(one.value, one.label) for one in ConsentDecision.Purpose],
        help_text=_("Marketing reaches only those who consented to its purpose."),
        widget=UnfoldAdminSelectWidget,
    )
    language = forms.ChoiceField(
        label=_("Language for all others"),
        choices=settings.LANGUAGES,
        help_text=_("For customers whose own is not here."),
        widget=UnfoldAdminSelectWidget,
    )
    note = text(_("What was changed"), 200)

    def __init__(self, *args: Any, template: Template | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if template is not None:
            self.fields["channel"].disabled = True
            self.fields["channel"].required = False
        else:
            del self.fields["note"]

    def show(self, refusal: ValidationError) -> None:
        """A refusal beside the field that it names; what is about a text stands with the text."""
        name = getattr(refusal, "field", "")
        self.add_error(name if name in self.fields else None, refusal.messages[0])


@dataclass
class Part:
    """One text of one language on the page."""

    name: str
    label: Any
    text: str
    error: str = ""

    @property
    def rows(self) -> int:
        return {"text": 10, "html": 12}.get(self.name.rpartition("-")[2], 1)


@dataclass
class Draft:
    """The texts as they stand on the page."""

    channel: str
    texts: dict[str, dict[str, str]] = field(default_factory=dict)
    flaw: TemplateFlaw | None = None

    @classmethod
    def posted(cls, data: QueryDict, channel: str = "") -> "Draft":
        wanted = channel or data.get("channel", "")
        known = wanted if wanted in Template.Channel else str(Template.Channel.EMAIL)
        codes = [code for code, _name in settings.LANGUAGES]
        return cls(known, {code: {part: data.get(f"{code}-{part}", "") for part in PARTS} for code in codes})

    @classmethod
    def of(cls, channel: str, texts: Mapping[str, Mapping[str, str]]) -> "Draft":
        return cls(channel, {code: dict(parts) for code, parts in texts.items()})

    @property
    def languages(self) -> list[tuple[str, Any, list[Part]]]:
        """Each language with its parts, those in which nothing is written too."""
        return [(code, name, self._parts(code)) for code, name in settings.LANGUAGES]

    @property
    def written(self) -> dict[str, dict[str, str]]:
        return {code: parts for code, parts in self.texts.items() if any(text.strip() for text in parts.values())}

    def _parts(self, code: str) -> list[Part]:
        wanted = [part for part in ("subject", "text", "html", "link") if part not in WITHOUT[self.channel]]
        here = self.flaw if self.flaw and self.flaw.language == code else None
        return [
            Part(
                f"{code}-{part}",
                part_label(self.channel, part),
                self.texts.get(code, {}).get(part, ""),
                " ".join(here.messages) if here and here.field == part else "",
            )
            for part in wanted
        ]
