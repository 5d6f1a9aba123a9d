"""For every rule of the shipped set one report's features that make it fire, and one that comes near and does not."""

from __future__ import annotations

from typing import Any

Case = tuple[dict[str, Any], int, dict[str, Any]]  # fires on, with so many points, not on

FLAGS = {
    "sender_urgent": 40,
    "danger_now": 40,
    "escalated": 30,
    "self_harm": 40,
    "meeting": 25,
    "touched": 30,
    "on_camera": 25,
    "threat": 48,
    "sadistic": 25,
    "asks_pictures": 15,
    "live": 25,
    "infant": 18,
    "violence": 18,
    "self_made": 10,
    "viral": -30,
    "generated": 0,
    "all_known": -10,
    "asked_for": 6,
    "disputed": 0,
    "alike": 0,
    "unseen": 6,
    "minors": 0,
    "aggravating": 28,
    "conversation": 12,
    "spam": -20,
    "type_not_told": 0,
}
TYPES = {"trafficking": 25, "molestation": 20, "enticement": 18, "tourism": 20, "csam": 5, "unsolicited": 5}
WORDS = {
    "self_harm": 20,
    "meeting": 10,
    "threat": 7,
    "hands_on": 16,
    "contact": 7,
    "help": 4,
    "danger": 10,
    "access": 12,
    "live": 12,
}

CASES: dict[str, Case] = {
    **{name: ({name: True}, points, {}) for name, points in FLAGS.items()},
    **{f"type_{code}": ({"type": code}, points, {"type": "misleading_domain"}) for code, points in TYPES.items()},
    **{
        f"word_{name}": ({f"word_{name}": 2, f"found_{name}": "“so”"}, 2 * points, {f"found_{name}": "“so”"})
        for name, points in WORDS.items()
    },
    "contact_today": ({"contact": "today"}, 30, {"contact": "week"}),
    "contact_week": ({"contact": "week"}, 20, {"contact": "past"}),
    "conversation_week": ({"conversation": True, "within_week": True}, 5, {"within_week": True}),
    "aggravating_day": ({"aggravating": True, "within_day": True}, 20, {"within_day": True}),
    "conversation_day": ({"conversation": True, "within_day": True}, 18, {"within_day": True}),
    "asks_day": ({"asks_pictures": True, "within_day": True}, 15, {"within_day": True}),
    "child_day": ({"child_named": True, "within_day": True}, 5, {"within_day": True}),
    "age_under_13": ({"age": 12}, 15, {"age": 13}),
    "age_13_15": ({"age": 13}, 12, {"age": 16}),
    "age_16_17": ({"age": 17}, 8, {"age": 18}),
    "files": ({"files": 1, "files_words": "1 file"}, 4, {"files": 0}),
    "known": ({"known_worst": "A1"}, 6, {"known_worst": "C9"}),
    "linked": ({"linked": 1, "linked_words": "The same handle in 1 other report"}, 6, {"linked": 0}),
    "same_person": ({"same_person": 1}, 6, {"linked": 1}),
    "suspect_place": ({"suspect_place": "Duval", "suspect_place_tag": "FL, likely"}, 3, {"child_place": "Duval"}),
    "child_place": ({"child_place": "Duval"}, 3, {"suspect_place": "Duval"}),
}
