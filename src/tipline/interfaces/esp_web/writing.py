"""The form for small companies: the schema of the reporting protocol, section by section, with files and a review.

Sections, boxes and fields are made from the element tables, so the form covers what the API does, always.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tipline.domain.cybertip import drafting, outline
from tipline.domain.cybertip.codes import BATCH_REASONS, INCIDENT_LABELS
from tipline.domain.cybertip.grammar import Child, ElementTable
from tipline.domain.cybertip.labels import label_of
from tipline.domain.cybertip.tables_report import REPORT
from tipline.domain.cybertip.violations import ViolationError
from tipline.domain.errors import Refusal
from tipline.interfaces.esp_web.views import REPORTER, frame, own_id
from tipline.interfaces.ui.bodies import takes
from tipline.interfaces.ui.gate import Refused, actor_of
from tipline.platform import clock
from tipline.platform.audit.act import Act, Outcome
from tipline.reference.directory import queries as directory
from tipline.reports import company
from tipline.stages.intake import drafts, sending
from tipline.stages.intake.drafts import Draft

ROOT = "report"
MOST_BODY = 4 * 1024 * 1024
BATCH = "batchedReport"
_CHILDREN = {child.name: child for child in REPORT.children}
# In the order of the schema; the rare case last, so that nobody begins with it.
SECTIONS = (*(name for name in _CHILDREN if name != BATCH), BATCH)
FILES, REVIEW = "files", "review"
_DIGITS = 19  # of a report's number, at most
MOST_ACCOUNTS = 900  # of a batch; the form numbers them with three digits
_LONGEST_ACCOUNT = 255


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the form: where it is, what it is called, how it stands."""

    name: str
    label: str
    is_here: bool
    is_filled: bool
    wrong: int


def open_draft(request: HttpRequest, draft_id: str) -> Draft:
    """This function will open one of the company's drafts. Raises Refused."""
    try:
        return drafts.load(esp_id=own_id(request), draft_id=draft_id)
    except Refusal as refusal:
        raise _refused(request, draft_id, refusal.code) from refusal


def _refused(request: HttpRequest, draft_id: str, reason: str) -> Refused:
    act = Act(
        at=clock.now(),
        actor=actor_of(request),
        verb="report.refused",
        object_kind="draft",
        object_id=draft_id[:32],
        outcome=Outcome.REFUSED,
        details={"reason": reason},
    )
    return Refused(act)


def steps(draft: Draft, wrong: tuple[sending.Wrong, ...], here: str) -> tuple[Step, ...]:
    """This function will list the steps of the form, as they stand."""
    listed = []
    for name in SECTIONS:
        stem = f"{ROOT}/{name}"
        count = sum(1 for one in wrong if _is_under(one.path, stem))
        filled = any(_is_under(path, stem) for path in draft.values)
        listed.append(Step(name, label_of(name), here == name, filled, count))
    of_files = sum(1 for one in wrong if one.path.startswith("file"))
    listed.append(Step(FILES, "Files", here == FILES, bool(draft.files), of_files))
    listed.append(Step(REVIEW, "Look through and send", here == REVIEW, False, 0))
    return tuple(listed)


def _is_under(path: str, stem: str) -> bool:
    return path == stem or path.startswith((f"{stem}/", f"{stem}["))


def page(request: HttpRequest, template: str, shown: Mapping[str, Any], status: int = 200) -> HttpResponse:
    """This function will show a page of the form."""
    return render(request, f"esp_web/{template}.html", {**frame(own_id(request), "write"), **shown}, status=status)


@REPORTER
@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    """This function will list the company's drafts."""
    return page(request, "drafts", {"lines": drafts.list_drafts(own_id(request))})


@REPORTER
@require_POST
def begin(request: HttpRequest) -> HttpResponseBase:
    """This function will begin a report, or a supplement that names one of the company's own."""
    esp_id, by = own_id(request), actor_of(request).ident
    try:
        draft_id = drafts.begin(esp_id=esp_id, author=by, values=_naming(request, esp_id), now=clock.now())
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
        return redirect("esp_web:drafts")
    return redirect("esp_web:section", draft_id, SECTIONS[0])


def _naming(request: HttpRequest, esp_id: int) -> dict[str, str]:
    prior = request.POST.get("prior", "")
    if not (prior.isascii() and prior.isdigit() and len(prior) < _DIGITS):
        return {}
    found = company.find_own_report(esp_id=esp_id, number=int(prior))
    return {"report/personOrUserReported[1]/priorCTReports[1]": prior} if found else {}


