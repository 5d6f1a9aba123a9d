"""What makes a report urgent whatever the points say. Code, not data: no edit of the rules reaches it. Pure.

Each takes something for a fact, and says which. What a company's program claims (`sender_urgent`), or a phrase in a
company's log, is a claim: it counts here only together with something of its own that speaks of a child. A claim that
stands alone is looked at soon.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tipline.stages.triage.features import STATED, Features

GROWING_REPORTS = 3  # other reports of the same person, and children of it, from which an offender grows
GROWING_CHILDREN = 2


@dataclass(frozen=True, slots=True)
class Override:
    """One ground for urgency: its code, its words, and how it is read from the features."""

    code: str
    words: str
    holds: Callable[[Features], bool]


def _number(found: Features, name: str) -> int:
    value = found.get(name, 0)
    return value if isinstance(value, int) else 0


def _said(found: Features, category: str) -> bool:
    """Words of danger that a person told us, or that stand in a log beside a child."""
    if _number(found, f"word_{category}") < STATED:
        return False
    return bool(found.get("by_person") or found.get("child_said"))


_CORROBORATES = (
    "threat",
    "sadistic",
    "asks_pictures",
    "live_new",
    "infant_new",
    "violence",
    "self_made",
    "meeting",
    "touched",
    "self_harm",
)


def _is_corroborated(found: Features) -> bool:
    """A company's claim with something of its own: a mark, a phrase, a child that is named."""
    if not found.get("sender_urgent"):
        return False
    phrases = any(_number(found, name) >= STATED for name in found if name.startswith("word_"))
    return phrases or bool(found.get("child_said")) or any(found.get(name) for name in _CORROBORATES)


def _is_live(found: Features) -> bool:
    return bool(found.get("live_new") or found.get("on_camera"))


# What speaks of one child, and not of material alone.
_OF_A_CHILD = ("child_named", "threat", "asks_pictures", "meeting", "touched", "self_harm", "live_new", "on_camera")


def _is_growing(found: Features) -> bool:
    if _number(found, "ring_children") >= GROWING_CHILDREN and _number(found, "ring_lately"):
        return True
    return _number(found, "same_person") >= GROWING_REPORTS and any(found.get(name) for name in _OF_A_CHILD)


OVERRIDES: tuple[Override, ...] = (
    Override("danger_now", "a child is in danger now", lambda found: bool(found.get("danger_now"))),
    Override("escalated", "an analyst escalated it", lambda found: bool(found.get("escalated"))),
    Override("sender_checked", "the sender's urgency is borne out by the report itself", _is_corroborated),
    Override("self_harm", "self-harm", lambda found: bool(found.get("self_harm")) or _said(found, "self_harm")),
    Override("contact", "contact goes on", lambda found: found.get("contact") == "today" or _said(found, "contact")),
    Override("meeting", "a meeting is planned", lambda found: bool(found.get("meeting")) or _said(found, "meeting")),
    Override("hands_on", "hands-on harm", lambda found: bool(found.get("touched")) or _said(found, "hands_on")),
    Override("live", "a live stream", lambda found: _is_live(found) or _said(found, "live")),
    Override("danger", "somebody is said to be in danger", lambda found: _said(found, "danger")),
    Override("infant", "an infant in a file that nobody knew", lambda found: bool(found.get("infant_new"))),
    Override("growing", "a known offender who goes on", _is_growing),
)


def holding(found: Features) -> tuple[Override, ...]:
    """This function will list the grounds for urgency that hold of a report."""
    return tuple(one for one in OVERRIDES if one.holds(found))
