"""Tables of the vault: what is stored, and who holds a key to it."""

from __future__ import annotations

from django.db import models


class Blob(models.Model):
    """One stored content, once, however many reports hold it.

    `address` is a keyed digest of the content. `object_name` is the address and a random part: two attempts
    to store the same content never write to the same name, so no row can point to an object under another
    key.
    """

    address = models.CharField(max_length=64, unique=True)
    object_name = models.CharField(max_length=200, unique=True)
    size = models.BigIntegerField()
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"blob {self.pk}"


class BlobKey(models.Model):
    """The key of a blob, wrapped once per holder ("report:12", "referral:7"); a row less is an access
    less.
    """

    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="keys")
    holder = models.CharField(max_length=80)
    agency = models.CharField(max_length=80, default="", blank=True)
    wrapped_key = models.BinaryField()
    kek_version = models.PositiveSmallIntegerField()
    granted_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("blob", "holder"), name="one_key_per_blob_and_holder"),)
        indexes = (models.Index(fields=("holder",), name="vault_key_holder"),)

    def __str__(self) -> str:
        return f"key to blob {self.blob_id}"
