"""A synthetic world brought into a demo house: few reports through the doors, many by COPY into the record alone."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from itertools import islice
from typing import Any

import psycopg

from tipline.commands.ground import DEMO_MARK, PLAYED, Ground, open_ground, require_tables, set_up_django
from tipline.commands.simulate import SimulateRefused, told
from tipline.commands.words import say
from tipline.domain.cybertip import reading
from tipline.domain.identifiers import distinct, hash64
from tipline.domain.number import number_of
from tipline.domain.report import Document, Identifier, IdentifierKind, PersonRole
from tipline.domain.statutes import PRESERVATION_PERIOD
from tipline.platform import clock, config, keys
from tipline.platform.processes.addresses import Addresses, addresses_of, is_open, port_of
from tipline.simulation.world import Made, MadeReport, World

BY_DOORS = 2_000  # more than so many are copied
CHUNK = 20_000
SLACK = 1_000  # ids that doors may take between two statements
PICTURES = 1_000_000  # patterns are numbered
_REPORT = """COPY reports_report (id, number, source, state, priority, score, incident_type, headline, tags, esp_name,
  environment, batched, opened_at, changed_at, received_at, preserve_until, hold_reason, hold_detail, legal_hold)
  FROM STDIN"""
_SUBMISSION = """COPY reports_submission (report_id, part, media_type, raw_sha256, raw_sealed, document, answers, at)
  FROM STDIN"""
_IDENTIFIER = "COPY reports_identifierrow (report_id, kind, role, value, raw, hash64, at, path) FROM STDIN"
_JOURNAL = "COPY reports_journalentry (report_id, at, by, from_state, to_state, code) FROM STDIN"


def bring(world: World, size: int) -> int:
    """This function will bring a world into the demo house of this machine. Raises SimulateRefused."""
    found = config.settings()
    mark = found.data_dir / DEMO_MARK
    # A house that was restored from a backup has a mark as well, and holds what real people reported.
    if found.production or not mark.exists() or mark.read_text(encoding="utf-8") != PLAYED:
        raise SimulateRefused(
            "--into brings made-up reports into a demo house alone: here no demo was played (./tipline run)."
        )
    with open_ground() as ground:
        require_tables(ground)
        set_up_django(ground)
        if size > BY_DOORS:
            return _copy(ground, told(world.reports(), size))
        from tipline.demo.visitor import Lost

        try:
            return _through_doors(addresses_of(config.settings()), world.reports())
        except Lost as error:
            raise SimulateRefused(f"--into stopped: the house did not take a report ({error}).") from error


def _through_doors(where: Addresses, stream: Iterator[Made]) -> int:
    """Each report as its sender would send it: a company's by its API with its files, a child's by the web form."""
    found = config.settings()
    if not is_open(found.host, port_of(found, "esp_api")):
        raise SimulateRefused("--into needs the house to be running: ./tipline run in another terminal.")
    from tipline.demo.accounts import credential_of
    from tipline.demo.company import Company, Upload

    mark = f"-simulated-{clock.now():%Y%m%d-%H%M%S}"
    doors: dict[str, Company] = {}
    counts = {"company": 0, "public": 0}
    numbers: dict[int, int] = {}
    for made in stream:
        report = made.report
        if not report.esp:
            _tell(where.public, report)
            counts["public"] += 1
            continue
        if report.esp not in doors:
            doors[report.esp] = Company(where.esp_api, credential_of(report.esp, clock.now(), mark=mark))
        uploads = tuple(
            Upload(
                int(file.ref.sha256[:8], 16) % PICTURES, file.ref.viewed_by_esp is True, tuple(_flags(file.ref.details))
            )
            for file in report.files
        )
        document = renumbered(report.document, numbers.get)
        numbers[report.number] = doors[report.esp].report(document, uploads, clock.now())
        counts["company"] += 1
    for door in doors.values():
        door.close()
    say(f"{counts['company']} reports came by the companies' API, {counts['public']} by the web form.")
    return 0


def renumbered(document: Document, number_of_it: Callable[[int], int | None]) -> Document:
    """This function will name earlier reports by the numbers that this house gave them, and leave out all others."""
    people = []
    for person in document.get("personOrUserReported", ()):
        told = [number for one in person.get("priorCTReports", ()) if (number := number_of_it(one)) is not None]
        kept = {name: value for name, value in person.items() if name != "priorCTReports"}
        people.append({**kept, "priorCTReports": told} if told else kept)
    return {**document, "personOrUserReported": people} if people else document


def _flags(details: dict[str, Any]) -> list[str]:
    return list(details.get("fileAnnotations", {}))


def _tell(address: str, report: MadeReport) -> None:
    from tipline.demo.visitor import Visitor

    suspect = (report.document.get("personOrUserReported") or [{}])[0]
    child = (report.document.get("victim") or [{"victimPerson": {}}])[0]["victimPerson"]
    place = (child.get("address") or [{}])[0]
    answers = report.answers
    steps: tuple[dict[str, str | list[str]], ...] = (
        {"danger": "yes" if answers.danger_now else "no"},
        {"harms": list(answers.harms), "incidents": list(answers.kinds)},
        {"handle": suspect.get("screenName", ""), "app": suspect.get("espService", "")},
        {"words": report.document["additionalInfo"].partition("\n\nTicked")[0], "ongoing": answers.ongoing},
        {"age": str(child.get("age", "")), "city": place.get("city", ""), "state": place.get("state", "")},
        {},
    )
    visitor = Visitor(address)
    try:
        page = visitor.open("/tell/me/")
        for fields in steps:
            page = visitor.press(page, "Continue", fields)
        visitor.press(page, "Send it")
    finally:
        visitor.close()


def _copy(ground: Ground, stream: Iterator[Made]) -> int:
    """Reports as long closed ones, with what linking and search look at: no files' bytes, nothing that would walk."""
    key = keys.load_bytes("number", ground.settings.keys)
    with psycopg.connect(ground.admin_url, autocommit=True) as link:
        # The rows are right as they are: no guard is asked about each.
        link.execute("SET session_replication_role = replica")
        copied, spans = 0, list[Span]()
        while chunk := list(islice(stream, CHUNK)):
            first = _reserve(link, len(chunk))
            with link.transaction(), link.cursor() as cursor:
                _copy_chunk(cursor, chunk, first, spans, key)
            copied += len(chunk)
        link.execute("ANALYZE reports_report, reports_identifierrow")
    say(f"{copied:,} reports were copied into the record as closed ones.")
    return 0


