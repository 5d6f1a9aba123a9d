"""Which tables are published: what each counts, along which lines, and the sentence that says what it means. Data.

A cell is named by what it counts and its labels, so that the same number in two tables is one cell: what is withheld
in one is withheld in the other, and `disclosure` sees all tables as one system of sums.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from tipline.domain.cybertip.codes import FILE_FLAGS, REPORT_FLAGS
from tipline.domain.vocabulary import CASE_STATUSES, INCIDENT_TYPES
from tipline.programs.statistics.rules import FLAGS

Labels = tuple[tuple[str, str], ...]
MONTH = "month"
MONTHS = tuple(f"{number:02}" for number in range(1, 13))
_MONTH_NAMES = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
                "November", "December")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One line along which things are split. `words` are the codes in their order and what people read.

    Where `open` is set, further codes may come (countries, companies) and are listed by size.
    """

    name: str
    label: str
    words: dict[str, str] = field(default_factory=dict)
    open: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """One published table. `counts` names the counting; `where` narrows it; `total` says whether its rows add up.

    `rest`: the table shows a part of a whole that is published too, so the rest must not be workable out either.
    """

    id: str
    section: str
    title: str
    counts: str
    rows: Line
    cols: Line | None = None
    where: Labels = ()
    says: str = ""
    rest: bool = False
    mean: str = ""  # what the mean of the amounts is, where the facts carry amounts


_DISPOSITIONS = {
    "actionable": "Actionable",
    "informational": "Informational",
    "out_of_scope": "Out of scope",
    "undecided": "Not decided yet",
}
TYPE = Line("type", "Type of incident", {kind.code: kind.label for kind in INCIDENT_TYPES} | {"other": "Not stated"})
DOOR = Line("door", "Who reported", {"company": "Companies", "public": "The public"})
ESP = Line("esp", "Company", open=True)
USER_COUNTRY = Line("user_country", "Country of the reported user", {"": "No place known"}, open=True)
CHILD_COUNTRY = Line("child_country", "Country of the child", {"": "No place known"}, open=True)
COUNTRY = Line("country", "Country or territory", {"": "No country listed"}, open=True)
MONTH_LINE = Line(MONTH, "Month", dict(zip(MONTHS, _MONTH_NAMES, strict=True)))
DISPOSITION = Line("disposition", "Decision", _DISPOSITIONS)
PRIORITY = Line(
    "priority", "How urgent", {"urgent": "Urgent", "soon": "Soon", "later": "Later", "ordinary": "Ordinary"}
)
AGENCY = Line(
    "recipient",
    "Kind of agency",
    {
        "icac": "Internet crimes against children task forces",
        "federal": "Federal law enforcement",
        "national": "Law enforcement of other countries",
        "channel": "Interpol and Europol",
        "other": "Other law enforcement",
    },
)
REACHED = Line(
    "reached",
    "How far it came",
    {
        "conviction": "Led to a conviction",
        "arrest": "Led to an arrest",
        "answered": "An agency answered",
        "available": "Made available, no answer yet",
        "decided": "Decided, not made available",
        "waiting": "Not decided yet",
    },
)
STATUS = Line("status", "What the agency said", {**CASE_STATUSES, "other": "Other"})
AGE = Line(
    "child_age",
    "Age of the youngest child",
    {
        "0-2": "0 to 2",
        "3-6": "3 to 6",
        "7-9": "7 to 9",
        "10-12": "10 to 12",
        "13-14": "13 and 14",
        "15-17": "15 to 17",
        "unknown": "Not known",
    },
)
KIND = Line("kind", "Kind of file", {"image": "Pictures", "video": "Videos", "other": "Other files"})
FLAG_WORDS = {**REPORT_FLAGS, **FILE_FLAGS}
# The three kinds that prevention follows most closely: a filter on reports and the words for it.
KINDS: dict[str, tuple[Labels, str]] = {
    "enticement": ((("type", "enticement"),), "Online enticement"),
    "sextortion": ((("sextortion", "yes"),), "Sextortion"),
    "generated": ((("generativeAi", "yes"),), "Generated material"),
}

_TWO_COUNTINGS = (
    "Two countings: here a report counts once, for the most likely place of the reported user. The country list counts "
    "it for every country that any evidence names, so its sum is larger."
)

REPORT_TABLES: tuple[Table, ...] = (
    Table("reports_by_type", "reports", "Reports by type and by who reported", "reports", TYPE, DOOR,
          says="Every report received, once, by the type its sender gave."),
    Table("reports_by_month", "reports", "Reports by type and month", "reports", TYPE, MONTH_LINE,
          says="The month in which a report was received, UTC."),
    Table("reports_by_esp", "reports", "Reports by company", "reports", ESP, where=(("door", "company"),),
          says="Many reports can mean a careful company; none can mean that nobody looks."),
    Table("reports_by_user_country", "places", "Reports by user's place", "reports", USER_COUNTRY, says=_TWO_COUNTINGS),
    Table("reports_by_child_country", "places", "Reports by child's place", "reports", CHILD_COUNTRY,
          says="Where a child is named or the account that was written to can be placed."),
    Table("country_list", "places", "Country list", "countries_named", COUNTRY,
          says="Two countings: here a report counts for every country that any evidence of the reported user names, "
               "through proxies too. The table of the user's place counts each report once."),
    Table("priority", "triage", "Reports by urgency", "reports", PRIORITY,
          says="Urgent: current or impending harm to a child, by rules that show their reasons."),
    Table("decisions", "triage", "Reports by decision", "reports", DISPOSITION,
          says="What a person at the desk decided. Informational: not enough to act on alone."),
    Table("recipients", "agencies", "Recipients: actionable and informational", "recipients", AGENCY, DISPOSITION,
          says="A report counts once for each kind of agency that got it, so the sum is larger than all reports."),
    Table("reached", "agencies", "From report to outcome", "reports", REACHED,
          says="Each report of the year stands in one row: the furthest it came so far. Agencies answer late."),
    Table("answers", "agencies", "Answers of agencies", "answers", AGENCY, STATUS,
          says="One for each agency that answered about a report."),
    Table("child_age", "children", "Reports by age of the youngest child", "reports", AGE,
          says="The age that the report states; most reports state none."),
    Table("incidents", "reports", "Incidents", "incidents",
          Line("incident", "What it is", {"single": "Reports that stand alone", "viral": "Viral events"}),
          says="Two countings: reports are what arrived. Incidents count all reports about one viral file as one: "
               "reports whose every file the sender marked as viral or a meme, tied by that file's digest."),
)  # fmt: skip

