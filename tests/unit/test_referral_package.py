"""The package opens: PDF readable, JSON valid, digests of the manifest match the members byte for byte."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader
from tests.unit.referral_samples import OPEN_BYTES, SEALED_BYTES, XML, material, recipient

from tipline.domain.report import FileRef
from tipline.platform.pdf.page import rich
from tipline.stages.referral.export.ids_json import BOM, ids_value, render_ids
from tipline.stages.referral.export.package import Content, DigestMismatch, write_package
from tipline.stages.referral.export.pdf import render_pdf
from tipline.stages.referral.rules import plan


class Bytes:
    """Keeps what is written."""

    def __init__(self) -> None:
        self.data = bytearray()

    def write(self, chunk: bytes) -> None:
        """This function will keep a chunk."""
        self.data += chunk


def read(file: FileRef) -> Iterator[bytes]:
    data = {1: OPEN_BYTES, 2: SEALED_BYTES}[file.id]
    yield data[:10]
    yield data[10:]


def build() -> tuple[zipfile.ZipFile, dict[str, dict[str, object]], bytes]:
    planned = plan(material(), recipient(), None)
    assert planned is not None
    sink = Bytes()
    manifest = write_package(sink, Content(planned.document, material()), read)
    return zipfile.ZipFile(io.BytesIO(sink.data)), manifest, bytes(sink.data)


def pdf_text(data: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages)


def test_the_manifest_and_the_sums_match_every_member_byte_for_byte() -> None:
    archive, manifest, _ = build()
    assert archive.testzip() is None
    assert set(archive.namelist()) == set(manifest)
    for name, said in manifest.items():
        data = archive.read(name)
        assert (said["sha256"], said["bytes"]) == (hashlib.sha256(data).hexdigest(), len(data)), name
    inside = json.loads(archive.read("MANIFEST.json"))
    assert inside["members"] == {n: s for n, s in manifest.items() if n not in {"MANIFEST.json", "SHA256SUMS"}}
    sums = dict(reversed(line.split("  ", 1)) for line in archive.read("SHA256SUMS").decode().splitlines())
    assert sums == {name: said["sha256"] for name, said in manifest.items() if name != "SHA256SUMS"}


def test_the_package_holds_the_original_xml_and_the_open_file_and_never_the_sealed_one() -> None:
    archive, _, whole = build()
    assert archive.read("submission.xml") == XML
    files = [name for name in archive.namelist() if name.startswith("files/")]
    assert [archive.read(name) for name in files] == [OPEN_BYTES]
    assert SEALED_BYTES not in whole
    sealed = json.loads(archive.read("MANIFEST.json"))["sealed"]
    assert [row["sha256"] for row in sealed] == [hashlib.sha256(SEALED_BYTES).hexdigest()]
    assert "warrant" in sealed[0]["state_words"]


def test_the_same_facts_give_the_same_bytes() -> None:
    assert build()[2] == build()[2]


def test_a_file_that_is_not_the_one_received_is_never_handed_over() -> None:
    planned = plan(material(), recipient(), None)
    assert planned is not None
    with pytest.raises(DigestMismatch):
        write_package(Bytes(), Content(planned.document, material()), lambda file: [b"another file"])


def test_the_pdf_can_be_read_and_is_complete() -> None:
    archive, _, _ = build()
    data = archive.read("report.pdf")
    reader = PdfReader(io.BytesIO(data))
    text = pdf_text(data)
    assert f"Page 1 of {len(reader.pages)}" in text
    assert reader.metadata is not None
    assert str(reader.metadata.title).startswith("Report 4071 882 193: Child sexual abuse material")
    assert reader.trailer["/Root"]["/Lang"] == "en-US"
    flat = " ".join(text.split())
    for expected in (
        "Report 4071 882 193",
        "Child sexual abuse material",
        "The suspect is likely in Duval County, FL.",
        "nightowl_77",
        "We will talk at noon. Zażółć, Привет, [U+4E2D][U+6587] <b>",
        "198.51.100.23",
        "port 50211",
        "2026-02-20 15:31:00 UTC",
        "Example Networks (AS64500)",
        "second source (2026-02) agrees on the state",
        "The company says this address may be a proxy.",
        "sent with zone -07:00",
        "A warrant is needed",
        "Preserved until 2027-02-21 09:00:00 UTC",
        "trust@example.com",
    ):
        assert expected in flat, expected
    headings = [str(item["/Title"]) for item in reader.outline]  # type: ignore[index]
    assert headings[0] == "Why this weighs what it weighs"
    assert headings[-1] == "Everything as received"


def test_the_pdf_never_says_the_old_term_and_embeds_every_face() -> None:
    data = build()[0].read("report.pdf")
    assert "child porn" not in pdf_text(data).casefold()
    for page in PdfReader(io.BytesIO(data)).pages:
        for font in page["/Resources"]["/Font"].values():
            found = font.get_object()
            if found["/Subtype"] == "/TrueType":
                assert "/FontFile2" in found["/FontDescriptor"]


def test_a_very_long_text_runs_over_pages_and_loses_nothing() -> None:
    words = " ".join(f"word{number}" for number in range(4000)) + " " + "x" * 3000
    planned = plan(material(later=({"additionalInfo": words},)), recipient(), None)
    assert planned is not None
    text = pdf_text(render_pdf(planned.document))
    assert "word0 " in text
    assert "word3999" in text
    assert text.count("x") >= 3000


def test_standing_texts_and_file_names_of_any_length_do_not_break_the_page() -> None:
    element = {**material().reporter, "termsOfService": "Term. " * 20_000}
    files = tuple(replace(one, original_name="n" * 2056) for one in material().files)
    planned = plan(material(reporter=element, files=files), recipient(), None)
    assert planned is not None
    assert len(PdfReader(io.BytesIO(render_pdf(planned.document))).pages) > 10


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=400))
def test_no_text_breaks_the_page(text: str) -> None:
    document = {**material().document, "additionalInfo": text}
    planned = plan(material(document=document, later=({"additionalInfo": text * 5},)), recipient(), None)
    assert planned is not None
    assert render_pdf(planned.document).startswith(b"%PDF")


def test_every_face_that_the_page_names_is_in_it() -> None:
    planned = plan(material(), recipient(), None)
    assert planned is not None
    assert b"Helvetica" not in render_pdf(planned.document)


def test_mark_up_in_a_text_stays_text() -> None:
    assert rich("<b>&") == "&lt;b&gt;&amp;"
    assert rich("a\x00b\nc") == "ab<br/>c"


IDS_PATHS = (
    "reportId",
    "dateReceived",
    "reportedInformation.reportingEsp.espName",
    "reportedInformation.incidentSummary.incidentType",
    "reportedInformation.incidentSummary.incidentDateTime",
    "reportedInformation.incidentSummary.incidentDateTimeDescription",
    "reportedInformation.incidentDetails.webpageIncident",
    "reportedInformation.incidentDetails.emailIncident",
    "reportedInformation.reportedPeople.reportedPersons.0.firstName",
    "reportedInformation.reportedPeople.reportedPersons.0.middleName",
    "reportedInformation.reportedPeople.reportedPersons.0.lastName",
    "reportedInformation.reportedPeople.reportedPersons.0.dateOfBirth",
    "reportedInformation.reportedPeople.reportedPersons.0.screenName.value",
    "reportedInformation.reportedPeople.reportedPersons.0.espUserId",
    "reportedInformation.reportedPeople.reportedPersons.0.emails.emails.0.value",
    "reportedInformation.reportedPeople.reportedPersons.0.emails.emails.0.verified",
    "reportedInformation.reportedPeople.reportedPersons.0.phones.phones",
    "reportedInformation.reportedPeople.reportedPersons.0.addresses",
    "reportedInformation.reportedPeople.reportedPersons.0.groups",
    "reportedInformation.reportedPeople.reportedPersons.0.languages",
    "reportedInformation.reportedPeople.reportedPersons.0.sourceInformation.sourceCaptures.0.captureType",
    "reportedInformation.reportedPeople.reportedPersons.0.sourceInformation.sourceCaptures.0.value",
    "reportedInformation.reportedPeople.reportedPersons.0.sourceInformation.sourceCaptures.1.port",
    "reportedInformation.reportedPeople.reportedPersons.0.sourceInformation.sourceCaptures.0.dateTime",
    "reportedInformation.reportedPeople.reportedPersons.0.sourceInformation.sourceCaptures.0.eventName",
    "reportedInformation.reportedPeople.reportedPersons.0.additionalInformations",
    "reportedInformation.reportedPeople.intendedRecipients.0.screenName.value",
    "reportedInformation.uploadedFiles.uploadedFiles.0.filename",
    "reportedInformation.uploadedFiles.uploadedFiles.0.originalFilename",
    "reportedInformation.uploadedFiles.uploadedFiles.0.verificationHash",
    "reportedInformation.uploadedFiles.uploadedFiles.0.viewedByEsp",
    "reportedInformation.uploadedFiles.uploadedFiles.0.tags",
    "reportedInformation.uploadedFiles.uploadedFiles.0.ncmecTags",
    "reportedInformation.uploadedFiles.uploadedFiles.0.espMetadata.metadatas",
    "reportedInformation.uploadedFiles.uploadedFiles.0.sourceInformation.sourceCaptures",
)


@pytest.mark.parametrize("path", IDS_PATHS)
def test_every_key_of_the_police_tools_is_always_written(path: str) -> None:
    value = ids_value(material())
    for step in path.split("."):
        value = value[int(step)] if step.isdigit() else value[step]  # type: ignore[index]


def test_the_police_json_begins_with_a_byte_order_mark_and_its_times_end_in_z() -> None:
    data = render_ids(material())
    assert data.startswith(BOM)
    value = json.loads(data.decode("utf-8-sig"))
    person = value["reportedInformation"]["reportedPeople"]["reportedPersons"][0]
    first, second = person["sourceInformation"]["sourceCaptures"]
    assert first["dateTime"] == "2026-02-20T15:31:00Z"
    assert (second["dateTime"], second["port"]) == (None, None)
    assert value["reportedInformation"]["incidentSummary"]["incidentDateTime"] == "2026-02-20T15:30:00Z"
    files = value["reportedInformation"]["uploadedFiles"]["uploadedFiles"]
    assert [file["filename"] is None for file in files] == [False, True]
