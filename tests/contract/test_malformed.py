"""Malformed documents, in small size; `./tipline faults malformed --full` is the large one."""

from __future__ import annotations

import pytest
from tests.faults.malformed import MOST_GROWN_MB, judge, send, some
from tests.stack import Credential, Stack

pytestmark = pytest.mark.slow


def test_no_document_whatever_ends_in_a_fault_of_ours(house: Stack, company: Credential) -> None:
    outcome = send(house, company, some(300))
    assert outcome.faults == []
    assert len(outcome.waits) == 300
    assert outcome.grown < MOST_GROWN_MB * 2**20
    # The negative control: a fault, and an answer in no documented form, are told.
    assert (
        judge(500, b"<reportResponse><responseCode>1000</responseCode><responseDescription>x") == "500 with code 1000"
    )
    assert judge(400, b"Invalid HTTP request") == "400 without the documented form"
