"""Workers take turns at the imports under way. A turn ends in time for the worker's own limit; the next goes on."""

from django.db import connection

from customers.actions.imports import runs, work
from customers.models import ImportRun

SECONDS_OF_A_TURN = 200  # a task may take 270
LOCK = 0x1347  # first half of the advisory lock of a run; the second is its id


def take(seconds: float = SECONDS_OF_A_TURN) -> int:
    """Carry on every import under way that no other worker has in hand. Answers with how many came to their end.

    The lock only keeps workers from doing the same work twice; that nothing is written twice does not hang on it.
    """
    under_way = ImportRun.objects.filter(state__in=(ImportRun.State.RUNNING, ImportRun.State.CHECKING))
    ended = 0
    for run in under_way.order_by("pk"):
        if not _in_hand(run):
            continue
        try:
            now = work.carry_on(run, seconds=seconds)
        finally:
            _let_go(run)
        if now.state == ImportRun.State.DONE:
            runs.sweep(now)
            ended += 1
    return ended


def _in_hand(run: ImportRun) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [LOCK, run.pk])
        (mine,) = cursor.fetchone()
        return bool(mine)


def _let_go(run: ImportRun) -> None:
    if connection.is_usable():  # a lost connection has let go by itself
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCK, run.pk])
