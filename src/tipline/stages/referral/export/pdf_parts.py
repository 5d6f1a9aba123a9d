"""The sections of the PDF, each a function from the document to what stands on the page."""

from __future__ import annotations

from reportlab.platypus import Flowable, KeepTogether, Paragraph, Spacer

from tipline.domain.number import groups
from tipline.domain.referral import SURENESS
from tipline.domain.report import Document
from tipline.platform.pdf.page import STYLES, para, rich
from tipline.platform.pdf.parts import facts, lines_of, table
from tipline.stages.referral import words

_WIDEST = 300  # signs in a narrow cell: a row must fit on a page


def opening(document: Document) -> list[Flowable]:
    """This function will open the report: number, headline, why the agency has it, what is new."""
    known = [
        ("Incident", document["incident"]),
        ("Priority", f"{document['priority_label']} (score {document['score']} of 100)"),
        ("Told by", document["source"]),
        ("Received", _moment(document["received_at"])),
        ("Made for", document["agency"]["name"]),
        ("Your part", document["part_words"]),
        ("Why you", _why(document)),
        ("Sent early", _early(document)),
        ("Primary agency", document["primary"]["name"]),
        ("Sender's marks", ", ".join(document["flags"])),
        ("State of knowledge", _moment(document["as_of"])),
    ]
    news = [para(f"New in this version: {line}", "warn") for line in document["news"]]
    return [
        para(f"Report {groups(document['number'])}", "title"),
        para(document["headline"], "story"),
        *news,
        facts(known),
    ]


def _why(document: Document) -> str:
    sure = SURENESS.get(document["certainty"], document["certainty"])
    return f"{' '.join(document['why'].splitlines())} Right agency: {sure}."


def _early(document: Document) -> str:
    early = document.get("early")
    return f"Escalated because: {early['why'] or 'no reason was kept'}. No decision yet." if early else ""


def _moment(text: str) -> str:
    return text.replace("T", " ").replace("Z", " UTC")


def weight(document: Document) -> list[Flowable]:
    """This function will list the points that order the work, each with its sentence."""
    told = [(f"{one['value']:+d}" if one["value"] else "", one["sentence"]) for one in document["points"]]
    rows = [[para(points, "cell"), para(sentence, "cell")] for points, sentence in told]
    note = para("Points order the work; they decide nothing about a person.", "quiet")
    return [table((), rows, (8, 92)), Spacer(1, 3), note] if rows else []


def story(document: Document) -> list[Flowable]:
    """This function will give everything that was told, in the words in which it was told."""
    answers = [(one["label"], one["text"]) for one in document["answers"]]
    found: list[Flowable] = [facts(answers)] if answers else []
    for told in document["story"]:
        found += [para(f"{told['label']} ({told['about'].lower()})", "sub"), para(told["text"], "story")]
    return found


def people(document: Document) -> list[Flowable]:
    """This function will give each person or account with its identifiers."""
    found: list[Flowable] = []
    for person in document["people"]:
        lines = [(one["label"], f"{one['text']}  {one['note']}".strip()) for one in person["facts"]]
        name = para(f"{person['role_label']}: {person['title']}", "sub")
        found += [KeepTogether([name, facts(lines)])] if lines else [name]
    return found


def places(document: Document) -> list[Flowable]:
    """This function will list the places, the best one of each side first, with confidence and sources."""
    rows = [
        [
            [para(row["label"], "cell"), *([para("best estimate", "head")] if row["is_best"] else [])],
            para(row["whose"], "cell"),
            para(row["confidence"], "cell"),
            [para(row["says"], "cell"), *([para(row["note"], "warn")] if row["note"] else [])],
        ]
        for row in document["places"]
    ]
    return [table(("Place", "Whose", "How sure", "By what"), rows, (25, 14, 11, 50))] if rows else []


def ip_events(document: Document) -> list[Flowable]:
    """This function will list every use of an IP address, what each source says of it side by side."""
    rows = [
        [
            [para(_moment(row["at"]) or "not sent", "cell"), para(f"{row['event']}, {row['whose']}", "head")],
            [para(row["address"], "cell"), para(f"port {row['port'] or 'not sent'}", "head")],
            [para(row["provider"] or "not known", "cell")],
            [
                para(f"{row['place']}{', ' + row['confidence'] if row['confidence'] else ''}", "cell"),
                *(para(side, "head") for side in row["sources"]),
                *(para(caution, "warn") for caution in row["cautions"]),
            ],
        ]
        for row in document["ip_events"]
    ]
    if not rows:
        return []
    head = ("Time and event", "Address", "Provider", "Place, source by source")
    return [table(head, rows, (24, 20, 18, 38)), Spacer(1, 3), para(document["ip_caution"], "quiet")]


