import gettext
import re
from ast import literal_eval
from io import BytesIO
from pathlib import Path

from django.conf import settings
from django.utils.translation.template import templatize

from config.texts import compiled, messages, stale

PO = r"""
msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\nPlural-Forms: nplurals=2; plural=(n != 1);\n"

# a comment
msgid "A \"quoted\" "
"and continued text"
msgstr "übersetzt"

msgctxt "of the year"
msgid "May"
msgstr "Mai"

msgid "one point"
msgid_plural "%d points"
msgstr[0] "ein Punkt"
msgstr[1] "%d Punkte"

#, fuzzy
msgid "guessed"
msgstr "geraten"

#~ msgid "no longer there"
#~ msgstr "nicht mehr da"

msgid "untranslated"
msgstr ""
"""


def test_a_compiled_text_is_read_by_gettext():
    texts = gettext.GNUTranslations(BytesIO(compiled(PO)))

    assert texts.gettext('A "quoted" and continued text') == "übersetzt"
    assert texts.pgettext("of the year", "May") == "Mai"
    assert [texts.ngettext("one point", "%d points", n) for n in (1, 2)] == ["ein Punkt", "%d Punkte"]
    assert [texts.gettext(text) for text in ("guessed", "untranslated")] == ["guessed", "untranslated"]


def test_the_compiled_texts_in_the_repository_are_up_to_date():
    assert list(stale(Path(settings.BASE_DIR) / "locale")) == []


def test_a_changed_translation_is_found_stale(tmp_path):
    folder = tmp_path / "ko" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").write_text(PO)
    (folder / "django.mo").write_bytes(compiled(PO.replace("Mai", "Juni")))

    assert list(stale(tmp_path)) == [(folder / "django.mo", compiled(PO))]


def test_what_customers_read_is_said_in_every_language():
    """The pages that they open and the mail that they get; the msgid of a template is what it is after ``trimmed``."""
    root = Path(settings.BASE_DIR)
    known = set[str]()
    for text in messages((root / "locale/ko/LC_MESSAGES/django.po").read_text()):
        known.update(text.rpartition("\x04")[2].split("\0"))
    asked = re.compile(r"""n?p?gettext\(u?('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")""", re.DOTALL)
    folders = [f"{app}/{what}" for app in ("feedback", "communications", "advisory") for what in ("public", "mail")]
    templates = [path for folder in folders for path in sorted((root / "templates" / folder).glob("*.*"))]
    texts = [literal_eval(found[1]) for path in templates for found in asked.finditer(templatize(path.read_text()))]

    assert len(texts) > 90
    assert [text for text in texts if text not in known] == []


def test_every_language_translates_the_same_texts():
    root = Path(settings.BASE_DIR) / "locale"
    korean, thai = (messages((root / code / "LC_MESSAGES/django.po").read_text()) for code in ("ko", "th"))

    assert korean.keys() == thai.keys()