def _reserve(link: psycopg.Connection[Any], count: int) -> int:
    """Ids that no door will give meanwhile, and partitions for them; the first one."""
    from tipline.platform.database.partitions import make_room

    row = link.execute("SELECT nextval('reports_report_id_seq')").fetchone()
    first = (row[0] if row else 0) + SLACK
    link.execute("SELECT setval('reports_report_id_seq', %s)", [first + count])
    make_room()
    return int(first)


def _renumbered(report: MadeReport, number: Callable[[int], int | None]) -> MadeReport:
    return replace(report, document=renumbered(report.document, number))


Span = tuple[int, int, int]  # the world's first number of a chunk, its id in the house, how many


def _copy_chunk(cursor: psycopg.Cursor[Any], chunk: list[Made], first: int, spans: list[Span], key: bytes) -> None:
    until = clock.now() + PRESERVATION_PERIOD  # by their own time they would be due for the purge
    spans.append((chunk[0].report.number, first, len(chunk)))

    def number(world: int) -> int | None:
        found = next((low + world - start for start, low, count in spans if start <= world < start + count), None)
        return None if found is None else number_of(found, key)

    numbered = [
        (report_id, number_of(report_id, key), _renumbered(made.report, number))
        for report_id, made in enumerate(chunk, start=first)
    ]
    _into(cursor, _REPORT, (_report_row(*one, until) for one in numbered))
    _into(cursor, _SUBMISSION, (_submission_row(report_id, report) for report_id, _, report in numbered))
    _into(cursor, _JOURNAL, ((one[0], one[2].at, "system:simulate", "OPEN", "CLOSED", "made_up") for one in numbered))
    rows = (row for report_id, _, report in numbered for row in _identifier_rows(report_id, report))
    _into(cursor, _IDENTIFIER, rows)


def _into(cursor: psycopg.Cursor[Any], statement: str, rows: Iterable[tuple[object, ...]]) -> None:
    with cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def _report_row(report_id: int, number: int, report: MadeReport, until: datetime) -> tuple[object, ...]:
    kind, line = reading.incident_type(report.document), reading.headline(report.document, report.answers)
    at = report.at
    return (
        *(report_id, number, str(report.source), "CLOSED", 4, 0, kind, line, "[]", report.esp, "production", False),
        *(at, at, at, until, "", "", False),
    )


def _submission_row(report_id: int, report: MadeReport) -> tuple[object, ...]:
    kept, _ = reading.split_reporter(report.document)
    document = json.dumps(kept, ensure_ascii=False)
    digest = hashlib.sha256(document.encode()).hexdigest()
    answers = json.dumps(report.stored_answers())
    return report_id, 1, "text/xml; charset=utf-8", digest, b"", document, answers, report.at


def _identifier_rows(report_id: int, report: MadeReport) -> Iterator[tuple[object, ...]]:
    kind, role = IdentifierKind.FILE_SHA256, PersonRole.SUSPECT
    files = [Identifier(kind, role, each.ref.sha256, each.ref.sha256, path="file") for each in report.files]
    for one in distinct((*reading.identifiers(report.document), *files)):
        key = hash64(one.kind, one.value)
        yield report_id, str(one.kind), str(one.role), one.value, one.raw, key, one.at, one.path[:200]
