"""How gunicorn serves Mainstay: threads, because a request mostly waits for PostgreSQL; see docs/operations.md."""

import multiprocessing
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from config import embedded, logs

_local = not embedded.production()

workers = int(os.environ.get("WEB_WORKERS", min(4, multiprocessing.cpu_count())))
worker_class = "gthread"
threads = int(os.environ.get("WEB_THREADS", "8"))
preload_app = _local  # loaded once, a start takes half the time; elsewhere each worker loads what is newest
timeout = 60
graceful_timeout = 20
keepalive = 5
max_requests = 10_000
max_requests_jitter = 1_000
control_socket_disable = True
logconfig_dict = logs.configuration(as_json=not _local, level="WARNING" if _local else "INFO")
accesslog = None  # each request is logged by the application, with its id and without personal data

# Every worker counts for itself; the answer of /metrics is the sum of these files.
_metrics = Path(tempfile.mkdtemp(prefix="mainstay-metrics-"))
os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(_metrics)


def child_exit(server: Any, worker: Any) -> None:
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(worker.pid)


def on_exit(server: Any) -> None:
    shutil.rmtree(_metrics, ignore_errors=True)
