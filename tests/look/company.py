"""The company's door: the console of its administrator, the web form, and notices by the link in their mail."""

from __future__ import annotations

import re
import secrets
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default

from playwright.sync_api import Page
from tests.esp_client import EspClient, report_xml
from tests.look.people import Visit, press

from tipline.demo.accounts import PASSWORD
from tipline.simulation.pictures import picture

_INCIDENT = "report/incidentSummary"


def console(visit: Visit) -> None:
    """This function will walk through a company's pages as its administrator, and make what each page makes."""
    page = visit.sign_in("company")
    visit.walk(page, "company")
    page.goto("/?product=nothing+like+this")
    visit.look(page, "reports, nothing found")
    page.goto("/reports/1/")
    visit.look(page, "a report of nobody", route="404")
    _state(visit, page)
    _credentials(visit, page)
    _sandbox(visit, page)
    _status(visit)
    _tell(visit, page)
    _remind(visit, page)
    _write(visit, page)
    _ask_in(visit, page)


def _state(visit: Visit, page: Page) -> None:
    for day, name in ((timedelta(days=9), "profile with a fault"), (timedelta(days=-9), "profile, stated")):
        page.goto("/profile/")
        if not page.locator("[name=since]").is_visible():
            page.locator("details summary").first.click()
        page.get_by_role("radio").first.check()
        page.fill("[name=since]", f"{datetime.now(UTC) + day:%Y-%m-%d}")
        page.fill("[name=words]", "Every match is compared with a list that two of us judged.")
        press(page, "State this")
        visit.look(page, name)


def _credentials(visit: Visit, page: Page) -> None:
    page.goto("/credentials/")
    press(page, "Make the next for test")
    visit.look(page, "credentials, a new one")
    name, secret = page.locator("dl.facts .digest").all_inner_texts()[:2]
    _try(visit, name, secret)
    page.goto("/credentials/")
    page.get_by_role("row").filter(has_text="Test").get_by_role("button").first.click()
    page.wait_for_load_state()
    visit.look(page, "credentials, one ended")


def _try(visit: Visit, name: str, secret: str) -> None:
    """What the sandbox then shows: a report that is refused, one that is open, one that is finished."""
    with EspClient(visit.house.port("esp_api"), name, secret, mount="/test/ispws") as program:
        program.submit(report_xml("one").replace(b"<screenName>", b"<nickname>a</nickname><screenName>"))
        for content in (b"", picture(8803)):
            number = program.submit(report_xml("two")).report
            program.upload(number, content, "pattern.jpg")
        program.finish(number)
        program.finish(number)


def _sandbox(visit: Visit, page: Page) -> None:
    page.goto("/sandbox/")
    visit.look(page, "sandbox")
    for call, found in (("submit", "refused"), ("submit", "good"), ("upload", "good"), ("finish", "refused")):
        page.goto(f"/sandbox/?call={call}&outcome={found}")
        page.locator("a[href*='/sandbox/calls/']").first.click()
        page.wait_for_load_state()
        visit.look(page, f"sandbox, {call} {found}")
    for place, name in ((0, "finished"), (-1, "open")):
        page.goto("/sandbox/?call=submit&outcome=good")
        links = page.locator("a[href*='/sandbox/reports/']")
        links.nth(0 if place == 0 else links.count() - 1).click()
        page.wait_for_load_state()
        visit.look(page, f"sandbox, story of a report, {name}")
    page.goto("/sandbox/?q=rubbish")
    visit.look(page, "sandbox, nothing found")


def _status(visit: Visit) -> None:
    page = visit.window(phone=True)
    for path, name in (
        ("/status/", "status of the reporting API"),
        ("/status/changes/", "changes of the reporting API"),
    ):
        page.goto(path)
        visit.look(page, name)


