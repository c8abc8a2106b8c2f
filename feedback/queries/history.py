"""What was done to a case, told by numbers."""

from django.db.models import Max

from feedback.models import Case, CaseEvent


def version(case: Case) -> int:
    """A number that is higher after everything that was done to the case: what a change is compared with."""
    return CaseEvent.objects.filter(case=case).aggregate(last=Max("pk"))["last"] or 0
