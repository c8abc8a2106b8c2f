"""What can become of a letter that was handed over. Pure."""

from dataclasses import dataclass
from enum import Enum
from typing import Protocol


class Result(Enum):
    SENT = "sent"
    LATER = "later"  # a temporary refusal: nothing was taken
    REFUSED = "refused"  # for good
    UNKNOWN = "unknown"  # the answer never came: taken or not
    UNTOUCHED = "untouched"  # not even tried


@dataclass(frozen=True)
class Outcome:
    """``error`` is what the server said; ``no_such_address``: it knows nobody of that name."""

    result: Result
    error: str = ""
    no_such_address: bool = False


class Unreachable(Exception):
    """The way out is closed: no server, or it does not let us in. Nothing was handed over."""


class Channel(Protocol):
    def open(self) -> None:
        """Be ready for letters. Raises Unreachable."""

    def hand_over(self, sender: str, to: str, letter: bytes, *, name: str) -> Outcome:
        """Hand one message over; ``name`` is its Message-ID. An SMS is its text, a notification JSON for the customer
        ``to``. Raises Unreachable, and then it was not handed over.
        """

    def close(self) -> None: ...
