"""PostgreSQL and Valkey out of the box: started, shared, mended after a crash, stopped."""

import os
import signal
import socket
import stat
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from config import embedded
from config.embedded import Services, places, postgres
from config.embedded.places import Account, can_reach
from config.embedded.postgres import copy_readable

STRANGER = Account("stranger", uid=54321, gid=54321)


@pytest.fixture
def services(tmp_path: Path):
    tmp_path.chmod(0o755)
    servers = Services(tmp_path / "state", throwaway=True)
    yield servers
    servers.release()


def ask(services: Services, question: str) -> object:
    where = services.database
    with psycopg.connect(host=where["HOST"], user=where["USER"], dbname="postgres") as connection:
        return connection.execute(question).fetchone()[0]


def pid_of_valkey(services: Services) -> int:
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(str(services.valkey.socket))
        line.sendall(b"INFO server\r\n")
        answer = line.recv(65536).decode()
    return int(answer.split("process_id:")[1].split()[0])


def test_both_servers_answer_under_a_lease_and_are_gone_after_it(services):
    services.acquire()

    assert ask(services, "SHOW server_encoding") == "UTF8"
    assert ask(services, "SELECT datlocale FROM pg_database WHERE datname = 'template0'") == "C.UTF-8"
    assert ask(services, "SHOW listen_addresses") == ""
    assert services.valkey.answers()

    assert services.release()
    assert not services.postgres.answers()
    assert not services.valkey.answers()
    assert not services.where.home.exists()


def test_the_last_to_leave_stops_the_servers_and_nobody_before(services):
    services.acquire()
    second = Services(services.where.state, throwaway=True).acquire()

    assert not services.release()
    assert second.postgres.answers()
    assert second.release()
    assert not second.postgres.answers()


def test_killed_servers_are_started_again_with_their_data(tmp_path):
    tmp_path.chmod(0o755)
    services = Services(tmp_path / "state").acquire()
    where = services.database
    with psycopg.connect(host=where["HOST"], user=where["USER"], dbname="postgres") as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    os.kill(services.postgres._postmaster_pid(), signal.SIGKILL)
    os.kill(pid_of_valkey(services), signal.SIGKILL)

    assert services.revive()
    assert ask(services, "SELECT answer FROM kept") == 42
    assert services.valkey.answers()
    assert not services.revive()
    services.release()
    services.remove()


def test_a_pid_file_that_names_a_stranger_does_not_stop_the_start(services):
    services.acquire()
    file = services.postgres.folder / "postmaster.pid"
    lines = file.read_text().splitlines()
    os.kill(int(lines[0]), signal.SIGKILL)
    file.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")

    assert services.revive()
    assert ask(services, "SELECT 1") == 1


def test_a_cluster_that_was_made_by_half_is_made_anew(services):
    half = services.where.home / "pg.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")

    services.acquire()

    assert ask(services, "SELECT 1") == 1


def test_only_what_is_asked_for_is_started(tmp_path):
    tmp_path.chmod(0o755)
    services = Services(tmp_path / "state", throwaway=True, postgres=False).acquire()
    try:
        assert services.valkey.answers()
        assert not services.postgres.answers()
    finally:
        services.release()


