"""Survivors' hashes and the matching of single files, asked by the published clients, unmodified."""

from __future__ import annotations

import base64
import hashlib
import io
import time
from typing import Any

import pytest
from PIL import Image
from tests.contract import clients
from tests.sharing_world import Login, partner
from tests.stack import Stack

from tipline.simulation.pictures import picture

pytestmark = pytest.mark.slow
TWICE, ONCE, GONE, VIDEO = "1c" * 32, "2d" * 32, "3e" * 32, "4f" * 16
_SURVIVORS = f"""
from tipline.domain.actor import system
from tipline.platform import clock
from tipline.reference.hashlists import service
from tipline.reference.hashlists.values import NewEntry, Print
from tipline.reference.partners.queries import find_partner_by_slug
member, by = find_partner_by_slug("take-it-down").id, system("test")
def asked(media, *prints):
    new = NewEntry("npo", member, media, prints, source="survivor")
    return service.propose(new=new, by=by, now=clock.now())
md5 = Print("MD5", "ab" * 16)
made = [asked("image", Print("PDQ", {TWICE!r}, 90), md5) for _ in range(2)]
made += [asked("image", Print("PDQ", {ONCE!r}, 90)), asked("image", Print("PDQ", {GONE!r}, 90), md5)]
made += [asked("video", Print("MD5", {VIDEO!r}))]
service.withdraw(entries=made[1:4:2], by=by, now=clock.now())
answer = made
"""


@pytest.fixture(scope="module")
def survivors(house: Stack) -> dict[str, dict[str, Any]]:
    """What the StopNCII client saw."""
    house.ask(_SURVIVORS)
    calls = [("STOPNCII", f"npo/{name}") for name in ("FetchHashes", "SubmitHashes", "SubmitFeedback")]
    login = partner(house, "Example Clips", *calls)
    keys = dict(zip(("fetch_key", "submit_key", "feedback_key"), login.secrets, strict=True))
    url = f"{house.address('hash_sharing')}/stopncii/v1"
    settings = {"url": url, "name": login.username, "picture": ONCE, "video": VIDEO, **keys}
    return clients.drive_peer("survivors_hashes.py", settings)


def test_a_platform_fetches_survivors_hashes_and_learns_what_was_withdrawn(survivors: dict[str, Any]) -> None:
    found = survivors["fetch"]
    assert found["records"] == [
        ["ImagePDQ", TWICE, "Active", ["Active", "Withdrawn"], []],
        ["ImagePDQ", ONCE, "Active", ["Active"], []],
        ["ImagePDQ", GONE, "Withdrawn", ["Withdrawn"], []],
        ["VideoMD5", VIDEO, "Active", ["Active"], []],
    ]
    assert found["pages"] == 3


def test_what_a_platform_answers_is_told_to_the_others(survivors: dict[str, Any], house: Stack) -> None:
    told = {value: said for _, value, _, _, said in survivors["fetch again"]["records"]}
    assert told[ONCE] == [["Example Clips", "Blocked", ["upload"]]]
    assert told[VIDEO] == [["Example Clips", "PendingReview", []]]
    assert told[TWICE] == told[GONE] == []


def test_hashes_handed_in_become_the_platforms_own_entries(survivors: dict[str, Any], house: Stack) -> None:
    assert survivors["submit"]["ok"]
    found: list[Any] = []
    deadline = time.monotonic() + 30
    while not found and time.monotonic() < deadline:
        found = house.rows(
            "SELECT m.name, e.state, l.slug FROM hashlists_entryprint p JOIN hashlists_entry e ON e.id = p.entry_id "
            "JOIN partners_partner m ON m.id = e.member_id JOIN hashlists_hashlist l ON l.id = e.hash_list_id "
            "WHERE p.value = %s", "5a" * 32,
        )  # fmt: skip
        time.sleep(0.2)
    assert found == [("Example Clips", "ACTIVE", "npo")], house.logs()


def test_one_endpoints_key_does_not_open_another(survivors: dict[str, Any]) -> None:
    assert survivors["other key"]["status"] == 401
    assert survivors["other key"]["body"]["code"] == "no_credential"


def reencoded(raw: bytes) -> bytes:
    out = io.BytesIO()
    Image.open(io.BytesIO(raw)).convert("RGB").save(out, "JPEG", quality=55)
    return out.getvalue()


_LISTED = """
import hashlib
from tipline.domain.actor import system
from tipline.media import sandbox
from tipline.platform import clock
from tipline.reference.hashlists import service
from tipline.reference.hashlists.values import NewEntry, Print
from tipline.simulation.pictures import picture
raw = picture(71)
look = sandbox.fingerprint([raw]).pdq
digests = [Print(n.upper(), hashlib.new(n, raw).hexdigest()) for n in ("md5", "sha1", "sha256")]
prints = (*digests, Print("PDQ", look.hex, look.quality))
new = NewEntry("industry", {member}, "image", prints, classification="B2", source="partner")
service.propose(new=new, by=system("test"), now=clock.now())
answer = [look.hex, look.quality]
"""


@pytest.fixture(scope="module")
def scanned(house: Stack) -> dict[str, dict[str, Any]]:
    """What the client of Shield saw, and the PDQ of the listed pattern."""
    login: Login = partner(house, "Example Small Forum", ("SHIELD", "production"))
    pdq, quality = house.ask(_LISTED.format(member=login.member))
    assert quality >= 50
    raw = picture(71)
    files = {"same": raw, "near": reencoded(raw), "unknown": picture(72)}
    settings = {name: base64.b64encode(each).decode() for name, each in files.items()}
    url = f"{house.address('hash_sharing')}/shield/"
    settings |= {"url": url, "username": login.username, "secret": login.secret, "pdq": pdq}
    steps = clients.drive_peer("matching.py", settings)
    return {name: step["found"] for name, step in steps.items()} | {"listed": {"pdq": pdq}}


def base32(raw: bytes) -> str:
    return base64.b32encode(hashlib.sha1(raw).digest()).decode()


def test_the_same_file_is_known_exactly(scanned: dict[str, Any]) -> None:
    raw, found = picture(71), scanned["same"]
    assert (found["classification"], found["match_type"]) == ("csam", "exact")
    assert (found["size_bytes"], found["sha1_base32"]) == (len(raw), base32(raw))
    assert found["sha256_hex"] == hashlib.sha256(raw).hexdigest()
    assert found["near_match_details"] == []


def test_a_copy_with_other_bytes_is_known_by_its_look(scanned: dict[str, Any]) -> None:
    found = scanned["near"]
    assert (found["classification"], found["match_type"]) == ("csam", "near")
    [near] = found["near_match_details"]
    assert near["sha256_hex"] == hashlib.sha256(picture(71)).hexdigest()
    assert near["sha1_base32"] == base32(picture(71))


def test_another_file_is_not_known(scanned: dict[str, Any]) -> None:
    assert (scanned["unknown"]["classification"], scanned["unknown"]["match_type"]) == ("no-known-match", None)


def test_pdq_hashes_are_answered_one_by_one(scanned: dict[str, Any]) -> None:
    listed, other = scanned["pdq"].values()
    assert (listed["classification"], listed["match_type"]) == ("csam", "near")
    assert (other["classification"], other["match_type"], other["near_match_details"]) == ("no-known-match", None, None)


def test_an_address_is_never_fetched_and_a_wrong_password_never_heard(scanned: dict[str, Any]) -> None:
    assert scanned["url"].startswith("Addresses are not fetched here.")
    assert scanned["wrong"].startswith("Log in with")
