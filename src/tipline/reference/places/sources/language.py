"""Countries in which the language of a text is spoken (`py3langid`, BSD). Weak: it weighs what others name."""

from __future__ import annotations

from functools import cache
from typing import Any

from tipline.reference.places.tables import edition_of, rows
from tipline.reference.places.values import Answer, NoAnswer, PlaceAnswer, Reason

SOURCE = "language of the text"
LEAST_SIGNS = 40  # of shorter texts the language is a guess
LEAST_SURE = 0.90


def look_up(text: str) -> tuple[Answer, ...]:
    """This function will name the countries of a text's language, each with its share of those who write it."""
    if len(text.strip()) < LEAST_SIGNS:
        return (NoAnswer(SOURCE, Reason.NOT_IN_DATA, "too short"),)
    language, sure = _identifier().classify(text[:5000])
    listed = _countries().get(language, ()) if sure >= LEAST_SURE else ()
    edition = f"{edition_of('py3langid')}, language {language}"
    return tuple(PlaceAnswer(SOURCE, "language", edition, country, share=share) for country, share in listed) or (
        NoAnswer(SOURCE, Reason.NOT_IN_DATA),
    )


@cache
def _identifier() -> Any:
    # The model is read with the first text alone: a process that asks for no language does without it.
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # type: ignore[import-untyped]

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


@cache
def _countries() -> dict[str, tuple[tuple[str, float], ...]]:
    found: dict[str, list[tuple[str, float]]] = {}
    for row in rows("language_countries.csv"):
        found.setdefault(row["language"], []).append((row["country"], float(row["share"])))
    return {language: tuple(listed) for language, listed in found.items()}
