"""Where a call comes from."""

from __future__ import annotations

from starlette.requests import Request

from tipline.platform.config import settings


def remote_address(request: Request) -> str:
    """This function will give the caller's address; behind a TLS proxy, the one that the proxy saw."""
    forwarded = request.headers.get("x-forwarded-for", "")
    if forwarded and settings().tls_proxy:
        return forwarded.rpartition(",")[2].strip()
    return request.client.host if request.client else ""
