"""Which system calls a process that decodes may make: those that use memory, time and its two pipes, and no other.

It opens no file and no socket, starts nothing, signals nobody and makes no memory executable; whatever is not listed is
answered "not permitted". Runs inside the sandbox. Numbers: Linux, asm/unistd_64.h and asm-generic/unistd.h.
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct

_SET_DUMPABLE, _SET_SECCOMP, _SET_NO_NEW_PRIVILEGES = 4, 22, 38
_FILTER_MODE = 2
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | errno.EPERM
# Of classic BPF: load a word, jump if equal, jump if any bit is set, return.
_LOAD, _IF_EQUAL, _IF_SET, _RETURN = 0x20, 0x15, 0x45, 0x06
# Where things stand in struct seccomp_data; of the argument the low half, as both machines are little-endian.
_NUMBER_AT, _MACHINE_AT, _THIRD_ARGUMENT_AT = 0, 4, 32
_EXECUTABLE = 4
_MACHINES = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}  # as the kernel audits it, column below
_CALLS = {
    "read": (0, 63), "write": (1, 64), "readv": (19, 65), "writev": (20, 66), "close": (3, 57), "fstat": (5, 80),
    "lseek": (8, 62), "brk": (12, 214), "munmap": (11, 215), "mremap": (25, 216), "madvise": (28, 233),
    "futex": (202, 98), "sched_yield": (24, 124), "sched_getaffinity": (204, 123), "getpid": (39, 172),
    "gettid": (186, 178), "getrusage": (98, 165), "sysinfo": (99, 179), "getrandom": (318, 278),
    "clock_gettime": (228, 113), "clock_getres": (229, 114), "nanosleep": (35, 101), "clock_nanosleep": (230, 115),
    "restart_syscall": (219, 128), "rt_sigaction": (13, 134), "rt_sigprocmask": (14, 135), "rt_sigreturn": (15, 139),
    "exit": (60, 93), "exit_group": (231, 94),
}  # fmt: skip
_PROTECTING_CALLS = {"mmap": (9, 222), "mprotect": (10, 226)}  # allowed where they make nothing executable
_libc = ctypes.CDLL(None, use_errno=True)
_libc.prctl.argtypes = [ctypes.c_int, *[ctypes.c_ulong] * 4]


def program(machine: str) -> bytes:
    """This function will write the filter for a kind of machine. Raises OSError for one that is not known here."""
    if machine not in _MACHINES:
        raise OSError(errno.ENOSYS, "no filter of system calls for this machine")
    audited, column = _MACHINES[machine]
    plain = [each[column] for each in _CALLS.values()]
    protecting = [each[column] for each in _PROTECTING_CALLS.values()]
    refuse = len(plain) + len(protecting)  # the step after all comparisons; "allow" and the look at protection follow
    steps = [(_LOAD, 0, 0, _MACHINE_AT), (_IF_EQUAL, 1, 0, audited), (_RETURN, 0, 0, _REFUSE)]
    steps += [(_LOAD, 0, 0, _NUMBER_AT)]
    steps += [(_IF_EQUAL, refuse - at, 0, number) for at, number in enumerate(plain)]
    steps += [(_IF_EQUAL, refuse - at + 1, 0, number) for at, number in enumerate(protecting, len(plain))]
    steps += [(_RETURN, 0, 0, _REFUSE), (_RETURN, 0, 0, _ALLOW)]
    steps += [(_LOAD, 0, 0, _THIRD_ARGUMENT_AT), (_IF_SET, 0, 1, _EXECUTABLE), (_RETURN, 0, 0, _REFUSE)]
    steps += [(_RETURN, 0, 0, _ALLOW)]
    return b"".join(struct.pack("<HBBI", *step) for step in steps)


class _Program(ctypes.Structure):
    _fields_ = (("steps", ctypes.c_ushort), ("first", ctypes.c_char_p))


def hide() -> None:
    """This function will keep other processes of the same user from tracing this one and reading its memory."""
    _control(_SET_DUMPABLE, 0)


def give_back() -> None:
    """This function will return memory that is free to the system: what is not there need not be copied by a fork."""
    _libc.malloc_trim(0)


def restrict() -> None:
    """This function will allow this process the listed calls alone, for good. Raises OSError where it cannot."""
    written = program(os.uname().machine)
    held = _Program(len(written) // 8, written)
    _control(_SET_NO_NEW_PRIVILEGES, 1)
    _control(_SET_SECCOMP, _FILTER_MODE, ctypes.addressof(held))


def _control(option: int, value: int, more: int = 0) -> None:
    if _libc.prctl(option, value, more, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl")
