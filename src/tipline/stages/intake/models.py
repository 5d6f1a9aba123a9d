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
