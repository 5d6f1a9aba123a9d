"""How well scores tell what people found: curve, recall at each cut, what the low class hides, drift, clocks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from tipline.domain.errors import Refusal
from tipline.domain.vocabulary import BY_CODE
from tipline.interfaces.desk import trail
from tipline.interfaces.desk.queue import load_late
from tipline.interfaces.desk.triage.views import frame_of
from tipline.interfaces.ui.gate import actor_of, requires
from tipline.platform import clock
from tipline.platform.accounts.roles import Role
from tipline.platform.config import settings
from tipline.stages.triage import calibration, keeping, queries, rulesets
from tipline.stages.triage.queries import Counted
from tipline.stages.triage.rules import LATER_FROM, SOON_FROM, URGENT_FROM

WEEKS = 12
CUTS = (10, LATER_FROM, 40, SOON_FROM, 65, URGENT_FROM, 90)
DRIFTED = 3.0  # standard errors from which a week is marked
LEAST_JUDGED = 200  # decisions from which a fit is offered
_SOURCES = {
    "PUBLIC_FORM": "Public form",
    "HOTLINE": "Telephone",
    "ESP_API": "Companies' programs",
    "ESP_FORM": "Companies' form",
    "SURVIVOR": "Survivors",
    "PARTNER": "Partners",
}


@requires(Role.SUPERVISOR)
@require_http_methods(["GET", "POST"])
def watch(request: HttpRequest) -> HttpResponseBase:
    """This function will show the last weeks; by POST it puts the fit of their scores into a draft of the rules."""
    now = clock.now()
    counted = queries.list_counts(keeping.week_of(now) - timedelta(weeks=WEEKS - 1))
    chosen = request.GET.get("version", "")
    versions = sorted({one.version for one in counted}, key=lambda one: (len(one), one))
    if chosen in versions:
        counted = tuple(one for one in counted if one.version == chosen)
    if request.method == "POST":
        return _take_over(request, counted)
    trail.note(request, trail.Sight("rules.watched", "rules", "watch"), weeks=WEEKS)
    values = {
        **frame_of(request),
        "weeks": WEEKS,
        "low": LATER_FROM,
        "versions": versions,
        "chosen": chosen if chosen in versions else "",
        "share": settings().sample_per_thousand,
        "lates": load_late(now),
        "open": _draft(),
        **_measured(counted),
        **_hidden(counted),
        **_agreed(counted),
        "weekly": _weekly(counted),
    }
    return render(request, "desk/triage/watch.html", values)


def _draft() -> queries.VersionLine | None:
    return next((one for one in queries.list_versions(1) if one.state == rulesets.DRAFT), None)


def _judged(counted: Sequence[Counted]) -> tuple[calibration.Tally, ...]:
    return calibration.weighed(queries.looked_at(counted), queries.totals(counted), LATER_FROM)


def _measured(counted: Sequence[Counted]) -> dict[str, Any]:
    curve = rulesets.current().calibration
    bins, error = _held_against(counted, curve)
    return {
        "judged": _sum(counted, "decided"),
        "may_fit": _sum(counted, "decided") >= LEAST_JUDGED,
        "is_calibrated": bool(curve),
        "bins": [{"foretold": 100 * one.foretold, "found": 100 * one.found, "total": round(one.total)} for one in bins],
        "error": 100 * error,
        "cuts": [
            {"score": one.score, "recall": 100 * one.recall, "load": 100 * one.load}
            for one in calibration.recall_at_cuts(_judged(counted), CUTS)
        ],
    }


def _held_against(counted: Sequence[Counted], curve: calibration.Curve) -> tuple[tuple[calibration.Bin, ...], float]:
    """What the rules foretell against what was found; without a fit of theirs, one of the earlier half of the weeks.

    A fit is never held against the decisions that it was made of: it would always be right.
    """
    if not curve:
        weeks = sorted({one.week for one in counted})
        middle = weeks[len(weeks) // 2] if len(weeks) > 1 else date.max
        curve = calibration.fit(_judged([one for one in counted if one.week < middle]))
        counted = [one for one in counted if one.week >= middle]
    judged = _judged(counted)
    return calibration.reliability(judged, curve), calibration.expected_error(judged, curve)


def _sum(counted: Sequence[Counted], what: str) -> int:
    return sum(one.n for one in counted if one.what == what)


def _hidden(counted: Sequence[Counted]) -> dict[str, Any]:
    strata = queries.strata(counted)
    whole = calibration.estimate(strata)
    total = sum(one.total for one in strata)
    return {
        "strata": [_stratum(one) for one in strata],
        "low_total": total,
        "low_looked": sum(one.looked for one in strata),
        "low_hidden": sum(one.hidden for one in strata),
        "whole": {"share": 100 * whole.share, "low": 100 * whole.low, "high": 100 * whole.high},
        "expected": (round(whole.share * total), round(whole.low * total), round(whole.high * total)),
    }


def _stratum(one: calibration.Stratum) -> dict[str, Any]:
    source, _, kind = one.name.partition(" ")
    low, high = calibration.interval(one.hidden, one.looked)
    return {
        "source": _SOURCES.get(source, source),
        "kind": BY_CODE[kind].label if kind in BY_CODE else "Not told",
        "line": one,
        "share": 100 * one.hidden / one.looked if one.looked else None,
        "low": 100 * low,
        "high": 100 * high,
    }


def _agreed(counted: Sequence[Counted]) -> dict[str, Any]:
    proposed, agreed = _sum(counted, "proposed"), _sum(counted, "agreed")
    answered, found = _sum(counted, "answered"), _sum(counted, "found")
    return {
        "proposed": proposed,
        "agreed": agreed,
        "agreement": 100 * agreed / proposed if proposed else None,
        "answered": answered,
        "found": found,
        "late_look": _sum(counted, "late_look"),
        "late_refer": _sum(counted, "late_refer"),
    }


def _weekly(counted: Sequence[Counted]) -> list[dict[str, Any]]:
    weeks = sorted({one.week for one in counted})
    rows = [(week, _of(counted, week, "urgent"), _of(counted, week, "decided")) for week in weeks]
    moved = calibration.drift([(urgent, total) for _, urgent, total in rows])
    return [
        {
            "week": week,
            "urgent": urgent,
            "total": total,
            "share": 100 * urgent / total if total else None,
            "agreed": _of(counted, week, "agreed"),
            "is_odd": abs(step) >= DRIFTED,
        }
        for (week, urgent, total), step in zip(rows, moved, strict=True)
    ]


def _of(counted: Sequence[Counted], week: date, what: str) -> int:
    return sum(one.n for one in counted if one.week == week and one.what == what)


def _take_over(request: HttpRequest, counted: Sequence[Counted]) -> HttpResponse:
    """The fit becomes part of the open draft, and counts once that is released."""
    draft = _draft()
    if draft is None or _sum(counted, "decided") < LEAST_JUDGED:
        messages.warning(request, f"A fit needs an open draft of the rules, and {LEAST_JUDGED} decisions.")
        return redirect("desk:triage_watch")
    try:
        rulesets.set_calibration(
            number=draft.number, curve=calibration.fit(_judged(counted)), by=actor_of(request), now=clock.now()
        )
    except Refusal as refusal:
        messages.warning(request, refusal.sentence)
    else:
        messages.info(request, "The fit is kept in the draft. It counts once the draft is released.")
    return redirect("desk:rules_version", draft.number)
