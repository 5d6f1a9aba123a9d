"""The answers of the reporting API: their codes and their exact XML.

Source: reporting API, sections 1 and 2.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import IntEnum
from xml.sax.saxutils import escape

PROLOG = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
CONTENT_TYPE = "application/xml;charset=UTF-8"

# What XML 1.0 cannot carry: most control characters, lone surrogates, two non-characters.
NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class ResponseCode(IntEnum):
    """The response codes of section 2, with their meaning in words."""

    meaning: str

    SUCCESS = 0, "Success"
    SERVER_ERROR = 1000, "Server error"
    SAVE_FAILED = 1100, "Could not save"
    UPLOAD_FAILED = 1110, "Upload failed"
    FILE_UPLOAD_FAILED = 1111, "File upload failed"
    NOT_FOUND = 1210, "Resource not found"
    UPDATE_FAILED = 1300, "Update failed"
    AUTHENTICATION_REQUIRED = 2000, "Authentication required"
    NOT_AUTHORISED = 3000, "Not authorized for this action"
    NOT_AUTHORISED_TO_SUBMIT = 3100, "Not authorized to submit"
    NOT_AUTHORISED_TO_UPDATE = 3300, "Not authorized to update"
    INVALID_REQUEST = 4000, "Invalid request"
    VALIDATION_FAILED = 4100, "Validation failed"
    MALFORMED_XML = 4110, "Malformed XML"
    MALFORMED_FILE = 4200, "Malformed file submission"
    NO_SUCH_REPORT = 5001, "Report does not exist"
    NO_SUCH_FILE = 5002, "File does not exist"
    ALREADY_RETRACTED = 5101, "Report already retracted"
    ALREADY_FINISHED = 5102, "Report already finished"

    def __new__(cls, value: int, meaning: str) -> ResponseCode:
        """This function will make a code that carries its meaning."""
        member = int.__new__(cls, value)
        member._value_ = value
        member.meaning = meaning
        return member


def report_response(
    code: ResponseCode,
    description: str = "",
    *,
    report_id: int | None = None,
    file_id: str | None = None,
    hash: str | None = None,
) -> bytes:
    """This function will write a `reportResponse`.

    An empty description becomes the code's meaning, because a real client fails on an empty element.
    """
    parts = [
        _element("responseCode", str(int(code))),
        _element("responseDescription", description or code.meaning),
    ]
    parts += [] if report_id is None else [_element("reportId", str(report_id))]
    parts += [] if file_id is None else [_element("fileId", file_id)]
    parts += [] if hash is None else [_element("hash", hash)]
    return _document("reportResponse", "".join(parts))


def done_response(code: ResponseCode, report_id: int, file_ids: Sequence[str] = ()) -> bytes:
    """This function will write a `reportDoneResponse`, which never carries a description."""
    listed = "".join(_element("fileId", file_id) for file_id in file_ids)
    files = f"<files>{listed}</files>" if listed else "<files/>"
    head = _element("responseCode", str(int(code))) + _element("reportId", str(report_id))
    return _document("reportDoneResponse", head + files)


def _element(name: str, text: str) -> str:
    return f"<{name}>{escape(NOT_XML.sub(chr(0xFFFD), text))}</{name}>"


def _document(root: str, body: str) -> bytes:
    return f"{PROLOG}<{root}>{body}</{root}>".encode()
