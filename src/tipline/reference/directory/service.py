"""Writes to the directory: loading the packaged facts, and companies with their credentials."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, models, transaction

from tipline.domain.actor import Actor, system
from tipline.domain.errors import Refusal
from tipline.platform import program_secrets
from tipline.platform.audit.service import Act, record
from tipline.reference.directory import facts
from tipline.reference.directory.models import (
    Agency,
    CountryContact,
    County,
    CountyTaskForce,
    Edition,
    Esp,
    EspCredential,
    Hotline,
)
from tipline.reference.directory.queries import Ways
from tipline.reference.places.counties import counties

SHELF = "directory"
ENVIRONMENTS = ("production", "test")


@transaction.atomic
def load_reference(*, now: datetime) -> bool:
    """This function will load the packaged facts and return whether anything was to do.

    Rows that are there are brought up to date; companies that somebody has edited are left alone.
    """
    edition = facts.digest("".join(f"{each}" for each in counties().values()))
    if Edition.objects.filter(name=SHELF, sha256=edition).exists():
        return False
    _load_counties()
    _load_agencies()
    _load_companies(now)
    Edition.objects.update_or_create(name=SHELF, defaults={"sha256": edition, "loaded_at": now})
    details = {"set": SHELF, "digest": edition}
    record(Act(now, system(SHELF), "reference.loaded", "reference", SHELF, details=details))
    return True


def _upsert(model: type[models.Model], rows: list[Any]) -> None:
    names = [field.name for field in model._meta.concrete_fields if not field.primary_key]
    key = model._meta.pk.name if model._meta.pk else "id"
    model._default_manager.bulk_create(
        rows, update_conflicts=True, unique_fields=[key], update_fields=names, batch_size=1000
    )


def _load_counties() -> None:
    _upsert(
        County,
        [
            County(fips=each.fips, name=each.name, state=each.state, city_population=each.city_population)
            for each in counties().values()
        ],
    )


def _load_agencies() -> None:
    forces = facts.task_forces()
    abroad, countries = facts.foreign()
    people = facts.populations([(each.fips, each.state, each.city_population) for each in counties().values()], forces)
    stated = (*forces, *facts.federal(), *facts.channels(), *abroad)
    _upsert(Agency, [_agency(each, people.get(each.id, 0)) for each in stated])
    _upsert(
        CountyTaskForce,
        [
            CountyTaskForce(county_id=fips, agency_id=agency, certainty=certainty)
            for fips, (agency, certainty) in facts.county_task_forces().items()
        ],
    )
    CountyTaskForce.objects.exclude(county_id__in=facts.county_task_forces()).delete()
    _upsert(
        CountryContact,
        [
            CountryContact(country=each.country, name=each.name, agency_id=each.agency, certainty=each.certainty)
            for each in countries
        ],
    )
    Hotline.objects.all().delete()
    Hotline.objects.bulk_create(
        Hotline(country=country, name=name, url=url, certainty=certainty)
        for country, name, url, certainty in facts.hotlines()
    )


def _agency(fact: facts.AgencyFact, people: int) -> Agency:
    return Agency(**{**asdict(fact), "states": list(fact.states)}, city_population=people)


def _load_companies(now: datetime) -> None:
    taken: set[str] = set()
    rows = []
    for name in facts.companies():
        slug = facts.slug_of(name)
        while slug in taken:
            slug += "-2"
        taken.add(slug)
        rows.append(Esp(name=name, slug=slug, created_at=now))
    Esp.objects.bulk_create(rows, ignore_conflicts=True)


@dataclass(frozen=True, slots=True)
class NewEsp:
    """A company that wants to report."""

    name: str
    contact_name: str = ""
    contact_email: str = ""
    contact_phone: str = ""


@dataclass(frozen=True, slots=True)
class Issued:
    """A fresh credential. `secret` is shown this once and kept nowhere."""

    id: int
    username: str
    secret: str
    environment: str


def _audit(by: Actor, verb: str, now: datetime, *, object_id: int, **details: str | int) -> None:
    record(Act(at=now, actor=by, verb=verb, object_kind="esp", object_id=str(object_id), details=details))


@transaction.atomic
def create_esp(*, new: NewEsp, by: Actor, now: datetime) -> int:
    """This function will enter a company and return its id. Raises Refusal where the name is taken."""
    name = new.name.strip()
    if not name:
        raise Refusal("name_missing", "Give the company's name.", field="name")
    try:
        with transaction.atomic():
            row = Esp.objects.create(**{**asdict(new), "name": name}, slug=_free_slug(name), created_at=now)
    except IntegrityError as error:
        raise Refusal("name_taken", "A company of this name is in the directory.", field="name") from error
    _audit(by, "esp.created", now, object_id=row.id)
    return row.id


@transaction.atomic
def set_ways(*, esp_id: int, ways: Ways, by: Actor, now: datetime) -> None:
    """This function will set what a company's programs may do on the wire; the door heeds it within a minute.

    Raises Refusal where the company is unknown.
    """
    if not Esp.objects.filter(pk=esp_id).update(**asdict(ways)):
        raise Refusal("no_esp", "The company is not in the directory.")
    switches = (ways.reporter_email_required, ways.strict_attributes)
    email, strict = ("yes" if switch else "no" for switch in switches)
    details: dict[str, str | int] = {"reporter_email_required": email, "strict_attributes": strict}
    details["calls_a_minute"] = ways.calls_a_minute
    _audit(by, "esp.ways_set", now, object_id=esp_id, **details)


def _free_slug(name: str) -> str:
    slug = facts.slug_of(name)
    return slug if not Esp.objects.filter(slug=slug).exists() else f"{slug}-{Esp.objects.count()}"


@transaction.atomic
def issue_credential(*, esp_id: int, username: str, environment: str, by: Actor, now: datetime) -> Issued:
    """This function will give a company's program a log-in; the secret is returned once.

    Raises Refusal where the company is unknown, the environment is none, or the name is taken.
    """
    if environment not in ENVIRONMENTS:
        raise Refusal("no_environment", "Choose production or test.", field="environment")
    if ":" in username or not username.strip():
        raise Refusal("bad_username", "A user name has letters and no colon.", source="RFC 7617", field="username")
    if not Esp.objects.filter(pk=esp_id, active=True).exists():
        raise Refusal("no_esp", "The company is not in the directory, or not active.")
    secret = program_secrets.make_secret()
    row = EspCredential(esp_id=esp_id, username=username.strip(), environment=environment, created_at=now)
    row.secret_kept = program_secrets.fast_form(secret)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise Refusal("username_taken", "This user name is taken.", field="username") from error
    _audit(by, "esp.credential_issued", now, object_id=esp_id, credential=row.id, environment=environment)
    return Issued(row.id, row.username, secret, environment)


@transaction.atomic
def revoke_credential(*, credential_id: int, by: Actor, now: datetime) -> None:
    """This function will end a credential. Raises Refusal where it is unknown or has ended before."""
    rows = EspCredential.objects.only("id", "esp_id", "revoked_at").select_for_update()
    row = rows.filter(pk=credential_id, revoked_at=None).first()
    if row is None:
        raise Refusal("no_credential", "There is no such live credential.")
    row.revoked_at = now
    row.save(update_fields=["revoked_at"])
    _audit(by, "esp.credential_revoked", now, object_id=row.esp_id, credential=row.id)
