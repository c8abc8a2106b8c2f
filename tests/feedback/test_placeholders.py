"""Words in braces are filled in, and nothing runs."""

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback import placeholders


def test_the_examples_hold():
    assert doctest.testmod(placeholders).failed == 0


@pytest.mark.parametrize(
    "text",
    ["{{ nobody }}", "{{ number", "number }}", "{% if x %}", "{{ number|safe }}", "{{ number.__class__ }}", "{{}}"],
)
def test_what_means_nothing_is_found(text):
    assert placeholders.unknown(f"Dear {text} and {{{{ number }}}}")


def test_what_is_not_known_is_named_and_leaves_a_gap():
    texts = ("{{ number }}", "{{ reason }} {{ due_on }}")

    assert placeholders.missing(texts, {"number": "#1", "reason": ""}) == ["due_on", "reason"]
    assert placeholders.filled(texts[1], {"reason": "So."}) == f"So. {placeholders.GAP}"


@given(st.text(), st.dictionaries(st.sampled_from(sorted(placeholders.NAMES)), st.text()))
def test_only_the_fields_change(text, values):
    kept = placeholders.FIELD.split(text)[::2]
    filled = placeholders.filled(text, values)
    for part in kept:
        assert part in filled
        filled = filled[filled.index(part) + len(part) :]
