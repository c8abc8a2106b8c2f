"""E-mail taken into cases: new cases, answers in their threads, and messages that were taken before.

    python -m benchmarks.intake [messages]

Each message is taken as the IMAP poll and the webhook take it: parsed, threaded, judged for spam, kept with its clocks
and confirmed by a message in the outbox. CPU is of this process and of PostgreSQL's together.
"""

import sys
from email.message import EmailMessage

from benchmarks.ground import Bars, ground
from benchmarks.sla_sweep import spent

NEW_MS, ANSWER_MS, AGAIN_MS = 80, 50, 10  # CPU of one message: nobody else measures this, these guard against worse
TEXT = """Hello,

my parcel with the order {n} has not come yet, although it should have been here on Monday. Could you please look into
it, and tell me when I can expect it? I have waited at home for two days now.

Thank you very much
Kim {n}
"""


def letter(n: int, *, answers: str = "") -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"] = f"Kim {n} <kim{n}@customers.example>", "support@shop.example"
    mail["Subject"], mail["Message-ID"] = (
        f"Order {n} is late",
        f"<{'answer' if answers else 'new'}-{n}@customers.example>",
    )
    if answers:
        mail["In-Reply-To"] = answers
    mail.set_content(TEXT.format(n=n))
    return bytes(mail)


def main() -> None:
    many = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000
    with ground():
        from django.conf import settings

        settings.CACHES["default"] = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
        run(many)


def run(many: int) -> None:
    from calendars.actions import calendars
    from feedback.actions import mail, policies
    from feedback.actions.policies import Goal, Terms
    from feedback.models import Case, Entry, Mailbox

    calendars.create("Office", zone="UTC")
    goals = [Goal("first_response", level, 8, "hours") for level in (1, 2, 3, 4)]
    policies.create("All", Terms(goals, []))
    box = Mailbox.objects.create(name="Support", address="support@shop.example", main=True)

    def take(letters: list[bytes]) -> int:
        for raw in letters:
            mail.take(raw, mailbox=box)
        return len(letters)

    fresh = [letter(n) for n in range(many)]
    take([letter(-1)])
    bars = Bars(f"{many:,} messages of each kind")
    bars.at_most("a new case, ms of CPU", spent(lambda: take(fresh))[0] / many, NEW_MS)
    answers = [letter(n, answers=f"<new-{n}@customers.example>") for n in range(many)]
    bars.at_most("an answer in its thread, ms of CPU", spent(lambda: take(answers))[0] / many, ANSWER_MS)
    bars.at_most("one that was taken before, ms of CPU", spent(lambda: take(fresh))[0] / many, AGAIN_MS)
    if (Case.objects.count(), Entry.objects.filter(kind="received").count()) != (many + 1, 2 * many + 1):
        raise SystemExit("messages were lost, doubled, or got into the wrong case")
    bars.end()


if __name__ == "__main__":
    main()
