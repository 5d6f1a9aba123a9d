"""Tables of the registry of partners."""

from __future__ import annotations

from django.db import models

from tipline.reference.partners.values import KINDS, SCOPES


class Partner(models.Model):
    """An organisation that we work with. `id` is its member number on hash lists and in the sharing API."""

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=200, unique=True)
    slug = models.SlugField(max_length=120, unique=True)
    kind = models.CharField(max_length=16)
    country = models.CharField(max_length=2, blank=True)  # ISO 3166-1 alpha-2
    esp_id = models.BigIntegerField(null=True, unique=True)  # the same company in the directory
    agency_id = models.CharField(max_length=40, blank=True)  # the same agency in the directory
    active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = (models.CheckConstraint(condition=models.Q(kind__in=KINDS), name="partner_kind"),)


class Contact(models.Model):
    """Whom to write to for what. `purpose` is one of values.PURPOSES."""

    id = models.BigAutoField(primary_key=True)
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="contacts")
    purpose = models.CharField(max_length=16)
    name = models.CharField(max_length=120, blank=True)
    email = models.CharField(max_length=254, blank=True)
    phone = models.CharField(max_length=50, blank=True)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)


class Agreement(models.Model):
    """A signed agreement for one scope. Nothing is shared without one that lives."""

    id = models.BigAutoField(primary_key=True)
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="agreements")
    scope = models.CharField(max_length=16)
    reference = models.CharField(max_length=120)  # number or title of the signed document
    document_sha256 = models.CharField(max_length=64, blank=True)
    signed_on = models.DateField()
    ends_on = models.DateField(null=True)
    requests_per_minute = models.IntegerField(default=300)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.CheckConstraint(condition=models.Q(scope__in=SCOPES), name="agreement_scope"),)


class PartnerKey(models.Model):
    """A public key of a partner, for encryption to it or for checking what it signed."""

    id = models.BigAutoField(primary_key=True)
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="keys")
    kind = models.CharField(max_length=16)
    fingerprint = models.CharField(max_length=128)
    public = models.TextField()
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)


class PartnerCredential(models.Model):
    """A log-in of a partner's programs for one scope in one environment. Only a slow hash of the secret is kept."""

    id = models.BigAutoField(primary_key=True)
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="credentials")
    scope = models.CharField(max_length=16)
    environment = models.CharField(max_length=40)  # slug of a hash list, or "production" and "test" elsewhere
    username = models.CharField(max_length=80)
    secret_argon2id = models.CharField(max_length=200)
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("username", "scope", "environment"), name="one_partner_credential_name"),
        )
