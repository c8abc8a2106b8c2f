"""Who waits for a case finds it as it is then."""

from concurrent.futures import ThreadPoolExecutor
from time import monotonic, sleep

import pytest
from django.db import connection, transaction

from customers.models import Customer
from feedback.actions import cases
from feedback.models import Case
from tests.factories import customers, feedback

WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


@pytest.mark.django_db(transaction=True)
def test_a_case_that_gets_another_customer_meanwhile_is_locked_with_that_one():
    case, other = feedback.case(), customers.customer()

    def lock() -> tuple[int, int]:
        """Whose case it is, and how many could still take that customer."""
        try:
            with transaction.atomic():
                locked = cases.locked_with_customer(case)
                with ThreadPoolExecutor(1) as second:
                    return locked.customer_id, second.submit(free, locked.customer_id).result()
        finally:
            connection.close()

    def free(customer: int) -> int:
        try:
            with transaction.atomic():
                return len(Customer.objects.select_for_update(skip_locked=True, no_key=True).filter(pk=customer))
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            Case.objects.filter(pk=case.pk).update(customer=other)
            waits, until = pool.submit(lock), monotonic() + 10
            while not waits.done() and not _waiting() and monotonic() < until:
                sleep(0.01)
            assert not waits.done()
        assert waits.result() == (other.pk, 0)


def _waiting() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(WAITING)
        return cursor.fetchone()[0]
