"""E-mails are read as they come, however they were written."""

from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback import mail
from feedback.mail import automatic, headers, html, incoming, quotes
from tests.examples import examples
from tests.factories import mails

BOUNCE = mails.bounce("<abc@shop.example>", to="gone@example.org")
SHAPES = [
    mails.plain(),
    mails.both(),
    mails.with_files(("photo.png", "image/png", mails.PNG)),
    BOUNCE,
    mails.absence(),
    mails.korean(),
]


def test_a_plain_message_is_read_with_its_thread():
    read = incoming.parse(
        mails.plain(
            "It is here.", subject="Re: Parcel #12", sender="Ada <ADA@Example.org>", message_id="<m2@example.org>",
            in_reply_to="<m1@shop.example>", references="<m0@shop.example> <m1@shop.example>",
        )
    )  # fmt: skip

    assert (read.sender, read.sender_name) == ("ada@example.org", "Ada")
    assert (read.subject, read.text, read.html) == ("Re: Parcel #12", "It is here.", "")
    assert read.message_id == "<m2@example.org>"
    assert read.ancestors == ("<m1@shop.example>", "<m0@shop.example>")
    assert (read.automatic, read.bounce, read.believed, read.flaws) == ("", None, True, ())
    assert read.recipients == ("support@shop.example",)
    assert read.date is not None


def test_of_text_and_html_the_text_is_read_and_the_html_made_harmless():
    read = incoming.parse(
        mails.both(
            "The parcel is late.",
            "<style>p{color:red}</style><p style='x' onclick='evil()'>The <b>parcel</b> is late.</p>"
            "<script>evil()</script><img src='https://spy.example/p.gif' width=1 height=1>"
            "<img src='https://shop.example/a.png' alt='our logo'><img src='cid:pic1' alt='broken'>"
            "<a href='javascript:evil()'>here</a><iframe src='https://x.example'></iframe>",
        )
    )

    assert read.text == "The parcel is late."
    assert "<b>parcel</b>" in read.html
    for gone in ("evil", "style", "spy.example", "iframe", "color", "javascript"):
        assert gone not in read.html
    assert '<a href="https://shop.example/a.png" rel="noopener noreferrer nofollow">[our logo]</a>' in read.html
    assert '<img src="cid:pic1" alt="broken">' in read.html


def test_a_picture_that_came_along_is_shown_and_another_one_is_not():
    cleaned = html.clean('<p>Look: <img src="cid:a@b" alt="a box"> <img src="cid:c" alt="x"></p>')

    assert html.shown(cleaned, {"a@b": "/admin/files/7/?x=1&y=2"}) == (
        '<p>Look: <img src="/admin/files/7/?x=1&amp;y=2" alt="a box" loading="lazy"> x</p>'
    )


def test_text_is_made_of_html_where_there_is_no_other():
    message = EmailMessage()
    message["From"] = "ada@example.org"
    message.set_content("<h1>Late</h1><p>It is&nbsp;<i>three</i><br>days late.</p><p>Ada</p>", subtype="html")

    assert incoming.parse(message.as_bytes()).text == "Late\n\nIt is three\ndays late.\n\nAda"


def test_a_message_without_an_id_has_the_same_one_each_time():
    raw = mails.plain("Hello?", message_id="")
    first, again, other = incoming.parse(raw), incoming.parse(raw), incoming.parse(mails.plain("Hi?", message_id=""))

    assert first.message_id == again.message_id != other.message_id
    assert first.message_id.endswith("@no-message-id.invalid>")


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"Auto-Submitted": "auto-replied"}, automatic.REPLY),
        ({"Auto-Submitted": "auto-generated; x=y"}, automatic.GENERATED),
        ({"Auto-Submitted": "no"}, ""),
        ({"X-Autoreply": "yes"}, automatic.REPLY),
        ({"Precedence": "auto_reply"}, automatic.REPLY),
        ({"Precedence": "bulk"}, automatic.BULK),
        ({"List-Unsubscribe": "<https://x.example>"}, automatic.BULK),
        ({"List-Id": "Support <support.shop.example>"}, automatic.LIST),
        ({"Return-Path": "<>"}, automatic.GENERATED),
        ({"Return-Path": "<ada@example.org>"}, ""),
        ({"X-Auto-Response-Suppress": "OOF"}, ""),
    ],
)
def test_what_a_machine_sent_is_known_by_its_headers(changes, kind):
    assert incoming.parse(mails.plain(extra=changes)).automatic == kind


