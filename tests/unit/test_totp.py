"""One-time codes against the published vectors."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest

from tipline.platform.accounts import totp

# RFC 6238, appendix B: the last six of the eight digits given there for SHA-1.
VECTORS = [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")]
SECRET = base64.b32encode(b"12345678901234567890").decode()


@pytest.mark.parametrize(("seconds", "code"), VECTORS)
def test_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    assert totp.current_code(SECRET, datetime.fromtimestamp(seconds, UTC)) == code


def test_a_code_is_accepted_half_a_minute_early_or_late_and_no_more() -> None:
    now = datetime(2026, 1, 13, 15, 4, 5, tzinfo=UTC)
    code = totp.current_code(SECRET, now)
    for late, accepted in ((-60, False), (-30, True), (0, True), (30, True), (60, False)):
        step = totp.matching_step(SECRET, code, now + timedelta(seconds=late))
        assert (step is not None) is accepted


@pytest.mark.parametrize("typed", ["", "abc", "12345", "１２３４５６", "1234567"])
def test_nonsense_matches_no_step(typed: str) -> None:
    assert totp.matching_step(SECRET, typed, datetime(2026, 1, 13, tzinfo=UTC)) is None


def test_secrets_are_new_and_long_enough() -> None:
    made = {totp.new_secret() for _ in range(50)}
    assert len(made) == 50
    assert all(len(base64.b32decode(secret)) * 8 >= 112 for secret in made)
