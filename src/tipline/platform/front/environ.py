"""From the scope of an ASGI request to the environment of a WSGI application. Pure but for the settings."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from io import BytesIO
from typing import Any
from urllib.parse import unquote_to_bytes

from tipline.platform.config import settings

Environ = dict[str, Any]
_PLAIN = {"content-type": "CONTENT_TYPE", "content-length": "CONTENT_LENGTH"}


def environ_of(scope: Mapping[str, Any]) -> Environ:
    """This function will describe a request without its body, which the front puts in later. Source: PEP 3333."""
    host, port = scope.get("server") or ("localhost", 80)
    environ: Environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        # As sent: bytes that are no UTF-8 reach the application as they are.
        "PATH_INFO": unquote_to_bytes(scope.get("raw_path") or scope["path"]).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": host,
        "SERVER_PORT": str(port),
        "REMOTE_ADDR": (scope.get("client") or ("",))[0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": BytesIO(),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for raw_name, raw_value in scope["headers"]:
        _add(environ, raw_name.decode("latin-1").lower(), raw_value.decode("latin-1"))
    return environ


def _add(environ: Environ, name: str, value: str) -> None:
    # X_Forwarded_For would become the same variable as the X-Forwarded-For that our proxy sets.
    if "_" in name:
        return
    key = _PLAIN.get(name) or f"HTTP_{name.upper().replace('-', '_')}"
    if key in environ:
        value = f"{environ[key]}{'; ' if key == 'HTTP_COOKIE' else ','}{value}"
    environ[key] = value


def caller_of(environ: Mapping[str, Any]) -> str:
    """This function will return the network address that asks.

    A forwarded address counts only where the settings say that our own proxy stands in front: its entry is
    the last.
    """
    if settings().tls_proxy and (forwarded := environ.get("HTTP_X_FORWARDED_FOR", "")):
        return str(forwarded).rsplit(",", 1)[-1].strip()[:64]
    return str(environ.get("REMOTE_ADDR", ""))[:64]
