"""How many reports a second one core reads for features, words of danger included, and scores; and the queue again.

The texts are made-up sentences, a share of them with a plain phrase of danger in one of the languages. Bounded by
processor time, so that what else runs does not count.
"""

from __future__ import annotations

import random
import resource
import time
from collections.abc import Iterator
from dataclasses import replace

from tipline.domain.answers import Answers
from tipline.domain.findings import BestPlace, LinkFound
from tipline.domain.vocabulary import INCIDENT_TYPES
from tipline.figures.figure import Figure, Measured, Series
from tipline.stages.triage import words
from tipline.stages.triage.features import features_of
from tipline.stages.triage.rules import Facts, score_features

ABOUT = "reports a second and core through features (words of danger included) and score, and through score alone"
_PHRASES = (
    "he wants to meet me",
    "quiero morir",
    "er bedroht mich",
    "она в опасности",
    "助けてください",
    "wil me ontmoeten",
)
_WORDS = 6000  # of a made-up vocabulary: as many different ones as the memory of words has to bear


def run(full: bool) -> Iterator[Figure]:
    """This function will make reports of 900 letters each and judge them."""
    many = 200_000 if full else 2_000
    chance = random.Random(20_261_126)
    vocabulary = [_word(chance) for _ in range(_WORDS)]
    words.find("warm")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found, reading, scoring, hits = [], 0.0, 0.0, 0
    for number in range(many):
        facts = _facts(chance, vocabulary, number)
        start = time.process_time()
        features = features_of(facts)
        middle = time.process_time()
        scored = score_features(features)
        reading, scoring = reading + middle - start, scoring + time.process_time() - middle
        hits += any(name.startswith("word_") for name in features)
        found.append(scored.score)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    # Every fifth report has a phrase. Made-up words come near one by chance, in a few of the others.
    sound = many / 5 <= hits <= many / 5 * 1.15 and len(set(found)) > 10
    series, whole = Series("triage", sound), reading + scoring
    yield series.figure("reports read and scored", "reports/s", Measured(many / whole, many, whole), at_least=100)
    yield series.figure("kept features scored again", "reports/s", Measured(many / scoring, many, scoring))
    yield series.figure("memory grown by", "MiB", Measured(grown, many, whole))


def _word(chance: random.Random) -> str:
    return "".join(chance.choice("bdfgklmnprstvz") + chance.choice("aeiou") for _ in range(chance.randint(1, 4)))


_NOTHING = Facts(document={}, answers=Answers(), files=(), links=(), places=(), child_age=None)


def _facts(chance: random.Random, vocabulary: list[str], number: int) -> Facts:
    text = " ".join(chance.choices(vocabulary, k=140))
    if number % 5 == 0:
        text = f"{text}. {_PHRASES[number // 5 % len(_PHRASES)]}. {text[:100]}"
    kind = chance.choice(INCIDENT_TYPES).wire
    person = {"personOrUserReportedPerson": {"email": [{"#": f"made-up-{number}@example.com"}]}}
    document = {"incidentSummary": {"incidentType": kind}, "personOrUserReported": [person], "additionalInfo": text}
    link = LinkFound(1, 1001, "EMAIL", "x", chance.randint(10, 90), "The same e-mail address (reported person in both)")
    place = BestPlace(role="SUSPECT", country="US", state="FL", confidence="likely")
    age = chance.choice([None, None, 9, 14, 17])
    return replace(_NOTHING, document=document, links=(link,), places=(place,), child_age=age)
