"""The desk at 100,000 cases and 400,000 messages: queue page, case page, search; the first two at 20,000 cases too.

    python -m benchmarks.desk [cases] [search]

CPU is the process's and its PostgreSQL backend's together, without what the admin's own frame costs on a page that
shows next to nothing. Every search is asked once, on a warm cache.
"""

import gc
import random
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from benchmarks.ground import Bars, cpu, ground, in_turns

MOST_QUERIES, MOST_CPU_MS, CASE_QUERIES, SEARCH_MS, GROWTH = 8, 25, 15, 100, 1.5
ROUNDS = 60

COMMON = """the parcel order refund delivery please help still waiting received wrong broken size money card charged
invoice account password shop page email answer nobody called again week days order number return label carrier
store staff friendly rude late never arrived damaged box colour color blue red shirt shoe kettle lamp phone cable
thank you very much disappointed happy service customer support promised tomorrow"""
KOREAN = "배송이 너무 늦어요 언제 오나요 환불해 주세요 주문 번호 상품이 파손 되었어요 감사합니다 고객센터 답변"
THAI = "สินค้ายังไม่มาถึงเลย ขอคืนเงิน สินค้าชำรุด ขอบคุณมาก พัสดุหาย ติดต่อกลับด้วย"

MAKE = [
    """INSERT INTO customers_customer
        (number, name, sort_key, language, zone, country, city, came_from, status, version)
    SELECT 'C' || n, 'Name ' || n, 'name ' || n, '', '', '', '', '', 'active', 1
    FROM generate_series(%(from)s / 2 + 1, %(to)s / 2) n""",
    """INSERT INTO feedback_case (kind, stage, waiting, channel, customer_id, sender_name, sender_address, language,
        subject, severity, impact, priority, wanted, product, store, outcome, outcome_reason, spam, asleep_firmly,
        received_at, reopenings, due_metric, closed_at, decided_at, due_at, team_id, assignee_id, theme_id,
        last_entry_at)
    SELECT kind, CASE WHEN is_open THEN 'received' ELSE 'closed' END, '', 'email',
        first + (n %% (%(to)s / 2)), '', 'user' || n || '@example.com', 'en',
        words[1 + n %% 60] || ' ' || words[1 + n / 7 %% 60] || ' ' || n,
        2, 1, 1 + n %% 4, '', '', '', CASE WHEN is_open THEN '' ELSE 'not' END, '', false, false, at, 0, '',
        CASE WHEN NOT is_open THEN at + interval '2 days' END, CASE WHEN NOT is_open THEN at + interval '2 days' END,
        CASE WHEN is_open THEN now() + (n %% 9000 - 600) * interval '1 minute' END,
        teams[1 + n %% array_length(teams, 1)],
        CASE WHEN n %% 3 > 0 THEN agents[1 + n %% array_length(agents, 1)] END,
        themes[1 + n %% array_length(themes, 1)], at
    FROM (SELECT n, (ARRAY['complaint', 'question', 'praise', 'suggestion'])[1 + n %% 4] AS kind,
            n %% 7 = 0 AS is_open,
            now() - (%(to)s - n) * interval '9 minutes' AS at FROM generate_series(%(from)s + 1, %(to)s) n) made,
        (SELECT min(id) AS first FROM customers_customer) customers,
        (SELECT %(words)s::text[] AS words, %(agents)s::bigint[] AS agents, %(teams)s::bigint[] AS teams,
            %(themes)s::bigint[] AS themes) given""",
    # Messages of some thirty words, the front of the list many times as often as its end; one in ten Korean or Thai.
    """INSERT INTO feedback_entry
        (case_id, kind, channel, automatic, author_id, sender_name, sender_address, text, html, at)
    SELECT c.id, CASE k WHEN 0 THEN 'received' WHEN 1 THEN 'reply' WHEN 2 THEN 'received' ELSE 'note' END, 'email',
        false, CASE WHEN k %% 2 = 1 THEN (%(agents)s::bigint[])[1 + c.id %% 20] END, '', '',
        said.text, '', c.received_at + k * interval '3 hours'
    FROM feedback_case c, generate_series(0, 3) k, LATERAL (
        SELECT string_agg(CASE
            WHEN (c.id + k) %% 20 = 0 THEN (%(korean)s::text[])[1 + floor(random() * %(korean_n)s + k * 0)]
            WHEN (c.id + k) %% 20 = 1 THEN (%(thai)s::text[])[1 + floor(random() * %(thai_n)s + k * 0)]
            WHEN w = 30 THEN 'ref' || (c.id * 4 + k)
            WHEN w %% 6 = 0 THEN 'word' || floor(power(random(), 3) * 40000 + c.id * 0)::int
            ELSE (%(words)s::text[])[1 + floor(power(random(), 2) * 60 + c.id * 0)] END, ' ') AS text
        FROM generate_series(1, CASE WHEN (c.id + k) %% 20 < 2 THEN 8 ELSE 30 END) w
    ) said
    WHERE c.id > %(from)s""",
]


