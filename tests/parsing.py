"""How long the reading of one 3 kB report takes: parse, validate, typed values, rules. Needs no house."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from tests.unit.cybertip_samples import report, suspect

from tipline.domain.cybertip.parse import parse_report
from tipline.figures.figure import Measured, percentile

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
_EVENTS = "".join(
    f"<ipCaptureEvent><ipAddress>198.51.100.{host}</ipAddress><eventName>Login</eventName>"
    f"<dateTime>2026-01-0{host}T10:00:00Z</dateTime><possibleProxy>false</possibleProxy><port>5000{host}</port>"
    "</ipCaptureEvent>"
    for host in range(1, 4)
)
_PERSON = (
    "<personOrUserReportedPerson><firstName>Sam</firstName><lastName>Sample</lastName>"
    '<phone type="Mobile" verified="true" verificationDate="2025-12-01T00:00:00Z" countryCallingCode="+1">5550100'
    "</phone>"
    '<email type="Home" verified="true" verificationDate="2025-12-01T00:00:00Z">sam@example.com</email>'
    '<address type="Home"><address>1 Street</address><city>Tempe</city><zipCode>85281</zipCode><state>AZ</state>'
    "<country>US</country></address><age>40</age><dateOfBirth>1985-01-02</dateOfBirth></personOrUserReportedPerson>"
)
_ACCOUNT = (
    "<espIdentifier>00042</espIdentifier><espService>Chat</espService><screenName>sam42</screenName>"
    "<displayName>Sam</displayName><profileUrl>https://example.com/sam42</profileUrl>"
    f"<profileBio>A pattern of words.</profileBio>{_EVENTS}<deviceId><idType>IMEI</idType><idValue>490154203237518"
    "</idValue><eventName>Login</eventName><dateTime>2026-01-03T10:00:00Z</dateTime></deviceId>"
    '<accountPermanentlyDisabled disabledDate="2026-02-21T00:00:00Z" userNotified="true" '
    'userNotifiedDate="2026-02-21T00:00:00Z">true</accountPermanentlyDisabled>'
    '<estimatedLocation verified="false" timestamp="2026-02-01T00:00:00Z"><city>Tempe</city><region>AZ</region>'
    "<countryCode>US</countryCode></estimatedLocation><allEmailsReported>true</allEmailsReported>"
    "<additionalInfo>What an analyst of the company wrote down about the account, in two lines.</additionalInfo>"
)
REPORT = report(
    "<internetDetails><chatImIncident><chatClient>Chat</chatClient><content>A pattern.</content></chatImIncident>"
    "</internetDetails>",
    extra="<platform>Example Chat</platform><escalateToHighPriority>A meeting is planned.</escalateToHighPriority>"
    "<reportAnnotations><sextortion/></reportAnnotations>",
    tail=suspect(_PERSON + _ACCOUNT) + "<victim><victimPerson><age>13</age></victimPerson>"
    "<screenName>star</screenName><schoolName>A school in the next town</schoolName></victim>"
    "<additionalInfo>" + "What the company adds to its report, in some more words. " * 6 + "</additionalInfo>",
)


def measure(calls: int = 3_000) -> Measured:
    """This function will give the time of one report in milliseconds of this thread's own processor time.

    Nine of ten calls took longer: what else runs on the machine slows most of them, and is no part of it.
    """
    begun = time.perf_counter()
    times = [_one() for _ in range(calls)]
    return Measured(percentile(times, 0.1) * 1000, calls, time.perf_counter() - begun)


def _one() -> float:
    begun = time.thread_time()
    parse_report(REPORT, now=NOW)
    return time.thread_time() - begun
