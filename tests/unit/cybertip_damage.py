"""What careless programs do to a document: one thing at a time, drawn by hypothesis."""

from __future__ import annotations

from hypothesis import strategies as st
from lxml import etree

from tipline.domain.cybertip.tables import all_tables

NAMES = sorted({child.name for table in all_tables() for child in table.children} | {"strange", "{urn:x}report"})
KEYS = sorted({one.name for table in all_tables() for one in table.attributes} | {"strange", "{urn:x}type"})
VALUES = [
    *(
        "",
        " ",
        "x",
        "true",
        " 1 ",
        "false",
        "-0",
        "+7",
        "2147483648",
        "-9223372036854775809",
        "1e400",
        ".5",
        "1.",
        "e5",
    ),
    *(
        "2026-02-30",
        "2026-02-28",
        "2026-02-28+14:00",
        "2026-02-28+15:00",
        "2026-01-01T24:00:00Z",
        "2026-01-01T24:00:01Z",
    ),
    *(
        "2026-01-01T10:00:00",
        "2026-01-01T10:00:60Z",
        "2026-01-01T10:00:00.5-13:59",
        "2026-01-01 10:00:00Z",
        "INF",
        "US",
    ),
    *("Login", "login", " Login", "A1", "VIRAL_POTENTIAL_MEME", "Linked", "MD5"),
]


def damage(draw: st.DrawFn, root: etree._Element) -> None:
    """This function will do one thing to a document that a careless program could do."""
    nodes = list(root.iter())
    node, other = draw(st.sampled_from(nodes)), draw(st.sampled_from(nodes))
    act = draw(st.sampled_from(["text", "attribute", "less", "rename", "insert", "remove", "words", "move"]))
    if act == "text":
        node.text = draw(st.sampled_from(VALUES))
    elif act == "attribute":
        node.set(draw(st.sampled_from(KEYS)), draw(st.sampled_from(VALUES)))
    elif act == "less" and node.attrib:
        del node.attrib[draw(st.sampled_from(sorted(node.attrib)))]
    elif act == "rename":
        node.tag = draw(st.sampled_from(NAMES))
    elif act == "insert":
        node.insert(draw(st.integers(0, len(node))), etree.Element(draw(st.sampled_from(NAMES))))
    elif act == "words" and node is not root:
        node.tail = draw(st.sampled_from(VALUES))
    elif act == "remove" and node is not root:
        node.getparent().remove(node)
    elif act == "move" and node is not root and node not in other.iterancestors() and other is not node:
        other.append(node)
