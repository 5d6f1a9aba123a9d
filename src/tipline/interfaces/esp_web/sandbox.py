"""The sandbox that explains: each call of the test side as it came, what was understood, what an officer would miss and
see. Read again by pressing reload; no script is needed.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from tipline.domain.cybertip.laid_out import lay_out
from tipline.domain.cybertip.parse import read_what_is_known
from tipline.domain.cybertip.quality import Quality, file_lacks, grade, report_lacks
from tipline.domain.cybertip.tables_report import REPORT
from tipline.domain.cybertip.understood import MOST_ROWS, rows_of
from tipline.domain.report import Document
from tipline.domain.states import UNFINISHED
from tipline.interfaces.esp_web import conversation, sandbox_words
from tipline.interfaces.esp_web.conversation import Conversation
from tipline.interfaces.esp_web.sandbox_words import CALLS
from tipline.interfaces.esp_web.views import COMPANY, frame, note, own_id
from tipline.interfaces.ui.gate import Refused, actor_of
from tipline.interfaces.ui.paging import turns
from tipline.platform import clock
from tipline.platform.audit.act import Act, Outcome
from tipline.reference.directory import queries as directory
from tipline.reports import company as own
from tipline.stages.intake import sandbox
from tipline.stages.intake.sandbox import Opened, Told, Wanted

SIZE = 50
_REQUEST_ID = re.compile(r"[0-9a-f]{32}")
_YOURS = "YOUR-TEST-USER"


class FindForm(forms.Form):
    """What to look for: a report's number or a Request-ID, a call, how it went."""

    q = forms.CharField(
        label="Report number or Request-ID",
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    call = forms.ChoiceField(label="Call", required=False, choices=[("", "All"), *((one, one) for one in CALLS)])
    outcome = forms.ChoiceField(
        label="Outcome", required=False, choices=[("", "All"), ("good", "Taken"), ("refused", "Refused")]
    )

    def held(self) -> dict[str, str]:
        """This function will give what was asked and could be read."""
        self.is_valid()
        return {name: str(value) for name, value in self.cleaned_data.items() if value}

    def wanted(self) -> Wanted:
        """This function will give the question; what is neither a number nor a Request-ID finds nothing."""
        held = self.held()
        text = "".join(held.get("q", "").split()).lower()
        is_number = text.isascii() and text.isdigit() and len(text) < 19
        request_id = "" if is_number or not text else text if _REQUEST_ID.fullmatch(text) else "none"
        return Wanted(int(text) if is_number else 0, request_id, held.get("call", ""), held.get("outcome", ""))

    def query(self) -> str:
        """This function will write the question as the query of an address, empty where nothing is asked."""
        return urlencode(self.held())


@COMPANY
@require_GET
def calls(request: HttpRequest) -> HttpResponse:
    """This function will list the company's test calls, newest first, or say what to send first."""
    esp_id, start = own_id(request), request.GET.get("from", "0")
    offset = int(start) if start.isascii() and start.isdigit() and len(start) < 6 else 0
    form = FindForm(request.GET)
    page = sandbox.list_calls(esp_id=esp_id, wanted=form.wanted(), offset=offset, size=SIZE)
    note(request, "esp.sandbox_listed", "list", "sandbox", count=len(page.calls))
    user = test_user(esp_id)
    shown = {
        "lines": [(one, sandbox_words.outcome(one)) for one in page.calls],
        "page": turns(_address(form.query()), total=page.total, offset=offset, size=SIZE),
        "search": form,
        "is_search": bool(form.query()),
        "steps": sandbox_words.first_steps(user or _YOURS),
        "user": user,
        "host": sandbox_words.host(),
        "mount": sandbox_words.MOUNT,
        "kept": sandbox,
        "now": clock.now(),
    }
    return render(request, "esp_web/sandbox.html", frame(esp_id, "sandbox") | shown)


def test_user(esp_id: int) -> str:
    """This function will give the name of the company's newest live log-in of the test side; empty without one."""
    live = (one for one in directory.list_credentials(esp_id) if one.environment == "test" and not one.revoked_at)
    return next((one.username for one in live), "")


def _address(query: str) -> str:
    return reverse("esp_web:sandbox") + (f"?{query}" if query else "")


def _require(request: HttpRequest, call_id: str) -> Opened:
    found = sandbox.find_call(esp_id=own_id(request), call_id=call_id)
    if found is None:
        raise _refused(request, call_id)
    return found


def _refused(request: HttpRequest, ident: str) -> Refused:
    act = Act(
        at=clock.now(),
        actor=actor_of(request),
        verb="esp.sandbox_refused",
        object_kind="call",
        object_id=ident[:32],
        outcome=Outcome.REFUSED,
        details={"reason": "no_such_call"},
    )
    return Refused(act)


@COMPANY
@require_GET
def call(request: HttpRequest, call_id: str) -> HttpResponse:
    """This function will show one call: as received, what was understood, what is missing, how we answered."""
    esp_id, found = own_id(request), _require(request, call_id)
    note(request, "esp.sandbox_viewed", "call", call_id, page=found.call.call)
    shown: dict[str, Any] = {
        "call": found.call,
        "title": CALLS[found.call.call],
        "outcome": sandbox_words.outcome(found.call),
        "explained": sandbox_words.explain(found.call, found.told),
    }
    if found.told:
        shown |= _as_received(found.told) | _as_understood(found)
        shown |= {"told": found.told, "answer": found.told.answer.decode("utf-8", "replace")}
    if found.call.call == "submit":
        shown |= _officer(esp_id, conversation.read_conversation([found]), found.call.report_number)
    return render(request, "esp_web/sandbox_call.html", frame(esp_id, "sandbox") | shown)


def _as_received(told: Told) -> dict[str, Any]:
    rows = lay_out(told.body.decode("utf-8", "replace"), told.violations) if told.body else ()
    return {
        "rows": rows,
        "violations": [(one, sandbox_words.near(one)) for one in told.violations],
        "body_note": sandbox_words.BODY_NOTES.get(told.body_note, ""),
    }


def _as_understood(found: Opened) -> dict[str, Any]:
    known = read_what_is_known(found.told.body) if found.told and found.told.body else None
    if known is None:
        return {}
    document, table = known
    rows = list(rows_of(document, table))
    is_report = table is REPORT
    return {
        "fields": rows[:MOST_ROWS],
        "fields_more": max(0, len(rows) - MOST_ROWS),
        "quality": _quality(document) if is_report else None,
        "file_quality": None if is_report else grade((), [file_lacks(document)]),
    }


def _quality(document: Document) -> Quality:
    return grade(report_lacks(document), [])


def _officer(esp_id: int, found: Conversation | None, number: int | None) -> dict[str, Any]:
    company = directory.find_esp(esp_id)
    if found is None or company is None:
        return {}
    return {"d": conversation.officers_page(found, company, number or 0)}


@COMPANY
@require_GET
def body(request: HttpRequest, call_id: str) -> HttpResponse:
    """This function will hand over the XML of a call, byte for byte as it came."""
    found = _require(request, call_id)
    if found.told is None or not found.told.body:
        raise Http404
    note(request, "esp.sandbox_viewed", "call", call_id, page="body")
    return _download(found.told.body, f"{found.call.call}-{call_id}.xml")


def _download(content: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type="application/octet-stream")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@COMPANY
@require_GET
def sample(request: HttpRequest, name: str) -> HttpResponse:
    """This function will hand over a sample document to begin with."""
    company = directory.find_esp(own_id(request))
    if name == "report":
        return _download(sandbox_words.sample_report(company.name if company else "", clock.now()), "report.xml")
    if name == "details":
        return _download(sandbox_words.sample_details(0, "FILE-ID", "", clock.now()), "details.xml")
    raise Http404


@COMPANY
@require_GET
def story(request: HttpRequest, number: int) -> HttpResponse:
    """This function will tell the conversation about one report in order, and show what an officer would see."""
    esp_id = own_id(request)
    told = sandbox.list_story(esp_id=esp_id, report_number=number)
    if not told:
        raise _refused(request, str(number))
    note(request, "esp.sandbox_viewed", "report", str(number), page="story")
    found = conversation.read_conversation(told)
    report = own.find_own_report(esp_id=esp_id, number=number, environment="test")
    shown: dict[str, Any] = {
        "number": number,
        "chapters": _chapters(told),
        "standing": _standing(report),
        "quality": (report.quality if report else None) or (conversation.quality_of(found) if found else None),
        "is_final": bool(report and report.quality),
        "found": found,
        "next": sandbox_words.next_step(test_user(esp_id) or _YOURS, number, found) if found else None,
        **_officer(esp_id, found, number),
    }
    return render(request, "esp_web/sandbox_story.html", frame(esp_id, "sandbox") | shown)


def _standing(report: own.OwnReport | None) -> str:
    """Where a test report stands: it ends with the finish, whatever the house does with it to see that it could."""
    if report is None:
        return ""
    return report.standing_words if report.state in UNFINISHED else "Finished; a test report goes no further"


def _shortly(one: Opened) -> str:
    first = one.told.violations[0] if one.told and one.told.violations else None
    return f"{first.path} {first.advice}".strip() if first else sandbox_words.explain(one.call, one.told)


def _chapters(told: tuple[Opened, ...]) -> list[dict[str, Any]]:
    begun = told[0].call.at
    return [
        {
            "call": one.call,
            "title": CALLS[one.call.call],
            "outcome": sandbox_words.outcome(one.call),
            "explained": _shortly(one),
            "after": (one.call.at - begun).total_seconds(),
            "file": one.told.file if one.told else None,
            "file_id": conversation.file_id_in(one),
            "took": one.told.took if one.told else 0,
        }
        for one in told
    ]
