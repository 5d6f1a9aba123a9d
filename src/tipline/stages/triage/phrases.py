"""The phrases of danger as the data writes them (`data/words.json`): languages, slots, company. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

BREAK = re.compile(r"[.!?;:,\n。！？，、।؟،۔]")
END = re.compile(r"[.!?\n。！？।؟۔]")


@cache
def listed() -> dict[str, Any]:
    """This function will read the phrases of all languages."""
    text = resources.files("tipline.stages.triage").joinpath("data", "words.json").read_text(encoding="utf-8")
    read: dict[str, Any] = json.loads(text)
    return read


def slots_of(phrase: str, language: Mapping[str, Any]) -> list[list[str]]:
    """This function will split a phrase into its words, each with what may stand in its place."""
    sets: Mapping[str, str] = language.get("sets", {})
    return [
        [word for one in slot.split("|") for word in (sets[one[1:-1]].split() if one[0] == "<" else [one])]
        for slot in phrase.split()
    ]


def company_of(language: Mapping[str, Any]) -> list[tuple[str, list[str]]]:
    """This function will list the company that makes the phrases of a category harmless."""
    return [(category, words.split()) for category, words in language.get("unless", {}).items()]
