"""Says in plain words what was chosen and how a case stands."""

from __future__ import annotations

from typing import Any

from tipline.interfaces.ui.sealing import Answers
from tipline.programs.survivors import rules
from tipline.reference.directory import helplines

DOORS = (
    (rules.ME, "I am under 18 and in the picture", "It is not your fault, however it came about."),
    (rules.THEN, "I was under 18 in the picture", "It does not matter how long ago it was."),
    (rules.ADULT, "I ask for a child", "I am a parent, or an adult whom the child trusts."),
)


def help_lines() -> dict[str, Any]:
    """This function will give the help lines that pages show."""
    return {
        "lines": helplines.list_helplines(),
        "child_lines": helplines.list_child_helplines(),
        "report_pages": helplines.list_report_pages(),
    }


def counted(pictures: int, videos: int) -> str:
    """This function will write "2 pictures and 1 video"."""
    parts = [_many(pictures, "picture"), _many(videos, "video")]
    return " and ".join(part for part in parts if part)


def _many(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}" if count else ""


def confirmed(draft: Answers, is_wanted: bool) -> dict[str, Any]:
    """This function will say what the device sent, for the page that asks to confirm it."""
    if not is_wanted or not draft.get("hashes"):
        return {}
    hashes = rules.read_hashes(draft["hashes"][0])
    videos = sum(one.media == "video" for one in hashes)
    exact_only = sum(not one.pdq for one in hashes)
    return {
        "counted": counted(len(hashes) - videos, videos),
        "exact_only": exact_only,
        "is_one": len(hashes) == 1,
        "is_private": bool(rules.PRIVATE & set(draft.get("platforms", []))),
    }
