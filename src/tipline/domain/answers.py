"""What the human doors ask beyond the wire protocol, as data: kept beside the document, read by triage."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tipline.domain.vocabulary import BY_CODE

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
# What was not told although the wire asks for it: a stand-in is filed, and it is called one wherever people read.
TYPE, TIME = "type", "time"
HARMS = {
    "pictures_wanted": "Somebody wants pictures",
    "pictures_threat": "Somebody threatens to share pictures",
    "meeting": "Somebody wants to meet",
    "money": "Somebody wants money",
    "touched": "Somebody touched or hurt the child",
    "live": "It is shown live on camera",
    "self_harm": "The child speaks of harming itself",
    "other": "Something else",
}


@dataclass(frozen=True, slots=True)
class Answers:
    """The structured answers of a human door; every one may be missing.

    `kinds` are the incident types that were ticked, `not_told` says for what a stand-in was filed: TYPE, TIME.
    """

    reporter_is: str = ""
    ongoing: str = ""
    danger_now: bool = False
    harms: tuple[str, ...] = ()
    language: str = ""
    kinds: tuple[str, ...] = ()
    not_told: tuple[str, ...] = ()

    def stored(self) -> dict[str, Any]:
        """This function will give the JSON object that is kept."""
        return {
            "reporter_is": self.reporter_is,
            "ongoing": self.ongoing,
            "danger_now": self.danger_now,
            "harms": list(self.harms),
            "language": self.language,
            "kinds": list(self.kinds),
            "not_told": list(self.not_told),
        }


def answers_from(stored: dict[str, Any]) -> Answers:
    """This function will bring stored answers back; what is missing takes its default."""
    return Answers(
        reporter_is=stored.get("reporter_is", ""),
        ongoing=stored.get("ongoing", ""),
        danger_now=bool(stored.get("danger_now")),
        harms=tuple(stored.get("harms", ())),
        language=stored.get("language", ""),
        kinds=tuple(stored.get("kinds", ())),
        not_told=tuple(stored.get("not_told", ())),
    )


def ticked(answers: Answers) -> str:
    """This function will give the line that stands below the words in the document: what was ticked."""
    named = [BY_CODE[code].label for code in answers.kinds if code in BY_CODE]
    named += [HARMS[harm] for harm in answers.harms if harm in HARMS]
    return f"Ticked: {'; '.join(named)}." if named else ""


def own_words(text: str, answers: Answers) -> str:
    """This function will give what somebody wrote, without the line of what was ticked, which is said elsewhere."""
    line = ticked(answers)
    return text.strip().removesuffix(line).strip() if line else text.strip()
