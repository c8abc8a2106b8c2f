"""Invitations as other calendars read them, and the replies that these send."""

import datetime as dt
import random
from dataclasses import replace

import icalendar
import pytest
import vobject

from calendars.icalendar import (
    Answer,
    Event,
    Person,
    Unreadable,
    answered,
    cancellation,
    feed,
    following,
    invitation,
    moved,
)

SUMMARY = "분기 자문 위원회 회의: 배송과 반품에 관한 의견, 그리고 다음 분기 계획을 함께; 논의합니다"
EVENT = Event(
    uid="meeting-1@shop.example",
    sequence=0,
    summary=SUMMARY,
    starts_at=dt.datetime(2027, 3, 30, 14, tzinfo=dt.UTC),
    ends_at=dt.datetime(2027, 3, 30, 16, tzinfo=dt.UTC),
    zone="Europe/London",
    stamped_at=dt.datetime(2027, 3, 1, 9, tzinfo=dt.UTC),
    location="서울 본사, 3층",
    description="Agenda:\n1; welcome\\ 2, voting",
    url="https://shop.example/board/abc/",
)
BOARD = Person('The "big" board', "board@shop.example")
MINJI = Person("김민지", "minji@shop.example")


def read_by_both(document: bytes):
    theirs = icalendar.Calendar.from_ical(document)
    return theirs, theirs.walk("VEVENT")[0], vobject.readOne(document.decode()).vevent


def replied(**changes) -> bytes:
    """What a calendar answers, as RFC 5546 has it."""
    said = {"METHOD": "REPLY", "UID": EVENT.uid, "SEQUENCE": "0", "PARTSTAT": "ACCEPTED", "AT": "20270302T080000Z"}
    said |= changes
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Other//EN", f"METHOD:{said['METHOD']}", "BEGIN:VEVENT",
        f"UID:{said['UID']}", f"SEQUENCE:{said['SEQUENCE']}", f"DTSTAMP:{said['AT']}", "DTSTART:20270330T140000Z",
        f"ATTENDEE;CN=Minji;PARTSTAT={said['PARTSTAT']}:MAILTO:Minji@Shop.example", "COMMENT:See you\\, there",
        "END:VEVENT", "END:VCALENDAR",
    ]  # fmt: skip
    return "\r\n".join(lines).encode() + b"\r\n"


def test_two_parsers_read_an_invitation_alike_and_korean_stays_whole():
    document = invitation(EVENT, organizer=BOARD, attendee=MINJI)

    calendar, one, other = read_by_both(document)
    assert calendar["METHOD"] == "REQUEST"
    assert str(one["SUMMARY"]) == other.summary.value == SUMMARY
    assert str(one["LOCATION"]) == other.location.value == "서울 본사, 3층"
    assert str(one["DESCRIPTION"]) == other.description.value == EVENT.description
    for at in (one["DTSTART"].dt, other.dtstart.value):
        assert at.astimezone(dt.UTC) == dt.datetime(2027, 3, 30, 14, tzinfo=dt.UTC)
        assert (at.hour, at.utcoffset()) == (15, dt.timedelta(hours=1))
    assert (int(one["SEQUENCE"]), other.sequence.value) == (0, "0")
    assert str(one["ATTENDEE"]) == other.attendee.value == "mailto:minji@shop.example"
    assert one["ATTENDEE"].params["CN"] == other.attendee.params["CN"][0] == "김민지"
    assert one["ORGANIZER"].params["CN"] == "The 'big' board"


def as_icalendar_reads(document: bytes) -> dict:
    calendar = icalendar.Calendar.from_ical(document)
    [event] = calendar.walk("VEVENT")
    people = [event["ORGANIZER"], event["ATTENDEE"]]
    return {
        "method": str(calendar["METHOD"]), "uid": str(event["UID"]), "sequence": str(event["SEQUENCE"]),
        "times": [event[name].dt.astimezone(dt.UTC) for name in ("DTSTAMP", "DTSTART", "DTEND")],
        "status": str(event["STATUS"]), "people": [str(one) for one in people],
        "attendee": {name: str(value) for name, value in event["ATTENDEE"].params.items()},
        "repeats": sorted({"RRULE", "RDATE", "RECURRENCE-ID"} & set(event)), "alarms": len(event.walk("VALARM")),
    }  # fmt: skip


def as_vobject_reads(document: bytes) -> dict:
    calendar = vobject.readOne(document.decode())
    event = calendar.vevent
    [attendee] = event.attendee_list
    return {
        "method": calendar.method.value, "uid": event.uid.value, "sequence": event.sequence.value,
        "times": [one.value.astimezone(dt.UTC) for one in (event.dtstamp, event.dtstart, event.dtend)],
        "status": event.status.value, "people": [event.organizer.value, attendee.value],
        "attendee": {name: value for name, [value] in attendee.params.items()},
        "repeats": sorted({"rrule", "rdate", "recurrence-id"} & set(event.contents)),
        "alarms": len(event.contents.get("valarm", [])),
    }  # fmt: skip


