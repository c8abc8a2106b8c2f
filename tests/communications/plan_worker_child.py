"""Workers that do what the timetable does for plans, each killed at a moment of one's choice.

python -m tests.communications.plan_worker_child HOST DATABASE PORT

Reads one moment a line, such as ``communications.actions.handing _mark before 0``: the module and the function,
whether the worker dies right before or after it does that for the first time to any effect, and where its effect is
seen: in the argument of that place, or in its answer (``-``). Writes the signal that ended the worker. One follows the
other, so none finds its work done already. They are forked here, where nothing else runs, and end soon.
"""

import os
import signal
import sys
import time
from collections.abc import Callable
from importlib import import_module
from typing import Any, NoReturn

import django

GROUP, BATCH, AT_MOST = 5, 20, 20  # the last in seconds


def main(host: str, database: str, port: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from django.conf import settings
    from django.db import connection

    from communications.actions import dispatching, materialising, sending, touchpoints

    def work() -> None:
        materialising.materialise_due()
        touchpoints.follow()
        dispatching.dispatch(limit=BATCH)
        sending.send_due()

    connection.settings_dict |= {"HOST": host, "NAME": database}
    settings.OUTBOX, settings.EMAIL_HOST, settings.EMAIL_PORT, settings.OUTBOX_GROUP = "smtp", "127.0.0.1", port, GROUP
    for moment in iter(sys.stdin.readline, ""):
        if not (worker := os.fork()):
            try:
                signal.alarm(AT_MOST)
                _work_until(work, *moment.split())
            finally:
                os._exit(1)  # never back to the loop
        print(os.WTERMSIG(os.waitpid(worker, 0)[1]), flush=True)


def _work_until(work: Callable[[], None], module: str, name: str, when: str, place: str) -> NoReturn:
    _deadly(import_module(module), name, before=when == "before", place=None if place == "-" else int(place))
    while True:
        work()
        time.sleep(0.01)


def _deadly(module: Any, name: str, *, before: bool, place: int | None) -> None:
    done = getattr(module, name)

    def fatal(*args: Any, **options: Any) -> Any:
        result = None if before else done(*args, **options)
        seen = result if place is None else args[place]
        if any(seen) if isinstance(seen, tuple) else seen:
            os.kill(os.getpid(), signal.SIGKILL)
        return done(*args, **options) if before else result

    setattr(module, name, fatal)


if __name__ == "__main__":
    main(*sys.argv[1:])
