"""From raw bytes to an XML tree, refusing everything that an honest sender never needs.

No document type, no entities of the sender's own, no network, no deep nesting, four encodings. The document
is decoded here, not by the parser, so that what the declaration says and what the bytes are can be compared.
"""

from __future__ import annotations

import codecs
import re

from lxml import etree

from tipline.domain.cybertip.violations import Violation, ViolationError, malformed

MAX_XML_BYTES = 2 * 1024 * 1024

_DECLARATION = re.compile(r"<\?xml\s[^>]{0,200}?\?>")
_ENCODING = re.compile(r"""\sencoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_VERSION = re.compile(r"""^<\?xml\s+version\s*=\s*["']1\.0["']""")
_ENCODINGS = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "utf-16": "utf-16",
    "utf-16le": "utf-16",
    "utf-16be": "utf-16",
    "us-ascii": "ascii",
    "ascii": "ascii",
    "iso-8859-1": "iso-8859-1",
    "latin1": "iso-8859-1",
    "latin-1": "iso-8859-1",
}
_WIDE_BOMS = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
_ADVICE = "Send one XML 1.0 document, well-formed, in UTF-8."


def read_tree(raw: bytes) -> tuple[etree._Element, str]:
    """This function will parse the body of a request.

    Returns the root element and the text it was read from.
    Raises ViolationError with code 4110 for everything that is no plain, well-formed XML document.
    """
    text = decode(raw)
    if not text.strip():
        raise _refused("The body is empty.")
    if "<!" in text and _starts_doctype(text):
        raise _refused("A document type declaration is not allowed.", "Remove the DOCTYPE.")
    try:
        root = etree.fromstring(text.encode(), hardened_parser())
    except etree.XMLSyntaxError as error:
        raise ViolationError((_syntax(error),)) from None
    if "<!DOCTYPE" in text and root.getroottree().docinfo.internalDTD is not None:
        raise _refused("A document type declaration is not allowed.", "Remove the DOCTYPE.")
    return root, text


def decode(raw: bytes) -> str:
    """This function will turn a body into text by its byte order mark or its declaration, strictly.

    Raises ViolationError with code 4110 where the two disagree, or where the encoding is none of ours.
    """
    codec, mark = _mark_of(raw)
    declared = _declared(raw[mark : mark + 600].decode(codec, "replace"))
    if codec == "utf-8" and not mark and declared in ("ascii", "iso-8859-1"):
        codec = declared
    elif declared and not codec.startswith(declared):
        raise _refused("The declared encoding is not the encoding of the bytes.")
    try:
        return raw[mark:].decode(codec)
    except UnicodeDecodeError:
        raise _refused("The bytes are not text in the encoding that they claim.") from None


def _mark_of(raw: bytes) -> tuple[str, int]:
    if raw.startswith(_WIDE_BOMS):
        raise _refused("The encoding is not supported.")
    if raw.startswith(codecs.BOM_UTF8):
        return "utf-8", 3
    if raw.startswith(codecs.BOM_UTF16_LE):
        return "utf-16-le", 2
    if raw.startswith(codecs.BOM_UTF16_BE):
        return "utf-16-be", 2
    return {b"<\0": "utf-16-le", b"\0<": "utf-16-be"}.get(raw[:2], "utf-8"), 0


def _declared(text: str) -> str:
    found = _DECLARATION.match(text)
    if found is None:
        if text.startswith("<?xml") and not text.startswith("<?xml-"):
            raise _refused("The XML declaration is not well-formed.")
        return ""
    if not _VERSION.match(found.group()):
        raise _refused("The XML version is not 1.0.")
    name = _ENCODING.search(found.group())
    if name is None:
        return ""
    codec = _ENCODINGS.get(name.group(1).lower())
    if codec is None:
        raise _refused("The encoding is not supported.")
    return codec


def _starts_doctype(text: str) -> bool:
    # A DOCTYPE can only stand before the root, behind white space, comments and processing instructions;
    # further inside the same letters may be somebody's quoted text.
    at = 0
    while True:
        while at < len(text) and text[at] in " \t\r\n":
            at += 1
        close = {"<!--": "-->", "<?": "?>"}
        opener = next((mark for mark in close if text.startswith(mark, at)), None)
        if opener is None:
            return text[at : at + 9].upper() == "<!DOCTYPE"
        end = text.find(close[opener], at + len(opener))
        if end < 0:
            return False
        at = end + len(close[opener])


def hardened_parser(schema: etree.XMLSchema | None = None) -> etree.XMLParser:
    """This function will make a parser that resolves nothing, loads nothing and stops at depth 256."""
    return etree.XMLParser(
        schema=schema,
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )


def _syntax(error: etree.XMLSyntaxError) -> Violation:
    line, column = error.position
    message = (error.msg or "The document is not well-formed.").split(", line ")[0].strip()
    if "Excessive depth" in message:
        message = "The elements are nested too deeply."
    message = message.rstrip(".") + "."
    return malformed(message, _ADVICE, line=max(line, 1), column=max(column, 1))


def _refused(message: str, advice: str = _ADVICE) -> ViolationError:
    return ViolationError((malformed(message, advice),))
