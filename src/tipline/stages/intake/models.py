"""Tables of intake: receipts, and what reporters add with them."""

from __future__ import annotations

from django.db import models


class Receipt(models.Model):
    """A reporter's way back.

    `code_hmac_sha256` is keyed outside the database; `status` is a code of `rules.STATUS`.
    """

    id = models.BigAutoField(primary_key=True)
    code_hmac_sha256 = models.BinaryField(max_length=32, unique=True)
    report_id = models.BigIntegerField(unique=True)
    given_at = models.DateTimeField()
    status = models.CharField(max_length=16)
    status_at = models.DateTimeField()
    last_seen_at = models.DateTimeField(null=True)


class ReporterNote(models.Model):
    """Words that a reporter added later, sealed.

    `part` is the submission part that the worker made of them.
    """

    id = models.CharField(primary_key=True, max_length=32)
    receipt = models.ForeignKey(Receipt, on_delete=models.PROTECT, related_name="notes")
    words_sealed = models.BinaryField()
    at = models.DateTimeField()
    part = models.SmallIntegerField(null=True)


class KeptAnswer(models.Model):
    """What a company's Idempotency-Key led to.

    `key_sha256` is of company, environment, call and key, `body_sha256` of what was sent; `md5` is the answer's hash.
    """

    key_sha256 = models.BinaryField(primary_key=True, max_length=32)
    body_sha256 = models.BinaryField(max_length=32)
    number = models.BigIntegerField(db_index=True)
    file_id = models.CharField(max_length=32, blank=True)
    md5 = models.CharField(max_length=32, blank=True)


class FormDraft(models.Model):
    """A report that somebody at a company writes in the web form, sealed for that door until it is sent."""

    id = models.CharField(primary_key=True, max_length=32)
    esp_id = models.BigIntegerField(db_index=True)
    author = models.CharField(max_length=150)
    sealed = models.BinaryField()
    begun_at = models.DateTimeField()
    saved_at = models.DateTimeField(db_index=True)


class FormFile(models.Model):
    """A file of such a draft: it lies encrypted in the store, and nobody but the worker can read it from there."""

    id = models.BigAutoField(primary_key=True)
    draft = models.ForeignKey(FormDraft, on_delete=models.CASCADE, related_name="files")
    esp_id = models.BigIntegerField()
    upload_name = models.CharField(max_length=2056, blank=True)
    incoming_name = models.CharField(max_length=80, unique=True)
    wrapped_key = models.BinaryField()
    size = models.BigIntegerField()
    md5 = models.CharField(max_length=32)
    sha1 = models.CharField(max_length=40)
    sha256 = models.CharField(max_length=64)
    added_at = models.DateTimeField()


class SandboxCall(models.Model):
    """One call of a company's program to the test side, as the company's own people may look at it for two weeks.

    `id` is the Request-ID of the answer; `call` the name of the call, `other` for a path that is none;
    `sealed` holds the rest (`stages.intake.sandbox`).
    """

    id = models.CharField(primary_key=True, max_length=32)
    esp_id = models.BigIntegerField()
    at = models.DateTimeField()
    call = models.CharField(max_length=12)
    report_number = models.BigIntegerField(null=True)
    status = models.SmallIntegerField()
    code = models.IntegerField()
    faults = models.IntegerField(default=0)
    sealed = models.BinaryField()

    class Meta:
        indexes = (
            models.Index(fields=("esp_id", "-at"), name="sandbox_call_newest"),
            models.Index(fields=("esp_id", "report_number"), name="sandbox_call_of_report"),
        )


class Sign(models.Model):
    """A sign of life: once a minute each process of the reporting API, and the worker, say how the minute was.

    `process` is `worker`, or a name that a process of the door gave itself. Of the door: calls of production that were
    taken, turned away (503), over their quota (429), failed (500), and whether the evidence store took a trial object.
    Of the worker: `waiting` is how long the oldest finished report has been waiting for its first step.
    """

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(db_index=True)
    process = models.CharField(max_length=16)
    taken = models.IntegerField(default=0)
    shed = models.IntegerField(default=0)
    over_quota = models.IntegerField(default=0)
    failed = models.IntegerField(default=0)
    store_ok = models.BooleanField(default=True)
    waiting = models.IntegerField(default=0)  # seconds


class Outage(models.Model):
    """A time in which the house did not take reports, or not all: found from the signs, and kept as a fact."""

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=12)  # stages.intake.outages.KINDS
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("kind", "began_at"), name="one_outage"),)