@takes(most=MOST_BODY)
@REPORTER
@require_http_methods(["GET", "POST"])
def section(request: HttpRequest, draft_id: str, name: str) -> HttpResponseBase:
    """This function will show one section, or keep what was typed in it; what is wrong is named and stays."""
    draft = open_draft(request, draft_id)
    if name not in _CHILDREN:
        raise _refused(request, draft_id, "no_such_section")
    if request.method == "GET":
        return _section(request, draft, name)
    try:
        draft = _saved(request, draft, name)
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
        return _section(request, draft, name)
    wrong = sending.look_through(draft, now=clock.now()).wrong
    is_wrong = any(_is_under(one.path, f"{ROOT}/{name}") for one in wrong)
    if "more" in request.POST or (is_wrong and "anyway" not in request.POST):
        return _section(request, draft, name, has_tried="more" not in request.POST)
    following = [*SECTIONS, FILES][SECTIONS.index(name) + 1]
    if following == FILES:
        return redirect("esp_web:draft_files", draft_id)
    return redirect("esp_web:section", draft_id, following)


def _saved(request: HttpRequest, draft: Draft, name: str) -> Draft:
    stem = f"{ROOT}/{name}"
    pairs = [(key, text) for key in request.POST for text in request.POST.getlist(key)[-1:] if _is_under(key, stem)]
    typed = drafting.posted(pairs, ROOT, REPORT)
    if name == BATCH and request.POST.get("accounts", "").strip():
        draft = _with_accounts(request, draft)
        typed = typed or {f"{stem}/@reason": next(iter(BATCH_REASONS))}  # whoever pastes accounts here means a batch
    values = drafts.save(draft=draft, under=(f"{stem}/", f"{stem}[", stem), values=typed, now=clock.now())
    return replace(draft, values=values, saved_at=clock.now())


def _with_accounts(request: HttpRequest, draft: Draft) -> Draft:
    """The accounts of a batch, pasted one a line: each a reported person after those that stand there."""
    stem = f"{ROOT}/personOrUserReported"
    ids = [text.strip()[:_LONGEST_ACCOUNT] for text in request.POST["accounts"].splitlines() if text.strip()]
    held = {name: text for name, text in draft.values.items() if _is_under(name, stem)}
    known = {text for name, text in held.items() if name.endswith("/espIdentifier")}
    first, new = outline.count_of(stem, held) + 1, [one for one in dict.fromkeys(ids) if one not in known]
    if first + len(new) > MOST_ACCOUNTS + 1:
        words = f"A batch of the form takes {MOST_ACCOUNTS} accounts. For more, use the reporting API."
        raise Refusal("too_many", words, field="accounts")
    held |= {f"{stem}[{number}]/espIdentifier": one for number, one in enumerate(new, start=first)}
    values = drafts.save(draft=draft, under=(f"{stem}[",), values=held, now=clock.now())
    return replace(draft, values=values)


def _section(request: HttpRequest, draft: Draft, name: str, *, has_tried: bool = False) -> HttpResponse:
    looked = sending.look_through(draft, now=clock.now())
    own = [one for one in looked.wrong if _is_under(one.path, f"{ROOT}/{name}")]
    if not has_tried and not any(_is_under(path, f"{ROOT}/{name}") for path in draft.values):
        own = []  # nobody is told of mistakes before the first word
    told = told_of(_child_of(name, draft), draft, {one.path: one.sentence for one in own})
    shown = {
        "draft": draft,
        "steps": steps(draft, looked.wrong, name),
        "title": label_of(name),
        "told": told,
        "wrong": wrong_lines(own, told),
        "has_tried": has_tried,
        "is_batch_step": name == BATCH,
        "accounts": outline.count_of(f"{ROOT}/personOrUserReported", draft.values),
        "most_accounts": MOST_ACCOUNTS,
    }
    return page(request, "section", shown, status=422 if has_tried and own else 200)


