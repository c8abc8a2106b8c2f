"""Where the embedded servers keep their files, and under which account PostgreSQL runs.

PostgreSQL refuses to run as root, so for root it borrows an ordinary account of the machine. That account has to reach
both the data and the programs; where it cannot, because the checkout lies in a private folder, both go elsewhere.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import re
import stat
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent.parent
ELSEWHERE = Path("/var/lib")
LENDERS = ("postgres", "nobody")
SHORT = ("/tmp", "/var/tmp")  # noqa: S108  (what is made there is private: 0700, and its owner is checked)
LONGEST_SOCKET_FOLDER = 85  # the address of a Unix socket holds 107 bytes, on some systems 103
PLAIN_PATH = re.compile(r"[\w/.+-]+", re.ASCII)  # what needs no quoting in a URL, a connection string or a setting


@dataclass(frozen=True)
class Account:
    name: str
    uid: int
    gid: int


@dataclass(frozen=True)
class Places:
    """The folders of one pair of servers."""

    state: Path  # where the caller wants them
    home: Path  # where they are
    sockets: Path
    account: Account | None  # None: PostgreSQL runs as ourselves


def default_state() -> Path:
    return Path(os.environ.get("MAINSTAY_SERVICES") or CHECKOUT / "var" / "services").resolve()


def find(state: Path) -> Places:
    """Where the servers of ``state`` are or will be. Touches nothing."""
    account = borrowed_account()
    home = _home(state, account)
    return Places(state, home, _sockets(home), account)


def borrowed_account() -> Account | None:
    """The account that runs PostgreSQL in place of root, or None for anybody else."""
    if os.geteuid() != 0:
        return None
    for name in LENDERS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, entry.pw_uid, entry.pw_gid)
    raise SystemExit(
        "PostgreSQL does not run as root, and this machine has no account 'postgres' or 'nobody' to run it as. "
        "Start Mainstay from an ordinary account."
    )


def can_reach(account: Account, path: Path) -> bool:
    """Whether the permission bits let the account walk down to a path, as far as the path exists."""
    for place in (path, *path.parents):
        try:
            status = place.stat()
        except FileNotFoundError:
            continue
        if status.st_uid == account.uid:
            bit = stat.S_IXUSR
        elif status.st_gid == account.gid:
            bit = stat.S_IXGRP
        else:
            bit = stat.S_IXOTH
        if not status.st_mode & bit:
            return False
    return True


def _home(state: Path, account: Account | None) -> Path:
    if account is None:
        return state
    elsewhere = ELSEWHERE / f"mainstay-{_digest(state)}"
    settled_elsewhere = elsewhere.exists() and not has_cluster(state)
    if can_reach(account, state.parent) and not settled_elsewhere:
        return state
    if has_cluster(state):
        raise SystemExit(
            f"The database lies in {state}, where the account {account.name!r}, which runs PostgreSQL, cannot go. "
            f"Open the folders above it with `chmod o+x`, or start over with `make clean`."
        )
    return elsewhere


def has_cluster(home: Path) -> bool:
    return (home / "pg" / "PG_VERSION").exists()


def _sockets(home: Path) -> Path:
    """Beside the data, unless that path is too long for a socket or needs quoting."""
    folder = home / "run"
    if len(os.fsencode(folder)) <= LONGEST_SOCKET_FOLDER and PLAIN_PATH.fullmatch(str(folder)):
        return folder
    short = next((place for place in SHORT if os.access(place, os.W_OK | os.X_OK)), SHORT[0])
    return Path(short) / f"mainstay-{_digest(home)}"


def _digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]


def prepare(places: Places) -> None:
    """Make the folders, with just the rights that the borrowed account needs."""
    for folder in (places.state, places.home):
        make_passable(folder)
    if places.home != places.state:
        (places.state / "elsewhere").write_text(f"{places.home}\n")
    make_private(places.sockets, places.account)


def make_passable(folder: Path) -> None:
    """Make a folder, and those missing above it, that others may walk through but not look into."""
    missing = [place for place in (folder, *folder.parents) if not place.exists()]
    for place in reversed(missing):
        place.mkdir(exist_ok=True)
        place.chmod(0o711)
    if folder.stat().st_uid == os.geteuid():
        folder.chmod(0o711)


def make_private(folder: Path, owner: Account | None) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    wanted = os.geteuid() if owner is None else owner.uid
    found = folder.lstat()
    if found.st_uid == os.geteuid() != wanted and owner is not None:
        os.chown(folder, owner.uid, owner.gid)
    elif found.st_uid != wanted or not stat.S_ISDIR(found.st_mode):
        raise SystemExit(
            f"{folder} belongs to another account. Start Mainstay from the account that started it first, "
            f"or remove what is there with `make clean`."
        )
    folder.chmod(0o700)
