"""Webhooks for tests, and a server that stands for the other system."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from time import sleep

from integrations.actions import webhooks
from integrations.actions.webhooks import Created


def endpoint(url: str = "https://hooks.example.com/mainstay", **changes) -> Created:
    return webhooks.create(url, **{"name": "Warehouse"} | changes)


@dataclass
class Message:
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """A server on this machine. It answers with the next of ``answers``, then with 200; ``held`` makes it wait."""

    url: str = ""
    answers: list[int] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b"ok"
    got: list[Message] = field(default_factory=list)
    held: Event | None = None
    drips: str = ""  # "headers" or "body": of which a byte comes now and then, for as long as anybody listens

    @property
    def deliveries(self) -> list[str]:
        return [message.headers["Mainstay-Delivery"] for message in self.got]


@contextmanager
def receiver(**options) -> Iterator[Receiver]:
    here = Receiver(**options)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            here.got.append(Message(self.path, dict(self.headers), body))
            if here.held:
                here.held.wait(20)
            if here.drips == "headers":
                self.drip(b"HTTP/1.1 200 OK\r\nX-Slow: ")
            self.send_response(here.answers.pop(0) if here.answers else 200)
            self.send_header("Content-Length", str(len(here.body) + (1_000 if here.drips == "body" else 0)))
            for name, value in here.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(here.body)
            if here.drips == "body":
                self.drip(b"")

        def drip(self, beginning: bytes) -> None:
            self.wfile.write(beginning)
            for _ in range(200):
                self.wfile.write(b"x")
                sleep(0.05)

        def log_message(self, format: str, *args: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            pass  # a client that was killed is what some tests are about

    server = Server(("127.0.0.1", 0), Handler)
    here.url = f"http://127.0.0.1:{server.server_address[1]}/hook"
    thread = Thread(target=server.serve_forever, args=[0.02], daemon=True)
    thread.start()
    try:
        yield here
    finally:
        if here.held:
            here.held.set()
        server.shutdown()
        server.server_close()
        thread.join(5)
