"""Photographs that packages bring: each is named here because its documented subject is no person, and none is seen.

scikit-image's come with the test environment, the others with Debian's packages `mate-backgrounds`,
`plasma-workspace-wallpapers` and `lomiri-wallpapers-16.04`; what is not installed is left out. Those held back are
never on a shelf as known: strangers are parts of their left halves, what only fills a shelf of their right halves.
"""

from __future__ import annotations

import importlib.util
from functools import cache
from pathlib import Path

from PIL import Image

_SIDE = 1024  # more says nothing: features look at 512, and edits cost by the pixel
_GRID = (4, 8)  # parts of one half, across and down

_MATE = "/usr/share/backgrounds/mate/nature/{}.jpg"
_PLASMA = "/usr/share/wallpapers/{}/contents/images/2560x1600.jpg"
_LOMIRI = "/usr/share/backgrounds/{}.jpg"
_KNOWN = {
    _MATE: "Aqua Blinds Dune FreshFlower Garden LadyBird RainDrops Storm TwoWings Wood YellowFlower",
    _PLASMA: "BytheWater ColdRipple ColorfulCups DarkestHour EveningGlow Grey summer_1am",
    _LOMIRI: "Bridge_by_Sander_Klootwijk seeding_by_Clements_Engelhardt sunset_by_Aitzol_Berasategi",
}
_HELD_BACK = {_MATE: "GreenMeadow", _PLASMA: "FallenLeaf OneStandsOut Path", _LOMIRI: "Dragonfly_by_Bolly"}
# A cat, a cup, a Moon, a rocket on its pad, galaxies, a clock, a motorcycle in a garage, a lawn, stones.
_SCIKIT = (
    "chelsea",
    "coffee",
    "moon",
    "rocket",
    "hubble_deep_field",
    "clock_motion",
    "motorcycle_left",
    "grass",
    "gravel",
)


def known(number: int) -> Image.Image:
    """This function will load a photograph that may be on a shelf, at most 1024 pixels."""
    image = _opened(_known_paths()[number])
    image.thumbnail((_SIDE, _SIDE), Image.Resampling.LANCZOS)
    return image


def stranger(number: int) -> Image.Image:
    """This function will cut a stranger: one of the parts of the left halves."""
    return _part(number, 0)


def other(number: int) -> Image.Image:
    """This function will cut a picture that fills a shelf: one of the parts of the right halves."""
    return _part(number, 1)


def half(number: int) -> Image.Image:
    """This function will give a whole left half: strangers are cut from it at other places and sizes."""
    image = _opened_once(_held_back_paths()[number])
    return image.crop((0, 0, image.width // 2, image.height))


def count_halves() -> int:
    """This function will count the photographs that are held back."""
    return len(_held_back_paths())


def count_known() -> int:
    """This function will count the photographs that are installed."""
    return len(_known_paths())


def count_parts() -> int:
    """This function will count the parts of either half."""
    return len(_held_back_paths()) * _GRID[0] * _GRID[1]


@cache
def _known_paths() -> tuple[Path, ...]:
    return (*_of_scikit(), *_installed(_KNOWN))


@cache
def _held_back_paths() -> tuple[Path, ...]:
    return tuple(_installed(_HELD_BACK))


def _installed(listed: dict[str, str]) -> list[Path]:
    named = (Path(pattern.format(name)) for pattern, names in listed.items() for name in names.split())
    return [path for path in named if path.exists()]


def _of_scikit() -> list[Path]:
    spec = importlib.util.find_spec("skimage")
    if spec is None or spec.origin is None:
        return []
    folder = Path(spec.origin).parent / "data"
    return [path for name in _SCIKIT for path in folder.glob(f"{name}.*")]


@cache
def _opened_once(path: Path) -> Image.Image:
    return _opened(path)


def _opened(path: Path) -> Image.Image:
    with Image.open(path) as image:
        return image.convert("RGB")


def _part(number: int, half: int) -> Image.Image:
    across, down = _GRID
    path, at = divmod(number, across * down)
    image = _opened_once(_held_back_paths()[path])
    wide, high = image.width // 2 // across, image.height // down
    left, top = half * (image.width // 2) + at % across * wide, at // across * high
    return image.crop((left, top, left + wide, top + high))
