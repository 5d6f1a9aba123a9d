"""The fetcher: asks whether an address still answers, and says one word. A process of its own, one address a process.

    echo '{"url": "https://photos.example/p/1001"}' | python -m tipline.programs.notices.fetcher

The address comes by standard input, so that it stands in no list of processes. There is no option by which a private
network can be let through.
"""

from __future__ import annotations

import json
import sys
import time

from tipline.domain.errors import Refusal
from tipline.platform.outside import PLAIN_WAY, NoAnswer, NotAllowed, Way, ask_status, confine
from tipline.programs.notices.rules.moves import Seen, seen_of

LONGEST_INPUT = 16 * 1024
# A server that knows HEAD not, or says little by it, is asked once more with GET, of which the status line is read.
_ASK_AGAIN = frozenset({400, 403, 405, 500, 501})


def look(url: str, way: Way = PLAIN_WAY) -> tuple[Seen, int]:
    """This function will ask at an address: what was seen, and the status (0 where there was none)."""
    try:
        status = ask_status(url, "HEAD", way)
        if status in _ASK_AGAIN:
            status = ask_status(url, "GET", way)
    except NotAllowed:
        return Seen.NOT_ALLOWED, 0
    except (NoAnswer, Refusal):
        return Seen.UNREACHABLE, 0
    return seen_of(status), status


def main() -> int:
    """This function will be the process: limits first, then one address, then one line of JSON."""
    confine()
    began = time.monotonic()
    asked = json.loads(sys.stdin.read(LONGEST_INPUT))
    seen, status = look(str(asked["url"]))
    said = {
        "seen": str(seen),
        "status_class": f"{status // 100}xx" if status else "",
        "milliseconds": round((time.monotonic() - began) * 1000),
    }
    sys.stdout.write(f"{json.dumps(said)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
