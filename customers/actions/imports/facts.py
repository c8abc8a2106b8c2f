"""Write the facts of a batch. One that was said before is found."""

from collections.abc import Sequence

from customers.actions import facts
from customers.actions.imports.tally import Tally
from customers.files.reasons import Refusal
from customers.files.rows import Entry
from customers.models import ImportRun


def bring_in(run: ImportRun, entries: Sequence[Entry], tally: Tally) -> list[Refusal]:
    """Write down what the entries report. Answers with more rows that stay out."""
    refused: list[Refusal] = []
    good = [entry for entry in entries if entry.item is not None]
    for start in range(0, len(good), facts.AT_ONCE):
        some = good[start : start + facts.AT_ONCE]
        for entry, outcome in zip(some, facts.report_many([one.item for one in some], by=run.by), strict=True):
            if outcome.refusal:
                error = outcome.refusal.error_list[0]
                refused.append(Refusal([entry.row], error.code or "refused", " ".join(outcome.refusal.messages)))
            else:
                tally.counts["accepted"] += 1
                tally.counts["facts" if outcome.created else "known"] += 1
    return refused
