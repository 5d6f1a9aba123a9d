"""The sender: hands events over at one company's address, and says each answer's status. A process of its own.

    echo '{"url": "https://hooks.example/t", "headers": {}, "body": "{}"}' | python -m tipline.programs.telling.sender

One event a line, one line of answer each; it ends with its input.

All comes by standard input, so that nothing stands in a list of processes. It holds no secret and no log-in; of the
answer it reads the status line. There is no option by which a private network can be let through.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping

from tipline.domain.egress import Policy
from tipline.domain.errors import Refusal
from tipline.platform.outside import NoAnswer, NotAllowed, Way, confine, post

LONGEST_INPUT = 64 * 1024
WAY = Way(Policy(ports=(443,)))


def hand_over(url: str, headers: Mapping[str, str], body: bytes, way: Way = WAY) -> tuple[int, str]:
    """This function will hand a body over: the answer's status, or 0 and the code of what was wrong."""
    if not url.startswith("https://"):
        return 0, "not_allowed"
    try:
        return post(url, headers, body, way), ""
    except NotAllowed:
        return 0, "not_allowed"
    except NoAnswer as error:
        return 0, error.reason
    except Refusal:
        return 0, "no_name"


def _answer(line: str) -> str:
    began = time.monotonic()
    asked = json.loads(line)
    status, trouble = hand_over(str(asked["url"]), dict(asked["headers"]), str(asked["body"]).encode())
    milliseconds = round((time.monotonic() - began) * 1000)
    return json.dumps({"status": status, "trouble": trouble, "milliseconds": milliseconds})


def main() -> int:
    """This function will be the process: limits first, then line by line until the input ends."""
    confine()
    while line := sys.stdin.readline(LONGEST_INPUT):
        sys.stdout.write(f"{_answer(line)}\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
