"""Templates: made, written anew as the next version, set aside. What was sent with a version stays to be seen."""

from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from communications.models import Template, TemplateVersion
from communications.templating import TemplateFlaw, checked
from customers.models import ConsentDecision
from people.models import User

Texts = Mapping[str, Mapping[str, str]]


class TemplateRefused(ValidationError):
    """``code`` is ``name_taken``, ``name_missing``, ``channel_unknown``, ``purpose_unknown``, ``language_missing``,
    ``language_unknown``, ``changed_meanwhile`` or ``archived``.
    """

    def __init__(self, message: str, code: str, field: str = "") -> None:
        super().__init__(message, code=code)
        self.field = field


@transaction.atomic
def make(
    name: str,
    *,
    channel: str,
    texts: Texts,
    purpose: str = "",
    language: str = "en",
    by: User | None = None,
    at: datetime | None = None,
) -> Template:
    """A new template with its first version. ``texts`` has ``subject``, ``text``, ``html`` and ``link`` by language.

    Raises TemplateRefused, TemplateFlaw.
    """
    if channel not in Template.Channel:
        raise TemplateRefused(_("There is no such channel."), "channel_unknown", "channel")
    name = _named(name)
    _purposed(purpose)
    kept = _kept(channel, texts, language)
    at = at or timezone.now()
    template = Template.objects.create(
        name=name, channel=channel, purpose=purpose, language=language, by=by, created_at=at
    )
    TemplateVersion.objects.create(template=template, number=1, texts=kept, at=at, by=by)
    return template


@transaction.atomic
def revise(
    template: Template,
    *,
    texts: Texts,
    note: str = "",
    seen: int | None = None,
    by: User | None = None,
    at: datetime | None = None,
) -> TemplateVersion:
    """Write the next version; the same texts make none. ``seen`` is the number that the writer began with.

    Raises TemplateRefused (also where somebody else has written one meanwhile), TemplateFlaw.
    """
    template = _locked(template)
    latest = template.versions.order_by("-number")[0]
    if seen is not None and seen != latest.number:
        raise TemplateRefused(_("Somebody else has changed it meanwhile: look at it again."), "changed_meanwhile")
    kept = _kept(template.channel, texts, template.language)
    if kept == latest.texts:
        return latest
    return TemplateVersion.objects.create(
        template=template,
        number=latest.number + 1,
        texts=kept,
        note=note.strip()[:200],
        at=at or timezone.now(),
        by=by,
    )


@transaction.atomic
def rename(template: Template, name: str, *, purpose: str, language: str, by: User | None = None) -> Template:
    """Call it otherwise, or say anew what it needs consent for and which language stands for all others.

    Raises TemplateRefused.
    """
    template = _locked(template)
    _purposed(purpose)
    if language not in template.versions.order_by("-number")[0].texts:
        raise TemplateRefused(_("It says nothing in this language."), "language_missing", "language")
    template.name, template.purpose, template.language = _named(name, but=template.pk), purpose, language
    template.save(update_fields=["name", "purpose", "language"])
    return template


@transaction.atomic
def archive(template: Template, *, by: User, at: datetime | None = None) -> Template:
    """Offer it no more to those who plan; what plans it goes on. Done before, it does nothing."""
    template = Template.objects.select_for_update().get(pk=template.pk)
    if template.archived_at is None:
        template.archived_at, template.archived_by = at or timezone.now(), by
        template.save(update_fields=["archived_at", "archived_by"])
    return template


@transaction.atomic
def restore(template: Template, *, by: User) -> Template:
    """Offer it again."""
    template = Template.objects.select_for_update().get(pk=template.pk)
    template.archived_at = template.archived_by = None
    template.save(update_fields=["archived_at", "archived_by"])
    return template


def _locked(template: Template) -> Template:
    template = Template.objects.select_for_update().get(pk=template.pk)
    if template.archived_at is not None:
        raise TemplateRefused(_("It was set aside; take it up again first."), "archived")
    return template


def _named(name: str, but: int | None = None) -> str:
    name = " ".join(name.split())[:120]
    if not name:
        raise TemplateRefused(_("Give it a name."), "name_missing", "name")
    if Template.objects.filter(name=name).exclude(pk=but or 0).exists():
        raise TemplateRefused(_("Another template has this name."), "name_taken", "name")
    return name


def _purposed(purpose: str) -> None:
    if purpose and purpose not in ConsentDecision.Purpose:
        raise TemplateRefused(_("There is no such purpose."), "purpose_unknown", "purpose")


def _kept(channel: str, texts: Texts, language: str) -> dict[str, dict[str, str]]:
    """Languages in which nothing is written are left out."""
    known = dict(settings.LANGUAGES)
    written = {code: parts for code, parts in texts.items() if any(str(part).strip() for part in parts.values())}
    if unknown := [code for code in written if code not in known]:
        raise TemplateRefused(_("There is no such language: %s") % unknown[0][:10], "language_unknown")
    if language not in written:
        if language not in known:
            raise TemplateRefused(_("There is no such language: %s") % language[:10], "language_unknown", "language")
        raise TemplateFlaw(_("Something has to be written here."), "template_empty", "text", language)
    return {code: checked(channel, parts, language=code) for code, parts in sorted(written.items())}
