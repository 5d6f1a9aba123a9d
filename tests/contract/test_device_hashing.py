"""The survivors' page hashes on the device: the same bits as the server, digests as everybody's, in node and Chromium.

Decoders may differ by a shade, so files are compared within a few bits; pixels are compared bit for bit.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Page, Route, sync_playwright
from tests.contract.clients import _node, run

from tipline.media import decode
from tipline.media.cosines import QUARTER_WAVE
from tipline.media.pdq import distance, pdq
from tipline.simulation.pictures import picture

HERE = Path(__file__).parent
MODULES = Path(__file__).parents[2] / "src/tipline/interfaces/survivors/static/survivors"
CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
PICTURES = 400
SHOWN = 60
BITS_OF_A_DECODER = 8  # two JPEG decoders on one file; platforms match within 31
Pixels = NDArray[np.uint8]


def _flat(dice: np.random.Generator, height: int, width: int) -> Pixels:
    return np.full((height, width, 3), dice.integers(0, 256, 3), dtype=np.uint8)


def _noise(dice: np.random.Generator, height: int, width: int) -> Pixels:
    return dice.integers(0, 256, (height, width, 3), dtype=np.uint8)


def _scene(dice: np.random.Generator, height: int, width: int) -> Pixels:
    small = dice.integers(0, 256, (int(dice.integers(2, 24)), int(dice.integers(2, 24)), 3), dtype=np.uint8)
    return np.asarray(Image.fromarray(small).resize((width, height), Image.Resampling.BICUBIC))


def _stripes(dice: np.random.Generator, height: int, width: int) -> Pixels:
    line = np.arange(width) // max(1, int(dice.integers(1, 20))) % 2 * 51
    return np.repeat(np.broadcast_to(line, (height, width))[:, :, None], 3, axis=2).astype(np.uint8)


def _mirrored(dice: np.random.Generator, height: int, width: int) -> Pixels:
    half = _scene(dice, height, (width + 1) // 2)
    return np.ascontiguousarray(np.concatenate([half, half[:, ::-1]], axis=1)[:, :width])


KINDS = (_noise, _scene, _flat, _stripes, _mirrored)


def pictures(count: int, largest: int) -> list[Pixels]:
    dice = np.random.default_rng(20261125)
    made = []
    for number in range(count):
        height, width = (int(side) for side in dice.integers(1 if number % 10 == 0 else 5, largest, 2))
        made.append(KINDS[number % len(KINDS)](dice, height, width))
    made += [_scene(dice, 1, 300), _scene(dice, 2311, 67), _scene(dice, 67, 2311), _noise(dice, 1201, 1607)]
    return made


def server_look(pixels: Pixels) -> dict[str, Any]:
    found = pdq(np.asarray(decode.to_grey(Image.fromarray(pixels))))
    return {"hex": found.hex, "quality": found.quality}


@pytest.fixture(scope="module")
def driven(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What node made of all pictures and byte strings, beside what they were."""
    made, dice = pictures(PICTURES, 180), random.Random(7)
    texts = [dice.randbytes(length) for length in [*range(0, 140), 4095, 4096, 100_001]]
    file, offset = tmp_path_factory.mktemp("device") / "given", 0
    work: dict[str, Any] = {"modules": str(MODULES), "file": str(file), "pictures": [], "spans": []}
    with file.open("wb") as out:
        for pixels in made:
            height, width = pixels.shape[:2]
            out.write(np.dstack([pixels, np.full((height, width), 255, dtype=np.uint8)]).tobytes())
            work["pictures"].append(
                {"offset": offset, "width": width, "height": height, "strip": dice.choice([1, 7, 64, 5000])}
            )
            offset += height * width * 4
        for text in texts:
            out.write(text)
            work["spans"].append({"offset": offset, "length": len(text), "piece": dice.choice([1, 63, 64, 65, 4096])})
            offset += len(text)
    return {
        "made": made,
        "texts": texts,
        **json.loads(run([_node(), str(HERE / "device/drive.mjs")], given=json.dumps(work))),
    }


def test_the_page_s_pdq_is_bit_for_bit_the_server_s(driven: dict[str, Any]) -> None:
    assert len(driven["looks"]) > PICTURES
    wrong = [
        (pixels.shape, look, server_look(pixels))
        for pixels, look in zip(driven["made"], driven["looks"], strict=True)
        if look != server_look(pixels)
    ]
    assert wrong == []


def test_digests_are_those_of_everybody_whatever_the_pieces(driven: dict[str, Any]) -> None:
    for text, (md5, sha256) in zip(driven["texts"], driven["digests"], strict=True):
        assert md5 == hashlib.md5(text, usedforsecurity=False).hexdigest(), len(text)
        assert sha256 == hashlib.sha256(text).hexdigest(), len(text)


def test_the_page_s_cosines_are_the_server_s() -> None:
    listed = re.search(r"QUARTER_WAVE = \[(.*?)\]", (MODULES / "pdq.js").read_text(encoding="utf-8"), re.DOTALL)
    assert listed
    assert tuple(float(one) for one in listed[1].split(",") if one.strip()) == QUARTER_WAVE


