"""Where a call comes from."""

from __future__ import annotations

from starlette.requests import Request

from tipline.platform.config import settings


def remote_address(request: Request) -> str:
    """This function will give the caller's address; behind a TLS proxy, the one that the proxy saw."""
    forwarded = ",".join(request.headers.getlist("x-forwarded-for"))  # a proxy may add a line of its own
    if forwarded and settings().tls_proxy:
        return forwarded.rpartition(",")[2].strip()
    return request.client.host if request.client else ""