def test_an_absence_notice_is_known_in_the_languages_that_write_to_us():
    for subject in ("Automatic reply: Parcel", "부재중 자동 응답", "ตอบกลับอัตโนมัติ: x", "Abwesenheitsnotiz: x"):
        assert incoming.parse(mails.plain(subject=subject)).automatic == automatic.REPLY
    assert incoming.parse(mails.plain(subject="Out of patience")).automatic == ""


def test_nobody_answers_who_cannot_hear():
    assert incoming.parse(mails.plain(sender="no-reply@market.example")).unanswerable
    assert incoming.parse(mails.plain(extra={"X-Auto-Response-Suppress": "All"})).unanswerable
    assert not incoming.parse(mails.plain()).unanswerable


def test_a_bounce_tells_which_message_did_not_arrive_and_whether_it_ever_will():
    read = incoming.parse(BOUNCE)
    assert read.automatic == automatic.BOUNCE
    assert read.bounce == automatic.Bounce(("gone@example.org",), ("<abc@shop.example>",), True, "5.1.1")
    assert read.files == ()

    later = incoming.parse(mails.bounce("<abc@shop.example>", to="full@example.org", status="4.2.2", action="delayed"))
    assert later.bounce is not None
    assert not later.bounce.permanent


def test_a_server_that_bounces_in_words_names_the_message_somewhere():
    read = incoming.parse(
        mails.plain("Could not deliver.\nMessage-ID: <abc@shop.example>\n", sender="MAILER-DAEMON@mx.example")
    )
    assert read.bounce is not None
    assert read.bounce.message_ids == ("<abc@shop.example>",)
    assert not read.bounce.permanent


def test_a_sender_whom_the_receiving_server_does_not_believe_is_not_believed():
    def believed(*results: str) -> bool:
        lines = "".join(f"Authentication-Results: {line}\r\n" for line in results).encode()
        return incoming.parse(lines + mails.plain()).believed

    assert not believed("mx.shop.example; spf=fail smtp.mailfrom=ada@example.org")
    assert not believed("mx.shop.example; dmarc=fail", "forged.example; dmarc=pass")
    assert believed("mx.shop.example; spf=fail; dkim=pass; dmarc=pass")
    assert believed("mx.shop.example; spf=softfail")


def test_letters_of_every_mail_program_are_read():
    read = incoming.parse(mails.korean())
    assert (read.subject, read.text, read.sender_name) == ("배송 지연", "택배가 아직 안 왔어요. 똠방각하", "김민수")
    assert headers.charset("ร้านค้า".encode("cp874"), "tis-620") == ("ร้านค้า", True)
    assert headers.charset(b"\xff caf\xe9", "utf-8") == ("ÿ café", False)
    assert headers.charset("naïve".encode(), "x-made-up") == ("naïve", True)


def test_files_come_along_with_what_their_sender_calls_them():
    read = incoming.parse(mails.with_files(("../../etc/pa\nss.png", "image/png", mails.PNG), ("", "text/csv", b"a,b")))

    assert [(file.kind, file.content) for file in read.files] == [("image/png", mails.PNG), ("text/csv", b"a,b")]
    assert "\n" not in read.files[0].name


def test_a_message_within_a_message_is_one_file():
    outer = EmailMessage()
    outer["From"], outer["Subject"] = "ada@example.org", "Fwd"
    outer.set_content("See what they wrote.")
    inner = EmailMessage()
    inner["Subject"] = "Offer"
    inner.set_content("Ours is cheaper.")
    outer.add_attachment(inner)
    read = incoming.parse(outer.as_bytes())

    assert read.text == "See what they wrote."
    [file] = read.files
    assert file.kind == "message/rfc822"
    assert b"Ours is cheaper." in file.content


@pytest.mark.parametrize(
    "introduction",
    [
        "On Mon, 23 Nov 2026 at 09:00, Shop <support@shop.example> wrote:",
        "On Mon, 23 Nov 2026 at 09:00, Shop of Many Words\n<support@shop.example> wrote:",
        "Am 23.11.2026 um 09:00 schrieb Shop:",
        "2026년 11월 23일 (월) 오전 9:00, Shop <support@shop.example>님이 작성:",
        "ในวันที่ จ. 23 พ.ย. 2026 Shop <support@shop.example> เขียนว่า:",
    ],
)
def test_what_was_quoted_below_is_told_from_what_was_written(introduction):
    quoted = f"{introduction}\n> Where is it?\n>\n> Shop"
    assert quotes.split(f"It is here.\n\nAda\n\n{quoted}\n") == ("It is here.\n\nAda", quoted)


