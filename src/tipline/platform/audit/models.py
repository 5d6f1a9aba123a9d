"""Tables of the audit. Triggers refuse every UPDATE, DELETE and TRUNCATE, for every role."""

from __future__ import annotations

from django.db import models


class Entry(models.Model):
    """One act. `canonical` is the truth that is hashed; the other columns repeat parts for searching."""

    id = models.BigAutoField(primary_key=True)
    entry = models.CharField(max_length=32)
    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=16)
    actor_ident = models.CharField(max_length=150)
    agency = models.CharField(max_length=64)
    verb = models.CharField(max_length=64)
    object_kind = models.CharField(max_length=64)
    object_id = models.CharField(max_length=64)
    outcome = models.CharField(max_length=16)
    canonical = models.BinaryField()

    class Meta:
        db_table = "audit_entry"
        indexes = [
            models.Index(fields=["object_kind", "object_id", "id"], name="audit_entry_object"),
            models.Index(fields=["actor_kind", "actor_ident", "id"], name="audit_entry_actor"),
        ]


class Leaf(models.Model):
    """The place of one entry in the tree, counted from 0. Given by the sequencer, not by the act."""

    seq = models.BigIntegerField(primary_key=True)
    # No foreign key: an act must never wait for the sequencer's locks. `verify` compares both ways.
    entry_id = models.BigIntegerField(unique=True)
    leaf_hash = models.BinaryField()
    chain_hash = models.BinaryField()

    class Meta:
        db_table = "audit_leaf"


class CheckpointRow(models.Model):
    """A signed promise about the first `tree_size` leaves, and what the sequencer needs to go on."""

    tree_size = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    root = models.BinaryField()
    note = models.BinaryField()
    frontier = models.BinaryField()
    entry_mark = models.BigIntegerField()  # the highest entry id among these leaves

    class Meta:
        db_table = "audit_checkpoint"
