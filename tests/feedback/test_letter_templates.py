"""The words of letters: the nearest to the case are taken, and those that Mainstay brings are never far."""

import pytest
from django.core.exceptions import ValidationError

from feedback.actions import letter_templates, letters
from feedback.actions.refusals import SettingChanged
from feedback.queries.versions import version
from tests.factories import feedback

pytestmark = pytest.mark.django_db


def test_letters_are_written_in_the_words_of_the_house_until_they_are_removed():
    case = feedback.case()
    usual = letters.draft(case, "final", by=None).text
    own = letter_templates.create(purpose="final", subject="Ours", text="About {{ subject }}")
    assert letters.draft(case, "final", by=None).text == "About Parcel late"
    letter_templates.change(own, text="Concerning {{ subject }}")
    assert letters.draft(case, "final", by=None).text == "Concerning Parcel late"
    letter_templates.remove(own)
    assert letters.draft(case, "final", by=None).text == usual


def test_there_is_one_for_a_purpose_kind_and_language_and_none_with_words_that_mean_nothing():
    own = letter_templates.create(purpose="final", subject="Ours", text="About {{ subject }}")
    with pytest.raises(letter_templates.LetterTaken):
        letter_templates.create(purpose="final", subject="Again", text="x")
    other = letter_templates.create(purpose="final", kind="complaint", subject="Ours", text="x")
    seen = version(other)
    with pytest.raises(ValidationError, match="cannot be filled in"):
        letter_templates.change(other, text="{{ password }}")
    letter_templates.change(other, subject="Others")
    with pytest.raises(SettingChanged):
        letter_templates.change(other, seen=seen, text="y")
    assert own.pk != other.pk
