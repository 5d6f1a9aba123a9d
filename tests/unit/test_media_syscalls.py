"""The filter of system calls, read step by step as the kernel does, for every machine it is written for."""

from __future__ import annotations

import errno
import struct

import pytest

from tipline.media import syscalls

_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | errno.EPERM


def _verdict(program: bytes, number: int, machine: int, third: int = 0) -> int:
    """What the filter answers to a call."""
    call = struct.pack("<IIQ6Q", number, machine, 0, 0, 0, third, 0, 0, 0)
    steps = list(struct.iter_unpack("<HBBI", program))
    at, held = 0, 0
    while True:
        code, if_so, if_not, value = steps[at]
        at += 1
        if code == 0x06:
            return value
        if code == 0x20:
            (held,) = struct.unpack_from("<I", call, value)
        else:
            at += if_so if (held == value if code == 0x15 else held & value) else if_not


@pytest.mark.parametrize(("name", "machine", "column"), [("x86_64", 0xC000003E, 0), ("aarch64", 0xC00000B7, 1)])
def test_listed_calls_alone_are_allowed_and_no_memory_becomes_executable(name: str, machine: int, column: int) -> None:
    program = syscalls.program(name)
    plain = {numbers[column] for numbers in syscalls._CALLS.values()}
    protecting = {numbers[column] for numbers in syscalls._PROTECTING_CALLS.values()}
    for number in range(600):
        allowed = number in plain | protecting
        assert _verdict(program, number, machine, 3) == (_ALLOW if allowed else _REFUSE), number
        assert _verdict(program, number, machine, 7) == (_ALLOW if number in plain else _REFUSE), number
        assert _verdict(program, number, machine ^ 1) == _REFUSE
        assert _verdict(program, number | 0x40000000, machine) == _REFUSE


def test_a_machine_that_is_not_known_has_no_filter_and_so_no_sandbox() -> None:
    with pytest.raises(OSError, match="no filter"):
        syscalls.program("riscv64")
