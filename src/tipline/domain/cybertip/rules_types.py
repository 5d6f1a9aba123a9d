"""The business rules that belong to one element type, wherever the type stands.

Source: reporting API, section 3.3.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tipline.domain.cybertip import codes
from tipline.domain.cybertip.moments import read_moment
from tipline.domain.cybertip.violations import Fault
from tipline.domain.report import Document

Below = tuple[str, Fault]
"""Where in the element, as the rest of a path, and what is wrong there."""

TypeRule = Callable[[Document], Iterator[Below]]


def _verified(element: Document) -> Iterator[Below]:
    if "@verificationDate" in element and element.get("@verified") is not True:
        yield "", ("There is a verificationDate, but verified is not true.", "Set verified to true.")


def _phone(element: Document) -> Iterator[Below]:
    yield from _verified(element)
    if "@countryCallingCode" in element and str(element.get("#", "")).lstrip().startswith("+"):
        yield (
            "",
            ("The calling code stands in the number and in countryCallingCode.", "Leave it out of the number."),
        )


def _disabled(element: Document) -> Iterator[Below]:
    disabled = read_moment(str(element.get("@disabledDate", "")))
    notified = read_moment(str(element.get("@userNotifiedDate", "")))
    enabled = read_moment(str(element.get("@reenabledDate", "")))
    if disabled and notified and notified < disabled:
        yield "", ("userNotifiedDate lies before disabledDate.", "Send the dates in their order.")
    if disabled and enabled and enabled <= disabled:
        yield "", ("reenabledDate does not lie after disabledDate.", "Send the dates in their order.")


def _estimated_location(element: Document) -> Iterator[Below]:
    country = str(element.get("countryCode", "")).strip()
    region = str(element.get("region", "")).strip()
    if not country:
        yield "", ("The location has no countryCode.", "Add the country, such as US.")
    if country != "US":
        return
    if region and region not in codes.STATES:
        yield "/region", ("The region is no US state code.", "Send two capital letters, such as AZ.")
    if not region and str(element.get("city", "")).strip():
        yield "", ("A US city stands without its state.", "Add the state as region.")


def _associated_account(element: Document) -> Iterator[Below]:
    if "@type" not in element and "@accountType" not in element:
        yield (
            "",
            (
                "cvc-complex-type.4: Attribute 'type' must appear on element 'associatedAccount'.",
                "Add the attribute type.",
            ),
        )
    if "approximateAge" in element and "dateOfBirth" in element:
        yield "", ("approximateAge and dateOfBirth exclude each other.", "Send one of the two.")


TYPE_RULES: dict[str, TypeRule] = {
    "email": _verified,
    "phone": _phone,
    "accountTemporarilyDisabled": _disabled,
    "accountPermanentlyDisabled": _disabled,
    "estimatedLocation": _estimated_location,
    "associatedAccount": _associated_account,
}
"""Name of an element table -> the rule for every element of that type."""
