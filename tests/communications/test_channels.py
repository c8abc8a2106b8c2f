"""SMS by a gateway, notifications on devices, signatures on e-mail: each as its receiver sees it."""

import json
from base64 import b64decode
from datetime import UTC, datetime
from hashlib import sha256

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.core.cache import cache

from communications import dkim
from communications.actions import belongings, outbox, sending
from communications.channels import webpush
from communications.envelopes import AddressInvalid
from communications.models import Message, PushSubscription
from communications.queries.outbox import shut_key
from customers.actions import consents, merging
from tests.factories.communications import message
from tests.factories.customers import customer
from tests.factories.mail import mail_server
from tests.factories.webhooks import receiver

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _open():
    for channel in Message.Channel:
        cache.delete(shut_key(channel))


def sms(**changes) -> Message:
    return message("+49 30 1234567", channel="sms", subject="", text="안녕하세요 Kim", **changes)


def seen(one: Message) -> tuple[str, str, int]:
    one.refresh_from_db()
    return one.state, one.reason, one.attempts


def test_a_text_message_goes_to_the_gateway_as_it_wants_it(settings):
    settings.SMS_TOKEN, settings.SMS_SENDER, settings.SMS_FIELDS = "secret", "Leaves", "to=recipient, text=body"
    one = sms()
    with receiver() as gateway:
        settings.SMS_URL = f"{gateway.url}/send"
        assert sending.send_due() == 1
        settings.SMS_AS_FORM = True
        other = sms()
        assert sending.send_due() == 1
    said, form = gateway.got
    assert json.loads(said.body) == {
        "recipient": "+49301234567", "body": "안녕하세요 Kim", "from": "Leaves", "id": one.message_id,
    }  # fmt: skip
    assert (said.headers["Authorization"], said.headers["Idempotency-Key"]) == (
        "Bearer secret", one.message_id.strip("<>"),
    )  # fmt: skip
    assert b"recipient=%2B49301234567" in form.body
    assert [seen(one), seen(other)] == [("sent", "", 1)] * 2


def test_what_the_gateway_says_decides_what_becomes_of_it(settings):
    with receiver(answers=[429, 503, 422]) as gateway:
        settings.SMS_URL = gateway.url
        found = [sms() for _n in range(4)]
        assert sending.send_due() == 1
    assert [seen(one) for one in found] == [
        ("queued", "", 1), ("queued", "", 1), ("failed", "refused", 1), ("sent", "", 1),
    ]  # fmt: skip


def test_a_gateway_that_lets_nobody_in_or_is_away_counts_as_no_attempt_and_holds_up_no_mail(settings):
    one = sms()
    with receiver(answers=[401]) as gateway, mail_server(settings):
        settings.SMS_URL = gateway.url
        mail = message("kim@example.com")
        assert sending.send_due() == 1
    assert (seen(one), seen(mail)) == (("queued", "", 0), ("sent", "", 1))
    cache.delete(shut_key("sms"))
    assert sending.send_due() == 0  # nobody listens there any more
    assert seen(one) == ("queued", "", 0)
    assert cache.get(shut_key("sms")) == "ConnectionError"
    cache.delete(shut_key("sms"))


def test_marketing_by_text_message_needs_consent_to_text_messages(settings, tmp_path):
    settings.OUTBOX, settings.OUTBOX_FOLDER, settings.SMS_URL = "folder", str(tmp_path), ""
    yes, no = customer(), customer()
    consents.decide(yes, channel="sms", purpose="offers", granted=True, source="form")
    consents.decide(no, channel="email", purpose="offers", granted=True, source="form")
    found = [sms(customer=who, kind="marketing", purpose="offers") for who in (yes, no)]
    assert sending.send_due() == 1
    assert [seen(one)[:2] for one in found] == [("sent", ""), ("skipped", "no_consent")]
    assert [file.read_text() for file in tmp_path.glob("*.sms.txt")] == ["안녕하세요 Kim"]