def people() -> dict[str, Any]:
    from django.contrib.auth.models import Group

    from feedback.models import Member, Team, Theme
    from people.actions import roles
    from people.models import User
    from people.roles import Role

    roles.refresh()
    agents = [User.objects.create(username=f"agent{n}", first_name=f"Agent {n}", is_staff=True) for n in range(20)]
    teams = [Team.objects.create(code=f"team-{n}", name=f"Team {n}") for n in range(5)]
    for n, agent in enumerate(agents):
        agent.groups.add(Group.objects.get(name=Role.SUPPORT))
        Member.objects.create(team=teams[n % 5], user=agent)
    themes = [Theme.objects.create(code=f"theme-{n}", name=f"Theme {n}") for n in range(30)]
    return {
        name: [one.pk for one in rows] for name, rows in (("agents", agents), ("teams", teams), ("themes", themes))
    }


def make(begin: int, end: int, given: dict[str, Any]) -> None:
    from django.db import connection

    words = {"words": COMMON.split()[:60], "korean": KOREAN.split(), "thai": THAI.split()}
    words |= {"korean_n": len(KOREAN.split()), "thai_n": len(THAI.split())}  # type: ignore[dict-item]
    with connection.cursor() as cursor:
        for statement in MAKE:
            cursor.execute(statement, {"from": begin, "to": end} | words | given)
        cursor.execute("VACUUM ANALYZE")


def costs(works: dict[str, Callable[[], Any]]) -> dict[str, float]:
    """Milliseconds of CPU of one time of each; the median of many, taken in turns one by one.

    The machine's speed changes for some tenths of a second at a time: many of one page in a row would be one mood.
    """

    def once(work: Callable[[], Any]) -> float:
        begun = cpu()
        work()
        return (cpu() - begun) * 1000

    for work in works.values():
        work()
    return in_turns({name: partial(once, work) for name, work in works.items()}, ROUNDS)


def asked(client: Any, address: str) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200, address
    return len(queries)


def pages(client: Any, long: int) -> dict[str, tuple[int, float]]:
    from django.urls import reverse

    from feedback.models import Case

    case = Case.objects.open().order_by("-pk")[5].pk  # an ordinary one
    addresses = {
        "frame": reverse("admin:corrective_actions"),  # of nothing
        "queue": "/admin/desk/",
        "queue, own": "/admin/desk/?agent=me",
        "queue, rare": "/admin/desk/?theme=3&kind=praise&priority=3",
        "queue, closed": "/admin/desk/?state=closed",
        "queue, aside": "/admin/desk/?state=spam",
        "queue, filters open": "/admin/desk/?kind=praise&filters=1",
        "case": f"/admin/desk/{case}/?list=",
        "case of 500": f"/admin/desk/{long}/?list=",
        "customer beside": f"/admin/desk/{case}/customer/",
    }
    queries = {name: asked(client, at) for name, at in addresses.items()}
    times = costs({name: partial(client.get, at) for name, at in addresses.items()})
    return {name: (queries[name], times[name]) for name in addresses}


