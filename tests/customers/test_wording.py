import pytest

from customers.models import ConsentDecision
from customers.wording import consent_wording


@pytest.mark.parametrize("purpose", ConsentDecision.Purpose.values)
def test_consent_is_asked_for_in_each_language_in_its_own_words(purpose):
    wordings = {consent_wording(purpose, language) for language in ("en", "ko", "th")}

    assert len(wordings) == 3


def test_a_language_without_a_translation_is_asked_in_english():
    assert consent_wording("care", "fi") == consent_wording("care", "en") == consent_wording("care", "")
