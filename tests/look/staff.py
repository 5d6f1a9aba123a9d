"""The doors of staff: desk, telephone, portal; each as the people who work there."""

from __future__ import annotations

import re
import secrets

from playwright.sync_api import Page
from tests.look.people import Visit, press

from tipline.demo.accounts import PASSWORD
from tipline.platform import clock
from tipline.platform.accounts.totp import current_code

_NEW_ACCOUNT = """
from tipline.demo.accounts import BY, PASSWORD
from tipline.platform import clock
from tipline.platform.accounts import service
from tipline.platform.accounts.roles import Role
from tipline.reference.directory import queries
company = queries.find_esp_by_name("Example Chat")
roles = {{"desk": Role.ANALYST, "portal": Role.OFFICER, "esp_web": Role.ESP_USER}}
role = roles[{door!r}]
answer = service.create_user(
    new=service.NewUser({name!r}, "Lee Example", role, PASSWORD, agency_id="icac-az" if role == Role.OFFICER else "",
                        esp_id=company.id if role == Role.ESP_USER else None),
    by=BY, now=clock.now())
"""


_FILES = """
from tipline.reports.models import File
answer = list(File.objects.values_list("report__number", "file_id"))
"""
_UNFOLD = "document.querySelectorAll('main details').forEach((one) => { one.open = true; })"
HTTP_FORBIDDEN = 403


def log_in(visit: Visit) -> None:
    """This function will log somebody in for the first time, with every page on the way."""
    page, name = visit.window(), f"look-{secrets.token_hex(4)}"
    visit.house.ask(_NEW_ACCOUNT.format(name=name, door=visit.door), seconds=300)
    page.goto("/account/login/?why=idle&next=/")
    visit.look(page, "log in, after a pause")
    page.goto("/account/login/")
    visit.look(page, "log in")
    page.fill("[name=login]", name)
    page.fill("[name=password]", "wrong")
    press(page, "Continue")
    visit.look(page, "log in, wrong password")
    page.fill("[name=login]", name)
    page.fill("[name=password]", PASSWORD)
    press(page, "Continue")
    visit.look(page, "set up the authenticator")
    key = re.sub(r"\s", "", page.inner_text("#totp-key"))
    page.fill("[name=code]", "000000")
    press(page, "Finish")
    visit.look(page, "set up the authenticator, wrong code")
    key = re.sub(r"\s", "", page.inner_text("#totp-key"))
    page.fill("[name=code]", current_code(key, clock.now()))
    press(page, "Finish")
    visit.look(page, "recovery codes")
    page.goto("/account/logout/")
    visit.look(page, "log out")
    press(page, "Log out")
    page.goto("/account/closed/")
    visit.look(page, "account closed")
    page.goto("/account/login/")
    page.fill("[name=login]", name)
    page.fill("[name=password]", PASSWORD)
    press(page, "Continue")
    visit.look(page, "code")
    page.fill("[name=code]", "000000")
    press(page, "Log in")
    visit.look(page, "code, wrong")


def call_taker(visit: Visit) -> None:
    """This function will take a call and throw another one away."""
    page = visit.sign_in("calltaker")
    page.goto("/hotline/")
    visit.look(page, "calls")
    press(page, "New call")
    visit.look(page, "call")
    press(page, "Finish the report")
    visit.look(page, "call, nothing written")
    page.get_by_label("A parent").first.check()
    page.fill("[name=words]", "A made-up call about somebody named made_up_heron.")
    page.fill("[name=child_zip]", "1")
    press(page, "Finish the report")
    visit.look(page, "call with a fault")
    press(page, "Save the draft")
    page.goto("/hotline/")
    visit.look(page, "calls with a draft")
    page.get_by_role("link", name="Throw away").first.click()
    visit.look(page, "discard")
    page.goto("/hotline/")
    page.locator("main .rows a").first.click()
    page.fill("[name=child_zip]", "32301")
    press(page, "Finish the report")
    visit.look(page, "call done")
    page.goto("/review/")
    visit.look(page, "a page of others", route="403")


def analyst(visit: Visit) -> None:
    """This function will walk through the desk, and look at one covered file."""
    page = visit.sign_in("analyst")
    visit.walk(page, "analyst")
    for words, name in (("lantern_otter", "search, found"), ("nobody_like_this", "search, nothing found")):
        page.goto("/search/")
        page.locator("main [type=search]").fill(words)
        press(page, "Find")
        visit.look(page, name)
    page.goto("/lists/new/")
    _look_at_file(visit, page)
    page.goto("/support/")
    if page.locator("main a[href*='/support/']").count():
        page.locator("main a[href*='/support/']").first.click()
        press(page, "Open it")
        visit.look(page, "support, how to reach", route="desk:reach")
    page.goto("/notices/lists/verify/")
    page.goto(page.locator("main table a").first.get_attribute("href") or "/")
    press(page, "It is verified")
    visit.look(page, "notice, verified with nothing chosen")
    page.goto("/notices/lists/out/")
    page.goto(page.locator("main table a").first.get_attribute("href") or "/")
    page.evaluate(_UNFOLD)
    visit.look(page, "notice, everything unfolded")
    page.goto("/notices/new/")
    press(page, "Enter it")
    visit.look(page, "new notice with a fault")
    page.goto("/identification/series/new/")
    press(page, "Enter it")
    visit.look(page, "new series with a fault")
    page.goto("/identification/series/")
    page.locator("main table a").first.click()
    page.locator("[name=reason]").select_option(index=1)
    press(page, "Show it")
    visit.look(page, "series, the wish shown")
    page.goto("/hash-lists/industry/")
    page.locator("main table a").first.click()
    visit.look(page, "entry of a hash list")
    _clusters(visit, page)


