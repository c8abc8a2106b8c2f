"""What PostgreSQL lets nobody change or remove, table by table: by what happens to a row, not by a guard's name."""

import pytest
from django.db import DatabaseError, connection, transaction
from psycopg.errors import RestrictViolation

pytestmark = pytest.mark.django_db

APPEND_ONLY = {
    "advisory_move",
    "advisory_draw",
    "advisory_electionballot",
    "advisory_nda",
    "advisory_pool",
    "advisory_recommendationstep",
    "calendars_day",
    "calendars_opening",
    "calendars_version",
    "communications_plancomment",
    "communications_planevent",
    "communications_templateversion",
    "customers_accesslog",
    "customers_segmentversion",
    "feedback_caseevent",
    "feedback_clockevent",
    "feedback_policyversion",
    "feedback_standard",
    "feedback_step",
    "feedback_target",
    "insights_decision",
    "insights_look",
    "loyalty_balanceimport",
    "loyalty_contribution",
    "loyalty_gift",
    "loyalty_partnerstatement",
    "loyalty_seal",
    "loyalty_tierchange",
    "loyalty_transaction",
    "loyalty_transfer",
    "people_event",
}
NEVER_DELETED = {
    "advisory_board",
    "advisory_meeting",
    "advisory_recommendation",
    "advisory_term",
    "calendars_calendar",
    "communications_approval",
    "communications_enrolment",
    "communications_hold",
    "communications_humantask",
    "communications_message",
    "communications_plan",
    "communications_touchpoint",
    "communications_template",
    "customers_consentdecision",
    "customers_customer",
    "customers_fact",
    "customers_purchase",
    "feedback_case",
    "feedback_clock",
    "feedback_invitation",
    "loyalty_lot",
    "loyalty_membership",
    "loyalty_wallet",
}
# Tables whose rows stay as they are: the columns that change all the same, when every other has its value.
KEPT = {
    "advisory_candidate": {"customer_id"},
    "advisory_charter": set(),
    "advisory_signature": set(),
    "customers_consentdecision": set(),
    "communications_planversion": set(),
    "customers_fact": set(),
    "feedback_surveyversion": set(),
    "loyalty_partnerentry": set(),
    "loyalty_partnerpack": {"left"},
    "loyalty_partnerrate": set(),
    "loyalty_ruleversion": set(),
    "loyalty_tiertable": set(),
}
# Tables of whose rows some columns stay.
PARTLY_KEPT = {
    "communications_touchpoint": {"state", "sent_at"},
    "communications_message": {"state", "sent_at", "key", "message_id", "to_address", "subject", "text", "html"},
    "feedback_entry": {"kind", "automatic", "author_id", "at", "recorded_at", "text", "html"},
}
NEVER_TRUNCATED = {"loyalty_seal", "loyalty_transaction", "loyalty_transfer"}
SOME_VALUES = {
    "bigint": ("7", "8"),
    "integer": ("7", "8"),
    "smallint": ("7", "8"),
    "numeric": ("7", "8"),
    "double precision": ("7", "8"),
    "boolean": ("true", "false"),
    "state": ("sent", "failed"),
    "date": ("2026-01-01", "2026-01-02"),
    "time without time zone": ("10:00", "11:00"),
    "timestamp with time zone": ("2026-01-01", "2026-01-02"),
    "jsonb": ('{"a": 1}', '{"a": 2}'),
    "bytea": ("a", "b"),
    "uuid": ("00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002"),
    "ARRAY": ("{7}", "{8}"),
}


def refuses(statement: str) -> bool:
    """Whether a guard refuses it. Nothing stays, if it does not."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
            transaction.set_rollback(True)
    except DatabaseError as error:
        if isinstance(error.__cause__, RestrictViolation):
            return True
        raise
    return False


def columns(table: str) -> dict[str, tuple[str, str]]:
    """Each column with two values that it can take."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name, data_type FROM information_schema.columns "
            "WHERE table_schema = 'public' AND table_name = %s AND is_generated = 'NEVER'",
            [table],
        )
        return {name: SOME_VALUES.get(name, SOME_VALUES.get(kind, ("a", "b"))) for name, kind in cursor.fetchall()}


def put(table: str, **held: str) -> None:
    """A row of the table, whatever else it would have to be: what is asked here is only whether it can change."""
    values = {name: first for name, (first, _second) in columns(table).items()} | held
    with connection.cursor() as cursor:
        cursor.execute("SELECT conname FROM pg_constraint WHERE contype = 'c' AND conrelid = %s::regclass", [table])
        for (name,) in cursor.fetchall():
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        cursor.execute("SET LOCAL session_replication_role = replica")
        names = ", ".join(f'"{name}"' for name in values)
        marks = ", ".join(["%s"] * len(values))
        cursor.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(values.values()))
        cursor.execute("SET LOCAL session_replication_role = origin")


def staying(table: str) -> set[str]:
    """The columns of the row that cannot be changed, each by itself."""
    changes = {name: second for name, (_first, second) in columns(table).items()}
    return {name for name, value in changes.items() if refuses(f"UPDATE {table} SET \"{name}\" = '{value}'")}


def test_no_row_of_an_append_only_table_is_changed_or_removed():
    first = {table: next(iter(columns(table))) for table in APPEND_ONLY}

    assert {table for table in APPEND_ONLY if not refuses(f"UPDATE {table} SET {first[table]} = NULL")} == set()
    assert {table for table in APPEND_ONLY | NEVER_DELETED if not refuses(f"DELETE FROM {table}")} == set()


def test_the_ledger_is_not_emptied():
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL mainstay.may_truncate = off")

    assert {table for table in NEVER_TRUNCATED if not refuses(f"TRUNCATE {table} CASCADE")} == set()


@pytest.mark.parametrize("table", KEPT)
def test_of_a_row_that_is_kept_only_what_has_to_change_can(table):
    put(table)

    assert set(columns(table)) - staying(table) == KEPT[table]
    assert refuses(f"DELETE FROM {table}")


@pytest.mark.parametrize("table", PARTLY_KEPT)
def test_of_what_was_said_or_sent_the_words_stay(table):
    put(table)

    assert staying(table) == PARTLY_KEPT[table]
    assert refuses(f"DELETE FROM {table}")


def test_what_was_answered_in_a_survey_stays_answered():
    put("feedback_invitation", state="answered")
    put("feedback_answer")

    assert set(columns("feedback_answer")) - staying("feedback_answer") == {"id"}
    assert refuses("DELETE FROM feedback_answer")
