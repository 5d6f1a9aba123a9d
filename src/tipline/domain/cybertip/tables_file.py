"""What a company tells about one file, and the two answers of the service.

Source: reporting API, sections 4 and 1.
"""

from __future__ import annotations

from tipline.domain.cybertip import codes
from tipline.domain.cybertip.grammar import (
    Attribute,
    Child,
    ElementTable,
    Length,
    Plain,
    Shape,
    either,
    many,
    may,
    need,
    texts,
)
from tipline.domain.cybertip.simple import (
    BOOLEAN,
    CLASSIFICATION,
    DATETIME,
    FLAG,
    INT,
    LONG,
    METADATA_TYPE,
    RELEVANCE,
    STRING,
    TOKEN,
)
from tipline.domain.cybertip.tables_types import DEVICE_ID, IP_CAPTURE_EVENT, URL_LENGTH

FILE_ANNOTATIONS = ElementTable("fileAnnotations", Shape.FLAGS, tuple(may(flag, FLAG) for flag in codes.FILE_FLAGS))

ORIGINAL_FILE_HASH = texts(
    "originalFileHash", STRING, Attribute("hashType", STRING, required=True, checks=(Length(64),))
)

# The documentation puts `type` on the pair, the schema on the block around it: both are taken.
NAME_VALUE_PAIR = ElementTable(
    "nameValuePair",
    children=(need("name", STRING, Length(64)), need("value", STRING)),
    attributes=(Attribute("type", METADATA_TYPE, tolerated=True),),
)

DETAILS = ElementTable(
    "details",
    children=(Child("nameValuePair", NAME_VALUE_PAIR, 1, None),),
    attributes=(Attribute("type", METADATA_TYPE),),
)

FILE_DETAILS = ElementTable(
    "fileDetails",
    children=(
        need("reportId", LONG),
        need("fileId", TOKEN, Plain.NOT_BLANK),
        may("fileName", STRING),
        may("originalFileName", STRING, Length(2056)),
        may("uploadedToEspTimestamp", DATETIME, Plain.PAST),
        may("locationOfFile", STRING, Plain.URL, URL_LENGTH),
        may("fileViewedByEsp", BOOLEAN),
        may("exifViewedByEsp", BOOLEAN),
        may("publiclyAvailable", BOOLEAN),
        may("fileRelevance", RELEVANCE),
        either("meme", "potentialMeme", BOOLEAN),
        either("meme", "fileAnnotations", FILE_ANNOTATIONS),
        may("industryClassification", CLASSIFICATION),
        many("originalFileHash", ORIGINAL_FILE_HASH),
        may("ipCaptureEvent", IP_CAPTURE_EVENT),
        many("deviceId", DEVICE_ID),
        many("details", DETAILS),
        many("additionalInfo", STRING),
    ),
)

REPORT_RESPONSE = ElementTable(
    "reportResponse",
    children=(
        need("responseCode", INT),
        need("responseDescription", STRING),
        may("reportId", LONG),
        may("fileId", TOKEN),
        may("hash", TOKEN),
    ),
)

FILES = ElementTable("files", children=(many("fileId", STRING),))

DONE_RESPONSE = ElementTable(
    "reportDoneResponse",
    children=(need("responseCode", INT), need("reportId", LONG), need("files", FILES)),
)
