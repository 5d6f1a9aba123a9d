"""Tables of survivors' cases. Row-level security leaves the door nothing but the case it was given the number of."""

from __future__ import annotations

from django.db import models


class Case(models.Model):
    """One request. The number is kept under a keyed hash alone, the PIN as a slow hash: neither can be read back."""

    id = models.CharField(primary_key=True, max_length=32)
    number_hmac_sha256 = models.BinaryField(max_length=32, unique=True)
    pin_argon2id = models.CharField(max_length=200)
    for_whom = models.CharField(max_length=8)
    known_where = models.CharField(max_length=8, blank=True)
    platforms = models.JSONField(default=list)
    wishes_sealed = models.BinaryField(null=True)  # trusted person and how to tell; nobody at the door can open it
    opened_at = models.DateTimeField()
    last_seen_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)


class CaseFile(models.Model):
    """One file of a case: the entry on the list that its hashes became. No hash is kept here."""

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="files")
    entry = models.BigIntegerField(unique=True)  # key of the entry in reference.hashlists
    media = models.CharField(max_length=5)
    has_look = models.BooleanField()  # whether copies that look the same can be found, or exact copies alone
    added_at = models.DateTimeField()


class HandOver(models.Model):
    """A consented hand-over to a support organisation: the one thing of a case that the desk may see."""

    id = models.CharField(primary_key=True, max_length=32)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="hand_overs")
    partner = models.ForeignKey("partners.Partner", on_delete=models.PROTECT, related_name="+")
    for_whom = models.CharField(max_length=8)
    state = models.CharField(max_length=8)
    reach_sealed = models.BinaryField(null=True)
    wants_news = models.BooleanField(default=False)  # may the organisation tell when a picture is found?
    found = models.IntegerField(default=0)  # finds that the worker counted, where news is wanted
    news_at = models.DateTimeField(null=True)
    consented_at = models.DateTimeField()
    follow_up_on = models.DateField(null=True)
    moved_at = models.DateTimeField()
    moved_by = models.CharField(max_length=170, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("case",), condition=models.Q(state__in=("WAITING", "TAKEN")), name="one_open_hand_over"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=("WAITING", "TAKEN", "ENDED", "REVOKED")), name="hand_over_state"
            ),
        )


class Try(models.Model):
    """One try of a PIN or one new case, for the brakes. Keyed digests alone; gone within a day."""

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=8)  # "pin" or "open"
    case_digest = models.BinaryField(max_length=32)
    address_digest = models.BinaryField(max_length=32)
    at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=("kind", "at"), name="try_by_time"),)
