"""Cases come in from files with what has happened in them, and are judged by what is promised."""

import csv
from datetime import UTC, datetime

import pytest
from django.core.management import call_command

from calendars.plans import Shift
from communications.models import Hold
from customers.actions import privacy
from customers.files.mappings import WORDS, Mapping, MappingRefused, check, ready_made
from customers.models import Customer, Fact
from feedback.models import Case, CaseEvent, Clock, ClockEvent, Metric, Pause, Theme
from tests.factories import calendars
from tests.factories.imports import DATA, brought_in, checked, large, written
from tests.factories.policies import policy

pytestmark = pytest.mark.django_db
COLUMNS = {
    "number": "no", "customer": "who", "at": "opened", "moment": "when", "state": "state", "kind": "kind",
    "channel": "by", "subject": "about", "text": "said", "outcome": "outcome", "kept": "kept",
}  # fmt: skip
HEADER = "no,who,opened,when,state,kind,by,about,said,outcome,kept"


def how(**changes) -> Mapping:
    return Mapping(**{"columns": COLUMNS, "kind": "cases", "name": "old-desk"} | changes)


def promised(metric: str, amount: int, unit: str = "hours", pauses: tuple[str, ...] = ()) -> None:
    """The same for every priority, day and night."""
    calendars.calendar(week=((Shift(0, 24 * 60),),) * 7)
    policy("Promise", (metric, amount, unit, pauses))


def at(day: int, hour: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, tzinfo=UTC)


STORY = (
    "7,ada,2026-03-01 08:00,2026-03-01 09:00,investigating,complaint,email,Late,Where is it?,,no",
    "7,ada,2026-03-01 08:00,2026-03-01 12:00,customer,complaint,email,Late,Where is it?,,no",
    "7,ada,2026-03-01 08:00,2026-03-02 12:00,investigating,complaint,email,Late,Where is it?,,no",
    "7,ada,2026-03-01 08:00,2026-03-02 14:00,closed,complaint,email,Late,Where is it?,upheld,no",
    "7,ada,2026-03-01 08:00,2026-03-04 08:00,investigating,complaint,email,Late,Where is it?,upheld,no",
    "7,ada,2026-03-01 08:00,2026-03-04 20:00,closed,complaint,email,Late,Where is it?,upheld,no",
)


def test_a_case_comes_in_with_all_that_happened_in_it_and_once(tmp_path):
    promised(Metric.RESOLUTION, 10, pauses=("customer",))
    path = written(tmp_path, *STORY, header=HEADER)

    run, again = brought_in(path, how()), brought_in(path, how())

    case = Case.objects.get()
    assert (case.reference, case.came_from.code, case.stage, case.reopenings) == ("7", "old-desk", "closed", 1)
    assert (case.received_at, case.acknowledged_at, case.closed_at) == (at(1, 8), at(1, 9), at(4, 20))
    assert case.customer == Customer.objects.get(number="ada")
    assert [entry.text for entry in case.entries.all()] == ["Where is it?"]
    pauses = [(row.reason, row.starts_at, row.ends_at) for row in Pause.objects.order_by("starts_at")]
    assert pauses == [
        ("customer", at(1, 12), at(2, 12)), ("closed", at(2, 14), at(4, 8)), ("closed", at(4, 20), None),
    ]  # fmt: skip
    said = list(CaseEvent.objects.order_by("at", "pk").values_list("what", flat=True))
    assert said == ["opened", "investigating", "waits", "waits", "closed", "reopened", "investigating", "closed"]
    clock = Clock.objects.get()
    # Four hours, two hours, and twelve of which the fourth was one too many: neither waiting nor closed time counts.
    assert (clock.state, clock.taken, clock.due_at) == ("missed", 18 * 3600, at(4, 12))
    assert ClockEvent.objects.get().due_at == at(4, 12)
    assert list(Fact.objects.filter(verb__startswith="complaint").values_list("verb", "at").order_by("at")) == [
        ("complaint_opened", at(1, 8)), ("complaint_resolved", at(4, 20)),
    ]  # fmt: skip
    assert (run.totals["cases"], run.totals["reopened"], run.totals["pauses"]) == (1, 1, 1)
    assert run.totals["judged"] == {"resolution:missed": 1, "said:missed:missed": 1}
    assert (again.totals["cases"], again.totals["known"], Case.objects.count()) == (0, 1, 1)


