"""Pieces that every PDF of the house is put together from, and the document that holds them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from reportlab.lib.pagesizes import LETTER
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate, Paragraph, Table, TableStyle

from tipline.platform.pdf.page import BODY, BOTTOM, COLUMN, HEIGHT, LINE, MARGIN, TOP, NumberedCanvas, load_fonts, para

_GRID = TableStyle(
    [
        ("FONTNAME", (0, 0), (-1, -1), BODY),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LINEBELOW", (0, 0), (-1, -1), 0.4, LINE),
        ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ("RIGHTPADDING", (0, 0), (-1, -1), 6),
        ("TOPPADDING", (0, 0), (-1, -1), 3),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 4),
    ]
)


def heading(text: str) -> Paragraph:
    """This function will make a section heading."""
    return para(text, "section")


def table(head: Sequence[str], rows: Sequence[Sequence[Flowable | list[Flowable]]], shares: Sequence[float]) -> Table:
    """This function will make a table over the whole column; `shares` are the relative widths."""
    widths = [COLUMN * share / sum(shares) for share in shares]
    top = [[para(one, "head") for one in head]] if head else []
    return Table([*top, *rows], colWidths=widths, repeatRows=len(top), style=_GRID)


def facts(lines: Sequence[tuple[str, object]]) -> Table:
    """This function will make a table of label and value; empty values are left out."""
    rows = [[para(label, "head"), para(text, "cell")] for label, text in lines if str(text)]
    return table((), rows, (28, 72))


def lines_of(texts: Sequence[str], style: str = "cell") -> list[Flowable]:
    """This function will make a paragraph of each text, or a dash where there is none."""
    return [para(text, style) for text in texts] or [para("—", style)]


class _Template(BaseDocTemplate):  # type: ignore[misc]
    """Adds the outline: each section heading becomes a bookmark."""

    def afterFlowable(self, flowable: Any) -> None:
        """This function will put a section heading into the outline. Named by reportlab."""
        if getattr(getattr(flowable, "style", None), "name", "") == "section":
            key = f"section-{self.page}-{self.canv.getPageNumber()}-{id(flowable)}"
            self.canv.bookmarkPage(key)
            self.canv.addOutlineEntry(flowable.getPlainText(), key, level=0)


@dataclass(frozen=True, slots=True)
class Face:
    """What a document is called, and what stands at the head and the foot of its pages."""

    title: str
    subject: str
    running: str
    foot: str


def render(face: Face, content: list[Flowable]) -> bytes:
    """This function will render a document; the same content gives the same bytes."""
    load_fonts()
    made = BytesIO()
    template = _Template(
        made,
        pagesize=LETTER,
        title=face.title,
        author="Tipline",
        subject=face.subject,
        lang="en-US",
        displayDocTitle=True,
        invariant=1,
    )
    frame = Frame(MARGIN, BOTTOM, COLUMN, HEIGHT - TOP - BOTTOM, leftPadding=0, rightPadding=0, topPadding=0)
    template.addPageTemplates([PageTemplate(frames=[frame], onPage=_running(face))])
    template.build(content, canvasmaker=NumberedCanvas)
    return made.getvalue()


def _running(face: Face) -> Callable[[NumberedCanvas, Any], None]:
    def begin(canvas: NumberedCanvas, _: Any) -> None:
        canvas.running, canvas.foot = face.running, face.foot

    return begin
