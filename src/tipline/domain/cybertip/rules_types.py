"""The business rules that belong to one element type, wherever the type stands.

Source: reporting API, section 3.3.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tipline.domain.cybertip import codes
from tipline.domain.cybertip.moments import read_moment
from tipline.domain.cybertip.violations import Violation, broken
from tipline.domain.report import Document

TypeRule = Callable[[Document, str], Iterator[Violation]]


def _verified(element: Document, path: str) -> Iterator[Violation]:
    if "@verificationDate" in element and element.get("@verified") is not True:
        yield broken(path, "There is a verificationDate, but verified is not true.", "Set verified to true.")


def _phone(element: Document, path: str) -> Iterator[Violation]:
    yield from _verified(element, path)
    if "@countryCallingCode" in element and str(element.get("#", "")).lstrip().startswith("+"):
        yield broken(
            path,
            "The calling code stands in the number and in countryCallingCode.",
            "Leave it out of the number.",
        )


def _disabled(element: Document, path: str) -> Iterator[Violation]:
    disabled = read_moment(str(element.get("@disabledDate", "")))
    notified = read_moment(str(element.get("@userNotifiedDate", "")))
    enabled = read_moment(str(element.get("@reenabledDate", "")))
    if disabled and notified and notified < disabled:
        yield broken(path, "userNotifiedDate lies before disabledDate.", "Send the dates in their order.")
    if disabled and enabled and enabled <= disabled:
        yield broken(path, "reenabledDate does not lie after disabledDate.", "Send the dates in their order.")


def _estimated_location(element: Document, path: str) -> Iterator[Violation]:
    country = str(element.get("countryCode", "")).strip()
    region = str(element.get("region", "")).strip()
    if not country:
        yield broken(path, "The location has no countryCode.", "Add the country, such as US.")
    if country != "US":
        return
    if region and region not in codes.STATES:
        yield broken(f"{path}/region", "The region is no US state code.", "Send two capital letters, such as AZ.")
    if not region and str(element.get("city", "")).strip():
        yield broken(path, "A US city stands without its state.", "Add the state as region.")


def _associated_account(element: Document, path: str) -> Iterator[Violation]:
    if "@type" not in element and "@accountType" not in element:
        yield broken(path, "Attribute 'type' must appear on element 'associatedAccount'.", "Add the attribute type.")
    if "approximateAge" in element and "dateOfBirth" in element:
        yield broken(path, "approximateAge and dateOfBirth exclude each other.", "Send one of the two.")


TYPE_RULES: dict[str, TypeRule] = {
    "email": _verified,
    "phone": _phone,
    "accountTemporarilyDisabled": _disabled,
    "accountPermanentlyDisabled": _disabled,
    "estimatedLocation": _estimated_location,
    "associatedAccount": _associated_account,
}
"""Name of an element table -> the rule for every element of that type."""
