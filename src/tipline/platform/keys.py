"""Key files: what they are called, who may hold which, how they come to be.

A key file is made once, atomically, readable by its owner alone, and never overwritten: a lost evidence key
is lost evidence. Each deployable gets a folder of its own that holds only the keys named for it in
KEYS_OF_ROLE, so that a process cannot give away what it never had.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from tipline.platform.config import ROLES

PEM_NAMES = (
    *("vault_private_v1", "vault_public_v1", "audit_signing", "audit_public"),
    *("sandbox_private_v1", "sandbox_public_v1"),
)
HEX_NAMES = ("address", "number", "receipt", "totp", *(f"django_{role}" for role in ROLES))
PASSWORD_NAMES = ("db_superuser", *(f"db_{role}" for role in ROLES))
ALL_NAMES = PEM_NAMES + HEX_NAMES + PASSWORD_NAMES

# Intake processes can seal and never open: only who shows evidence holds vault_private_v1.
KEYS_OF_ROLE: dict[str, tuple[str, ...]] = {
    "public": ("django_public", "vault_public_v1", "address", "number", "receipt"),
    "esp_api": ("django_esp_api", "vault_public_v1", "address", "number", "sandbox_public_v1"),
    "esp_web": ("django_esp_web", "vault_public_v1", "number", "totp", "sandbox_private_v1"),
    "desk": (
        *("django_desk", "vault_public_v1", "vault_private_v1", "address", "number", "receipt", "totp"),
        "audit_public",
    ),
    "portal": ("django_portal", "vault_public_v1", "vault_private_v1", "totp"),
    "survivors": ("django_survivors", "vault_public_v1", "address", "receipt"),
    "hash_sharing": ("django_hash_sharing",),
    "open_data": ("django_open_data",),
    "worker": (
        *("django_worker", "vault_public_v1", "vault_private_v1", "address", "number", "receipt"),
        *("audit_signing", "audit_public"),
    ),
    "owner": ALL_NAMES,
}


class KeyMissing(Exception):
    """A key that this process does not hold; the message names it, never its content."""


def file_of(name: str) -> str:
    """This function will return the file name of a key; `vault_public` means the newest version."""
    name = {"vault_public": "vault_public_v1", "vault_private": "vault_private_v1"}.get(name, name)
    if name in PEM_NAMES:
        return f"{name}.pem"
    if name in PASSWORD_NAMES:
        return f"{name}.password"
    if name in HEX_NAMES:
        return f"{name}.key"
    raise KeyMissing(f"There is no key of the name {name}.")


def load_text(name: str, folder: Path) -> str:
    """This function will return a key file's text.

    Raises KeyMissing where this process was not given the key.
    """
    try:
        return (folder / file_of(name)).read_text(encoding="ascii").strip()
    except OSError as error:
        raise KeyMissing(f"The key {name} is not in this process's key folder ({error.strerror}).") from error


def load_bytes(name: str, folder: Path) -> bytes:
    """This function will return a key: 32 bytes for a secret key, PEM text for a key pair's half.

    Raises KeyMissing where this process was not given the key.
    """
    text = load_text(name, folder)
    return bytes.fromhex(text) if name in HEX_NAMES else text.encode("ascii")


def ensure_keys(folder: Path) -> None:
    """This function will make the key files that are not there yet."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    _ensure_pair(folder, "vault_private_v1", "vault_public_v1", lambda: ec.generate_private_key(ec.SECP256R1()))
    _ensure_pair(folder, "sandbox_private_v1", "sandbox_public_v1", lambda: ec.generate_private_key(ec.SECP256R1()))
    _ensure_pair(folder, "audit_signing", "audit_public", ed25519.Ed25519PrivateKey.generate)
    for name in HEX_NAMES:
        _write_once(folder / file_of(name), secrets.token_hex(32))
    for name in PASSWORD_NAMES:
        _write_once(folder / file_of(name), secrets.token_urlsafe(24))


def hand_out(*, source: Path, to: Path, names: Iterable[str]) -> None:
    """This function will make `to` hold exactly the named keys of `source`."""
    to.mkdir(mode=0o700, parents=True, exist_ok=True)
    to.chmod(0o700)
    wanted = {file_of(name) for name in names}
    for present in to.iterdir():
        present.unlink()
    for file_name in sorted(wanted):
        _write_once(to / file_name, (source / file_name).read_text(encoding="ascii").strip())


_PrivateKey = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey


def _ensure_pair(folder: Path, private: str, public: str, make: Callable[[], _PrivateKey]) -> None:
    # The public half follows from the private one, so a crash between the two files heals itself.
    private_path = folder / file_of(private)
    _write_once(private_path, _private_pem(make)) if not private_path.exists() else None
    held = serialization.load_pem_private_key(private_path.read_bytes(), password=None)
    public_pem = held.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    _write_once(folder / file_of(public), public_pem.decode("ascii"))


def _private_pem(make: Callable[[], _PrivateKey]) -> str:
    return (
        make()
        .private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        .decode("ascii")
    )


def _write_once(path: Path, text: str) -> None:
    # Write aside, then link: link() refuses an existing name, so no key is ever overwritten or seen half-
    # written.
    if path.exists():
        return
    aside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(handle, text.strip().encode("ascii") + b"\n")
        os.fsync(handle)
        with suppress(FileExistsError):
            os.link(aside, path)
    finally:
        os.close(handle)
        aside.unlink()
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
