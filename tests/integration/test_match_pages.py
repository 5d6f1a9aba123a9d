"""Why a file is known: an edited copy with its explanation, two pictures side by side, and what else is like it."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from PIL import Image, ImageOps
from tests.integration import desk_world
from tests.integration import hashlists_world as lists
from tests.integration.desk_world import log_in, make_person
from tests.integration.kept_files import empty_store

from tipline import pipeline
from tipline.domain.findings import FileKnown, Finding
from tipline.domain.report import FileRef, ReportHead
from tipline.media import sandbox
from tipline.platform import clock
from tipline.platform.accounts.roles import Role
from tipline.platform.config import settings
from tipline.reference.directory import service as directory
from tipline.reference.hashlists import brake, service
from tipline.reference.hashlists.models import Hit
from tipline.reference.hashlists.values import NewEntry, Print
from tipline.reports import adapters, files, proposals
from tipline.reports import queries as reports
from tipline.reports import service as record
from tipline.reports.custody import list_custody
from tipline.simulation import pictures

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.urls("tipline.interfaces.desk.urls"),
    pytest.mark.skipif(not sandbox.sandbox_available(), reason="bubblewrap cannot run on this machine"),
]
AsRole = Callable[..., AbstractContextManager[None]]


@pytest.fixture(autouse=True)
def quick_passwords(settings: Any) -> None:
    """Argon2 is slow on purpose, and not what these tests are about."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def now(db: None, fixed_now: datetime, monkeypatch: pytest.MonkeyPatch) -> Iterator[datetime]:
    monkeypatch.setattr(clock, "now", lambda: fixed_now)
    directory.load_reference(now=fixed_now)
    service.ensure_lists(now=fixed_now)
    yield fixed_now
    empty_store()


def staff(name: str, now: datetime, role: Role = Role.ANALYST) -> Client:
    client = Client()
    log_in(client, make_person(name, role, now), now)
    return client


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def edited(content: bytes) -> bytes:
    """Mirrored, smaller, between two bars, and encoded anew."""
    picture = ImageOps.mirror(Image.open(io.BytesIO(content))).resize((480, 360))
    out = io.BytesIO()
    ImageOps.expand(picture, (0, 70), fill="black").save(out, "JPEG", quality=45)
    return out.getvalue()


@pytest.fixture
def brought(now: datetime, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[ReportHead, FileRef]]:
    def bring(number: int, make: Callable[[bytes], bytes] = bytes) -> tuple[ReportHead, FileRef]:
        content = make(pictures.picture(number))
        with monkeypatch.context() as patched:
            patched.setattr(desk_world.pictures, "picture", lambda _: content)
            head = desk_world.bring(now, number)
        (file,) = reports.list_files(head.id)
        return head, file

    return bring


Brought = Callable[..., tuple[ReportHead, FileRef]]


def listed(head: ReportHead, file: FileRef, now: datetime) -> int:
    key = proposals.propose_file(
        report_id=head.id, file_id=file.file_id, list_slug="industry", by=lists.PROPOSER, now=now
    )
    lists.agree(key, now)
    return key


def known(head: ReportHead) -> FileKnown:
    (found,) = reports.current_findings(head.id, FileKnown.kind)
    assert isinstance(found.body, FileKnown)
    return found.body


def test_an_edited_copy_is_known_and_its_page_says_why(now: datetime, brought: Brought) -> None:
    first, original = brought(61)
    key = listed(first, original, now)
    head, copy = brought(61, edited)
    body = known(head)
    assert (body.entry, body.how, body.form) == (key, "PDQ", "pdq_trim_5")
    assert Hit.objects.get(entry_id=key, file_id=copy.file_id).form == "pdq_trim_5"
    client = staff("ann-8", now)
    url = f"/reports/{head.number}/files/{copy.file_id}/match/{key}/"
    for page in (f"/reports/{head.number}/", f"/reports/{head.number}/files/{copy.file_id}/"):
        shown = text(client.get(page))
        assert f'href="{url}"' in shown
        assert "256 bits apart, mirrored left to right, plain border cut off; judged by three people" in shown
    shown = text(client.get(url))
    for words in (
        "Industry: child sexual abuse material", f"{body.distance} of 256 bits", "analyst-2", "a person decides",
        "Mirrored left to right, plain border cut off", f"/hash-entries/{key}/",
    ):  # fmt: skip
        assert words in shown
    assert "look.jpg" not in shown


def test_both_pictures_are_shown_once_blurred_and_written_down(now: datetime, brought: Brought) -> None:
    first, original = brought(62)
    key = listed(first, original, now)
    head, copy = brought(62, edited)
    client = staff("ann-8", now)
    url = f"/reports/{head.number}/files/{copy.file_id}/match/{key}/"
    assert client.post(url, {}).status_code == 400
    reason = next(iter(client.get(url).context["form"].fields["reason"].choices))[0]
    assert client.post(url, {"reason": reason}).status_code == 302
    page = client.get(url)
    looks = [side.look_url for side in page.context["sides"]]
    assert all(f'src="{look}"' in text(page) for look in looks)
    for look in looks:
        assert client.get(look)["Content-Type"] == "image/jpeg"
        assert client.get(look).status_code == 404  # once
    for of, file in ((head, copy), (first, original)):
        (line,) = [one for one in list_custody(of.id) if one.file_id == file.file_id and one.act == "LOOKED_AT"]
        assert (line.basis, line.detail) == (reason, "blurred, grey")
    assert "look.jpg" not in text(client.get(url))


