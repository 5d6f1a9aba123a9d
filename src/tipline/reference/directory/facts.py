"""The packaged facts read into plain values: task forces, federal and foreign recipients, companies."""

from __future__ import annotations

import csv
import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any

import pycountry

FILES = (
    "icac_task_forces.json",
    "icac_county_lookup.json",
    "federal_recipients.json",
    "country_contacts.json",
    "inhope_hotlines.json",
    "esps_2023.csv",
)
CERTAINTIES = ("low", "medium", "high")
TOTAL_ROW = "TOTAL"
HOME = "US"
EUROPOL = "europol"


def text_of(name: str) -> str:
    """This function will read one packaged file."""
    return resources.files("tipline.reference.directory").joinpath("data", name).read_text(encoding="utf-8")


def digest(more: str = "") -> str:
    """This function will give the SHA-256 over the packaged files and `more`: this shelf's edition."""
    return hashlib.sha256("\0".join([*(text_of(name) for name in FILES), more]).encode()).hexdigest()


def weakest(*words: str) -> str:
    """This function will give the weakest of several certainties, each by its first word."""
    return min((re.split(r"\W", word, maxsplit=1)[0] for word in words), key=CERTAINTIES.index)


@dataclass(frozen=True, slots=True)
class AgencyFact:
    """One agency as the files state it."""

    id: str
    name: str
    kind: str
    certainty: str
    country: str = "US"
    states: tuple[str, ...] = ()
    statewide: bool = False
    rest_of_state: bool = False
    lead: str = ""
    note: str = ""
    contact_url: str = ""


@dataclass(frozen=True, slots=True)
class CountryFact:
    """Which agency receives for a country."""

    country: str
    name: str
    agency: str
    certainty: str


def task_forces() -> tuple[AgencyFact, ...]:
    """This function will read the 61 task forces; a row is as sure as its weakest part."""
    stated = json.loads(text_of("icac_task_forces.json"))["task_forces"]
    return tuple(
        AgencyFact(
            each["id"],
            each["name"],
            "icac",
            weakest(each["lead_certainty"], each["coverage_certainty"]),
            states=tuple(each["states"]),
            statewide=each["coverage"] == "statewide",
            rest_of_state=each["coverage"] == "rest_of_state",
            lead=each["lead_agency"],
            note=(each["note"] or "")[:400],
        )
        for each in stated
    )


def county_task_forces() -> dict[str, tuple[str, str]]:
    """This function will read county FIPS code -> (task force, certainty) of the split states."""
    stated = json.loads(text_of("icac_county_lookup.json"))
    return {fips: (row["task_force"], row["certainty"]) for fips, row in stated.items()}


def federal() -> tuple[AgencyFact, ...]:
    """This function will read the federal recipients, the general one first."""
    stated = json.loads(text_of("federal_recipients.json"))["recipients"]
    return tuple(
        AgencyFact(each["id"], each["name"], "federal", weakest(each["certainty"]), note=each["when"])
        for each in stated
    )


def foreign() -> tuple[tuple[AgencyFact, ...], tuple[CountryFact, ...]]:
    """This function will read other countries' agencies, and for every country who receives for it.

    A country without a known contact gets Europol where it is of the European Union, else its national
    bureau of Interpol, of low certainty: nobody has checked it. Source: the packaged contacts and their
    routing rule; names and codes of ISO 3166-1 by `pycountry`.
    """
    stated = json.loads(text_of("country_contacts.json"))
    known = {each["iso2"]: each for each in stated["contacts"]}
    agencies, countries = [], []
    for code, name in _country_names():
        if code not in known and code in stated["eu27"]:
            countries.append(CountryFact(code, name, EUROPOL, "medium"))
            continue
        agency = _contact(code, known[code]) if code in known else _bureau(code, name)
        agencies.append(agency)
        countries.append(CountryFact(code, name, agency.id, agency.certainty))
    return tuple(agencies), tuple(countries)


def _country_names() -> list[tuple[str, str]]:
    found = [(str(each.alpha_2), str(getattr(each, "common_name", each.name))[:80]) for each in pycountry.countries]
    return sorted(each for each in found if each[0] != HOME)


def _contact(code: str, stated: Mapping[str, Any]) -> AgencyFact:
    return AgencyFact(
        f"national-{code.lower()}",
        stated["agency"][:200],
        "national",
        weakest(stated["certainty"]),
        country=code,
        note=(stated["note"] or "")[:400],
        contact_url=stated["public_url"] or "",
    )


def _bureau(code: str, name: str) -> AgencyFact:
    note = "No direct contact is known; the country's Interpol bureau is the channel. Not verified."
    return AgencyFact(
        f"interpol-{code.lower()}",
        f"Interpol National Central Bureau, {name}",
        "channel",
        "low",
        code,
        note=note,
    )


def channels() -> tuple[AgencyFact, ...]:
    """This function will read the channels to many countries."""
    stated = json.loads(text_of("country_contacts.json"))["channels"]
    return tuple(
        AgencyFact(key, stated[key]["agency"], "channel", "medium", "", note=stated[key]["mechanism"][:400])
        for key in ("europol", "interpol")
    )


def hotlines() -> tuple[tuple[str, str, str, str], ...]:
    """This function will read (country, name, address, certainty) of the hotlines whose name is known."""
    stated = json.loads(text_of("inhope_hotlines.json"))["members"]
    named = [each for each in stated if each["hotline"]]
    return tuple((each["iso2"], each["hotline"], each["url"] or "", weakest(each["certainty"])) for each in named)


def slug_of(name: str) -> str:
    """This function will make the short name of a company: lower case, hyphens."""
    bare = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()
    return re.sub(r"[^a-z0-9]+", "-", bare).strip("-")[:110] or "company"


def companies() -> tuple[str, ...]:
    """This function will read the names of the companies that reported in 2023, without the printed total."""
    names = [row["esp"].strip() for row in csv.DictReader(text_of("esps_2023.csv").splitlines())]
    return tuple(dict.fromkeys(name for name in names if name and not name.startswith(TOTAL_ROW)))


def populations(counties: Sequence[tuple[str, str, int]], agencies: Sequence[AgencyFact]) -> dict[str, int]:
    """This function will sum the city populations that each task force covers, for their order.

    counties: (FIPS code, state, city population). The task force for the rest of a state gets what is left.
    """
    given = county_task_forces()
    whole = {state: each.id for each in agencies if each.statewide or each.rest_of_state for state in each.states}
    summed: dict[str, int] = {}
    for fips, state, people in counties:
        agency = given[fips][0] if fips in given else whole.get(state)
        if agency:
            summed[agency] = summed.get(agency, 0) + people
    return summed
