"""The way to the mail server, for whoever keeps an outbox: one connection, and what its no means."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import unquote, urlsplit

TIMEOUT_SECONDS = 20.0
PERMANENT = 500


def is_permanent(error: Exception) -> bool:
    """This function will tell whether a mail server's no is for good: a code of 500 and more (RFC 5321, 4.2.1)."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= PERMANENT for code, _ in error.recipients.values())
    return isinstance(error, smtplib.SMTPResponseException) and error.smtp_code >= PERMANENT


@contextmanager
def connected(smtp_url: str) -> Iterator[smtplib.SMTP]:
    """This function will connect by the setting: smtp:// (plain), smtp+starttls:// or smtps://."""
    found = urlsplit(smtp_url)
    host, context = found.hostname or "", ssl.create_default_context()
    if found.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, found.port or 465, timeout=TIMEOUT_SECONDS, context=context)
    else:
        server = smtplib.SMTP(host, found.port or 25, timeout=TIMEOUT_SECONDS)
    with server:
        if found.scheme == "smtp+starttls":
            server.starttls(context=context)
        if found.username:
            server.login(unquote(found.username), unquote(found.password or ""))
        yield server
