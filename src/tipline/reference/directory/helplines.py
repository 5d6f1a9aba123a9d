"""Help lines and emergency numbers that pages show. Packaged facts; no database."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from typing import Any

import pycountry

from tipline.reference.directory import facts

# Lines for a young person whose picture is out there; others of the file are for other troubles.
_SHOWN = (
    "988 Suicide & Crisis Lifeline", "Crisis Text Line", "NCMEC", "Childhelp", "RAINN", "Trevor Project",
    "Team HOPE (NCMEC family support)",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class HelpLine:
    """One line: whom you reach and how. `country` in words."""

    name: str
    country: str
    phone: str = ""
    url: str = ""

    @property
    def dial(self) -> str:
        """The address that a telephone dials, or writes to; empty where there is no number."""
        found = re.search(r"\d[\d\s-]+\d", self.phone)
        way = "sms" if self.phone.startswith("text") else "tel"
        return f"{way}:{re.sub(r'[^0-9]', '', found[0])}" if found else ""


@dataclass(frozen=True, slots=True)
class CrisisLine:
    """Somebody to talk to at once: by call, by text message, or both. `words` is what such a message says first."""

    name: str
    call: str
    text: str
    words: str

    @property
    def dial(self) -> str:
        """The number to call as a telephone takes it."""
        return self.call.replace("-", "")


def _listed() -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = json.loads(facts.text_of("helplines.json"))["us"]
    return listed


@cache
def list_crisis_lines() -> tuple[CrisisLine, ...]:
    """This function will list the lines for somebody in a crisis, the first to call first."""
    return tuple(
        CrisisLine(one["name"], one.get("call", ""), one.get("text", ""), one.get("words", ""))
        for one in _listed()
        if one.get("crisis")
    )


def _ways(one: dict[str, Any]) -> str:
    """How to reach a line, in words."""
    call, text = one.get("call", ""), one.get("text", "")
    if call and call == text:
        return f"{call} (call or text)"
    by_text = f"text {one['words']} to {text}" if one.get("words") else f"text {text}" if text else ""
    return one.get("phone") or "; ".join(way for way in (call, by_text) if way)


@cache
def list_helplines() -> tuple[HelpLine, ...]:
    """This function will list lines of the United States for a survivor, nearest need first."""
    listed = {one["name"]: one for one in _listed()}
    chosen = (listed[name] for name in _SHOWN if name in listed)
    return tuple(HelpLine(one["name"], "United States", _ways(one), one.get("url", "")) for one in chosen)


@cache
def list_child_helplines() -> tuple[HelpLine, ...]:
    """This function will list children's help lines of other countries, by country."""
    listed = json.loads(facts.text_of("helplines.json"))["child_helplines"]
    lines = (HelpLine("Child help line", _country(code), said) for code, said in listed.items() if len(code) == 2)
    return tuple(sorted(lines, key=lambda one: one.country))


@cache
def list_report_pages() -> tuple[HelpLine, ...]:
    """This function will list the hotlines that take reports of pictures, by country; uncertain ones are left out."""
    lines = (
        HelpLine(name, _country(code), url=url)
        for code, name, url, certainty in facts.hotlines()
        if url.startswith("https://") and certainty != "low"
    )
    return tuple(sorted(lines, key=lambda one: one.country))


def _country(code: str) -> str:
    if code == "EU":
        return "European Union"
    found = pycountry.countries.get(alpha_2=code)
    return str(getattr(found, "common_name", found.name)) if found else code