@pytest.mark.parametrize(
    ("environment", "database", "broker"),
    [
        ({}, True, True),
        ({"BROKER_URL": "redis://somewhere"}, True, False),
        ({"DATABASE_URL": "postgres://somewhere", "PRODUCTION": "0"}, False, True),
        ({"DATABASE_URL": "postgres://somewhere"}, False, False),
        ({"PRODUCTION": "1"}, False, False),
    ],
)
def test_the_environment_says_what_is_embedded(monkeypatch, environment, database, broker):
    for name in ("DATABASE_URL", "BROKER_URL", "PRODUCTION"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    assert embedded.wanted() is database
    assert embedded.broker_wanted() is broker


def test_a_path_too_long_for_a_socket_gets_a_short_one(tmp_path):
    deep = tmp_path.joinpath(*["a-folder-with-a-long-name"] * 5)

    sockets = places.find(deep).sockets

    assert len(str(sockets / ".s.PGSQL.5432.lock")) < 100
    assert sockets == places.find(deep).sockets
    assert sockets != places.find(deep / "other").sockets


def test_where_nobody_may_write_no_sockets_are_put(tmp_path, monkeypatch):
    monkeypatch.setattr(places, "SHORT", (str(tmp_path / "none"), str(tmp_path)))
    monkeypatch.setattr(places, "ELSEWHERE", tmp_path / "else where")

    assert places.find(tmp_path / "my documents").sockets.parent == tmp_path


def test_a_path_with_a_space_gets_sockets_elsewhere(tmp_path):
    assert " " not in str(places.find(tmp_path / "my documents").sockets)


def test_a_private_folder_is_out_of_reach_for_another_account(tmp_path):
    tmp_path.chmod(0o755)
    private = tmp_path / "private"
    private.mkdir(mode=0o700)

    assert can_reach(STRANGER, Path("/"))
    assert not can_reach(STRANGER, private / "var" / "services")
    private.chmod(0o711)
    assert can_reach(STRANGER, private / "var" / "services") is can_reach(STRANGER, tmp_path)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root borrows another account")
def test_root_in_a_private_folder_keeps_the_cluster_elsewhere_and_says_where(tmp_path, monkeypatch):
    tmp_path.chmod(0o700)
    elsewhere = Path("/var/tmp") / f"mainstay-test-{os.getpid()}"
    elsewhere.mkdir(mode=0o755)
    monkeypatch.setattr(places, "ELSEWHERE", elsewhere)
    services = Services(tmp_path / "state", throwaway=True)
    try:
        services.acquire()

        assert services.where.home.parent == elsewhere
        assert (tmp_path / "state" / "elsewhere").read_text().strip() == str(services.where.home)
        assert ask(services, "SELECT 1") == 1
        assert Services(tmp_path / "state").where == services.where
    finally:
        services.release()
        elsewhere.rmdir()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root borrows another account")
def test_a_cluster_that_became_unreachable_is_not_silently_replaced(tmp_path):
    cluster = tmp_path / "closed" / "state" / "pg"
    cluster.mkdir(parents=True)
    (cluster / "PG_VERSION").write_text("18\n")
    (tmp_path / "closed").chmod(0o700)

    with pytest.raises(SystemExit, match="cannot go"):
        places.find(tmp_path / "closed" / "state")


def test_the_sockets_are_for_nobody_else(services):
    services.acquire()

    assert stat.S_IMODE(services.where.sockets.stat().st_mode) == 0o700
    assert stat.S_IMODE(services.postgres.folder.stat().st_mode) == 0o700


def test_data_in_use_is_not_removed(services):
    services.acquire()

    with pytest.raises(SystemExit, match="in use"):
        Services(services.where.state).remove()

    assert services.postgres.answers()


def test_a_copy_of_the_programs_runs_elsewhere(tmp_path):
    copy_readable(postgres._packages(), tmp_path / "programs-1")

    initdb = tmp_path / "programs-1" / postgres.PROGRAMS / "initdb"
    version = subprocess.run([initdb, "--version"], capture_output=True, text=True, check=True)

    assert version.stdout.startswith("initdb (PostgreSQL) 18")
    assert stat.S_IMODE(initdb.stat().st_mode) == 0o755


def test_a_command_that_is_told_to_end_gives_its_lease_back(tmp_path):
    tmp_path.chmod(0o755)
    state = tmp_path / "state"
    environment = {**os.environ, "MAINSTAY_SERVICES": str(state)}
    command = [
        sys.executable,
        "manage.py",
        "shell",
        "-v0",
        "-c",
        "print('here', flush=True); import time; time.sleep(60)",
    ]
    with subprocess.Popen(command, cwd=places.CHECKOUT, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "here\n"
        assert Services(state).postgres.answers()
        process.terminate()
        process.wait(30)

    assert process.returncode == 128 + signal.SIGTERM
    assert not Services(state).postgres.answers()
    Services(state).remove()