def test_a_case_comes_in_with_its_whole_conversation_and_waits_for_whom_it_did(tmp_path):
    promised(Metric.NEXT_RESPONSE, 4)
    columns = COLUMNS | {"message": "words", "said_by": "of", "author": "name"}
    header = f"{HEADER},words,of,name"
    rows = [
        "7,ada,2026-03-01 08:00,2026-03-01 08:00,received,question,email,Late,Where is it?,,,,,",
        "7,ada,2026-03-01 08:00,2026-03-01 10:00,,question,email,Late,Where is it?,,,It comes.,agent,Bo",
        "7,ada,2026-03-01 08:00,2026-03-01 10:00,,question,email,Late,Where is it?,,,It comes.,agent,Bo",
        "7,ada,2026-03-01 08:00,2026-03-01 11:00,,question,email,Late,Where is it?,,,A difficult one.,private,",
        "7,ada,2026-03-01 08:00,2026-03-02 08:00,,question,email,Late,Where is it?,,,It did not.,,",
        "7,ada,2026-03-01 08:00,2026-03-02 13:00,,question,email,Late,Where is it?,,,It will.,agent,",
        "7,ada,2026-03-01 08:00,2026-03-03 08:00,,question,email,Late,Where is it?,,,Still not.,,",
        "8,ada,2026-03-01 08:00,2026-03-01 08:00,received,question,email,Odd,Hm?,,,Who says this?,robot,",
    ]
    mapping = how(columns=columns, values={"said_by": {"agent": "us", "private": "note"}})
    run = brought_in(written(tmp_path, *rows, header=header), mapping)

    case = Case.objects.get()
    said = case.entries.order_by("at").values_list("kind", "text", "author_name", "at")
    assert list(said) == [
        ("received", "Where is it?", "", at(1, 8)), ("reply", "It comes.", "Bo", at(1, 10)),
        ("note", "A difficult one.", "old-desk", at(1, 11)), ("received", "It did not.", "", at(2, 8)),
        ("reply", "It will.", "old-desk", at(2, 13)), ("received", "Still not.", "", at(3, 8)),
    ]  # fmt: skip
    assert (case.answered_at, case.unanswered_since, case.last_entry_at) == (at(1, 10), at(3, 8), at(3, 8))
    clocks = Clock.objects.order_by("cycle").values_list("state", "started_at", "fulfilled_at")
    assert [*clocks] == [("missed", at(2, 8), at(2, 13)), ("running", at(3, 8), None)]
    assert Fact.objects.filter(verb="case_answered").count() == 2
    assert run.totals["refused"] == {"value_unknown": 1}

    privacy.erase(case.customer)
    assert set(case.entries.values_list("text", "author_name")) == {("", ""), ("", "Bo"), ("", "old-desk")}


def test_what_was_done_in_the_same_minute_kept_its_promise(tmp_path):
    promised(Metric.RESOLUTION, 10)

    brought_in(written(tmp_path, "7,ada,2026-03-01,2026-03-01,closed,question,phone,Hours,,,", header=HEADER), how())

    clock = Clock.objects.get()
    assert (clock.state, clock.taken) == ("met", 0)


def test_an_open_complaint_waits_in_the_queue_and_keeps_advertising_away(tmp_path):
    promised(Metric.RESOLUTION, 10)
    path = written(tmp_path, STORY[0], STORY[1], header=HEADER)

    brought_in(path, how())

    case = Case.objects.get()
    assert (case.is_open, case.waiting, case.unanswered_since) == (True, "customer", at(1, 8))
    assert (case.due_at, case.due_metric) == (at(1, 18), "resolution")
    assert Clock.objects.get().breached_at == at(1, 18)
    assert Hold.objects.get(lifted_at=None).customer == case.customer


def test_what_is_settled_is_judged_only_where_that_is_wanted(tmp_path):
    promised(Metric.RESOLUTION, 10)

    brought_in(written(tmp_path, *STORY, header=HEADER), how(judged=False))

    assert (Case.objects.count(), Clock.objects.count()) == (1, 0)


def test_cases_that_cannot_be_stay_out_whole_and_say_why(tmp_path):
    path = written(
        tmp_path,
        "1,ada,2026-03-01,2026-03-01,received,complaint,email,Late,,,",
        "1,ada,2026-03-01,2026-03-02,solved,complaint,email,Late,,,",
        "2,ada,2026-03-01,2026-03-02,closed,complaint,email,Late,,,",
        "3,ada,2026-03-01,yesterday,closed,question,email,Late,,,",
        "4,ada,2026-03-01,2026-03-02,closed,question,email,,,,",
        ",ada,2026-03-01,2026-03-02,closed,question,email,Late,,,",
        "5,ada,2126-03-01,,received,question,email,Late,,,",
        "6,ada,2026-03-01,,closed,question,email,Late,,,",
        "7,ada,2026-03-01",
        "8,ada,2026-03-01,2026-03-02,closed,question,email,Late,,,",
        header=HEADER,
    )

    run = brought_in(path, how())

    assert dict(run.bad_rows.values_list("line", "code").order_by("line")) == {
        2: "case_refused", 3: "value_unknown", 4: "outcome_missing", 5: "date_unreadable", 6: "subject_missing",
        7: "number_missing", 8: "in_the_future", 9: "closed_missing", 10: "columns_differ",
    }  # fmt: skip
    assert run.bad_rows.get(line=3).words == "state: solved"
    assert (run.totals["rows"], run.totals["accepted"]) == (10, 1)
    assert Case.objects.get().reference == "8"


