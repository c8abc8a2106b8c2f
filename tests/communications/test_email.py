"""What a server may say that a well-behaved one does not, line by line."""

import socket
import threading
from contextlib import contextmanager

import pytest

from communications.channels import Outcome, Result, Unreachable
from communications.channels.email import Server, _stuffed

LETTER = b"Subject: S\r\n\r\n.\r\nText\r\n"


@contextmanager
def scripted(*answers: str):
    """A server that says these things, one after each line that it reads; then it hangs up."""
    heard = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def talk() -> None:
            there, _ = listening.accept()
            with there, there.makefile("rb") as lines:
                there.sendall(b"220 hello\r\n")
                for answer in answers:
                    heard.append(lines.readline().decode().strip())
                    there.sendall(answer.encode() + b"\r\n" if answer else b"")

        thread = threading.Thread(target=talk)
        thread.start()
        yield Server("127.0.0.1", listening.getsockname()[1], timeout=5), heard
        thread.join(5)


PIPELINING = "250-mail\r\n250 PIPELINING"


def test_a_refused_receiver_whose_text_is_wanted_all_the_same_gets_none():
    with scripted(PIPELINING, "250 OK", "550 5.1.1 Nobody", "354 go on", "554 no receivers", "250 reset") as (
        mail,
        heard,
    ):
        outcome = mail.hand_over("a@b.example", "c@d.example", LETTER, name="<1@b>")
        mail._drop()

    assert outcome == Outcome(Result.REFUSED, "550 5.1.1 Nobody", no_such_address=True)
    assert heard[1:] == ["MAIL FROM:<a@b.example>", "RCPT TO:<c@d.example>", "DATA", ".", "rset"]


def test_an_answer_that_does_not_come_after_the_text_is_not_taken_for_a_refusal():
    with scripted(PIPELINING, "250 OK", "250 OK", "354 go on") as (mail, _heard):
        assert mail.hand_over("a@b.example", "c@d.example", LETTER, name="<1@b>").result is Result.UNKNOWN
    with scripted(PIPELINING, "250 OK", "250 OK") as (mail, _heard):
        assert mail.hand_over("a@b.example", "c@d.example", LETTER, name="<1@b>").result is Result.LATER


def test_a_server_that_says_nothing_sensible_is_not_reached():
    with scripted("500 what", "500 what") as (mail, _heard), pytest.raises(Unreachable):
        mail.open()


def test_dots_that_begin_a_line_are_doubled_and_one_ends_the_letter():
    assert _stuffed(b".a\r\n..b\r\nc") == b"..a\r\n...b\r\nc\r\n.\r\n"
    assert _stuffed(b"a\r\n") == b"a\r\n.\r\n"