def _tell(visit: Visit, page: Page) -> None:
    for environment, url, name in (
        ("production", "https://10.0.0.1/", "webhooks with a fault"),
        ("production", "https://hooks.example-chat.example/tipline", "webhooks, a new one"),
        ("test", "https://hooks.example-chat.example/test", "webhooks, two"),
    ):
        page.goto("/webhooks/")
        if not page.locator(f"[name={environment}-url]").is_visible():
            page.get_by_text(f", {environment}", exact=True).locator("xpath=ancestor::summary").first.click()
        page.fill(f"[name={environment}-url]", url)
        press(page, f"Keep for {environment}")
        visit.look(page, name)
    press(page, "Make the next secret")
    visit.look(page, "webhooks, the next secret")
    page.goto("/webhooks/")
    press(page, "Send a test event")
    press(page, "Send a test event")
    visit.look(page, "webhooks, a test waits")
    # No name under .example leads anywhere, so what a receiver would have answered is written down here.
    visit.house.rows(_TOLD)
    page.goto("/webhooks/")
    visit.look(page, "webhooks, what was told and one set aside")
    page.goto("/")
    visit.look(page, "reports, a webhook set aside")
    page.goto("/webhooks/")
    press(page, "Switch on again")
    visit.look(page, "webhooks, switched on again")


_TOLD = """
WITH hook AS (
  UPDATE telling_hook SET set_aside_at = now() WHERE environment = 'test' AND ended_at IS NULL RETURNING esp_id
), told AS (
  INSERT INTO telling_event (hook_id, esp_id, ident, kind, environment, report_number, cause, at, state, tries)
  SELECT hook.id, hook.esp_id, 'evt_' || md5(report.number::text), 'report.outcome', 'production', report.number,
    report.number::text, now() - interval '1 hour', 'TAKEN', 2
  FROM telling_hook hook JOIN reports_report report USING (esp_id)
  WHERE hook.environment = 'production' AND hook.ended_at IS NULL AND report.state = 'MADE_AVAILABLE'
  ON CONFLICT DO NOTHING RETURNING id, esp_id, at
)
INSERT INTO telling_try (event_id, esp_id, at, status, trouble, milliseconds)
SELECT id, esp_id, at + pause, status, '', 214 FROM told,
  (VALUES (interval '1 second', 503), (interval '7 seconds', 204)) AS tried (pause, status)
"""


def _remind(visit: Visit, page: Page) -> None:
    # The demo's reports are of today; so that some end soon, the clock of all but one is set back.
    visit.house.rows(_ENDING)
    for address, name in (("nobody", "keep with a fault"), ("safety@example-chat.example", "keep, reminded")):
        page.goto("/keep/")
        page.get_by_text("Add an address").click()
        page.fill("[name=mail]", address)
        press(page, "Add it")
        visit.look(page, name)


_ENDING = """
WITH soon AS (
  UPDATE reports_report SET preserve_until = now() + mod(id, 50) * interval '1 day'
  WHERE esp_name = 'Example Chat' AND preserve_until > now() + interval '300 days' RETURNING esp_id, preserve_until
)
INSERT INTO telling_reminder (esp_id, ends_on, days, reports, letters, at)
SELECT DISTINCT esp_id, (preserve_until AT TIME ZONE 'UTC')::date, 60, 1, 1, now() FROM soon ON CONFLICT DO NOTHING
"""


def _write(visit: Visit, page: Page) -> None:
    page.goto("/write/")
    press(page, "Begin a report")
    draft = page.url.split("/write/")[1].split("/")[0]
    for step in ("incidentSummary", "personOrUserReported", "victim"):
        page.goto(f"/write/{draft}/{step}/")
        visit.look(page, f"empty draft, {step}")
    page.goto(f"/write/{draft}/batchedReport/")
    visit.look(page, "empty draft, batch")
    page.goto(f"/write/{draft}/incidentSummary/")
    _fill(page, "incidentDateTime", "last night")
    press(page, "Save and go on")
    visit.look(page, "what happened, with a fault")
    _fill(page, "incidentDateTime", f"{datetime.now(UTC):%Y-%m-%d}T00:00:00Z")
    page.locator(f"[name='{_INCIDENT}/incidentType']").select_option(index=1)
    press(page, "Save and go on")
    page.goto(f"/write/{draft}/files/add/")
    visit.look(page, "files, none chosen")
    page.set_input_files("#file", {"name": "pattern.jpg", "mimeType": "image/jpeg", "buffer": picture(8802)})
    press(page, "Add it")
    visit.look(page, "what is said of a file")
    press(page, "Save and go on")
    visit.look(page, "files with one")
    page.goto(f"/write/{draft}/review/")
    visit.look(page, "look through, not ready")
    _name_reporter(page, draft)
    page.goto(f"/write/{draft}/review/")
    visit.look(page, "look through")
    page.goto("/write/")
    visit.look(page, "drafts with one")
    page.goto(f"/write/{draft}/review/")
    press(page, "Send the report")
    visit.look(page, "sent report")


