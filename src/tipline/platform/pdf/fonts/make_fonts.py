"""Builds the two text faces of the PDF from the npm package @fontsource/inter 5.3.0 (OFL 1.1).

Run once, by hand, where fonttools and brotli are installed: python make_fonts.py <folder of the package's files>.
Figures are made tabular, so that columns of numbers stand under each other. The two DejaVu faces come unchanged from
Debian's fonts-dejavu-core.
"""

# mypy: ignore-errors
from __future__ import annotations

import sys
from pathlib import Path

from fontTools.merge import Merger
from fontTools.ttLib import TTFont

SUBSETS = ("latin", "latin-ext", "vietnamese", "greek", "greek-ext", "cyrillic", "cyrillic-ext")
WEIGHTS = {400: "Regular", 600: "SemiBold"}
DROPPED = ("GSUB", "GPOS", "GDEF", "STAT", "DSIG")


def tabular_figures(font: TTFont) -> dict[str, str]:
    """This function will read which glyph replaces which when figures are to be tabular."""
    table, swaps = font["GSUB"].table, {}
    wanted = [record.Feature for record in table.FeatureList.FeatureRecord if record.FeatureTag == "tnum"]
    for index in {index for feature in wanted for index in feature.LookupListIndex}:
        for subtable in table.LookupList.Lookup[index].SubTable:
            swaps.update(getattr(getattr(subtable, "ExtSubTable", subtable), "mapping", {}))
    return swaps


def prepare(source: Path, subset: str, weight: int) -> str:
    """This function will unpack one subset, set its figures, and drop what reportlab does not read."""
    font = TTFont(source / f"inter-{subset}-{weight}-normal.woff2")
    font.flavor = None
    if subset == "latin":
        swaps = tabular_figures(font)
        for table in font["cmap"].tables:
            table.cmap.update({code: swaps.get(name, name) for code, name in table.cmap.items() if chr(code).isdigit()})
    for tag in DROPPED:
        if tag in font:
            del font[tag]
    path = f"part-{subset}-{weight}.ttf"
    font.save(path)
    return path


for size, name in WEIGHTS.items():
    Merger().merge([prepare(Path(sys.argv[1]), subset, size) for subset in SUBSETS]).save(f"Inter-{name}.ttf")
