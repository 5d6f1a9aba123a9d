"""What the human doors ask beyond the wire protocol, as data: kept beside the document, read by triage."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

REPORTER_IS = {
    "child": "The child",
    "parent": "A parent or carer",
    "professional": "A professional who works with children",
    "other": "Somebody else",
}
ONGOING = {
    "today": "Contact goes on today",
    "week": "Contact in the last seven days",
    "past": "Contact has ended",
    "unknown": "Not known",
}
HARMS = {
    "pictures_wanted": "Somebody wants pictures",
    "pictures_threat": "Somebody threatens to share pictures",
    "meeting": "Somebody wants to meet",
    "money": "Somebody wants money",
    "touched": "Somebody touched or hurt the child",
    "self_harm": "The child speaks of harming itself",
    "other": "Something else",
}


@dataclass(frozen=True, slots=True)
class Answers:
    """The structured answers of a human door; every one may be missing."""

    reporter_is: str = ""
    ongoing: str = ""
    danger_now: bool = False
    harms: tuple[str, ...] = ()
    language: str = ""

    def stored(self) -> dict[str, Any]:
        """This function will give the JSON object that is kept."""
        return {
            "reporter_is": self.reporter_is,
            "ongoing": self.ongoing,
            "danger_now": self.danger_now,
            "harms": list(self.harms),
            "language": self.language,
        }


def answers_from(stored: dict[str, Any]) -> Answers:
    """This function will bring stored answers back; what is missing takes its default."""
    return Answers(
        reporter_is=stored.get("reporter_is", ""),
        ongoing=stored.get("ongoing", ""),
        danger_now=bool(stored.get("danger_now")),
        harms=tuple(stored.get("harms", ())),
        language=stored.get("language", ""),
    )
