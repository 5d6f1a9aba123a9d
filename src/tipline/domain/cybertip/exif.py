"""What a camera wrote into a picture, as a company sent it: names and values of the details of a file. Pure.

Source: reporting API, section 4 (details of type EXIF); CIPA DC-008 for the names.
"""

from __future__ import annotations

import re
from typing import Any

from tipline.domain.report import Document


def exif_of(details: Document) -> dict[str, str]:
    """This function will give the values by name, the names in small letters alone and without "exif" before them."""
    listed: Any = details.get("details", ())
    return {
        re.sub(r"[^a-z]", "", str(pair.get("name", "")).casefold()).removeprefix("exif"): str(pair.get("value", ""))
        for one in listed
        for pair in one.get("nameValuePair", ())
    }
