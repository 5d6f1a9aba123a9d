"""What runs inside the sandbox: limits first, then one file from standard input, then one answer, then the
end.

Answer: a line of JSON, and as many raw bytes as it announces. Only numbers, fixed words and short texts
leave.
"""

from __future__ import annotations

import io
import json
import os
import resource
import sys

GIGABYTE = 1024**3
MEMORY_BYTES = GIGABYTE
CPU_SECONDS = 10
PROCESSES = 64
INPUT_CAP = 256 * 1024 * 1024


def limit() -> None:
    """This function will set the limits; there is no way back."""
    for what, most in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NPROC, PROCESSES),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 64),
    ):
        resource.setrlimit(what, (most, most))


def become(uid: int) -> None:
    """This function will give up what is left of rights, for good.

    As root the sandbox is made without a user namespace, so that the process can become a user whose
    processes the kernel really counts; `uid` is that user, 0 where the namespace has done it already.
    """
    if uid:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)


def main(uid: int, job: str) -> None:
    """This function will do one job on standard input: "fingerprint" or "view"."""
    limit()
    _load()
    become(uid)
    try:
        head, body = _run(job, sys.stdin.buffer.read(INPUT_CAP + 1))
    except MemoryError:
        head, body = {"refused": "too much memory"}, b""
    sys.stdout.buffer.write(json.dumps(head | {"bytes": len(body)}).encode() + b"\n" + body)
    sys.stdout.buffer.flush()
    # No destructors of decoders that have seen hostile bytes.
    os._exit(0)


def _load() -> None:
    # Before any byte of the file: the code may be readable for the user that started the box alone.
    from PIL import Image

    from tipline.media import borders, decode, pdq

    dot = io.BytesIO()
    Image.new("RGB", (16, 16)).save(dot, "PNG")
    luma = decode.decode(dot.getvalue()).luma
    pdq.pdq(luma)
    borders.without_borders(luma)
    decode.view(dot.getvalue(), 8)


def _run(job: str, data: bytes) -> tuple[dict[str, object], bytes]:
    from tipline.media import decode

    if len(data) > INPUT_CAP:
        return {"refused": "too big to decode"}, b""
    try:
        return _fingerprint(data) if job == "fingerprint" else _view(data)
    except decode.NotDecodable as refused:
        return {"refused": str(refused)}, b""


def _fingerprint(data: bytes) -> tuple[dict[str, object], bytes]:
    from tipline.media import borders, decode, pdq

    picture = decode.decode(data)
    hashes = pdq.pdq_dihedral(picture.luma)
    inside = borders.without_borders(picture.luma)
    trimmed = pdq.pdq_dihedral(inside) if inside is not None else ()
    head: dict[str, object] = {
        "width": picture.luma.shape[1],
        "height": picture.luma.shape[0],
        "format": picture.format,
        "pdq": [each.hex for each in hashes],
        "quality": hashes[0].quality,
        "trimmed": [each.hex for each in trimmed],
        "trimmed_quality": trimmed[0].quality if trimmed else 0,
        "shape": list(picture.preview.size),
        "facts": picture.facts,
    }
    return head, picture.preview.tobytes()


def _view(data: bytes) -> tuple[dict[str, object], bytes]:
    from tipline.media import decode

    seen = decode.view(data, decode.VIEW_SIDE)
    return {"shape": list(seen.size)}, seen.tobytes()
