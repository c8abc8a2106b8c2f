"""The language of templates: what it can say, and that it can do nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from communications.templating import TemplateFlaw, checked, compiled, flaws_of_html

VALUES = {
    "first_name": "Ann",
    "points": 1200,
    "tier": "Gold",
    "products": [{"name": "Mint <fresh>", "code": "M-1"}, {"name": "Lemon", "code": "L-2"}],
}


def render(text: str, *, html: bool = False, **changes) -> str:
    return compiled(text).render(VALUES | changes, html=html)


def test_a_text_names_values_and_has_a_word_for_those_that_nobody_knows():
    assert render('Dear {{ first_name }}, {{city|or:"your town"}} · {{ points }}') == "Dear Ann, your town · 1,200"
    assert render("{{ city }}.", city=None) == "."


def test_a_text_says_this_or_that_by_what_is_known():
    text = "{% if points >= 2000 %}rich{% elif points > 1000 %}fine{% else %}poor{% endif %}"
    assert [render(text, points=n) for n in (2000, 1999, 1000, "")] == ["rich", "fine", "poor", "poor"]
    assert render('{% if tier == "Gold" %}G{% endif %}{% if tier != "Gold" %}N{% endif %}') == "G"
    assert render("{% if not city %}nowhere{% endif %}{% if products %} and things{% endif %}") == "nowhere and things"


def test_a_text_lists_things_by_what_they_say_of_themselves():
    text = "{% for one in products %}{{ one.name }} ({{ one.code }}){% if one.code %};{% endif %}{% endfor %}"
    assert render(text) == "Mint <fresh> (M-1);Lemon (L-2);"
    assert render(text, html=True) == "Mint &lt;fresh&gt; (M-1);Lemon (L-2);"
    assert render(text, products=[]) == ""


def test_values_are_escaped_in_html_and_never_read_as_a_template():
    assert render("<p>{{ first_name }}</p>", html=True, first_name="<b>x</b>") == "<p>&lt;b&gt;x&lt;/b&gt;</p>"
    assert render("<p title='{{ first_name }}'>", html=True, first_name="' onclick='x") == (
        "<p title='&#x27; onclick=&#x27;x'>"
    )
    assert render("{{ first_name }}", first_name="{{ points }}") == "{{ points }}"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('{% include "people/people.html" %}', "template_syntax"),
        ("{% load static %}", "template_syntax"),
        ("{{ customer.user.password }}", "template_syntax"),
        ("{{ customer }}", "name_unknown"),
        ("{{ first_name.upper }}", "template_syntax"),
        ("{{ product.name }}", "name_unknown"),
        ("{{ products }}", "template_syntax"),
        ("{% for product in products %}{{ product.price }}{% endfor %}", "template_syntax"),
        ("{% for product in products %}{{ product }}{% endfor %}", "template_syntax"),
        ("{% for name in products %}{% endfor %}", "template_syntax"),
        ("{% for letter in first_name %}{% endfor %}", "template_syntax"),
        ("{{ first_name|safe }}", "template_syntax"),
        ("{{ first_name|upper }}", "template_syntax"),
        ("{{ __class__ }}", "name_unknown"),
        ("{{ 7 }}", "template_syntax"),
        ("{% if points %}", "template_syntax"),
        ("{% if points %}{% endfor %}", "template_syntax"),
        ("{% endif %}", "template_syntax"),
        ("{% if points %}{% else %}{% elif tier %}{% endif %}", "template_syntax"),
        ("{% if points and tier %}{% endif %}", "template_syntax"),
        ('{% if points >= "7" %}{% endif %}', "template_syntax"),
        ("{% if first_name >= 7 %}{% endif %}", "template_syntax"),
        ("{% autoescape off %}{% endautoescape %}", "template_syntax"),
        ("{{ first_name", "template_syntax"),
        ("first_name }}", "template_syntax"),
        ("{% if points %}" * 9 + "{% endif %}" * 9, "template_syntax"),
        ("x" * 200_001, "template_too_long"),
    ],
)
def test_nothing_else_can_be_said(text: str, code: str):
    with pytest.raises(TemplateFlaw) as refused:
        compiled(text)
    assert refused.value.code == code


def test_a_flaw_says_on_which_line_it_is():
    with pytest.raises(TemplateFlaw) as refused:
        compiled("Dear {{ first_name }},\n{% if points %}\n{{ points }}\n{% endif %}\n{{ nobody }}")
    assert refused.value.messages == ["Line 5: {{ nobody }} is not known here."]


@given(st.text(alphabet="{}%#|.\":= \nabifornmelsdptuc_'<>7", max_size=60))
def test_whatever_is_written_is_either_refused_or_rendered(text: str):
    try:
        read = compiled(text)
    except TemplateFlaw:
        return
    assert isinstance(read.render(VALUES), str)
    assert isinstance(read.render({}, html=True), str)


@pytest.mark.parametrize(
    "html",
    [
        "<script>alert(1)</script>",
        "<ScRiPt src=x>",
        "<img src='https://x.example/a.png' onerror='alert(1)'>",
        "<a href='javascript:alert(1)'>x</a>",
        "<a href=' java\nscript:alert(1)'>x</a>",
        "<a href='/admin/'>x</a>",
        "<a href='https://x.example/{{ first_name }}'>x</a>",
        "<a href='{{ first_name }}'>x</a>",
        "<a href={{ preferences_link }}>x</a>",
        "<p title={{ first_name }}>x</p>",
        "<p {{ first_name }}='x'>x</p>",
        "<p {% if points %}onclick='x'{% endif %}>x</p>",
        "<{{ first_name }}>",
        "<b{{ first_name }}>",
        "<scr{# #}ipt>",
        "</{{ first_name }}>",
        "<iframe src='https://x.example'></iframe>",
        "<form action='https://x.example'><input name='password'></form>",
        "<meta http-equiv='refresh' content='0;url=https://x.example'>",
        "<base href='https://x.example/'>",
        "<link rel='stylesheet' href='https://x.example/a.css'>",
        "<svg onload='alert(1)'></svg>",
        "<p style='background:url(https://x.example/pixel.png)'>x</p>",
        "<p style='color:{{ tier }}'>x</p>",
        "<style>p { color: {{ tier }} }</style>",
        "<!-- {{ first_name }} -->",
    ],
)
def test_html_that_could_run_or_load_something_is_refused(html: str):
    assert flaws_of_html(html)
    with pytest.raises(TemplateFlaw) as refused:
        checked("email", {"subject": "x", "text": "x", "html": html})
    assert (refused.value.code in ("html_unsafe", "template_syntax"), refused.value.field) == (True, "html")


def test_html_as_mail_has_it_is_kept():
    html = (
        "<style>p { color: #333 }</style><table width='600' style='border:0'><tr>{% for product in products %}<td>"
        "<img src='https://shop.example/a.png' alt='{{ product.name }}'></td>{% endfor %}</tr></table>"
        '<p>Dear {{ first_name }} <a href="{{ preferences_link }}">choose</a> <a href="mailto:a@b.c">write</a></p>'
    )
    assert flaws_of_html(html) == []
    assert checked("email", {"subject": "x", "text": "x", "html": html})["html"] == html


def test_a_subject_is_one_line():
    with pytest.raises(TemplateFlaw) as refused:
        checked("email", {"subject": "A\r\nBcc: y@z.example", "text": "x"}, language="ko")
    assert (refused.value.code, refused.value.field, refused.value.language) == ("line_break", "subject", "ko")


def test_each_channel_has_the_parts_that_it_needs_and_no_others():
    everything = {"subject": "S", "text": "T", "html": "<p>H</p>", "link": "https://shop.example/"}
    kept = {channel: checked(channel, everything) for channel in ("email", "sms", "push", "call", "letter")}
    assert {channel: [name for name, text in parts.items() if text] for channel, parts in kept.items()} == {
        "email": ["subject", "text", "html"],
        "sms": ["text"],
        "push": ["subject", "text", "link"],
        "call": ["subject", "text"],
        "letter": ["subject", "text", "html"],
    }
    for channel in kept:
        with pytest.raises(TemplateFlaw) as refused:
            checked(channel, {"subject": "S"})
        assert refused.value.code == "template_empty"
