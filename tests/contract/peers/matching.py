"""Drives C3P's own client of Shield, unmodified; one JSON line for each step."""

from __future__ import annotations

import base64
import io
import json
import os
import sys

given = json.load(sys.stdin)
os.environ["ARACHNID_SHIELD_URL"] = given["url"]  # read when the client is imported

from arachnid_shield_sdk import ArachnidShield  # noqa: E402
from arachnid_shield_sdk.models import ArachnidShieldException, ScanMediaFromPdq  # noqa: E402


def say(step: str, found: object) -> None:
    """Write one line."""
    print(json.dumps({"step": step, "ok": True, "found": found}, default=str))


shield = ArachnidShield(username=given["username"], password=given["secret"])
for step in ("same", "near", "unknown"):
    contents = base64.b64decode(given[step])
    say(step, shield.scan_media_from_bytes(io.BytesIO(contents), "image/jpeg").to_dict())
asked = [base64.b64encode(bytes.fromhex(value)).decode() for value in (given["pdq"], "0f" * 32)]
say("pdq", shield.scan_pdq_hashes(ScanMediaFromPdq(hashes=asked)).to_dict()["scanned_hashes"])
for step, act in (
    ("url", lambda: shield.scan_media_from_url("https://photos.example/1.jpg")),
    (
        "wrong",
        lambda: ArachnidShield(username=given["username"], password="wrong").scan_media_from_bytes(b"x", "image/png"),
    ),
):
    try:
        act()
    except ArachnidShieldException as error:
        say(step, str(error))
