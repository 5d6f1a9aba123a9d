"""Which sources know which kind of evidence."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tipline.reference.places import lookup
from tipline.reference.places.lookup import Shelf
from tipline.reference.places.values import Answer
from tipline.stages.enrichment.clues import Clue

Ask = Callable[[Clue, Shelf], tuple[Answer, ...]]


def _of_point(clue: Clue, shelf: Shelf) -> tuple[Answer, ...]:
    return lookup.places_of_point(*clue.point, shelf) if clue.point else ()


def _of_stated(clue: Clue, shelf: Shelf) -> tuple[Answer, ...]:
    return lookup.places_of_stated(clue.stated, shelf)


def _of_zone(clue: Clue, shelf: Shelf) -> tuple[Answer, ...]:
    return lookup.places_of_zone(clue.value, clue.seen_at, shelf)


# A row for each kind of evidence. To add one: a clue (`clues.py`), a source, a row here, a row of `witnesses.csv`.
ASKED: Mapping[str, Ask] = {
    "ip": lambda clue, shelf: lookup.places_of_address(clue.value, shelf),
    "phone": lambda clue, shelf: lookup.places_of_number(clue.value, shelf),
    "address": _of_stated,
    "estimate": _of_stated,
    "clue": _of_stated,
    "gps": _of_point,
    "place_name": lambda clue, shelf: lookup.places_of_text(clue.text, shelf),
    "language": lambda clue, shelf: lookup.places_of_language(clue.text, shelf),
    "zone": _of_zone,
    "stated_zone": _of_zone,
    "mail": lambda clue, shelf: lookup.places_of_mail(clue.value, shelf),
    "ending": lambda clue, shelf: lookup.places_of_ending(clue.value, shelf),
}


def ask(clue: Clue, shelf: Shelf) -> tuple[Answer, ...]:
    """This function will ask the sources that know a clue's kind of evidence."""
    return ASKED[clue.evidence](clue, shelf)