def _fill(page: Page, name: str, text: str) -> None:
    page.fill(f"[name='{_INCIDENT}/{name}']", text)


def _name_reporter(page: Page, draft: str) -> None:
    page.goto(f"/write/{draft}/reporter/")
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    page.fill("[name='report/reporter/reportingPerson/email[1]/#']", "safety@example.com")
    press(page, "Save and go on")


def _ask_in(visit: Visit, page: Page) -> None:
    page.goto("/people/")
    _ask(page, "company")
    visit.look(page, "people with a fault")
    name = f"look-{secrets.token_hex(4)}"
    _ask(page, name)
    visit.look(page, "people, an invitation")
    code = page.locator(".gate__code").inner_text()
    joining = visit.window(phone=True)
    joining.goto("/join/")
    visit.look(joining, "join")
    for given, again, shown in (("AAAA-BBBB", PASSWORD, "join with a wrong code"), (code, PASSWORD, "joined")):
        joining.fill("[name=code]", given)
        joining.fill("[name=password]", PASSWORD)
        joining.fill("[name=again]", again)
        press(joining, "Make my account")
        visit.look(joining, shown)
    _ask(page, f"{name}-two")
    page.goto("/people/")
    visit.look(page, "people, a colleague and an open invitation")


def _ask(page: Page, username: str) -> None:
    page.fill("[name=full_name]", "Lee Example")
    page.fill("[name=username]", username)
    press(page, "Make the invitation")


def signed_links(visit: Visit) -> None:
    """This function will open a notice by the link in its mail, as somebody without an account, in every state."""
    desk = Visit(visit.house, visit.browser, visit.camera, "desk", visit.secrets).sign_in("analyst-notices")
    link = _new_notice(desk)
    page = visit.window(phone=True)
    page.goto(link)
    visit.look(page, "notice by its link")
    press(page, "We have it in hand")
    visit.look(page, "notice by its link, in hand")
    page.locator("details summary").first.click()
    page.locator("[name=reason]").first.check()
    press(page, "Send the dispute")
    visit.look(page, "notice by its link, disputed")
    press(page, "We took it down")
    visit.look(page, "notice by its link, taken down")
    page.goto("/n/unknown")
    visit.look(page, "notice by a wrong link")


def _new_notice(desk: Page) -> str:
    # The mail can be had until the notice is sent, so a new case is made; the desk's own pages are looked at elsewhere.
    desk.goto("/notices/new/")
    desk.fill("[name=url]", f"https://media.example-chat.example/p/{secrets.randbelow(10**9)}")
    desk.locator("[name=source][value=PUBLIC]").check()
    press(desk, "Enter it")
    for name, chosen in {"classification": "A2", "media_type": "image", "detection_method": "hash_match"}.items():
        select = desk.locator(f"#act-verify select[name={name}]")
        if select.count():
            select.select_option(chosen)
        else:
            desk.locator(f"#act-verify [name={name}][value={chosen}]").check()
    desk.fill("#act-verify [name=how]", "Made up, to be looked at.")
    press(desk, "It is verified")
    desk.locator("#act-send [name=recipient]").first.check()
    press(desk, "Write the notice")
    mail = desk.get_by_role("link", name="Download the mail").first.get_attribute("href") or ""
    link = _link_in(desk.request.get(mail).body())
    press(desk, "It was sent")
    return link


def _link_in(mail: bytes) -> str:
    body = message_from_bytes(mail, policy=default).get_body(("plain",))
    found = re.search(r"/n/[\w-]+", str(body.get_content()) if body else "")
    assert found, "the mail has no link"
    return found[0]
