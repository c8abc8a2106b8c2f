"""Whatever is written, a reader of e-mail reads the same."""

import email
import re
from datetime import UTC, datetime
from email.policy import default

from hypothesis import given, settings
from hypothesis import strategies as st

from communications.mime import File, Letter, compose
from tests.examples import examples

AT = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
PRINTED = st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"])
ONE_LINE = st.text(PRINTED, max_size=120).map(lambda text: " ".join(text.split()))
TEXT = st.text(st.one_of(PRINTED, st.sampled_from("\n\r.=")), max_size=300)


def lines(text: str) -> list[str]:
    return re.split("\r\n|\r|\n", text)


@settings(max_examples=examples(50))
@given(subject=ONE_LINE, name=ONE_LINE, text=TEXT, html=TEXT, file=st.binary(max_size=200), named=ONE_LINE)
def test_what_was_written_is_what_is_read(subject, name, text, html, file, named):
    named = named.strip(" '") or "file"
    letter = Letter(
        message_id="<0123abcd@shop.example>",
        from_name=name,
        from_address="help@shop.example",
        to_address="kim@example.com",
        reply_to="",
        subject=subject,
        text=text,
        html=html,
        headers={"Auto-Submitted": "auto-replied"},
        files=[File(named, "application/pdf", file)],
    )

    content = compose(letter, at=AT)

    assert not re.search(rb"[^\r]\n|\r[^\n]", content)
    assert max(map(len, content.split(b"\r\n"))) <= 998
    mail = email.message_from_bytes(content, policy=default)
    plain, marked = mail.get_body(("plain",)), mail.get_body(("html",))
    [attached] = mail.iter_attachments()
    assert lines(plain.get_content())[: len(lines(text))] == lines(text)
    if html:
        assert lines(marked.get_content())[: len(lines(html))] == lines(html)
    assert attached.get_content() == file
    assert mail["Date"].datetime == AT
    assert mail["From"].addresses[0].addr_spec == "help@shop.example"
    if "=?" not in subject + name:
        assert str(mail["Subject"]) == subject
        # Python reads a blank between the encoded words of a name, against RFC 2047 (6.2).
        assert mail["From"].addresses[0].display_name.replace(" ", "") == name.replace(" ", "")


def test_an_invitation_is_another_way_to_say_the_same():
    text = "BEGIN:VCALENDAR\r\nSUMMARY:회의\r\nEND:VCALENDAR\r\n"
    made = [File("invite.ics", "text/calendar; method=request", text.encode()), File("a.pdf", "application/pdf", b"%")]
    letter = Letter("<a@b>", "", "board@shop.example", "kim@example.com", "", "Meeting", "Come.", "", {}, made)

    mail = email.message_from_bytes(compose(letter, at=AT), policy=default)

    ways, file = mail.iter_parts()
    plain, calendar = ways.iter_parts()
    assert (ways.get_content_type(), plain.get_content()) == ("multipart/alternative", "Come.\r\n")
    assert (calendar.get_content_type(), calendar["Content-Type"].params["method"]) == ("text/calendar", "request")
    assert calendar.get_content().splitlines() == text.splitlines()
    assert file.get_filename() == "a.pdf"