@pytest.mark.parametrize("number", ["030 1234567", "+49", "kim@example.com", "+49301234567\r\nX: y", ""])
def test_a_number_without_its_country_is_no_address(number):
    with pytest.raises(AddressInvalid):
        message(number, channel="sms", subject="", text="x")


# Web push: what the browser's maker and the browser see. The vector is that of RFC 8291, appendix A.

OURS = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
THEIRS = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
SECRET = "BTBZMqHH6r4Tts7J_aSIgg"
CIPHER = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_"
    "yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)


def test_what_is_encrypted_is_what_the_standard_says():
    said = webpush.encrypted(
        b"When I grow up, I want to be a watermelon", THEIRS, SECRET, key=webpush.key_of(OURS),
        salt=webpush.unpacked("DGv6ra1nlYgDCS1FRnbzlw"),
    )  # fmt: skip
    assert webpush.packed(said) == CIPHER


def device(who, url: str, key: ec.EllipticCurvePrivateKey) -> PushSubscription:
    return PushSubscription.objects.create(
        customer=who, endpoint=url, public_key=webpush.packed(webpush.public_bytes(key)), secret=SECRET
    )


def opened(body: bytes, key: ec.EllipticCurvePrivateKey) -> bytes:
    """As a browser does it."""
    salt, theirs = body[:16], body[21 : 21 + body[20]]
    shared = key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(webpush.CURVE, theirs))
    info = b"WebPush: info\0" + webpush.public_bytes(key) + theirs

    def derived(content: bytes, salted: bytes, about: bytes, length: int) -> bytes:
        return HKDF(algorithm=hashes.SHA256(), length=length, salt=salted, info=about).derive(content)

    secret = derived(shared, webpush.unpacked(SECRET), info, 32)
    content_key = derived(secret, salt, b"Content-Encoding: aes128gcm\0", 16)
    nonce = derived(secret, salt, b"Content-Encoding: nonce\0", 12)
    return AESGCM(content_key).decrypt(nonce, body[21 + body[20] :], None).removesuffix(b"\x02")


def test_a_notification_reaches_every_device_and_those_that_are_gone_are_forgotten(settings):
    settings.PUSH_KEY, settings.PUSH_CONTACT = OURS, "mailto:shop@example.com"
    who, key = customer(), ec.generate_private_key(webpush.CURVE)
    with receiver(answers=[201, 410]) as maker:
        stays, goes = device(who, f"{maker.url}/a", key), device(who, f"{maker.url}/b", key)
        one = message(
            "", channel="push", customer=who, subject="Hi", text="안녕", headers={"Link": "https://shop.example/"}
        )
        nobody = message("", channel="push", customer=customer())
        assert sending.send_due() == 1
    assert [seen(one), seen(nobody)] == [("sent", "", 1), ("failed", "refused", 1)]
    assert [*PushSubscription.objects.all()] == [stays]
    assert goes.pk not in PushSubscription.objects.values_list("pk", flat=True)
    first = maker.got[0]
    assert json.loads(opened(first.body, key)) == {"title": "Hi", "body": "안녕", "url": "https://shop.example/"}
    assert (first.headers["Content-Encoding"], first.headers["TTL"]) == ("aes128gcm", "86400")
    token, public = first.headers["Authorization"].removeprefix("vapid t=").split(", k=")
    head, claims, signature = token.split(".")
    said, raw = json.loads(webpush.unpacked(claims)), webpush.unpacked(signature)
    assert (said["aud"], said["sub"]) == (maker.url.rpartition("/")[0], "mailto:shop@example.com")
    assert public == webpush.packed(webpush.public_bytes(webpush.key_of(OURS)))
    der = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    webpush.key_of(OURS).public_key().verify(der, f"{head}.{claims}".encode(), ec.ECDSA(hashes.SHA256()))


