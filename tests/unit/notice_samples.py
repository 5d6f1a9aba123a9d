"""Made-up subjects of notices, one by one and by the hundred."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

from tipline.domain.addresses import read_address
from tipline.programs.notices.rules import xarf

HOUSE = xarf.House("Tipline Example", "notices@clearing.example")
NOW = datetime(2026, 1, 13, 15, 4, 5, tzinfo=UTC)
SUBJECT = xarf.Subject(
    url="https://photos.example/p/1001",
    reference=1234567890,
    classification="A2",
    detection_method="manual_review",
    media_type="image",
    verified_at=NOW,
    hosting_provider="Example Hosting",
    country="NL",
    asn=64500,
)
_HOSTS = (
    *("photos.example", "cdn-1.photos.example", "bücher.example", "例え.example", "a.b.c.example"),
    *("198.51.100.7", "[2001:db8::7]", "photos.example:8443", "xn--p1ai.xn--p1ai"),
)
_TAILS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Zs", "Zl", "Zp", "Cf")), max_size=30)


def report() -> dict[str, Any]:
    """This function will give a good notice."""
    return xarf.write(SUBJECT, HOUSE, report_id="5f8d7f9e-3c1a-4e0b-9a66-0d6b1b0e7c11", now=NOW)


@st.composite
def subjects(draw: st.DrawFn) -> xarf.Subject:
    """This function will draw a subject whose address our own rule lets in."""
    tail = draw(_TAILS).replace("\\", "").replace("#", "").replace("@", "")
    url = read_address(f"{draw(st.sampled_from(['http', 'https']))}://{draw(st.sampled_from(_HOSTS))}/{tail}").url
    return xarf.Subject(
        url=url,
        reference=draw(st.integers(10**9, 10**10 - 1)),
        classification=draw(st.sampled_from(xarf.CLASSIFICATIONS)),
        detection_method=draw(st.sampled_from(xarf.DETECTION_METHODS)),
        media_type=draw(st.sampled_from(("", *xarf.MEDIA_TYPES))),
        verified_at=draw(st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))),
        hosting_provider=draw(st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=50)),
        registrar=draw(st.sampled_from(("", "Example Registrar"))),
        asn=draw(st.none() | st.integers(1, 4294967295)),
        country=draw(st.sampled_from(("", "NL", "US"))),
    )
