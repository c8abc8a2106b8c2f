"""``make run``: what it says when it cannot start, and that its processes end with it."""

import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from config.embedded.places import CHECKOUT
from config.management.commands import run
from config.processes import Processes


def test_a_taken_port_is_told_with_one_that_is_free():
    with socket.socket() as other:
        other.bind((run.HOST, 0))
        other.listen()
        port = other.getsockname()[1]

        with pytest.raises(CommandError, match=rf"Port {port} is taken by another program.*make run PORT=\d+"):
            run.check_port(port)


def test_a_free_port_is_taken_without_a_word():
    run.check_port(run.free_port())


def test_a_port_that_cannot_be_is_told():
    with pytest.raises(CommandError, match="no port 123456"):
        run.check_port(123456)


def test_a_second_run_is_told_where_the_first_one_is(tmp_path):
    lock = tmp_path / "var" / "run.lock"

    with (
        run.only_one(lock, "http://127.0.0.1:8000"),
        pytest.raises(CommandError, match=r"runs here already, at http://127\.0\.0\.1:8000/admin/"),
        run.only_one(lock, "http://127.0.0.1:8001"),
    ):
        pass


def test_the_lock_of_a_killed_run_is_free(tmp_path):
    lock = tmp_path / "run.lock"
    lock.write_text("http://127.0.0.1:8000/admin/ (process 1)\n")

    with run.only_one(lock, "http://127.0.0.1:8001"), lock.open() as file, pytest.raises(BlockingIOError):
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_run_is_refused_in_production(settings):
    settings.LOCAL = False

    with pytest.raises(CommandError, match="for one's own machine"):
        call_command("run")


def test_the_sign_ins_shown_are_those_of_people_who_are_still_here(db):
    from people.actions import demo

    demo.create_demo_staff()
    assert [role for _, _, role in run.demo_people()] == [
        "Support",
        "Marketing",
        "Board managers",
        "Managers",
        "no role: sees nothing",
    ]
    demo.User.objects.exclude(username="manager").delete()

    assert run.demo_people() == [("manager", demo.PASSWORD, "Managers")]


@pytest.fixture
def processes():
    processes = Processes({})
    processes.silent = True
    yield processes
    processes.stop()


def test_a_process_that_ends_is_told_with_its_last_words(processes):
    processes.start("web", "this_module_does_not_exist")
    processes.all[0].popen.wait(20)

    ended = processes.ended()

    assert ended is processes.all[0]
    assert "The web process ended with exit code 1" in run.obituary(ended)
    assert "No module named this_module_does_not_exist" in run.obituary(ended)


def test_stopping_ends_even_who_does_not_listen(processes, tmp_path, monkeypatch):
    (tmp_path / "stubborn.py").write_text(
        "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nprint('up', flush=True)\ntime.sleep(60)\n"
    )
    monkeypatch.setattr("config.processes.PATIENCE", 0.2)
    processes.environment["PYTHONPATH"] = str(tmp_path)
    processes.start("worker", "stubborn")
    wait_for(lambda: "up" in processes.all[0].last_lines)

    processes.stop()

    assert processes.all[0].popen.returncode == -signal.SIGKILL


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent was killed")
def test_a_child_does_not_outlive_a_parent_that_is_killed(tmp_path):
    note = tmp_path / "pid"
    child = f"import os, time, pathlib; pathlib.Path({str(note)!r}).write_text(str(os.getpid())); time.sleep(60)"
    parent = (
        "import os, subprocess, sys, time\n"
        f"subprocess.Popen([sys.executable, {str(CHECKOUT / 'config' / 'child.py')!r}, str(os.getpid()), "
        f"sys.executable, '-c', {child!r}])\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", parent]) as process:
        wait_for(lambda: note.exists() and note.read_text())
        process.kill()

    wait_for(lambda: not runs(int(note.read_text())))


def runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_for(condition, seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


def test_the_processes_know_their_parent(processes):
    processes.start("web", "os")

    assert str(os.getpid()) in processes.all[0].popen.args
