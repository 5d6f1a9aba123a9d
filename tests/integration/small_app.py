"""The smallest application behind the front, for tests of the processes."""

from collections.abc import Callable, Iterable
from typing import Any

from tipline.platform.front.front import Front
from tipline.platform.front.limits import Limit


def _page(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer every request with two letters."""
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"ok"]


application = Front(_page, lambda path: Limit(1024))
