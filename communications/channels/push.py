"""Notifications on customers' devices, handed to the server of each browser's maker (web push with VAPID).

A message goes to every device on which its customer said yes. One that took it is enough; a device that is gone is
forgotten.
"""

from typing import Self

import requests
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings

from communications.channels import webpush
from communications.channels.outcomes import Outcome, Result, Unreachable
from communications.models import PushSubscription
from integrations import outbound

KEPT_FOR = 24 * 3600  # seconds that the maker's server keeps it for a device that is off
GONE = (404, 410)


class Push:
    def __init__(self, key: str, contact: str) -> None:
        """``key`` is the private one of VAPID, ``contact`` an address for the makers of browsers: mailto:…"""
        self.text, self.contact = key, contact
        self.key: ec.EllipticCurvePrivateKey | None = None
        self.session: requests.Session | None = None

    @classmethod
    def of_settings(cls) -> Self:
        return cls(settings.PUSH_KEY, settings.PUSH_CONTACT)

    def open(self) -> None:
        if self.session is None:
            try:
                self.key = webpush.key_of(self.text)
            except ValueError as flaw:
                raise Unreachable(f"PUSH_KEY: {flaw}") from flaw
            self.session = outbound.new_session()

    def hand_over(self, sender: str, to: str, letter: bytes, *, name: str) -> Outcome:
        """``to`` is the customer's id: their devices are asked for as late as can be."""
        self.open()
        found = [
            self._one(device, letter) for device in PushSubscription.objects.filter(customer=int(to)).order_by("pk")
        ]
        if not found:
            return Outcome(Result.REFUSED, "no device")
        order = (Result.SENT, Result.UNKNOWN, Result.LATER, Result.REFUSED)
        return min(found, key=lambda outcome: order.index(outcome.result))

    def close(self) -> None:
        session, self.session = self.session, None
        if session is not None:
            session.close()

    def _one(self, device: PushSubscription, said: bytes) -> Outcome:
        assert self.key is not None
        assert self.session is not None
        try:
            body = webpush.encrypted(said, device.public_key, device.secret)
        except ValueError:
            device.delete()
            return Outcome(Result.REFUSED, "keys of the device")
        headers = {
            "Authorization": webpush.authorisation(device.endpoint, self.key, self.contact),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(KEPT_FOR),
        }
        answer = outbound.post(self.session, device.endpoint, body, headers)
        if answer.status in GONE:
            device.delete()
        return _outcome(answer)


def _outcome(answer: outbound.Answer) -> Outcome:
    if answer.good:
        return Outcome(Result.SENT)
    said = str(answer.status or answer.error)
    if answer.status is None:
        return Outcome(Result.UNKNOWN if answer.error == "timeout" else Result.LATER, said)
    if answer.status in (401, 408, 425, 429) or answer.status >= 500:
        return Outcome(Result.LATER, said)
    return Outcome(Result.REFUSED, said)
