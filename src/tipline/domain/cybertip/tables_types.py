"""The element types that several parts of a report share.

Source: reporting API, section 3.3; ageAssertionDiscrepancy from the additions of 2026.
"""

from __future__ import annotations

from tipline.domain.cybertip.grammar import (
    Attribute,
    ElementTable,
    Length,
    Pattern,
    Plain,
    Span,
    many,
    may,
    need,
    texts,
)
from tipline.domain.cybertip.simple import (
    ACCOUNT_TYPE,
    ADDRESS_TYPE,
    BOOLEAN,
    COUNTRY,
    DATE,
    DATETIME,
    EMAIL_TYPE,
    EVENT_NAME,
    INT,
    LONG,
    PHONE_TYPE,
    STATE,
    STRING,
)

URL_LENGTH = Length(2083)
AGE = Span(0, 150)
_VERIFIED = (
    Attribute("verified", BOOLEAN),
    Attribute("verificationDate", DATETIME, checks=(Plain.PAST,)),
)

EMAIL = texts("email", STRING, Attribute("type", EMAIL_TYPE), *_VERIFIED, checks=(Plain.EMAIL, Length(255)))

PHONE = texts(
    "phone",
    STRING,
    Attribute("type", PHONE_TYPE),
    *_VERIFIED,
    Attribute("countryCallingCode", STRING, checks=(Pattern(r"\+[0-9]{1,3}", "a plus sign and 1 to 3 digits"),)),
    Attribute("extension", STRING, checks=(Pattern(r"[0-9]+", "digits alone"), Length(10))),
    checks=(Length(50),),
)

ADDRESS = ElementTable(
    "address",
    children=(
        may("address", STRING, Length(255)),
        may("city", STRING, Length(100)),
        may("zipCode", STRING, Length(20)),
        may("state", STATE),
        may("nonUsaState", STRING, Length(100)),
        may("country", COUNTRY),
    ),
    attributes=(Attribute("type", ADDRESS_TYPE),),
)

_CONTACT = (
    may("firstName", STRING, Length(100)),
    may("lastName", STRING, Length(100)),
    many("phone", PHONE),
    many("email", EMAIL),
    many("address", ADDRESS),
)

CONTACT_PERSON = ElementTable("contactPerson", children=_CONTACT)

PERSON = ElementTable(
    "person",
    children=(
        *_CONTACT,
        may("age", INT, AGE),
        may("ageAssertionDiscrepancy", BOOLEAN),
        may("dateOfBirth", DATE, Plain.PAST),
    ),
)

ESTIMATED_LOCATION = ElementTable(
    "estimatedLocation",
    children=(
        may("city", STRING, Length(255)),
        may("region", STRING, Length(255)),
        may("countryCode", COUNTRY),
    ),
    attributes=(
        Attribute("verified", BOOLEAN),
        Attribute("timestamp", DATETIME, checks=(Plain.PAST,)),
    ),
)

IP_CAPTURE_EVENT = ElementTable(
    "ipCaptureEvent",
    children=(
        need("ipAddress", STRING, Plain.IP),
        may("eventName", EVENT_NAME),
        may("dateTime", DATETIME, Plain.PAST),
        may("possibleProxy", BOOLEAN),
        may("port", INT, Span(1, 65535)),
    ),
)

DEVICE_ID = ElementTable(
    "deviceId",
    children=(
        need("idType", STRING, Plain.NOT_BLANK, Length(255)),
        need("idValue", STRING, Plain.NOT_BLANK, URL_LENGTH),
        may("eventName", EVENT_NAME),
        may("dateTime", DATETIME, Plain.PAST),
    ),
)

_DISABLED = (
    Attribute("disabledDate", DATETIME, checks=(Plain.PAST,)),
    Attribute("userNotified", BOOLEAN),
    Attribute("userNotifiedDate", DATETIME, checks=(Plain.PAST,)),
)

TEMPORARILY_DISABLED = texts("accountTemporarilyDisabled", BOOLEAN, *_DISABLED, Attribute("reenabledDate", DATETIME))
PERMANENTLY_DISABLED = texts("accountPermanentlyDisabled", BOOLEAN, *_DISABLED)

PLATFORM = texts("platform", STRING, Attribute("thirdPartyUser", BOOLEAN), checks=(Length(256),))

# The schema names the attribute `type` and requires it; the documentation names it `accountType`. Both are
# taken here, and a rule asks for one of them.
ASSOCIATED_ACCOUNT = ElementTable(
    "associatedAccount",
    children=(
        may("platform", PLATFORM),
        may("firstName", STRING, Length(256)),
        may("middleName", STRING, Length(256)),
        may("lastName", STRING, Length(256)),
        may("approximateAge", INT, AGE),
        may("ageAssertionDiscrepancy", BOOLEAN),
        may("dateOfBirth", DATE, Plain.PAST),
        many("phone", PHONE),
        many("email", EMAIL),
        may("allEmailsReported", BOOLEAN),
        many("address", ADDRESS),
        may("espService", STRING, Length(256)),
        may("espIdentifier", STRING, Length(256)),
        many("profileUrl", STRING, Plain.URL, URL_LENGTH),
        may("screenName", STRING, Length(256)),
        many("displayName", STRING, Length(255)),
        may("profileBio", STRING),
        may("groupIdentifier", STRING, Length(256)),
        may("compromisedAccount", BOOLEAN),
        may("accountTemporarilyDisabled", TEMPORARILY_DISABLED),
        may("accountPermanentlyDisabled", PERMANENTLY_DISABLED),
        many("ipCaptureEvent", IP_CAPTURE_EVENT),
        many("deviceId", DEVICE_ID),
        many("priorCTReport", LONG),
        may("additionalInfo", STRING),
    ),
    attributes=(
        Attribute("type", ACCOUNT_TYPE),
        Attribute("accountType", ACCOUNT_TYPE, tolerated=True),
        Attribute("thirdPartyUser", BOOLEAN, tolerated=True),
    ),
)
