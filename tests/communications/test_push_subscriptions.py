"""Devices for notifications: remembered once, and only what can be written to."""

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from communications.actions import push_subscriptions
from communications.actions.push_subscriptions import MOST, DeviceRefused
from communications.channels import webpush
from communications.models import PushSubscription
from tests.factories.customers import customer

pytestmark = pytest.mark.django_db

SECRET = "BTBZMqHH6r4Tts7J_aSIgg"
PUBLIC = webpush.packed(webpush.public_bytes(ec.generate_private_key(webpush.CURVE)))


def add(who, endpoint: str = "https://push.example.com/a", **changes):
    return push_subscriptions.add(who, endpoint=endpoint, **{"public_key": PUBLIC, "secret": SECRET} | changes)


def test_a_device_is_remembered_once_and_goes_with_whoever_signed_in_last():
    kim, lee = customer(), customer()
    first = add(kim)
    assert add(lee) == first
    assert PushSubscription.objects.get().customer == lee
    assert (push_subscriptions.remove(kim, endpoint=first.endpoint), PushSubscription.objects.count()) == (False, 1)
    assert (push_subscriptions.remove(lee, endpoint=first.endpoint), PushSubscription.objects.count()) == (True, 0)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"endpoint": "http://push.example.com/a"}, "endpoint_invalid"),
        ({"endpoint": "https://10.0.0.1/a"}, "endpoint_invalid"),
        ({"endpoint": "https://push.example.com/" + "a" * 1000}, "endpoint_invalid"),
        ({"public_key": "x"}, "keys_invalid"),
        ({"secret": "x"}, "keys_invalid"),
        ({"secret": "é"}, "keys_invalid"),
    ],
)
def test_what_cannot_be_written_to_is_refused(changes, code):
    with pytest.raises(DeviceRefused) as refused:
        add(customer(), **changes)
    assert (refused.value.code, PushSubscription.objects.count()) == (code, 0)


def test_nobody_has_devices_without_end():
    kim = customer()
    for n in range(MOST + 2):
        add(kim, f"https://push.example.com/{n}")
    kept = PushSubscription.objects.order_by("pk").values_list("endpoint", flat=True)
    assert (len(kept), kept[0]) == (MOST, "https://push.example.com/2")
