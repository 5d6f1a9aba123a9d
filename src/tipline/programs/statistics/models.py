"""Facts that outlive content, counts by day, and publications that never change. Codes alone: no name, no address."""

from __future__ import annotations

from django.db import models


class ReportFact(models.Model):
    """What is countable of one report, in codes. Renewed while the report has content; kept when it is purged."""

    report_id = models.BigIntegerField(primary_key=True)
    day = models.DateField(db_index=True)  # of receipt, UTC
    door = models.CharField(max_length=12)
    type = models.CharField(max_length=24)
    esp = models.CharField(max_length=200, blank=True)
    user_country = models.CharField(max_length=2, blank=True)
    child_country = models.CharField(max_length=2, blank=True)
    countries = models.JSONField(default=list)  # every country that a place of the reported user names
    disposition = models.CharField(max_length=16)
    priority = models.CharField(max_length=10)
    flags = models.JSONField(default=list)
    recipients = models.JSONField(default=list)  # kinds of agencies that got it, each once
    answers = models.JSONField(default=list)  # [kind of agency, status] of each agency that answered
    reached = models.CharField(max_length=16)
    child_age = models.CharField(max_length=8)
    bundle = models.UUIDField(null=True)  # reports of one viral event share it


class FileFact(models.Model):
    """One received file: its kind, its digest (128 of 256 bits), and the group of pictures that look alike."""

    file_id = models.BigIntegerField(primary_key=True)
    report_id = models.BigIntegerField(db_index=True)
    day = models.DateField(db_index=True)
    kind = models.CharField(max_length=8)
    digest = models.UUIDField()
    look = models.BigIntegerField(null=True)


class Look(models.Model):
    """The first picture of a group that look alike; its PDQ goes when its report is purged, the number stays."""

    id = models.BigAutoField(primary_key=True)
    pdq = models.BinaryField(max_length=32, unique=True)
    report_id = models.BigIntegerField(db_index=True)


class DayCount(models.Model):
    """How many, of what, on one day, along which lines. `split` is the canonical text of the labels."""

    id = models.BigAutoField(primary_key=True)
    day = models.DateField()
    kind = models.CharField(max_length=120)
    split = models.CharField(max_length=400)
    labels = models.JSONField()
    number = models.BigIntegerField()
    amount = models.FloatField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("day", "kind", "split"), name="one_count_of_day"),)
        indexes = (models.Index(fields=("kind", "day"), name="count_of_kind"),)


class CountedDay(models.Model):
    """When a day was counted last, and by which edition of the rules."""

    day = models.DateField(primary_key=True)
    counted_at = models.DateTimeField()
    edition = models.SmallIntegerField()
    reports = models.BigIntegerField()


class Mark(models.Model):
    """Up to which row of a source the days have been counted."""

    source = models.CharField(primary_key=True, max_length=60)
    value = models.BigIntegerField()


class Snapshot(models.Model):
    """A numbered, dated publication. Append-only: a trigger refuses change and deletion."""

    number = models.IntegerField(primary_key=True)
    year = models.SmallIntegerField(db_index=True)
    through = models.DateField()  # the last day that is counted in it
    published_at = models.DateTimeField()
    published_by = models.CharField(max_length=120)
    revises = models.IntegerField(null=True)
    note = models.CharField(max_length=600)
    edition = models.SmallIntegerField()
    content = models.JSONField()
    digest = models.CharField(max_length=64)  # SHA-256 over the content in the form of RFC 8785


class Withheld(models.Model):
    """What a snapshot did not show, so that a later one gives nothing away by its difference. Append-only."""

    id = models.BigAutoField(primary_key=True)
    number = models.IntegerField(db_index=True)
    key = models.CharField(max_length=400)
    value = models.BigIntegerField()