def test_a_ruler_or_a_block_of_headers_begins_a_quotation():
    for ruler in (
        "-----Original Message-----\nFrom: x",
        "From: Shop\nSent: Monday\nTo: Ada\nSubject: Parcel",
        "________________________________\nFrom: Shop",
    ):
        assert quotes.split(f"Here.\n\n{ruler}\n\nold")[0] == "Here."
    assert quotes.split("From: me with love\nIt is here.") == ("From: me with love\nIt is here.", "")


def test_answers_between_the_lines_and_a_message_that_is_all_quotation_are_left_whole():
    for whole in ("> Where is it?\nHere.\n> And when?\nToday.", "> only\n> quoted", "-----Original Message-----\nx"):
        assert quotes.split(whole) == (whole, "")


def test_a_message_that_is_too_long_is_cut_and_says_so():
    read = incoming.parse(mails.plain("a" * (incoming.LONGEST_TEXT + 1)))
    assert len(read.text) == incoming.LONGEST_TEXT
    assert read.flaws == ("cut",)


@pytest.mark.parametrize("levels", [60, 5_000])
def test_parts_within_parts_without_end_are_left_alone(levels):
    deep = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (at, at) for at in range(levels))
    read = incoming.parse(b"From: a@b.example\r\nSubject: Late\r\n" + deep + b"\r\nhello")
    assert (read.sender, read.subject) == ("a@b.example", "Late")
    assert "too_many_parts" in read.flaws


def test_html_that_is_never_closed_is_read_as_text():
    assert html.clean("<div>" * 9_000 + "Hello") == "<p>" + " " * 9_000 + "Hello</p>"
    assert "<p>" in html.clean("<p>One<p>Two" * 300)


@given(st.binary(max_size=2_000))
@settings(max_examples=examples(150))
def test_random_bytes_are_read_without_an_error(raw):
    check(incoming.parse(raw))


@given(
    st.sampled_from(SHAPES),
    st.lists(st.tuples(st.floats(0, 1), st.binary(max_size=12), st.integers(0, 30)), max_size=8),
)
@settings(max_examples=examples(300))
def test_real_messages_that_were_damaged_are_read_without_an_error(raw, damages):
    for place, put, gone in damages:
        at = int(place * len(raw))
        raw = raw[:at] + put + raw[at + gone :]
    check(incoming.parse(raw))


HEADERS = [
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "References",
    "Content-Type",
    "Content-Disposition",
    "List-Id",
]
HEADERS += ["Content-Transfer-Encoding", "Auto-Submitted", "Authentication-Results", "Content-ID", "In-Reply-To"]
VALUES = st.text(max_size=80) | st.sampled_from(
    ["=?utf-8?b?=====?=", "=?x?q?=ZZ?=", "multipart/mixed; boundary", "text/plain; charset=\"\udcff", "base64",
     "multipart/report; report-type*=''x", "message/rfc822", "attachment; filename*0*=utf-8''%ff; filename*1=x",
     "Mon, 99 Nov 99999 99:99:99 +9999", "<<<>>>", "text/html; charset=utf-16", "a@b, <c@d> (", "x-uuencode"]
)  # fmt: skip


@given(st.lists(st.tuples(st.sampled_from(HEADERS), VALUES), max_size=8), st.binary(max_size=200))
@settings(max_examples=examples(300))
def test_headers_that_make_no_sense_are_read_without_an_error(lines, body):
    head = "\r\n".join(f"{name}: {value}" for name, value in lines).encode("utf-8", "surrogatepass")
    check(incoming.parse(head + b"\r\n\r\n" + body))


def check(read: mail.Incoming) -> None:
    """What is read can be stored: one line where there is one, no NUL, and no half of a letter."""
    for text in (read.text, read.html, read.subject, read.sender, read.sender_name, *read.recipients, *read.lists):
        text.encode()
        assert "\0" not in text
    for line in (read.subject, read.sender_name, read.message_id, *read.references, *read.in_reply_to):
        assert "\n" not in line
        line.encode()
    for file in read.files:
        assert isinstance(file.content, bytes)
        assert "\0" not in file.name + file.kind + file.content_id
        (file.name + file.kind + file.content_id).encode()
    assert read.message_id.startswith("<")
    assert len(read.message_id) <= 255
