"""The public status of the reporting API, and the list of its changes: for people, for programs, as a feed.

Without a log-in. What is asked of the database is asked once in fifteen seconds, however many come.
"""

from __future__ import annotations

import json
import threading
import time
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from django.db import DatabaseError, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.views.decorators.http import require_safe

from tipline.interfaces.ui.gate import open_to_all
from tipline.platform import clock
from tipline.platform.config import settings
from tipline.stages.intake import signs
from tipline.stages.intake.outages import Found, Standing, State

_OPEN = open_to_all("whoever sends reports must learn whether they are taken, also when a log-in fails")
HELD_SECONDS = 15
WORDS = {
    State.TAKES: "Reports are taken",
    State.PARTLY: "Reports are taken, with trouble",
    State.NOT: "Reports are not taken at present",
}
DO = {
    State.TAKES: "",
    State.PARTLY: "Send again what was answered with 503, after the seconds in Retry-After. What we took is safe.",
    State.NOT: "Keep your reports and send them later. What we took is safe.",
}


@dataclass(frozen=True, slots=True)
class Seen:
    """What was measured, and when; without a standing the database could not be asked."""

    at: datetime
    standing: Standing | None
    outages: tuple[Found, ...]

    @property
    def state(self) -> State:
        """What can be said."""
        return self.standing.state if self.standing else State.NOT


class _Held:
    """The last measure, taken anew by one thread when it has grown old, while the others wait for it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: Seen | None = None
        self._until = 0.0

    def get(self) -> Seen:
        """This function will give a measure that is young enough."""
        with self._lock:
            if self._seen is None or time.monotonic() >= self._until:
                self._seen = _measure(clock.now())
                self._until = time.monotonic() + HELD_SECONDS
            return self._seen

    def forget(self) -> None:
        """This function will have the next one measured anew."""
        with self._lock:
            self._seen = None


HELD = _Held()


def _measure(now: datetime) -> Seen:
    try:
        return Seen(now, signs.load_standing(now=now), signs.list_outages(now=now))
    except DatabaseError:
        return Seen(now, None, ())


def _public(response: HttpResponse, seconds: int) -> HttpResponse:
    response.headers["Cache-Control"] = f"public, max-age={seconds}"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@transaction.non_atomic_requests  # where the database is gone, the page says so
@_OPEN
@require_safe
def status(request: HttpRequest) -> HttpResponse:
    """This function will say whether reports are taken now, how it was measured, and when they were not."""
    seen = HELD.get()
    shown = {
        "seen": seen,
        "words": WORDS[seen.state],
        "to_do": DO[seen.state],
        "kind": {State.TAKES: "safe", State.PARTLY: "caution", State.NOT: "urgent"}[seen.state],
        "house": settings().house_name,
        "held": HELD_SECONDS,
        "newest": changes()[:3],
    }
    return _public(render(request, "esp_web/status.html", shown), HELD_SECONDS)


@transaction.non_atomic_requests
@_OPEN
@require_safe
def status_json(request: HttpRequest) -> HttpResponse:
    """This function will tell programs the same."""
    seen = HELD.get()
    return _public(JsonResponse(as_json(seen), json_dumps_params={"indent": 1}), HELD_SECONDS)


def as_json(seen: Seen) -> dict[str, Any]:
    """This function will write a measure for programs; `null` is what could not be measured."""
    found = seen.standing
    measures = {
        "database": found is not None,
        "reporting_api_at": _iso(found.door_at) if found else None,
        "evidence_store": found.store_ok if found and found.door_at else None,
        "worker_at": _iso(found.worker_at) if found else None,
        "oldest_wait_seconds": found.waiting if found and found.worker_at else None,
    }
    names = ("taken", "shed", "over_quota", "failed")
    return {
        "takes_reports": seen.state is not State.NOT,
        "state": str(seen.state),
        "words": WORDS[seen.state],
        "as_of": _iso(seen.at),
        "measures": measures,
        "calls_last_hour": {name: getattr(found, name) for name in names} if found else None,
        "outages": [
            {"kind": str(one.kind), "words": one.words, "began_at": _iso(one.began_at), "ended_at": _iso(one.ended_at)}
            for one in seen.outages
        ],
    }


def _iso(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat(timespec="seconds") if at else None


@dataclass(frozen=True, slots=True)
class Change:
    """One change of the reporting API: what is different, and what a client has to do."""

    id: str
    date: date
    title: str
    what: str
    to_do: str
    is_breaking: bool


@cache
def changes() -> tuple[Change, ...]:
    """This function will read the list of changes, newest first."""
    path = Path(__file__).parent / "data" / "api_changes.json"
    rows = json.loads(path.read_text(encoding="utf-8"))
    return tuple(Change(**{**row, "date": date.fromisoformat(row["date"])}) for row in rows)


@transaction.non_atomic_requests
@_OPEN
@require_safe
def changelog(request: HttpRequest) -> HttpResponse:
    """This function will show what changed."""
    return _public(render(request, "esp_web/changes.html", {"changes": changes()}), 300)


@transaction.non_atomic_requests
@_OPEN
@require_safe
def changelog_json(request: HttpRequest) -> HttpResponse:
    """This function will tell programs what changed."""
    rows = [
        {name: getattr(one, name) for name in ("id", "title", "what", "to_do", "is_breaking")}
        | {"date": one.date.isoformat()}
        for one in changes()
    ]
    return _public(JsonResponse({"changes": rows}, json_dumps_params={"indent": 1}), 300)


@transaction.non_atomic_requests
@_OPEN
@require_safe
def changelog_feed(request: HttpRequest) -> HttpResponse:
    """This function will give the changes as an Atom feed (RFC 4287)."""
    page = request.build_absolute_uri(reverse("esp_web:changes"))
    feed = Atom1Feed(
        title=f"{settings().house_name}: changes of the reporting API",
        link=page,
        description="What changed, and what a client has to do.",
        feed_url=request.build_absolute_uri(reverse("esp_web:changes_feed")),
        author_name=settings().house_name,
    )
    for one in changes():
        at = datetime(one.date.year, one.date.month, one.date.day, tzinfo=UTC)
        feed.add_item(
            title=one.title,
            link=f"{page}#{one.id}",
            description=f"{one.what} What to do: {one.to_do}",
            unique_id=f"{page}#{one.id}",
            pubdate=at,
            updateddate=at,
        )
    answer = HttpResponse(feed.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")
    return _public(answer, 300)
