"""The editor of a survey: its settings, and its questions row by row as a page posts them, complete or not."""

from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminSelectWidget

from customers.forms import text
from customers.models import Segment
from feedback.models import Case, Survey, Team
from feedback.queries.versions import version
from feedback.surveys import branching
from feedback.surveys.questions import LANGUAGES, MOST_QUESTIONS, SCALES, WITH_CHOICES, Content, How, Kind
from people.forms import Plain

NAMES = {"en": _("English"), "ko": _("Korean"), "th": _("Thai")}


def number(label: Any, most: int, *, required: bool = True, help_text: Any = "") -> forms.IntegerField:
    return forms.IntegerField(
        label=label, min_value=0, max_value=most, required=required, help_text=help_text,
        widget=UnfoldAdminIntegerFieldWidget,
    )  # fmt: skip


def choice(label: Any, choices: Any, *, required: bool = True, help_text: Any = "") -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, choices=choices, required=required, help_text=help_text, widget=UnfoldAdminSelectWidget
    )


class SettingsForm(Plain):
    """Whom a survey is put to, and what happens with the answers."""

    name = text(_("Name"), 100, required=True)
    code = text(_("Code"), 40, required=True, help_text=_("As other systems call it: small letters, digits, hyphens."))
    kind = choice(_("Measures"), Survey.Kind.choices)
    occasion = choice(_("Is sent"), Survey.Occasion.choices)
    case_kind = choice(
        _("Cases of the kind"), [("", _("any")), *Case.Kind.choices], required=False, help_text=_("Only after cases.")
    )
    segment = forms.ModelChoiceField(
        Segment.objects.order_by("name"), label=_("Only members of"), required=False, empty_label=_("everybody"),
        widget=UnfoldAdminSelectWidget,
    )  # fmt: skip
    delay_hours = number(_("Hours after the occasion"), 24 * 90)
    sample_percent = number(_("Of 100 occasions are asked"), 100)
    remind_days = number(_("Reminded once after (days)"), 90, help_text=_("0: never."))
    expires_days = number(_("Can be answered for (days)"), 365)
    low_score = number(_("Opens a case at a score of at most"), 10, required=False, help_text=_("Empty: never."))
    low_kind = choice(_("The case is a"), Case.Kind.choices)
    team = forms.ModelChoiceField(
        Team.objects.order_by("name"), label=_("Team of the case"), required=False, empty_label=_("as always"),
        widget=UnfoldAdminSelectWidget,
    )  # fmt: skip
    languages = forms.MultipleChoiceField(
        label=_("Languages"), choices=list(NAMES.items()), widget=forms.CheckboxSelectMultiple,
        help_text=_("The first of them is for everybody whose own is not there."),
    )  # fmt: skip

    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, posted: Any = None, *, survey: Survey | None = None, languages: Any = ("en",), typed: Any = None
    ) -> None:
        """``typed`` stands on the page while its questions change, right or wrong, with the version it was read at."""
        initial: dict[str, Any] = {"languages": list(languages)}
        kept = [name for name in self.base_fields if name not in ("languages", "seen")]
        initial |= {name: getattr(survey or Survey(), name) for name in kept}
        initial |= {"seen": version(survey)} if survey else {}
        initial |= {name: typed[name] for name in (*kept, "seen") if typed and name in typed}
        super().__init__(posted, initial=initial)
        if survey:
            del self.fields["code"], self.fields["kind"]

    def settings(self) -> dict[str, Any]:
        others = ("code", "kind", "languages", "seen")
        return {name: value for name, value in self.cleaned_data.items() if name not in others}


@dataclass
class Row:
    """One question as it stands on the page."""

    code: str
    kind: str = Kind.TEXT
    texts: dict[str, str] = field(default_factory=dict)
    choices: dict[str, str] = field(default_factory=dict)
    low: dict[str, str] = field(default_factory=dict)
    high: dict[str, str] = field(default_factory=dict)
    required: bool = False
    about: str = ""
    how: str = How.AT_MOST
    value: str = ""
    prefix: str = ""
    earlier: list[str] = field(default_factory=list)
    languages: list[str] = field(default_factory=list)

    kinds = Kind.choices
    hows = How.choices

    @property
    def is_scale(self) -> bool:
        return self.kind in SCALES

    @property
    def has_choices(self) -> bool:
        return self.kind in WITH_CHOICES

    @property
    def needs_value(self) -> bool:
        return self.how != How.ANSWERED

    @property
    def parts(self) -> list[tuple[str, Any, str, str, str, str]]:
        """A language, its name and what is said in it: text, choices, low, high."""
        said = (self.texts, self.choices, self.low, self.high)
        return [(each, NAMES[each], *(of.get(each, "") for of in said)) for each in self.languages]  # type: ignore[misc]

    def said(self) -> dict[str, Any]:
        said: dict[str, Any] = {"code": self.code, "kind": self.kind, "text": self.texts, "required": self.required}
        if self.has_choices:
            said["choices"] = self._choices()
        if self.is_scale:
            said |= {"low": self.low, "high": self.high}
        if self.about:
            value: Any = int(self.value) if self.value.isascii() and self.value.isdigit() else self.value
            said["show_if"] = {"question": self.about, "how": self.how, "value": value}
        return said

    def _choices(self) -> list[dict[str, Any]]:
        """A line is a choice; the same line in each language is the same choice."""
        lines = {each: self.choices.get(each, "").splitlines() for each in self.languages}
        lines = {each: [line.strip() for line in of if line.strip()] for each, of in lines.items()}
        most = max((len(of) for of in lines.values()), default=0)
        return [
            {"code": f"c{n + 1}", "text": {each: of[n] for each, of in lines.items() if n < len(of)}}
            for n in range(most)
        ]


