"""An import in a process of its own, for tests that kill it or the server that it writes to.

    python -m tests.customers.import_child HOST DATABASE RUN BATCH_ROWS

Prints the rows done after each batch.
"""

import os
import sys
import time

import django


def main(host: str, database: str, run: str, batch_rows: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from django.db import connection

    from customers.actions.imports import work
    from customers.models import ImportRun

    connection.settings_dict |= {"HOST": host, "NAME": database}

    def show(run: ImportRun) -> None:
        print(run.done_rows, flush=True)
        time.sleep(0.02)

    work.carry_on(ImportRun.objects.get(pk=run), batch_rows=int(batch_rows), show=show)
    connection.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
