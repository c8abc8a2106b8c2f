"""SMS by any gateway that takes an HTTP request: a POST of JSON or of a form, with a secret in a header.

What decides whether it may be tried again is what the gateway says: 2xx has it, 429 and 5xx did not take it, anything
else refuses it for good. Without an answer nobody knows.
"""

from collections.abc import Mapping
from typing import Self

import requests
from django.conf import settings

from communications.channels.outcomes import Outcome, Result, Unreachable

TIMEOUT = (5, 15)  # seconds: to connect, to answer
SHUT_OUT = (401, 403, 404, 407)  # the address of the gateway or its secret is wrong: no message is to blame


class Gateway:
    def __init__(self, url: str, *, token: str = "", sender: str = "", form: bool = False, names: str = "") -> None:
        """``names`` is what the gateway calls ``to``, ``text``, ``from`` and ``id``: to=recipient,text=body."""
        self.url, self.token, self.sender, self.form = url, token, sender, form
        self.names = dict(pair.split("=", 1) for pair in names.replace(" ", "").split(",") if "=" in pair)
        self.session: requests.Session | None = None

    @classmethod
    def of_settings(cls) -> Self:
        return cls(
            settings.SMS_URL,
            token=settings.SMS_TOKEN,
            sender=settings.SMS_SENDER,
            form=settings.SMS_AS_FORM,
            names=settings.SMS_FIELDS,
        )

    def open(self) -> None:
        if self.session is None:
            self.session = requests.Session()
            if self.token:
                self.session.headers["Authorization"] = f"Bearer {self.token}"

    def hand_over(self, sender: str, to: str, letter: bytes, *, name: str) -> Outcome:
        """``name`` goes along as a key: a gateway that knows such sends nothing twice."""
        self.open()
        assert self.session is not None
        said = {"to": to, "text": letter.decode(), "from": self.sender, "id": name}
        body = {self.names.get(one, one): value for one, value in said.items() if value}
        try:
            answer = self._posted(self.session, body, name)
        except requests.ConnectTimeout as flaw:
            raise Unreachable("timeout") from flaw
        except requests.ConnectionError as flaw:
            if _was_never_sent(flaw):
                raise Unreachable(type(flaw).__name__) from flaw
            return Outcome(Result.UNKNOWN, type(flaw).__name__)
        except requests.RequestException as flaw:
            return Outcome(Result.UNKNOWN, type(flaw).__name__)
        return _outcome(answer)

    def close(self) -> None:
        session, self.session = self.session, None
        if session is not None:
            session.close()

    def _posted(self, session: requests.Session, body: Mapping[str, str], name: str) -> requests.Response:
        headers = {"Idempotency-Key": name.strip("<>")}
        if self.form:
            return session.post(self.url, data=body, headers=headers, timeout=TIMEOUT, allow_redirects=False)
        return session.post(self.url, json=body, headers=headers, timeout=TIMEOUT, allow_redirects=False)


def _outcome(answer: requests.Response) -> Outcome:
    """The gateway's words are cut short: they may repeat the number, and the error stays beside the message anyway."""
    said = f"{answer.status_code} {answer.text[:200]}".replace("\n", " ").strip()
    if 200 <= answer.status_code < 300:
        return Outcome(Result.SENT)
    if answer.status_code in SHUT_OUT:
        raise Unreachable(said)
    if answer.status_code in (408, 425, 429) or answer.status_code >= 500:
        return Outcome(Result.LATER, said)
    return Outcome(Result.REFUSED, said)


def _was_never_sent(flaw: requests.ConnectionError) -> bool:
    """No connection was made: the name is not known, or nobody listens."""
    return any(word in repr(flaw) for word in ("NewConnectionError", "NameResolutionError", "ConnectTimeout"))
