"""The report as a PDF for reading and printing: text and tables only, never a picture of evidence."""

from __future__ import annotations

from collections.abc import Callable

from reportlab.platypus import Flowable

from tipline.domain.number import groups
from tipline.domain.report import Document
from tipline.platform.pdf.page import load_fonts
from tipline.platform.pdf.parts import Face, heading, render
from tipline.stages.referral.export import pdf_parts

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
    ("Everything as received", pdf_parts.received),
)


def render_pdf(document: Document) -> bytes:
    """This function will render an agency's document; the same document gives the same bytes."""
    load_fonts()
    title = f"Report {groups(document['number'])}"
    face = Face(
        title=f"{title}: {document['headline']}",
        subject="Referral of a report of suspected child sexual exploitation",
        running=f"{title}  ·  {document['agency']['name']}  ·  version {document['version']}",
        foot="Law-enforcement sensitive. Digests of every member stand in MANIFEST.json.",
    )
    return render(face, _content(document))


def _content(document: Document) -> list[Flowable]:
    found = pdf_parts.opening(document)
    for title, part in SECTIONS:
        flowables = part(document)
        if flowables:
            found += [heading(title), *flowables]
    return found
