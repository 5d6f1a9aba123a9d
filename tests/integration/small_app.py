"""The smallest application, for tests of the processes."""

from collections.abc import Callable, Iterable
from typing import Any


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer every request with two letters."""
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"ok"]
