"""The answers of the service, letter by letter as real clients expect them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from tipline.domain.cybertip.responses import ResponseCode, done_response, report_response
from tipline.domain.cybertip.xsd import compiled

PROLOG = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'


def test_success_without_a_report_has_two_elements() -> None:
    assert report_response(ResponseCode.SUCCESS) == (
        PROLOG + b"<reportResponse><responseCode>0</responseCode>"
        b"<responseDescription>Success</responseDescription></reportResponse>"
    )


def test_an_upload_is_answered_with_ids_and_digest_in_order() -> None:
    made = report_response(ResponseCode.SUCCESS, report_id=4564654, file_id="a1f", hash="fafa")
    assert made.endswith(b"<reportId>4564654</reportId><fileId>a1f</fileId><hash>fafa</hash></reportResponse>")


def test_finish_lists_the_files_and_keeps_an_empty_list() -> None:
    assert done_response(ResponseCode.SUCCESS, 7, ["a1", "b2"]) == (
        PROLOG + b"<reportDoneResponse><responseCode>0</responseCode><reportId>7</reportId>"
        b"<files><fileId>a1</fileId><fileId>b2</fileId></files></reportDoneResponse>"
    )
    assert done_response(ResponseCode.ALREADY_FINISHED, 7).endswith(b"<files/></reportDoneResponse>")


def test_codes_are_numbers_with_a_meaning() -> None:
    assert ResponseCode(4100) is ResponseCode.VALIDATION_FAILED
    assert all(code.meaning for code in ResponseCode)
    assert len(ResponseCode) == 19


@given(st.text())
def test_any_description_leaves_a_valid_answer(text: str) -> None:
    root = etree.fromstring(report_response(ResponseCode.VALIDATION_FAILED, text))
    assert compiled().validate(root)


def test_both_answers_are_valid_against_the_served_schema() -> None:
    for made in (done_response(ResponseCode.SUCCESS, 1), done_response(ResponseCode.SUCCESS, 1, ["a"])):
        assert compiled().validate(etree.fromstring(made))
