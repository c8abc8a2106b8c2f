"""Twenty members vote in the same second, from twenty phones, and their pages.

    python -m benchmarks.board_votes [rounds]

gunicorn as it is run, with two workers, on a throw-away cluster; each phone has a connection of its own and sends what
the page's button sends. Of each round half are named ballots and half secret ones; a vote's time ends when the phone
shows that it is in. No vote may be lost. Then the member's home page with much on it: its queries and its CPU.
"""

import http.client
import re
import statistics
import sys
import threading
import time
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from benchmarks.api import free_port, serving
from benchmarks.ground import Bars, ground

PHONES, BAR, QUERIES = 20, 300, 15
MUCH = 1_000  # recommendations, topics and actions on the page's board


@dataclass
class Phone:
    """One member's browser: a kept connection, cookies, the token of the form."""

    port: int
    path: str
    cookies: dict[str, str] = field(default_factory=dict)
    form: str = ""
    took: float = 0
    said: str = ""

    def open(self) -> None:
        self.line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        self.form = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', self.ask("GET"))[0]

    def ask(self, method: str, body: str = "") -> str:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "HX-Request": "true"}
        self.line.request(method, self.path, body or None, headers)
        answer = self.line.getresponse()
        text = answer.read().decode()
        if answer.status != 200:
            raise SystemExit(f"{method} {self.path}: {answer.status} {text[:300]}")
        for line in answer.headers.get_all("Set-Cookie") or ():
            name, value = line.split(";")[0].split("=", 1)
            self.cookies[name] = value
        return text

    def vote(self, ballot: int, start: threading.Barrier) -> None:
        wish = {"csrfmiddlewaretoken": self.form, "do": "vote", "ballot": ballot, "choice": "yes"}
        body = urlencode(wish)
        start.wait()
        begun = time.perf_counter()
        self.said = self.ask("POST", body)
        self.took = (time.perf_counter() - begun) * 1000


def board() -> tuple[Any, list[Any]]:
    """A running meeting with twenty members."""
    from django.utils import timezone

    from advisory.actions import agendas, attendance, meetings
    from advisory.models import Board, Charter, Seat, Term
    from customers.models import Customer

    made = Board.objects.create(code="bench", name="Bench", zone="UTC")
    Charter.objects.create(board=made, number=1, mission="Vote.", size=PHONES, published_at=timezone.now())
    today = timezone.localdate()
    for number in range(1, PHONES + 1):
        person = Customer.objects.create(number=f"M{number}", name=f"Member {number}", sort_key=f"member {number}")
        Term.objects.create(
            board=made, seat=Seat.objects.create(board=made, number=number), customer=person, state="active",
            route="draw", starts_on=today - timedelta(days=30), ends_on=today + timedelta(days=300),
            invited_at=timezone.now(), answer_by=timezone.now(), accepted_at=timezone.now(),
        )  # fmt: skip
    meeting = meetings.plan(made, "Bench")
    starts = timezone.now() + timedelta(hours=1)
    meetings.schedule(meeting, starts_at=starts, ends_at=starts + timedelta(hours=1))
    for title in ("Prices", "Delivery", "Returns"):
        agendas.add(meeting, title)
    meeting = meetings.open(meeting)
    invitees = list(meeting.invitees.select_related("term__customer").order_by("pk"))
    for invitee in invitees:
        attendance.come(invitee)
    attendance.begin(meeting.items.get(position=1))
    return meeting, invitees


def votes(port: int, rounds: int) -> dict[str, list[float]]:
    from django.urls import reverse

    from advisory.actions import ballots
    from advisory.queries import access

    meeting, invitees = board()
    paths = [reverse("portal_meeting", args=[access.link(one.term, "portal"), meeting.pk]) for one in invitees]
    phones = [Phone(port, path) for path in paths]
    took: dict[str, list[float]] = {"named": [], "secret": []}
    for number in range(2 * rounds + 2):  # the first two warm up
        kind = "secret" if number % 2 else "named"
        ballot = ballots.open(ballots.prepare(meeting, f"Question {number}?", secrecy=kind))
        for phone in phones:
            phone.open()
        start = threading.Barrier(PHONES)
        threads = [threading.Thread(target=phone.vote, args=(ballot.pk, start)) for phone in phones]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert all("Your vote is in" in phone.said for phone in phones)
        assert ballots.close(ballot).result["counts"]["yes"] == PHONES, "a vote was lost"
        if number > 1:
            took[kind] += [phone.took for phone in phones]
    return took


def page() -> tuple[int, float]:
    """Queries and milliseconds of CPU of a member's home page on a board where much has happened."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext
    from django.urls import reverse

    from advisory.models import Board, Recommendation, Term, Topic
    from advisory.queries import access

    made = Board.objects.get()
    term = Term.objects.filter(board=made).select_related("customer").earliest("pk")
    Recommendation.objects.bulk_create(
        Recommendation(board=made, number=number, title=f"Advice {number}", proposed_by=term) for number in range(MUCH)
    )
    Topic.objects.bulk_create(Topic(board=made, title=f"Topic {number}", term=term) for number in range(MUCH))
    address, client = reverse("portal", args=[access.link(term, "portal")]), Client()
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    asked, spent = len(queries), []
    for _ in range(20):
        begun = time.process_time()
        client.get(address)
        spent.append((time.process_time() - begun) * 1000)
    return asked, statistics.median(spent)


def main(rounds: int = 5) -> None:
    with ground():
        from django.conf import settings
        from django.db import connections

        settings.ALLOWED_HOSTS = ["testserver"]
        connections.close_all()
        port = free_port()
        with serving(port):
            took = votes(port, rounds)
        queries, spent = page()
    bars = Bars(f"{PHONES} members vote at once, {rounds} rounds of each kind; two workers")
    for kind, times in took.items():
        times.sort()
        note = f"median {statistics.median(times):.0f}, worst {times[-1]:.0f}; none lost"
        bars.at_most(f"{kind} votes, p95 in ms", times[len(times) * 95 // 100], BAR, note)
    bars.at_most(f"a member's page with {MUCH:,} of each thing, queries", queries, QUERIES, f"{spent:.0f} ms of CPU")
    bars.end()


if __name__ == "__main__":
    main(*(int(one) for one in sys.argv[1:]))