@dataclass
class Draft:
    """A survey's content while somebody writes it."""

    languages: list[str]
    rows: list[Row] = field(default_factory=list)
    subject: dict[str, str] = field(default_factory=dict)
    intro: dict[str, str] = field(default_factory=dict)
    thanks: dict[str, str] = field(default_factory=dict)
    error: str = ""

    @classmethod
    def of(cls, content: Content) -> "Draft":
        subject, intro, thanks = (dict(of) for of in (content.subject, content.intro, content.thanks))
        draft = cls(list(content.languages), [], subject, intro, thanks)
        for each in content.questions:
            lines = {
                name: "\n".join(one.text.get(name, "") for one in each.choices) for name in content.languages
            }  # fmt: skip
            row = Row(each.code, each.kind, dict(each.text), lines, dict(each.low), dict(each.high), each.required)
            if each.show_if:
                row.about, row.how = each.show_if.question, each.show_if.how
                row.value = "" if each.show_if.value is None else str(each.show_if.value)
            draft.rows.append(row)
        return draft.numbered()

    @classmethod
    def posted(cls, post: QueryDict) -> "Draft":
        """What the page says, after the button that was pressed to add, drop or move a question."""
        draft = cls([each for each in LANGUAGES if each in post.getlist("languages")] or ["en"])
        for name in ("subject", "intro", "thanks"):
            setattr(draft, name, _texts(post, name))
        for n in range(MOST_QUESTIONS + 1):
            if f"q{n}-code" in post and post.get("drop") != f"q{n}":
                draft.rows.append(_row(post, f"q{n}"))
        up = post.get("up", "")
        place = next((n for n, row in enumerate(draft.rows) if row.prefix == up), 0)
        if place:
            draft.rows[place - 1 : place + 1] = [draft.rows[place], draft.rows[place - 1]]
        if post.get("add") and len(draft.rows) < MOST_QUESTIONS:
            draft.rows.append(Row(draft.free_code()))
        return draft.numbered()

    def free_code(self) -> str:
        taken = {row.code for row in self.rows}
        return next(code for code in (f"q{n}" for n in range(1, MOST_QUESTIONS + 2)) if code not in taken)

    def numbered(self) -> "Draft":
        for n, row in enumerate(self.rows):
            row.prefix, row.languages = f"q{n}", self.languages
            row.earlier = [each.code for each in self.rows[:n]]
        return self

    @property
    def parts(self) -> list[tuple[str, Any, str, str, str]]:
        said = (self.subject, self.intro, self.thanks)
        return [(each, NAMES[each], *(of.get(each, "") for of in said)) for each in self.languages]  # type: ignore[misc]

    def said(self) -> dict[str, Any]:
        return {
            "languages": self.languages,
            "subject": self.subject,
            "intro": self.intro,
            "thanks": self.thanks,
            "questions": [row.said() for row in self.rows],
        }

    def content(self) -> Content | None:
        """The content, if it is one; ``error`` says why not."""
        try:
            return branching.checked(self.said())
        except ValidationError as refusal:
            self.error = " ".join(refusal.messages)
            return None


def _texts(post: QueryDict, name: str) -> dict[str, str]:
    return {each: post.get(f"{name}-{each}", "") for each in LANGUAGES if f"{name}-{each}" in post}


def _row(post: QueryDict, prefix: str) -> Row:
    texts, choices, low, high = (_texts(post, f"{prefix}-{part}") for part in ("text", "choices", "low", "high"))
    kind = post.get(f"{prefix}-kind", "")
    how = post.get(f"{prefix}-how", "")
    return Row(
        post.get(f"{prefix}-code", "").strip(),
        kind if kind in Kind.values else Kind.TEXT,
        texts,
        choices,
        low,
        high,
        f"{prefix}-required" in post,
        post.get(f"{prefix}-about", ""),
        how if how in How.values else How.AT_MOST,
        post.get(f"{prefix}-value", "").strip(),
        prefix,
    )


FIRST = {
    Survey.Kind.NPS: (Kind.NPS, _("How likely are you to recommend us to a friend?")),
    Survey.Kind.CSAT: (Kind.FIVE, _("How satisfied are you?")),
    Survey.Kind.CES: (Kind.SEVEN, _("It was easy to get what I needed.")),
}


def beginning(kind: str) -> Draft:
    """What a new survey starts with."""
    scale, asked = FIRST.get(Survey.Kind(kind), (Kind.TEXT, _("What would you like to tell us?")))
    first = Row("score" if scale in SCALES else "text", scale, {"en": str(asked)}, required=True)
    rows = [first]
    if scale in SCALES:
        rows.append(Row("why", Kind.TEXT, {"en": str(_("What is the main reason for your answer?"))}))
    return Draft(["en"], rows).numbered()
