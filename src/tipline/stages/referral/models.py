"""What each agency was given. Every row carries its agency: row-level security shows an agency its own alone."""

from __future__ import annotations

from django.db import models

from tipline.domain.referral import Part
from tipline.domain.states import ReferralState


class Referral(models.Model):
    """One agency's line about one report: what its inbox shows.

    The report is named by id and number and not by a foreign key: the portal's role cannot reach the record.
    Of an existence-only referral every column that tells of content stays empty.
    """

    id = models.BigAutoField(primary_key=True)
    report_id = models.BigIntegerField(db_index=True)
    report_number = models.BigIntegerField()
    agency = models.CharField(max_length=40)
    agency_name = models.CharField(max_length=200)
    part = models.CharField(max_length=16, choices=[(part.value, part.value) for part in Part])
    state = models.CharField(max_length=16, choices=[(state.value, state.value) for state in ReferralState])
    why = models.CharField(max_length=500)
    certainty = models.CharField(max_length=12)
    early = models.BooleanField(default=False)
    primary_agency = models.CharField(max_length=200, blank=True)
    primary_contact = models.CharField(max_length=500, blank=True)
    headline = models.CharField(max_length=200, blank=True)
    incident = models.CharField(max_length=80, blank=True)
    place = models.CharField(max_length=200, blank=True)
    priority = models.SmallIntegerField(default=4)
    score = models.SmallIntegerField(default=0)
    tags = models.JSONField(default=list)
    received_at = models.DateTimeField()
    preserve_until = models.DateTimeField(null=True)
    made_available_at = models.DateTimeField()
    news_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    version = models.SmallIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("report_id", "agency"), name="one_referral_per_agency"),)
        indexes = (
            # the inbox is read in exactly this order
            models.Index(
                "agency",
                "priority",
                models.F("score").desc(),
                models.F("news_at").desc(),
                name="referral_inbox",
            ),
            models.Index(fields=("agency", "report_number"), name="referral_by_number"),
        )


class Package(models.Model):
    """One version of what an agency can fetch; never changed.

    `document_sealed` is the page's document, sealed; `content_sha256` tells whether anything changed; `manifest` is
    member name -> {sha256, bytes}; `news` says in words what is new.
    """

    id = models.BigAutoField(primary_key=True)
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="packages")
    agency = models.CharField(max_length=40)
    version = models.SmallIntegerField()
    kind = models.CharField(max_length=12)
    document_sealed = models.BinaryField()
    content_sha256 = models.CharField(max_length=64)
    manifest = models.JSONField()
    news = models.JSONField(default=list)
    zip_blob_id = models.BigIntegerField()
    zip_sha256 = models.CharField(max_length=64)
    zip_size = models.BigIntegerField()
    made_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("referral", "version"), name="one_package_version"),)


class Look(models.Model):
    """Up to which version a reader has seen a referral, and when they last looked: what came since is new to them.

    The audit keeps every look; this row keeps the last one alone.
    """

    id = models.BigAutoField(primary_key=True)
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="looks")
    agency = models.CharField(max_length=40)
    reader = models.CharField(max_length=150)
    version = models.SmallIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("referral", "reader"), name="one_look_per_reader"),)
