"""Type, colours and the page itself: embedded faces, running head, "page x of y"."""

from __future__ import annotations

import unicodedata
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import LETTER
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph

_FONTS = Path(__file__).parent / "fonts"
BODY, BOLD, OTHER, MONO = "TiplineText", "TiplineBold", "TiplineOther", "TiplineMono"
_FACES = {BODY: "Inter-Regular", BOLD: "Inter-SemiBold", OTHER: "DejaVuSans", MONO: "DejaVuSansMono"}

INK = HexColor("#17202A")
QUIET = HexColor("#4A5561")
LINE = HexColor("#D8D4CB")
ACCENT = HexColor("#0B5C68")
WARN = HexColor("#7A4E00")

WIDTH, HEIGHT = LETTER
MARGIN = 18 * mm
COLUMN = WIDTH - 2 * MARGIN
TOP, BOTTOM = 24 * mm, 18 * mm


@cache
def load_fonts() -> None:
    """This function will make the four embedded faces known, once."""
    for name, file in _FACES.items():
        pdfmetrics.registerFont(TTFont(name, str(_FONTS / f"{file}.ttf")))
    pdfmetrics.registerFontFamily(BODY, normal=BODY, bold=BOLD, italic=BODY, boldItalic=BOLD)


def _style(name: str, size: float, leading: float, **more: Any) -> ParagraphStyle:
    values = {"fontName": BODY, "textColor": INK, "splitLongWords": 1, **more}
    return ParagraphStyle(name, fontSize=size, leading=leading, **values)


STYLES = {
    "title": _style("title", 19, 25, fontName=BOLD, spaceAfter=2),
    "section": _style(
        "section", 12.5, 17, fontName=BOLD, textColor=ACCENT, spaceBefore=13, spaceAfter=4, keepWithNext=1
    ),
    "sub": _style("sub", 9.5, 13, fontName=BOLD, spaceBefore=5, keepWithNext=1),
    "body": _style("body", 9.5, 14, spaceAfter=3),
    "story": _style("story", 10, 15.5, spaceAfter=5, leftIndent=0),
    "quiet": _style("quiet", 8.5, 12, textColor=QUIET, spaceAfter=2),
    "warn": _style("warn", 8.5, 12, textColor=WARN, spaceAfter=2),
    "cell": _style("cell", 8.2, 11.2),
    "head": _style("head", 7.8, 10.5, textColor=QUIET),
    "mono": _style("mono", 7, 9.6, fontName=MONO),
}


@cache
def _covers(font: str) -> frozenset[int]:
    load_fonts()
    return frozenset(pdfmetrics.getFont(font).face.charToGlyph)


def rich(text: object, font: str = BODY) -> str:
    """This function will write text as paragraph mark-up in which every character has a face that holds it.

    A character that no embedded face has is written as its number, so that nothing silently disappears.
    """
    clean = "".join(char for char in str(text) if char == "\n" or unicodedata.category(char) != "Cc")
    runs = groupby(clean, key=lambda char: _face(char, font))
    return "".join(_run(face, "".join(chars), font) for face, chars in runs).replace("\n", "<br/>")


def _face(char: str, font: str) -> str:
    if char == "\n" or ord(char) in _covers(font):
        return font
    return OTHER if ord(char) in _covers(OTHER) else ""


def _run(face: str, text: str, font: str) -> str:
    if not face:
        return "".join(f"[U+{ord(char):04X}]" for char in text)
    return escape(text) if face == font else f'<font name="{face}">{escape(text)}</font>'


def para(text: object, style: str = "body") -> Paragraph:
    """This function will make a paragraph of plain text; nothing in the text is read as mark-up."""
    chosen = STYLES[style]
    return Paragraph(rich(text, chosen.fontName), chosen)


class NumberedCanvas(Canvas):  # type: ignore[misc]
    """Keeps every page until the end is known, then writes the running head with "page x of y"."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "initialFontName": BODY})  # else Helvetica is named, and not embedded
        self.running = ""
        self.foot = ""
        self._pages: list[dict[str, Any]] = []

    def showPage(self) -> None:
        """This function will keep a finished page. Named by reportlab."""
        self._pages.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        """This function will write all pages with their heads."""
        total = len(self._pages)
        for number, page in enumerate(self._pages, start=1):
            self.__dict__.update(page)
            self._head(number, total)
            super().showPage()
        super().save()

    def _head(self, number: int, total: int) -> None:
        self.setFillColor(QUIET)
        self.setFont(BODY, 8)
        self.drawString(MARGIN, HEIGHT - 13 * mm, self.running)
        self.drawRightString(WIDTH - MARGIN, HEIGHT - 13 * mm, f"Page {number} of {total}")
        self.setStrokeColor(LINE)
        self.setLineWidth(0.5)
        self.line(MARGIN, HEIGHT - 15.5 * mm, WIDTH - MARGIN, HEIGHT - 15.5 * mm)
        self.drawString(MARGIN, 10 * mm, self.foot)
