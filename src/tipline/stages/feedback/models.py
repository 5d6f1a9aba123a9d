"""Answers of agencies, contacts found with suspects, and what a company may know. Rows carry whose they are."""

from __future__ import annotations

from django.db import models


class Outcome(models.Model):
    """One answer of an agency about its referral; never changed, a later answer counts instead.

    `note_sealed` holds the officer's own words, for the agency and the clearing house alone.
    """

    id = models.BigAutoField(primary_key=True)
    referral_id = models.BigIntegerField(db_index=True)
    report_id = models.BigIntegerField(db_index=True)
    report_number = models.BigIntegerField()
    agency = models.CharField(max_length=40)
    case_status = models.CharField(max_length=20)
    child_identified = models.BooleanField(null=True)
    further_victims = models.IntegerField(null=True)
    closing_reason = models.CharField(max_length=20, blank=True)
    self_produced = models.CharField(max_length=8, blank=True)
    useful = models.CharField(max_length=3, blank=True)
    not_useful_reason = models.CharField(max_length=10, blank=True)
    note_sealed = models.BinaryField(null=True)
    by = models.CharField(max_length=120)
    at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True)  # the worker has made a finding of it
    settled = models.BooleanField(default=False)  # nothing is to be closed because of it any more

    class Meta:
        indexes = (models.Index(fields=("id",), condition=models.Q(settled=False), name="outcome_unsettled"),)


class ContactList(models.Model):
    """A list of contacts found with a suspect, as an officer handed it in. `taken_at`: the worker has read it."""

    id = models.BigAutoField(primary_key=True)
    referral_id = models.BigIntegerField(db_index=True)
    report_id = models.BigIntegerField(db_index=True)
    report_number = models.BigIntegerField()
    agency = models.CharField(max_length=40)
    rows_total = models.IntegerField()
    rows_read = models.IntegerField()
    by = models.CharField(max_length=120)
    at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True)
    known = models.IntegerField(null=True)


class ContactRow(models.Model):
    """One row of a list: as written, and as compared. A row that could not be read is kept with its problem."""

    id = models.BigAutoField(primary_key=True)
    contact_list = models.ForeignKey(ContactList, on_delete=models.PROTECT, related_name="contacts")
    agency = models.CharField(max_length=40)
    row = models.IntegerField()
    written = models.CharField(max_length=500)
    kind = models.CharField(max_length=16, blank=True)
    value = models.CharField(max_length=500, blank=True)
    problem = models.CharField(max_length=200, blank=True)


class EspNews(models.Model):
    """What a company may know of one agency's answer to one of its reports: no agency, no case, no words."""

    id = models.BigAutoField(primary_key=True)
    outcome_id = models.BigIntegerField(unique=True)
    esp_id = models.BigIntegerField()
    report_number = models.BigIntegerField()
    case_status = models.CharField(max_length=20)
    child_identified = models.BooleanField(null=True)
    useful = models.CharField(max_length=3, blank=True)
    not_useful_reason = models.CharField(max_length=10, blank=True)
    at = models.DateTimeField()

    class Meta:
        indexes = (
            models.Index(fields=("esp_id", "-id"), name="esp_news_newest"),
            models.Index(fields=("esp_id", "report_number"), name="esp_news_of_report"),
        )


class KeepRequest(models.Model):
    """An agency asks the company to keep a report's data longer. It is named: the company must know who asks."""

    id = models.BigAutoField(primary_key=True)
    referral_id = models.BigIntegerField()
    report_id = models.BigIntegerField(db_index=True)
    report_number = models.BigIntegerField(db_index=True)
    agency = models.CharField(max_length=40)
    agency_name = models.CharField(max_length=200)
    until = models.DateField()
    by = models.CharField(max_length=120)
    at = models.DateTimeField()
