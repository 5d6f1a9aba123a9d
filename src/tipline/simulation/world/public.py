"""How somebody tells by the public form: few facts, own words and ticks; the document as that form makes it."""

from __future__ import annotations

from typing import Any

from tipline.domain.answers import TIME, TYPE, Answers, ticked
from tipline.domain.report import Document
from tipline.domain.vocabulary import BY_CODE
from tipline.simulation.world.company import danger, filled
from tipline.simulation.world.people import further_handle
from tipline.simulation.world.scene import Scene, placeholders
from tipline.simulation.world.words import ACCESS, LIVE, MEETING, SELF_HARM, THREAT

_HARM_OF = {MEETING: "meeting", SELF_HARM: "self_harm", ACCESS: "touched", THREAT: "pictures_threat", LIVE: "live"}
_HARMS = {
    "enticement": (("pictures_wanted", 0.5), ("pictures_threat", 0.15), ("money", 0.1), ("meeting", 0.04)),
    "molestation": (("touched", 0.4),),
    "csam": (("other", 0.3),),
}
# As the form does it.
_TYPE_OF_HARM = {
    "touched": "molestation",
    "meeting": "enticement",
    "pictures_wanted": "enticement",
    "pictures_threat": "enticement",
    "money": "enticement",
    "live": "enticement",
}
_GRAVEST = (
    "molestation",
    "trafficking",
    "tourism",
    "enticement",
    "csam",
    "unsolicited",
    "misleading_domain",
    "misleading_words",
)
TICKS_DANGER, TICKS_DANGER_WRONGLY, TICKS_HARM, TELLS = 0.55, 0.03, 0.85, 0.92
_AGO = (("past", 0.45), ("week", 0.3), ("unknown", 0.17))
ABOUT_NOTHING = 0.12


def public_document(scene: Scene) -> tuple[Document, Answers]:
    """This function will write what somebody told and ticked."""
    answers = _answers(scene)
    summary = {
        "incidentType": BY_CODE[_filed(answers)].wire,
        "platform": scene.esp,
        "reportAnnotations": {"sextortion": True} if {"pictures_threat", "money"} & set(answers.harms) else {},
        "incidentDateTime": scene.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "incidentDateTimeDescription": "No time was told: this is when the report was made.",
    }
    made: Document = {
        "incidentSummary": filled(summary),
        "reporter": {"reportingPerson": {}},
        "personOrUserReported": _reported(scene),
        "victim": _child(scene),
        "additionalInfo": _words(scene, answers),
    }
    return filled(made), answers


def _filed(answers: Answers) -> str:
    """The type that the form files: the gravest that was ticked or follows from what happened, else its stand-in."""
    told = {*answers.kinds, *(_TYPE_OF_HARM[harm] for harm in answers.harms if harm in _TYPE_OF_HARM)}
    return min(told, key=_GRAVEST.index, default="enticement")


def _answers(scene: Scene) -> Answers:
    harms = [name for name, share in _HARMS.get(scene.plan.kind, ()) if scene.odds(share)]
    if scene.urgent and scene.situation in _HARM_OF and scene.odds(TICKS_HARM):
        harms.append(_HARM_OF[scene.situation])
        scene.told.append("ticks")
    is_untold = scene.odds(0.1)
    made = Answers(
        reporter_is=scene.chance.choice(("child", "parent", "parent", "professional", "other", "")),
        ongoing=_ongoing(scene),
        danger_now=scene.odds(TICKS_DANGER if scene.urgent else TICKS_DANGER_WRONGLY),
        harms=tuple(dict.fromkeys(harms)),
        language="en",
        kinds=() if is_untold else (scene.plan.kind,),
        not_told=(TYPE, TIME) if is_untold and not _TYPE_OF_HARM.keys() & set(harms) else (TIME,),
    )
    if scene.urgent and made.danger_now:
        scene.told.append("ticks")
    return made


def _ongoing(scene: Scene) -> str:
    if scene.urgent:
        return "today" if scene.odds(0.75) else "week"
    drawn = scene.chance.random()
    for name, share in _AGO:
        drawn -= share
        if drawn < 0:
            return name
    return "today"


def _reported(scene: Scene) -> list[Document]:
    if not scene.urgent and scene.odds(ABOUT_NOTHING):
        return []
    person = scene.person
    handle = person.handle if scene.odds(0.8) else further_handle(person, scene.chance)
    made: dict[str, Any] = {
        "personOrUserReportedPerson": filled(
            {
                "phone": [{"#": person.phone}] if scene.odds(0.12) else [],
                "email": [{"#": person.email}] if scene.odds(0.15) else [],
            }
        ),
        "espService": scene.esp[:100],
        "screenName": f"@{handle.title()}" if scene.odds(0.3) else handle,
    }
    return [filled(made)]


def _child(scene: Scene) -> list[Document]:
    child = scene.child
    if child is None:
        return []
    address = {}
    if child.home.country == "US" and scene.odds(0.6):
        address = filled(
            {"city": child.home.city, "zipCode": child.home.post_code, "state": child.home.state, "country": "US"}
        )
    person = {"address": [address] if address else [], "age": child.age if scene.odds(0.8) else None}
    return [{"victimPerson": filled(person)}]


def _words(scene: Scene, answers: Answers) -> str:
    language = "en" if scene.child is None or scene.child.home.country == "US" else scene.person.language
    lines = [placeholders(scene.chance, language, 12)]
    if scene.urgent and scene.odds(TELLS):
        lines.append(danger(scene, language))
    if scene.child is not None and scene.child.home.country != "US" and scene.odds(0.5):
        lines.append(f"\nCountry of the child, as told: {scene.child.home.country}.")
    return f"{' '.join(lines)}\n\n{ticked(answers)}".strip()
