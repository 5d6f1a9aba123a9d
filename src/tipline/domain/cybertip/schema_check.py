"""The schema's own errors, put into the words that clients of the real service know."""

from __future__ import annotations

import re
from collections.abc import Iterable
from threading import Lock
from typing import cast

from lxml import etree

from tipline.domain.cybertip.bytes_in import hardened_parser
from tipline.domain.cybertip.violations import MOST_REPORTED, Violation, broken
from tipline.domain.cybertip.xsd import compiled

_ONE_AT_A_TIME = Lock()
_SHORT = 4000
_MOST_ATTRIBUTES = 64  # the schema knows fewer than twenty on any element
_EXPECTED = re.compile(r"Expected is (?:one of )?\( (.*?) \)")
_LEAD = re.compile(r"^Element '([^']*)'(?:, attribute '([^']*)')?: ")
_ADVICE = {
    "cvc-enumeration-valid": "Use one of the listed values exactly as written.",
    "cvc-datatype-valid": "Write the value in the form that the schema names.",
    "cvc-complex-type.2": "Send the elements that the schema names, in its order.",
    "cvc-complex-type.3": "Remove the attribute, or move it to the element that has it.",
    "cvc-complex-type.4": "Add the attribute.",
    "cvc-elt.1": "Send `report` or `fileDetails` as the outermost element, without a namespace.",
}


def schema_violations(root: etree._Element, text: str) -> list[Violation]:
    """This function will check a tree against the schema.

    `text` is what the tree was read from. Returns every error with its path, but no path where a long
    document is wrong in more places than are ever told: finding one path takes time in proportion to the
    document, and finding all would take its square.
    """
    crowded = _crowded(root)
    if crowded is not None:
        return [crowded]
    if text.count("<") <= _SHORT:
        return _in_tree(root)
    unplaced = _in_stream(text)
    return _in_tree(root) if 0 < len(unplaced) <= MOST_REPORTED else unplaced


def _crowded(root: etree._Element) -> Violation | None:
    # Each wrong attribute costs an error of its own, all of them under a lock: seconds for a body of some megabytes.
    for element in root.iter(etree.Element):
        if len(element.attrib) > _MOST_ATTRIBUTES:
            message = f"cvc-complex-type.3: Element '{element.tag}' has more than {_MOST_ATTRIBUTES} attributes."
            return broken(root.getroottree().getpath(element), message, _advice("cvc-complex-type.3"))
    return None


def _in_tree(root: etree._Element) -> list[Violation]:
    schema = compiled()
    # The error log belongs to the compiled schema, which the threads of a process share.
    with _ONE_AT_A_TIME:
        if schema.validate(root):
            return []
        return [_violation(entry) for entry in _entries(schema.error_log)]


def _in_stream(text: str) -> list[Violation]:
    parser = hardened_parser(compiled())
    try:
        etree.fromstring(text.encode(), parser)
    except etree.XMLSyntaxError:
        return [_violation(entry) for entry in _entries(parser.error_log)]
    return []


def _entries(log: object) -> Iterable[etree._LogEntry]:
    # The stubs do not know that an error log can be walked.
    return cast(Iterable[etree._LogEntry], log)


def _violation(entry: etree._LogEntry) -> Violation:
    code, message = _reword(entry.type_name or "", entry.message or "")
    return broken(entry.path or "/", f"{code}: {message}", _advice(code))


def _reword(kind: str, message: str) -> tuple[str, str]:
    lead = _LEAD.match(message)
    name = lead.group(1) if lead else ""
    rest = message[lead.end() :] if lead else message
    if kind == "SCHEMAV_ELEMENT_CONTENT":
        return _reword_content(name, rest)
    code = "cvc-" + kind.removeprefix("SCHEMAV_CVC_").lower()
    found = re.fullmatch(r"(cvc-[a-z_]*[a-z])_?([\d_]*)", code)
    if found is not None:
        code = ".".join(part for part in (found.group(1), found.group(2).replace("_", ".")) if part)
    holder = f"Attribute '{lead.group(2)}' of element" if lead and lead.group(2) else "Element"
    return code.replace("_", "-"), f"{holder} '{name}': {rest}"


def _reword_content(name: str, rest: str) -> tuple[str, str]:
    found = _EXPECTED.search(rest)
    expected = "'{" + found.group(1) + "}'" if found else ""
    if rest.startswith("Missing"):
        return "cvc-complex-type.2.4.b", (
            f"The content of element '{name}' is not complete. One of {expected} is expected."
        )
    start = f"Invalid content was found starting with element '{name}'."
    if expected:
        return "cvc-complex-type.2.4.a", f"{start} One of {expected} is expected."
    return "cvc-complex-type.2.4.d", f"{start} No child element is expected at this point."


def _advice(code: str) -> str:
    return next(
        (advice for start, advice in _ADVICE.items() if code.startswith(start)),
        "Compare the element with the schema at /ispws/xsd.",
    )