def test_two_parsers_read_the_same_out_of_an_invitation_a_move_and_a_cancellation():
    later = following(EVENT, replace(EVENT, starts_at=EVENT.starts_at + dt.timedelta(days=7)))
    gone = replace(later, sequence=2)
    made = [
        invitation(EVENT, organizer=BOARD, attendee=MINJI),
        invitation(later, organizer=BOARD, attendee=MINJI, answer="accepted"),
        cancellation(gone, organizer=BOARD, attendee=MINJI),
    ]

    read = [as_icalendar_reads(document) for document in made]
    assert read == [as_vobject_reads(document) for document in made]
    assert [(one["method"], one["uid"], one["sequence"], one["status"]) for one in read] == [
        ("REQUEST", EVENT.uid, "0", "CONFIRMED"), ("REQUEST", EVENT.uid, "1", "CONFIRMED"),
        ("CANCEL", EVENT.uid, "2", "CANCELLED"),
    ]  # fmt: skip
    assert [one["times"] for one in read] == [
        [each.stamped_at, each.starts_at, each.ends_at] for each in (EVENT, later, gone)
    ]
    assert {tuple(one["people"]) for one in read} == {(f"mailto:{BOARD.address}", f"mailto:{MINJI.address}")}
    assert [one["attendee"]["PARTSTAT"] for one in read] == ["NEEDS-ACTION", "ACCEPTED", "NEEDS-ACTION"]
    assert [one["attendee"]["RSVP"] for one in read] == ["TRUE", "TRUE", "FALSE"]
    assert {(tuple(one["repeats"]), one["alarms"]) for one in read} == {((), 0)}


def test_no_line_is_longer_than_75_octets_and_none_ends_within_a_character():
    document = invitation(replace(EVENT, summary="회" * 300), organizer=BOARD, attendee=MINJI)

    lines = document.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert [line.decode() for line in lines]
    assert not document.replace(b"\r\n", b"").count(b"\n")


def test_the_zone_tells_when_its_clocks_change():
    calendar = icalendar.Calendar.from_ical(invitation(EVENT, organizer=BOARD, attendee=MINJI))

    [zone] = calendar.walk("VTIMEZONE")
    begins = [(one.name, f"{one['DTSTART'].dt:%m-%d %H:%M}") for one in zone.subcomponents]
    assert zone["TZID"] == "Europe/London"
    # Each by the clock as it was until then: at 01:00 GMT, and at 02:00 BST.
    assert begins[1:] == [("DAYLIGHT", "03-28 01:00"), ("STANDARD", "10-31 02:00")]
    winter = replace(EVENT, starts_at=EVENT.starts_at - dt.timedelta(days=7, hours=-1))
    [london] = icalendar.Calendar.from_ical(feed("Board", [winter])).walk("VEVENT")
    assert (london["DTSTART"].dt.hour, london["DTSTART"].dt.utcoffset()) == (15, dt.timedelta(0))


def test_an_invitation_shows_its_recipient_and_nobody_else():
    text = invitation(EVENT, organizer=BOARD, attendee=MINJI).decode()

    assert text.count("ATTENDEE") == 1
    assert "ATTENDEE" not in feed("Board", [EVENT]).decode()


def test_a_cancellation_says_so_in_every_way():
    calendar, one, other = read_by_both(cancellation(replace(EVENT, sequence=2), organizer=BOARD, attendee=MINJI))

    assert (calendar["METHOD"], one["STATUS"], other.status.value) == ("CANCEL", "CANCELLED", "CANCELLED")
    assert (str(one["UID"]), int(one["SEQUENCE"])) == (EVENT.uid, 2)


def test_only_time_and_place_raise_the_number():
    later = replace(EVENT, starts_at=EVENT.starts_at + dt.timedelta(hours=1), uid="other")
    assert (following(EVENT, later).sequence, following(EVENT, later).uid) == (1, EVENT.uid)
    assert following(EVENT, replace(EVENT, location="부산")).sequence == 1
    assert following(EVENT, replace(EVENT, description="Agenda", summary="Better worded")).sequence == 0
    assert not moved(EVENT, replace(EVENT, zone="Asia/Seoul"))


@pytest.mark.parametrize(
    ("said", "meant"), [("ACCEPTED", "accepted"), ("declined", "declined"), ("TENTATIVE", "tentative")]
)
def test_a_reply_is_read(said, meant):
    [answer] = answered(replied(PARTSTAT=said, SEQUENCE="1"))

    at = dt.datetime(2027, 3, 2, 8, tzinfo=dt.UTC)
    assert answer == Answer(EVENT.uid, 1, "minji@shop.example", meant, at, "See you, there")


def test_however_broken_a_reply_is_it_is_read_or_refused():
    chance, refused = random.Random(7), 0
    for _ in range(400):
        document = bytearray(replied())
        for _ in range(chance.randint(1, 6)):
            place = chance.randrange(len(document))
            document[place : place + chance.randrange(12)] = chance.randbytes(chance.randrange(3))
        try:
            answered(bytes(document))
        except Unreadable:
            refused += 1
    assert 0 < refused < 400
    assert answered(replied(AT="20271302T080000Z"))[0].stamped_at is None


@pytest.mark.parametrize(
    ("document", "why"),
    [
        (b"", "no_calendar"),
        (b"BEGIN:VCALENDAR\r\nEND", "no_calendar"),
        (b"\xff\xfe\x00", "no_calendar"),
        (b"x" * 300_000, "too_large"),
        (replied(METHOD="REQUEST"), "no_reply"),
        (replied(UID=""), "nobody"),
        (replied(PARTSTAT="DELEGATED"), "no_answer"),
        (replied(SEQUENCE="often"), "no_sequence"),
        (b"BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nEND:VCALENDAR\r\n", "no_event"),
    ],
)
def test_what_is_no_reply_is_refused(document, why):
    with pytest.raises(Unreadable) as refused:
        answered(document)
    assert refused.value.why == why
