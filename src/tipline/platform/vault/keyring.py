"""The master keys this process was given, by version; the newest public key seals."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tipline.platform import keys
from tipline.platform.config import settings
from tipline.platform.vault import sealing
from tipline.platform.vault.errors import KeyUnavailable
from tipline.platform.vault.sealing import Sealer

_PUBLIC = re.compile(r"vault_public_v(\d+)\.pem\Z")
_PRIVATE = re.compile(r"vault_private_v(\d+)\.pem\Z")


@dataclass(frozen=True, slots=True)
class KeyRing:
    """Public keys by version, and those private keys and the address key that this process may hold."""

    publics: Mapping[int, ec.EllipticCurvePublicKey]
    privates: Mapping[int, ec.EllipticCurvePrivateKey] = field(default_factory=dict, repr=False)
    address_key: bytes | None = field(default=None, repr=False)
    _sealer: Sealer = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """The newest public key seals from now on."""
        object.__setattr__(self, "_sealer", Sealer(self.newest, self.publics[self.newest]))

    @property
    def newest(self) -> int:
        """The version that seals from now on."""
        return max(self.publics)

    def seal(self, plaintext: bytes, context: str) -> bytes:
        """This function will seal bytes to the newest public key."""
        return self._sealer.seal(plaintext, context)

    def unseal(self, sealed: bytes, context: str) -> bytes:
        """This function will open a sealed value of any version. Raises KeyUnavailable, Damaged."""
        return sealing.unseal(sealed, context=context, privates=self.privates)

    def need_address_key(self) -> bytes:
        """This function will return the key of object names. Raises KeyUnavailable."""
        if self.address_key is None:
            raise KeyUnavailable("address")
        return self.address_key


def load_ring(folder: Path) -> KeyRing:
    """This function will read the vault's keys from a key folder.

    Raises KeyUnavailable where not even a public key is there.
    """
    publics: dict[int, ec.EllipticCurvePublicKey] = {}
    privates: dict[int, ec.EllipticCurvePrivateKey] = {}
    for path in sorted(folder.iterdir()):
        if found := _PUBLIC.match(path.name):
            publics[int(found[1])] = _curve_public(path.read_bytes())
        elif found := _PRIVATE.match(path.name):
            privates[int(found[1])] = _curve_private(path.read_bytes())
    if not publics:
        raise KeyUnavailable("vault_public")
    return KeyRing(publics, privates, _address_key(folder))


def _address_key(folder: Path) -> bytes | None:
    try:
        return keys.load_bytes("address", folder)
    except keys.KeyMissing:
        return None


def _curve_public(pem: bytes) -> ec.EllipticCurvePublicKey:
    key = serialization.load_pem_public_key(pem)
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise KeyUnavailable("vault_public is not an elliptic curve key")
    return key


def _curve_private(pem: bytes) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_pem_private_key(pem, password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise KeyUnavailable("vault_private is not an elliptic curve key")
    return key


@cache
def keyring() -> KeyRing:
    """This function will return the key ring of this process."""
    return load_ring(settings().keys)
