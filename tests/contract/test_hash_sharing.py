"""Hash sharing, asked by the one published client, unmodified, over a real socket.

Its known fault: `feedback_reasons()` of threatexchange 1.2.17 looks for `availableFeedbackReasons` below the root, but
it is the root in the documented form: it raises IndexError. We serve the documented form and expect that one failure.
"""

from __future__ import annotations

import time
from typing import Any

import httpx
import pytest
from tests.contract import clients
from tests.sharing_world import Login, partner, seed_entries
from tests.stack import Stack

pytestmark = pytest.mark.slow
ENTRIES, GONE, CANARIES = 2500, 50, 3
NAMESPACE = "{https://hashsharing.ncmec.org/hashsharing/v2}"


@pytest.fixture(scope="module")
def consumer(house: Stack) -> Login:
    seed_entries(house, ENTRIES, gone=GONE, list_slug="industry")
    made = partner(house, "Example Photos", ("HASH_SHARING", "industry"), canaries=True)
    # Planted a day ago, so that it does not depend on this machine's speed which fetch they are in.
    house.rows("UPDATE hashlists_entry SET changed_at = changed_at - interval '1 day' WHERE canary_of_id IS NOT NULL")
    return made


def base(house: Stack, prefix: str = "hashsharing") -> str:
    return f"{house.address('hash_sharing')}/{prefix}"


def reason(house: Stack, kind: str) -> str:
    [(guid,)] = house.rows(
        "SELECT r.guid::text FROM hashlists_feedbackreason r JOIN hashlists_hashlist l ON l.id = r.hash_list_id "
        "WHERE l.slug = 'industry' AND r.type = %s ORDER BY r.name LIMIT 1", kind,
    )  # fmt: skip
    return str(guid)


def member_of(house: Stack, slug: str) -> int:
    [(number,)] = house.rows("SELECT id FROM partners_partner WHERE slug = %s", slug)
    return int(number)


@pytest.fixture(scope="module")
def steps(house: Stack, consumer: Login) -> dict[str, dict[str, Any]]:
    settings = {
        "act": "drive", "url": base(house), "username": consumer.username, "secret": consumer.secret,
        "member": str(member_of(house, "tipline")), "up": "e100", "down": "e101", "reason": reason(house, "SHA1"),
    }  # fmt: skip
    return clients.drive_peer("sharing.py", settings)


def test_the_client_learns_who_it_is_and_who_else_is_there(steps: dict[str, Any], consumer: Login) -> None:
    assert (steps["status"]["id"], steps["status"]["name"]) == (consumer.member, "Example Photos")
    assert {"Tipline", "Example Photos"} <= set(steps["members"]["names"])


def test_a_first_fetch_brings_everything_in_three_pages_with_its_tombstones(steps: dict[str, Any]) -> None:
    found = steps["first fetch"]
    assert found["pages"] == [1000, 1000, ENTRIES + CANARIES - 2000]
    assert found["distinct"] == ENTRIES + CANARIES
    assert found["estimate"] == ENTRIES + CANARIES + 1000 - 1001
    assert (found["deleted"], found["prints_of_deleted"]) == (GONE, 0)
    assert found["videos"] == ENTRIES // 5
    assert (found["prints"], found["classes"]) == (["md5", "pdq", "sha1"], sorted(set(found["classes"])))
    assert steps["empty"]["count"] == 0


def test_the_exchange_probes_its_way_and_gives_its_matchers_what_they_can_use(steps: dict[str, Any]) -> None:
    found = steps["exchange"]
    videos = (ENTRIES - GONE) // 5
    assert found["held"] == ENTRIES + CANARIES
    assert (found["pdq"], found["md5"]) == (ENTRIES - GONE - videos + CANARIES, videos)
    assert found["requests"] < 200


def test_votes_are_kept_and_read_back(steps: dict[str, Any], consumer: Login) -> None:
    told = steps["votes"]["told"]
    assert told["e100"] == [["Md5", "upvote", consumer.member, ""]]
    [[kind, what, who, why]] = told["e101"]
    assert (kind, what, who) == ("Sha1", "downvote", consumer.member)
    assert why


def test_the_clients_one_fault_is_its_own(steps: dict[str, Any], house: Stack, consumer: Login) -> None:
    assert steps["feedback reasons"]["fault"] == "IndexError"
    answer = httpx.get(f"{base(house)}/v2/feedback/SHA1/reasons", auth=(consumer.username, consumer.secret))
    assert b"<availableFeedbackReasons xmlns=" in answer.content


def test_a_wrong_password_is_refused_in_xml(steps: dict[str, Any]) -> None:
    assert steps["wrong password"]["status"] == 401
    assert steps["wrong password"]["type"].startswith("application/xml")


def test_an_incremental_fetch_brings_what_changed_since(house: Stack, consumer: Login, steps: dict[str, Any]) -> None:
    since = int(time.time()) - 1
    house.ask(
        "from tipline.domain.actor import system\n"
        "from tipline.platform import clock\n"
        "from tipline.reference.hashlists import queries, service\n"
        "from tipline.reference.partners.queries import find_partner_by_slug\n"
        "member = find_partner_by_slug('tipline').id\n"
        "gone = queries.find_entry('industry', member, 'e2000').id\n"
        "answer = service.withdraw(entries=[gone], by=system('test'), now=clock.now())"
    )
    time.sleep(2.1)
    settings = {"act": "later", "url": base(house), "since": str(since)}
    settings |= {"username": consumer.username, "secret": consumer.secret}
    found = clients.drive_peer("sharing.py", settings)["incremental"]["updates"]
    assert found == [["e2000", True]]


def test_the_newer_prefix_serves_the_same(house: Stack, consumer: Login) -> None:
    auth = (consumer.username, consumer.secret)
    query = {"from": "2026-01-01T00:00:00.000Z", "to": "2026-11-01T00:00:00Z"}
    pages = [
        httpx.get(f"{base(house, one)}/v2/entries", params=query, auth=auth)
        for one in ("hashsharing", "ws-hashsharing")
    ]
    assert pages[0].status_code == 200
    assert pages[0].content == pages[1].content


@pytest.mark.parametrize(
    "path", ["/", "/nowhere", "/hashsharing/v2/nowhere", "/npo/v2/status", "/hashsharing/v2/entries"]
)
def test_nothing_is_answered_with_a_page(house: Stack, consumer: Login, path: str) -> None:
    answer = httpx.get(f"{house.address('hash_sharing')}{path}", cookies={"tipline_hash_sharing": "x" * 32})
    assert "html" not in answer.headers["content-type"]
    assert answer.status_code in ({200} if path == "/" else {401, 404})