def questions(many: int) -> dict[str, list[str]]:
    dice = random.Random(5)
    words, korean, thai = COMMON.split()[:60], KOREAN.split(), THAI.split()

    def some(make_one: Callable[[], str]) -> list[str]:
        return [make_one() for _ in range(40)]

    return {
        "a common word": some(lambda: dice.choice(words)),
        "two common words": some(lambda: f"{dice.choice(words[:20])} {dice.choice(words)}"),
        "four words": some(lambda: " ".join(dice.sample(words, 4))),
        "beginning of a word": some(lambda: dice.choice(words)[:3]),
        "a rare word": some(lambda: f"word{dice.randint(1, 40000)}"),
        "common and rare": some(lambda: f"{dice.choice(words[:20])} word{dice.randint(1, 40000)}"),
        "a word of one message": some(lambda: f"ref{dice.randint(1, many * 4)}"),
        "Korean": some(lambda: dice.choice(korean)[:3]),
        "Korean, two words": some(lambda: f"{dice.choice(korean)} {dice.choice(korean)}"),
        "Thai": some(lambda: dice.choice(thai)[:6]),
        "number": some(lambda: f"#{dice.randint(1, many)}"),
        "e-mail": some(lambda: f"user{dice.randint(1, many)}@example.com"),
        "customer's name": some(lambda: f"name {dice.randint(1, many // 2)}"),
        "nothing": some(lambda: f"zzyzx{dice.randint(1, 99)} parcel"),
    }


def search(bars: Bars, many: int) -> None:
    from feedback.queries.search import find

    for kind, wanted in questions(many).items():
        find(wanted[0], notes=True)
        times, hits, before = [], 0, cpu()
        for question in wanted:
            begun = time.perf_counter()
            hits += len(find(question, notes=True))
            times.append((time.perf_counter() - begun) * 1000)
        p50, p95 = statistics.median(times), statistics.quantiles(times, n=20)[-1]
        slowest = wanted[times.index(max(times))]
        each = (cpu() - before) * 1000 / len(wanted)
        note = f"CPU {each:.1f}, p50 {p50:.1f}, most {max(times):.1f} ({slowest!r}), {hits / len(wanted):.1f} hits"
        bars.at_most(f"p95 ms of {kind}", p95, SEARCH_MS, note)


def main() -> None:
    many = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with ground():
        from django.conf import settings
        from django.test import Client

        settings.ALLOWED_HOSTS = ["testserver"]
        settings.CACHES["default"] = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
        from people.models import User

        given = people()
        if "search" in sys.argv:  # only that: pages take most of the time
            make(0, many, given)
            bars = Bars(f"Search in {many:,} cases and {many * 4:,} messages")
            search(bars, many)
            bars.end()
            return
        begun = time.perf_counter()
        make(0, many // 5, given)
        client = Client()
        client.force_login(User.objects.get(username="agent1"))
        long = _long(many)
        gc.collect()
        gc.freeze()  # what the migrations left behind: no server has it, and looking through it costs each page
        small = pages(client, long)
        make(many // 5, many, given)
        print(f"{many:,} cases, {many * 4:,} messages made in {time.perf_counter() - begun:.0f} s")
        bars = Bars(f"The desk at {many:,} cases and {many * 4:,} messages")
        large = pages(client, long)
        frame = large["frame"]
        for name, (queries, spent) in large.items():
            print(f"  {name}: {queries} queries, {spent:.1f} ms CPU (at a fifth: {small[name][1]:.1f})")
        for name in (name for name in large if name.startswith("queue")):
            bars.at_most(f"{name}: queries beyond the frame", large[name][0] - frame[0], MOST_QUERIES)
            bars.at_most(f"{name}: ms CPU beyond the frame", large[name][1] - frame[1], MOST_CPU_MS)
        for name in ("case", "case of 500"):
            bars.at_most(f"{name}: queries, frame included", large[name][0], CASE_QUERIES)
        for name in ("queue", "queue, own", "case", "case of 500"):
            bars.at_most(f"{name}: growth of CPU from a fifth", large[name][1] / small[name][1], GROWTH)
        search(bars, many)
        bars.end()


def _long(many: int) -> int:
    """A case of 500 messages."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT max(id) FROM feedback_case WHERE closed_at IS NULL")
        [case] = cursor.fetchone()
        cursor.execute(
            "INSERT INTO feedback_entry"
            " (case_id, kind, channel, automatic, sender_name, sender_address, text, html, at)"
            " SELECT %s, 'received', 'email', false, '', '', repeat('Still nothing. ', 20), '',"
            " now() - n * interval '1 hour'"
            " FROM generate_series(1, 496) n",
            [case],
        )
    return case


if __name__ == "__main__":
    main()