def _child_of(name: str, draft: Draft) -> Child:
    """The child of a section. Of a batch's accounts their ids alone are asked: hundreds of whole forms help nobody."""
    child = _CHILDREN[name]
    if name != "personOrUserReported" or not sending.is_batched(draft.values):
        return child
    told = [path for path in draft.values if _is_under(path, f"{ROOT}/{name}")]
    if not all(path.endswith("/espIdentifier") for path in told):
        return child  # something else was typed, and must stay in sight until it is taken out
    assert isinstance(child.kind, ElementTable)
    ids = tuple(one for one in child.kind.children if one.name == "espIdentifier")
    return replace(child, kind=ElementTable(child.kind.name, children=ids))


def wrong_lines(wrong: Sequence[sending.Wrong], told: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """This function will say of each thing wrong: the id of its place on the page, the place in words, the sentence."""
    places = outline.places_of(told["fields"], told["boxes"])
    return [(places.get(one.path, ""), where_of(one.path), one.sentence) for one in wrong]


def told_of(child: Child, draft: Draft, errors: Mapping[str, str]) -> dict[str, Any]:
    """This function will lay out one child of the report: boxes, or fields where it is a simple value."""
    if not isinstance(child.kind, ElementTable):
        return {"fields": outline.field_of(child, ROOT, draft.values, errors), "boxes": ()}
    if not child.repeats:
        box = outline.outline(child.kind, f"{ROOT}/{child.name}", draft.values, errors)
        # What the batch needs it needs only where there is one.
        fields = [replace(one, is_needed=one.is_needed and child.name != BATCH) for one in box.fields]
        return {"fields": fields, "boxes": box.boxes}
    whole = outline.outline(_only(child), ROOT, draft.values, errors)
    # The only box of a step stands open: there is nothing else to do here.
    return {"fields": (), "boxes": whole.boxes, "opens": len(whole.boxes) == 1 and child.name != "internetDetails"}


def _only(child: Child) -> ElementTable:
    return ElementTable("report", children=(child,))


def where_of(path: str) -> str:
    """This function will put the path of a value into words, without the root."""
    return ", ".join(_part(part) for part in path.split("/")[1:] if part not in ("", "#"))


def _part(part: str) -> str:
    name, _, number = part.partition("[")
    return f"{label_of(name)} {number[:-1]}" if number else label_of(name)


@REPORTER
@require_GET
def review(request: HttpRequest, draft_id: str) -> HttpResponse:
    """This function will show everything that was filled in, what is wrong, and what an officer would miss."""
    return _review(request, open_draft(request, draft_id))


def _review(request: HttpRequest, draft: Draft, status: int = 200) -> HttpResponse:
    looked = sending.look_through(draft, now=clock.now())
    shown = {
        "draft": draft,
        "steps": steps(draft, looked.wrong, REVIEW),
        "sections": [(name, label_of(name), _rows(draft, name)) for name in SECTIONS],
        "wrong": [(_section_of(one.path), where_of(one.path), one.sentence) for one in looked.wrong],
        "quality": looked.quality,
        "company_name": _company(request),
    }
    return page(request, "draft_review", shown, status)


def _company(request: HttpRequest) -> str:
    found = directory.find_esp(own_id(request))
    return found.name if found else ""


def _section_of(path: str) -> str:
    name = path.partition("/")[2].partition("/")[0].partition("[")[0]
    return name if name in _CHILDREN else ""


def _rows(draft: Draft, name: str) -> list[tuple[str, str]]:
    rows = [(path, text) for path, text in draft.values.items() if _is_under(path, f"{ROOT}/{name}")]
    return [
        (where_of(path).partition(", ")[2] or label_of(name), INCIDENT_LABELS.get(text, text)) for path, text in rows
    ]


@REPORTER
@require_POST
def send(request: HttpRequest, draft_id: str) -> HttpResponseBase:
    """This function will send a draft as a report; one that has something wrong stays, with everything in it."""
    draft = open_draft(request, draft_id)
    if sending.look_through(draft, now=clock.now()).wrong:
        return _review(request, draft, status=422)
    try:
        sent = sending.send(draft=draft, esp_name=_company(request), by=actor_of(request), now=clock.now())
    except ViolationError:
        return _review(request, draft, status=422)
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
        return redirect("esp_web:drafts")
    messages.success(request, "Sent. This page is your receipt; the report has its number for good.")
    return redirect("esp_web:report", sent.number)


@REPORTER
@require_POST
def discard(request: HttpRequest, draft_id: str) -> HttpResponseBase:
    """This function will remove a draft with its files."""
    drafts.discard(draft=open_draft(request, draft_id))
    messages.success(request, "Discarded, with its files.")
    return redirect("esp_web:drafts")
