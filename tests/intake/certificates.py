"""A certificate authority of the test's own, the certificates that it signs, and servers that speak TLS with them."""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DAY = timedelta(days=1)


class Authority:
    """Signs certificates. `file` is its own, as a client is told to believe it."""

    def __init__(self, folder: Path, name: str = "test authority") -> None:
        self.folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        now = datetime.now(UTC)
        made = (
            x509.CertificateBuilder()
            .subject_name(self._name).issuer_name(self._name).public_key(self._key.public_key())
            .serial_number(x509.random_serial_number()).not_valid_before(now - 2 * DAY).not_valid_after(now + DAY)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(self._key.public_key()), critical=False)
            .add_extension(_usage(signs=True), critical=True)
            .sign(self._key, hashes.SHA256())
        )  # fmt: skip
        self.file = folder / "authority.pem"
        self.file.write_bytes(made.public_bytes(serialization.Encoding.PEM))

    def sign(self, host: str = "127.0.0.1", *, ended: bool = False) -> tuple[Path, Path]:
        """A certificate for a host and its key, as files. ended: it was good until yesterday."""
        key = ec.generate_private_key(ec.SECP256R1())
        until = datetime.now(UTC) + (-DAY if ended else DAY)
        with contextlib.suppress(ValueError):
            named: x509.GeneralName = x509.DNSName(host)
            named = x509.IPAddress(ipaddress.ip_address(host))
        made = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)]))
            .issuer_name(self._name).public_key(key.public_key()).serial_number(x509.random_serial_number())
            .not_valid_before(until - 2 * DAY).not_valid_after(until)
            .add_extension(x509.SubjectAlternativeName([named]), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False
            )
            .sign(self._key, hashes.SHA256())
        )  # fmt: skip
        stem = self.folder / f"{host}{'-ended' if ended else ''}"
        cert, secret = stem.with_name(stem.name + ".pem"), stem.with_name(stem.name + ".key")
        cert.write_bytes(made.public_bytes(serialization.Encoding.PEM))
        secret.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        return cert, secret


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True, content_commitment=False, key_encipherment=False, data_encipherment=False,
        key_agreement=False, key_cert_sign=signs, crl_sign=signs, encipher_only=False, decipher_only=False,
    )  # fmt: skip


def serving(pair: tuple[Path, Path]) -> ssl.SSLContext:
    """What a server needs to show a certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*pair)
    return context


class Tunnel:
    """Ends TLS on a port of its own and hands what it carries to a plain server: IMAPS in front of a server without.

    context: None for a server that takes a connection and never says a word.
    """

    def __init__(self, behind: int, context: ssl.SSLContext | None) -> None:
        self._behind, self._context = behind, context
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                taken, _address = self._listening.accept()
            except OSError:
                return
            self._open.append(taken)
            if self._context is not None:
                threading.Thread(target=self._carry, args=(taken,), daemon=True).start()

    def _carry(self, taken: socket.socket) -> None:
        assert self._context is not None
        with contextlib.suppress(OSError):
            outer = self._context.wrap_socket(taken, server_side=True)
            inner = socket.create_connection(("127.0.0.1", self._behind))
            self._open += [outer, inner]
            threading.Thread(target=_pour, args=(inner, outer), daemon=True).start()
            _pour(outer, inner)

    def stop(self) -> None:
        """No more connections; those that are open end."""
        self._listening.close()
        for one in self._open:
            with contextlib.suppress(OSError):
                one.close()


def _pour(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while part := source.recv(65536):
            target.sendall(part)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_RDWR)
