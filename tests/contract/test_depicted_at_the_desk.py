"""A company sends a part of a known picture, covered in part: the report's page leads to the match with its outline."""

from __future__ import annotations

import re
from urllib.parse import urljoin

import pytest
from tests.bench.pictures import scene
from tests.esp_client import EspClient, report_xml
from tests.house import People, Wait
from tests.integration.parts import part, whole
from tests.stack import Credential, Stack

from tipline.demo.people import sign_in
from tipline.media import sandbox

pytestmark = pytest.mark.skipif(not sandbox.sandbox_available(), reason="bubblewrap cannot run on this machine")
# Onto a list that no other test of this house counts.
_LIST = """
from tests.integration import hashlists_world as lists
from tipline.platform import clock
from tipline.reports import proposals, queries
now, head = clock.now(), queries.require_head({number})
(file,) = queries.list_files(head.id)
answer = proposals.propose_file(
    report_id=head.id, file_id=file.file_id, list_slug="industry-exploitative", by=lists.PROPOSER, now=now
)
lists.agree(answer, now)
"""


def _send(house: Stack, company: Credential, content: bytes, mark: str) -> int:
    with EspClient(house.port("esp_api"), company.username, company.secret) as client:
        number = client.submit(report_xml(mark)).report
        assert client.upload(number, content, "picture.jpg").ok
        assert client.finish(number).ok
    return number


def test_a_part_of_a_known_picture_leads_from_the_report_to_both_outlines(
    house: Stack, company: Credential, people: People, await_state: Wait
) -> None:
    first = _send(house, company, whole(scene(6)), "first-of-it")
    await_state(first, "SCORED")
    entry = house.ask(_LIST.format(number=first))
    number = _send(house, company, part(scene(6)), "part-of-it")
    await_state(number, "SCORED")
    visitor = sign_in(house.address("desk"), "analyst", people.secrets["analyst"])
    report = visitor.open(f"/reports/{number}/")
    assert re.search(r"A part is like a known picture: .*[0-9]+ details agree in how they look and lie", report.text())
    (url,) = {url for _, url in report.links() if url.endswith(f"/match/{entry}/")}
    page = visitor.open(url)
    assert "Details that agree" in page.text()
    shown = visitor.press(page, "Show them once, blurred", {"reason": "judge_incident"})
    assert len(shown.tree.xpath("//svg[@role='img']/polygon[1]/@points")) == 2
    for picture in shown.tree.xpath("//div[@class='shown']//img/@src"):
        assert visitor.fetch(urljoin(shown.url, picture))[:3] == b"\xff\xd8\xff"
    visitor.close()