def test_customers_are_added_only_where_that_is_wanted(tmp_path):
    path = written(tmp_path, STORY[0], header=HEADER)

    run = brought_in(path, how(create_customers=False))

    assert (run.totals["refused"], Case.objects.count()) == ({"unknown_customer": 1}, 0)


def test_rows_of_a_case_that_are_scattered_are_put_together(tmp_path):
    other = "8,bob,2026-03-01,2026-03-02,closed,question,phone,Hours,,,"

    brought_in(written(tmp_path, *STORY[:4], other, *STORY[4:], header=HEADER), how(), batch_rows=2)

    assert dict(Case.objects.values_list("reference", "reopenings")) == {"7": 1, "8": 0}


def test_a_dry_run_says_what_will_come_and_keeps_nothing(tmp_path):
    promised(Metric.RESOLUTION, 10)

    run = checked(written(tmp_path, *STORY, header=HEADER), how())

    assert (run.dry_totals["cases"], Case.objects.count(), Theme.objects.count()) == (1, 0, 0)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"constants": {"channel": "fax"}}, "bad_choice"),
        ({"values": {"state": {"Done": "finished"}}}, "bad_choice"),
        ({"columns": {name: column for name, column in COLUMNS.items() if name != "kind"}}, "column_needed"),
        ({"columns": {name: column for name, column in COLUMNS.items() if name != "number"}}, "column_needed"),
    ],
)
def test_a_mapping_of_cases_that_cannot_be_is_refused(change, code):
    with pytest.raises(MappingRefused) as refused:
        check(how(**change))

    assert refused.value.code == code


def test_files_say_what_cases_know():
    assert set(WORDS["kind"]) == set(Case.Kind.values)
    assert set(WORDS["channel"]) == set(Case.Channel.values)
    assert set(WORDS["outcome"]) == set(Case.Outcome.values)
    assert {"customer", "third"} == set(Case.Waiting.values)
    assert {word for word in WORDS["state"] if word not in Case.Waiting.values} <= set(Case.Stage.values)
    assert [int(word) for word in WORDS["severity"]] == list(Case.Level.values)


def test_the_incident_log_comes_in_with_its_waiting_and_reopening():
    run = brought_in(DATA / "incident_event_log.csv", "incident_event_log", batch_rows=20)

    with (DATA / "incident_event_log.csv").open() as file:
        rows = list(csv.DictReader(file))
    reopened = {row["number"] for row in rows if int(row["reopen_count"])}
    assert run.totals["refused"] == {}
    assert run.totals["cases"] == len({row["number"] for row in rows}) == Case.objects.count()
    assert set(Case.objects.filter(reopenings__gt=0).values_list("reference", flat=True)) == reopened
    assert set(Pause.objects.values_list("reason", flat=True)) == {"customer", "third", "closed"}
    assert Case.objects.filter(theme__parent__isnull=False).count() > 0
    assert Case.objects.filter(customer=None).count() == 1


def test_complaints_without_numbers_come_in_once_each_also_where_two_rows_are_the_same(capsys):
    promised(Metric.ACKNOWLEDGE, 3, "business_days")
    path = DATA / "cfpb_complaints.csv"

    call_command("import_cases", path, mapping="cfpb_complaints")
    call_command("import_cases", path, mapping="cfpb_complaints")

    with path.open() as file:
        rows = list(csv.DictReader(file))
    assert Case.objects.count() == len(rows)
    assert Case.objects.filter(outcome="upheld").count() == sum(
        row["Company response to consumer"] == "Closed with monetary relief" for row in rows
    )
    assert "kept" in capsys.readouterr().out


def test_what_people_wrote_is_what_was_said_in_their_cases():
    brought_in(DATA / "cfpb_narratives.csv", "cfpb_narratives")

    assert Case.objects.exclude(entries=None).count() == 3
    assert Case.objects.filter(entries=None).count() == 5


@pytest.mark.large
@pytest.mark.parametrize(
    ("name", "mapping", "cases"),
    [
        ("incident_event_log/incident_event_log.csv.gz", "incident_event_log", 24_918),
        ("cfpb_complaints/consumer_complaints_3186.csv", "cfpb_complaints", 3_186),
        ("cfpb_complaints/consumer_complaints_147_narratives.csv", "cfpb_narratives", 145),
    ],
)
def test_whole_files_come_in_without_a_row_left_out(name, mapping, cases):
    run = brought_in(large(name), mapping, batch_rows=10_000)

    assert (run.totals["cases"], run.totals["refused"]) == (cases, {})
    assert Case.objects.count() == cases
    assert sorted(ready_made()[mapping].columns) == sorted(run.mapping["columns"])
