"""A company with a webhook, and a receiver of its own on loopback that speaks TLS, for the tests of telling.

No setting lets the house speak to loopback: the tests call the sender's function with a policy and a trust store of
their own, in the place where the worker starts the sender's process.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tipline.domain.egress import Policy
from tipline.platform import config, outside
from tipline.platform.outside import Way
from tipline.programs.telling import delivering, events, letters, sender
from tipline.programs.telling.asking import Answer, Ask
from tipline.programs.telling.models import Hook

HOST = "hooks.example.com"


@dataclass
class Receiver:
    """A company's receiver: what came in, what it answers (the last one for ever), and how it is reached."""

    port: int
    way: Way
    answers: list[int] = field(default_factory=lambda: [204])
    got: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Its address."""
        return f"https://{HOST}:{self.port}/tipline?a=b"

    @contextmanager
    def sender(self) -> Iterator[Ask]:
        """This function will stand where the worker starts the sender's process."""
        yield self.ask

    def ask(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """This function will do what the sender's process does, with a way that leads here."""
        return Answer(*sender.hand_over(url, headers, body, self.way), 7)


@contextmanager
def receiving(folder: Path) -> Iterator[Receiver]:
    """This function will run a receiver for the time of the block."""
    certificate = _certificate(folder)
    trusted = ssl.create_default_context(cafile=str(certificate))
    trusted.verify_flags &= ~ssl.VERIFY_X509_STRICT

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            kept.got.append((self.path, dict(self.headers.items()), body))
            self.send_response(kept.answers.pop(0) if len(kept.answers) > 1 else kept.answers[0])
            self.send_header("Location", f"https://{HOST}:{kept.port}/elsewhere")
            self.send_header("Content-Length", "6")
            self.end_headers()
            self.wfile.write(b"thanks")

        def log_message(self, format: str, *args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        serving.load_cert_chain(certificate)
        server.socket = serving.wrap_socket(server.socket, server_side=True)
        port = server.server_address[1]
        kept = Receiver(port, Way(Policy(ports=(port,), let_through=("127.0.0.0/8",)), trusted))
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield kept
        finally:
            server.shutdown()
            thread.join()


def _certificate(folder: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    begin = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    names = [x509.DNSName(HOST), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(begin)
        .not_valid_after(begin + dt.timedelta(days=36500))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / "receiver.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


def lead(monkeypatch: pytest.MonkeyPatch) -> None:
    """This function will let the receiver's name resolve to loopback."""
    monkeypatch.setattr(outside, "resolve", lambda host, port: ["127.0.0.1"] if host == HOST else [])


def switch(monkeypatch: pytest.MonkeyPatch, **values: Any) -> None:
    """This function will change settings of the house for one test."""
    changed = replace(config.settings(), **values)
    for module in (delivering, events, letters):
        monkeypatch.setattr(module, "settings", lambda: changed)


def point(hook_id: int, url: str) -> None:
    """This function will set an address that the console refuses, because it is on loopback."""
    Hook.objects.filter(pk=hook_id).update(url=url)
