"""A vote as sent, from hostile bytes to a value. Pure."""

from __future__ import annotations

from uuid import UUID

from lxml import etree

from tipline.domain.cybertip.bytes_in import read_tree
from tipline.domain.cybertip.violations import ViolationError
from tipline.domain.errors import Refusal
from tipline.domain.hashsharing.render import NAMESPACE
from tipline.domain.hashsharing.values import Feedback

MOST_BYTES = 64 * 1024
MOST_REASONS = 20
# NCMEC's page and its clients print one name differently: both are taken.
_ALIASES = {"TMK_SAFER_HASH": "SSVH_SAFER_HASH"}
_SHAPE = "Send feedbackSubmission with either affirmative, or negative with reasonIds."


def read_type(text: str, known: tuple[str, ...]) -> str:
    """This function will read a fingerprint type of an address. Raises Refusal `no_such_type`."""
    kind = _ALIASES.get(text.upper(), text.upper())
    if kind not in known:
        raise Refusal("no_such_type", f"The types are {', '.join(known)}.", field="type")
    return kind


def read_feedback(raw: bytes) -> Feedback:
    """This function will read the body of a vote, with or without the API's namespace and an XML declaration.

    Raises Refusal `bad_xml` for what is no plain XML document, `bad_feedback` for one of another shape.
    """
    try:
        root, _ = read_tree(raw)
    except ViolationError as error:
        raise Refusal("bad_xml", error.sentence) from None
    [said] = _children(root) if _name(root) == "feedbackSubmission" and len(root) == 1 else [None]
    if said is not None and _name(said) == "affirmative":
        return Feedback(affirmative=True)
    if said is not None and _name(said) == "negative":
        return Feedback(affirmative=False, reasons=_reasons(said))
    raise Refusal("bad_feedback", _SHAPE)


def _reasons(negative: etree._Element) -> tuple[str, ...]:
    listed = [guid for ids in _children(negative) if _name(ids) == "reasonIds" for guid in _children(ids)]
    texts = [(guid.text or "").strip() for guid in listed if _name(guid) == "guid"]
    if not 1 <= len(texts) == len(listed) <= MOST_REASONS:
        raise Refusal("bad_feedback", "Give the guid of at least one reason.", field="reasonIds")
    try:
        return tuple(dict.fromkeys(str(UUID(text)) for text in texts))
    except ValueError:
        raise Refusal("bad_feedback", "A reason is named by its guid.", field="reasonIds") from None


def _children(element: etree._Element) -> list[etree._Element]:
    return list(element)


def _name(element: etree._Element) -> str:
    found = etree.QName(element)
    return found.localname if found.namespace in (None, NAMESPACE) else ""