def _clusters(visit: Visit, page: Page) -> None:
    page.goto("/clusters/")
    cluster = page.locator("main table a").first.get_attribute("href") or ""
    page.goto(cluster)
    page.evaluate(_UNFOLD)
    press(page, "Put it in")
    visit.look(page, "cluster, a report without a number", route="desk:cluster_act")
    other = max(number for number in range(1, 9) if f"/clusters/{number}/" != cluster and _is_there(page, number))
    page.goto(f"{cluster}merge/?other={other}")
    visit.look(page, "clusters, before a merge")


def _is_there(page: Page, cluster: int) -> bool:
    return page.request.get(f"/clusters/{cluster}/").ok


def _look_at_file(visit: Visit, page: Page) -> None:
    found = page.locator("a[href*='/reports/']").evaluate_all("(all) => all.map((one) => one.href)")
    for report in dict.fromkeys(found):
        page.goto(report)
        if page.locator("main a.file__cover").count():
            page.evaluate(_UNFOLD)
            visit.look(page, "report, everything unfolded")
            page.locator("main a.file__cover").first.click()
            visit.look(page, "file, covered")
            if page.get_by_role("button", name="Show it once").count():
                press(page, "Show it once")
                visit.look(page, "file, no reason given")
                page.get_by_role("radio").first.check()
                press(page, "Show it once")
                visit.look(page, "file, shown")
                return


def supervisor(visit: Visit) -> None:
    """This function will walk through the desk with a supervisor's eyes."""
    page = visit.sign_in("supervisor")
    visit.walk(page, "supervisor")
    page.goto("/")
    page.goto(page.locator("main a[href*='/reports/']").first.get_attribute("href") or "")
    page.evaluate(_UNFOLD)
    press(page, "Who did what with this report")
    visit.look(page, "report audit")
    page.goto("/partners/new/")
    press(page, "Enter")
    visit.look(page, "new partner with a fault")
    _sign_up(visit, page)
    _hand_in_entries(visit, page)
    _change_rules(visit, page)
    page.goto("/figures/")
    press(page, "Preview a snapshot")
    visit.look(page, "figures, before they are published")


def _change_rules(visit: Visit, page: Page) -> None:
    page.goto("/triage/")
    if page.get_by_role("link", name="Open it").count():  # an earlier look broke off
        press(page, "Open it")
        press(page, "Drop the draft")
    press(page, "Begin a draft")
    visit.look(page, "rules, a draft with nothing changed")
    draft = page.url
    press(page, "Propose it")
    visit.look(page, "rules, proposed without a word", route="desk:rules_act")
    page.goto(f"{draft}rules/new/")
    press(page, "Keep it in the draft")
    visit.look(page, "new rule with faults")
    page.goto(f"{draft}rules/threat/")
    page.fill("#rule_points", "45")
    page.fill("#rule_when", "threat is no")
    press(page, "Keep it in the draft")
    visit.look(page, "rules, a draft by which a danger lowers")
    page.fill("#propose_note", "A threat that is not there gives points.")
    press(page, "Propose it")
    visit.look(page, "rules, proposed while a danger lowers")
    page.goto(f"{draft}rules/threat/")
    visit.look(page, "rule of a draft")
    page.fill("#rule_when", "threat is yes")
    press(page, "Keep it in the draft")
    visit.look(page, "rules, a draft with a change")
    page.goto(f"{draft}clocks/")
    visit.look(page, "times of the classes")
    page.goto(f"{draft}preview/")
    visit.look(page, "rules, what would change")
    page.goto(draft)
    press(page, "Drop the draft")
    page.goto("/triage/watch/")
    visit.look(page, "how well scores tell")


