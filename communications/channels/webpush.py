"""Web push: what only the customer's browser can read (RFC 8291), and who sends it (RFC 8292). Pure."""

import json
import os
import struct
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

RECORD = 4096
LONGEST = 3_900  # bytes of what can be said
CURVE = ec.SECP256R1()
VALID_FOR = 12 * 3600  # seconds


def unpacked(text: str) -> bytes:
    """From base64 for addresses, with or without its padding."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def packed(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()


def public_bytes(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def key_of(text: str) -> ec.EllipticCurvePrivateKey:
    """The private key as VAPID tools write it: 32 bytes in base64. Raises ValueError."""
    return ec.derive_private_key(int.from_bytes(unpacked(text.strip()), "big"), CURVE)


def encrypted(
    said: bytes, public_key: str, secret: str, *, key: ec.EllipticCurvePrivateKey | None = None, salt: bytes = b""
) -> bytes:
    """For the browser that gave these keys. ``key`` and ``salt`` are random unless given. Raises ValueError."""
    theirs = unpacked(public_key)
    key, salt = key or ec.generate_private_key(CURVE), salt or os.urandom(16)
    ours = public_bytes(key)
    shared = key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(CURVE, theirs))
    secret_key = _derived(shared, unpacked(secret), b"WebPush: info\0" + theirs + ours, 32)
    content_key = _derived(secret_key, salt, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derived(secret_key, salt, b"Content-Encoding: nonce\0", 12)
    head = salt + struct.pack("!LB", RECORD, len(ours)) + ours
    return head + AESGCM(content_key).encrypt(nonce, said + b"\x02", None)


def authorisation(endpoint: str, key: ec.EllipticCurvePrivateKey, contact: str, *, now: float | None = None) -> str:
    """The header that tells the browser's maker who sends, for this one server."""
    parts = urlsplit(endpoint)
    claims = {
        "aud": f"{parts.scheme}://{parts.netloc}",
        "exp": int((now or time.time()) + VALID_FOR),
        "sub": contact,
    }
    head = packed(b'{"typ":"JWT","alg":"ES256"}')
    signed = f"{head}.{packed(json.dumps(claims, separators=(',', ':')).encode())}"
    r, s = decode_dss_signature(key.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
    signature = packed(r.to_bytes(32, "big") + s.to_bytes(32, "big"))
    return f"vapid t={signed}.{signature}, k={packed(public_bytes(key))}"


def _derived(content: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=length, salt=salt, info=info).derive(content)
