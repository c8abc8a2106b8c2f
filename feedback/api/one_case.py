"""What views of one case share."""

from typing import Any

from django.http import Http404

from config.rest import ApiView
from feedback.models import Case

JOINED = ("customer", "theme", "root_cause", "team", "assignee", "purchase")
ROWS = Case.objects.select_related(*JOINED)


class OfOneCase(ApiView):
    """A view whose addresses have the id of a case."""

    queryset = ROWS
    lookup_value_regex = "[0-9]{1,15}"
    confidential = True

    def _at(self, pk: str) -> Case:
        case: Any = self.get_queryset().filter(pk=int(pk)).first()
        if case is None:
            raise Http404
        if case.customer_id:
            self.tells_of(case.customer_id)
        return case
