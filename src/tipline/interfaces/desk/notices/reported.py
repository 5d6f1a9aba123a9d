"""The web pages that a report names, each with its case or a button to enter one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from tipline.domain.addresses import defang, read_address
from tipline.domain.errors import Refusal
from tipline.domain.report import Document, ReportHead
from tipline.programs.notices import queries
from tipline.programs.notices.values import CaseLine


@dataclass(frozen=True, slots=True)
class WebPage:
    """One reported address: in words, what is wrong with it, or its case where it has one."""

    place: int
    shown: str
    problem: str = ""
    case: CaseLine | None = None


def written(parts: Sequence[Document]) -> tuple[str, ...]:
    """This function will list the addresses that a report names, each once, in their order."""
    return tuple(dict.fromkeys(url.strip() for part in parts for url in _of(part) if url.strip()))


def _of(part: Document) -> Iterator[str]:
    for details in part.get("internetDetails", ()):
        yield from (str(url) for url in details.get("webPageIncident", {}).get("url", ()))


def load(head: ReportHead, parts: Sequence[Document], now: datetime) -> tuple[WebPage, ...]:
    """This function will show the web pages of a report."""
    urls = written(parts)
    if not urls:
        return ()
    cases = {line.shown: line for line in queries.list_of_report(head.number, now=now)}
    return tuple(_page(place, url, cases) for place, url in enumerate(urls))


def _page(place: int, url: str, cases: dict[str, CaseLine]) -> WebPage:
    try:
        shown = defang(read_address(url).url)
    except Refusal as refusal:
        return WebPage(place, defang(url), refusal.sentence)
    return WebPage(place, shown, case=cases.get(shown))
