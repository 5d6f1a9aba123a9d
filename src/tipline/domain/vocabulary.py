"""The field's words: incident types, priorities, reasons - each with its source and the label that people read."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


@dataclass(frozen=True, slots=True)
class IncidentType:
    """One of the eight incident types. `wire` is the protocol's string; people read `label` and `plain`."""

    code: str
    wire: str
    label: str
    plain: str
    plain_self: str


# Source: CyberTipline reporting API, element incidentType. The wire strings are the protocol's, not ours.
INCIDENT_TYPES: tuple[IncidentType, ...] = (
    IncidentType(
        "csam",
        "Child Pornography (possession, manufacture, and distribution)",
        "Child sexual abuse material",
        "Someone has, makes or shares sexual pictures or videos of a child",
        "Someone has or shares sexual pictures of me",
    ),
    IncidentType(
        "enticement",
        "Online Enticement of Children for Sexual Acts",
        "Online enticement",
        "Someone online pushes, threatens or tricks a child into something sexual",
        "Someone online pushes, threatens or tricks me",
    ),
    IncidentType(
        "trafficking",
        "Child Sex Trafficking",
        "Child sex trafficking",
        "Someone sells or trades a child for sex",
        "Someone makes me do sexual things for money or things",
    ),
    IncidentType(
        "tourism",
        "Child Sex Tourism",
        "Child sex tourism",
        "Someone travels to abuse a child",
        "Someone travelled to see me for sex",
    ),
    IncidentType(
        "molestation",
        "Child Sexual Molestation",
        "Child sexual molestation",
        "Someone touches or hurts a child sexually",
        "Someone touched or hurt me in a sexual way",
    ),
    IncidentType(
        "unsolicited",
        "Unsolicited Obscene Material Sent to a Child",
        "Unsolicited obscene material sent to a child",
        "Someone sent sexual things to a child who did not want them",
        "Someone sent me sexual things I did not want",
    ),
    IncidentType(
        "misleading_domain",
        "Misleading Domain Name",
        "Misleading domain name",
        "A web address that looks made for children leads to sexual things",
        "A web address tricked me into seeing sexual things",
    ),
    IncidentType(
        "misleading_words",
        "Misleading Words or Digital Images on the Internet",
        "Misleading words or images",
        "Words or pictures made for children lead to sexual things",
        "Words or pictures tricked me into seeing sexual things",
    ),
)
BY_WIRE = {kind.wire: kind for kind in INCIDENT_TYPES}
BY_CODE = {kind.code: kind for kind in INCIDENT_TYPES}


def label_of(wire: str) -> str:
    """This function will give the words that people read for an incident type of the wire."""
    kind = BY_WIRE.get(wire)
    return kind.label if kind else wire


class Priority(IntEnum):
    """How urgent. Source: the clearing house's published labels 1, 2, 3 and E (`reference data, certainty medium`)."""

    URGENT = 1  # current or impending harm to a child
    SOON = 2  # probable future risk
    LATER = 3  # historical, or little risk
    ORDINARY = 4  # nothing yet that raises it


PRIORITY_LABELS = {
    Priority.URGENT: "Urgent",
    Priority.SOON: "Soon",
    Priority.LATER: "Later",
    Priority.ORDINARY: "Ordinary",
}


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a report was judged as it was: a code for statistics and a sentence for people."""

    code: str
    disposition: str
    sentence: str


REASONS: tuple[Reason, ...] = (
    Reason("child_in_danger", "REFERRAL", "A child may be in danger now"),
    Reason("suspect_identifiable", "REFERRAL", "The suspect can be identified or located"),
    Reason("child_identifiable", "REFERRAL", "The child can be identified or located"),
    Reason("new_material", "REFERRAL", "Material that was not known before"),
    Reason("no_identifier", "INFORMATIONAL", "Nothing that identifies a person or an account"),
    Reason("no_place", "INFORMATIONAL", "No place can be told"),
    Reason("viral", "INFORMATIONAL", "A file that many share without evident intent"),
    Reason("too_thin", "INFORMATIONAL", "Too little was said to act on"),
    Reason("known_referred", "INFORMATIONAL", "The same facts were referred before"),
    Reason("drawn", "INFORMATIONAL", "Drawn or virtual, with no child behind it that anybody knows of"),
    Reason("generated", "INFORMATIONAL", "Made by a machine, with no child behind it that anybody knows of"),
    Reason("no_child", "OUT_OF_SCOPE", "No child is concerned"),
    Reason("not_sexual", "OUT_OF_SCOPE", "Not about sexual exploitation"),
    Reason("test_or_spam", "OUT_OF_SCOPE", "A test or unwanted mass mail"),
)
REASON_BY_CODE = {reason.code: reason for reason in REASONS}

# Why a person looks at what is covered: a file, the reporter's identity, or the raw submission that holds it.
LOOK_REASONS = {
    "judge_incident": "To tell what kind of incident it is",
    "judge_age": "To tell how old a child is",
    "identify_child": "To find out who or where a child is",
    "identify_suspect": "To find out who or where the suspect is",
    "second_look": "To check another person's decision",
    "agency_asks": "An agency asked about it",
    "hash_review": "To judge it for a hash list",
}
REPORTER_REASONS = {
    "call_back": "To ask the reporter something",
    "child_safety": "To reach somebody who can protect the child",
    "wrong_data": "To correct what was received",
    "agency_asks": "An agency asked about it",
}
HOLD_REASONS = {
    "wait_reporter": "Waits for an answer from the reporter",
    "wait_company": "Waits for an answer from the company",
    "second_opinion": "Needs a second opinion",
    "fault": "Something in it cannot be handled",
}

# What a company calls passed on by many. Source: CyberTipline reporting API, reportAnnotations and fileAnnotations.
VIRAL_FLAGS = frozenset({"viral", "potentialMeme"})

# Source: the public feedback form of the CyberTipline (specs/exports).
CASE_STATUSES = {
    "conviction": "Conviction",
    "arrest": "Arrest",
    "ongoing": "Investigation goes on",
    "referred_onward": "Referred onward",
    "closed": "Closed",
}
CLOSING_REASONS = {
    "cannot_locate": "Cannot locate the subject",
    "legal_reply_empty": "The company's legal reply was empty",
    "no_crime": "No crime",
    "no_merit": "No prosecutorial merit",
    "adult": "The alleged child is an adult",
    "age_unknown": "The age cannot be told",
    "false_report": "False report",
    "unfounded": "Unfounded",
    "deceased": "The reported person is deceased",
    "other": "Other",
}
NOT_USEFUL_REASONS = {"stale": "Stale", "limited": "Limited information", "other": "Other"}
