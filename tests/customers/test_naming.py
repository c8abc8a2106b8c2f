"""Names are sorted and found whatever their case, accents and script."""

import pytest

from customers.naming import sort_key


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Ada  BYRON ", "ada byron"),
        ("Łukasz Ångström", "lukasz angstrom"),
        ("Weiß", "weiss"),
        ("Đặng Thị Hương", "dang thi huong"),
        ("Σίσυφος", "σισυφοσ"),
        ("김민준", "김민준"),
        ("กิตติ ทองดี", "กิตติ ทองดี"),
        ("", ""),
    ],
)
def test_the_key_of_a_name_has_no_case_and_no_accents(name, key):
    assert sort_key(name) == key


def test_composed_and_decomposed_spellings_have_the_same_key():
    assert sort_key("Zo\u00eb 김") == sort_key("Zoe\u0308 \u1100\u1175\u11b7") == "zoe 김"
