"""Reads of the directory: frozen values, never rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from tipline.reference.directory.facts import weakest
from tipline.reference.directory.models import (
    Agency,
    CountryContact,
    County,
    CountyTaskForce,
    Esp,
    EspCredential,
    Hotline,
)

FEDERAL_GENERAL = "fbi"


@dataclass(frozen=True, slots=True)
class AgencyInfo:
    """An agency as the rest of the house sees it. `verified` is False for rows never shown as fact."""

    id: str
    name: str
    kind: str
    country: str
    states: tuple[str, ...]
    lead: str
    certainty: str
    note: str
    contact_url: str

    @property
    def verified(self) -> bool:
        """Whether the row may be shown as fact."""
        return self.certainty != "low"


@dataclass(frozen=True, slots=True)
class Assignment:
    """An agency for a place, how sure that is, and the ground for it in words."""

    agency: AgencyInfo
    certainty: str
    basis: str


@dataclass(frozen=True, slots=True)
class EspInfo:
    """A company that reports."""

    id: int
    name: str
    slug: str
    active: bool


@dataclass(frozen=True, slots=True)
class Ways:
    """What a company's programs may do on the wire: two switches where the protocol's sources disagree, and a quota.

    calls_a_minute: in each process of the door; 0 is what the house's setting says. Source: reporting API, section 7.
    """

    reporter_email_required: bool = True
    strict_attributes: bool = False
    calls_a_minute: int = 0


@dataclass(frozen=True, slots=True)
class CheckedCredential:
    """A credential without its secret; whoever hands it on has compared that."""

    id: int
    username: str
    environment: str
    esp: EspInfo
    ways: Ways = field(default_factory=Ways)


_WAYS = ("reporter_email_required", "strict_attributes", "calls_a_minute")


def _info(row: Agency) -> AgencyInfo:
    return AgencyInfo(
        row.id,
        row.name,
        row.kind,
        row.country,
        tuple(row.states),
        row.lead,
        row.certainty,
        row.note,
        row.contact_url,
    )


def find_agency(agency_id: str) -> AgencyInfo | None:
    """This function will find an agency by its id."""
    row = Agency.objects.filter(pk=agency_id).first()
    return _info(row) if row else None


def list_agencies(*, kind: str = "") -> tuple[AgencyInfo, ...]:
    """This function will list the active agencies of a kind, or of all, by name."""
    rows = Agency.objects.filter(active=True).order_by("name")
    return tuple(_info(row) for row in (rows.filter(kind=kind) if kind else rows))


def task_forces_of_state(state: str) -> tuple[AgencyInfo, ...]:
    """This function will list the task forces of a state, the one that covers the most people first."""
    rows = Agency.objects.filter(active=True, kind="icac", states__contains=[state])
    return tuple(_info(row) for row in rows.order_by("-city_population", "id"))


def task_force_of_county(fips: str) -> Assignment | None:
    """This function will find the task force of a county by FIPS code; None where there is none."""
    row = CountyTaskForce.objects.select_related("agency", "county").filter(pk=fips).first()
    if row is not None:
        basis = f"county table, {row.county.name}, {row.county.state}"
        return Assignment(_info(row.agency), weakest(row.certainty, row.agency.certainty), basis)
    county = County.objects.filter(pk=fips).first()
    return _by_state(county) if county else None


def _by_state(county: County) -> Assignment | None:
    rows = Agency.objects.filter(active=True, kind="icac", states__contains=[county.state])
    for row in rows.order_by("id"):
        if row.statewide:
            return Assignment(_info(row), row.certainty, f"covers all of {county.state}")
        if row.rest_of_state:
            return Assignment(_info(row), "low", f"{county.name} is not in the list of the other task force")
    return None


def country_recipients(country: str) -> tuple[Assignment, ...]:
    """This function will find who receives for a country (ISO 3166-1 alpha-2); nobody for the US."""
    row = CountryContact.objects.select_related("agency").filter(pk=country.upper()).first()
    if row is None:
        return ()
    words = "national contact" if row.agency.kind == "national" else "no contact known, Interpol bureau"
    return (Assignment(_info(row.agency), row.certainty, f"{words} of {row.name}"),)


def federal_recipients() -> tuple[AgencyInfo, ...]:
    """This function will list the federal recipients, the general one first."""
    rows = list_agencies(kind="federal")
    return tuple(sorted(rows, key=lambda each: (each.id != FEDERAL_GENERAL, each.name)))


def find_county_name(fips: str) -> str:
    """This function will name a county with its state, or give an empty text."""
    row = County.objects.filter(pk=fips).first()
    return f"{row.name}, {row.state}" if row else ""


def list_hotlines(country: str) -> tuple[tuple[str, str], ...]:
    """This function will list (name, address) of a country's hotlines that are not of low certainty."""
    rows = Hotline.objects.filter(country=country.upper()).exclude(certainty="low").order_by("name")
    return tuple(rows.values_list("name", "url"))


