"""Earlier reports that a report cites: they must exist, in the same environment, whoever sent them."""

from __future__ import annotations

from tipline.domain.cybertip.citing import cited_reports
from tipline.domain.cybertip.parse import refuse
from tipline.domain.cybertip.violations import Violation, broken
from tipline.domain.report import Document
from tipline.reports import queries as reports


def require_cited(raw: bytes, document: Document, environment: str) -> None:
    """This function will refuse a report that cites one which is not there.

    Raises ViolationError with every such number's place. Source: reporting API, section 3, priorCTReports.
    """
    cited = list(cited_reports(document))
    known = reports.known_numbers({number for _, number in cited}, environment)
    wrong = [_unknown(path) for path, number in cited if number not in known]
    if wrong:
        raise refuse(raw, wrong)


def _unknown(path: str) -> Violation:
    return broken(
        path, "There is no report with this number.", "Send the number of a report that we gave you, or none."
    )
