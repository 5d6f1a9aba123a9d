"""What of a report can tie it to others: of its documents, its texts, its files and what they agree with. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from tipline.domain.answers import Answers
from tipline.domain.cybertip import reading
from tipline.domain.findings import FileKnown
from tipline.domain.free_text import found_in_text
from tipline.domain.identifiers import distinct
from tipline.domain.report import Document, FileRef, Identifier, IdentifierKind, PersonRole
from tipline.stages.linking.rules import digest_of_text

_K = IdentifierKind


def collect(
    parts: Iterable[Document],
    files: Iterable[FileRef],
    known: Iterable[FileKnown] = (),
    more: Iterable[Identifier] = (),
    answers: Answers = reading.NOTHING,
) -> tuple[Identifier, ...]:
    """This function will give the identifiers of a report; `more` are those that an officer handed in.

    answers: of the human door, which tell what of the first part's texts somebody said.
    """
    listed = list(reading.with_answers(parts, answers))
    found = [one for part, _ in listed for one in reading.identifiers(part)]
    found += [one for part, said in listed for one in (*_texts(part, said), *found_in_text(part, said))]
    found += [_of_file(_K.FILE_SHA256, file.file_id, file.sha256) for file in files]
    found += [_of_file(_K.KNOWN_FILE, body.file_id, str(body.entry)) for body in known if counts(body)]
    return distinct((*found, *more))


def counts(body: FileKnown) -> bool:
    """This function will tell whether an agreement with a list ties files: not one taken back, not of a part alone."""
    return body.standing != "withdrawn" and body.how != "FEATURES"


def _of_file(kind: IdentifierKind, file_id: str, value: str) -> Identifier:
    return Identifier(kind, PersonRole.SUSPECT, value, value, path=f"file {file_id}")


def looks_of(files: Iterable[FileRef], firsts: Mapping[str, str]) -> Iterator[Identifier]:
    """This function will give what files look like; `firsts`: by file id the digest of the first one of that look."""
    for file in files:
        if first := firsts.get(file.file_id):
            yield Identifier(_K.LOOK, PersonRole.SUSPECT, first, file.sha256, path=f"file {file.file_id}")


def _texts(part: Document, answers: Answers) -> Iterator[Identifier]:
    for told in reading.narratives(part, answers):
        digest = digest_of_text(told.text)
        yield Identifier(_K.TEXT, PersonRole.SUSPECT, digest, digest[:8], path=told.path[:200])


def marks_of(files: Iterable[FileRef]) -> dict[str, frozenset[str]]:
    """This function will give the flags that the company set on each file, by the path of its identifiers."""
    return {f"file {file.file_id}": frozenset(reading.annotation_flags(file.details)) for file in files}
