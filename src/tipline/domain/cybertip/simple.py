"""The simple types of the wire format: built-in types of XML Schema and the closed lists.

Source: reporting API, sections 3 and 4, column "Type".
"""

from __future__ import annotations

from tipline.domain.cybertip import codes
from tipline.domain.cybertip.grammar import Form, Simple

STRING = Simple("string", Form.TEXT)
TOKEN = Simple("token", Form.COLLAPSED)
BOOLEAN = Simple("boolean", Form.BOOLEAN)
INT = Simple("int", Form.WHOLE)
LONG = Simple("long", Form.WHOLE)
# Clients print coordinates as floating-point numbers, exponents included.
DECIMAL = Simple("double", Form.COLLAPSED)
DATE = Simple("date", Form.COLLAPSED)
DATETIME = Simple("dateTime", Form.COLLAPSED)


def _list(name: str, *values: str) -> Simple:
    return Simple(name, Form.TEXT, "xs:string", values)


# The documentation calls a flag a boolean fixed to true. libxml2 compares a fixed value by its letters and so
# refuses `1`, which other validators accept; a closed list of the letters that mean true takes all of them.
FLAG = Simple("presenceFlag", Form.FLAG, "xs:token", ("", "true", "1"))

STATE = _list("state", "", *codes.STATES)
COUNTRY = _list("country", "", *codes.COUNTRIES)
INCIDENT_TYPE = _list("incidentType", *codes.INCIDENT_TYPES, *codes.INCIDENT_ALIASES)
BATCH_REASON = _list("batchedReportReason", "VIRAL_POTENTIAL_MEME")
ADDRESS_TYPE = _list("addressType", "Home", "Business", "Billing", "Shipping", "Technical")
EMAIL_TYPE = _list("emailType", "Home", "Work", "Business", "Recovery")
PHONE_TYPE = _list("phoneType", "Mobile", "Home", "Business", "Work", "Fax", "Internet", "Recovery")
EVENT_NAME = _list("ipCaptureType", *codes.EVENT_NAMES)
ACCOUNT_TYPE = _list("associatedAccountType", "Billing", "Linked", "Business", "Creator", "Parent/Guardian", "Other")
RELEVANCE = _list("fileRelevanceType", "Reported", "Supplemental Reported")
CLASSIFICATION = _list("fileClassification", "A1", "A2", "B1", "B2")
METADATA_TYPE = _list("metadataTypes", "EXIF", "HASH")