def test_of_a_survivors_entry_there_is_no_picture_and_no_other_page_opens(now: datetime, brought: Brought) -> None:
    head, file = brought(63)
    key = service.propose(
        new=NewEntry("npo", lists.member("take-it-down"), "image", (Print("MD5", file.md5),), source="survivor"),
        by=lists.BY, now=now,
    )  # fmt: skip
    pipeline.look_again(head.id, now)
    client = staff("ann-8", now)
    url = f"/reports/{head.number}/files/{file.file_id}/match/"
    page = client.get(f"{url}{key}/")
    assert [side.look_url for side in page.context["sides"]][1] == ""
    assert "never left the device" in text(page)
    assert client.get(f"{url}{key + 1}/").status_code == 404
    service.withdraw(entries=(key,), by=lists.BY, now=now)
    pipeline.look_again(head.id, now)
    assert client.get(f"{url}{key}/").status_code == 404


def test_an_entry_that_comes_later_reaches_the_edited_copy_in_an_old_report(now: datetime, brought: Brought) -> None:
    old, _ = brought(64, edited)
    assert not reports.current_findings(old.id, FileKnown.kind)
    first, original = brought(64)
    key = listed(first, original, now)
    pipeline.search_earlier([key])
    pipeline.look_again(old.id, now)
    assert (known(old).entry, known(old).form) == (key, "pdq_trim_5")


def test_a_finding_of_before_forms_were_kept_is_no_news(now: datetime, brought: Brought) -> None:
    first, original = brought(61)
    listed(first, original, now)
    head, _ = brought(61, edited)
    (found,) = reports.current_findings(head.id, FileKnown.kind)
    assert isinstance(found.body, FileKnown)
    old = Finding(found.subject, replace(found.body, form="", judged_on=""), by=found.by, tool=found.tool, at=now)
    record.append_findings(report_id=head.id, findings=(old,), by=lists.BY, now=now)
    pipeline.look_again(head.id, now)
    assert known(head).form == ""


def test_what_is_alike_is_ranked_with_its_evidence(
    now: datetime, brought: Brought, as_role: AsRole, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adapters, "settings", lambda: replace(settings(), role="desk"))
    adapters._copy.cache_clear()
    head, file = brought(66)
    same, _ = brought(66)
    near, other = brought(66, edited)
    brought(67)
    client = staff("ann-8", now)
    with as_role("desk"):
        assert len(files.find_alike(head.id, file.file_id, most=9)) == 2
    page = client.get(f"/reports/{head.number}/files/{file.file_id}/alike/")
    lines = page.context["lines"]
    assert [one["number"] for one in lines] == [same.number, near.number]
    assert lines[0]["why"] == "The same bytes"
    assert all(words in lines[1]["why"] for words in ("256 bits apart", "mirrored", "plain border cut off"))
    back = client.get(f"/reports/{near.number}/files/{other.file_id}/alike/").context["lines"]
    assert {one["number"] for one in back} == {head.number, same.number}
    assert all("this one" in one["why"] and "plain border cut off" in one["why"] for one in back)
    assert "look.jpg" not in text(page)
    adapters._copy.cache_clear()


def test_nobody_but_the_desk_searches_for_what_is_alike(now: datetime, brought: Brought) -> None:
    head, file = brought(68)
    for client in (Client(), staff("cal-8", now, Role.CALL_TAKER)):
        for page in ("alike", "match/1"):
            url = f"/reports/{head.number}/files/{file.file_id}/{page}/"
            assert client.get(url).status_code in (302, 403)
            assert file.file_id not in text(client.get(url))


def test_a_held_entry_is_shown_and_released_by_a_supervisor(
    now: datetime, brought: Brought, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(brake, "settings", lambda: replace(settings(), flood_files=2))
    first, original = brought(69)
    key = listed(first, original, now)
    earlier, _ = brought(69)
    brought(69)
    pipeline.look_again(earlier.id, now)
    assert known(earlier).standing == ""  # it keeps what was found
    later, _ = brought(69)
    assert not reports.current_findings(later.id, FileKnown.kind)
    ann, sue = staff("ann-8", now), staff("sue-8", now, Role.SUPERVISOR)
    assert "2 files in a day" in text(ann.get("/review/"))
    assert "A supervisor releases or withdraws it" in text(ann.get(f"/hash-entries/{key}/"))
    assert ann.post(f"/hash-entries/{key}/", {"do": "release", "reason": "x"}).status_code == 404
    assert sue.post(f"/hash-entries/{key}/", {"do": "release", "reason": "sent about by many"}).status_code == 302
    assert "sent about by many" in text(sue.get(f"/hash-entries/{key}/"))
    pipeline.look_again(later.id, now)
    assert known(later).entry == key


def test_a_supervisor_says_what_never_counts(now: datetime) -> None:
    ann, sue = staff("ann-8", now), staff("sue-8", now, Role.SUPERVISOR)
    given = {"type": "MD5", "value": "12", "reason": "an avatar"}
    assert ann.post("/hash-never/change/", given).status_code == 403
    wrong = sue.post("/hash-never/change/", given)
    assert wrong.status_code == 400
    assert "32 hex digits" in text(wrong)
    assert sue.post("/hash-never/change/", given | {"value": "AB" * 16}).status_code == 302
    page = ann.get("/hash-never/")
    assert "ab" * 16 in text(page)
    assert "sue-8" in text(page)
    (line,) = page.context["lines"]
    assert sue.post("/hash-never/change/", {"ended": line["line"].id}).status_code == 302
    assert sue.post("/hash-never/change/", {"ended": line["line"].id}).status_code == 404
    assert not ann.get("/hash-never/").context["lines"]
