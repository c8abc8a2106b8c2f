"""What is said about a text before it is sent."""

import pytest

from communications.spamcheck import parts_of_sms, remarks

PLAIN = {
    "subject": "Your tea",
    "text": 'Dear {{ first_name|or:"friend" }}, {{ unsubscribe_link }}',
    "html": "",
    "link": "",
}


def said(channel: str = "email", *, marketing: bool = True, **changes) -> list[tuple[str, str]]:
    return [(one.weight, one.text) for one in remarks(channel, PLAIN | changes, marketing=marketing)]


def test_a_plain_letter_gives_no_reason():
    assert said() == []
    assert (
        said(
            html='<p>Dear friend, here is what you wanted to know about tea. <a href="https://shop.example/a">Read</a></p>'
        )
        == []
    )


@pytest.mark.parametrize(
    ("changes", "weight", "words"),
    [
        ({"subject": "BUY YOUR TEA TODAY"}, "bad", "shouts"),
        ({"subject": "Tea!!"}, "warn", "exclamation"),
        ({"subject": "Re: your tea"}, "bad", "pretends"),
        ({"subject": "tea " * 20}, "warn", "long"),
        ({"text": "Act now {{ unsubscribe_link }}"}, "warn", "act now"),
        ({"text": "지금 바로 클릭 {{ unsubscribe_link }}"}, "warn", "지금 바로 클릭"),
        ({"html": "<img src='https://shop.example/a.png' alt='tea'>"}, "bad", "hardly any text"),
        ({"html": f"<p>{'tea ' * 20}</p><img src='https://shop.example/a.png'>"}, "warn", "1 picture has no text"),
        ({"html": "<p>x</p>" * 20_000}, "bad", "so large"),
        ({"html": "<a href='http://shop.example/'>shop</a>"}, "warn", "without encryption"),
        ({"html": "<a href='https://bit.ly/x'>shop</a>"}, "bad", "shortened"),
        ({"html": "<a href='https://evil.example/'>shop.example</a>"}, "bad", "leads to evil.example"),
        ({"text": "Dear friend"}, "info", "added below"),
        ({"text": "Dear {{ first_name }} {{ unsubscribe_link }}"}, "info", "Not everybody"),
    ],
)
def test_each_reason_is_named(changes, weight, words):
    assert [(heavy, words in text) for heavy, text in said(**changes)] == [(weight, True)]


def test_what_is_no_marketing_needs_no_way_out_and_the_worst_comes_first():
    assert said(text="Dear friend", marketing=False) == []
    assert [weight for weight, _text in said(subject="TEA FOR YOU!!", text="{{ name }}")] == [
        "bad",
        "warn",
        "info",
        "info",
    ]


def test_a_text_message_says_how_many_it_is_and_how_it_ends():
    assert said("sms") == [("info", "About 1 message (GSM).")]
    assert said("sms", text="안녕" * 120) == [
        ("bad", "It does not say how to end such messages: put {{ unsubscribe_link }} in."),
        ("warn", "About 4 messages (Unicode)."),
    ]
    assert [parts_of_sms(text)[0] for text in ("€" * 80, "€" * 81, "a" * 153 * 2, "a" * (153 * 2 + 1))] == [1, 2, 2, 3]