def _sign_up(visit: Visit, page: Page) -> None:
    page.goto("/partners/")
    page.fill("#canary input:not([type=hidden])", "0" * 32)
    press(page, "Look")
    visit.look(page, "partners, a canary that is none")
    page.locator("main table tr").filter(has_text="hash").get_by_role("link").first.click()
    partner = page.url
    for words in ("Put on record", "Issue", "Add", "Keep"):
        page.goto(partner)
        page.evaluate(_UNFOLD)
        button = page.get_by_role("button", name=words, exact=True)
        if button.count():
            button.click()
            page.wait_for_load_state()
            visit.look(page, f"partner, {words.lower()}", route="desk:partner_act")
    page.goto(partner)
    page.evaluate(_UNFOLD)
    page.fill("#credential_username", f"look-{secrets.token_hex(4)}")
    page.get_by_role("button", name="Issue", exact=True).click()
    page.wait_for_load_state()
    visit.look(page, "partner, a new log-in", route="desk:partner_act")


def _hand_in_entries(visit: Visit, page: Page) -> None:
    """A file with a right row and a wrong one, and what the page says once it is read."""
    page.goto("/hash-imports/new/")
    press(page, "Hand it in")
    visit.look(page, "file of entries, with faults", route="desk:import_new")
    for name in ("list", "member"):
        page.select_option(f"#id_{name}", index=1)
    rows = f"md5,classification\n{secrets.token_hex(16)},A2\nnot a digest,A2\n"
    page.set_input_files("#id_file", {"name": "made-up.csv", "mimeType": "text/csv", "buffer": rows.encode()})
    press(page, "Hand it in")
    page.locator("#rows").wait_for()
    visit.look(page, "file of entries, read", route="desk:import")


def _propose(page: Page) -> None:
    found = page.locator("a[href*='/reports/']").evaluate_all("(all) => all.map((one) => one.href)")
    for report in dict.fromkeys(found):
        page.goto(report)
        for file in page.locator("main a.file__cover").evaluate_all("(all) => all.map((one) => one.href)"):
            page.goto(file)
            propose = page.get_by_role("button", name="Propose", exact=True)
            if propose.count():
                page.select_option("[name=list]", "industry")
                propose.click()
                page.wait_for_load_state()
                return


def reviewer(visit: Visit) -> None:
    """This function will propose a file for a list, and look at it as one of those who judge it."""
    page = visit.sign_in("analyst-four")
    page.goto("/lists/new/")
    _propose(page)
    visit.look(page, "file, proposed")
    page = visit.sign_in("analyst-two")
    page.goto("/review/")
    visit.look(page, "review, waiting")
    page.get_by_role("link", name=re.compile("Picture|Video|File")).first.click()
    visit.look(page, "proposal, covered")
    press(page, "Show it in grey")
    visit.look(page, "proposal, shown")
    press(page, "Keep my judgement")
    visit.look(page, "proposal, no judgement chosen")


def officer(visit: Visit) -> None:
    """This function will walk through an officer's portal."""
    page = visit.sign_in("officer-florida")
    visit.walk(page, "officer")
    page.goto("/")
    page.goto(page.locator("main a[href*='/reports/']").first.get_attribute("href") or "/")
    report = page.url
    page.get_by_role("radio", name="Closed").check()
    press(page, "Record the outcome")
    visit.look(page, "outcome, closed without saying why", route="portal:outcome")
    page.goto(report)
    press(page, "Hand in the list")
    visit.look(page, "contact list with a fault", route="portal:contacts")
    page.goto("/?number=1")
    visit.look(page, "inbox, nothing found")
    _open_sealed(visit, page)


def _open_sealed(visit: Visit, page: Page) -> None:
    # A file that nobody at the company viewed asks for a warrant; no link leads there, an old one of a download may.
    page.goto("/")
    numbers = set(re.findall(r"/reports/(\d+)/", page.content()))
    for number, file_id in visit.house.ask(_FILES, seconds=300):
        if str(number) in numbers:
            answer = page.request.get(f"/reports/{number}/files/{file_id}")
            if answer.status == HTTP_FORBIDDEN:
                page.goto(f"/reports/{number}/files/{file_id}")
                visit.look(page, "file, sealed", route="portal:sealed")
                return
    raise AssertionError("no file of this agency is sealed")


def examiner(visit: Visit) -> None:
    """This function will walk through an examiner's portal, and check some values."""
    page = visit.sign_in("examiner-florida")
    visit.walk(page, "examiner")
    page.goto("/quick-check/")
    press(page, "Check")
    visit.look(page, "quick check with a fault")
    for name, value in {"values": "0" * 32 + "\nnonsense", "case_number": "24-1", "legal_basis": "Warrant"}.items():
        page.fill(f"[name={name}]", value)
    press(page, "Check")
    visit.look(page, "quick check, answered")
    page.goto("/new-children/new/")
    press(page, "Hand it in")
    visit.look(page, "new child with a fault")
    page.goto("/rosters/")
    press(page, "Hand it in")
    visit.look(page, "rosters with a fault")
    page.locator("main table a").first.click()
    page.locator("main table details summary").first.click()
    visit.look(page, "roster, one contact unfolded")
    page.goto("/collections/new/")
    press(page, "Hand it in")
    visit.look(page, "new collection with a fault")
