"""Collections: taking them in, judging what was found, issuing the report. The reading itself stands in `reading`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, F, QuerySet

from tipline.domain.actor import Actor
from tipline.domain.errors import Refusal
from tipline.platform import jobs
from tipline.platform.audit.service import Act, record
from tipline.platform.vault.fields import seal_field
from tipline.platform.vault.incoming import IncomingWriter
from tipline.programs.identification import queries, rules
from tipline.programs.identification.formats.csv_in import read_csv
from tipline.programs.identification.formats.reading import form_of
from tipline.programs.identification.formats.rows import FileProblem
from tipline.programs.identification.models import Collection, CollectionEvent, Decision, SeizedRow
from tipline.programs.identification.queries import REJECTED_SOURCE
from tipline.programs.identification.values import HandedIn, NewCollection, Verdict

READ = "identification.read_collection"
NOTE = "collection:{}:decision:{}"
_ASKED = {
    "case_number": ("the case number", 80, True),
    "legal_basis": ("the legal basis", 120, True),
    "exhibit": ("the exhibit", 80, False),
    "device": ("the device", 120, False),
}
_COUNTED = {
    rules.IDENTIFIED: "identified",
    rules.RECOGNISED: "recognised",
    rules.UNRECOGNISED: "unrecognised",
    rules.NOT_RELEVANT: "not_relevant",
}


def act(verb: str, collection: Collection, by: Actor, now: datetime, **details: str | int) -> None:
    """This function will write one entry about a collection into the audit."""
    named = {"agency": collection.agency, **details}
    record(Act(at=now, actor=by, verb=verb, object_kind="collection", object_id=str(collection.pk), details=named))


def note_event(collection: Collection, what: str, by: Actor, now: datetime, detail: str = "") -> None:
    """This function will write one line of a collection's chain of custody."""
    CollectionEvent.objects.create(
        collection=collection, agency=collection.agency, at=now, by=str(by), act=what, detail=detail
    )


def check_case(new: NewCollection) -> dict[str, str]:
    """This function will check the case that a collection belongs to, before the file is taken in. Raises Refusal."""
    rules.check_choice("kind", new.kind, {**rules.KINDS, rules.QUICK: ""}, is_required=True)
    given = {
        "case_number": new.case_number,
        "legal_basis": new.legal_basis,
        "exhibit": new.exhibit,
        "device": new.device,
    }
    return rules.check_texts(given, _ASKED)


@transaction.atomic
def hand_in(*, new: NewCollection, file: HandedIn, by: Actor, now: datetime) -> int:
    """This function will keep a collection that was sealed while it came in, and send it to be compared.

    Runs in the portal. Raises Refusal.
    """
    texts = check_case(new)
    if not file.size:
        raise Refusal("empty", "The file is empty.", field="file")
    kept = Collection.objects.create(
        agency=by.agency, officer=by.ident, kind=new.kind, **texts, incoming_name=file.name,
        wrapped_key=file.wrapped_key, size=file.size, sha256=file.sha256, received_at=now, changed_at=now,
    )  # fmt: skip
    note_event(kept, "HANDED_IN", by, now, f"SHA-256 {file.sha256}, {file.size} bytes")
    act("collection.received", kept, by, now, kind=new.kind, size=file.size, digest=file.sha256)
    send_to_reading(kept)
    return kept.pk


@transaction.atomic
def check_quickly(*, new: NewCollection, text: str, by: Actor, now: datetime) -> int:
    """This function will take up to a hundred pasted values, sealed like every collection. Raises Refusal."""
    check_case(new)
    if sum(bool(line.strip()) for line in text.splitlines()) > rules.MOST_QUICK + 1:
        raise Refusal("too_many", f"Paste at most {rules.MOST_QUICK} values; hand in a file for more.", field="values")
    try:
        form_of(text.encode())
        next(read_csv([text.encode()]), None)
    except FileProblem as problem:
        raise Refusal(problem.code, problem.sentence, field="values") from problem
    with IncomingWriter.begin() as writer:
        writer.write(text.encode())
        came = writer.finish()
    return hand_in(new=new, file=HandedIn(came.name, came.wrapped_key, came.size, came.sha256), by=by, now=now)


def send_to_reading(kept: Collection) -> None:
    """This function will begin the job that reads a collection: one large one at a time, quick checks beside it."""
    # One of the worker's places stays free for urgent reports, however many collections wait.
    lock = None if kept.kind == rules.QUICK else "identification.read"
    jobs.defer(READ, queueing_lock=f"collection:{kept.pk}", lock=lock, collection_id=kept.pk)


def wake_waiting(*, now: datetime) -> int:
    """This function will send on the collections whose reading stands still, and tell how many those were."""
    before = now - timedelta(minutes=2)
    waiting = Collection.objects.filter(state__in=("RECEIVED", "READING"), changed_at__lt=before).order_by("id")[:50]
    for kept in waiting:
        send_to_reading(kept)
    return len(waiting)


