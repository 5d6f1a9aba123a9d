"""The StopNCII form: platforms fetch survivors' hashes and say what came of matches.

A credential is one endpoint's: the subscription key is its user name, the function key its secret. Hashes that a
platform hands in become entries of its own on the list, put there by the worker: this process cannot write entries.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path

from tipline.domain.errors import Refusal
from tipline.domain.hashsharing import stopncii
from tipline.domain.hashsharing.moments import EPOCH, write_moment
from tipline.interfaces.hash_sharing.answers import STOPNCII
from tipline.interfaces.hash_sharing.callers import Caller
from tipline.interfaces.hash_sharing.calls import Knock, call, read_body
from tipline.platform import clock, jobs
from tipline.reference.hashlists import self_reported, service, values

SCOPE = self_reported.SCOPE
_TOKEN = re.compile(r"(\d{1,10})-(\d{1,10})-(\d{1,18})")
_MOST, _USUAL = 1000, 800


def _read(request: HttpRequest) -> tuple[str, str] | None:
    name = request.headers.get("Ocp-Apim-Subscription-Key", "")
    secret = request.headers.get("x-functions-key", "")
    return (name, secret) if name and secret and "\0" not in name else None


KNOCK = Knock(STOPNCII, SCOPE, _read)


def _list_of(caller: Caller) -> str:
    return caller.place.environment.partition("/")[0]


def fetch(caller: Caller, request: HttpRequest) -> HttpResponse:
    """This function will give a page of what changed about survivors' hashes since a moment."""
    slug, now = _list_of(caller), clock.now()
    since = _moment(_whole(request, "startTimestamp", 0, 2**32))
    size = min(_whole(request, "pageSize", _USUAL, _MOST), _MOST)
    until, after = _token(request.GET.get("nextPageToken", ""))
    settled = service.settle(list_slug=slug, to=until or now, now=now)
    window = values.Window(slug, since, settled, viewer=caller.id)
    page = self_reported.list_self_reported(window, after=after, size=size)
    seconds = _seconds(settled)
    token = f"{seconds}-{_seconds(page.last.changed_at)}-{page.last.entry}" if page.last else ""
    content = stopncii.write_page([_record(one) for one in page.records], token=token, next_set=seconds)
    if page.records:
        _note_page(caller, count=len(page.records), size=len(content), since=write_moment(since))
    return STOPNCII.answer(content)


@transaction.atomic
def _note_page(caller: Caller, *, count: int, size: int, since: str) -> None:
    caller.note("hash.fetched", "hash_list", _list_of(caller), size=size, count=count, since=since)


def _record(one: self_reported.SelfReported) -> stopncii.Record:
    said = tuple((vote.partner_name, vote.verdict, vote.tags) for vote in one.votes)
    return stopncii.Record(one.type, one.value, _seconds(one.changed_at), one.cases, said)


def _seconds(moment: datetime) -> int:
    return int((moment - EPOCH).total_seconds())


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _whole(request: HttpRequest, name: str, usual: int, most: int) -> int:
    text = request.GET.get(name, "")
    least = min(usual, 1)
    if text and not (text.isascii() and text.isdigit() and len(text) <= 10 and least <= int(text) <= most):
        raise Refusal("bad_number", f"{name} is a whole number from {least} to {most}.", field=name)
    return int(text) if text else usual


def _token(text: str) -> tuple[datetime | None, values.Place]:
    if not text:
        return None, values.START
    found = _TOKEN.fullmatch(text)
    if found is None:
        raise Refusal("bad_page", "Send nextPageToken as it was given.", field="nextPageToken")
    return _moment(int(found[1])), values.Place(_moment(int(found[2])), int(found[3]))


def feedback(caller: Caller, request: HttpRequest) -> HttpResponse:
    """This function will keep what a platform says came of matches; the last word on a hash counts."""
    said = stopncii.read_feedbacks(read_body(request, stopncii.MOST_BYTES))
    answers = [self_reported.Answer(one.value, one.verdict, one.tags) for one in said if one.verdict]
    known = _answer(caller, answers)
    return STOPNCII.answer(json.dumps({"count": len(said), "accepted": known}).encode())


@transaction.atomic
def _answer(caller: Caller, answers: list[self_reported.Answer]) -> int:
    slug = _list_of(caller)
    known = self_reported.answer(
        list_slug=slug, partner_id=caller.id, answers=answers, by=caller.actor, now=clock.now()
    )
    caller.note("hash.answered", "hash_list", slug, count=known, unknown=len(answers) - known)
    return known


@transaction.atomic
def submit(caller: Caller, request: HttpRequest) -> HttpResponse:
    """This function will take hashes that a platform judged itself; the worker puts them on the list."""
    hashes = stopncii.read_hashes(read_body(request, stopncii.MOST_BYTES))
    if hashes:
        rows = [list(one) for one in hashes]
        jobs.defer(self_reported.SUBMITTED, list_slug=_list_of(caller), partner_id=caller.id, hashes=rows)
    return STOPNCII.answer(json.dumps({"count": len(hashes)}).encode())


def paths(slug: str) -> list[URLPattern]:
    """This function will give the addresses of this form for one list; each has credentials of its own."""
    return [
        path("v1/FetchHashes", call(KNOCK, f"{slug}/FetchHashes", GET=fetch)),
        path("v1/SubmitHashes", call(KNOCK, f"{slug}/SubmitHashes", POST=submit)),
        path("v1/SubmitFeedback", call(KNOCK, f"{slug}/SubmitFeedback", POST=feedback)),
    ]