def timeline(document: Document) -> list[Flowable]:
    """This function will list what happened when, and what each time means."""
    rows = [
        [para(row["when"] or _moment(row["at"]), "cell"), para(row["text"], "cell"), para(row["source"], "head")]
        for row in document["timeline"]
    ]
    return [table(("UTC", "What this time is", "Whose, and as sent"), rows, (26, 40, 34))]


def files(document: Document) -> list[Flowable]:
    """This function will list the files: open ones with their place in the package, sealed ones with the reason."""
    if not document["files"]:
        return [para("No files came with this report.", "quiet")]
    rows = [_file(row) for row in document["files"]]
    head = ("No.", "File", "Legal state", "Digests and place in the package")
    rule = document["warrant_rule"]
    notes = [para(document["viewed_meaning"], "quiet"), para(f"{rule['cite']}: {rule['says']}", "quiet")]
    return [table(head, rows, (5, 22, 30, 43)), Spacer(1, 3), *notes]


def _file(row: Document) -> list[Flowable | list[Flowable]]:
    kind = f"{row['media_type'] or 'kind unknown'}, {words.size(row['size'])}"
    marks = [para(flag, "warn") for flag in row["flags"]]
    marks += [para(known["words"], "warn" if known["standing"] else "cell") for known in row["known"]]
    return [
        para(row["position"], "cell"),
        [para(_short(row["name"]) or "no name sent", "cell"), para(kind, "head")],
        [para(row["state_words"], "cell"), para(_viewed(row), "head"), *marks],
        [*_digests(row), para(row["member"] or "not in the package", "head")],
    ]


def _short(text: str) -> str:
    return text if len(text) <= _WIDEST else f"{text[:_WIDEST]}… (in full in tipline.json)"


def _viewed(row: Document) -> str:
    return f"Content: {row['viewed_words']}. EXIF: {row['exif_viewed_words']}. Public: {row['public_words']}."


def _digests(row: Document) -> list[Flowable]:
    named = (("MD5", row["md5"]), ("SHA-1", row["sha1"]), ("SHA-256", row["sha256"]))
    return [Paragraph(f"{rich(name)} {rich(value)}", STYLES["mono"]) for name, value in named]


def links(document: Document) -> list[Flowable]:
    """This function will tell of linked reports: by number where the agency has them, else how many."""
    found = document["links"]
    lines: list[Flowable] = []
    for row in found["named"]:
        lines += [para(f"Report {groups(row['number'])}", "sub"), *lines_of(row["whys"])]
    if found["named_more"]:
        lines.append(para("And more of your own reports; the portal's search finds them.", "body"))
    if found["others"]:
        count = words.plural(found["others"], "further report shares", "further reports share")
        count = f"More than {count}" if found["others_more"] else count
        lines.append(para(f"{count} something with this one; ask the clearing house to put you in touch.", "body"))
        lines += lines_of(found["others_whys"])
    for row in document["contacts"]:
        lines.append(para(_seized(row), "body"))
    return lines


def _seized(row: Document) -> str:
    return (
        f"A list of {words.plural(row['rows'], 'contact', 'contacts')} was found with a suspect of this report: "
        f"{row['known_in_reports']} of them in other reports, {row['sought']} sought."
    )


def reporter(document: Document) -> list[Flowable]:
    """This function will say who reports and how to reach them."""
    found = document["reporter"]
    if found["anonymous"]:
        return [para("The reporter chose to stay anonymous.", "body")]
    lines = [(one["label"], one["text"]) for one in found["lines"]]
    # A company's standing texts can be longer than a page, which no table row may be.
    standing = [part for one in found["standing"] for part in (para(one["label"], "sub"), para(one["text"], "quiet"))]
    return [*([facts(lines)] if lines else []), *standing]


def preservation(document: Document) -> list[Flowable]:
    """This function will show the preservation clock."""
    found = document["preservation"]
    until = _moment(found["until"]) or "not running"
    return [para(f"Preserved until {until}.", "body"), para(f"{found['cite']}: {found['says']}", "quiet")]


def received(document: Document) -> list[Flowable]:
    """This function will give every field as it was received, by its own name; a dot for each step inwards."""
    found: list[Flowable] = []
    for part in document["received"]:
        found.append(para(part["title"], "sub"))
        found += [para(_field(row), "quiet") for row in part["rows"]]
        found += [para(part["more"], "warn")] if part["more"] else []
    return found


def _field(row: Document) -> str:
    meaning = f" ({row['meaning']})" if row["meaning"] else ""
    return f"{'· ' * row['depth']}{row['name']}{meaning}{': ' + row['text'] if row['text'] else ''}"