def test_devices_follow_a_merge(settings):
    who, into = customer(), customer()
    device(who, "https://push.example/a", webpush.key_of(OURS))
    merging.merge(who, into=into)
    belongings.move(into)
    assert PushSubscription.objects.get().customer == into
    belongings.forget(into)
    assert not PushSubscription.objects.exists()


# DKIM

PLAIN = (
    b"From: Joe SixPack <joe@football.example.com>\r\nTo: Suzie Q <suzie@shopping.example.net>\r\n"
    b"Subject: Is dinner ready?\r\nDate: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)\r\n"
    b"Message-ID: <20030712040037.46341.5F8J@football.example.com>\r\n\r\n"
    b"Hi.\r\n\r\nWe lost the game.  Are you hungry yet?\r\n\r\nJoe.\r\n"
)


def test_the_hash_of_a_text_is_that_of_the_standard():
    """RFC 8463, appendix A."""
    body = PLAIN.partition(b"\r\n\r\n")[2]
    assert b64decode("2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=") == sha256(dkim.relaxed_body(body)).digest()


def verified(letter: bytes, key: dkim.Key) -> str:
    """As a receiver does it, by what the signature itself says it covers. Returns the signed names."""
    fields = [line.partition(b":") for line in dkim.FOLDS.sub(b"", letter.partition(b"\r\n\r\n")[0]).split(b"\r\n")]
    signature = fields[0][2].decode()
    tags = {name.strip(): text.strip() for name, _is, text in (tag.partition("=") for tag in signature.split(";"))}
    lines = []
    for name in tags["h"].split(":"):
        [text] = [text for field, _colon, text in fields if field.decode().lower() == name]
        lines.append(dkim.relaxed(name.encode(), text))
    without = signature[: signature.index(" b=") + 3] if " b=" in signature else ""
    content = b"\r\n".join([*lines, dkim.relaxed(b"dkim-signature", without.encode())])
    made = b64decode("".join(tags["b"].split()))
    if isinstance(key.private, rsa.RSAPrivateKey):
        key.private.public_key().verify(made, content, PKCS1v15(), hashes.SHA256())
    else:
        key.private.public_key().verify(made, sha256(content).digest())
    return tags["h"]


def test_mail_of_our_domain_is_signed_whatever_kind_of_key(settings):
    ed25519, rsa2048 = Ed25519PrivateKey.generate(), rsa.generate_private_key(65537, 2048)
    settings.DKIM_DOMAIN, settings.DKIM_SELECTOR = "shop.example", "s1"
    with mail_server(settings) as server:
        for private in (ed25519, rsa2048):
            pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
            settings.DKIM_KEY = pem.replace("\n", "\\n")
            headers = {"List-Unsubscribe": "<https://shop.example/u/x>"}
            sender = "Shop <hello@news.shop.example>"
            message("kim@example.com", sender=sender, text=" a  b \n\n\n", subject="감사 " * 30, headers=headers)
            sending.send_due()
            names = verified(server.got[-1][1], dkim.Key("shop.example", "s1", private))
            assert names == "date:from:to:message-id:subject:list-unsubscribe:mime-version:content-type"
        message("kim@example.com", sender="Other <hello@other.example>")
        sending.send_due()
    assert [b"DKIM-Signature" in letter for _to, letter in server.got] == [True, True, False]


def test_a_signature_breaks_with_what_it_covers():
    key = dkim.Key("football.example.com", "brisbane", Ed25519PrivateKey.generate())
    letter = dkim.signed(PLAIN, key, at=datetime(2026, 1, 1, tzinfo=UTC))
    assert verified(letter, key) == "from:to:subject:date:message-id"
    with pytest.raises(InvalidSignature):
        verified(letter.replace(b"Is dinner", b"Was dinner"), key)


def test_a_text_message_has_no_subject_and_an_e_mail_needs_one():
    assert sms().subject == ""
    with pytest.raises(outbox.TextMissing):
        message(subject="")
