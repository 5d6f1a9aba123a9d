"""The sources, one line each, and the one way to ask them: reserved ranges are refused first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from phonenumbers import PhoneNumber

from tipline.platform.config import Settings
from tipline.reference.places.addresses import Address, read_address, reserved_range_of
from tipline.reference.places.phones import is_fictional, read_number
from tipline.reference.places.sources import (
    area_code,
    coordinates,
    dbip_city,
    demo,
    phone_prefix,
    post_code,
    provider,
    registry_country,
    routing_country,
)
from tipline.reference.places.values import Answer, NoAnswer, Reason, StatedAddress

ADDRESS_SOURCES: tuple[Callable[[Address, Path], Answer], ...] = (
    dbip_city.look_up,
    registry_country.look_up,
    routing_country.look_up,
    provider.look_up,
)
NUMBER_SOURCES: tuple[Callable[[PhoneNumber], Answer], ...] = (phone_prefix.look_up, area_code.look_up)


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where the downloaded place data lie, and whether this is the demo."""

    root: Path
    demo: bool = False


def shelf_of(settings: Settings) -> Shelf:
    """This function will name the shelf of this installation."""
    return Shelf(settings.places, settings.demo)


def places_of_address(text: str, shelf: Shelf) -> tuple[Answer, ...]:
    """This function will ask every address source; documentation ranges go to the demo's alone."""
    address = read_address(text)
    if address is None:
        return (NoAnswer("address", Reason.MALFORMED),)
    reserved = reserved_range_of(address)
    if reserved is None:
        return tuple(look_up(address, shelf.root) for look_up in ADDRESS_SOURCES)
    if shelf.demo and reserved.name.startswith("documentation"):
        return (demo.look_up(address),)
    return (NoAnswer("reserved ranges", Reason.RESERVED, f"{reserved.name}, {reserved.source}"),)


def places_of_number(text: str, shelf: Shelf, *, country: str = "US") -> tuple[Answer, ...]:
    """This function will ask every telephone source; fictional numbers have places in the demo alone."""
    number = read_number(text, country=country)
    if number is None:
        return (NoAnswer("telephone number", Reason.MALFORMED),)
    if is_fictional(number) and not shelf.demo:
        return (NoAnswer("reserved numbers", Reason.RESERVED, "555-01xx, kept for fiction"),)
    return tuple(look_up(number) for look_up in NUMBER_SOURCES)


def places_of_stated(stated: StatedAddress) -> tuple[Answer, ...]:
    """This function will place an address that somebody wrote down."""
    return (post_code.look_up(stated),)


def places_of_point(lat: float, lon: float) -> tuple[Answer, ...]:
    """This function will place coordinates in degrees."""
    return (coordinates.look_up(lat, lon),)
