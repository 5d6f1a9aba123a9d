"""The report as a PDF for reading and printing: text and tables only, never a picture of evidence."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

from reportlab.lib.pagesizes import LETTER
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate

from tipline.domain.report import Document
from tipline.stages.referral.export import pdf_parts
from tipline.stages.referral.export.pdf_page import (
    BOTTOM,
    COLUMN,
    HEIGHT,
    MARGIN,
    TOP,
    NumberedCanvas,
    load_fonts,
)
from tipline.stages.referral.words import grouped

SECTIONS: tuple[tuple[str, Callable[[Document], list[Flowable]]], ...] = (
    ("Why this weighs what it weighs", pdf_parts.weight),
    ("What was told", pdf_parts.story),
    ("People and accounts", pdf_parts.people),
    ("Where", pdf_parts.places),
    ("IP addresses", pdf_parts.ip_events),
    ("Timeline", pdf_parts.timeline),
    ("Files", pdf_parts.files),
    ("Other reports", pdf_parts.links),
    ("Who reports", pdf_parts.reporter),
    ("Preservation", pdf_parts.preservation),
)


class _Template(BaseDocTemplate):  # type: ignore[misc]
    """Adds the outline: each section heading becomes a bookmark."""

    def afterFlowable(self, flowable: Any) -> None:
        """This function will put a section heading into the outline. Named by reportlab."""
        if getattr(getattr(flowable, "style", None), "name", "") == "section":
            key = f"section-{self.page}-{self.canv.getPageNumber()}-{id(flowable)}"
            self.canv.bookmarkPage(key)
            self.canv.addOutlineEntry(flowable.getPlainText(), key, level=0)


def render_pdf(document: Document) -> bytes:
    """This function will render an agency's document; the same document gives the same bytes."""
    load_fonts()
    made = BytesIO()
    title = f"Report {grouped(document['number'])}"
    template = _Template(
        made,
        pagesize=LETTER,
        title=f"{title}: {document['headline']}",
        author="Tipline",
        subject="Referral of a report of suspected child sexual exploitation",
        lang="en-US",
        displayDocTitle=True,
        invariant=1,
    )
    frame = Frame(MARGIN, BOTTOM, COLUMN, HEIGHT - TOP - BOTTOM, leftPadding=0, rightPadding=0, topPadding=0)
    running = f"{title}  ·  {document['agency']['name']}  ·  version {document['version']}"
    template.addPageTemplates([PageTemplate(frames=[frame], onPage=_running(running))])
    template.build(_content(document), canvasmaker=NumberedCanvas)
    return made.getvalue()


def _running(text: str) -> Callable[[NumberedCanvas, Any], None]:
    def begin(canvas: NumberedCanvas, _: Any) -> None:
        canvas.running = text

    return begin


def _content(document: Document) -> list[Flowable]:
    found = pdf_parts.opening(document)
    for heading, part in SECTIONS:
        flowables = part(document)
        if flowables:
            found += [pdf_parts.heading(heading), *flowables]
    return found
