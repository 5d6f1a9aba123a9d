"""Drives the published StopNCII client, unmodified; one JSON line for each step."""

from __future__ import annotations

import json
import sys

import requests
from threatexchange.exchanges.clients.stopncii import api as stopncii
from threatexchange.exchanges.clients.stopncii.api import StopNCIICSPFeedbackValue, StopNCIISignalType


def say(step: str, **found: object) -> None:
    """Write one line."""
    print(json.dumps({"step": step, "ok": True, **found}))


def record(one: stopncii.StopNCIIHashRecord) -> list[object]:
    """A record as plain values."""
    said = [[each.source, each.feedbackValue.value, sorted(each.tags)] for each in one.CSPFeedbacks]
    cases = sorted(status.value for status in one.caseNumbers.values())
    return [one.signalType.value, one.hashValue, one.hashStatus.value, cases, said]


def fetch(api: stopncii.StopNCIIAPI, step: str, start: int = 10) -> int:
    """Every page from a moment on, two hashes a page."""
    found, pages, token, more = {}, 0, "", True
    while more:
        page = api.fetch_hashes(start_timestamp=start, next_page=token, page_size=2)
        pages, token, more = pages + 1, page.nextPageToken or "", page.hasMoreRecords
        found |= {(one.signalType, one.hashValue): record(one) for one in page.hashRecords}
    say(step, records=sorted(found.values()), pages=pages, next=page.nextSetTimestamp)
    return page.nextSetTimestamp


def drive(url: str, name: str, fetch_key: str, submit_key: str, feedback_key: str, picture: str, video: str) -> None:
    """Fetch, answer, fetch what was answered, hand hashes in, and a wrong key."""
    more = {
        stopncii.StopNCIIEndpoint.SubmitHashes: submit_key,
        stopncii.StopNCIIEndpoint.SubmitFeedback: feedback_key,
    }
    api = stopncii.StopNCIIAPI(name, fetch_key, more, base_url_override=url)
    fetch(api, "fetch")
    api.submit_feedback(StopNCIISignalType.ImagePDQ, picture, StopNCIICSPFeedbackValue.Blocked, {"upload"})
    api.submit_feedback(StopNCIISignalType.VideoMD5, video, StopNCIICSPFeedbackValue.PendingReview)
    fetch(api, "fetch again")
    api.submit_hash(StopNCIISignalType.ImagePDQ, "5a" * 32)
    say("submit")
    try:
        stopncii.StopNCIIAPI(name, submit_key, base_url_override=url).fetch_hashes()
    except requests.HTTPError as error:
        say("other key", status=error.response.status_code, body=error.response.json())


drive(**json.load(sys.stdin))
