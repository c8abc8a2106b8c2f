import gettext
from io import BytesIO
from pathlib import Path

from django.conf import settings

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


def test_every_language_translates_the_same_texts():
    root = Path(settings.BASE_DIR) / "locale"
    korean, thai = (messages((root / code / "LC_MESSAGES/django.po").read_text()) for code in ("ko", "th"))

    assert korean.keys() == thai.keys()
