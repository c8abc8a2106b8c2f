"""HTTP to addresses that people typed in: public ones only, checked when the connection is made.

A name may point to a public address when it is entered and to one of our own network when it is used, so what
counts is the address that the socket connects to. Redirects are not followed and answers are hardly read.
"""

import ipaddress
import socket
import threading
from contextlib import suppress
from contextvars import ContextVar
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import requests
from django.conf import settings
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError, NewConnectionError

CONNECT_SECONDS, ANSWER_SECONDS = 5, 10  # for each step: a receiver that drips takes any number of them
SECONDS_IN_ALL = 15
READ_AT_MOST = 4096

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
NAT64 = ipaddress.ip_network("64:ff9b::/96")


class Forbidden(Exception):
    """The address belongs to this machine or to a private network."""


@dataclass(frozen=True)
class Answer:
    """What came back: the status, or an error in a few words where nothing came back."""

    status: int | None
    error: str = ""

    @property
    def good(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


def flaw(url: str) -> str | None:
    """Why nothing may be sent to this URL, as a code; None where it may."""
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError:
        return "url_invalid"
    if not host or parts.username or parts.password or parts.fragment or any(c.isspace() for c in url):
        return "url_invalid"
    if parts.scheme != "https" and not (parts.scheme == "http" and settings.LOCAL and _is_loopback(host)):
        return "url_not_https"
    literal = _literal(host)
    if host == "localhost" or (literal and not allowed(literal)):
        return None if settings.LOCAL and _is_loopback(host) else "url_private"
    return None


def allowed(address: Address) -> bool:
    """Whether it is an address of the public internet, or of this machine on a local run."""
    address = _embedded(address)
    if address.is_loopback:
        return bool(settings.LOCAL)
    return address.is_global and not address.is_multicast


def post(session: requests.Session, url: str, body: bytes, headers: dict[str, str]) -> Answer:
    """Send and return the answer; what goes wrong on the way is an Answer, too. Ends within SECONDS_IN_ALL."""
    with Deadline(SECONDS_IN_ALL) as deadline:
        answer = _post(session, url, body, headers, deadline)
    return Answer(None, "timeout") if deadline.over and answer.status is None else answer


def _post(session: requests.Session, url: str, body: bytes, headers: dict[str, str], deadline: "Deadline") -> Answer:
    try:
        with session.post(
            url,
            data=body,
            headers=headers,
            timeout=(CONNECT_SECONDS, ANSWER_SECONDS),
            allow_redirects=False,
            stream=True,
        ) as response:
            if deadline.over:  # headers that break off pass for whole ones
                return Answer(None)
            with suppress(HTTPError, OSError):  # the status has come: what goes wrong with the rest changes nothing
                response.raw.read(READ_AT_MOST, decode_content=False)  # a short answer leaves the connection open
            return Answer(response.status_code)
    except Forbidden:
        return Answer(None, "private address")
    except requests.Timeout:
        return Answer(None, "timeout")
    except requests.exceptions.SSLError:
        return Answer(None, "certificate not accepted")
    except (requests.RequestException, OSError, ValueError) as error:
        return Answer(None, f"no connection: {type(error).__name__}")


class Deadline:
    """The time that a call may take in all. When it is over, the sockets that the call uses are shut."""

    def __init__(self, seconds: float) -> None:
        self.over = False
        self._sockets: list[socket.socket] = []
        self._lock = threading.Lock()
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._token = _deadline.set(self)
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self._timer.cancel()
        _deadline.reset(self._token)

    def watch(self, connected: socket.socket) -> None:
        """Shut this socket, too, when the time is over. Raises TimeoutError where it is."""
        with self._lock:
            self._sockets.append(connected)
            if self.over:
                raise TimeoutError

    def _end(self) -> None:
        with self._lock:
            self.over = True
            for connected in self._sockets:
                with suppress(OSError):  # closed meanwhile
                    connected.shutdown(socket.SHUT_RDWR)


_deadline: ContextVar[Deadline | None] = ContextVar("deadline", default=None)


def new_session() -> requests.Session:
    """A session that connects to allowed addresses only and takes nothing from the environment (proxies, .netrc)."""
    session = requests.Session()
    session.trust_env = False
    session.mount("http://", GuardedAdapter())
    session.mount("https://", GuardedAdapter())
    session.headers["User-Agent"] = "Mainstay-Webhooks/1"
    return session


class _Guarded(HTTPConnection):
    _handle: socket.socket | None = None

    def _new_conn(self) -> socket.socket:
        """Look the name up once, refuse it if any answer is forbidden, and connect to what was looked up."""
        name = self._dns_host
        try:
            found = socket.getaddrinfo(name, self.port, type=socket.SOCK_STREAM)
        except (socket.gaierror, UnicodeError) as error:
            raise NewConnectionError(self, f"{name} is not known") from error
        addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        if not all(allowed(ipaddress.ip_address(address.partition("%")[0])) for address in addresses):
            raise Forbidden(name)
        try:
            self._dns_host = addresses[0]
            connected = super()._new_conn()
        finally:
            self._dns_host = name
        # TLS takes the socket over, so that shutting it would do nothing: a second handle on the same connection does.
        self._handle = connected.dup()
        try:
            self._watch()
        except TimeoutError:
            connected.close()
            raise
        return connected

    def request(self, *args: Any, **kwargs: Any) -> None:
        self._watch()  # a connection that was kept open by an earlier call belongs to this one now
        super().request(*args, **kwargs)

    def close(self) -> None:
        super().close()
        if self._handle:
            self._handle.close()
            self._handle = None

    def _watch(self) -> None:
        if self._handle and (deadline := _deadline.get()):
            deadline.watch(self._handle)


class GuardedHTTPConnection(_Guarded):
    pass


class GuardedHTTPSConnection(_Guarded, HTTPSConnection):
    pass


class GuardedHTTPPool(HTTPConnectionPool):
    ConnectionCls = GuardedHTTPConnection


class GuardedHTTPSPool(HTTPSConnectionPool):
    ConnectionCls = GuardedHTTPSConnection


class GuardedAdapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": GuardedHTTPPool, "https": GuardedHTTPSPool}


def _embedded(address: Address) -> Address:
    """The IPv4 address inside of an IPv6 one that only carries it."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is None and address in NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
        return inner or address
    return address


def _literal(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _is_loopback(host: str) -> bool:
    literal = _literal(host)
    return host == "localhost" or (literal is not None and literal.is_loopback)
