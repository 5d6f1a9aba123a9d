"""The story that the demo plays and the browser test tells: one suspect, three doors, one arrest. All made up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from tipline.domain.report import Document
from tipline.domain.vocabulary import BY_CODE

HANDLE = "harbor_fox"
SUSPECT_EMAIL = "harbor.fox@example.com"
SUSPECT_ADDRESS = "198.51.100.7"  # documentation range; the demo place source puts it into Duval County, Florida
COMPANY = "Example Chat"
ENTICEMENT = BY_CODE["enticement"].wire


@dataclass(frozen=True, slots=True)
class ParentCall:
    """What the mother in Arizona says on the telephone."""

    words: str = (
        "My daughter is 14. Somebody who calls himself harbor_fox on Example Chat has been writing to her since June. "
        "He says that he will send pictures of her to her school unless she sends more. "
        "The last message came this morning."
    )
    caller_name: str = "Dana Example"
    caller_phone: str = "+1 602 555 0142"
    handle: str = HANDLE
    app: str = COMPANY
    suspect_email: str = SUSPECT_EMAIL
    child_age: int = 14
    city: str = "Phoenix"
    state: str = "AZ"
    zip_code: str = "85003"


@dataclass(frozen=True, slots=True)
class TeenForm:
    """What the teen in Colorado writes into the web form."""

    words: str = (
        "harbor_fox on Example Chat asks me for pictures and says he will tell everyone if I stop. I am scared."
    )
    handle: str = "@Harbor_Fox"
    app: str = COMPANY
    age: int = 15
    city: str = "Denver"
    state: str = "CO"
    later_words: str = "He has a second account. It is called harbor_fox2."


@dataclass(frozen=True, slots=True)
class UrgentForm(TeenForm):
    """What a child in Tampa writes; it is left for whoever tries the desk to judge."""

    words: str = "lantern_otter on Example Chat wants to meet me after school today. He says he knows where it is."
    handle: str = "@Lantern_Otter"
    age: int = 13
    city: str = "Tampa"
    state: str = "FL"


@dataclass(frozen=True, slots=True)
class SeizedList:
    """Rows of a contact list that the officer found with the suspect."""

    rows: tuple[str, ...] = ("river_kite_11", "@maple.student", "quiet_owl@example.org", "+1 303 555 0117")


PARENT = ParentCall()
URGENT = UrgentForm()
TEEN = TeenForm()
SEIZED = SeizedList()


def company_document(now: datetime, *, reporter_email: str = "safety@example.com") -> Document:
    """This function will write what the company reports about the account, with times before `now`."""

    def ago(**span: float) -> str:
        return (now - timedelta(**span)).strftime("%Y-%m-%dT%H:%M:%SZ")

    return {
        "incidentSummary": {
            "incidentType": ENTICEMENT,
            "platform": COMPANY,
            "reportAnnotations": {"sextortion": True},
            "incidentDateTime": ago(hours=9),
            "incidentDateTimeDescription": "Time of the last message that was reported to us",
        },
        "internetDetails": [
            {
                "chatImIncident": {
                    "chatClient": COMPANY,
                    "content": "The account asks several young users for pictures and threatens to share them.",
                }
            }
        ],
        "reporter": {"reportingPerson": {"firstName": "Sam", "lastName": "Example", "email": [{"#": reporter_email}]}},
        "personOrUserReported": [
            {
                "personOrUserReportedPerson": {"email": [{"#": SUSPECT_EMAIL, "@verified": True}]},
                "espIdentifier": "00471882",
                "espService": "Example Chat for phones",
                "screenName": HANDLE,
                "ipCaptureEvent": [
                    {
                        "ipAddress": SUSPECT_ADDRESS,
                        "eventName": "Login",
                        "dateTime": ago(hours=10),
                        "port": 50211,
                    },
                    {"ipAddress": SUSPECT_ADDRESS, "eventName": "Registration", "dateTime": ago(days=160)},
                ],
            }
        ],
    }


@dataclass(frozen=True, slots=True)
class Passing:
    """A further made-up report that fills the queue, so that ranking has something to rank."""

    company: str
    incident: str
    handle: str
    address: str
    words: str
    viral: bool = False
    pictures: tuple[int, ...] = ()


PASSING: tuple[Passing, ...] = (
    Passing("Example Drive", "csam", "north_lamp", "203.0.113.20", "Files in a shared folder.", pictures=(21, 22)),
    Passing("Example Games", "enticement", "pixel_wren", "203.0.113.77", "Voice chat asks for a meeting."),
    Passing("Example Drive", "csam", "grey_tide", "192.0.2.45", "One file, shared many times.", True, (23,)),
    Passing(
        "Example Chat",
        "unsolicited",
        "blank_slate_9",
        "192.0.2.81",
        "Unwanted pictures sent to a young user.",
    ),
    Passing("Example Games", "misleading_words", "sunny_kart", "203.0.113.140", "A game title leads elsewhere."),
)


def passing_document(one: Passing, now: datetime) -> Document:
    """This function will write one of the further reports."""
    at = (now - timedelta(hours=30)).strftime("%Y-%m-%dT%H:%M:%SZ")
    wire = BY_CODE[one.incident].wire
    return {
        "incidentSummary": {"incidentType": wire, "platform": one.company, "incidentDateTime": at},
        "reporter": {"reportingPerson": {"email": [{"#": "safety@example.com"}]}},
        "personOrUserReported": [
            {
                "screenName": one.handle,
                "ipCaptureEvent": [{"ipAddress": one.address, "eventName": "Login", "dateTime": at, "port": 40022}],
                "additionalInfo": one.words,
            }
        ],
    }