@dataclass(frozen=True, slots=True)
class HotlineInfo:
    """A hotline of a country; a low certainty is shown beside it and never hidden."""

    id: int
    name: str
    url: str
    certainty: str


def list_hotlines_as_known(country: str) -> tuple[HotlineInfo, ...]:
    """This function will list all hotlines of a country with how sure each is, for staff alone."""
    rows = Hotline.objects.filter(country=country.upper()).order_by("name")
    return tuple(HotlineInfo(row.id, row.name, row.url, row.certainty) for row in rows)


@dataclass(frozen=True, slots=True)
class EspContact:
    """Whom a company named to be written to."""

    esp: EspInfo
    name: str
    email: str


def list_esp_contacts() -> tuple[EspContact, ...]:
    """This function will list the active companies with their contacts, by name; for the desk and the worker."""
    return tuple(_contact(row) for row in Esp.objects.filter(active=True).order_by("name"))


def find_esp_contact(esp_id: int) -> EspContact | None:
    """This function will find one company with its contact; for the desk and the worker."""
    row = Esp.objects.filter(pk=esp_id).first()
    return _contact(row) if row else None


def _contact(row: Esp) -> EspContact:
    return EspContact(EspInfo(row.id, row.name, row.slug, row.active), row.contact_name, row.contact_email)


def find_esp(esp_id: int) -> EspInfo | None:
    """This function will find a company by its id."""
    return _esp(Esp.objects.only("id", "name", "slug", "active").filter(pk=esp_id).first())


def find_esp_by_name(name: str) -> EspInfo | None:
    """This function will find a company by its exact name."""
    return _esp(Esp.objects.only("id", "name", "slug", "active").filter(name=name).first())


def _esp(row: Esp | None) -> EspInfo | None:
    return EspInfo(row.id, row.name, row.slug, row.active) if row else None


def find_ways(esp_id: int) -> Ways:
    """This function will give what a company's programs may do on the wire. Raises Esp.DoesNotExist."""
    return Ways(*Esp.objects.values_list(*_WAYS).get(pk=esp_id))


def search_esps(name: str, *, offset: int = 0, size: int = 50) -> tuple[tuple[EspInfo, Ways], ...]:
    """This function will list the companies whose name holds some letters, with their ways, by name; for the desk."""
    rows = Esp.objects.filter(name__icontains=name).order_by("name") if name else Esp.objects.order_by("name")
    return tuple(
        (EspInfo(row.id, row.name, row.slug, row.active), Ways(*(getattr(row, one) for one in _WAYS)))
        for row in rows[offset : offset + size]
    )


def count_esps(name: str = "") -> int:
    """This function will count the companies whose name holds some letters."""
    return Esp.objects.filter(name__icontains=name).count() if name else Esp.objects.count()


def list_esps() -> tuple[EspInfo, ...]:
    """This function will list the companies by name."""
    rows = Esp.objects.only("id", "name", "slug", "active").order_by("name")
    return tuple(EspInfo(row.id, row.name, row.slug, row.active) for row in rows)


@dataclass(frozen=True, slots=True)
class CredentialLine:
    """A credential as a list shows it: never its secret."""

    id: int
    username: str
    environment: str
    created_at: datetime
    revoked_at: datetime | None


def list_credentials(esp_id: int) -> tuple[CredentialLine, ...]:
    """This function will list a company's credentials, newest first."""
    columns = ("id", "username", "environment", "created_at", "revoked_at")
    rows = EspCredential.objects.filter(esp_id=esp_id).order_by("-id").values_list(*columns)
    return tuple(CredentialLine(*row) for row in rows)


@dataclass(frozen=True, slots=True)
class KeptCredential:
    """A live credential, and the form in which its secret is kept."""

    form: str
    credential: CheckedCredential


def list_kept_credentials() -> tuple[KeptCredential, ...]:
    """This function will list the credentials that are neither revoked nor of an inactive company."""
    rows = EspCredential.objects.filter(revoked_at=None, esp__active=True).values_list(
        "secret_kept",
        "id",
        "username",
        "environment",
        "esp_id",
        "esp__name",
        "esp__slug",
        *(f"esp__{name}" for name in _WAYS),
    )
    return tuple(
        KeptCredential(
            form, CheckedCredential(ident, username, environment, EspInfo(esp_id, name, slug, True), Ways(*ways))
        )
        for form, ident, username, environment, esp_id, name, slug, *ways in rows
    )
