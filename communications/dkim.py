"""A signature on an e-mail by which its receiver knows whose it is (RFC 6376, RFC 8463). Pure; no database."""

import re
from base64 import b64encode
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

SIGNED = {"from", "to", "subject", "date", "message-id", "reply-to", "mime-version", "content-type", "in-reply-to"}
SIGNED |= {"references", "list-unsubscribe", "list-unsubscribe-post", "list-id", "auto-submitted"}
BLANKS = re.compile(rb"[ \t]+")
FOLDS = re.compile(rb"\r\n(?=[ \t])")


@dataclass(frozen=True)
class Key:
    """A private key, and where its public part stands in the DNS: ``selector._domainkey.domain``."""

    domain: str
    selector: str
    private: RSAPrivateKey | Ed25519PrivateKey

    @classmethod
    def read(cls, pem: str, *, domain: str, selector: str) -> "Key":
        """Raises ValueError where it is no RSA or Ed25519 key."""
        private = load_pem_private_key(pem.encode(), None)
        if not isinstance(private, RSAPrivateKey | Ed25519PrivateKey):
            raise ValueError("DKIM needs an RSA or an Ed25519 key")
        return cls(domain.lower(), selector, private)

    @property
    def algorithm(self) -> str:
        return "rsa-sha256" if isinstance(self.private, RSAPrivateKey) else "ed25519-sha256"

    def signs_for(self, address: str) -> bool:
        """Its domain, or one below it: only then do receivers count it for the sender that people see."""
        host = address.rpartition("@")[2].lower()
        return host == self.domain or host.endswith(f".{self.domain}")

    def signature(self, content: bytes) -> bytes:
        if isinstance(self.private, RSAPrivateKey):
            return self.private.sign(content, PKCS1v15(), hashes.SHA256())
        return self.private.sign(sha256(content).digest())


def signed(letter: bytes, key: Key, *, at: datetime) -> bytes:
    """The e-mail with its signature on top. Its lines end in CRLF."""
    head, _gap, body = letter.partition(b"\r\n\r\n")
    fields = [(name.lower().decode(), relaxed(name, text)) for name, text in _fields(head)]
    names = [name for name, _line in fields if name in SIGNED]
    tags = (
        f"v=1; a={key.algorithm}; c=relaxed/relaxed; d={key.domain}; s={key.selector};\r\n t={int(at.timestamp())};"
        f" h={':'.join(names)};\r\n bh={b64encode(sha256(relaxed_body(body)).digest()).decode()};\r\n b="
    ).encode()
    lines = [line for name, line in fields if name in SIGNED]
    content = b"".join(line + b"\r\n" for line in lines) + relaxed(b"DKIM-Signature", tags)
    made = b64encode(key.signature(content))
    folded = b"\r\n ".join(made[start : start + 72] for start in range(0, len(made), 72))
    return b"DKIM-Signature: " + tags + folded + b"\r\n" + letter


def relaxed(name: bytes, text: bytes) -> bytes:
    """A header as both sides see it, however it is folded on its way.

    >>> relaxed(b"SUBJect", b" A  B\\r\\n\\t C ")
    b'subject:A B C'
    """
    return name.strip().lower() + b":" + BLANKS.sub(b" ", FOLDS.sub(b"", text)).strip()


def relaxed_body(body: bytes) -> bytes:
    """A text as both sides see it: without blanks at the ends of lines and empty lines at its end.

    >>> relaxed_body(b" C \\r\\nD \\t E\\r\\n\\r\\n\\r\\n")
    b' C\\r\\nD E\\r\\n'
    """
    lines = [BLANKS.sub(b" ", line).rstrip(b" ") for line in body.split(b"\r\n")]
    while lines and not lines[-1]:
        lines.pop()
    return b"".join(line + b"\r\n" for line in lines)


def _fields(head: bytes) -> list[tuple[bytes, bytes]]:
    """Each header with what it says, still folded."""
    lines = re.split(rb"\r\n(?![ \t])", head)
    return [(name, text) for name, _colon, text in (line.partition(b":") for line in lines) if name]
