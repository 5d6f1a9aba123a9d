"""Whom the house knows to write to: companies of the directory, partners with a notices contact, hotlines."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from tipline.programs.notices.rules.recipients import Known
from tipline.reference.directory import queries as directory
from tipline.reference.partners import queries as partners


def gather(country: str) -> tuple[Known, ...]:
    """This function will gather everybody who may be proposed for a page hosted in a country."""
    return (*_partners(), *_companies(), *_hotlines(country))


def _partners() -> Iterator[Known]:
    for partner, contact in partners.list_contacts_for("NOTICES"):
        yield Known(
            source="partner",
            kind="HOTLINE" if partner.kind == "HOTLINE" else "ESP" if partner.esp_id else "SITE",
            name=partner.name,
            email=contact.email,
            slug=partner.slug,
            esp_id=partner.esp_id,
            partner_id=partner.id,
            country=partner.country,
        )


def _companies() -> Iterator[Known]:
    for one in directory.list_esp_contacts():
        yield Known("esp", "ESP", one.esp.name, one.email, slug=one.esp.slug, esp_id=one.esp.id)


def _hotlines(country: str) -> Iterator[Known]:
    for one in directory.list_hotlines_as_known(country) if country else ():
        yield Known(
            "hotline", "HOTLINE", one.name, url=one.url, country=country.upper(), certainty=one.certainty,
            slug=f"hotline-{country.lower()}",
        )  # fmt: skip


def list_names(on: date) -> tuple[tuple[int, str], ...]:
    """This function will list the partners from whom an address may come."""
    return tuple((one.id, one.name) for one in partners.list_partners(on=on) if one.active)
