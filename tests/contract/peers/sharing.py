"""Drives the published hash-sharing client, unmodified, under a Python of its own; one JSON line for each step."""

from __future__ import annotations

import json
import sys
import time
from types import SimpleNamespace

import requests
from threatexchange.exchanges.clients.ncmec import hash_api
from threatexchange.exchanges.impl.ncmec_api import NCMECCollabConfig, NCMECSignalExchangeAPI
from threatexchange.signal_type.md5 import VideoMD5Signal
from threatexchange.signal_type.pdq.signal import PdqSignal

MD5, SHA1 = hash_api.FingerprintType.md5, hash_api.FingerprintType.sha1


def say(step: str, **found: object) -> None:
    """Write one line."""
    print(json.dumps({"step": step, "ok": True, **found}))


def pages(api: hash_api.NCMECHashAPI, since: int = 0) -> list[hash_api.GetEntriesResponse]:
    """Fetch every page of a range."""
    return list(api.get_entries_iter(start_timestamp=since, end_timestamp=int(time.time()) - 1))


def first_fetch(api: hash_api.NCMECHashAPI) -> None:
    """All pages from 1970 on."""
    found = pages(api)
    updates = [one for page in found for one in page.updates]
    ids = {(one.member_id, one.id) for one in updates}
    say(
        "first fetch",
        pages=[len(page.updates) for page in found],
        estimate=found[0].estimated_entries_in_range,
        distinct=len(ids),
        deleted=sum(one.deleted for one in updates),
        videos=sum(one.entry_type is hash_api.NCMECEntryType.video for one in updates),
        prints=sorted({name for one in updates for name in one.fingerprints}),
        prints_of_deleted=sum(bool(one.fingerprints) for one in updates if one.deleted),
        classes=sorted({one.classification for one in updates if one.classification}),
        members=sorted({one.member_id for one in updates}),
    )


def votes(api: hash_api.NCMECHashAPI, member: int, up: str, down: str, reason: str) -> None:
    """One vote for and one against, and how they are read back."""
    api.submit_upvote(member, up, MD5)
    api.submit_feedback(member, down, SHA1, hash_api.FeedbackType.downvote, reason)
    found = {one.id: one.feedback for page in pages(api) for one in page.updates if one.id in (up, down)}
    told = {
        key: [
            [kind, one.feedback_type.value, one.member.esp_id, one.reason]
            for kind, said in each.items()
            for one in said
        ]
        for key, each in found.items()
    }
    say("votes", told=told)


def known_fault(api: hash_api.NCMECHashAPI) -> None:
    """The client looks for the list of reasons one level too deep."""
    try:
        api.feedback_reasons(SHA1)
    except IndexError:
        say("feedback reasons", fault="IndexError")
    else:
        say("feedback reasons", fault="")


def exchange(environment: SimpleNamespace, username: str, secret: str) -> None:
    """The exchange above the client: probing ranges, then what its matchers would be given."""
    collab = NCMECCollabConfig(name="sharing", environment=environment)
    api = NCMECSignalExchangeAPI(collab, username, secret)
    counted = {"requests": 0}
    real = requests.Session.request

    def counting(self, method, url, **named):
        counted["requests"] += 1
        return real(self, method, url, **named)

    requests.Session.request = counting
    held: dict = {}
    checkpoint = None
    for delta in api.fetch_iter([PdqSignal, VideoMD5Signal], None):
        held.update(delta.updates)
        checkpoint = delta.checkpoint
    requests.Session.request = real
    given = api.naive_convert_to_signal_type([PdqSignal, VideoMD5Signal], collab, held)
    say(
        "exchange",
        held=len(held),
        requests=counted["requests"],
        pdq=len(given.get(PdqSignal, {})),
        md5=len(given.get(VideoMD5Signal, {})),
        checkpoint=checkpoint.get_progress_timestamp(),
    )


def refused(environment: SimpleNamespace, username: str) -> None:
    """A wrong password."""
    try:
        hash_api.NCMECHashAPI(username, "wrong", environment).status()
    except requests.HTTPError as error:
        answer = error.response
        say("wrong password", status=answer.status_code, type=answer.headers["Content-Type"])


def drive(url: str, username: str, secret: str, **more: str) -> None:
    """Every call, in the order of a new consumer."""
    environment = SimpleNamespace(value=url)
    api = hash_api.NCMECHashAPI(username, secret, environment)
    me = api.status()
    say("status", id=me.esp_id, name=me.esp_name)
    say("members", names=[one.esp_name for one in api.members()])
    first_fetch(api)
    say("empty", count=len(next(iter(api.get_entries_iter(start_timestamp=10, end_timestamp=20))).updates))
    exchange(environment, username, secret)
    votes(api, int(more["member"]), more["up"], more["down"], more["reason"])
    known_fault(api)
    refused(environment, username)


def later(url: str, username: str, secret: str, since: str) -> None:
    """What changed since."""
    api = hash_api.NCMECHashAPI(username, secret, SimpleNamespace(value=url))
    found = [one for page in pages(api, int(since)) for one in page.updates]
    say("incremental", updates=sorted([one.id, one.deleted] for one in found))


given = json.load(sys.stdin)
{"drive": drive, "later": later}[given.pop("act")](**given)
