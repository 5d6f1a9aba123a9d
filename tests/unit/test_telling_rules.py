"""The signature of a webhook, as the standard and our own reference page say."""

from __future__ import annotations

import base64
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tipline.programs.telling.rules.kinds import CHOSEN
from tipline.programs.telling.rules.pauses import PAUSES
from tipline.programs.telling.rules.signing import SECRET_BYTES, Told, body_of, headers_of, write_secret

PAGE = (Path(__file__).parents[2] / "docs/reference/webhooks.md").read_text(encoding="utf-8")


def test_the_signature_is_that_of_the_standard_s_own_example() -> None:
    secret = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    at = datetime.fromtimestamp(1614265330, UTC)
    headers = headers_of("msg_p5jXN8AQM9LWM0D4loKWxJek", b'{"test": 2432232314}', [secret], at)
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.fixture
def example() -> dict[str, Any]:
    [code] = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    found: dict[str, Any] = {}
    exec(compile(code, "webhooks.md", "exec"), found)
    return found


def test_the_program_of_the_reference_page_knows_our_events_from_others(example: dict[str, Any]) -> None:
    keys = [bytes([one]) * SECRET_BYTES for one in (1, 2)]
    old, new = map(write_secret, keys)
    body = body_of(Told("evt_1", "report.outcome", datetime.now(UTC), "production", 4_071_882_193))
    headers = headers_of("evt_1", body, keys, datetime.now(UTC))
    is_ours = example["is_ours"]
    assert is_ours([old], headers, body)
    assert is_ours(["whsec_AAAA", new], headers, body)
    assert not is_ours([write_secret(bytes(SECRET_BYTES))], headers, body)
    assert not is_ours([old, new], headers, body + b" ")
    assert not is_ours([old], {**headers, "webhook-id": "evt_2"}, body)
    assert not is_ours([old], headers_of("evt_1", body, keys, datetime(2026, 1, 1, tzinfo=UTC)), body)


def test_the_reference_page_names_every_kind_and_pause() -> None:
    assert set(re.findall(r"^\| `(report\.\w+)`", PAGE, re.MULTILINE)) == {str(kind) for kind in CHOSEN}
    words = {
        f"{int(one.total_seconds())} s" if one.total_seconds() < 60 else
        f"{int(one.total_seconds() // 60)} min" if one.total_seconds() < 3600 else
        f"{int(one.total_seconds() // 3600)} h"
        for one in PAUSES
    }  # fmt: skip
    assert [one for one in words if f" {one}" not in PAGE] == []
