"""Tables of the directory. Ids of agencies are readable slugs, the same in every installation."""

from __future__ import annotations

from django.db import models


class Agency(models.Model):
    """A party that can receive reports. `certainty` is that of the row, `low` is never shown as fact."""

    id = models.SlugField(primary_key=True, max_length=40)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=12)  # icac, federal, national, channel
    country = models.CharField(max_length=2, blank=True)  # ISO 3166-1 alpha-2, empty for a channel to many
    states = models.JSONField(default=list)  # two-letter codes
    statewide = models.BooleanField(default=False)  # covers all of each of its states
    rest_of_state = models.BooleanField(default=False)  # covers what no other of the state is named for
    lead = models.CharField(max_length=200, blank=True)
    certainty = models.CharField(max_length=6)  # high, medium, low
    note = models.CharField(max_length=400, blank=True)
    contact_url = models.CharField(max_length=300, blank=True)
    city_population = models.BigIntegerField(default=0)  # orders task forces of one state, no census figure
    active = models.BooleanField(default=True)


class County(models.Model):
    """A US county or its equal, by FIPS code."""

    fips = models.CharField(primary_key=True, max_length=5)
    name = models.CharField(max_length=80)
    state = models.CharField(max_length=2, db_index=True)
    city_population = models.BigIntegerField(default=0)


class CountyTaskForce(models.Model):
    """Which task force a county of a split state belongs to, and how sure that is."""

    county = models.OneToOneField(County, primary_key=True, on_delete=models.PROTECT)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    certainty = models.CharField(max_length=6)


class CountryContact(models.Model):
    """Who receives reports for a country: its own contact where one is known, else a channel, unverified."""

    country = models.CharField(primary_key=True, max_length=2)
    name = models.CharField(max_length=80)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    certainty = models.CharField(max_length=6)


class Hotline(models.Model):
    """A hotline of another country, for people who report from there."""

    id = models.BigAutoField(primary_key=True)
    country = models.CharField(max_length=2, db_index=True)
    name = models.CharField(max_length=120)
    url = models.CharField(max_length=300, blank=True)
    certainty = models.CharField(max_length=6)


class Edition(models.Model):
    """Which edition of the packaged facts is loaded, so that a second start does nothing."""

    name = models.CharField(primary_key=True, max_length=20)
    sha256 = models.CharField(max_length=64)
    loaded_at = models.DateTimeField()


class Esp(models.Model):
    """An electronic service provider: a company that reports."""

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=200, unique=True)
    slug = models.SlugField(max_length=120, unique=True)
    contact_name = models.CharField(max_length=120, blank=True)
    contact_email = models.CharField(max_length=254, blank=True)
    contact_phone = models.CharField(max_length=50, blank=True)
    active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    # What its programs may do on the wire where sources disagree (reporting API, section 7).
    reporter_email_required = models.BooleanField(default=True, db_default=True)
    strict_attributes = models.BooleanField(default=False, db_default=False)
    calls_a_minute = models.IntegerField(default=0, db_default=0)  # 0: what the house's setting says


class EspCredential(models.Model):
    """A log-in of a company's programs. Of the secret only a form is kept that does not lead back to it (ADR 10)."""

    id = models.BigAutoField(primary_key=True)
    esp = models.ForeignKey(Esp, on_delete=models.PROTECT, related_name="credentials")
    username = models.CharField(max_length=80)
    environment = models.CharField(max_length=10)  # production, test
    secret_kept = models.CharField(max_length=200, db_column="secret_argon2id")  # the column keeps its first name
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("username", "environment"), name="one_credential_name"),
            models.CheckConstraint(
                condition=models.Q(environment__in=("production", "test")), name="credential_environment"
            ),
        )


class ViewingStatement(models.Model):
    """What a company states that its "not viewed" means, from a day on. Added to, never changed: the newest counts."""

    id = models.BigAutoField(primary_key=True)
    esp = models.ForeignKey(Esp, on_delete=models.PROTECT, related_name="viewing_statements")
    meaning = models.CharField(max_length=24)  # domain.viewing.Viewed
    since = models.DateField()
    words = models.CharField(max_length=500, blank=True)
    by = models.CharField(max_length=150)
    at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=("esp", "-since", "-id"), name="viewing_statement_of"),)
