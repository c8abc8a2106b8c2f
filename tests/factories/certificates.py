"""A certificate authority that nobody else trusts, and a certificate of it for ``localhost``."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID


class Certificates(NamedTuple):
    """Files: whom to trust, what a server shows, and its key."""

    authority: Path
    shown: Path
    key: Path


def certificates(folder: Path) -> Certificates:
    ours, its = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    root, server = _named("Invented authority"), _named("localhost")
    basic = x509.BasicConstraints(ca=True, path_length=0)
    usage = x509.KeyUsage(
        digital_signature=False, content_commitment=False, key_encipherment=False, data_encipherment=False,
        key_agreement=False, key_cert_sign=True, crl_sign=True, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    authority = (
        _begun(root, root, ours.public_key())
        .add_extension(basic, critical=True)
        .add_extension(usage, critical=True)
        .sign(ours, hashes.SHA256())
    )
    names = x509.SubjectAlternativeName([x509.DNSName("localhost")])
    shown = _begun(server, root, its.public_key()).add_extension(names, critical=False).sign(ours, hashes.SHA256())
    files = Certificates(folder / "authority.pem", folder / "shown.pem", folder / "key.pem")
    files.authority.write_bytes(authority.public_bytes(Encoding.PEM))
    files.shown.write_bytes(shown.public_bytes(Encoding.PEM))
    files.key.write_bytes(its.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return files


def _named(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _begun(whose: x509.Name, by: x509.Name, key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(whose)
        .issuer_name(by)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
    )
