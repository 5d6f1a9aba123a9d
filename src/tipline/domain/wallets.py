"""Addresses of digital money: whether one is written right, by its own checksum. Pure.

Sources: Bitcoin (Base58Check; BIP 173 and BIP 350 for bech32), Ethereum (EIP-55), Monero (Base58 in blocks).
"""

from __future__ import annotations

import hashlib
import re

_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATORS = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_BECH32_ENDS = frozenset({1, 0x2BC830A3})
_BITCOIN_VERSIONS = frozenset({0x00, 0x05})
_MONERO_SIZES = {0: 0, 2: 1, 3: 2, 5: 3, 6: 4, 7: 5, 9: 6, 10: 7, 11: 8}
WALLET = re.compile(
    r"(?<![A-Za-z0-9])(?:0x[0-9a-fA-F]{40}|bc1[02-9ac-hj-np-z]{11,71}|BC1[02-9AC-HJ-NP-Z]{11,71}"
    r"|[13][1-9A-HJ-NP-Za-km-z]{25,34}|[48][1-9A-HJ-NP-Za-km-z]{94})(?![A-Za-z0-9])"
)


def wallet_of(text: str) -> str:
    """This function will give a wallet's address in its one writing; an empty text where its checksum is wrong."""
    if text.startswith("0x"):
        return text.lower() if _is_ethereum(text[2:]) else ""
    if text[:3].lower() == "bc1":
        return text.lower() if _is_bech32(text.lower()) else ""
    if text[0] in "13":
        return text if _is_base58check(text) else ""
    return text if _is_monero(text) else ""


def _number58(text: str) -> int:
    number = 0
    for char in text:
        number = number * 58 + _BASE58.index(char)
    return number


def _is_base58check(text: str) -> bool:
    number = _number58(text)
    if number.bit_length() > 25 * 8:
        return False
    body = number.to_bytes(25, "big")
    checksum = hashlib.sha256(hashlib.sha256(body[:21]).digest()).digest()[:4]
    return body[21:] == checksum and body[0] in _BITCOIN_VERSIONS


def _is_bech32(text: str) -> bool:
    prefix, _, data = text.rpartition("1")
    values = [_BECH32.index(char) for char in data]
    check = 1
    for value in (*(ord(c) >> 5 for c in prefix), 0, *(ord(c) & 31 for c in prefix), *values):
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for at, generator in enumerate(_GENERATORS):
            check ^= generator if top >> at & 1 else 0
    return check in _BECH32_ENDS


def _is_ethereum(digits: str) -> bool:
    """Of one case throughout it carries no checksum; mixed case is one."""
    if digits in (digits.lower(), digits.upper()):
        return len(set(digits)) > 3
    marks = keccak256(digits.lower().encode()).hex()
    return all(
        char.isdigit() or (char.isupper() == (int(mark, 16) >= 8)) for char, mark in zip(digits, marks, strict=False)
    )


def _is_monero(text: str) -> bool:
    body = b""
    for start in range(0, len(text), 11):
        block = text[start : start + 11]
        number = _number58(block)
        size = _MONERO_SIZES.get(len(block), 0)
        if number.bit_length() > size * 8:
            return False
        body += number.to_bytes(size, "big")
    return keccak256(body[:-4])[:4] == body[-4:]


_ROUNDS = 24
_LANE = (1 << 64) - 1
_RATE = 136


def _turned(value: int, by: int) -> int:
    return ((value << by) | (value >> (64 - by))) & _LANE if by else value


def keccak256(data: bytes) -> bytes:
    """This function will give the Keccak-256 digest as it was before SHA-3 took another padding."""
    padded = data + b"\x01" + b"\x00" * ((-len(data) - 1) % _RATE)
    padded = padded[:-1] + bytes([padded[-1] | 0x80])
    lanes = [[0] * 5 for _ in range(5)]
    for start in range(0, len(padded), _RATE):
        for at in range(_RATE // 8):
            word = padded[start + 8 * at : start + 8 * at + 8]
            lanes[at % 5][at // 5] ^= int.from_bytes(word, "little")
        lanes = _permuted(lanes)
    return b"".join(lanes[at % 5][at // 5].to_bytes(8, "little") for at in range(4))


def _permuted(lanes: list[list[int]]) -> list[list[int]]:
    """Keccak-f[1600]. Source: FIPS 202, section 3; the round constants come of its own shift register."""
    register = 1
    for _ in range(_ROUNDS):
        columns = [lane[0] ^ lane[1] ^ lane[2] ^ lane[3] ^ lane[4] for lane in lanes]
        mixed = [columns[(x - 1) % 5] ^ _turned(columns[(x + 1) % 5], 1) for x in range(5)]
        lanes = [[lanes[x][y] ^ mixed[x] for y in range(5)] for x in range(5)]
        x, y, current = 1, 0, lanes[1][0]
        for step in range(24):
            x, y = y, (2 * x + 3 * y) % 5
            current, lanes[x][y] = lanes[x][y], _turned(current, (step + 1) * (step + 2) // 2 % 64)
        for row in range(5):
            line = [lanes[at][row] for at in range(5)]
            for at in range(5):
                lanes[at][row] = line[at] ^ (~line[(at + 1) % 5] & _LANE & line[(at + 2) % 5])
        for bit in range(7):
            register = ((register << 1) ^ ((register >> 7) * 0x71)) % 256
            if register & 2:
                lanes[0][0] ^= 1 << ((1 << bit) - 1)
    return lanes
