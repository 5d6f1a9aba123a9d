"""Tables of the record.

Submission, IdentifierRow, JournalEntry, FindingRow and CurrentFinding are kept in ranges of `report_id` (ADR 19): name
the report where you look for one of their rows. No index spans the ranges: a unique key of theirs names the report too.
"""

from __future__ import annotations

from django.contrib.postgres.indexes import BrinIndex
from django.db import models

from tipline.domain.report import IdentifierKind, PersonRole, Source
from tipline.domain.states import ReportState


def _choices(
    values: type[Source] | type[ReportState] | type[IdentifierKind] | type[PersonRole],
) -> list[tuple[str, str]]:
    return [(value.value, value.value) for value in values]


class Report(models.Model):
    """One report. `priority` 1 is the most urgent; `score` orders within it."""

    id = models.BigAutoField(primary_key=True)
    number = models.BigIntegerField(unique=True)
    source = models.CharField(max_length=16, choices=_choices(Source))
    state = models.CharField(max_length=16, choices=_choices(ReportState))
    priority = models.SmallIntegerField(default=4)
    score = models.SmallIntegerField(default=0)
    incident_type = models.CharField(max_length=80, blank=True)
    headline = models.CharField(max_length=200, blank=True)
    tags = models.JSONField(default=list)
    esp_id = models.BigIntegerField(null=True)
    esp_name = models.CharField(max_length=200, blank=True)
    environment = models.CharField(max_length=12, default="production")
    batched = models.BooleanField(default=False)
    # By what was told when it was begun: its way begins before that of others that wait.
    cannot_wait = models.BooleanField(db_default=False)
    # Of a company's report: its product, what it leaves open (`domain.cybertip.quality`), and the score at the finish.
    product = models.CharField(max_length=100, blank=True, default="")
    lacks = models.JSONField(default=list)
    quality = models.SmallIntegerField(null=True)
    opened_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    received_at = models.DateTimeField(null=True)
    preserve_until = models.DateTimeField(null=True)
    hold_reason = models.CharField(max_length=40, blank=True)
    hold_detail = models.CharField(max_length=120, blank=True)
    hold_since = models.DateTimeField(null=True)
    legal_hold = models.BooleanField(default=False)

    class Meta:
        indexes = (
            # the triage queue is read in exactly this order
            models.Index("state", "priority", models.F("score").desc(), "received_at", name="report_queue"),
            models.Index(fields=("esp_id", "-id"), name="report_of_esp"),
            models.Index("state", "changed_at", name="report_stale"),
            # Reports lie in the order of their years' ends: a summary of each stretch finds those of two months.
            BrinIndex(fields=("preserve_until",), name="report_ending", autosummarize=True),
        )


class Submission(models.Model):
    """What was received, part by part: the raw bytes sealed, their digest, and the parsed document.

    The reporter's identity is not in `document`; it is sealed apart in `reporter_sealed`.
    """

    id = models.BigAutoField(primary_key=True)
    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="submissions", db_index=False)
    part = models.SmallIntegerField(default=1)
    media_type = models.CharField(max_length=60)
    raw_sha256 = models.CharField(max_length=64)
    raw_sealed = models.BinaryField()
    document = models.JSONField()
    reporter_sealed = models.BinaryField(null=True)
    answers = models.JSONField(default=dict)  # what a human door asked beyond the protocol: domain.answers
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("report", "part"), name="one_submission_part"),)


class Citation(models.Model):
    """A company's report names an earlier one (`priorCTReports`): a supplement, a correction, or the same person."""

    id = models.BigAutoField(primary_key=True)
    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="citations")
    cited = models.BigIntegerField(db_index=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("report", "cited"), name="one_citation"),)


class File(models.Model):
    """One file of a report. `incoming_name` and `wrapped_key` are set until evidence adopts it into the vault."""

    id = models.BigAutoField(primary_key=True)
    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="files")
    file_id = models.CharField(max_length=32, unique=True)
    position = models.IntegerField()
    incoming_name = models.CharField(max_length=80, blank=True)
    wrapped_key = models.BinaryField(null=True)
    size = models.BigIntegerField()
    md5 = models.CharField(max_length=32)
    sha1 = models.CharField(max_length=40)
    sha256 = models.CharField(max_length=64, db_index=True)
    upload_name = models.CharField(max_length=2056, blank=True)
    original_name = models.CharField(max_length=2056, blank=True)
    details = models.JSONField(null=True)
    details_raw_sealed = models.BinaryField(null=True)
    details_sha256 = models.CharField(max_length=64, blank=True)
    lacks = models.JSONField(null=True)  # what the details leave open; None where there are none
    received_at = models.DateTimeField()
    media_type = models.CharField(max_length=60, blank=True)
    decode_outcome = models.CharField(max_length=120, blank=True)
    blob_id = models.BigIntegerField(null=True)
    preview_blob_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("report", "position"), name="one_file_position"),)
        # When a hash list grows, earlier files are found by every digest that lists hold.
        indexes = (
            models.Index(fields=("md5",), name="file_by_md5"),
            models.Index(fields=("sha1",), name="file_by_sha1"),
        )


