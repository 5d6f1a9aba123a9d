"""Where the doors are: one port each, in a row from the base port."""

from __future__ import annotations

import socket
from dataclasses import dataclass, fields

from tipline.platform.config import DOORS, Settings


class PortTaken(Exception):
    """A door's port belongs to somebody else; the message is a sentence for the operator."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """The base addresses of the doors, without a slash at the end."""

    public: str
    esp_api: str
    esp_web: str
    desk: str
    portal: str
    survivors: str
    hash_sharing: str
    open_data: str


def port_of(found: Settings, role: str) -> int:
    """This function will return the port of a door."""
    return found.base_port + DOORS.index(role)


def addresses_of(found: Settings) -> Addresses:
    """This function will return the addresses of all doors."""
    return Addresses(**{each.name: f"http://{found.host}:{port_of(found, each.name)}" for each in fields(Addresses)})


def check_free(found: Settings) -> None:
    """This function will make sure that every door's port is free.

    Raises PortTaken, which names the port and the setting to change.
    """
    for role in DOORS:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((found.host, port_of(found, role)))
            except OSError as error:
                raise PortTaken(
                    f"Port {port_of(found, role)} on {found.host} cannot be used ({error.strerror}): "
                    f"set TIPLINE_PORT to the first of {len(DOORS)} free ports in a row."
                ) from error


def is_open(host: str, port: int) -> bool:
    """This function will tell whether somebody answers at a port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((host, port)) == 0
