"""The queue: which cases, in which order, and what a row of it says."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta, tzinfo
from typing import Any
from urllib.parse import urlencode

from django.db import connection
from django.db.models import Exists, OuterRef, Q, Subquery
from django.db.models.functions import Left
from django.utils import timezone

from customers.models import Customer
from feedback.models import Case, Entry, Team, Theme
from feedback.models.cases import NEVER, CaseQuerySet
from people.models import User

SOON = timedelta(hours=4)
COUNTED = 99  # of a tab; more are "99+"

STATES = ("open", "asleep", "closed", "spam", "all")
DUE = ("breached", "soon", "today", "never")
WAITING = ("us", "customer", "third")
CHOICES: dict[str, tuple[str, ...]] = {
    "state": STATES,
    "kind": tuple(Case.Kind.values),
    "stage": tuple(Case.Stage.values),
    "priority": tuple(str(value) for value in Case.Priority.values),
    "channel": tuple(Case.Channel.values),
    "waiting": WAITING,
    "due": DUE,
}


@dataclass(frozen=True)
class Filters:
    """What of the queue is wanted, as its address says it; what nobody offered counts as not said."""

    state: str = "open"
    agent: str = ""  # me, nobody, or somebody's id
    team: str = ""
    kind: str = ""
    priority: str = ""
    stage: str = ""
    theme: str = ""
    channel: str = ""
    waiting: str = ""
    due: str = ""
    language: str = ""
    customer: str = ""

    @classmethod
    def read(cls, given: Mapping[str, str]) -> "Filters":
        return cls(
            **{
                field.name: value
                for field in fields(cls)
                if (value := given.get(field.name, "")) and _fits(field.name, value)
            }
        )

    @property
    def said(self) -> dict[str, str]:
        """Those that differ from the plain queue."""
        return {field.name: getattr(self, field.name) for field in fields(self)
                if getattr(self, field.name) != field.default}  # fmt: skip

    @property
    def query(self) -> str:
        """For an address; the same filters are always the same text."""
        return urlencode(self.said)

    @property
    def link(self) -> str:
        """The same, and never empty: an address without a word opens with the view that somebody chose for that."""
        return self.query or f"state={self.state}"

    def cases(self, *, person: User, at: datetime, today_ends: datetime) -> CaseQuerySet:
        found = _of_state(self.state, at)
        same = ("kind", "stage", "channel", "language", "priority")
        found = found.filter(**{name: value for name, value in self.said.items() if name in same})
        for name in ("team", "customer"):
            if value := getattr(self, name):
                found = found.filter(**{name: int(value)})
        if self.theme:
            branch = Theme.objects.filter(Q(pk=int(self.theme)) | Q(parent=int(self.theme)))
            found = found.filter(theme__in=list(branch.values_list("pk", flat=True)))
        if self.agent:
            found = found.filter(_agent(self.agent, person))
        if self.waiting:
            found = found.filter(waiting="" if self.waiting == "us" else self.waiting)
        if self.due:
            found = found.filter(_due(self.due, at, today_ends))
        return found


def _fits(name: str, value: str) -> bool:
    if name in CHOICES:
        return value in CHOICES[name]
    if name == "language":
        return value.replace("-", "").isalnum() and len(value) <= 10
    return (name == "agent" and value in ("me", "nobody")) or (value.isascii() and value.isdigit() and len(value) < 16)


def _of_state(state: str, at: datetime) -> CaseQuerySet:
    if state == "open":
        return Case.objects.open().awake(at)
    if state == "asleep":
        return Case.objects.open().filter(snoozed_until__gt=at)
    if state == "closed":
        return Case.objects.filter(closed_at__isnull=False, merged_into=None)
    if state == "spam":
        return Case.objects.filter(spam=True)
    return Case.objects.all()


def _agent(agent: str, person: User) -> Q:
    if agent == "nobody":
        return Q(assignee=None)
    return Q(assignee=person.pk if agent == "me" else int(agent))


def _due(due: str, at: datetime, today_ends: datetime) -> Q:
    if due == "never":
        return Q(due_at=None)
    return Q(due_at__lt={"breached": at, "soon": at + SOON, "today": today_ends}[due])


def today_ends(at: datetime, zone: tzinfo | None = None) -> datetime:
    """Midnight to come in this zone; in that of the one who looks, where none is named."""
    here = timezone.localtime(at, zone)
    return (here + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)


def by_due(filters: Filters) -> bool:
    """Open cases stand by what is due next; those that are settled by when they came in, the latest first."""
    return filters.state in ("open", "asleep")


def with_rows(cases: CaseQuerySet) -> CaseQuerySet:
    """All that a row needs."""
    return cases.select_related("customer__profile", "team", "assignee", "theme").defer("outcome_reason")


def with_lines(cases: CaseQuerySet) -> CaseQuerySet:
    """What the lines of the queue say, and nothing else of all that is known of a case and its customer."""
    return cases.select_related("customer__profile", "team", "assignee", "theme").only(*LINE)


def last_words(cases: list[Case], *, notes: bool) -> dict[int, Entry]:
    """The newest message of each, its beginning only: one statement for a page of cases."""
    said = Entry.objects.filter(case=OuterRef("pk"), automatic=False)
    if not notes:
        said = said.exclude(kind=Entry.Kind.NOTE)
    newest = Case.objects.filter(pk__in=[case.pk for case in cases]).values(
        newest=Subquery(said.order_by("-at", "-pk").values("pk")[:1])
    )
    entries = Entry.objects.filter(pk__in=newest).annotate(beginning=Left("text", 200))
    return {entry.case_id: entry for entry in entries.only("case_id", "kind", "at")}


LINE = (
    *("kind", "stage", "waiting", "sender_name", "sender_address", "subject", "priority", "spam", "reopenings"),
    *("snoozed_until", "closed_at", "merged_into", "due_at", "received_at", "customer__name", "customer__number"),
    *("customer__profile__tier", "team__name", "theme__name"),
    *("assignee__first_name", "assignee__last_name", "assignee__username"),
)
# The order is that of an index: without it, where no case is free, all that ever were are read to find none.
TABS = """
SELECT
    (SELECT count(*) FROM (SELECT 1 FROM feedback_case WHERE {open} AND assignee_id = %(me)s
        ORDER BY assignee_id, due_at LIMIT %(most)s) mine),
    (SELECT count(*) FROM (SELECT 1 FROM feedback_case WHERE {open} AND assignee_id IS NULL
        ORDER BY assignee_id, due_at LIMIT %(most)s) free),
    (SELECT count(*) FROM (SELECT 1 FROM feedback_case WHERE {open} AND due_at < %(at)s
        ORDER BY due_at LIMIT %(most)s) late),
    (SELECT count(*) FROM (SELECT 1 FROM feedback_case WHERE {open} AND due_at < %(soon)s
        ORDER BY due_at LIMIT %(most)s) soon)
