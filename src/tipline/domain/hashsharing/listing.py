"""Entries of a page of the Hash Sharing API, or of a file of such, one at a time: hostile bytes to values. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lxml import etree

from tipline.domain.errors import Refusal
from tipline.domain.hashsharing.render import NAMESPACE

_ENTRIES = {"image": ("image", False), "video": ("video", False), "deletedImage": ("image", True),
            "deletedVideo": ("video", True)}  # fmt: skip
_LARGEST = 8 * 1024 * 1024  # bytes fed before one entry must have ended


@dataclass(frozen=True, slots=True)
class ListedEntry:
    """One entry as it was sent. `prints` are (type, value) as written; what is served by address has none."""

    id: str
    media: str
    is_deleted: bool
    classification: str
    prints: tuple[tuple[str, str], ...]


def read_listing(pieces: Iterable[bytes]) -> Iterator[ListedEntry]:
    """This function will read entries as they come in, and forget each. Raises Refusal `bad_xml`."""
    parser = etree.XMLPullParser(
        events=("end",), resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    since = 0
    try:
        for piece in pieces:
            parser.feed(piece)
            since += len(piece)
            for found in _ended(parser):
                since = 0
                yield found
            if since > _LARGEST:
                raise Refusal("bad_xml", "One entry is larger than any can be.")
        parser.close()
        yield from _ended(parser)
    except etree.XMLSyntaxError as error:
        raise Refusal("bad_xml", f"The file is no whole XML document (line {error.lineno}).") from None


def _ended(parser: etree.XMLPullParser) -> Iterator[ListedEntry]:
    for _, element in parser.read_events():
        if not isinstance(element, etree._Element):
            continue
        name = _name(element)
        # The stubs do not know it.
        if element.getroottree().docinfo.doctype:  # type: ignore[attr-defined]
            raise Refusal("bad_xml", "The file declares a document type: that is not read.")
        if name in _ENTRIES:
            yield _entry(element, *_ENTRIES[name])
            _forget(element)


def _forget(element: etree._Element) -> None:
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def _entry(element: etree._Element, media: str, is_deleted: bool) -> ListedEntry:
    parts = {_name(part): part for part in element}
    member = parts["member"].get("id", "") if "member" in parts else ""
    own = _text(parts.get("id"))
    prints = parts.get("fingerprints")
    return ListedEntry(
        id=f"{member}-{own}" if member and own else own,
        media=media,
        is_deleted=is_deleted,
        classification=_text(parts.get("classification")),
        prints=tuple(
            (_name(one).upper().replace("-", "_"), _text(one))
            for one in (() if prints is None else prints)
            if _text(one)
        ),
    )


def _text(element: etree._Element | None) -> str:
    return (element.text or "").strip() if element is not None else ""


def _name(element: etree._Element) -> str:
    if isinstance(element, etree._Comment | etree._ProcessingInstruction):
        return ""
    found = etree.QName(element)
    return found.localname if found.namespace in (None, NAMESPACE) else ""
