"""Messages sent a second and what one costs, beside django-post_office; and a claim from a very long queue.

    python -m benchmarks.outbox [messages] [queued]

Both send to the same server on loopback, which takes everything. Both render three templates of each message: the
peer as it sends, ours before it queues, so the rendering is counted with our sending. CPU is that of the sending
process. The peer (``pip install -e .[bench]``) sends in its batches of 100, with its threads. Commits wait for no disk
on either side.
"""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any, NamedTuple

os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.outbox_settings"

from benchmarks.ground import Bars, ground

ROUNDS = 5
SUBJECT = "Your order {{ number }}"
TEXT = "Good day {{ name }},\n\n" + "your order {{ number }} is on its way. We thank you for your patience.\n" * 12
HTML = "<h1>Good day {{ name }}</h1>" + "<p>Your order <b>{{ number }}</b> is on its way. Thank you.</p>\n" * 30
QUEUED = """
INSERT INTO communications_message (kind, purpose, channel, to_address, from_name, from_address, reply_to, subject,
    text, html, message_id, key, due_at, priority, state, reason, error, worker)
SELECT 'transactional', '', 'email', 'p' || n || '@example.com', '', 'shop@example.com', '', 'Subject', 'Text', '',
    '<deep' || n || '@example.com>', 'deep:' || n, now() - n * interval '1 second', n %% 3, 'queued', '', '', ''
FROM generate_series(1, %s) n
"""
numbers = count(1)


class Cost(NamedTuple):
    rate: float
    cpu: float  # milliseconds a message


def main(many: int, deep: int) -> None:
    with ground(), sink() as port:
        from django.conf import settings

        settings.EMAIL_PORT = port
        bars = Bars(f"The outbox, {many} messages a round, median of {ROUNDS}")
        if settings.PEER:
            compare(many, bars)
        else:
            print("  django-post_office is not installed, so nothing is compared: pip install -e .[bench]")
            bars.below = True
        bars.at_most(f"claim of 500 out of {deep:,} that are due, ms", claim(deep), 50)
    bars.end()


def compare(many: int, bars: Bars) -> None:
    seen: dict[str, list[Cost]] = {"ours": [], "peer": []}
    for turn in range(ROUNDS + 1):  # the first one warms up
        for name, side in (("ours", ours), ("peer", peer)):
            cost = side(many)
            if turn:
                seen[name].append(cost)
    middle = {name: Cost(*map(statistics.median, zip(*costs, strict=True))) for name, costs in seen.items()}
    for name, cost in middle.items():
        print(f"  {name}: {cost.rate:,.0f} a second, {cost.cpu:.2f} ms CPU each")
    bars.at_least("messages a second, times the peer's", middle["ours"].rate / middle["peer"].rate, 2)
    bars.at_most("CPU of one, share of the peer's", middle["ours"].cpu / middle["peer"].cpu, 0.40)


def ours(many: int) -> Cost:
    from django.template import Context, Template

    from communications.actions import outbox, sending
    from communications.models import Message

    pages = [Template(one) for one in (SUBJECT, TEXT, HTML)]
    first = next(numbers) * 10_000_000

    def render() -> list[outbox.Outgoing]:
        written = []
        for n in range(first, first + many):
            said = Context({"number": n, "name": "Kim"})
            subject, text, html = (page.render(said) for page in pages)
            written.append(
                outbox.Outgoing(to=f"p{n}@example.com", subject=subject, text=text, html=html, key=f"bench:{n}")
            )
        return written

    rendering = timed(render)
    outbox.queue_many(rendering.result)
    sent = timed(lambda: sending.send_due(seconds=600))
    assert sent.result == many == Message.objects.filter(key__gte=f"bench:{first}", state="sent").count(), sent.result
    return Cost(many / (rendering.wall + sent.wall), 1000 * (rendering.cpu + sent.cpu) / many)


def peer(many: int) -> Cost:
    from post_office import mail
    from post_office.models import Email, EmailTemplate

    template, _new = EmailTemplate.objects.get_or_create(
        name="order", defaults={"subject": SUBJECT, "content": TEXT, "html_content": HTML}
    )
    Email.objects.all().delete()
    wishes: list[dict[str, Any]] = [
        {
            "recipients": [f"p{n}@example.com"],
            "sender": "shop@example.com",
            "template": template,
            "context": {"number": n, "name": "Kim"},
            "render_on_delivery": True,
        }
        for n in range(many)
    ]
    mail.send_many(wishes)
    sent = timed(mail.send_queued_mail_until_done)
    assert Email.objects.filter(status=0).count() == many
    return Cost(many / sent.wall, 1000 * sent.cpu / many)


class Timed(NamedTuple):
    result: Any
    wall: float
    cpu: float


def timed(work: Callable[[], Any]) -> Timed:
    wall, cpu = time.perf_counter(), time.process_time()
    result = work()
    return Timed(result, time.perf_counter() - wall, time.process_time() - cpu)


def claim(deep: int) -> float:
    """Milliseconds, commit included; the claimed go back each time."""
    from django.db import connection

    from communications.actions import sending

    with connection.cursor() as cursor:
        cursor.execute(QUEUED, [deep])
        cursor.execute("VACUUM ANALYZE communications_message")
    took = []
    for _ in range(9):
        run = sending.Run(channel=sending.open_channel(), until=0)
        claimed = timed(lambda run=run: sending._claim(run))
        assert len(claimed.result) == 500
        took.append(1000 * claimed.wall)
        sending.statements.release(run.worker)
    return statistics.median(took)


@contextmanager
def sink() -> Iterator[int]:
    command = [sys.executable, "-m", "benchmarks.mail_sink"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        try:
            yield int(server.stdout.readline())
        finally:
            server.kill()


if __name__ == "__main__":
    arguments = [int(text) for text in sys.argv[1:]]
    main(*(arguments + [2_000, 500_000][len(arguments) :]))