""".replace(
    "{open}",
    "closed_at IS NULL AND merged_into_id IS NULL AND NOT spam AND (snoozed_until IS NULL OR snoozed_until <= %(at)s)",
)


def counts(person: User, at: datetime) -> dict[str, int]:
    """How many stand under each tab of the queue, counted to one more than ``COUNTED``."""
    with connection.cursor() as cursor:
        cursor.execute(TABS, {"me": person.pk, "at": at, "soon": at + SOON, "most": COUNTED + 1})
        return dict(zip(("mine", "free", "breached", "soon"), cursor.fetchone(), strict=True))


def names(filters: Filters) -> dict[str, str]:
    """What stands behind the ids that are chosen; nothing where nobody has this id (any more)."""
    behind: dict[str, Any] = {"agent": User, "team": Team, "theme": Theme, "customer": Customer}
    found = {}
    for name, model in behind.items():
        value = filters.said.get(name, "")
        if value.isdigit() and (row := model.objects.filter(pk=int(value)).first()):
            found[name] = str(row)
    return found


def neighbours(case: Case, cases: CaseQuerySet, *, due: bool) -> dict[str, Any]:
    """The case before and the one after in a view, whether or not this one still stands in it."""
    # "Not before" is said once more by itself: an index begins there, where it does not understand the rest.
    if due:
        key = case.due_at or NEVER
        cases = cases.by_due()
        after = Q(due_or_never__gte=key) & (Q(due_or_never__gt=key) | Q(pk__gt=case.pk))
        before = Q(due_or_never__lte=key) & (Q(due_or_never__lt=key) | Q(pk__lt=case.pk))
        order, back = ("due_or_never", "pk"), ("-due_or_never", "-pk")
    else:
        key = case.received_at
        after = Q(received_at__lte=key) & (Q(received_at__lt=key) | Q(pk__lt=case.pk))
        before = Q(received_at__gte=key) & (Q(received_at__gt=key) | Q(pk__gt=case.pk))
        order, back = ("-received_at", "-pk"), ("received_at", "pk")
    following = cases.filter(after).order_by(*order).values_list("pk", flat=True)
    leading = cases.filter(before).order_by(*back).values_list("pk", flat=True)
    return {"next": following.first(), "previous": leading.first()}


def mentions_of(person: User, *, since: datetime) -> list[Entry]:
    """Notes in open cases that name somebody, where they have not said or written anything after it."""
    after = Entry.objects.filter(case=OuterRef("case"), author=person, pk__gt=OuterRef("pk"))
    notes = Entry.objects.filter(mentions=person, at__gte=since, case__closed_at=None, case__merged_into=None)
    return list(notes.exclude(Exists(after)).select_related("case", "author").order_by("-at", "-pk")[:20])