def find_awaited(names: Sequence[str]) -> set[str]:
    """This function will tell which sealed files in the store still wait to be read; the sweep leaves them alone."""
    return set(Collection.objects.filter(incoming_name__in=names).values_list("incoming_name", flat=True))


@transaction.atomic
def note_look(*, collection_id: int, page: str, by: Actor, now: datetime) -> None:
    """This function will write down that somebody looks at the answers on a collection, before they are shown."""
    act("collection.viewed", Collection.objects.get(pk=collection_id), by, now, page=page)


@transaction.atomic
def note_download(*, collection_id: int, form: str, by: Actor, now: datetime) -> None:
    """This function will write a download into the chain of custody and the audit, before the first byte."""
    kept = Collection.objects.get(pk=collection_id)
    note_event(kept, "DOWNLOADED", by, now, form)
    standing = "issued" if kept.state == "REVIEWED" else "preliminary"
    act("collection.downloaded", kept, by, now, form=form, standing=standing)


@transaction.atomic
def judge(*, collection_id: int, said: Verdict, by: Actor, now: datetime) -> int:
    """This function will write down what an analyst says of the files of a series, or of one file; how many those are.

    A rejected series leaves its files recognised; "not relevant" takes one file out of the counts.
    Raises Refusal `wrong_state`, `nothing_there`.
    """
    kept = Collection.objects.select_for_update().get(pk=collection_id)
    if kept.state != "READ":
        raise Refusal("wrong_state", "A report can be judged once it is read, and until it is issued.")
    rules.check_choice("verdict", said.verdict, rules.VERDICTS, is_required=True)
    if (said.row is None) == (said.series is None) or (said.row is not None and said.verdict != rules.NOT_RELEVANT):
        raise Refusal("unknown_choice", "A single file can be called not relevant, a series confirmed or rejected.")
    rows = SeizedRow.objects.filter(collection=kept)
    rows = rows.filter(row=said.row) if said.row is not None else rows.filter(series_id=said.series or 0)
    files = rows.count()
    if not files:
        raise Refusal("nothing_there", "The collection has no such file.", field="row")
    made = Decision.objects.create(
        collection=kept, agency=kept.agency, series_id=said.series, row=said.row, verdict=said.verdict, files=files,
        reviewer=by.ident, note_sealed=_sealed(said.note, kept.pk, said), at=now,
    )  # fmt: skip
    _recount(kept, rows, said)
    note_event(kept, "JUDGED", by, now, f"{rules.VERDICTS[said.verdict]}, {files} files")
    details: dict[str, str | int] = {"verdict": said.verdict, "files": files}
    details |= {"series": said.series} if said.series else {"row": said.row or 0}
    act("collection.judged", kept, by, now, **details)
    return int(made.files)


def _sealed(note: str, collection_id: int, said: Verdict) -> bytes | None:
    text = note.strip()[:2000]
    return seal_field(text.encode(), NOTE.format(collection_id, said.series or said.row)) if text else None


def _recount(kept: Collection, rows: QuerySet[SeizedRow], said: Verdict) -> None:
    becomes = rules.class_after(
        said.verdict, is_identified=said.series is not None and queries.is_identified(said.series)
    )
    before = dict(rows.order_by().values_list("found").annotate(count=Count("id")))
    if said.series is None:
        rows.update(found=becomes)
    else:
        rows.update(found=becomes, source=REJECTED_SOURCE if said.verdict == rules.REJECTED else "series")
    left = {found: count for found, count in before.items() if found != becomes}
    if left:
        moved = {_COUNTED[found]: F(_COUNTED[found]) - count for found, count in left.items()}
        moved[_COUNTED[becomes]] = F(_COUNTED[becomes]) + sum(left.values())
        Collection.objects.filter(pk=kept.pk).update(**moved)


@transaction.atomic
def issue_report(*, collection_id: int, by: Actor, now: datetime) -> None:
    """This function will issue the Child Identification Report: what an analyst confirmed, with series and contact.

    Raises Refusal `wrong_state`, `not_judged`.
    """
    kept = Collection.objects.select_for_update().get(pk=collection_id)
    if kept.state != "READ" or kept.kind == rules.QUICK:
        raise Refusal("wrong_state", "A report is issued once, after the collection is read.")
    groups = queries.list_groups(collection_id)
    if not all(group.verdict for group in groups):
        raise Refusal("not_judged", "Judge the files of every series first.")
    kept.state, kept.reviewed_by, kept.reviewed_at, kept.changed_at = "REVIEWED", by.ident, now, now
    kept.save(update_fields=["state", "reviewed_by", "reviewed_at", "changed_at"])
    confirmed = [group for group in groups if group.verdict == rules.CONFIRMED]
    files = sum(group.files for group in confirmed)
    note_event(kept, "ISSUED", by, now, f"{len(confirmed)} series, {files} files")
    act("collection.answered", kept, by, now, series=len(confirmed), files=files)
