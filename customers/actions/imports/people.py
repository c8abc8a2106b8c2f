"""Write the customers of a batch. One whose number is known is left as they are."""

from collections.abc import Sequence

from django.conf import settings

from customers.actions import customers, purchases
from customers.actions.imports.tally import Tally
from customers.files.reasons import Refusal
from customers.files.rows import Entry
from customers.models import ImportRun
from customers.newcomers import CustomerRefused, Newcomer, checked, sentences


def bring_in(run: ImportRun, entries: Sequence[Entry], tally: Tally) -> list[Refusal]:
    """Add the customers of the entries. Answers with more rows that stay out."""
    refused: list[Refusal] = []
    known = set(purchases.standing_ids({entry.item.number for entry in entries if entry.item}))
    fresh: dict[str, Newcomer] = {}
    for entry in entries:
        if entry.item is None:
            continue
        try:
            newcomer = checked(entry.item, business_country=settings.BUSINESS_COUNTRY)
        except CustomerRefused as refusal:
            refused.append(Refusal([entry.row], "customer_refused", " ".join(sentences(refusal))))
            continue
        tally.counts["accepted"] += 1
        if newcomer.number in known or newcomer.number in fresh:
            tally.counts["known"] += 1
        else:
            fresh[newcomer.number or ""] = newcomer
    customers.ensure_many(list(fresh.values()), by=run.by)
    tally.counts["customers"] += len(fresh)
    return refused
