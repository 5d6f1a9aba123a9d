"""Help lines and emergency numbers that pages show. Packaged facts; no database."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache

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


@cache
def list_helplines() -> tuple[HelpLine, ...]:
    """This function will list lines of the United States for a survivor, nearest need first."""
    listed = {one["name"]: one for one in json.loads(facts.text_of("helplines.json"))["us"]}
    chosen = (listed[name] for name in _SHOWN if name in listed)
    return tuple(HelpLine(one["name"], "United States", one.get("phone", ""), one.get("url", "")) for one in chosen)


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