class Fingerprint(models.Model):
    """A perceptual fingerprint of a file; value in lowercase hex, quality 0-100.

    `at_ms`: of a film's frame, when it is shown. Frames that were kept before there was this column have none.
    """

    id = models.BigAutoField(primary_key=True)
    file = models.ForeignKey(File, on_delete=models.PROTECT, related_name="fingerprints")
    algorithm = models.CharField(max_length=16)
    value = models.CharField(max_length=288)
    quality = models.SmallIntegerField(default=0)
    at_ms = models.IntegerField(null=True)


class FileFeatures(models.Model):
    """The local features of a file's picture, sealed: a picture could be drawn from them. `rows`: in the index."""

    id = models.BigAutoField(primary_key=True)
    file = models.OneToOneField(File, on_delete=models.PROTECT, related_name="features")
    sealed = models.BinaryField()
    rows = models.SmallIntegerField()


class IdentifierRow(models.Model):
    """A normalised identifier of a report. Looked up by `hash64`, a 64-bit hash of kind and value."""

    id = models.BigAutoField(primary_key=True)
    # Not checked by the database row by row: a door's rows are, by a trigger for all of a statement, and no role may
    # delete a report.
    report = models.ForeignKey(
        Report, on_delete=models.PROTECT, related_name="identifiers", db_index=False, db_constraint=False
    )
    kind = models.CharField(max_length=16, choices=_choices(IdentifierKind))
    role = models.CharField(max_length=12, choices=_choices(PersonRole))
    value = models.TextField()
    raw = models.TextField()
    hash64 = models.BigIntegerField()
    at = models.DateTimeField(null=True)
    path = models.CharField(max_length=200, blank=True)

    class Meta:
        # In the order of the reports: of a value that many carry the newest are read, and no others.
        indexes = (models.Index(fields=("hash64", "report"), name="identifier_seen"),)


class FindingRow(models.Model):
    """A finding as it was made; never changed."""

    id = models.BigAutoField(primary_key=True)
    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="findings", db_index=False)
    kind = models.CharField(max_length=32)
    subject = models.CharField(max_length=300, blank=True)
    body = models.JSONField()
    version = models.SmallIntegerField()
    by = models.CharField(max_length=120)
    tool = models.CharField(max_length=80)
    basis = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=("report", "kind"), name="finding_of_report"),)


class CurrentFinding(models.Model):
    """Which finding of a kind and subject counts now."""

    id = models.BigAutoField(primary_key=True)
    report = models.ForeignKey(Report, on_delete=models.PROTECT, db_index=False)
    kind = models.CharField(max_length=32)
    subject = models.CharField(max_length=300, blank=True)
    # Both stand in the same range, written and purged together; a constraint would ask every range at each row.
    finding = models.ForeignKey(FindingRow, on_delete=models.PROTECT, db_index=False, db_constraint=False)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("report", "kind", "subject"), name="one_current_finding"),)


class News(models.Model):
    """Late news whose listeners have still to run: a finding of this kind was appended, or a report handed over."""

    id = models.BigAutoField(primary_key=True)
    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="news")
    kind = models.CharField(max_length=32)


class JournalEntry(models.Model):
    """Each move of a report and each hold: who, when, from where to where. Outlives the content."""

    id = models.BigAutoField(primary_key=True)
    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="journal")
    at = models.DateTimeField()
    by = models.CharField(max_length=120)
    from_state = models.CharField(max_length=16, blank=True)
    to_state = models.CharField(max_length=16, blank=True)
    code = models.CharField(max_length=40)


class LegalHold(models.Model):
    """An order to keep a report; as long as one is unreleased, no purge touches it."""

    id = models.BigAutoField(primary_key=True)
    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="legal_holds")
    reason = models.CharField(max_length=300)
    set_by = models.CharField(max_length=120)
    set_at = models.DateTimeField()
    released_by = models.CharField(max_length=120, blank=True)
    released_at = models.DateTimeField(null=True)


class CustodyEntry(models.Model):
    """One act upon a file, from sealing to the last download. Append-only: triggers refuse change and deletion."""

    id = models.BigAutoField(primary_key=True)
    report_id = models.BigIntegerField(db_index=True)
    report_number = models.BigIntegerField()
    file_id = models.CharField(max_length=32, db_index=True)
    at = models.DateTimeField()
    actor = models.CharField(max_length=120)
    agency = models.CharField(max_length=40, blank=True)
    act = models.CharField(max_length=16)
    basis = models.CharField(max_length=300, blank=True)
    detail = models.CharField(max_length=300, blank=True)