_FILE_TABLES: tuple[Table, ...] = (
    Table("files_received", "files", "Files received", "files", KIND, says="Every file that came with a report."),
    Table("files_unique", "files", "Unique by digest", "files_by_digest", KIND,
          says="Files with the same SHA-256 count once in the year."),
    Table("files_alike", "files", "Pictures unique by look", "files_by_look",
          Line("kind", "Kind of file", {"image": "Pictures that look different"}),
          says="Pictures whose PDQ fingerprints differ by at most 31 of 256 bits from the first one of their group "
               "count once. Pictures with too little detail for a fingerprint, videos and other files are left out."),
)  # fmt: skip

SEX = Line("sex", "Sex", {"female": "Girls", "male": "Boys", "": "Not known"}, open=True)
RELATIONSHIP = Line("relationship", "Offender's relationship to the child", {"": "Not known"}, open=True)
CLASS = Line(
    "class",
    "Answer",
    {"identified": "Child identified before", "recognised": "Recognised", "unrecognised": "Not known before"},
    open=True,
)
_AGE_BAND = Line("age_band", "Age", {**AGE.words, "": "Not known"}, open=True)
_COMPANY = Line("company", "Company", open=True)

# Facts of the other programmes, by the kind that they tell (domain.facts).
PROGRAMME_TABLES: tuple[Table, ...] = (
    Table("children_by_relationship", "children", "Children identified, by who abused them", "child_identified",
          RELATIONSHIP, says="Children whom an agency identified in the year."),
    Table("children_by_age", "children", "Children identified, by age", "child_identified", _AGE_BAND),
    Table("children_by_sex", "children", "Children identified, by sex", "child_identified", SEX),
    Table("collections", "identification", "Seized collections received", "collection_received",
          Line("kind", "Kind of collection", {"": "Not said"}, open=True)),
    Table("collection_files", "identification", "Files of seized collections", "collection_files", CLASS,
          says="What examiners learned of each file's fingerprint."),
    Table("notices_sent", "notices", "Notices sent to companies", "notice_sent", _COMPANY),
    Table("notices_removed", "notices", "Removed after a notice", "notice_removed", _COMPANY,
          mean="hours from the first notice to the removal, on average"),
    Table("notices_disputed", "notices", "Notices that a company disputed", "notice_disputed", _COMPANY),
    Table("survivor_cases", "survivors", "Requests of survivors", "survivor_case",
          Line("for_whom", "For whom", {"": "Not said"}, open=True)),
    Table("survivors_found", "survivors", "Found again", "survivor_found", Line("event", "What", {"": "Copies found"})),
    Table("survivors_removed", "survivors", "Removed", "survivor_removed",
          Line("event", "What", {"": "Copies removed"})),
    Table("hashes_added", "hashes", "Fingerprints added to the lists", "hash_added",
          Line("list", "List", open=True)),
    Table("hashes_removed", "hashes", "Fingerprints removed from the lists", "hash_removed",
          Line("list", "List", open=True)),
)  # fmt: skip


def _flag_tables() -> tuple[Table, ...]:
    return tuple(
        Table(
            f"marked_{flag}", "marks", FLAG_WORDS.get(flag, flag), "reports", MONTH_LINE, where=((flag, "yes"),),
            rest=True, says="Reports that the sender, or a file in them, marks so. A report may carry several marks.",
        )
        for flag in FLAGS
    )  # fmt: skip


def _kind_tables() -> tuple[Table, ...]:
    lines = (("child_country", CHILD_COUNTRY, "by child's place"), ("child_age", AGE, "by age of the youngest child"))
    return tuple(
        Table(f"{kind}_by_{name}", "prevention", f"{words}, {how}", "reports", line, where=where, rest=True)
        for kind, (where, words) in KINDS.items()
        for name, line, how in lines
    )


TABLES: tuple[Table, ...] = (*REPORT_TABLES, *_FILE_TABLES, *_flag_tables(), *_kind_tables(), *PROGRAMME_TABLES)
SECTIONS = {
    "reports": "Reports",
    "places": "Places",
    "triage": "Urgency and decisions",
    "agencies": "Agencies and outcomes",
    "children": "Children",
    "files": "Files",
    "marks": "Trends by mark",
    "prevention": "Kinds that prevention follows",
    "identification": "Victim identification",
    "notices": "Notices and removals",
    "survivors": "Survivors",
    "hashes": "Fingerprint lists",
}