def test_the_scripts_know_no_way_to_send_anything() -> None:
    ways = re.compile(r"\b(fetch|XMLHttpRequest|WebSocket|EventSource|sendBeacon|RTCPeerConnection|import)\s*\(")
    scripts = sorted(MODULES.glob("*.js"))
    assert len(scripts) >= 5
    assert not [path.name for path in scripts if ways.search(path.read_text(encoding="utf-8"))]


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    """A real browser's page of one origin that holds nothing but the modules."""
    if not Path(CHROMIUM).exists():
        pytest.skip("no chromium: ./tipline test installs it where it may")

    def serve(route: Route) -> None:
        name = route.request.url.rpartition("/")[2]
        if name.endswith(".js"):
            route.fulfill(path=MODULES / name, content_type="text/javascript")
        else:
            route.fulfill(body="<!doctype html><title>device</title>", content_type="text/html")

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        opened = browser.new_page()
        opened.route("**/*", serve)
        opened.goto("http://127.0.0.1:9/page")
        yield opened
        browser.close()


_HASH = """async (files) => {
  const { hashFile } = await import("/hashing.js");
  const found = [];
  for (const [name, type, text] of files) {
    const bytes = Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
    const canvas = (width, height) => new OffscreenCanvas(width, height);
    found.push(await hashFile(new File([bytes], name, { type }), canvas, () => {}));
  }
  return found;
}"""


def hashed(page: Page, files: list[tuple[str, str, bytes]]) -> list[dict[str, Any]]:
    return list(page.evaluate(_HASH, [[name, kind, base64.b64encode(data).decode()] for name, kind, data in files]))


def encoded(pixels: Pixels, form: str, **options: Any) -> bytes:
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, form, **options)
    return out.getvalue()


def server_hash(data: bytes) -> str:
    return pdq(decode.decode(data).luma).hex


def test_chromium_hashes_files_without_loss_bit_for_bit_as_the_server(page: Page) -> None:
    made = pictures(SHOWN, 120)
    files = [("a.png", "image/png", encoded(pixels, "PNG")) for pixels in made]
    found = hashed(page, files)
    wrong = [
        (pixels.shape, one)
        for pixels, one in zip(made, found, strict=True)
        if {"hex": one["pdq"], "quality": one["quality"]} != server_look(pixels)
    ]
    assert wrong == []
    assert [one["md5"] for one in found] == [hashlib.md5(data, usedforsecurity=False).hexdigest() for *_, data in files]
    assert [one["sha256"] for one in found] == [hashlib.sha256(data).hexdigest() for *_, data in files]


@pytest.mark.parametrize(("form", "kind"), [("JPEG", "image/jpeg"), ("WEBP", "image/webp")])
def test_other_decoders_stay_within_a_few_bits(page: Page, form: str, kind: str) -> None:
    dice = np.random.default_rng(5)
    files = [("a", kind, encoded(_scene(dice, 301 + 7 * n, 411 + 3 * n), form, quality=80)) for n in range(8)]
    files += [("a", kind, encoded(np.asarray(Image.open(io.BytesIO(picture(n))).convert("RGB")), form)) for n in (1, 2)]
    gaps = [distance(one["pdq"], server_hash(data)) for one, (*_, data) in zip(hashed(page, files), files, strict=True)]
    assert max(gaps) <= BITS_OF_A_DECODER, gaps


@pytest.mark.parametrize("turn", range(1, 9))
def test_a_photo_with_a_note_on_turning_is_hashed_as_stored(page: Page, turn: int) -> None:
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = "Example camera", turn
    pixels = _scene(np.random.default_rng(turn), 240, 400)
    data = encoded(pixels, "JPEG", exif=exif, quality=90)
    [found] = hashed(page, [("a.jpg", "image/jpeg", data)])
    assert distance(found["pdq"], server_hash(data)) <= BITS_OF_A_DECODER


def test_a_colour_profile_changes_nothing(page: Page) -> None:
    from PIL import ImageCms

    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    pixels = _scene(np.random.default_rng(3), 200, 320)
    data = encoded(pixels, "PNG", icc_profile=profile)
    [found] = hashed(page, [("a.png", "image/png", data)])
    assert found["pdq"] == server_look(pixels)["hex"]


def test_what_no_browser_can_draw_still_gets_digests_and_what_is_no_picture_is_refused(page: Page) -> None:
    damaged, video = b"\x89PNG\r\n\x1a\n" + b"\x00" * 200, b"\x00\x00\x00\x18ftypmp42" + b"\x01" * 4_300_000
    files = [
        ("a.png", "image/png", damaged),
        ("b.mp4", "video/mp4", video),
        ("c.heic", "", b"\x00\x00\x00\x18ftypheic"),
        ("d.pdf", "application/pdf", b"%PDF"),
        ("e", "", b"words"),
        ("f.png", "image/png", b""),
    ]
    broken, film, photo, *others = hashed(page, files)
    assert (broken["media"], broken["pdq"]) == ("image", "")
    assert broken["sha256"] == hashlib.sha256(damaged).hexdigest()
    assert (film["media"], film["pdq"]) == ("video", "")
    assert film["md5"] == hashlib.md5(video, usedforsecurity=False).hexdigest()
    assert photo["media"] == "image"
    assert others == [None, None, None]
