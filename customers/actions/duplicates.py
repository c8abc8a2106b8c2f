"""Look for customers who may be one person."""

from django.db import connection, transaction
from django.utils import timezone

from customers.models import Duplicate, DuplicateSearch
from people.models import User

SHARED_BY_AT_MOST = 10  # more share an office's phone or a placeholder address: they are no duplicates

FIND = """
WITH standing AS (
    SELECT id, sort_key, birth_year, birth_month, birth_day FROM customers_customer WHERE status = 'active'
), shared AS (
    SELECT 'email' AS reason, array_agg(DISTINCT e.customer_id) AS ids
    FROM customers_emailaddress e JOIN standing s ON s.id = e.customer_id
    GROUP BY e.address HAVING count(DISTINCT e.customer_id) BETWEEN 2 AND %(most)s
    UNION ALL
    SELECT 'phone', array_agg(DISTINCT p.customer_id)
    FROM customers_phone p JOIN standing s ON s.id = p.customer_id
    GROUP BY p.number HAVING count(DISTINCT p.customer_id) BETWEEN 2 AND %(most)s
    UNION ALL
    SELECT 'birthday', array_agg(id) FROM standing WHERE sort_key <> '' AND birth_day IS NOT NULL
    GROUP BY sort_key, birth_month, birth_day, birth_year HAVING count(*) BETWEEN 2 AND %(most)s
    UNION ALL
    SELECT 'postcode', array_agg(DISTINCT s.id)
    FROM customers_postaladdress a JOIN standing s ON s.id = a.customer_id
    WHERE s.sort_key <> '' AND a.postcode <> ''
    GROUP BY s.sort_key, a.country, a.postcode HAVING count(DISTINCT s.id) BETWEEN 2 AND %(most)s
), pairs AS (
    SELECT one AS first_id, other AS second_id, array_agg(DISTINCT reason::varchar ORDER BY reason::varchar) AS reasons
    FROM shared, unnest(ids) AS one, unnest(ids) AS other WHERE one < other GROUP BY one, other
), gone AS (
    DELETE FROM customers_duplicate d WHERE d.dismissed_at IS NULL
        AND NOT EXISTS (SELECT FROM pairs p WHERE p.first_id = d.first_id AND p.second_id = d.second_id)
)
INSERT INTO customers_duplicate AS known (first_id, second_id, reasons)
SELECT first_id, second_id, reasons FROM pairs
ON CONFLICT (first_id, second_id) DO UPDATE SET reasons = excluded.reasons WHERE known.reasons <> excluded.reasons
"""


@transaction.atomic
def find() -> int:
    """Suggest every pair that shares something, once; drop those that share nothing any more.

    A pair that somebody said no to stays away. Returns how many wait for an answer.
    """
    with connection.cursor() as cursor:
        cursor.execute(FIND, {"most": SHARED_BY_AT_MOST})
    return Duplicate.objects.waiting().count()


@transaction.atomic
def ask(*, by: User | None = None) -> DuplicateSearch:
    """Ask for a search as soon as a worker has time. One that waits already is as good."""
    search = DuplicateSearch(asked_by=by)
    made = DuplicateSearch.objects.bulk_create([search], ignore_conflicts=True)
    return DuplicateSearch.objects.filter(done_at=None).first() or made[0]


@transaction.atomic
def look() -> int | None:
    """Make the search that somebody waits for; None where nobody does, or somebody is making it."""
    waiting = DuplicateSearch.objects.select_for_update(skip_locked=True).filter(done_at=None).first()
    if waiting is None:
        return None
    found = find()
    waiting.done_at = timezone.now()
    waiting.save(update_fields=["done_at"])
    return found


@transaction.atomic
def dismiss(duplicate: Duplicate, *, by: User) -> Duplicate:
    """These are two people: do not suggest them again."""
    duplicate = Duplicate.objects.select_for_update().get(pk=duplicate.pk)
    if duplicate.dismissed_at is None:
        duplicate.dismissed_at, duplicate.dismissed_by = timezone.now(), by
        duplicate.save(update_fields=["dismissed_at", "dismissed_by"])
    return duplicate
